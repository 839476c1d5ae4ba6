//! Writes directives and parameters into a raw lesson, and takes them out again: what is ours goes in and comes out, and
//! every other byte of the lesson stays.
//!
//! Markdown has more corners than anybody can foresee, so nothing here trusts its own idea of where something may stand:
//! after writing, the lesson is scanned as the book will be, and what isn't found where it was written is taken back.

mod numbers;
mod own;

use std::ops::Range;

use crate::edit::{Edit, apply};
use crate::param::Params;
use crate::scan::{self, Scan};
use crate::substitute;

pub use numbers::numbers;

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
                // Without the space before it. Comments and holes are in order.
                let comment = range.start + 1..range.end;
                [&scan.items, &scan.open].iter().any(|items| {
                    let at = items.partition_point(|item| item.comment.start < comment.start);
                    items.get(at).is_some_and(|item| item.comment == comment)
                })
            }
            Writing::Parameter { .. } => {
                let at = scan.holes.partition_point(|hole| hole.range.start < range.start);
                let hole = scan.holes.get(at).filter(|hole| hole.range == *range);
                hole.is_some_and(
                    |hole| matches!(substitute::replacement(hole, params), Ok(Some((_, value))) if value == old),
                )
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

/// A lesson that has directives or parameters of its own in places where they could not be told from what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entangled {
    /// The lines of what it has of its own, from 1.
    pub lines: Vec<usize>,
}

/// Writes into a lesson what can be written so that the book finds it, and so that [`plain`] takes it out again. What
/// the lesson has of its own is marked (see `own`).
///
/// # Errors
/// When [`plain`] could not give the lesson back.
pub fn annotate(lesson: &str, writings: Vec<Writing>, params: &Params) -> Result<Annotated, Entangled> {
    let own = own::marks(lesson, &scan::scan(lesson), params);
    let mut writings = apart(lesson, writings);
    // Each round takes back what the one before did not find; a lesson that needs many is left alone.
    for _ in 0..ROUNDS {
        let (text, places) = written(lesson, &writings, &own);
        let scan = scan::scan(&text);
        let found = |(writing, place): (&Writing, &Range<usize>)| {
            writing.is_found(place, &lesson[writing.edit().0], &scan, params)
        };
        let found: Vec<bool> = writings.iter().zip(&places).map(found).collect();
        if found.iter().all(|found| *found) {
            if restores(&text, &scan, lesson, params) {
                return Ok(Annotated { text, written: writings });
            }
            // What was there before is found otherwise now: nothing of ours may stay.
            break;
        }
        let mut found = found.into_iter();
        writings.retain(|_| found.next().unwrap_or(false));
    }
    let text = apply(lesson, own.clone());
    if restores(&text, &scan::scan(&text), lesson, params) {
        return Ok(Annotated { text, written: Vec::new() });
    }
    let (mut line, mut counted) = (1, 0);
    let mut lines: Vec<usize> = Vec::with_capacity(own.len());
    for (at, _) in &own {
        line += lesson[counted..at.start].matches('\n').count();
        counted = at.start;
        lines.push(line);
    }
    lines.dedup();
    Err(Entangled { lines })
}

/// Writings in order and apart; of two that are not, the first stays.
fn apart(lesson: &str, mut writings: Vec<Writing>) -> Vec<Writing> {
    let place = |writing: &Writing| writing.edit().0;
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

/// The lesson with writings and marks, and where each writing came to stand.
fn written(lesson: &str, writings: &[Writing], own: &[Edit]) -> (String, Vec<Range<usize>>) {
    let ours = writings.iter().map(|writing| (writing.edit(), true));
    let mut edits: Vec<(Edit, bool)> = ours.chain(own.iter().map(|edit| (edit.clone(), false))).collect();
    // Stable: a directive stands before a mark of what follows it.
    edits.sort_by_key(|((range, _), _)| range.start);
    let (mut places, mut moved) = (Vec::with_capacity(writings.len()), 0isize);
    for ((range, new), is_ours) in &edits {
        let start = range.start.saturating_add_signed(moved);
        moved += new.len() as isize - range.len() as isize;
        if *is_ours {
            places.push(start..start + new.len());
        }
    }
    (apply(lesson, edits.into_iter().map(|(edit, _)| edit).collect()), places)
}

/// Whether a text can be read as a chapter, as far as parameters go, and gives the lesson back.
fn restores(text: &str, scan: &Scan, lesson: &str, params: &Params) -> bool {
    scan.holes.iter().all(|hole| own::in_directive(scan, hole) || substitute::replacement(hole, params).is_ok())
        && apply(text, own::restoring(text, scan, params)) == lesson
}

/// A lesson without what [`annotate`] wrote into it: the directives gone, values in place of parameters, and what the
/// lesson had of its own as it was.
pub fn plain(chapter: &str, params: &Params) -> String {
    let (mark, text) = byte_order_mark(chapter);
    format!("{mark}{}", apply(text, own::restoring(text, &scan::scan(text), params)))
}

/// Whether a text has neither directives nor anything else that [`plain`] would take out.
pub fn is_untouched(text: &str, params: &Params) -> bool {
    let scan = scan::scan(byte_order_mark(text).1);
    scan.items.is_empty() && scan.open.is_empty() && plain(text, params) == text
}

/// The byte order mark that a file may begin with, and its text, which is all that mdBook reads.
pub fn byte_order_mark(file: &str) -> (&str, &str) {
    file.split_at(if file.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 })
}

/// Whether a chapter is this lesson with directives, and with parameters in place of numbers, whatever their values are
/// by now, and whichever of its names are parameters.
pub fn is_made_of(chapter: &str, lesson: &str) -> bool {
    let [chapter, lesson] = [chapter, lesson].map(|file| bare(byte_order_mark(file).1));
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

/// A text without directives, each taken out with the space before it, and with each hole in its shortest form.
fn bare(text: &str) -> String {
    let scan = scan::scan(text);
    let directive = |item: &scan::Item| {
        let start = item.comment.start - usize::from(text[..item.comment.start].ends_with(' '));
        (start..item.comment.end, String::new())
    };
    let mut edits: Vec<Edit> = scan.items.iter().chain(&scan.open).map(directive).collect();
    let holes = scan.holes.iter().filter(|hole| !own::in_directive(&scan, hole));
    edits.extend(
        holes.map(|hole| {
            (hole.range.start - usize::from(hole.escaped)..hole.range.end, format!("{{{{{}}}}}", hole.name))
        }),
    );
    edits.sort_by_key(|(range, _)| range.start);
    apply(text, edits)
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

    /// Writes `?` behind every checklist item, and every parameter.
    fn annotated(lesson: &str) -> Annotated {
        let items = scan::unmarked(lesson).into_iter();
        let directives = items.map(|item| Writing::Directive { at: item.end, words: "?".into() });
        let writings = directives.chain(numbers(lesson, &params(), &words)).collect();
        annotate(lesson, writings, &params()).unwrap()
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
            ("| - [ ] a |\n|---|\n| - [ ] b |\n", "| - [ ] a |\n|---|\n| - [ ] b |\n"),
        ];
        for (lesson, expected) in cases {
            let text = annotated(lesson).text;
            assert_eq!(text, expected);
            assert_eq!(plain(&text, &params()), lesson);
            assert!(is_made_of(&text, lesson), "{lesson}");
        }
    }

    #[test]
    fn what_a_lesson_has_of_its_own_is_told_from_what_is_written() {
        let cases = [
            ("- [ ] Own <!-- verify: x -->\n", "- [ ] Own <!-- verify: x  -->\n"),
            ("- [ ] Own  <!-- verify: ? x  -->\n", "- [ ] Own  <!-- verify: ? x   -->\n"),
            ("- [ ] Own <!--verify: x-->\n", "- [ ] Own <!--verify: x-->\n"),
            ("Budget amount {{ budget_amount }}, 10\n", "Budget amount {{ budget_amount  }}, {{ budget_amount }}\n"),
            ("{{budget_amount}} \\{{ budget_amount }}\n", "{{budget_amount}} \\{{ budget_amount }}\n"),
            // Other languages write the same braces.
            ("{{ name }} {{name}} {{ a.b }}\n", "\\{{ name }} \\{{name}} {{ a.b }}\n"),
            ("{{ name  }} \\{{ name }} \\\\{{ x }}\n", "\\{{ name   }} \\{{ name    }} \\\\\\{{ x }}\n"),
            ("<b title=\"{{ name }}\">`{{ name }}`</b>\n", "<b title=\"\\{{ name }}\">`{{ name }}`</b>\n"),
            // A parameter that is misspelt in code would stop the book.
            ("`{{ budget_amoun }}`\n", "`\\{{ budget_amoun }}`\n"),
            // What is wrong stays wrong: whoever reads the book says so.
            ("para <!-- verify: x -->\n", "para <!-- verify: x -->\n"),
        ];
        for (lesson, expected) in cases {
            let text = annotated(lesson).text;
            assert_eq!(text, expected);
            assert_eq!(plain(&text, &params()), lesson);
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
