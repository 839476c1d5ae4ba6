//! The changes of an import: a diff of each file, and the proposed steps.

use anstyle::{AnsiColor, Color, Style};
use course::terminal::{Text, json as json_text};
use serde_json::json;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices_deadline, group_diff_ops};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::plain;
use super::text::shorten;
use crate::import::{Change, Import, PassedOver, ProposedStep};

const ADDED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
const REMOVED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)));
const PLACE: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Cyan)));
const UNSURE: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
const BOLD: Style = Style::new().bold();

/// How many lines to show around a change.
const AROUND: usize = 2;

/// The time limit for finding the smallest diff.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many characters of a statement to show. Some terminals have 60 columns.
const STATEMENT: usize = 54;
/// How many characters of a line that is passed over.
const ITEM: usize = 34;
/// How many of these lines.
const SHOWN: usize = 20;

/// All changes, with the proposed steps. `diffs`: the changes themselves, too.
pub fn text(import: &Import, diffs: bool) -> Text {
    let mut out = Text::new();
    if import.changes.is_empty() && import.copied.is_empty() {
        out.put(match import.lessons {
            1 => "This lesson is already in the book: nothing changes.\n",
            _ => "These lessons are already in the book: nothing changes.\n",
        });
        return out;
    }
    if diffs {
        for Change { file, new, before, after } in &import.changes {
            let names =
                if *new { ("the lesson", format!("{file} (a new file)")) } else { (file.as_str(), file.clone()) };
            diff(&mut out, (names.0, &names.1), before, after);
        }
    } else {
        import.changes.iter().for_each(|change| {
            let sign = if change.new { "new" } else { "changed" };
            let _ = writeln!(out, "{sign:<8} {}", plain(&change.file));
        });
    }
    for copied in &import.copied {
        let _ = writeln!(out, "{:<8} {}", "copied", plain(&copied.file));
    }
    let mut lesson = "";
    for step in &import.steps {
        if lesson != step.lesson {
            lesson = &step.lesson;
            out.put("\n").paint(BOLD, &plain(lesson)).put("\n");
        }
        proposed(&mut out, step);
    }
    let _ = writeln!(out);
    counted(&mut out, import);
    for note in &import.notes {
        let _ = writeln!(out, "Note: {}", plain(note));
    }
    out
}

/// A proposed step: its line, its check, and why.
fn proposed(out: &mut Text, step: &ProposedStep) {
    let _ = writeln!(out, "{:>4}  {}", step.line, shorten(&plain(&step.text), STATEMENT));
    let (style, check) = match () {
        () if !step.written => (Style::new(), "(a directive cannot be added here)".to_owned()),
        () if step.proposal.sure.is_some() => (ADDED, step.directive.clone()),
        () if step.directive.starts_with('?') => (UNSURE, unsure(step)),
        () => (ADDED, step.directive.clone()),
    };
    out.put("      ").paint(style, &shorten(&plain(&check), STATEMENT)).put("\n");
    let _ = writeln!(out, "      {}", shorten(&plain(&step.why), STATEMENT));
}

/// What is known about a step without a check: the checks that it may be about, or the read that shows it.
fn unsure(step: &ProposedStep) -> String {
    let names: Vec<&str> = step.proposal.candidates.iter().map(|(check, _)| check.as_str()).collect();
    match (names.as_slice(), step.reads.first()) {
        ([], None) => "?  no check yet".to_owned(),
        ([], Some(read)) => format!("?  no check yet; {read} shows it"),
        (names, _) => format!("?  perhaps {}", names.join(", ")),
    }
}

/// A proposed step, and what to answer.
pub fn asked(step: &ProposedStep, (number, of): (usize, usize)) -> Text {
    let mut out = Text::new();
    out.put("\n").paint(BOLD, &format!("Step {number} of {of}")).put("\n");
    proposed(&mut out, step);
    out
}

/// The question whether to write.
pub fn question(import: &Import) -> String {
    let chapters = import.changes.iter().filter(|change| change.file != "SUMMARY.md").count();
    let steps = import.steps.iter().filter(|step| step.written).count();
    let of = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!("Write this ({}, {})?", of(chapters, "chapter"), of(steps, "step"))
}

/// The proposals as JSON, for programs that show them or write checks for them.
pub fn json(import: &Import, written: bool) -> Text {
    let step = |step: &ProposedStep| {
        let services: BTreeSet<&str> = step.reads.iter().filter_map(|read| Some(read.split_once(':')?.0)).collect();
        let candidates: Vec<&str> = step.proposal.candidates.iter().map(|(check, _)| check.as_str()).collect();
        json!({
            "lesson": step.lesson, "line": step.line, "text": step.text, "why": step.why,
            "sure": step.proposal.sure.is_some(), "check": step.proposal.sure, "account": step.proposal.account,
            "optional": step.proposal.optional, "candidates": candidates, "services": services, "reads": step.reads,
            "directive": format!("<!-- verify: {} -->", step.directive), "written": step.written,
        })
    };
    let line = |line: &PassedOver| json!({ "lesson": line.lesson, "line": line.line, "text": line.text });
    let chapter = |change: &Change| json!({ "file": change.file, "new": change.new });
    let document = json!({
        "written": written,
        "lessons": import.lessons,
        "changes": import.changes.iter().map(chapter).collect::<Vec<_>>(),
        "copied": import.copied.iter().map(|copied| &copied.file).collect::<Vec<_>>(),
        "steps": import.steps.iter().map(step).collect::<Vec<_>>(),
        "passed_over": import.passed_over.iter().map(line).collect::<Vec<_>>(),
        "parameters": import.parameters,
        "notes": import.notes,
    });
    Text::block(&format!("{}\n", json_text(&format!("{document:#}"))))
}

/// How many steps have a check, or that there are none, and which lines look like some.
fn counted(out: &mut Text, import: &Import) {
    let chapters = import.changes.iter().filter(|change| change.file != "SUMMARY.md").count();
    let sure = import.steps.iter().filter(|step| step.written && step.proposal.sure.is_some()).count();
    match (chapters, import.steps.len(), import.passed_over.len()) {
        (0, ..) => {}
        (_, 0, 0) => drop(writeln!(out, "No steps found, and no line that looks like one.")),
        (_, 0, lines) => {
            let _ = writeln!(out, "No steps found. {} like outcomes:", looks(lines));
            for line in import.passed_over.iter().take(SHOWN) {
                let _ = writeln!(out, "  {}:{}  {}", plain(&line.lesson), line.line, shorten(&plain(&line.text), ITEM));
            }
            if lines > SHOWN {
                let _ = writeln!(out, "  … and {} more", lines - SHOWN);
            }
            let _ = writeln!(out, "Write `<!-- verify: ? -->` behind those that are steps.");
        }
        (_, steps, lines) => {
            let _ = writeln!(out, "{sure} of {steps} steps {} a check.", if sure == 1 { "has" } else { "have" });
            if sure < steps {
                out.put(
                    "The others are marked `verify: ?`. `verify lint` lists them\nuntil you name a check there, or write one.\n",
                );
            }
            if lines > 0 {
                let _ = writeln!(
                    out,
                    "{} like outcomes, but {} in parts that explain.",
                    looks(lines),
                    if lines == 1 { "is" } else { "are" }
                );
            }
        }
    }
    match import.parameters {
        0 => {}
        1 => drop(writeln!(out, "1 number is replaced by a parameter of the course.")),
        many => drop(writeln!(out, "{many} numbers are replaced by parameters of the course.")),
    }
}

fn looks(lines: usize) -> String {
    if lines == 1 { "1 line looks".to_owned() } else { format!("{lines} lines look") }
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

/// The diff of two texts. Texts of the same length are compared line by line: most imports add no lines to a lesson.
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
