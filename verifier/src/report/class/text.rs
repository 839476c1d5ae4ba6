//! A class as text for a terminal. Text from files or lessons cannot break its line.

use anstyle::Style;
use course::terminal::Text;

use super::tables::{self, Row, Table};
use super::{Class, Learner};
use crate::report::plain;
use crate::report::text::{shorten, style};

const BOLD: Style = Style::new().bold();

/// The longest cell. Longer cells are cut.
const WIDEST: usize = 48;

/// The class as text.
pub fn text(class: &Class) -> Text {
    let mut out = Text::new();
    out.paint(BOLD, &tables::heading(class)).put("\n\n");
    out.paragraph("", &tables::stuck(class));
    for table in [tables::learners(class), tables::steps(class)] {
        lay_out(&mut out, &table);
    }
    out.put("\n");
    out.paragraph("", class.about);
    out
}

/// One learner in a line, printed as soon as the learner is judged.
pub fn line(learner: &Learner, required: usize) -> Text {
    let style = style(learner.at.as_ref().map_or(course::results::Verdict::Verified, |at| at.verdict));
    let done = format!("{}/{required}", learner.counts.done);
    let mut out = Text::block(&format!("{:<24} {done:>7}  ", plain(&learner.name)));
    out.paint(style, &tables::at(learner)).put("\n");
    out
}

/// A table whose columns are as wide as their widest cell.
fn lay_out(out: &mut Text, table: &Table) {
    let head: Vec<String> = table.head.iter().map(|cell| (*cell).to_owned()).collect();
    let rows: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.cells.iter().map(|cell| shorten(&plain(cell), WIDEST)).collect()).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|at| rows.iter().chain([&head]).map(|cells| cells[at].chars().count()).max().unwrap_or_default())
        .collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    out.put("\n").paint(BOLD, &line(&head)).put("\n");
    for (Row { verdict, .. }, cells) in table.rows.iter().zip(&rows) {
        out.paint(style(*verdict), &line(cells)).put("\n");
    }
}
