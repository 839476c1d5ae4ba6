//! The changes of an import: a diff of each file, and the check of each item.

use anstyle::{AnsiColor, Color, Style};
use course::terminal::Text;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices_deadline, group_diff_ops};
use std::fmt::Write;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::plain;
use super::text::shorten;
use crate::import::{Change, Found, Import};

const ADDED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
const REMOVED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)));
const PLACE: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Cyan)));
const BOLD: Style = Style::new().bold();

/// How many lines to show around a change.
const AROUND: usize = 2;

/// The time limit for finding the smallest diff.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many characters of an item to show.
const ITEM: usize = 44;

/// All changes, with the check of each item.
pub fn text(import: &Import) -> Text {
    if import.changes.is_empty() {
        return Text::block("This lesson is already in the book: nothing changes.\n");
    }
    let mut out = Text::new();
    for Change { file, new, before, after } in &import.changes {
        let names = if *new { ("the lesson", format!("{file} (a new file)")) } else { (file.as_str(), file.clone()) };
        diff(&mut out, (names.0, &names.1), before, after);
    }
    if !import.items.is_empty() {
        out.paint(BOLD, &format!("{:>4}  {:<ITEM$}  check", "line", "checklist item")).put("\n");
        import.items.iter().for_each(|item| row(&mut out, item));
        let _ = writeln!(out);
        counted(&mut out, import);
    }
    match import.parameters {
        0 => {}
        1 => drop(writeln!(out, "1 number is replaced by a parameter of the course.")),
        many => drop(writeln!(out, "{many} numbers are replaced by parameters of the course.")),
    }
    out
}

/// How many items have a check.
fn counted(out: &mut Text, import: &Import) {
    let sure = import.items.iter().filter(|item| item.written && item.proposal.sure).count();
    let _ = writeln!(out, "{sure} of {} checklist items have a check.", import.items.len());
    if sure < import.items.len() {
        let _ =
            writeln!(out, "The others are marked `verify: ?`. `verify lint` lists them until you write a check there.");
    }
}

/// A file's changes, as `diff -u` shows them.
pub(super) fn diff(out: &mut Text, (old, new): (&str, &str), before: &str, after: &str) {
    let [old_lines, new_lines] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<&str>>());
    out.paint(BOLD, &format!("--- {}", plain(old))).put("\n").paint(BOLD, &format!("+++ {}", plain(new))).put("\n");
    for hunk in group_diff_ops(differences(&old_lines, &new_lines), AROUND) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let range = |first: Range<usize>, last: Range<usize>| numbered(first.start..last.end);
        let (before, after) = (range(first.old_range(), last.old_range()), range(first.new_range(), last.new_range()));
        out.paint(PLACE, &format!("@@ -{before} +{after} @@")).put("\n");
        for op in &hunk {
            let mut lines = |sign: char, style: Style, lines: &[&str]| {
                for line in lines {
                    out.paint(style, &format!("{sign}{}", line.trim_end_matches(['\n', '\r']))).put("\n");
                }
            };
            if op.tag() == DiffTag::Equal {
                lines(' ', Style::new(), &old_lines[op.old_range()]);
                continue;
            }
            lines('-', REMOVED, &old_lines[op.old_range()]);
            lines('+', ADDED, &new_lines[op.new_range()]);
        }
    }
    let _ = writeln!(out);
}

/// The diff of two texts. An import adds no lines to a lesson, so texts of the same length are compared line by line.
fn differences(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    if old.len() != new.len() {
        return capture_diff_slices_deadline(Algorithm::Patience, old, new, Some(Instant::now() + PATIENCE));
    }
    let mut ops = Vec::new();
    let mut at = 0;
    while at < old.len() {
        let same = old[at] == new[at];
        let len = (at..old.len()).take_while(|line| (old[*line] == new[*line]) == same).count();
        ops.push(match same {
            true => DiffOp::Equal { old_index: at, new_index: at, len },
            false => DiffOp::Replace { old_index: at, old_len: len, new_index: at, new_len: len },
        });
        at += len;
    }
    ops
}

/// A range of lines in a hunk's header.
fn numbered(lines: Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        many => format!("{},{many}", lines.start + 1),
    }
}

fn row(out: &mut Text, item: &Found) {
    let fits: Vec<String> =
        item.proposal.candidates.iter().map(|(check, fit)| format!("{check} {:.0} %", fit * 100.0)).collect();
    let account = item.proposal.account.as_ref().map_or(String::new(), |account| format!(", {account} account"));
    let optional = if item.proposal.optional { ", optional" } else { "" };
    let check = match fits.as_slice() {
        _ if !item.written => "(a directive cannot be added here)".to_owned(),
        [first, ..] if item.proposal.sure => format!("{first}{account}{optional}"),
        [] => "?".to_owned(),
        _ => format!("?  ({})", fits.join(", ")),
    };
    let _ = writeln!(out, "{:>4}  {:<ITEM$}  {check}", item.line, shorten(&plain(&item.text), ITEM));
}
