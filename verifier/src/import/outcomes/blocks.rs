//! The outcomes of tables and commands.

use super::unit::{Strength, Unit, is_attribute};
use crate::import::language::Language;
use crate::import::lesson::{Block, Section};
use crate::import::outcome::{Outcome, Place, Why, above, shown, things_of};
use crate::import::reading::{Kind, read};
use crate::import::text::words;
use crate::import::things::things;

/// A command of AWS's or another program that changes something.
const PROGRAMS: &[&str] = &["aws", "docker", "terraform", "cdk", "sam", "eksctl", "kubectl", "eb", "copilot"];
/// What such a command begins with.
const CHANGES: &[&str] = &[
    "create",
    "put",
    "delete",
    "attach",
    "detach",
    "associate",
    "disassociate",
    "enable",
    "disable",
    "update",
    "modify",
    "run",
    "start",
    "stop",
    "terminate",
    "release",
    "register",
    "deregister",
    "tag",
    "add",
    "remove",
    "set",
    "copy",
    "restore",
    "import",
    "publish",
    "invoke",
    "push",
    "apply",
    "sync",
    "cp",
    "mb",
    "rb",
    "deploy",
    "allocate",
    "authorize",
    "revoke",
    "schedule",
    "subscribe",
    "send",
    "destroy",
];

/// The unit of a table or of commands.
pub(super) fn units(block: &Block, section: &Section, language: &Language) -> Vec<Unit> {
    let unit = |at: usize, text: &str, why: Why, strength: Strength| {
        let range = block.range();
        let things = things_of(&[text, section.title()]);
        let (text, place) = (shown(text), Place::After(range.end));
        Unit { outcome: Outcome { at, text, region: range, place, why, above: above(section), things }, strength }
    };
    let start = block.range().start;
    match block {
        // A table that compares has no first header.
        Block::Table { header, rows, is_concrete, .. } if header.first().is_some_and(|first| !first.is_empty()) => {
            let acts: Vec<_> = rows.iter().filter_map(|(at, cells)| act(cells, language).map(|act| (*at, act))).collect();
            if rows.len() > 1 && acts.len() * 3 >= rows.len() * 2 {
                let row = |(at, (cell, why)): (usize, (String, Why))| unit(at, &cell, why, Strength::Clear);
                return acts.into_iter().map(row).collect();
            }
            let is_thing = |(_, cells): &&(usize, Vec<String>)| cells.first().is_some_and(|cell| names_a_thing(cell));
            let of_things = rows.iter().filter(is_thing).count();
            if *is_concrete && of_things > 1 && of_things * 3 >= rows.len() * 2 {
                let row = |(at, cells): &(usize, Vec<String>)| unit(*at, &cells.join(": "), Why::Rows, Strength::Named);
                return rows.iter().filter(is_thing).map(row).collect();
            }
            let has_values = header.iter().any(|cell| is_attribute(cell));
            let is_named = !section.above.is_empty() && names_a_thing(section.title());
            let strength = if *is_concrete && has_values && is_named || header.len() > 2 && is_named && has_ranges(rows)
            {
                Strength::Named
            } else {
                Strength::Detail
            };
            vec![unit(start, section.title(), Why::Rows, strength)]
        }
        Block::Code { language, text, .. } => match command(language, text) {
            Some(command) => vec![unit(start, &command, Why::Command(command.clone()), Strength::Clear)],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The cell of a row that says what is done, where the row is a step.
fn act(cells: &[String], language: &Language) -> Option<(String, Why)> {
    cells.iter().filter(|cell| words(cell).len() > 1).find_map(|cell| {
        let reading = read(cell, language);
        let acts = matches!(reading.kind, Kind::Make | Kind::Weak | Kind::Remove | Kind::Try);
        acts.then(|| (cell.clone(), Why::Said(reading.kind, reading.word)))
    })
}

/// Whether most rows have a range of addresses.
fn has_ranges(rows: &[(usize, Vec<String>)]) -> bool {
    let is_range = |cell: &String| cell.contains('/') && cell.starts_with(|c: char| c.is_ascii_digit());
    rows.iter().filter(|(_, cells)| cells.iter().any(is_range)).count() * 2 > rows.len()
}

/// Whether a few words name a thing, rather than an attribute of one.
fn names_a_thing(text: &str) -> bool {
    !is_attribute(text) && things(text).iter().any(|thing| thing.read.is_some())
}

/// The first command that changes something.
fn command(language: &str, text: &str) -> Option<String> {
    let shell = ["", "sh", "bash", "shell", "console", "zsh", "powershell", "terminal"];
    if !shell.contains(&language.split([',', ' ']).next().unwrap_or("")) {
        return None;
    }
    text.lines().find_map(changing)
}

/// A command, if it changes something.
pub(super) fn changing(line: &str) -> Option<String> {
    let line = line.trim_start_matches(['$', '>', '#', ' ']);
    let words = words(line);
    let is_program = words.first().is_some_and(|first| PROGRAMS.contains(&first.as_str()));
    let verb = words.iter().take(4).skip(1).find(|word| CHANGES.contains(&word.split('-').next().unwrap_or("")))?;
    let service = words.get(1).filter(|service| *service != verb);
    let is_aws = words.first().is_some_and(|first| first == "aws");
    (is_program && (is_aws || ["push", "apply", "deploy", "destroy"].contains(&verb.as_str())))
        .then(|| [words.first(), service, Some(verb)].into_iter().flatten().cloned().collect::<Vec<_>>().join(" "))
}
