//! Restricts what an untrusted course can put into a built book.
//!
//! mdBook renders the book first. Then its output is parsed as a browser parses it, and only what is allowed is kept:
//!
//! | where | what |
//! |---|---|
//! | `html` | the elements, attributes and URLs of a chapter |
//! | `search` | the search index, whose texts mdBook's script inserts as HTML |
//! | `files` | the other files of the course |
//! | `svg` | SVG pictures, which can contain scripts |
//!
//! The Markdown is not checked, because that would have to predict what mdBook makes of it. The rest of a page is
//! mdBook's template, which escapes the course's texts in it.

mod files;
pub mod html;
mod seal;
mod search;
mod svg;

use anyhow::{Context, Result, anyhow, bail};
use course::files::{Folder, Readers};
use course::terminal;
use mdbook_html::HtmlHandlebars;
use mdbook_renderer::{RenderContext, Renderer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use html::{Cleaned, Policy, Taken};
pub use seal::Seal;

/// The most notices to show for one build.
const MOST: usize = 20;

/// A notice about something that was removed, and its source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    file: PathBuf,
    line: Option<usize>,
    what: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        write!(f, "{}{line}: {}", plain(&self.file.display().to_string()), plain(&self.what))
    }
}

/// A text in one line, limited in length.
fn plain(text: &str) -> String {
    terminal::line(text).chars().take(200).collect()
}

/// The notices of one build.
#[derive(Debug, Clone, Default)]
pub struct Notices(Arc<Mutex<BTreeSet<Notice>>>);

impl Notices {
    fn add(&self, notice: Notice) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(notice);
    }

    /// The notices as sentences. If there are many, the rest is only counted.
    pub fn sentences(&self) -> Vec<String> {
        let notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sentences: Vec<String> = notices.iter().take(MOST).map(Notice::to_string).collect();
        if let Some(more) = notices.len().checked_sub(MOST).filter(|more| *more > 0) {
            sentences.push(format!("… and {more} more."));
        }
        if !sentences.is_empty() {
            sentences.push(format!("It could run a script, or imitate a part of the page; {}.", crate::trust::TRUST));
        }
        sentences
    }
}

/// mdBook's HTML renderer, followed by the sanitizer.
pub struct Sanitized {
    /// The mark of our widgets.
    pub seal: Seal,
    /// The notices about what was removed.
    pub notices: Notices,
    /// The folder of the style sheets and scripts that the configuration names.
    pub assets: PathBuf,
}

impl Renderer for Sanitized {
    fn name(&self) -> &str {
        "html"
    }

    /// Renders into a temporary folder, so that the book's folder never contains unsanitized output.
    fn render(&self, context: &RenderContext) -> Result<()> {
        let staging = Folder::new().context("making a folder for the book")?;
        let mut own = context.clone();
        staging.path().clone_into(&mut own.destination);
        own.root.clone_from(&self.assets);
        one_line_names(&mut own.book.items);
        // mdBook would copy all files of the sources over its own files.
        let sources = context.source_dir();
        let nothing = Folder::new().context("making an empty folder")?;
        nothing.path().clone_into(&mut own.config.book.src);
        if let Ok(text) = course::files::read_text(&sources.join("404.md")) {
            let copy = nothing.path().join("404.md");
            course::files::write(&copy, text.as_bytes(), Readers::Owner).context("copying 404.md")?;
        }
        HtmlHandlebars::new().render(&own)?;

        let mut built = files::read(staging.path())?;
        self.pages(context, &mut built)?;
        search::escape(&mut built)?;
        let build = context.root.join(&context.config.build.build_dir);
        for (name, refused) in files::copied(&sources, &build, &mut built)? {
            let file = below_root(context, &sources.join(name));
            self.notices.add(Notice { file, line: None, what: refused.to_owned() });
        }
        files::replace(&context.destination, &built)
    }
}

impl Sanitized {
    /// Sanitizes all pages.
    fn pages(&self, context: &RenderContext, built: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
        let sources: BTreeMap<PathBuf, PathBuf> = context
            .book
            .chapters()
            .filter_map(|chapter| Some((chapter.path.as_ref()?.with_extension("html"), chapter.source_path.clone()?)))
            .chain([(PathBuf::from("404.html"), PathBuf::from("404.md"))])
            .collect();
        let mut pages = Vec::new();
        for (path, bytes) in built.iter().filter(|(path, _)| path.extension().is_some_and(|kind| kind == "html")) {
            let page = std::str::from_utf8(bytes).with_context(|| format!("reading {}", path.display()))?;
            match Page::of(page) {
                Some(page) => pages.push((path.clone(), page)),
                // The list of chapters for readers without JavaScript, if it was not overwritten by a chapter.
                None if path == Path::new("toc.html") => {}
                None => {
                    bail!("mdBook's page {} has no <main>, so the course's part of it cannot be found", path.display())
                }
            }
        }
        // The template differs only in the links to the previous and the next chapter. The longest has both.
        let template = pages.iter().map(|(_, page)| format!("{}{}", page.before, page.after)).max_by_key(String::len);
        let policy = Policy::new(&self.seal, &template.unwrap_or_default());
        let mut made = Vec::with_capacity(pages.len());
        for ((path, page), cleaned) in pages.iter().zip(clean_all(&policy, &pages)?) {
            if let Some(source) = sources.get(path).filter(|_| !cleaned.taken.is_empty()) {
                let file = context.source_dir().join(source);
                let text = course::files::read_text(&file).with_context(|| format!("reading {}", file.display()))?;
                for taken in &cleaned.taken {
                    let (line, what) = (line_of(&text, taken), taken.to_string());
                    self.notices.add(Notice { file: below_root(context, &file), line, what });
                }
            }
            let main = cleaned.html.as_deref().unwrap_or(page.main).replace(self.seal.prefix(), "verify-");
            made.push((path.clone(), format!("{}{main}{}", page.before, page.after)));
        }
        built.extend(made.into_iter().map(|(path, page)| (path, page.into_bytes())));
        Ok(())
    }
}

/// Sanitizes pages in parallel.
fn clean_all(policy: &Policy<'_>, pages: &[(PathBuf, Page<'_>)]) -> Result<Vec<Cleaned>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let taken = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            pages.get(at).map(|(_, page)| (at, policy.clean(page.main)))
        });
        taken.collect::<Vec<_>>()
    };
    let mut cleaned = std::thread::scope(|scope| {
        let processors = course::parallel::processors();
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        let done = workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("sanitizing a page failed")));
        done.collect::<Result<Vec<_>>>()
    })?
    .concat();
    cleaned.sort_by_key(|(at, _)| *at);
    Ok(cleaned.into_iter().map(|(_, cleaned)| cleaned).collect())
}

/// The parts of a page of mdBook.
pub(crate) struct Page<'p> {
    /// The template before `<main>`.
    pub(crate) before: &'p str,
    /// The course's part.
    pub(crate) main: &'p str,
    /// The template after `<main>`.
    pub(crate) after: &'p str,
}

impl Page<'_> {
    /// Splits a page. The template escapes the course's texts outside of `<main>`, so the first begin tag and the last
    /// end tag are the template's own.
    pub(crate) fn of(page: &str) -> Option<Page<'_>> {
        const BEGIN: &str = "<main>";
        let begin = page.find(BEGIN)? + BEGIN.len();
        let end = page.rfind("</main>").filter(|end| *end >= begin)?;
        Some(Page { before: &page[..begin], main: &page[begin..end], after: &page[end..] })
    }
}

/// Removes control characters from the names of chapters: mdBook writes them into a script, where a line break would
/// end the string.
fn one_line_names(items: &mut [mdbook_driver::book::BookItem]) {
    use mdbook_driver::book::BookItem;
    let one_line = |name: &mut String| {
        *name = name.replace(|c: char| c.is_control() || ['\u{2028}', '\u{2029}'].contains(&c), " ");
    };
    for item in items {
        match item {
            BookItem::Chapter(chapter) => {
                one_line(&mut chapter.name);
                chapter.parent_names.iter_mut().for_each(one_line);
                one_line_names(&mut chapter.sub_items);
            }
            BookItem::PartTitle(title) => one_line(title),
            BookItem::Separator => {}
        }
    }
}

/// A file's path relative to the course.
fn below_root(context: &RenderContext, file: &Path) -> PathBuf {
    file.strip_prefix(&context.root).unwrap_or(file).to_owned()
}

/// The line in the chapter of something that was removed, if it is the same there as in the page.
fn line_of(text: &str, taken: &Taken) -> Option<usize> {
    let begin = if matches!(taken, Taken::Element(_)) { "<" } else { "" };
    let marks = taken.marks().into_iter().map(|mark| format!("{begin}{}", mark.to_lowercase()));
    let line = |mark: String| text.lines().position(|line| line.to_lowercase().contains(&mark));
    marks.into_iter().find_map(line).map(|at| at + 1)
}
