//! Writes directives and parameters into a raw lesson, and takes them out again: what is ours goes in and comes out, and
//! every other byte of the lesson stays.
//!
//! Markdown has more corners than anybody can foresee, so nothing here trusts its own idea of where something may stand:
//! after writing, the lesson is scanned as the book will be, and what isn't found where it was written is taken back.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

use crate::edit::apply;
use crate::param::{Param, Params};
use crate::scan::{self, Scan, options};
use crate::substitute;

/// How often writing is tried.
const ROUNDS: usize = 8;

/// Something to write into a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writing {
    /// A directive behind a checklist item's text, with the words behind `verify:`.
    Directive {
        /// Where the item's text ends.
        at: usize,
        /// The words: a check, or `?`.
        words: String,
    },
    /// A parameter in place of its value.
    Parameter {
        /// Where the value stands.
        range: Range<usize>,
        /// The parameter's name.
        name: String,
    },
}

impl Writing {
    /// What takes which place.
    fn edit(&self) -> (Range<usize>, String) {
        match self {
            Writing::Directive { at, words } => (*at..*at, format!(" <!-- verify: {words} -->")),
            Writing::Parameter { range, name } => (range.clone(), format!("{{{{ {name} }}}}")),
        }
    }

    /// Whether a scan finds it, where it came to stand.
    fn is_found(&self, range: &Range<usize>, old: &str, scan: &Scan, params: &Params) -> bool {
        match self {
            Writing::Directive { .. } => {
                // Without the space before it.
                let comment = range.start + 1..range.end;
                scan.items.iter().chain(&scan.open).any(|item| item.comment == comment)
            }
            Writing::Parameter { .. } => scan
                .holes
                .iter()
                .filter(|hole| hole.range == *range)
                .any(|hole| matches!(substitute::replacement(hole, params), Ok(Some((_, value))) if value == old)),
        }
    }
}

/// A lesson with what was written into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated {
    /// The text.
    pub text: String,
    /// What is in it, in order.
    pub written: Vec<Writing>,
}

/// Writes into a lesson what can be written so that the book finds it, and so that [`plain`] takes it out again.
pub fn annotate(lesson: &str, mut writings: Vec<Writing>, params: &Params) -> Annotated {
    let place = |writing: &Writing| writing.edit().0;
    writings.sort_by_key(|writing| (place(writing).start, place(writing).end));
    // Ranges are apart; of two that are not, the first stays.
    let mut at = 0;
    writings.retain(|writing| {
        let range = place(writing);
        let apart = range.start >= at && lesson.get(range.clone()).is_some();
        if apart {
            at = range.end;
        }
        apart
    });
    let plain_lesson = plain(lesson, params);
    // Each round takes back what the one before did not find; a lesson that needs many is left alone.
    for _ in 0..ROUNDS {
        let text = apply(lesson, writings.iter().map(Writing::edit).collect());
        let scan = scan::scan(&text);
        let mut moved = 0isize;
        let found: Vec<bool> = writings
            .iter()
            .map(|writing| {
                let (range, new) = writing.edit();
                let start = range.start.saturating_add_signed(moved);
                moved += new.len() as isize - range.len() as isize;
                writing.is_found(&(start..start + new.len()), &lesson[range], &scan, params)
            })
            .collect();
        if found.iter().all(|found| *found) {
            if plain(&text, params) == plain_lesson {
                return Annotated { text, written: writings };
            }
            // What was there before is found otherwise now: nothing of ours may stay.
            break;
        }
        let mut found = found.into_iter();
        writings.retain(|_| found.next().unwrap_or(false));
    }
    Annotated { text: lesson.to_owned(), written: Vec::new() }
}

/// A lesson without its directives, and with values in place of parameters.
pub fn plain(lesson: &str, params: &Params) -> String {
    let scan = scan::scan(lesson);
    let mut edits = directives(&scan, lesson);
    // A parameter within a directive goes with it.
    let in_one = |at: usize| {
        let before = edits.partition_point(|(range, _)| range.start <= at);
        before.checked_sub(1).is_some_and(|nearest| edits[nearest].0.contains(&at))
    };
    let holes = scan.holes.iter().filter(|hole| !in_one(hole.range.start));
    let values: Vec<_> = holes.filter_map(|hole| substitute::replacement(hole, params).ok().flatten()).collect();
    edits.extend(values);
    edits.sort_by_key(|(range, _)| range.start);
    apply(lesson, edits)
}

/// Whether a chapter is this lesson with directives, and with parameters in place of numbers, whatever their values are
/// by now.
pub fn is_made_of(chapter: &str, lesson: &str) -> bool {
    let [chapter, lesson] = [chapter, lesson].map(|text| apply(text, directives(&scan::scan(text), text)));
    let mut rest = lesson.as_str();
    let mut at = 0;
    for hole in scan::scan(&chapter).holes {
        let Some(after) = rest.strip_prefix(&chapter[at..hole.range.start]) else { return false };
        // A lesson that had the parameter itself is as good.
        let itself = after.strip_prefix(&chapter[hole.range.clone()]);
        rest = itself.unwrap_or_else(|| behind_number(after));
        at = hole.range.end;
    }
    rest == &chapter[at..]
}

/// What stands behind a number that a text begins with.
fn behind_number(text: &str) -> &str {
    let digits = |text: &'_ str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = text.strip_prefix('-').unwrap_or(text);
    let rest = &whole[digits(whole)..];
    match rest.strip_prefix('.').map(|fraction| (fraction, digits(fraction))) {
        Some((fraction, length)) if length > 0 => &fraction[length..],
        _ => rest,
    }
}

/// Takes the directives out, each with the space before it.
fn directives(scan: &Scan, content: &str) -> Vec<(Range<usize>, String)> {
    let all = scan.items.iter().chain(&scan.open).map(|item| {
        let start = item.comment.start - usize::from(content[..item.comment.start].ends_with(' '));
        (start..item.comment.end, String::new())
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(range, _)| range.start);
    all
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        [("budget_amount".to_owned(), Param::Int(10)), ("share".to_owned(), Param::Float(0.5))].into()
    }

    fn words(text: &str) -> Vec<String> {
        text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
    }

    /// Writes `?` behind every checklist item, and every parameter.
    fn annotated(lesson: &str) -> Annotated {
        let items = scan::unmarked(lesson).into_iter();
        let directives = items.map(|item| Writing::Directive { at: item.end, words: "?".into() });
        let writings = directives.chain(numbers(lesson, &params(), &words)).collect();
        annotate(lesson, writings, &params())
    }

    #[test]
    fn a_directive_ends_each_checklist_item_wherever_it_stands() {
        let cases = [
            ("- [ ] One\n- [x] Two", "- [ ] One <!-- verify: ? -->\n- [x] Two <!-- verify: ? -->"),
            ("- [ ] Crlf\r\n- plain\r\n", "- [ ] Crlf <!-- verify: ? -->\r\n- plain\r\n"),
            ("> 1. [ ] Quoted *text*  \n>    goes on\n", "> 1. [ ] Quoted *text*  \n>    goes on <!-- verify: ? -->\n"),
            (
                "- [ ] Outer\n  - [ ] Inner `code`\n",
                "- [ ] Outer <!-- verify: ? -->\n  - [ ] Inner `code` <!-- verify: ? -->\n",
            ),
            ("- [ ] [Link](x.md)\n\n  Below.\n", "- [ ] [Link](x.md) <!-- verify: ? -->\n\n  Below.\n"),
            ("- [ ] **bold**\n", "- [ ] **bold** <!-- verify: ? -->\n"),
            // What cannot be found again is left alone.
            ("- [ ] open <!-- comment\n", "- [ ] open <!-- comment\n"),
            ("```\n- [ ] code\n```\n", "```\n- [ ] code\n```\n"),
            ("- [ ] Had one <!-- verify: x -->\n", "- [ ] Had one <!-- verify: x -->\n"),
            ("| - [ ] a |\n|---|\n| - [ ] b |\n", "| - [ ] a |\n|---|\n| - [ ] b |\n"),
        ];
        for (lesson, expected) in cases {
            let text = annotated(lesson).text;
            assert_eq!(text, expected);
            if !lesson.contains("verify:") {
                assert_eq!(plain(&text, &params()), lesson);
            }
            assert!(is_made_of(&text, lesson), "{lesson}");
        }
    }

    #[test]
    fn a_number_becomes_a_parameter_where_the_text_speaks_of_it() {
        let cases = [
            ("Budget amount (e.g., `$10`)\n", "Budget amount (e.g., `${{ budget_amount }}`)\n"),
            ("The amount of the budget is 10.\n", "The amount of the budget is {{ budget_amount }}.\n"),
            ("| budget amount 10 | 10 |\n|---|---|\n", "| budget amount {{ budget_amount }} | 10 |\n|---|---|\n"),
            ("A share of 0.5, say\n", "A share of {{ share }}, say\n"),
            ("A budget for 10 people\n", "A budget for 10 people\n"),
            (
                "Budget amount: 100, 10.5, 1,10, 10px, x10, -10, v1.10\n",
                "Budget amount: 100, 10.5, 1,10, 10px, x10, -10, v1.10\n",
            ),
            ("```\nbudget amount 10\n```\n", "```\nbudget amount 10\n```\n"),
            // A backslash before the braces would make them text.
            ("Budget amount \\\\10\n", "Budget amount \\\\{{ budget_amount }}\n"),
        ];
        for (lesson, expected) in cases {
            let text = annotated(lesson).text;
            assert_eq!(text, expected);
            assert_eq!(plain(&text, &params()), lesson);
        }
    }

    #[test]
    fn a_chapter_is_told_from_another_lesson_and_not_from_other_values() {
        let lesson = "Budget amount 10\n\n- [ ] Done\n";
        let chapter = "Budget amount {{ budget_amount }}\n\n- [ ] Done <!-- verify: cost-budget -->\n";
        assert!(is_made_of("Budget amount {{ budget_amount }}.\n", "Budget amount 10.\n"));
        for same in [lesson, "Budget amount 25\n\n- [ ] Done\n", "Budget amount -2.5\n\n- [ ] Done\n"] {
            assert!(is_made_of(chapter, same), "{same}");
        }
        for other in [
            "Budget amount ten\n\n- [ ] Done\n",
            "Budget amount 10\n\n- [ ] Do\n",
            "",
            "Budget amount 10\n\n- [ ] Done\n\n",
        ] {
            assert!(!is_made_of(chapter, other), "{other}");
        }
    }
}
