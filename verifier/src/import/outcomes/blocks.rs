//! The outcomes of tables and commands.

use super::unit::{Strength, Unit, is_attribute};
use crate::import::forms::done_by;
use crate::import::language::Language;
use crate::import::lesson::{Block, Section};
use crate::import::outcome::{Outcome, Place, Why, above, shown, things_of};
use crate::import::reading::{Kind, read};
use crate::import::text::words;
use crate::import::things::things;

/// Programs that change an account by these commands alone.
const PROGRAMS: &[&str] =
    &["docker", "terraform", "tofu", "cdk", "sam", "eksctl", "kubectl", "eb", "copilot", "helm", "pulumi"];
const CHANGES: &[&str] =
    &["push", "apply", "deploy", "destroy", "create", "delete", "install", "uninstall", "up", "scale", "terminate"];
/// What AWS's commands begin with that change nothing.
const READS: &[&str] = &[
    "describe",
    "list",
    "get",
    "help",
    "wait",
    "ls",
    "configure",
    "head",
    "filter",
    "lookup",
    "validate",
    "simulate",
    "decode",
    "estimate",
    "preview",
    "search",
    "query",
    "scan",
    "tail",
    "presign",
    "sso",
    "login",
    "decrypt",
    "encrypt",
    "batch-get",
    "select",
    "test",
    "verify",
    "check",
    "view",
    "detect",
    "generate-cli",
    "assume",
    "select-object-content",
];

/// The unit of a table or of commands.
pub(super) fn units(block: &Block, section: &Section, language: &Language, lesson: &str) -> Vec<Unit> {
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
            if header.iter().any(|cell| assigns(cell)) {
                let row = |(at, cells): &(usize, Vec<String>)| {
                    let (cell, why) = assigned(cells, language)?;
                    Some(unit(*at, &cell, why, Strength::Clear))
                };
                let found: Vec<Unit> = rows.iter().filter_map(row).collect();
                if found.len() * 2 >= rows.len() {
                    return found;
                }
            }
            let acts: Vec<_> =
                rows.iter().filter_map(|(at, cells)| act(cells, language).map(|act| (*at, act))).collect();
            if rows.len() > 1 && acts.len() * 3 >= rows.len() * 2 {
                let row = |(at, (cell, why)): (usize, (String, Why))| unit(at, &cell, why, Strength::Clear);
                return acts.into_iter().map(row).collect();
            }
            let is_thing = |(_, cells): &&(usize, Vec<String>)| cells.first().is_some_and(|cell| names_a_thing(cell));
            let of_things = rows.iter().filter(is_thing).count();
            if (*is_concrete || has_ranges(rows)) && of_things > 1 && of_things * 3 >= rows.len() * 2 {
                let row = |(at, cells): &(usize, Vec<String>)| unit(*at, &cells.join(": "), Why::Rows, Strength::Named);
                return rows.iter().filter(is_thing).map(row).collect();
            }
            let has_values = header.iter().any(|cell| is_attribute(cell));
            let is_concrete = *is_concrete || has_ranges(rows);
            let of_header = header.first().is_some_and(|first| names_a_thing(first));
            let is_named = !section.above.is_empty() && (names_a_thing(section.title()) || of_header);
            let is_set = !section.above.is_empty() && has_settings(header);
            let strength = if is_set
                || is_concrete && (has_values || of_header) && is_named
                || header.len() > 2 && is_named && has_ranges(rows)
            {
                Strength::Named
            } else {
                Strength::Detail
            };
            vec![unit(start, section.title(), Why::Rows, strength)]
        }
        Block::Code { language, range, .. } if is_shell(language) => {
            let commands = commands(&lesson[range.clone()]);
            // What several commands make is one thing; what they take away one after the other are several.
            let each = commands.len() > 1 && commands.iter().all(|(_, command)| removes(command));
            let unit = |(at, command): (usize, String)| {
                let at = if each { start + at } else { start };
                unit(at, &command, Why::Command(command.clone()), Strength::Clear)
            };
            commands.into_iter().take(if each { usize::MAX } else { 1 }).map(unit).collect()
        }
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

/// Whether a table has settings with their values: “Setting | Value”.
fn has_settings(header: &[String]) -> bool {
    let is = |at: usize, list: &[&str]| {
        header.get(at).is_some_and(|cell| list.contains(&cell.trim().to_lowercase().as_str()))
    };
    let settings = ["setting", "field", "option", "parameter", "property", "attribute", "key"];
    is(0, &settings) && is(1, &["value", "set to", "choose", "enter", "input", "choice", "your value", "what to enter"])
}

/// Whether a column says who does what, or whether it is done.
fn assigns(header: &str) -> bool {
    let columns = [
        "action",
        "actions",
        "task",
        "to do",
        "todo",
        "who",
        "owner",
        "responsible",
        "due",
        "until",
        "deadline",
        "done",
        "assignee",
        "assigned to",
        "by when",
        "done?",
        "status",
        "step",
        "steps",
        "do",
        "what to do",
        "activity",
        "instruction",
        "instructions",
        "decision",
        "what",
        "check",
        "ok",
    ];
    columns.contains(&header.trim().to_lowercase().trim_end_matches('?'))
}

/// The cell of a row that says what somebody does or has done, or the one that names what it is done to.
fn assigned(cells: &[String], language: &Language) -> Option<(String, Why)> {
    let said = |cell: &String| {
        let (kind, word) = done_by(cell, language)?;
        Some((cell.clone(), Why::Said(kind, word)))
    };
    let named = |cell: &&String| things(cell).iter().any(|thing| thing.read.is_some());
    let of_aws = cells.iter().any(|cell| named(&cell));
    act(cells, language).or_else(|| cells.iter().find_map(said)).filter(|_| of_aws).or_else(|| {
        let cell = cells.iter().find(named)?;
        Some((cell.clone(), Why::Rows))
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

/// Whether code of this language is for a shell.
fn is_shell(language: &str) -> bool {
    let shell = ["", "sh", "bash", "shell", "console", "zsh", "powershell", "terminal"];
    shell.contains(&language.split([',', ' ']).next().unwrap_or(""))
}

/// The commands that change something, each with its place in the code; of the same ones, the first.
fn commands(code: &str) -> Vec<(usize, String)> {
    let (mut found, mut at): (Vec<(usize, String)>, usize) = (Vec::new(), 0);
    for line in code.split_inclusive('\n') {
        if let Some(command) = changing(line).filter(|command| found.iter().all(|(_, other)| other != command)) {
            found.push((at, command));
        }
        at += line.len();
    }
    found
}

/// Whether a command takes something away.
fn removes(command: &str) -> bool {
    let removing = ["delete", "terminate", "release", "destroy", "detach", "deregister", "disable", "remove", "rb", "rm"];
    let operation = command.rsplit(' ').next().unwrap_or("");
    removing.contains(&operation.split('-').next().unwrap_or(""))
}

/// The unit of a section that only looks at AWS: it lists or describes something, or asks a website.
pub(super) fn look(section: &Section, lesson: &str) -> Option<Unit> {
    section.blocks.iter().find_map(|block| {
        let Block::Code { language, range, .. } = block else { return None };
        let code = &lesson[range.clone()];
        let command = is_shell(language).then(|| code.lines().find_map(looking)).flatten()?;
        let outcome = Outcome {
            at: range.start,
            text: shown(&command),
            region: range.clone(),
            place: Place::After(range.end),
            things: things_of(&[&command, section.title()]),
            why: Why::Command(command),
            above: above(section),
        };
        Some(Unit { outcome, strength: Strength::Named })
    })
}

/// A command, if it looks at something of AWS.
fn looking(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().skip_while(|word| !["aws", "curl"].contains(word)).collect();
    match words.as_slice() {
        ["aws", service, operation, ..] => {
            let reads = ["describe-", "list-", "get-"].iter().any(|read| operation.starts_with(read));
            (reads && *operation != "get-login-password").then(|| format!("aws {service} {operation}"))
        }
        ["curl", rest @ ..] => {
            let asks = rest.iter().any(|word| word.contains("://") && !word.contains("//localhost"));
            let saves = |word: &&str| word.starts_with("-o") || *word == "-O" || word.ends_with(".zip");
            (asks && !rest.iter().any(saves)).then(|| "curl".to_owned())
        }
        _ => None,
    }
}

/// A command, if it changes something.
pub(super) fn changing(line: &str) -> Option<String> {
    let mut words = line.split(|c: char| c.is_whitespace() || "();|&`$<>".contains(c)).filter(|word| !word.is_empty());
    let program = words.find(|word| *word == "aws" || PROGRAMS.contains(word))?;
    let rest: Vec<&str> = words.collect();
    // Options can come before what is done, each with its value.
    let (mut arguments, mut at) = (Vec::new(), 0);
    while at < rest.len() && arguments.len() < 2 {
        match rest[at].strip_prefix("--") {
            Some(option) if !option.contains('=') && !rest.get(at + 1).is_some_and(|value| value.starts_with('-')) => {
                at += 2
            }
            Some(_) => at += 1,
            None => {
                arguments.push(rest[at]);
                at += 1;
            }
        }
    }
    let command = [&[program], arguments.as_slice()].concat().join(" ");
    if program != "aws" {
        return arguments.iter().any(|argument| CHANGES.contains(argument)).then_some(command);
    }
    let [service, operation] = arguments.as_slice() else { return None };
    let is_name = |word: &str| {
        word.starts_with(char::is_alphabetic) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let first = operation.split('-').next().unwrap_or("");
    let reads = READS.iter().any(|read| first == *read || operation == read || service == read);
    (is_name(service) && is_name(operation) && !reads).then_some(command)
}
