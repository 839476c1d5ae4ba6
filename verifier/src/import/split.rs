//! Splits a lesson into a chapter for each of its sections. The concatenated pieces are the lesson.

use anyhow::{Result, bail};
use course::scan;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use std::ops::Range;

/// Where a lesson is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Split {
    /// At each heading of the second level (`##`).
    H2,
}

/// A piece of a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its first heading with visible text. `None` if it has no such heading.
    pub title: Option<String>,
    /// Its place in the lesson.
    pub range: Range<usize>,
}

/// A heading outside of lists and quotes.
pub(super) struct Heading {
    pub(super) level: HeadingLevel,
    pub(super) title: String,
    /// Where its line begins.
    pub(super) at: usize,
}

/// The pieces of a lesson; one piece if it is not split.
///
/// ```
/// use verify::import::split::{Split, pieces};
///
/// let lesson = "# Costs\n\n## Budgets\n\nMake one.\n\n## Alerts\n";
/// let titles: Vec<_> = pieces(lesson, Some(Split::H2)).unwrap().into_iter().map(|piece| piece.title.unwrap()).collect();
/// assert_eq!(titles, ["Costs", "Budgets", "Alerts"]);
/// ```
///
/// # Errors
/// If a piece would lose links or footnotes that another piece defines.
pub fn pieces(lesson: &str, split: Option<Split>) -> Result<Vec<Piece>> {
    let headings = headings(lesson);
    let title_of = |range: &Range<usize>| {
        let within = headings.iter().filter(|heading| range.contains(&heading.at));
        within.map(|heading| &heading.title).find(|title| title.chars().any(is_visible)).cloned()
    };
    let whole = 0..lesson.len();
    let Some(Split::H2) = split else { return Ok(vec![Piece { title: title_of(&whole), range: whole }]) };
    let mut starts: Vec<usize> =
        headings.iter().filter(|heading| heading.level == HeadingLevel::H2).map(|heading| heading.at).collect();
    // The text before the first section is a piece of its own, unless it is blank.
    match starts.first().copied() {
        Some(first) if lesson[..first].trim().is_empty() => starts[0] = 0,
        _ => starts.insert(0, 0),
    }
    if starts.len() > 1 {
        defined_for_all(lesson)?;
    }
    let ends = starts.iter().skip(1).copied().chain([lesson.len()]);
    let ranges = starts.iter().zip(ends).map(|(start, end)| *start..end);
    Ok(ranges.map(|range| Piece { title: title_of(&range), range }).collect())
}

/// Rejects lessons in which a section may use a definition of another section.
fn defined_for_all(lesson: &str) -> Result<()> {
    let parser = Parser::new_ext(lesson, scan::options());
    if let Some((name, _)) = parser.reference_definitions().iter().next() {
        bail!(
            "this lesson defines a link for all of its sections (`[{name}]: …`), which would be missing in the other \
             chapters: import the lesson without --split, or use inline links"
        );
    }
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::FootnoteDefinition(_)) => bail!(
                "this lesson has footnotes, which would be missing in chapters that do not define them: import the \
                 lesson without --split"
            ),
            Event::Start(Tag::Link { dest_url, .. }) if dest_url.starts_with('#') => within(lesson, range.start)?,
            Event::Html(html) | Event::InlineHtml(html) if links_within(&html) => within(lesson, range.start)?,
            _ => {}
        }
    }
    Ok(())
}

/// Whether HTML has a link to a place in its own page.
fn links_within(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    html.match_indices("href").any(|(at, _)| {
        let value = html[at + "href".len()..].trim_start().strip_prefix('=');
        value.is_some_and(|value| value.trim_start().trim_start_matches(['"', '\'']).starts_with('#'))
    })
}

fn within(lesson: &str, at: usize) -> Result<()> {
    let line = lesson[..at].matches('\n').count() + 1;
    bail!(
        "line {line} of this lesson links to a place in the lesson itself (`#…`), which may be in another chapter after the \
         split: import the lesson without --split, or remove the link"
    )
}

/// Whether the character is visible.
fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Whether a lesson has a heading of the first level.
pub(super) fn has_title(lesson: &str) -> bool {
    headings(lesson).iter().any(|heading| heading.level == HeadingLevel::H1)
}

/// A lesson's headings.
pub(super) fn headings(lesson: &str) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let (mut depth, mut inside) = (0usize, false);
    for (event, range) in Parser::new_ext(lesson, scan::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                // A piece begins with the heading's line.
                let at = lesson[..range.start].rfind('\n').map_or(0, |end| end + 1);
                headings.push(Heading { level, title: String::new(), at });
                inside = true;
            }
            Event::End(TagEnd::Heading(_)) => inside = false,
            Event::Start(Tag::Item | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) | Tag::DefinitionList) => {
                depth += 1
            }
            Event::End(TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition | TagEnd::DefinitionList) => {
                depth = depth.saturating_sub(1)
            }
            Event::Text(text) | Event::Code(text) if inside => {
                if let Some(heading) = headings.last_mut() {
                    heading.title.push_str(&text);
                }
            }
            Event::SoftBreak | Event::HardBreak if inside => {
                if let Some(heading) = headings.last_mut() {
                    heading.title.push(' ');
                }
            }
            _ => {}
        }
    }
    headings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(lesson: &str) -> Vec<(Option<String>, &str)> {
        let pieces = pieces(lesson, Some(Split::H2)).unwrap();
        let whole: String = pieces.iter().map(|piece| &lesson[piece.range.clone()]).collect();
        assert_eq!(whole, lesson);
        pieces.into_iter().map(|piece| (piece.title, &lesson[piece.range])).collect()
    }

    #[test]
    fn a_section_becomes_a_piece_and_nothing_is_lost() {
        let lesson = "# Title\n\nBefore.\n\n## One *two*\n\ntext\n\n### Deeper\n\n   ## `Three`\r\n\r\nend";
        let found = titles(lesson);
        let expected = [
            ("Title", "# Title\n\nBefore.\n\n"),
            ("One two", "## One *two*\n\ntext\n\n### Deeper\n\n"),
            ("Three", "   ## `Three`\r\n\r\nend"),
        ];
        assert_eq!(found.iter().map(|(title, text)| (title.as_deref().unwrap(), *text)).collect::<Vec<_>>(), expected);
        assert_eq!(titles("\n\nSetext\n---\ntext\n\n> ## quoted\n\n- ## listed\n\n```\n## code\n```\n").len(), 1);
        assert_eq!(titles("no heading\n"), [(None, "no heading\n")]);
        assert_eq!(titles(""), [(None, "")]);
    }

    #[test]
    fn a_title_is_a_visible_heading() {
        let title = |lesson: &str| pieces(lesson, None).unwrap()[0].title.clone();
        assert_eq!(title("#\n\n## \u{200b}\n\n## Seen\n").as_deref(), Some("Seen"));
        assert_eq!(title("#\n\ntext\n"), None);
        // A link to another page, or in a lesson with one section, does not prevent the split.
        assert_eq!(titles("## A\n\n[b](b.md#c) `#d`\n\n## B\n").len(), 2);
        assert_eq!(titles("## A\n\n[a](#a)\n").len(), 1);
    }

    #[test]
    fn a_lesson_with_shared_definitions_is_not_split() {
        for lesson in [
            "## A\n\n[x]\n\n## B\n\n[x]: y.md\n",
            "## A\n\nx[^1]\n\n## B\n\n[^1]: note\n",
            "## A\n\nSee [the list](#checklist).\n\n## Checklist\n",
            "## A\n\nSee <a title=x HREF = '#checklist'>it</a>.\n\n## Checklist\n",
            "## A\n\n<p>\n<a href=#checklist>it</a>\n</p>\n\n## Checklist\n",
        ] {
            assert!(pieces(lesson, Some(Split::H2)).is_err(), "{lesson}");
            assert_eq!(pieces(lesson, None).unwrap().len(), 1);
        }
    }
}
