//! A class as Markdown, for a wiki or a pull request. Text from files or lessons is escaped.

use mdbook_verify::widget::escape;
use std::fmt::Write;

use super::Class;
use super::tables::{self, Table};

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

/// A text without markup, which viewers do not turn into links either.
fn plain(text: &str) -> String {
    escape(text).replace("://", "&#58;//").replace("www.", "www&#46;")
}

fn lay_out(out: &mut String, table: &Table) {
    let _ = writeln!(out, "\n## {}\n\n| {} |", table.caption, table.head.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(table.head.len()));
    for row in &table.rows {
        let cells: Vec<String> = row.cells.iter().map(|cell| plain(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}
