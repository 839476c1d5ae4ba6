//! The book: reading a course out of it, and building it in-process with mdBook's own crates.
//!
//! Reading and building run mdBook's `links` and `index` and our preprocessor only, with one HTML renderer and none
//! of the course's scripts or theme, unless the learner says `--trust-course`. What a course may not do is in
//! [`crate::trust`].

use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use mdbook_driver::book::Book;
use mdbook_driver::config::{Config, HtmlConfig};
use mdbook_verify::course::Course;
use mdbook_verify::{CSS, JS, VerifyPreprocessor};
use std::fs;
use std::path::{Path, PathBuf};

use crate::trust;

/// Our style sheet, below the book's root.
const STYLE_SHEET: &str = ".verify/assets/verify.css";
/// The live book's script, below the book's root.
const SCRIPT: &str = ".verify/assets/verify.js";
/// Where the live book is built, below the book's root.
const LIVE: &str = ".verify/live";
/// A theme folder with nothing in it, so that mdBook uses its own.
const NO_THEME: &str = ".verify/assets/theme";

/// Finds the course: `given`, or the nearest folder upwards with a `book.toml` or a `book/book.toml`.
///
/// # Errors
/// When there is none.
pub fn find(given: Option<&Path>) -> Result<PathBuf> {
    let holds = |folder: &Path| {
        [folder.to_owned(), folder.join("book")].into_iter().find(|folder| folder.join("book.toml").is_file())
    };
    let found = match given {
        Some(folder) => holds(folder).with_context(|| format!("there is no book.toml in {}", folder.display()))?,
        None => {
            let here = std::env::current_dir().context("finding the current folder")?;
            here.ancestors().find_map(holds).context(
                "there is no book.toml here or in any folder above; go to the course's folder, or name it with --course",
            )?
        }
    };
    found.canonicalize().with_context(|| format!("opening {}", found.display()))
}

/// Reads the course out of its book.
///
/// # Errors
/// All that is wrong with the book, the lessons and the checks.
pub fn read(root: &Path, trusted: bool) -> Result<Course> {
    let (expanded, config) = expanded(root, trusted)?;
    Ok(Course::read(root, &config, &expanded)?)
}

/// The folder of the book's sources.
///
/// # Errors
/// When the book's configuration cannot be read, or names a folder outside of the course.
pub fn sources(root: &Path) -> Result<PathBuf> {
    let config = Config::from_disk(root.join("book.toml"))?;
    trust::config(root, &config)?;
    Ok(root.join(config.book.src))
}

/// The book as our preprocessor gets it, with includes expanded, and its configuration.
///
/// # Errors
/// When it cannot be read, or holds what a course may not.
pub fn expanded(root: &Path, trusted: bool) -> Result<(Book, Config)> {
    let mut book = load(root, trusted)?;
    book.with_preprocessor(NoPreprocessor);
    let (expanded, context) = book.preprocess_book(&NoRenderer)?;
    Ok((expanded, context.config))
}

/// Builds the book with its verdicts. Returns the page to open.
///
/// # Errors
/// All that is wrong with the book.
pub fn build(root: &Path, practice: bool, trusted: bool) -> Result<PathBuf> {
    let book = prepared(root, practice, trusted)?;
    book.build()?;
    let mut page = book.build_dir_for("html").join("index.html");
    if !page.is_file() {
        page = book.build_dir_for("html");
    }
    Ok(page)
}

/// Where a live book stands, and where it came from.
#[derive(Debug, Clone)]
pub struct LiveBook {
    /// The folder of the built book.
    pub built: PathBuf,
    /// The folder of the course's sources. mdBook copies what isn't a chapter from there as it is.
    pub sources: PathBuf,
}

/// Builds the live book, which has the widgets' script, in a folder of its own.
///
/// # Errors
/// All that is wrong with the book.
pub fn build_live(root: &Path, practice: bool, trusted: bool) -> Result<LiveBook> {
    let mut book = prepared(root, practice, trusted)?;
    asset(root, SCRIPT, JS)?;
    let mut js = book.config.html_config().unwrap_or_default().additional_js;
    js.push(PathBuf::from(SCRIPT));
    book.config.set("output.html.additional-js", js)?;
    book.config.build.build_dir = PathBuf::from(LIVE);
    book.build()?;
    Ok(LiveBook { built: book.build_dir_for("html"), sources: book.source_dir() })
}

/// The book, ready to be built with our style sheet and preprocessor.
fn prepared(root: &Path, practice: bool, trusted: bool) -> Result<MDBook> {
    let folder = root.join(NO_THEME);
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    asset(root, STYLE_SHEET, CSS)?;
    let mut book = load(root, trusted)?;
    let mut css = book.config.html_config().unwrap_or_default().additional_css;
    css.retain(|sheet| sheet.file_name().is_none_or(|name| name != "verify.css"));
    css.push(PathBuf::from(STYLE_SHEET));
    book.config.set("output.html.additional-css", css)?;
    if !trusted {
        book.config.set("output.html.theme", NO_THEME)?;
    }
    book.with_preprocessor(VerifyPreprocessor::new().with_results(practice));
    Ok(book)
}

/// Writes a file that the book includes, if it is another one.
fn asset(root: &Path, path: &str, text: &str) -> Result<()> {
    let path = root.join(path);
    if fs::read_to_string(&path).ok().as_deref() != Some(text) {
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

fn load(root: &Path, trusted: bool) -> Result<MDBook> {
    let config = Config::from_disk(root.join("book.toml"))?;
    let config = if trusted { config } else { trust::config(root, &config)? };
    let book = MDBook::load_with_config(root, config)?;
    if !trusted {
        trust::book(root, &book)?;
    }
    Ok(book)
}

/// Stands for our preprocessor while a course is read: its directives must still be there.
struct NoPreprocessor;

impl mdbook_preprocessor::Preprocessor for NoPreprocessor {
    fn name(&self) -> &str {
        "verify"
    }

    fn run(&self, _context: &mdbook_preprocessor::PreprocessorContext, book: Book) -> Result<Book> {
        Ok(book)
    }
}

/// Stands for a renderer while a course is read: nothing is rendered.
struct NoRenderer;

impl mdbook_renderer::Renderer for NoRenderer {
    fn name(&self) -> &str {
        "verify"
    }

    fn render(&self, _context: &mdbook_renderer::RenderContext) -> Result<()> {
        Ok(())
    }
}

/// What is kept of a course's own HTML settings: looks and search, nothing that names files or addresses.
pub(crate) fn harmless(html: HtmlConfig) -> HtmlConfig {
    let mut kept = HtmlConfig::default();
    kept.default_theme = html.default_theme;
    kept.preferred_dark_theme = html.preferred_dark_theme;
    kept.smart_punctuation = html.smart_punctuation;
    kept.definition_lists = html.definition_lists;
    kept.admonitions = html.admonitions;
    kept.no_section_label = html.no_section_label;
    kept.fold = html.fold;
    kept.print = html.print;
    kept
}
