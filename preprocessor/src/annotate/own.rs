//! What a lesson has of its own before anything is written into it: directives, parameters, and braces of other languages.
//!
//! Such a lesson can still be told from what is written into it, because spaces at the end, where nobody sees them, say
//! whose something is:
//!
//! | in the lesson | in the chapter | |
//! |---|---|---|
//! | | ` <!-- verify: a -->` | written: one space before `-->` |
//! | ` <!-- verify: a -->` | ` <!-- verify: a  -->` | the lesson's own: one space more than it had |
//! | `10` | `{{ n }}` | written: one space before the braces |
//! | `{{ n }}` | `{{ n  }}` | the lesson's own: one space more |
//! | `{{ other }}` | `\{{ other }}` | no parameter; escaped, with an odd number of spaces, or none |
//! | `\{{ other }}` | `\{{ other    }}` | the lesson's own backslash: an even number of spaces |
//!
//! All else that a lesson has is never written, and stays.

use std::ops::Range;

use crate::edit::Edit;
use crate::param::Params;
use crate::scan::{Hole, Scan};
use crate::substitute;

/// What a written directive begins and ends with.
const BEGIN: &str = "<!-- verify: ";
const END: &str = " -->";

/// Marks what a lesson has of its own, and escapes what would be taken for a parameter and is none.
pub(super) fn marks(lesson: &str, scan: &Scan, params: &Params) -> Vec<Edit> {
    let more = |at: usize, spaces: usize| (at..at, " ".repeat(spaces));
    let mut edits: Vec<Edit> = comments(scan)
        .filter(|comment| spaces_of(lesson, comment).is_some())
        .map(|comment| more(comment.end - END.len(), 1))
        .collect();
    for hole in scan.holes.iter().filter(|hole| !in_directive(scan, hole)) {
        let (braces, spaces) = (hole.range.end - 2, spaces_before(lesson, hole.range.end - 2));
        match Meaning::of(lesson, hole, params) {
            Meaning::Parameter if spaces > 0 => edits.push(more(braces, 1)),
            Meaning::Nothing => {
                edits.push((hole.range.start..hole.range.start, "\\".to_owned()));
                edits.push(more(braces, spaces.saturating_sub(1)));
            }
            Meaning::Escaped => edits.push(more(braces, spaces + 2)),
            Meaning::Parameter | Meaning::Text => {}
        }
    }
    edits.retain(|(_, text)| !text.is_empty());
    edits.sort_by_key(|(range, _)| range.start);
    edits
}

/// Takes out what was written, and the marks of what was there before.
pub(super) fn restoring(chapter: &str, scan: &Scan, params: &Params) -> Vec<Edit> {
    let fewer = |end: usize, spaces: usize| (end - spaces..end, String::new());
    let mut edits: Vec<Edit> = comments(scan)
        .filter_map(|comment| match spaces_of(chapter, comment)? {
            1 => Some((comment.start - 1..comment.end, String::new())),
            _ => Some(fewer(comment.end - END.len(), 1)),
        })
        .collect();
    for hole in scan.holes.iter().filter(|hole| !in_directive(scan, hole)) {
        let (braces, spaces) = (hole.range.end - 2, spaces_before(chapter, hole.range.end - 2));
        match Meaning::of(chapter, hole, params) {
            Meaning::Parameter if spaces == 1 => edits.extend(substitute::replacement(hole, params).ok().flatten()),
            Meaning::Parameter if spaces > 1 => edits.push(fewer(braces, 1)),
            Meaning::Escaped if spaces > 0 && spaces % 2 == 0 => edits.push(fewer(braces, spaces / 2 + 1)),
            Meaning::Escaped => {
                edits.push((hole.range.start - 1..hole.range.start, String::new()));
                edits.push(fewer(braces, spaces.saturating_sub(1) / 2));
            }
            Meaning::Parameter | Meaning::Nothing | Meaning::Text => {}
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    edits
}

/// Whether a hole stands within a directive: it is a part of that.
pub(super) fn in_directive(scan: &Scan, hole: &Hole) -> bool {
    let within = |items: &[crate::scan::Item]| {
        // The comments are in order and apart.
        let nearest = items.partition_point(|item| item.comment.end <= hole.range.start);
        items.get(nearest).is_some_and(|item| item.comment.contains(&hole.range.start))
    };
    within(&scan.items) || within(&scan.open)
}

fn comments(scan: &Scan) -> impl Iterator<Item = &Range<usize>> {
    scan.items.iter().chain(&scan.open).map(|item| &item.comment)
}

/// How many spaces end a directive, if it looks like a written one in all else.
fn spaces_of(text: &str, comment: &Range<usize>) -> Option<usize> {
    let inner = text[comment.clone()].strip_prefix(BEGIN)?.strip_suffix(END)?;
    let words = inner.trim_end_matches(' ');
    let written = !words.is_empty() && words.trim() == words && text[..comment.start].ends_with(' ');
    written.then(|| inner.len() - words.len() + 1)
}

fn spaces_before(text: &str, at: usize) -> usize {
    text[..at].len() - text[..at].trim_end_matches(' ').len()
}

/// What a hole is to the book.
enum Meaning {
    /// A parameter in the form that is written, whatever spaces end it.
    Parameter,
    /// A mistake, for which a backslash is missing.
    Nothing,
    /// The same with its backslash.
    Escaped,
    /// Nothing that is ever written: an escaped parameter, one in another form, or another language's code.
    Text,
}

impl Meaning {
    fn of(text: &str, hole: &Hole, params: &Params) -> Meaning {
        let bare = Hole { escaped: false, ..hole.clone() };
        match (substitute::replacement(&bare, params), hole.escaped) {
            (Err(_), false) => Meaning::Nothing,
            (Err(_), true) => Meaning::Escaped,
            (Ok(Some(_)), false) if text[hole.range.clone()].starts_with(&format!("{{{{ {}", hole.name)) => {
                let end = hole.range.start + "{{ ".len() + hole.name.len();
                let spaces = text[end..hole.range.end - 2].bytes().all(|byte| byte == b' ');
                if spaces { Meaning::Parameter } else { Meaning::Text }
            }
            (Ok(_), _) => Meaning::Text,
        }
    }
}
