//! Writes directives and parameters into a raw lesson. Every other byte of it stays.
//!
//! Markdown has too many special cases to predict where a directive is recognised. So after writing, the lesson is
//! scanned as the book will be, and what the scan does not find where it was written is undone.

mod numbers;

use std::ops::Range;

use crate::edit::Edits;
use crate::param::Params;
use crate::scan::{self, At, Marked, Scan};

pub use numbers::numbers;

/// How often writing is tried.
const ROUNDS: usize = 8;

/// Something to write into a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writing {
    /// A directive after a checklist item's text.
    Directive {
        /// Where the item's text ends.
        at: usize,
        /// What follows `verify:`: a check, or `?`.
        words: String,
    },
    /// Directives on lines of their own, each with an empty line before it.
    Blocks {
        /// Where the block that they follow ends.
        at: usize,
        /// What follows `verify:` in each.
        words: Vec<String>,
    },
    /// A parameter in place of its value.
    Parameter {
        /// Where the value is.
        range: Range<usize>,
        /// The parameter's name.
        name: String,
    },
}

impl Writing {
    /// How many directives it has.
    fn directives(&self) -> usize {
        match self {
            Writing::Directive { .. } => 1,
            Writing::Blocks { words, .. } => words.len(),
            Writing::Parameter { .. } => 0,
        }
    }

    /// The range to replace, and the new text, in a lesson with these line ends.
    fn edit(&self, newline: &str) -> (Range<usize>, String) {
        match self {
            Writing::Directive { at, words } => (*at..*at, format!(" <!-- verify: {words} -->")),
            Writing::Blocks { at, words } => {
                let block = |words: &String| format!("{newline}{newline}<!-- verify: {words} -->");
                (*at..*at, words.iter().map(block).collect())
            }
            Writing::Parameter { range, name } => (range.clone(), format!("{{{{ {name} }}}}")),
        }
    }

    /// Whether a scan finds it at its new range.
    fn is_found(&self, range: &Range<usize>, old: &str, scan: &Scan, params: &Params) -> bool {
        match self {
            Writing::Blocks { words, .. } => {
                let is_card =
                    |item: &&Marked| range.contains(&item.comment.start) && matches!(item.at, At::Card { .. });
                let is_own = |item: &&Marked| is_card(item) && item.comment.end <= range.end;
                [&scan.steps, &scan.open].into_iter().flatten().filter(is_own).count() == words.len()
            }
            Writing::Directive { .. } => {
                // Without the space before it. Comments and holes are in order.
                let comment = range.start + 1..range.end;
                [&scan.steps, &scan.open].iter().any(|items| {
                    let at = items.partition_point(|item| item.comment.start < comment.start);
                    items.get(at).is_some_and(|item| item.comment == comment)
                })
            }
            Writing::Parameter { .. } => {
                let at = scan.holes.partition_point(|hole| hole.range.start < range.start);
                let hole = scan.holes.get(at).filter(|hole| hole.range == *range && !hole.escaped);
                hole.and_then(|hole| params.get(&hole.name)).is_some_and(|value| value.to_string() == old)
            }
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

/// Writes into a lesson what can be written so that the book finds it, and finds all that it found before.
pub fn annotate(lesson: &str, writings: Vec<Writing>, params: &Params) -> Annotated {
    let before = scan::scan(lesson, params);
    let mut writings = apart(lesson, writings);
    // Each round undoes what the last one did not find. A lesson that needs too many rounds is left alone.
    for _ in 0..ROUNDS {
        let (text, places) = written(lesson, &writings);
        let scan = scan::scan(&text, params);
        let found = |(writing, place): (&Writing, &Range<usize>)| {
            writing.is_found(place, &lesson[writing.edit("").0], &scan, params)
        };
        let found: Vec<bool> = writings.iter().zip(&places).map(found).collect();
        if found.iter().all(|found| *found) {
            if counts(&scan) == counts_with(&before, &writings) {
                return Annotated { text, written: writings };
            }
            // The lesson's own directives or holes are affected: undo everything.
            break;
        }
        let mut found = found.into_iter();
        writings.retain(|_| found.next().unwrap_or(false));
    }
    Annotated { text: lesson.to_owned(), written: Vec::new() }
}

/// How many directives and holes a scan found.
fn counts(scan: &Scan) -> (usize, usize, usize) {
    (scan.marked().count(), scan.misplaced.len(), scan.holes.len())
}

/// How many there are once these are written.
fn counts_with(before: &Scan, writings: &[Writing]) -> (usize, usize, usize) {
    let (marked, misplaced, holes) = counts(before);
    let directives: usize = writings.iter().map(Writing::directives).sum();
    let parameters = writings.iter().filter(|writing| matches!(writing, Writing::Parameter { .. })).count();
    (marked + directives, misplaced, holes + parameters)
}

/// Writings in order, without overlaps. Of two that overlap, the first is kept.
fn apart(lesson: &str, mut writings: Vec<Writing>) -> Vec<Writing> {
    let place = |writing: &Writing| writing.edit("").0;
    writings.sort_by_key(|writing| (place(writing).start, place(writing).end));
    let mut at = 0;
    writings.retain(|writing| {
        let range = place(writing);
        let apart = range.start >= at && lesson.get(range.clone()).is_some();
        if apart {
            at = range.end;
        }
        apart
    });
    writings
}

/// The lesson with writings, and the range of each.
fn written(lesson: &str, writings: &[Writing]) -> (String, Vec<Range<usize>>) {
    let mut edits = Edits::default();
    let (mut places, mut moved) = (Vec::with_capacity(writings.len()), 0isize);
    let newline = if lesson.contains("\r\n") { "\r\n" } else { "\n" };
    for writing in writings {
        let (range, new) = writing.edit(newline);
        let start = range.start.saturating_add_signed(moved);
        moved += new.len() as isize - range.len() as isize;
        places.push(start..start + new.len());
        edits.put(range, new);
    }
    (edits.apply(lesson), places)
}

/// Whether a text has no directive and no parameter.
pub fn is_untouched(text: &str, params: &Params) -> bool {
    let scan = scan::scan(byte_order_mark(text).1, params);
    scan.marked().next().is_none() && scan.holes.is_empty()
}

/// The byte order mark that a file may begin with, and its text, which is all that mdBook reads.
pub fn byte_order_mark(file: &str) -> (&str, &str) {
    file.split_at(if file.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 })
}

/// Whether a chapter is this lesson with directives, and with parameters in place of numbers, whatever their values are
/// now.
pub fn is_made_of(chapter: &str, lesson: &str, params: &Params) -> bool {
    let [chapter, lesson] = [chapter, lesson].map(|file| bare(byte_order_mark(file).1, params));
    let mut rest = lesson.as_str();
    let mut at = 0;
    for hole in scan::scan(&chapter, params).holes {
        let Some(after) = rest.strip_prefix(&chapter[at..hole.range.start]) else { return false };
        // A lesson that had the parameter itself is as good.
        let itself = after.strip_prefix(&chapter[hole.range.clone()]);
        rest = itself.unwrap_or_else(|| behind_number(after));
        at = hole.range.end;
    }
    rest == &chapter[at..]
}

/// A text without its directives and the space, or the empty line, before each.
fn bare(text: &str, params: &Params) -> String {
    let mut edits = Edits::default();
    for Marked { comment, at, .. } in scan::scan(text, params).marked() {
        let before = &text[..comment.start];
        let apart: &[&str] = match at {
            At::Card { .. } => &["\r\n\r\n", "\n\n", " "],
            At::Text | At::Below => &[" "],
        };
        let space = apart.iter().find(|space| before.ends_with(**space)).map_or(0, |space| space.len());
        edits.put(comment.start - space..comment.end, "");
    }
    edits.apply(text)
}

/// What follows a number that a text begins with.
fn behind_number(text: &str) -> &str {
    let digits = |text: &'_ str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = text.strip_prefix('-').unwrap_or(text);
    let rest = &whole[digits(whole)..];
    match rest.strip_prefix('.').map(|fraction| (fraction, digits(fraction))) {
        Some((fraction, length)) if length > 0 => &fraction[length..],
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Param;

    fn params() -> Params {
        [
            ("budget_amount".to_owned(), Param::Int(10)),
            ("seat_limit".to_owned(), Param::Int(50)),
            ("share".to_owned(), Param::Float(0.5)),
        ]
        .into()
    }

    fn words(text: &str) -> Vec<String> {
        text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
    }

    /// Writes `?` after every checklist item, and every parameter.
    fn annotated(lesson: &str) -> Annotated {
        let items = scan::unmarked(lesson).into_iter();
        let directives = items.map(|item| Writing::Directive { at: item.end, words: "?".into() });
        let writings = directives.chain(numbers(lesson, &params(), &words)).collect();
        annotate(lesson, writings, &params())
    }

    #[test]
    fn a_directive_ends_each_checklist_item_wherever_it_is() {
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
            ("| - [ ] a |\n|---|\n| - [ ] b |\n", "| - [ ] a |\n|---|\n| - [ ] b |\n"),
        ];
        for (lesson, expected) in cases {
            let text = annotated(lesson).text;
            assert_eq!(text, expected);
            assert!(is_made_of(&text, lesson, &params()), "{lesson}");
        }
    }

    #[test]
    fn directives_on_their_own_lines_follow_a_block_and_can_be_taken_out_again() {
        let words = || vec!["? \"One\"".to_owned(), "? \"Two\"".to_owned()];
        let both = |newline: &str| {
            format!("{newline}{newline}<!-- verify: ? \"One\" -->{newline}{newline}<!-- verify: ? \"Two\" -->")
        };
        for (before, newline, after) in
            [("A\n", "\n", "\n- b\n"), ("- a\n- b", "\n", ""), ("A", "\n", "\n# B\n"), ("A\r\nb", "\r\n", "\r\n\r\nC")]
        {
            let before = before.trim_end_matches('\n');
            let lesson = format!("{before}{after}");
            let writing = Writing::Blocks { at: before.len(), words: words() };
            let annotated = annotate(&lesson, vec![writing.clone()], &params());
            assert_eq!(annotated.text, format!("{before}{}{after}", both(newline)));
            assert_eq!(annotated.written, [writing]);
            assert!(is_made_of(&annotated.text, &lesson, &params()), "{lesson}");
        }
        // In the middle of a paragraph, they would split it.
        let inside = annotate("- a\n\n  b\n", vec![Writing::Blocks { at: 1, words: words() }], &params());
        assert_eq!(inside.text, "- a\n\n  b\n");
    }

    #[test]
    fn what_a_lesson_has_of_its_own_stays() {
        for (lesson, expected) in [
            ("- [ ] Own <!-- verify: x -->\n- [ ] b\n", "- [ ] Own <!-- verify: x -->\n- [ ] b <!-- verify: ? -->\n"),
            ("Budget amount {{ budget_amount }}, 10\n", "Budget amount {{ budget_amount }}, {{ budget_amount }}\n"),
            (
                "{{budget_amount}} \\{{ budget_amount }} {{ name }}\n",
                "{{budget_amount}} \\{{ budget_amount }} {{ name }}\n",
            ),
            ("para <!-- verify: x -->\n", "para <!-- verify: x -->\n"),
        ] {
            let text = annotated(lesson).text;
            assert_eq!(text, expected);
            assert!(is_made_of(&text, lesson, &params()), "{lesson}");
        }
    }

    #[test]
    fn a_number_becomes_a_parameter_where_the_text_names_it() {
        let cases = [
            ("Budget amount (e.g., `$10`)\n", "Budget amount (e.g., `${{ budget_amount }}`)\n"),
            ("The amount of the budget is 10.\n", "The amount of the budget is {{ budget_amount }}.\n"),
            ("| budget amount 10 | 10 |\n|---|---|\n", "| budget amount {{ budget_amount }} | 10 |\n|---|---|\n"),
            ("A share of 0.5, say\n", "A share of {{ share }}, say\n"),
            ("A budget for 10 people\n", "A budget for 10 people\n"),
            // The nearest words in the same clause say what a number is.
            (
                "Set the budget amount to $10 and invite 10 colleagues.\n",
                "Set the budget amount to ${{ budget_amount }} and invite 10 colleagues.\n",
            ),
            (
                "Invite 10 colleagues with a budget amount of 10.\n",
                "Invite 10 colleagues with a budget amount of {{ budget_amount }}.\n",
            ),
            (
                "The budget amount, e.g. 10. Then wait 10 minutes.\n",
                "The budget amount, e.g. {{ budget_amount }}. Then wait 10 minutes.\n",
            ),
            ("A seat limit of 10 for a budget amount of 25\n", "A seat limit of 10 for a budget amount of 25\n"),
            ("Seat limit 50, budget amount of 50\n", "Seat limit {{ seat_limit }}, budget amount of 50\n"),
            (
                "Seat limit 50 or a budget amount of 10\n",
                "Seat limit {{ seat_limit }} or a budget amount of {{ budget_amount }}\n",
            ),
            ("10 budget amount 10\n", "10 budget amount 10\n"),
            ("10 is the budget amount or so, it is 10\n", "{{ budget_amount }} is the budget amount or so, it is 10\n"),
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
            assert!(is_made_of(&text, lesson, &params()), "{lesson}");
        }
    }

    #[test]
    fn a_chapter_is_distinguished_from_another_lesson_but_not_from_other_values() {
        let lesson = "Budget amount 10\n\n- [ ] Done\n";
        let chapter = "Budget amount {{ budget_amount }}\n\n- [ ] Done <!-- verify: cost-budget -->\n";
        assert!(is_made_of("Budget amount {{ budget_amount }}.\n", "Budget amount 10.\n", &params()));
        for same in [lesson, "Budget amount 25\n\n- [ ] Done\n", "Budget amount -2.5\n\n- [ ] Done\n"] {
            assert!(is_made_of(chapter, same, &params()), "{same}");
        }
        for other in [
            "Budget amount ten\n\n- [ ] Done\n",
            "Budget amount 10\n\n- [ ] Do\n",
            "",
            "Budget amount 10\n\n- [ ] Done\n\n",
        ] {
            assert!(!is_made_of(chapter, other, &params()), "{other}");
        }
    }
}
