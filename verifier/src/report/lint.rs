//! The findings of `verify lint`: as text, as JSON, and as GitHub annotations.

use anyhow::Result;
use course::diagnostic::{Entry, many, summary};
use course::files;
use course::terminal::Text;
use serde_json::json;
use std::path::Path;

use crate::lint::{Finding, Level};

/// The findings with their source lines, limited for each kind, and their number.
pub fn text(findings: &[Finding]) -> Text {
    let mut out = String::new();
    let kind = |finding: &Finding| format!("{}: {}", finding.rule, finding.diagnostic.kind());
    for entry in summary(findings, kind) {
        out.push_str(&match entry {
            Entry::One(Finding { level, rule, diagnostic }) => {
                let drawn = diagnostic.to_string();
                format!("{}[{rule}]{}\n", level.name(), drawn.strip_prefix("error").unwrap_or(&drawn))
            }
            Entry::More(more) => format!("{more}\n\n"),
        });
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    out.push_str(&match (count(Level::Error), count(Level::Warning)) {
        (0, 0) => "No mistakes were found in this course.\n".to_owned(),
        (errors, 0) => format!("{}.\n", many(errors, "error")),
        (0, warnings) => format!("{}.\n", many(warnings, "warning")),
        (errors, warnings) => format!("{}, {}.\n", many(errors, "error"), many(warnings, "warning")),
    });
    Text::block(&out)
}

/// The findings as a JSON array, with files relative to `from`.
///
/// # Errors
/// Never: texts and numbers can always be JSON.
pub fn json(findings: &[Finding], root: &Path, from: &Path) -> Result<Text> {
    let entries: Vec<serde_json::Value> = findings
        .iter()
        .map(|Finding { level, rule, diagnostic }| {
            json!({
                "level": level.name(),
                "rule": rule,
                "file": file(diagnostic.span.path.as_path(), root, from),
                "line": diagnostic.span.line,
                "column": diagnostic.span.column,
                "text": diagnostic.span.text,
                "message": diagnostic.message(),
                "help": diagnostic.help(),
            })
        })
        .collect();
    Ok(super::json(&entries)?)
}

/// The findings as GitHub workflow commands, which annotate the lines of a pull request.
pub fn github(findings: &[Finding], root: &Path, from: &Path) -> Text {
    let mut out = Text::new();
    for Finding { level, rule, diagnostic } in findings {
        let span = &diagnostic.span;
        let mut properties = vec![("file", file(&span.path, root, from))];
        if span.line > 0 {
            properties.push(("line", span.line.to_string()));
        }
        if span.line > 0 && span.column > 0 {
            let (column, end) = (span.column.to_string(), (span.column + span.width).to_string());
            properties.extend([("col", column), ("endColumn", end)]);
        }
        properties.push(("title", format!("verify lint: {rule}")));
        let help = diagnostic.help().map(|help| format!("\n{help}")).unwrap_or_default();
        out.annotate(level.name(), &properties, &format!("{}{help}", diagnostic.message()));
    }
    out
}

fn file(path: &Path, root: &Path, from: &Path) -> String {
    let whole = files::plain(&root.join(path));
    whole.strip_prefix(from).unwrap_or(&whole).to_string_lossy().into_owned()
}
