//! The book: reading a course out of it, and building it in-process with mdBook's own crates.
//!
//! Reading and building run mdBook's `links` and `index` and our preprocessor only, with one HTML renderer and none
//! of the course's scripts or theme, unless the learner says `--trust-course`. What a course may not do is in
//! `trust`, and what it may put into a page in `sanitize`.

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
/// The live book's script.
const SCRIPT: &str = "verify.js";
/// Where they are below the root of a book whose own style sheets and scripts are there, too.
const ASSETS: &str = ".verify/assets";

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

/// Reads the course of a book that has no summary yet, and so no chapters.
///
/// # Errors
/// All that is wrong with its configuration and the checks.
pub(crate) fn read_without_chapters(root: &Path, trusted: bool) -> Result<Course> {
    let config = config(root, trusted)?;
    Ok(Course::read(root, &config, &Book::new())?)
}

/// The folder of the book's sources.
///
/// # Errors
/// When the book's configuration cannot be read, or names a folder outside of the course.
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
/// When it cannot be read, or holds what a course may not.
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
    /// What of the course was left out of it.
    pub notices: Vec<String>,
}

/// Builds the book with its verdicts.
///
/// # Errors
/// All that is wrong with the book.
pub fn build(root: &Path, practice: bool, trusted: bool) -> Result<Built> {
    let ours = VerifyPreprocessor::new().with_results(practice);
    let Prepared { mut book, notices, own: _own } = prepared(root, trusted, ours)?;
    if book.config.html_config().unwrap_or_default().site_url.is_none() {
        // mdBook's page for addresses that lead nowhere is served in the place of any of them, so it finds its style
        // sheets and the other chapters only if the book says where on its host it stands. A book that doesn't has no
        // such page, and works anywhere.
        book.config.set("output.html.input-404", "")?;
    }
    book.build()?;
    let mut page = book.build_dir_for("html").join("index.html");
    if !page.is_file() {
        page = book.build_dir_for("html");
    }
    Ok(Built { page, notices: notices.told() })
}

/// Where a live book stands, and where it came from.
#[derive(Debug)]
pub struct LiveBook {
    /// The folder of the built book, which goes with this.
    pub built: Folder,
    /// The folder of the course's sources. What isn't a chapter is copied from there as it is.
    pub sources: PathBuf,
    /// What of the course was left out of it.
    pub notices: Vec<String>,
}

/// Builds the live book, which has the widgets' script and no verdicts, in a folder of its own.
///
/// # Errors
/// All that is wrong with the book.
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
    Ok(LiveBook { built, sources, notices: notices.told() })
}

/// A book that is ready to be built with our style sheet and preprocessor.
struct Prepared {
    book: MDBook,
    /// What of the course is left out when it is built.
    notices: Notices,
    /// What mdBook reads besides the book, unless that is trusted to bring its own.
    own: Folder,
}

fn prepared(root: &Path, trusted: bool, ours: VerifyPreprocessor) -> Result<Prepared> {
    let own = Folder::new().context("making a folder for the style sheet")?;
    let mut book = load(root, trusted)?;
    // One that is installed for the stock mdBook does.
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

/// Writes a file that the book's pages load, in the place of whatever stands there, and says what mdBook knows it by. mdBook
/// finds those of a trusted book below its root only. The others are in a folder of ours, with a name that mdBook can put
/// a hash into and that no host keeps to itself, as some do with what begins with a dot.
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

/// A course's `book.toml`, looked at before it is read, with what the environment sets: as it is where the course is
/// trusted, and else what a course may have in it.
pub(crate) fn config(root: &Path, trusted: bool) -> Result<Config> {
    let path = root.join("book.toml");
    if !trusted {
        trust::plain_file(&path)?;
    }
    let text = files::read_text(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut config = text.parse::<Config>().with_context(|| {
        format!(
            "{} cannot be read as mdBook {} reads it, which verify builds books with",
            path.display(),
            mdbook_preprocessor::MDBOOK_VERSION
        )
    })?;
    // As `MDBook::load` does it.
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
