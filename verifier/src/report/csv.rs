//! Results as CSV for spreadsheets, one row for each step. No cell is a formula, even if text from AWS or a lesson
//! looks like one.

use anyhow::{Context, Result};
use course::results::{Results, StepResult};
use course::step_view::StepView;
use course::{Course, Step};

use super::plain;

const HEADER: [&str; 13] = [
    "step",
    "chapter",
    "item",
    "optional",
    "verdict",
    "reasons",
    "sentences",
    "checked",
    "first verified",
    "held until",
    "lapsed",
    "removed",
    "account",
];

/// The steps with their verdicts.
///
/// # Errors
/// Never: the table is in memory.
pub fn table(course: &Course, results: &Results, steps: &[&Step]) -> Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEADER)?;
    for step in steps {
        let view = StepView::new(course, step, results);
        let chapter = step.occurrences.first().map_or(String::new(), |place| place.chapter_name.clone());
        let mut codes: Vec<&str> = view.reasons.iter().map(|reason| reason.code.name()).collect();
        codes.dedup();
        let time = |of: fn(&StepResult) -> Option<&String>| view.result.and_then(of).cloned().unwrap_or_default();
        let row = [
            view.id.to_owned(),
            chapter,
            view.title.to_owned(),
            if view.optional { "yes" } else { "no" }.to_owned(),
            view.verdict.name().to_owned(),
            codes.join(" "),
            view.lines().join(" "),
            time(|result| Some(&result.checked)),
            time(|result| result.first_verified.as_ref()),
            time(|result| result.held_until.as_ref()),
            time(|result| result.lapsed.as_ref()),
            time(|result| result.removed.as_ref()),
            if results.practice { "practice" } else { "own" }.to_owned(),
        ];
        table.write_record(row.map(|cell| harmless(&cell)))?;
    }
    let bytes = table.into_inner().context("writing the table")?;
    String::from_utf8(bytes).context("writing the table")
}

/// A cell that no spreadsheet takes for a formula. Formulas begin with one of these characters, in half or full width,
/// and some programs ignore white space before them.
pub(crate) fn harmless(cell: &str) -> String {
    let line = plain(&cell.replace(['\t', '\r', '\n'], " "));
    let formula = line.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula || cell.starts_with(['\t', '\r', '\n']) { format!("'{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert!(harmless(formula).starts_with('\''), "{formula:?}");
        }
        for text in ["cost-budget", "10 USD", "a=b", ""] {
            assert_eq!(harmless(text), text);
        }
        assert_eq!(harmless("two\nlines"), "two lines");
    }
}
