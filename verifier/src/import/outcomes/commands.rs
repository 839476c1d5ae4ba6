//! The outcomes of commands.

use super::unit::{Strength, Unit};
use crate::import::lesson::{Block, Section};
use crate::import::outcome::{Outcome, Place, Why, above, shown, things_of};
use std::ops::Range;

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

/// The units of code.
pub(super) fn units(language: &str, range: &Range<usize>, section: &Section, lesson: &str) -> Vec<Unit> {
    if !is_shell(language) {
        return Vec::new();
    }
    let commands = commands(&lesson[range.clone()]);
    // What several commands make is one thing; what they take away one after the other are several.
    let each = commands.len() > 1 && commands.iter().all(|(_, command)| removes(command));
    let unit = |(at, command): (usize, String)| {
        let at = range.start + if each { at } else { 0 };
        unit(at, command, range, section, Strength::Clear)
    };
    commands.into_iter().take(if each { usize::MAX } else { 1 }).map(unit).collect()
}

/// The unit of a section that only looks at AWS: it lists or describes something, or asks a website.
pub(super) fn look(section: &Section, lesson: &str) -> Option<Unit> {
    section.blocks.iter().find_map(|block| {
        let Block::Code { language, range, .. } = block else { return None };
        let command = lesson[range.clone()].lines().filter(|_| is_shell(language)).find_map(looking)?;
        Some(unit(range.start, command, range, section, Strength::Named))
    })
}

fn unit(at: usize, command: String, range: &Range<usize>, section: &Section, strength: Strength) -> Unit {
    let outcome = Outcome {
        at,
        text: shown(&command),
        region: range.clone(),
        place: Place::After(range.end),
        things: things_of(&[&command, section.title()]),
        why: Why::Command(command),
        above: above(section),
    };
    Unit { outcome, strength }
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
    let removing =
        ["delete", "terminate", "release", "destroy", "detach", "deregister", "disable", "remove", "rb", "rm"];
    let operation = command.rsplit(' ').next().unwrap_or("");
    removing.contains(&operation.split('-').next().unwrap_or(""))
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
