//! The outcomes of paragraphs.

use super::commands::changing;
use super::unit::{SAYS, Strength, Unit, completes};
use crate::import::forms;
use crate::import::language::Language;
use crate::import::lesson::{Section, Text, after_box};
use crate::import::outcome::{Outcome, Place, Why, above, shown, things_of};
use crate::import::reading::{Kind, Reading, read};
use crate::import::text::{is_chosen_name, words};
use crate::import::things::{Thing, things};

/// The units of a paragraph.
pub(super) fn units(text: &Text, section: &Section, language: &Language) -> Vec<Unit> {
    if text.is_struck() {
        return Vec::new();
    }
    let lines: Vec<(usize, &str)> = text.lines().filter(|(_, line)| !line.is_empty()).collect();
    if lines.iter().any(|(_, line)| after_box(line).is_some()) {
        return lines.into_iter().filter_map(|(at, line)| boxed(at, line, text, section, language)).collect();
    }
    if let Some(lead) = text.lead.as_deref().filter(|lead| !lead.is_empty()) {
        return led(lead, text, section, language);
    }
    let sentences = sentences(text, language);
    let completed = completed(text, &sentences, language);
    let is_only_click = |completed: &[&(usize, String, Reading)]| {
        completed.len() == 1
            && sentences.iter().all(|(_, _, reading)| matches!(reading.kind, Kind::Click | Kind::Weak | Kind::Other))
    };
    if completed.len() > 1 || is_only_click(&completed) {
        let unit = |(at, sentence, reading): &(usize, String, Reading)| {
            unit(*at, sentence, reading, text, section, Strength::Clear)
        };
        return completed.into_iter().map(unit).collect();
    }
    let commands: Vec<Unit> = sentences
        .iter()
        .filter_map(|(at, sentence, reading)| commanded(*at, sentence, reading, text, section))
        .collect();
    if !commands.is_empty() {
        return commands;
    }
    let names = |sentence: &str| text.marked.iter().any(|name| sentence.contains(name.as_str()));
    let of_aws = things(&text.plain).iter().any(|thing| thing.read.is_some());
    let refers = |sentence: &str| {
        of_aws && words(sentence).iter().any(|word| ["it", "them", "one", "both"].contains(&word.as_str()))
    };
    let is_clear = |sentence: &str, reading: &Reading| match reading.kind {
        Kind::Make => !reading.things.is_empty() || has_own_name(sentence, text),
        Kind::Remove => !reading.things.is_empty() || names(sentence) || refers(sentence),
        // “Add an SQS queue, `letters`”
        Kind::Weak => introduces(sentence, text),
        Kind::Try => !reading.things.is_empty() || names(sentence),
        // “Open S3. The list is refused.”
        Kind::State if REFUSED.contains(&reading.word.as_str()) => of_aws,
        _ => names(sentence) && forms::repeats(sentence, language),
    };
    let clear: Vec<&(usize, String, Reading)> =
        sentences.iter().filter(|(_, sentence, reading)| is_clear(sentence, reading)).collect();
    // Each line of a list without marks says what is taken away.
    let lines_of = |at: usize| lines.iter().rev().find(|(line, _)| *line <= at).map_or(at, |(line, _)| *line);
    let distinct: std::collections::BTreeSet<usize> = clear.iter().map(|(at, ..)| lines_of(*at)).collect();
    let removes = clear.iter().all(|(_, _, reading)| reading.kind == Kind::Remove);
    let each = removes && distinct.len() > 1 && distinct.len() * 3 >= lines.len() * 2;
    let mut last = None;
    let mut units: Vec<Unit> = clear
        .into_iter()
        .filter(|(at, ..)| last.replace(lines_of(*at)) != Some(lines_of(*at)))
        .map(|(at, sentence, reading)| unit(lines_of(*at), sentence, reading, text, section, Strength::Clear))
        .collect();
    if !each {
        // What is done next with the same thing is how it is done.
        let mut named: Vec<Thing> = Vec::new();
        units.retain(|unit| {
            let things = things(&unit.outcome.text);
            let is_new = named.is_empty() || things.first().is_some_and(|thing| !named.contains(thing));
            named.extend(things);
            is_new
        });
    }
    if units.is_empty() {
        let weak = sentences
            .iter()
            .find(|(_, _, reading)| matches!(reading.kind, Kind::Weak | Kind::Try | Kind::Make | Kind::Remove));
        let named =
            || sentences.iter().find(|(_, sentence, _)| has_named_thing(sentence, text) || is_verbless(sentence));
        let weak = weak.or_else(named);
        let detail = sentences.first().map(|sentence| (sentence, Strength::Detail));
        let found = weak.map(|sentence| (sentence, Strength::Weak)).or(detail);
        units.extend(
            found.map(|((at, sentence, reading), strength)| unit(*at, sentence, reading, text, section, strength)),
        );
    }
    units
}

/// Whether a sentence has a name that its author chose.
fn has_own_name(sentence: &str, text: &Text) -> bool {
    text.marked.iter().any(|code| is_chosen_name(code) && sentence.contains(code.as_str()))
}

/// Whether a sentence names a thing of AWS and what its author calls it, or its range of addresses.
fn has_named_thing(sentence: &str, text: &Text) -> bool {
    let is_range = |code: &str| code.contains('/') && code.starts_with(|c: char| c.is_ascii_digit());
    let is_own = |code: &&String| is_chosen_name(code) || is_range(code);
    things(sentence).iter().any(|thing| thing.read.is_some())
        && text.marked.iter().filter(is_own).any(|code| sentence.contains(code.as_str()))
}

/// Whether a sentence says that there is to be a new thing with a name: “an SQS queue, `letters`”.
fn introduces(sentence: &str, text: &Text) -> bool {
    has_named_thing(sentence, text) && new_thing(&words(sentence)).is_some()
}

/// Where the words for a new thing end: “a bucket”, “three private route tables”.
fn new_thing(words: &[String]) -> Option<usize> {
    (0..words.len()).filter(|at| NEW.contains(&words[*at].as_str())).find_map(|at| {
        let ends = (at + 2..=words.len().min(at + 1 + NEAR)).rev();
        let is_thing = |end: &usize| {
            let (own, all) = (&words[end - 1], words[at + 1..*end].join(" "));
            things(own).iter().any(|thing| thing.read.is_some())
                || things(&all).iter().any(|it| it.read.is_some() && all.ends_with(&it.name))
        };
        ends.into_iter().find(is_thing)
    })
}

/// Whether a sentence is only what there is to be: “For every zone one public NAT gateway, with that zone's address.”
pub(super) fn is_verbless(sentence: &str) -> bool {
    let words = words(sentence);
    let Some(end) = new_thing(&words).filter(|end| *end <= BEGINNING) else { return false };
    words.len() >= FEWEST
        && words.get(end).is_none_or(|next| BEHIND.contains(&next.as_str()))
        && !words.iter().any(|word| SAYS.contains(&word.as_str()))
        && !sentence.ends_with('?')
}

/// Words before a thing that is new.
const NEW: &[&str] =
    &["a", "an", "one", "two", "three", "four", "five", "six", "ten", "twelve", "another", "each", "both"];
/// The most words of what is new.
const NEAR: usize = 4;
/// Words for a test that is to fail.
const REFUSED: &[&str] = &["refused", "denied", "rejected"];
/// The fewest words of a sentence without a verb: a shorter one is a heading.
const FEWEST: usize = 5;
/// In how many words a sentence without a verb names what it is about.
const BEGINNING: usize = 9;
/// Words behind a thing that say more of it.
const BEHIND: &[&str] = &[
    "with", "in", "for", "from", "of", "to", "on", "at", "per", "called", "named", "all", "and", "without", "by", "as",
];

/// What other tools begin an admonition with. Its colon makes it look like a definition.
const ADMONITION: &str = ":::";

/// The units of terms with their definitions, where most of them say what is done, or what a thing is called.
pub(super) fn defined(definitions: &[Text], section: &Section, language: &Language) -> Vec<Unit> {
    let acts = |reading: &Reading| matches!(reading.kind, Kind::Make | Kind::Remove | Kind::Try | Kind::Weak);
    let one = |text: &Text| {
        let mut reading = read(&text.plain, language);
        let meaning = text.plain.split_once(": ").map_or("", |(_, meaning)| meaning);
        let explains = words(meaning).first().is_some_and(|first| ["a", "an", "the", "what"].contains(&first.as_str()));
        let is_one = acts(&reading) || !text.marked.is_empty() && !explains;
        let of_aws = !reading.things.is_empty() || language.is_other();
        if !acts(&reading) {
            reading.kind = Kind::State;
        }
        (is_one && of_aws).then(|| unit(text.range.start, &text.plain, &reading, text, section, Strength::Clear))
    };
    let own = definitions.iter().filter(|text| !text.plain.contains(ADMONITION));
    let found: Vec<Unit> = own.filter_map(one).collect();
    if found.len() * 2 >= definitions.len() { found } else { Vec::new() }
}

fn unit(at: usize, statement: &str, reading: &Reading, text: &Text, section: &Section, strength: Strength) -> Unit {
    let outcome = Outcome {
        at,
        text: shown(statement),
        region: text.range.clone(),
        place: Place::After(text.range.end),
        why: Why::Said(reading.kind, reading.word.clone()),
        above: above(section),
        things: things_of(&[statement, &text.plain]),
    };
    Unit { outcome, strength }
}

/// A command that changes something, within a sentence.
fn commanded(at: usize, sentence: &str, reading: &Reading, text: &Text, section: &Section) -> Option<Unit> {
    let command = text.marked.iter().filter(|code| sentence.contains(code.as_str())).find_map(|code| changing(code))?;
    let mut found = unit(at, sentence, reading, text, section, Strength::Clear);
    found.outcome.why = Why::Command(command);
    Some(found)
}

/// A line with a box to tick, outside of a list.
fn boxed(at: usize, line: &str, text: &Text, section: &Section, language: &Language) -> Option<Unit> {
    let statement = after_box(line)?;
    let reading = read(statement, language);
    let says = !matches!(reading.kind, Kind::Other | Kind::Setting);
    let is_named = text.marked.iter().any(|name| statement.contains(name.as_str()));
    if !says && reading.things.is_empty() && !is_named && !language.is_other() {
        return None;
    }
    let outcome = Outcome {
        at,
        text: shown(statement),
        region: at..at + line.len(),
        place: Place::After(text.range.end),
        why: Why::Box,
        above: above(section),
        things: things(statement),
    };
    Some(Unit { outcome, strength: Strength::Boxed })
}

/// A paragraph that begins in bold.
fn led(lead: &str, text: &Text, section: &Section, language: &Language) -> Vec<Unit> {
    let of_lead = read(lead, language);
    let sentences = sentences(text, language);
    let acts = |reading: &Reading| matches!(reading.kind, Kind::Make | Kind::Remove | Kind::Weak | Kind::Try);
    let completes = |(_, sentence, reading): &&(usize, String, Reading)| {
        acts(reading) || reading.word == "→" && completes(sentence, language)
    };
    let said = sentences.iter().find(completes).filter(|_| !things(&text.plain).is_empty());
    // “Step two.” is a step, however it is done.
    let step = sentences.first().filter(|_| language.is_step(lead) && !things(&text.plain).is_empty());
    let said = said.or(step);
    let reading = if acts(&of_lead) { Some(&of_lead) } else { said.map(|(_, _, reading)| reading) };
    let Some(reading) = reading else { return Vec::new() };
    vec![unit(text.range.start, &text.plain, reading, text, section, Strength::Clear)]
}

/// The sentences of a text, each with its place in the lesson.
fn sentences(text: &Text, language: &Language) -> Vec<(usize, String, Reading)> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let ends: Vec<usize> = text
        .plain
        .char_indices()
        .filter(|(at, c)| {
            let next = text.plain[at + c.len_utf8()..].chars().next();
            "。！？".contains(*c) || ".!?".contains(*c) && next.is_none_or(char::is_whitespace)
        })
        .map(|(at, c)| at + c.len_utf8())
        .chain([text.plain.len()])
        .collect();
    for end in ends {
        let sentence = text.plain[start..end].trim();
        if !sentence.is_empty() {
            let own = start + text.plain[start..end].len() - text.plain[start..end].trim_start().len();
            let line = text.lines.iter().rev().find(|(line, _)| *line <= own).copied().unwrap_or((0, text.range.start));
            sentences.push((line.1, sentence.to_owned(), read(sentence, language)));
        }
        start = end;
    }
    sentences
}

/// The sentences that end with a button that saves or makes something: a paragraph of clicks has an outcome at each. A
/// button of the same name that comes again has only opened the form.
fn completed<'s>(
    text: &Text,
    sentences: &'s [(usize, String, Reading)],
    language: &Language,
) -> Vec<&'s (usize, String, Reading)> {
    let mut found: Vec<(&str, &(usize, String, Reading))> = Vec::new();
    for sentence in sentences.iter().filter(|(_, _, reading)| reading.kind != Kind::Other) {
        let mut buttons = text.marked.iter().filter(|name| sentence.1.contains(name.as_str()));
        let Some(button) = buttons.rfind(|name| saves(name, language)) else { continue };
        let opened = |other: &str| other == button.as_str() && words(other).len() > 1;
        found.retain(|(other, (at, ..))| !opened(other) && *at != sentence.0);
        found.push((button, sentence));
    }
    found.into_iter().map(|(_, sentence)| sentence).collect()
}

/// Whether a button saves or makes something.
fn saves(button: &str, language: &Language) -> bool {
    let words = words(button);
    let first = words.first().map_or("", String::as_str);
    let makes = language.make.iter().any(|verb| verb.is(first)) && !language.weak.iter().any(|verb| verb.is(first));
    let saves = ["save", "update", "apply", "done", "finish"].contains(&first);
    button.starts_with(char::is_uppercase) && (saves || makes && (words.len() == 1 || !things(button).is_empty()))
}
