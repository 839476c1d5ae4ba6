//! What a course that is not trusted may put into a built book.
//!
//! mdBook renders it; then what it has made is looked at, as a browser will read it, and only what is allowed stays:
//!
//! | where | what |
//! |---|---|
//! | `html` | the elements, attributes and addresses of a chapter |
//! | `search` | the search index, whose texts mdBook's script takes for HTML |
//! | `files` | the files beside the chapters |
//! | `svg` | pictures that could run scripts |
//!
//! Nothing looks at Markdown: whoever predicts what another program makes of it is wrong sooner or later. Everything
//! else in a page is mdBook's template, which escapes the texts of the course that it holds.

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

/// How many notices are told of one build.
const MOST: usize = 20;

/// What was taken out of a course's book, and where it comes from.
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

/// A text in one line, and not too long.
fn plain(text: &str) -> String {
    terminal::line(text).chars().take(200).collect()
}

/// What was taken out of one build.
#[derive(Debug, Clone, Default)]
pub struct Notices(Arc<Mutex<BTreeSet<Notice>>>);

impl Notices {
    fn add(&self, notice: Notice) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(notice);
    }

    /// The notices in words; the rest of many is counted.
    pub fn told(&self) -> Vec<String> {
        let notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told: Vec<String> = notices.iter().take(MOST).map(Notice::to_string).collect();
        if let Some(more) = notices.len().checked_sub(MOST).filter(|more| *more > 0) {
            told.push(format!("… and {more} more."));
        }
        if !told.is_empty() {
            told.push(format!("It could run a script, or pass for a part of the page; {}.", crate::trust::TRUST));
        }
        told
    }
}

/// mdBook's HTML renderer, and what looks at its work before anybody reads it.
pub struct Sanitized {
    /// What our widgets are known by.
    pub seal: Seal,
    /// What was taken out.
    pub notices: Notices,
    /// The folder of the style sheets and scripts that the configuration names.
    pub assets: PathBuf,
}

impl Renderer for Sanitized {
    fn name(&self) -> &str {
        "html"
    }

    /// Renders into a folder of its own, so that nothing unseen is ever in the book's.
    fn render(&self, context: &RenderContext) -> Result<()> {
        let staging = Folder::new().context("making a folder for the book")?;
        let mut own = context.clone();
        staging.path().clone_into(&mut own.destination);
        own.root.clone_from(&self.assets);
        one_line_names(&mut own.book.items);
        // mdBook would copy whatever is in the sources over its own files.
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
    /// Looks at every page that mdBook made.
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
                // The list of chapters for readers without JavaScript, unless a chapter has taken its place.
                None if path == Path::new("toc.html") => {}
                None => bail!("mdBook's page {} has no <main>, so what a course put there is unknown", path.display()),
            }
        }
        // The template is the same but for links to the chapters around: the longest has all that there are.
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

/// What becomes of each page, all processors at work.
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
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        let done = workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("looking at a page broke off")));
        done.collect::<Result<Vec<_>>>()
    })?
    .concat();
    cleaned.sort_by_key(|(at, _)| *at);
    Ok(cleaned.into_iter().map(|(_, cleaned)| cleaned).collect())
}

/// A page of mdBook's, around what stands in its `<main>`.
pub(crate) struct Page<'p> {
    /// What stands before.
    pub(crate) before: &'p str,
    /// What stands in it: the course's.
    pub(crate) main: &'p str,
    /// What stands behind.
    pub(crate) after: &'p str,
}

impl Page<'_> {
    /// The parts of a page. Around `<main>`, the template escapes each text of the course, so its first begin tag and its
    /// last end tag are the template's own.
    pub(crate) fn of(page: &str) -> Option<Page<'_>> {
        const BEGIN: &str = "<main>";
        let begin = page.find(BEGIN)? + BEGIN.len();
        let end = page.rfind("</main>").filter(|end| *end >= begin)?;
        Some(Page { before: &page[..begin], main: &page[begin..end], after: &page[end..] })
    }
}

/// Chapters' names without control characters: a line break would end the string of a script that mdBook writes them
/// into.
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

/// A file's path from the course's folder.
fn below_root(context: &RenderContext, file: &Path) -> PathBuf {
    file.strip_prefix(&context.root).unwrap_or(file).to_owned()
}

/// The line of a chapter that something was taken from, where it stands there as it does in the page.
fn line_of(text: &str, taken: &Taken) -> Option<usize> {
    let begin = if matches!(taken, Taken::Element(_)) { "<" } else { "" };
    let marks = taken.marks().into_iter().map(|mark| format!("{begin}{}", mark.to_lowercase()));
    let line = |mark: String| text.lines().position(|line| line.to_lowercase().contains(&mark));
    marks.into_iter().find_map(line).map(|at| at + 1)
}
