//! Reads the course from a book, and builds the book in-process with mdBook's crates.
//!
//! Unless the learner passes `--trust-course`, only mdBook's `links` and `index`, our preprocessor and one HTML
//! renderer run, and the course's scripts and theme are ignored. `trust` restricts what a course may do, and `sanitize`
//! what it may put into a page.

use anyhow::{Context, Result};
use course::Course;
use course::diagnostic::Diagnostics;
use course::environment::Environment;
use course::files::{self, Folder, Readers};
use course::folders;
use mdbook_driver::MDBook;
use mdbook_driver::book::Book;
use mdbook_driver::config::Config;
use mdbook_verify::{CSS, JS, VerifyPreprocessor, style_sheet};
use std::path::{Path, PathBuf};

use crate::includes::ConfinedLinks;
use crate::sanitize::{Notices, Sanitized, Seal};
use crate::trust;

/// Our style sheet.
const STYLE_SHEET: &str = "verify.css";
/// The script of the live book.
const SCRIPT: &str = "verify.js";
/// Their folder, relative to the root of a trusted book, whose own style sheets and scripts are also relative to it.
const ASSETS: &str = ".verify/assets";

/// There is no course in the current folder or above it.
#[derive(Debug, thiserror::Error)]
#[error("there is no course here: no book.toml in this folder, in its book/, or in a folder above")]
pub struct NoCourse {
    /// A course nearby, in a folder of this one or in the `book/` of a folder above.
    pub nearby: Option<PathBuf>,
}

/// Finds the course: `given`, or the current folder, its `book/`, or the nearest folder above, whichever has a `book.toml`.
/// A folder next to somebody's `book/` is not in that course.
///
/// # Errors
/// If there is none: [`NoCourse`], unless a folder was given.
pub fn find(given: Option<&Path>) -> Result<PathBuf> {
    let found = match given {
        Some(folder) => held(folder).with_context(|| {
            format!("there is no book.toml in {}: --course takes the course's folder", folder.display())
        })?,
        None => {
            let here = std::env::current_dir().context("finding the current folder")?;
            let above = || here.ancestors().skip(1).find(|folder| is_course(folder)).map(Path::to_owned);
            held(&here).or_else(above).ok_or_else(|| NoCourse { nearby: nearby(&here) })?
        }
    };
    found.canonicalize().with_context(|| format!("opening {}", found.display()))
}

fn is_course(folder: &Path) -> bool {
    folder.join("book.toml").is_file()
}

/// The course that a folder is, or that is in its `book/`.
fn held(folder: &Path) -> Option<PathBuf> {
    [folder.to_owned(), folder.join("book")].into_iter().find(|folder| is_course(folder))
}

/// A course in a folder of this one, or in the `book/` of a folder above.
fn nearby(here: &Path) -> Option<PathBuf> {
    let mut below: Vec<PathBuf> =
        std::fs::read_dir(here).into_iter().flatten().flatten().map(|one| one.path()).collect();
    below.sort();
    let above = here.ancestors().skip(1).map(|folder| folder.join("book"));
    let found = below.into_iter().chain(above).find(|folder| is_course(folder))?;
    Some(found.strip_prefix(here).map(Path::to_owned).unwrap_or(found))
}

/// Reads the course from its book.
///
/// # Errors
/// All mistakes in the book, the lessons and the checks.
pub fn read(root: &Path, trusted: bool) -> Result<Course> {
    let (expanded, config) = expanded(root, trusted)?;
    Ok(Course::read(root, &config, &expanded)?)
}

/// Reads the course of a book without a summary and chapters.
///
/// # Errors
/// All mistakes in the configuration and the checks.
pub(crate) fn read_without_chapters(root: &Path, trusted: bool) -> Result<Course> {
    let config = config(root, trusted)?;
    Ok(Course::read(root, &config, &Book::new())?)
}

/// The folder of the book's sources.
///
/// # Errors
/// If the configuration of the book cannot be read, or names a folder outside the course.
pub fn sources(root: &Path, trusted: bool) -> Result<PathBuf> {
    let config = config(root, trusted)?;
    if !trusted {
        trust::files(root, &config.book.src)?;
    }
    Ok(root.join(config.book.src))
}

/// The book as our preprocessor gets it, with includes expanded, and its configuration.
///
/// # Errors
/// If it cannot be read, or contains something that is not allowed.
pub fn expanded(root: &Path, trusted: bool) -> Result<(Book, Config)> {
    let mut book = load(root, trusted)?;
    book.with_preprocessor(NoPreprocessor);
    let (expanded, context) = book.preprocess_book(&NoRenderer)?;
    Ok((expanded, context.config))
}

/// A built book.
#[derive(Debug)]
pub struct Built {
    /// The page to open.
    pub page: PathBuf,
    /// Notices about parts of the course that were left out.
    pub notices: Vec<String>,
}

/// Builds the book with the verdicts.
///
/// # Errors
/// All mistakes in the book.
pub fn build(root: &Path, practice: bool, trusted: bool) -> Result<Built> {
    let ours = VerifyPreprocessor::new().with_results(practice);
    let Prepared { mut book, notices, own: _own } = prepared(root, trusted, ours)?;
    if book.config.html_config().unwrap_or_default().site_url.is_none() {
        // mdBook's 404 page is served at any URL, so it finds its style sheets and the chapters only if `site-url` is
        // set. Without `site-url`, the book has no 404 page, and works at any path.
        book.config.set("output.html.input-404", "")?;
    }
    book.build()?;
    let mut page = book.build_dir_for("html").join("index.html");
    if !page.is_file() {
        page = book.build_dir_for("html");
    }
    Ok(Built { page, notices: notices.sentences() })
}

/// A live book, and the sources that it was built from.
#[derive(Debug)]
pub struct LiveBook {
    /// The folder of the built book, which is deleted with this value.
    pub built: Folder,
    /// The folder of the course's sources. Files that are not chapters are copied from there unchanged.
    pub sources: PathBuf,
    /// Notices about parts of the course that were left out.
    pub notices: Vec<String>,
}

/// Builds the live book in a folder of its own. It has the script of the widgets, and no verdicts.
///
/// # Errors
/// All mistakes in the book.
pub(crate) fn build_live(root: &Path, practice: bool, trusted: bool) -> Result<LiveBook> {
    let ours = VerifyPreprocessor::new().live(practice);
    let Prepared { mut book, notices, own } = prepared(root, trusted, ours)?;
    book.config.set("output.html.input-404", "")?;
    let mut js = book.config.html_config().unwrap_or_default().additional_js;
    js.push(asset(root, trusted, &own, SCRIPT, JS)?);
    book.config.set("output.html.additional-js", js)?;
    let built = Folder::new().context("making a folder for the book")?;
    built.path().clone_into(&mut book.config.build.build_dir);
    let sources = book.source_dir();
    book.build()?;
    Ok(LiveBook { built, sources, notices: notices.sentences() })
}

/// A book that is ready to be built, with our style sheet and preprocessor.
struct Prepared {
    book: MDBook,
    /// Notices about parts of the course that are left out by the build.
    notices: Notices,
    /// The folder of our theme, style sheets and scripts, unless the book is trusted.
    own: Folder,
}

fn prepared(root: &Path, trusted: bool, ours: VerifyPreprocessor) -> Result<Prepared> {
    let own = Folder::new().context("making a folder for the style sheet")?;
    let mut book = load(root, trusted)?;
    // Unless the book has a style sheet that was installed for stock mdBook.
    if !trusted || style_sheet::trouble(root, &book.config).is_some() {
        let mut css = book.config.html_config().unwrap_or_default().additional_css;
        css.retain(|sheet| !style_sheet::is_ours(&root.join(sheet)));
        css.push(asset(root, trusted, &own, STYLE_SHEET, CSS)?);
        book.config.set("output.html.additional-css", css)?;
    }
    let notices = Notices::default();
    if trusted {
        book.with_preprocessor(ours);
    } else {
        let theme = own.path().join("theme");
        std::fs::create_dir(&theme).context("making an empty folder")?;
        book.config.set("output.html.theme", theme)?;
        let seal = Seal::new()?;
        book.with_preprocessor(ours.with_prefix(seal.prefix()));
        book.with_renderer(Sanitized { seal, notices: notices.clone(), assets: own.path().to_owned() });
    }
    Ok(Prepared { book, notices, own })
}

/// Writes a file that the book's pages load, and returns its path for mdBook's configuration. For a trusted book, the
/// file must be below the root of the book. Otherwise, it is in a folder of ours, with a name to which mdBook can add a
/// hash. The name does not begin with a dot, because some hosts do not serve such files.
fn asset(root: &Path, trusted: bool, own: &Folder, name: &str, text: &str) -> Result<PathBuf> {
    let (folder, known) = match trusted {
        true => (files::verify_folder(root)?.join("assets"), Path::new(ASSETS).join(name)),
        false => (own.path().to_owned(), PathBuf::from(name)),
    };
    files::real_folder(&folder)?;
    let path = folder.join(name);
    if files::read(&path, files::LARGEST_TEXT).ok().as_deref() != Some(text.as_bytes()) {
        files::write(&path, text.as_bytes(), Readers::Others).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(known)
}

/// A course's `book.toml` with the settings from the environment. If the course is not trusted, the file is checked
/// before it is read, and only allowed settings are kept.
pub(crate) fn config(root: &Path, trusted: bool) -> Result<Config> {
    let path = root.join("book.toml");
    if !trusted {
        trust::plain_file(&path)?;
    }
    let text = files::read_text(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut config = text.parse::<Config>().with_context(|| {
        format!(
            "{} cannot be read by mdBook {}, which verify uses to build books",
            path.display(),
            mdbook_preprocessor::MDBOOK_VERSION
        )
    })?;
    // As `MDBook::load` does.
    Environment::read().apply(&mut config)?;
    Diagnostics::check(folders::wrong(root, &config).into_iter().collect())?;
    if trusted { Ok(config) } else { trust::config(root, &config) }
}

fn load(root: &Path, trusted: bool) -> Result<MDBook> {
    let config = config(root, trusted)?;
    if !trusted {
        trust::files(root, &config.book.src)?;
    }
    let mut book = MDBook::load_with_config(root, config)?;
    if !trusted {
        book.with_preprocessor(ConfinedLinks);
    }
    Ok(book)
}

/// Replaces our preprocessor while a course is read, so that the directives are kept.
struct NoPreprocessor;

impl mdbook_preprocessor::Preprocessor for NoPreprocessor {
    fn name(&self) -> &str {
        "verify"
    }

    fn run(&self, _context: &mdbook_preprocessor::PreprocessorContext, book: Book) -> Result<Book> {
        Ok(book)
    }
}

/// Replaces the renderer while a course is read.
struct NoRenderer;

impl mdbook_renderer::Renderer for NoRenderer {
    fn name(&self) -> &str {
        "verify"
    }

    fn render(&self, _context: &mdbook_renderer::RenderContext) -> Result<()> {
        Ok(())
    }
}
