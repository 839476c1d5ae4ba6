//! A class as one self-contained HTML page without scripts. It has the colours of mdBook's themes, light or dark as the
//! reader's system. Text from files or lessons is escaped.

use mdbook_verify::widget::escape;
use std::fmt::Write;

use super::Class;
use super::tables::{self, Table};

/// The page's own style, with the colours of mdBook's themes `light` and `navy`.
const STYLE: &str = include_str!("page.css");

/// The class as a page.
pub fn page(class: &Class) -> String {
    let heading = escape(&tables::heading(class));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{heading}</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>\n",
        mdbook_verify::CSS
    );
    if class.practice {
        let _ = writeln!(out, "<p><span class=\"verify-practice\">practice accounts</span></p>");
    }
    let _ = writeln!(out, "<p class=\"class-stuck\">{}</p>", escape(&tables::stuck(class)));
    for table in [tables::learners(class), tables::steps(class)] {
        lay_out(&mut out, &table);
    }
    let _ = writeln!(out, "<p class=\"verify-banner\">{}</p>", escape(class.about));
    for notice in &class.notices {
        let _ = writeln!(out, "<p class=\"verify-banner\" data-banner=\"server\">{}</p>", escape(notice));
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn lay_out(out: &mut String, table: &Table) {
    let _ =
        writeln!(out, "<div class=\"class-table\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">", table.caption);
    let _ = writeln!(out, "<table>\n<caption>{}</caption>\n<thead><tr>", table.caption);
    for cell in &table.head {
        let _ = writeln!(out, "<th scope=\"col\">{cell}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        let _ = write!(out, "<tr data-verdict=\"{}\">", row.verdict.name());
        for (at, cell) in row.cells.iter().enumerate() {
            let cell = escape(cell);
            let _ = match at {
                0 => write!(out, "<th scope=\"row\">{cell}</th>"),
                _ => write!(out, "<td>{cell}</td>"),
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}
