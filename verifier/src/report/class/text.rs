//! A class for the terminal. Whatever comes from files or lessons is stripped of control characters.

use anstyle::Style;
use std::fmt::Write;

use super::tables::{self, Row, Table};
use super::{Class, Learner};
use crate::report::text::{plain, shorten, style, wrapped};

const BOLD: Style = Style::new().bold();

/// The longest cell: what is longer is cut.
const WIDEST: usize = 48;

/// The class, as text.
pub fn text(class: &Class) -> String {
    let mut out = format!("{BOLD}{}{BOLD:#}\n\n", plain(&tables::heading(class)));
    wrapped(&mut out, "", &tables::stuck(class));
    for table in [tables::learners(class), tables::steps(class)] {
        lay_out(&mut out, &table);
    }
    out.push('\n');
    wrapped(&mut out, "", class.about);
    out
}

/// One learner in a line, as soon as that is known.
pub fn line(learner: &Learner, required: usize) -> String {
    let style = style(learner.at.as_ref().map_or(mdbook_verify::results::Verdict::Verified, |at| at.verdict));
    let done = format!("{}/{required}", learner.counts.done);
    format!("{:<24} {done:>7}  {style}{}{style:#}\n", plain(&learner.name), plain(&tables::at(learner)))
}

/// A table in columns, as wide as their widest cell.
fn lay_out(out: &mut String, table: &Table) {
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
    let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}", line(&head));
    for (Row { verdict, .. }, cells) in table.rows.iter().zip(&rows) {
        let style = style(*verdict);
        let _ = writeln!(out, "{style}{}{style:#}", line(cells));
    }
}
