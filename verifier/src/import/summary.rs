//! Adds chapters to `SUMMARY.md`, after the numbered ones, and changes nothing else. mdBook's own parser decides which
//! chapters are listed.

use anyhow::{Context, Result, bail};
use mdbook_summary::{Summary, SummaryItem, parse_summary};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// A new chapter: a lesson, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Its title in `SUMMARY.md`.
    pub title: String,
    /// The file, relative to the sources. `None` for a title without a page, above the chapters of a folder.
    pub file: Option<String>,
    /// How many levels it is below the first ones.
    pub depth: usize,
}

/// The summary with these chapters added. Chapters that are already listed are not, and neither is a title of which all
/// chapters are.
///
/// # Errors
/// If mdBook cannot read the summary, or would not find the chapters in it.
pub fn with(summary: &str, chapters: &[Chapter]) -> Result<String> {
    let mut files = listed(summary)?;
    let is_listed = |chapter: &Chapter| chapter.file.as_deref().is_some_and(|file| files.contains(&path(file)));
    let new = |number: usize| match &chapters[number].file {
        Some(_) => !is_listed(&chapters[number]),
        None => below(chapters, number).iter().any(|chapter| chapter.file.is_some() && !is_listed(chapter)),
    };
    let Place { at, indent, marker, newline_first } = place(summary);
    let newline = if summary.contains("\r\n") { "\r\n" } else { "\n" };
    let mut added = String::new();
    for Chapter { title, file, depth } in (0..chapters.len()).filter(|number| new(*number)).map(|it| &chapters[it]) {
        let below = " ".repeat((marker.len() + 1) * depth);
        let file = file.as_deref().map(link).unwrap_or_default();
        added.push_str(&format!("{indent}{below}{marker} [{}]({file}){newline}", link_text(title)));
    }
    if added.is_empty() {
        return Ok(summary.to_owned());
    }
    let (before, after) = summary.split_at(at);
    let mut before = before.to_owned();
    if !before.is_empty() && !before.ends_with('\n') {
        before.push_str(newline);
    }
    // A list after a paragraph or a heading needs an empty line.
    if newline_first && !before.is_empty() && !before.ends_with(&newline.repeat(2)) {
        before.push_str(newline);
    }
    let edited = format!("{before}{added}{after}");
    files.extend(chapters.iter().filter_map(|chapter| chapter.file.as_deref()).map(path));
    if listed(&edited).ok() != Some(files) {
        bail!(
            "mdBook would not find a chapter that is added at the end of the list in SUMMARY.md: add the chapter there \
             yourself, and import the lesson again\n{}",
            added.trim_end()
        );
    }
    Ok(edited)
}

/// The chapters below one of them.
fn below(chapters: &[Chapter], number: usize) -> &[Chapter] {
    let after = &chapters[number + 1..];
    let end = after.iter().position(|chapter| chapter.depth <= chapters[number].depth);
    &after[..end.unwrap_or(after.len())]
}

/// The files that mdBook finds in a summary.
fn listed(summary: &str) -> Result<BTreeSet<PathBuf>> {
    fn collect(items: &[SummaryItem], files: &mut BTreeSet<PathBuf>) {
        for item in items {
            if let SummaryItem::Link(link) = item {
                files.extend(link.location.as_deref().map(normal));
                collect(&link.nested_items, files);
            }
        }
    }
    let parsed = parse_summary(summary)
        .context("SUMMARY.md cannot be read by mdBook, and nothing was written: correct it first")?;
    let Summary { prefix_chapters, numbered_chapters, suffix_chapters, .. } = &parsed;
    let mut files = BTreeSet::new();
    [prefix_chapters, numbered_chapters, suffix_chapters].into_iter().for_each(|items| collect(items, &mut files));
    Ok(files)
}

fn path(file: &str) -> PathBuf {
    normal(Path::new(file))
}

fn normal(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// Where to add a chapter, and how its line begins.
struct Place {
    at: usize,
    indent: String,
    /// The marker of the existing list. Another marker would begin a new list.
    marker: String,
    /// Whether a list begins there.
    newline_first: bool,
}

/// The place after the last item of the last top-level list.
fn place(summary: &str) -> Place {
    let (mut depth, mut last) = (0usize, None);
    for (event, range) in Parser::new(summary).into_offset_iter() {
        match event {
            Event::Start(Tag::Item) if depth == 1 => last = Some(range),
            Event::Start(Tag::List(_) | Tag::BlockQuote(_)) => depth += 1,
            Event::End(TagEnd::List(_) | TagEnd::BlockQuote(_)) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let Some(item) = last else {
        return Place { at: summary.len(), indent: String::new(), marker: "-".into(), newline_first: true };
    };
    // The range may include spaces before the item and empty lines after it.
    let text = summary[item.clone()].trim();
    let start = item.start + summary[item.clone()].len() - summary[item].trim_start().len();
    let line = summary[..start].rfind('\n').map_or(0, |end| end + 1);
    let end = start + text.len();
    let marker: String = text.chars().take_while(|c| !c.is_whitespace()).collect();
    Place {
        at: summary[end..].find('\n').map_or(summary.len(), |newline| end + newline + 1),
        indent: summary[line..start].chars().filter(|c| c.is_whitespace()).collect(),
        marker,
        newline_first: false,
    }
}

/// A file within a link's parentheses.
fn link(file: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if file.chars().all(plain) { file.to_owned() } else { format!("<{file}>") }
}

/// A title as the heading of a page.
pub(super) fn heading(title: &str) -> String {
    format!("# {}\n\n", link_text(title.trim()).replace('{', "\\{").replace('#', "\\#"))
}

/// A title within a link's brackets.
fn link_text(title: &str) -> String {
    let mut text = String::with_capacity(title.len());
    for c in title.chars() {
        if "\\[]*_`<>&".contains(c) {
            text.push('\\');
        }
        text.push(if c.is_control() { ' ' } else { c });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapters() -> Vec<Chapter> {
        let chapter = |title: &str, file: &str, depth| Chapter { title: title.into(), file: Some(file.into()), depth };
        vec![chapter("A [new] lesson", "new.md", 0), chapter("Its part", "new/its part.md", 1)]
    }

    #[test]
    fn chapters_are_added_once_after_the_last_one() {
        const NEW: &str = "- [A \\[new\\] lesson](new.md)\n  - [Its part](<new/its part.md>)\n";
        let same = |before: &str, after: &str| (format!("{before}{after}"), format!("{before}{NEW}{after}"));
        let cases = [
            same("# Summary\n\n[Intro](README.md)\n\n- [One](one.md)\n  - [Two](two.md)\n", "\n[End](end.md)\n"),
            same("# Summary\n\n", ""),
            ("# Summary".to_owned(), format!("# Summary\n\n{NEW}")),
            (
                "# Summary\r\n\r\n* [One](one.md)".to_owned(),
                format!("# Summary\r\n\r\n* [One](one.md)\r\n{}", NEW.replace("- [", "* [").replace('\n', "\r\n")),
            ),
            (
                "- [Old title](./new.md)\n".to_owned(),
                "- [Old title](./new.md)\n  - [Its part](<new/its part.md>)\n".to_owned(),
            ),
            // mdBook decides what is a list.
            same("- [One](one.md)\n", "\n<!--\n- [Old](old.md)\n-->\n"),
            same("- [One](one.md)\n", "<!-- - [Zed](new.md) -->\n"),
            same("-   [One](one.md)\n", ""),
            same("- [One](one.md)\n- [Draft]()\n", ""),
            same("# A\n\n- [One](one.md)\n\n# B\n\n- [Two](two.md)\n  goes on\n", "\n---\n\n[End](end.md)\n"),
            (
                "  1. [One](one.md)\n".to_owned(),
                "  1. [One](one.md)\n  1. [A \\[new\\] lesson](new.md)\n     1. [Its part](<new/its part.md>)\n"
                    .to_owned(),
            ),
        ];
        for (before, after) in cases {
            let added = with(&before, &chapters()).unwrap();
            assert_eq!(added, after);
            assert_eq!(with(&added, &chapters()).unwrap(), added, "nothing is added twice");
        }
    }

    #[test]
    fn a_folder_without_a_page_has_a_title_above_its_chapters() {
        let chapter = |title: &str, file: Option<&str>, depth| Chapter {
            title: title.to_owned(),
            file: file.map(str::to_owned),
            depth,
        };
        let chapters =
            [chapter("Networks", None, 0), chapter("VPC", Some("n/vpc.md"), 1), chapter("S3", Some("s3.md"), 0)];
        let added = with("# Summary\n", &chapters).unwrap();
        assert_eq!(added, "# Summary\n\n- [Networks]()\n  - [VPC](n/vpc.md)\n- [S3](s3.md)\n");
        assert_eq!(with(&added, &chapters).unwrap(), added);
    }

    #[test]
    fn a_summary_in_which_mdbook_would_not_find_the_chapter_is_rejected() {
        for (summary, why) in [
            ("# Summary\n\n<!-- for later\n", "add the chapter there yourself"),
            ("- [One](one.md)\n- [Again](one.md)\n", "cannot be read by mdBook"),
        ] {
            let refused = with(summary, &chapters()).unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
    }
}
