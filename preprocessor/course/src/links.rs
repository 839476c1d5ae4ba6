//! Finds broken links in lessons: to files, chapters, headings and references that do not exist.

use mdbook_preprocessor::book::{Book, Chapter};
use percent_encoding::percent_decode_str;
use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::{nearest, suggest};
use crate::param::Params;
use crate::{scan, substitute};

/// A broken link: its range, the message, and the help.
pub(crate) type Dead = (Range<usize>, String, String);

/// The possible targets of links.
pub(crate) struct Links<'b> {
    src: PathBuf,
    pages: BTreeMap<PathBuf, &'b Chapter>,
    params: &'b Params,
    /// The anchors of the pages that were needed so far.
    anchors: RefCell<BTreeMap<PathBuf, BTreeSet<String>>>,
    names: Vec<String>,
    /// How many names may still be compared to find what was meant.
    comparisons: Cell<usize>,
}

/// How many names are compared in all, because each broken link takes that long.
const COMPARISONS: usize = 20_000;

impl<'b> Links<'b> {
    pub(crate) fn new(src: PathBuf, book: &'b Book, params: &'b Params) -> Links<'b> {
        let page = |chapter: &'b Chapter| Some((chapter.source_path.clone()?, chapter));
        let pages: BTreeMap<PathBuf, &Chapter> = book.chapters().filter_map(page).collect();
        let names = pages.keys().map(|page| page.display().to_string()).collect();
        Links { src, pages, params, anchors: RefCell::default(), names, comparisons: Cell::new(COMPARISONS) }
    }

    /// The broken links of a chapter.
    pub(crate) fn dead(&self, chapter: &Chapter, source: &Path) -> Vec<Dead> {
        let mut undefined: Vec<(Range<usize>, String)> = Vec::new();
        let note = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
            let is_number = link.reference.bytes().all(|byte| byte.is_ascii_digit());
            if matches!(link.link_type, LinkType::Reference | LinkType::Collapsed) && !is_number {
                undefined.push((link.span.clone(), link.reference.to_string()));
            }
            None
        };
        let mut dead = Vec::new();
        let events = Parser::new_with_broken_link_callback(&chapter.content, scan::options(), Some(note));
        for (event, range) in events.into_offset_iter() {
            let links = match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    vec![(range, dest_url.to_string())]
                }
                Event::Html(_) | Event::InlineHtml(_) => html_links(&chapter.content, range),
                _ => continue,
            };
            for (range, link) in links {
                dead.extend(self.leads_nowhere(source, &link).map(|(message, help)| (range, message, help)));
            }
        }
        let undefined = undefined.into_iter().map(|(range, name)| {
            let help = format!("end the chapter with a line such as [{name}]: page.md, or correct the link");
            (range, format!("the link `[{name}]` has no definition"), help)
        });
        dead.extend(undefined);
        dead
    }

    /// Why a link is broken, if it is, and what to do.
    fn leads_nowhere(&self, source: &Path, link: &str) -> Option<(String, String)> {
        let (address, anchor) = link.split_once('#').unwrap_or((link, ""));
        let written = address.split('?').next().unwrap_or_default();
        let elsewhere = written.starts_with("//") || written.split('/').next().is_some_and(|it| it.contains(':'));
        if elsewhere || written.starts_with('<') || link.contains("{{") {
            return None;
        }
        let path = decoded(written);
        if path.is_empty() {
            return self.without_anchor(source, source, anchor);
        }
        let from = if path.starts_with('/') { Path::new("") } else { source.parent().unwrap_or(Path::new("")) };
        let Some(target) = normal(&from.join(path.trim_start_matches('/'))) else {
            return Some((
                format!("`{path}` leads out of the book"),
                "link to a page of the book, or to the web".into(),
            ));
        };
        let is_markdown = target.extension().is_some_and(|extension| extension == "md");
        // A link to a page that mdBook writes is a link to its chapter.
        let is_html = target.extension().is_some_and(|extension| extension == "html");
        let chapter = if is_html { self.written_as(&target) } else { target.clone() };
        if self.pages.contains_key(&chapter) {
            return self.without_anchor(source, &chapter, anchor);
        }
        let exists = self.src.join(&target).exists();
        if is_markdown && exists {
            return Some((
                format!("`{path}` is not a chapter, so the book does not have this page"),
                "add it to SUMMARY.md".into(),
            ));
        }
        if exists || is_html && (target.ends_with("print.html") || target == Path::new("index.html")) {
            return None;
        }
        let near = match is_markdown || is_html {
            true => self.suggestion(&target.display().to_string(), self.names.len(), self.names.iter()),
            false => self.other_file(&target),
        };
        Some((format!("there is no `{path}`"), near.unwrap_or_else(|| "correct the link, or add the file".into())))
    }

    /// What was meant by a name, unless too many names were compared already.
    fn suggestion<'n>(
        &self,
        name: &str,
        count: usize,
        known: impl Iterator<Item = &'n String> + Clone,
    ) -> Option<String> {
        self.comparisons.set(self.comparisons.get().checked_sub(count)?);
        suggest(name, known.map(String::as_str))
    }

    /// The most similar file in the folder of a file that is not a page.
    fn other_file(&self, target: &Path) -> Option<String> {
        let folder = target.parent()?;
        let entries = std::fs::read_dir(self.src.join(folder)).into_iter().flatten().flatten();
        let names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        let near = nearest(target.file_name()?.to_str()?, names.iter().map(String::as_str))?;
        Some(format!("did you mean `{}`?", folder.join(near).display()))
    }

    /// The chapter that mdBook writes as this page.
    fn written_as(&self, page: &Path) -> PathBuf {
        let chapter = page.with_extension("md");
        let readme = page.with_file_name("README.md");
        let is_index = page.file_name().is_some_and(|name| name == "index.html");
        if is_index && !self.pages.contains_key(&chapter) { readme } else { chapter }
    }

    fn without_anchor(&self, source: &Path, page: &Path, anchor: &str) -> Option<(String, String)> {
        let anchor = decoded(anchor);
        let chapter = self.pages.get(page).filter(|_| !anchor.is_empty())?;
        let mut anchors = self.anchors.borrow_mut();
        let known = anchors.entry(page.to_owned()).or_insert_with(|| anchors_of(&chapter.content, self.params));
        if known.contains(anchor.as_str()) {
            return None;
        }
        let place = if source == page { "this chapter".to_owned() } else { format!("`{}`", page.display()) };
        let near = self.suggestion(&anchor, known.len(), known.iter());
        Some((format!("{place} has no heading `#{anchor}`"), near.unwrap_or_else(|| "correct the link".into())))
    }
}

/// All anchors of a page: headings and terms as mdBook names them, footnotes, and the ids and names in its HTML.
fn anchors_of(content: &str, params: &Params) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    // mdBook converts hyphens to dashes before it names a heading, unless the book disables that.
    for options in [scan::options(), scan::options() | Options::ENABLE_SMART_PUNCTUATION] {
        let mut used = BTreeMap::new();
        let mut open: Option<(Option<String>, String)> = None;
        for event in Parser::new_ext(content, options) {
            match event {
                Event::Start(Tag::Heading { id, .. }) => open = Some((id.map(|id| id.to_string()), String::new())),
                Event::Start(Tag::DefinitionListTitle) => open = Some((None, String::new())),
                Event::End(TagEnd::Heading(_) | TagEnd::DefinitionListTitle) => match open.take() {
                    Some((Some(id), _)) => drop(anchors.insert(id)),
                    Some((None, text)) => {
                        anchors.insert(unique(named(&substitute::fill(&text, params)), &mut used));
                    }
                    None => {}
                },
                Event::Text(text) | Event::Code(text) => {
                    if let Some((_, heading)) = &mut open {
                        heading.push_str(&text);
                    }
                }
                Event::SoftBreak | Event::HardBreak => {
                    if let Some((_, heading)) = &mut open {
                        heading.push(' ');
                    }
                }
                Event::Start(Tag::FootnoteDefinition(name)) => drop(anchors.insert(format!("footnote-{name}"))),
                Event::Html(html) | Event::InlineHtml(html) => {
                    for attribute in ["id", "name"] {
                        anchors.extend(attributes(&html, attribute).map(|(_, value)| value.to_owned()));
                    }
                }
                _ => {}
            }
        }
    }
    anchors
}

/// The id that mdBook gives a heading.
fn named(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let letter = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
        c => c.is_whitespace().then_some('-'),
    };
    lower.chars().filter_map(letter).collect()
}

/// The id with a number, as mdBook numbers headings with the same text.
fn unique(name: String, used: &mut BTreeMap<String, usize>) -> String {
    let Some(last) = used.get(&name).copied() else {
        used.insert(name.clone(), 0);
        return name;
    };
    // The numbers up to the last one stay taken.
    let numbered = (last + 1..).map(|number| (number, format!("{name}-{number}")));
    let free = numbered.into_iter().find(|(_, numbered)| !used.contains_key(numbered));
    let (number, free) = free.unwrap_or((last, name.clone()));
    used.insert(name, number);
    used.insert(free.clone(), 0);
    free
}

/// The links in a piece of HTML of a chapter.
fn html_links(content: &str, range: Range<usize>) -> Vec<(Range<usize>, String)> {
    let html = &content[range.clone()];
    if html.trim_start().starts_with("<!--") {
        return Vec::new();
    }
    let links = ["href", "src"].into_iter().flat_map(|attribute| attributes(html, attribute));
    links.map(|(at, link)| (range.start + at..range.start + at + link.len(), link.to_owned())).collect()
}

/// The values of an attribute in a piece of HTML, and their offsets.
fn attributes<'h>(html: &'h str, name: &'h str) -> impl Iterator<Item = (usize, &'h str)> {
    html.match_indices(name).filter_map(move |(at, _)| {
        let apart = html[..at].ends_with(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        let after = html[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = after.chars().next().filter(|c| apart && matches!(c, '"' | '\''))?;
        let value = after[1..].split(quote).next()?;
        Some((value.as_ptr() as usize - html.as_ptr() as usize, value))
    })
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A path without `.` and `..`; `None` if it leads outside.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => normal.push(part),
            Component::CurDir => {}
            Component::ParentDir => normal.pop().then_some(())?,
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdbook_preprocessor::book::BookItem;

    fn dead(content: &str) -> Vec<String> {
        let src = tempfile::tempdir().unwrap();
        std::fs::write(src.path().join("picture.png"), "").unwrap();
        std::fs::write(src.path().join("loose.md"), "").unwrap();
        let page = |path: &str, content: &str| {
            BookItem::Chapter(Chapter::new("x", content.to_owned(), PathBuf::from(path), Vec::new()))
        };
        let other =
            "# Costs & `limits`\n\n## Twice\n\n## Twice\n\n## Own {#own}\n\n<a name=\"html\"></a>\n\n## A -- {{ n }}\n";
        let book = Book::new_with_items(vec![
            page("deep/lesson.md", content),
            page("other.md", other),
            page("café.md", ""),
            page("README.md", ""),
        ]);
        let params = [("n".to_owned(), crate::param::Param::Int(5))].into();
        let links = Links::new(src.path().to_owned(), &book, &params);
        let chapter = book.chapters().next().unwrap();
        let source = chapter.source_path.clone().unwrap();
        let dead = links.dead(chapter, &source);
        dead.into_iter().map(|(range, message, _)| format!("{}: {message}", &content[range])).collect()
    }

    #[test]
    fn working_links_are_accepted() {
        for link in [
            "../other.md",
            "../other.html",
            "../other.md#costs--limits",
            "../other.md#twice-1",
            "../other.html#own",
            "../other.md#html",
            "../other.md#a----5",
            "../other.md#a--5",
            "../caf%C3%A9.md",
            "../picture.png",
            "#here",
            "https://example.com/x.md",
            "mailto:a@example.com",
            "//example.com/x",
            "/other.md#twice",
            "../index.html",
            "../print.html",
            "../README.md",
        ] {
            assert_eq!(dead(&format!("# Here\n\n[x]({link})\n")), Vec::<String>::new(), "{link}");
        }
        assert_eq!(dead("`[a][b]` and [x] and budgets[0][1] <!-- <a href=\"gone.md\"> -->\n"), Vec::<String>::new());
    }

    #[test]
    fn broken_links_are_reported() {
        for (link, message) in [
            ("gone.md", "there is no `gone.md`"),
            ("gone.html", "there is no `gone.html`"),
            ("/gone.md", "there is no `/gone.md`"),
            ("../../outside.md", "`../../outside.md` leads out of the book"),
            ("../loose.md", "`../loose.md` is not a chapter"),
            ("../other.md#no-such", "`other.md` has no heading `#no-such`"),
            ("../other.html#twice-2", "`other.md` has no heading `#twice-2`"),
            ("#gone", "this chapter has no heading `#gone`"),
        ] {
            let markdown = dead(&format!("[x]({link})\n"));
            assert!(markdown.len() == 1 && markdown[0].contains(message), "{link}: {markdown:?}");
            let html = dead(&format!("See <a class=\"x\" href='{link}'>x</a>.\n"));
            assert!(html.len() == 1 && html[0].starts_with(&format!("{link}: ")), "{link}: {html:?}");
        }
        assert_eq!(dead("See [ref][nope].\n"), ["[ref][nope]: the link `[nope]` has no definition"]);
    }
}
