//! Numbers in a lesson that are the value of a parameter.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

use super::Writing;
use crate::param::{Param, Params};
use crate::scan::options;

/// A line of text, a heading or a table's cell: the numbers in it that are the value of a parameter whose name it speaks
/// of, word by word as `in_words` makes words.
pub fn numbers(lesson: &str, params: &Params, in_words: &dyn Fn(&str) -> Vec<String>) -> Vec<Writing> {
    let numeric: Vec<(&String, String, Vec<String>)> = params
        .iter()
        .filter(|(_, value)| matches!(value, Param::Int(_) | Param::Float(_)))
        .map(|(name, value)| (name, value.to_string(), in_words(&name.replace('_', " "))))
        .collect();
    let mut found = Vec::new();
    for (text, ranges) in lines(lesson) {
        let spoken = in_words(&text);
        for (name, value, _) in numeric.iter().filter(|(_, _, words)| words.iter().all(|word| spoken.contains(word))) {
            for range in &ranges {
                found.extend(standing_alone(&lesson[range.clone()], value).map(|at| {
                    let start = range.start + at;
                    Writing::Parameter { range: start..start + value.len(), name: (*name).clone() }
                }));
            }
        }
    }
    found
}

/// The texts of a lesson that are one piece to a reader, each with where it stands. Code blocks and HTML are none.
fn lines(lesson: &str) -> Vec<(String, Vec<Range<usize>>)> {
    let mut done = Vec::new();
    let mut open: Vec<(String, Vec<Range<usize>>)> = vec![Default::default()];
    let mut code = 0usize;
    for (event, range) in Parser::new_ext(lesson, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code = code.saturating_sub(1),
            Event::Start(Tag::Item | Tag::Paragraph | Tag::Heading { .. } | Tag::TableCell) => {
                open.push(Default::default());
            }
            Event::End(TagEnd::Item | TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::TableCell) => {
                done.extend(open.pop());
            }
            Event::Text(text) | Event::Code(text) if code == 0 => {
                if let Some((line, ranges)) = open.last_mut() {
                    line.push_str(&text);
                    ranges.push(range);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((line, _)) = open.last_mut() {
                    line.push(' ');
                }
            }
            _ => {}
        }
    }
    done.extend(open);
    done
}

/// Where a number stands that is not a part of another number or word.
fn standing_alone<'t>(text: &'t str, number: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(number).map(|(at, _)| at).filter(move |at| {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let (before, after) = (&text[..*at], &text[at + number.len()..]);
        let mut next = after.chars();
        let goes_on = match next.next() {
            Some('.' | ',') => next.next().is_some_and(|c| c.is_ascii_digit()),
            next => next.is_some_and(part),
        };
        !goes_on && !before.ends_with(|c: char| part(c) || "-.,".contains(c))
    })
}
