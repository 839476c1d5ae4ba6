//! What an import changes: a diff of each file, and which check each item got.

use anstyle::{AnsiColor, Color, Style};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;

use super::text::{plain, shorten};
use crate::import::{Change, Found, Import};

const ADDED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
const REMOVED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)));
const PLACE: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Cyan)));
const BOLD: Style = Style::new().bold();

/// How many characters of an item are shown.
const ITEM: usize = 44;

/// Everything that would change, and why.
pub fn text(import: &Import) -> String {
    if import.changes.is_empty() {
        return "This lesson is in the book already: nothing changes.\n".to_owned();
    }
    let mut out = String::new();
    import.changes.iter().for_each(|change| diff(&mut out, change));
    if !import.items.is_empty() {
        let _ = writeln!(out, "{BOLD}{:>4}  {:<ITEM$}  check{BOLD:#}", "line", "checklist item");
        import.items.iter().for_each(|item| row(&mut out, item));
        let _ = writeln!(out);
        counted(&mut out, import);
    }
    match import.parameters {
        0 => {}
        1 => drop(writeln!(out, "1 number is a parameter of the course.")),
        many => drop(writeln!(out, "{many} numbers are parameters of the course.")),
    }
    out
}

/// How many items have a check.
fn counted(out: &mut String, import: &Import) {
    let sure = import.items.iter().filter(|item| item.written && item.proposal.sure).count();
    let _ = writeln!(out, "{sure} of {} checklist items have a check.", import.items.len());
    if sure < import.items.len() {
        let _ = writeln!(out, "The others say `verify: ?`, which `verify lint` lists until a check stands there.");
    }
}

/// A file's changes, as `diff -u` shows them.
fn diff(out: &mut String, change: &Change) {
    let diff = TextDiff::from_lines(&change.before, &change.after);
    let file = plain(&change.file);
    let old = if change.new { "the lesson" } else { &file };
    let new = if change.new { " (a new file)" } else { "" };
    let _ = writeln!(out, "{BOLD}--- {old}\n+++ {file}{new}{BOLD:#}");
    for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
        let _ = writeln!(out, "{PLACE}{}{PLACE:#}", hunk.header());
        for line in hunk.iter_changes() {
            let (sign, style) = match line.tag() {
                ChangeTag::Delete => ('-', REMOVED),
                ChangeTag::Insert => ('+', ADDED),
                ChangeTag::Equal => (' ', Style::new()),
            };
            let _ = writeln!(out, "{style}{sign}{}{style:#}", plain(line.value().trim_end_matches(['\n', '\r'])));
        }
    }
    let _ = writeln!(out);
}

fn row(out: &mut String, item: &Found) {
    let fits: Vec<String> =
        item.proposal.candidates.iter().map(|(check, fit)| format!("{check} {:.0} %", fit * 100.0)).collect();
    let account = item.proposal.account.as_ref().map_or(String::new(), |account| format!(", {account} account"));
    let optional = if item.proposal.optional { ", optional" } else { "" };
    let check = match fits.as_slice() {
        _ if !item.written => "(no directive can stand there)".to_owned(),
        [first, ..] if item.proposal.sure => format!("{first}{account}{optional}"),
        [] => "?".to_owned(),
        _ => format!("?  ({})", fits.join(", ")),
    };
    let _ = writeln!(out, "{:>4}  {:<ITEM$}  {check}", item.line, shorten(&plain(&item.text), ITEM));
}
