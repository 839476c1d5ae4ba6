//! A class as Markdown, for a wiki or a pull request. Text from files or lessons is escaped.

use std::fmt::Write;

use super::Class;
use super::tables::{self, Table};
use crate::report::markdown::plain;

/// The class as a section with two tables.
pub fn section(class: &Class) -> String {
    let mut out = format!("# {}\n\n{}\n", plain(&tables::heading(class)), plain(&tables::stuck(class)));
    for table in [tables::learners(class), tables::steps(class)] {
        lay_out(&mut out, &table);
    }
    let _ = writeln!(out, "\n{}", plain(class.about));
    for notice in &class.notices {
        let _ = writeln!(out, "\n{}", plain(notice));
    }
    out
}

fn lay_out(out: &mut String, table: &Table) {
    let _ = writeln!(out, "\n## {}\n\n| {} |", table.caption, table.head.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(table.head.len()));
    for row in &table.rows {
        let cells: Vec<String> = row.cells.iter().map(|cell| plain(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}
