//! The outcomes of one section.

use super::tables::Table;
use super::unit::{SAYS, Strength, Unit, completes, is_attribute};
use super::{commands, prose};
use crate::import::language::Language;
use crate::import::lesson::{Block, Item, Section, after_box};
use crate::import::outcome::{Outcome, Place, Why, above, shown, things_of};
use crate::import::reading::{Kind, Reading, read, without_number};
use crate::import::remarks::{is_meaning, is_remark};
use crate::import::text::{first_sentence, is_chosen_name, words};
use crate::import::things::things;

/// The outcomes of a section.
pub(super) fn find(section: &Section, language: &Language, lesson: &str) -> Vec<Outcome> {
    let heading = read(section.title(), language);
    let mut units = Vec::new();
    for (at, block) in section.blocks.iter().enumerate() {
        match block {
            // A lesson begins with what it is about.
            Block::Paragraph(text) if at == 0 && section.above.is_empty() && after_box(&text.plain).is_none() => {}
            Block::Paragraph(text) => units.extend(prose::units(text, section, language)),
            Block::List { items, .. } => units.extend(list(items, section, language)),
            Block::Definitions { definitions, range } => {
                // A directive on a line of its own would end the list.
                let found = prose::defined(definitions, section, language).into_iter();
                let end = range.start + lesson[range.clone()].trim_end().len();
                units.extend(found.map(|unit| unit.after(end)));
            }
            Block::Table { header, rows, concrete, range } => {
                units.extend(Table { header, rows, concrete, range, lesson }.units(section, language));
            }
            Block::Code { language, range, .. } => units.extend(commands::units(language, range, section, lesson)),
        }
    }
    let is_title = section.above.is_empty();
    if !is_title && units.iter().all(|unit| unit.strength == Strength::Detail) {
        units.extend(commands::look(section, lesson));
    }
    let is_step = language.is_step(section.title()) && !is_title;
    // Which account it is says nothing of what is done.
    let names = heading.things.iter().any(|thing| thing.name != "account") && !is_title;
    let acts = matches!(heading.kind, Kind::Make | Kind::Remove | Kind::Try | Kind::Weak) && !is_title;
    let strongest = units.iter().map(|unit| unit.strength).max().unwrap_or(Strength::Detail);
    let at_least = |least: Strength| units.iter().filter(|unit| unit.strength >= least).count();
    let (clear, more) = (at_least(Strength::Clear), at_least(Strength::Weak));
    let removes = |unit: &&Unit| matches!(unit.outcome.why, Why::Said(Kind::Remove, _) | Why::Command(_));
    let removing = units.iter().filter(|unit| unit.strength >= Strength::Weak).filter(removes).count();
    let cleans = language.cleans(section.title()) || removing > 1 && removing == more;
    // The heading says what is done, and a single clear line in a list of clicks is one of them.
    let is_empty = strongest == Strength::Detail && !names && !shows_something(section) && !language.is_other();
    let is_one_act = (is_step && !is_empty
        || acts && (names || strongest >= Strength::Weak || shows_something(section)))
        && !cleans
        && clear <= 1
        && more <= 2
        && strongest < Strength::Boxed;
    let least = match strongest {
        Strength::Boxed => Strength::Boxed,
        _ if is_one_act => return whole(section, &heading, Why::Heading, &units, lesson),
        Strength::Clear if clear == 1 && !cleans => Strength::Named,
        Strength::Clear => Strength::Weak,
        Strength::Named if more >= 2 => Strength::Named,
        _ if names && has_settings(section) && strongest < Strength::Named => {
            let why = if is_rows(section) { Why::Rows } else { Why::Settings };
            return whole(section, &heading, why, &units, lesson);
        }
        _ => Strength::Weak,
    };
    units.into_iter().filter(|unit| unit.strength >= least).map(|unit| unit.outcome).collect()
}

/// Whether a read shows something of what a section is about.
fn shows_something(section: &Section) -> bool {
    section.blocks.iter().any(|block| match block {
        Block::Paragraph(text) => things(&text.plain).iter().any(|thing| thing.read.is_some()),
        Block::List { items, .. } => {
            items.iter().any(|item| things(&item.text.plain).iter().any(|thing| thing.read.is_some()))
        }
        Block::Table { .. } | Block::Definitions { .. } => true,
        Block::Code { .. } => false,
    })
}

/// The section as one outcome, where the ones next to it have outcomes and it has settings or values, too.
pub(super) fn like_its_neighbours(section: &Section, language: &Language, lesson: &str) -> Vec<Outcome> {
    let heading = read(section.title(), language);
    let has_values = section.blocks.iter().any(|block| match block {
        Block::Paragraph(text) => !text.marked.is_empty() && !text.is_struck() && !things(&text.plain).is_empty(),
        Block::Table { header, .. } => header.len() == 2,
        Block::List { items, .. } => {
            let is_set =
                |item: &&Item| read(&item.text.plain, language).kind == Kind::Setting && !item.text.is_struck();
            items.iter().filter(is_set).count() * 2 > items.len() && items.len() > 1
        }
        Block::Code { .. } | Block::Definitions { .. } => false,
    });
    let why = if is_rows(section) { Why::Rows } else { Why::Settings };
    if has_values { whole(section, &heading, why, &[], lesson) } else { Vec::new() }
}

/// Whether a section has settings of what its heading names: a list, a table of values, or a document.
fn has_settings(section: &Section) -> bool {
    section.blocks.iter().any(|block| match block {
        Block::List { .. } | Block::Definitions { .. } => true,
        Block::Table { header, .. } => header.first().is_some_and(|first| !first.is_empty()),
        Block::Code { language, .. } => ["json", "yaml", "yml"].contains(&language.as_str()),
        Block::Paragraph(_) => false,
    })
}

fn is_rows(section: &Section) -> bool {
    section.blocks.iter().any(|block| matches!(block, Block::Table { .. }))
}

/// The section as one outcome, with its directive after the last block.
fn whole(section: &Section, heading: &Reading, why: Why, units: &[Unit], lesson: &str) -> Vec<Outcome> {
    let Some((text, last)) = section.heading.as_ref().zip(section.blocks.last().map(Block::range)) else {
        return Vec::new();
    };
    let end = last.start + lesson[last].trim_end().len();
    let mut around = things_of(&[&lesson[text.range.end..end]]);
    let mut things = heading.things.clone();
    around.retain(|thing| !things.contains(thing));
    things.append(&mut around);
    // A heading such as “Try it” says less than the first line that does.
    let first = units.iter().find(|unit| unit.strength >= Strength::Weak).filter(|_| heading.things.is_empty());
    let clearer = first.filter(|unit| unit.strength >= Strength::Clear);
    vec![Outcome {
        at: first.map_or(text.range.start, |unit| unit.outcome.at),
        text: clearer.map_or_else(|| shown(without_number(&text.plain)), |unit| unit.outcome.text.clone()),
        region: text.range.start..end,
        place: Place::After(end),
        why,
        above: section.above.clone(),
        things,
    }]
}

/// The units of a list. Where most items say what is done, those that are written in the same way do, too.
fn list(items: &[Item], section: &Section, language: &Language) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut own = Vec::new();
    for item in items {
        let at = units.len();
        self::item(item, section, language, &mut units);
        if units.len() > at {
            own.push((at, item));
        }
    }
    let said = own.iter().filter(|(at, _)| units[*at].strength >= Strength::Named).count();
    let led = own.iter().filter(|(_, item)| item.text.lead.is_some()).count();
    let alike = led == own.len() && own.len() > 1;
    let acts = own.iter().all(|(at, _)| {
        units[*at].strength >= Strength::Weak && !matches!(units[*at].outcome.why, Why::Said(Kind::Click, _))
    });
    let ends: Vec<usize> = own.iter().map(|(at, _)| *at).chain([units.len()]).collect();
    let mut risen = Vec::new();
    for (at, item) in own {
        let unit = &mut units[at];
        let clicks = matches!(unit.outcome.why, Why::Said(Kind::Click, _));
        // “**Choose an address**” with its settings below
        let clicks = clicks && (!alike || item.below.is_empty());
        let is_alike = item.text.lead.is_some() && alike && (said * 2 >= items.len() || language.is_other());
        let is_setting =
            unit.strength == Strength::Detail && !unit.outcome.things.is_empty() && said * 5 >= items.len() * 3;
        if unit.strength < Strength::Named && !clicks && (is_alike || is_setting || acts) {
            unit.strength = Strength::Named;
            risen.push(at);
        }
    }
    // What is nested below such an item is how it is done, too, unless it names a thing of its own.
    let names = |unit: &Unit| unit.outcome.things.first().is_some_and(|thing| thing.read.is_some());
    let is_below = |at: usize| risen.iter().any(|item| at > *item && ends.iter().find(|end| *end > item) > Some(&at));
    let mut at = 0..;
    units.retain(|unit| {
        !at.next().is_some_and(is_below) || unit.strength == Strength::Boxed || names(unit) && !language.is_other()
    });
    units
}

/// The units of a list item.
fn item(item: &Item, section: &Section, language: &Language, units: &mut Vec<Unit>) {
    if item.is_marked || item.text.is_struck() || item.text.plain.trim().is_empty() {
        return;
    }
    let plain = item.text.plain.trim();
    let boxed = after_box(plain);
    let statement = boxed.unwrap_or(plain);
    let reading = read(statement, language);
    let lead = item.text.lead.as_deref().map(|lead| read(lead, language));
    let cleans = language.cleans(section.title());
    let is_box = item.is_task || boxed.is_some();
    let answer = answer(statement, language).filter(|_| reading.kind == Kind::Other);
    let is_note = reading.label.as_deref().is_some_and(|label| is_remark(label, language));
    if !is_box && (is_note || answer.as_ref().is_some_and(|answer| answer.kind != Kind::Make)) {
        return;
    }
    let strength = match is_box {
        false if answer.is_some() => Strength::Clear,
        true if item.is_task || is_of_aws(&reading, item, language) => Strength::Boxed,
        false if cleans && (reading.kind == Kind::Remove || !reading.things.is_empty()) => Strength::Clear,
        _ => strength_of(statement, &reading, lead.as_ref(), (item, section), language),
    };
    let why = match strength {
        Strength::Boxed if item.is_task => Why::Task,
        Strength::Boxed => Why::Box,
        _ if reading.word == "→" => Why::Said(Kind::Click, String::new()),
        _ => match lead.filter(|lead| lead.kind != Kind::Other) {
            Some(lead) => Why::Said(lead.kind, lead.word),
            None => Why::Said(reading.kind, reading.word.clone()),
        },
    };
    let things = things_of(&[item.text.lead.as_deref().unwrap_or(""), statement]);
    let outcome = Outcome {
        at: item.range.start,
        text: shown(statement),
        region: item.range.clone(),
        place: Place::Item(item.text.range.end),
        why,
        above: above(section),
        things,
    };
    units.push(Unit { outcome, strength });
    // What is nested below an outcome is how it is done, unless it has a box of its own.
    let lists = item.below.iter().filter_map(|block| match block {
        Block::List { items, .. } => Some(items),
        _ => None,
    });
    for nested in lists.flatten().filter(|nested| strength <= Strength::Detail || nested.is_task) {
        self::item(nested, section, language, units);
    }
}

/// What follows a question: “Still active? If not, create it again”.
fn answer(statement: &str, language: &Language) -> Option<Reading> {
    let first = first_sentence(statement);
    let rest = statement[first.len()..].trim();
    let rest = ["If not, ", "If so, ", "Otherwise, "]
        .iter()
        .find_map(|condition| rest.strip_prefix(condition))
        .unwrap_or(rest);
    first.ends_with('?').then(|| read(rest, language))
}

/// Whether an item with a box is about AWS: it names a thing or a value, or says what is done. Authors put ticks before
/// other lines, too; the items of a task list are always meant to be done.
fn is_of_aws(reading: &Reading, item: &Item, language: &Language) -> bool {
    let says = !matches!(reading.kind, Kind::Other | Kind::Setting);
    says || !reading.things.is_empty() || !item.text.marked.is_empty() || language.is_other()
}

fn strength_of(
    statement: &str,
    reading: &Reading,
    lead: Option<&Reading>,
    (item, section): (&Item, &Section),
    language: &Language,
) -> Strength {
    let names = !reading.things.is_empty() || !item.text.marked.is_empty();
    // A verb alone before a colon labels how something is done.
    let is_label = reading.label.as_deref().is_some_and(|label| words(label).len() == 1);
    let is_lead_act = !is_label
        && lead
            .is_some_and(|lead| matches!(lead.kind, Kind::Make | Kind::Weak | Kind::Remove | Kind::Try | Kind::State));
    let is_button =
        item.text.lead.as_deref().is_some_and(|lead| shown(lead) == shown(statement)) && words(statement).len() == 1;
    let refers =
        words(first_sentence(statement)).iter().any(|word| ["it", "them", "both", "this"].contains(&word.as_str()));
    // What a list above the first section names is set up only with a name of its own.
    let is_placed = !section.above.is_empty() || item.text.marked.iter().any(|code| is_chosen_name(code));
    match reading.kind {
        _ if is_button => Strength::Detail,
        _ if is_lead_act && (names || refers || language.is_other()) => Strength::Clear,
        // Of another language, fewer names of things are known.
        Kind::Make | Kind::Remove if names || refers || language.is_other() => Strength::Clear,
        Kind::Try if names || refers => Strength::Clear,
        Kind::Make | Kind::Remove => Strength::Weak,
        Kind::State if is_thing(reading, item) => Strength::Clear,
        Kind::Weak if names => Strength::Weak,
        Kind::Click if reading.word == "→" && completes(statement, language) => Strength::Weak,
        // A label that names a thing, and how it is.
        Kind::Setting | Kind::Other | Kind::State
            if is_thing(reading, item) && (!defines(statement, reading) || !item.text.marked.is_empty()) =>
        {
            Strength::Named
        }
        Kind::Other if is_placed && prose::is_verbless(first_sentence(statement)) => Strength::Named,
        Kind::Setting | Kind::Other if is_placed && begins_with_thing(statement, reading, item) => Strength::Named,
        _ => Strength::Detail,
    }
}

/// Whether an item is the name of a thing with what it is called or is like: “Flow log for the VPC, group `/net`”.
fn begins_with_thing(statement: &str, reading: &Reading, item: &Item) -> bool {
    let first = first_sentence(statement);
    let begins = words(first).into_iter().take(FIRST).collect::<Vec<_>>().join(" ");
    let is_thing =
        !is_attribute(reading.label.as_deref().unwrap_or("")) && things(&begins).iter().any(|it| it.read.is_some());
    let meaning = reading.label.as_deref().and_then(|label| statement.get(label.len()..)).is_some_and(is_meaning);
    let says = meaning || words(first).iter().any(|word| SAYS.contains(&word.as_str()));
    is_thing && !says && (!item.text.marked.is_empty() || is_terse(&item.text.plain))
}

/// Whether a text is a few words without a sentence.
fn is_terse(text: &str) -> bool {
    words(text).len() <= TERSE && !text.trim_end().ends_with(['.', '!', '?'])
}

/// The most words of a note.
const TERSE: usize = 14;

/// In how many words an item names the thing that it begins with.
const FIRST: usize = 4;
/// Whether an item's label or lead names a thing, rather than an attribute of one.
fn is_thing(reading: &Reading, item: &Item) -> bool {
    let label = reading.label.as_deref().or(item.text.lead.as_deref());
    match label {
        Some(label) => {
            let is_attribute = reading.label.is_some() && is_attribute(label);
            !is_attribute && !things(label).is_empty()
        }
        None => reading.kind == Kind::State && !reading.things.is_empty(),
    }
}

/// Whether a line says what a word means: “**Volume**: what EBS calls a disk”.
fn defines(statement: &str, reading: &Reading) -> bool {
    let after = match &reading.label {
        Some(label) => statement.get(label.len()..).unwrap_or(""),
        None => statement,
    };
    let begins = words(after);
    let is_sentence = after.trim_end().ends_with(['.', '!', '?']) && reading.kind != Kind::State;
    let says_what = begins.first().is_some_and(|word| {
        ["what", "where", "how", "who", "when", "which", "the", "a", "an", "why", "yes", "no", "it", "they"]
            .contains(&word.as_str())
    });
    says_what && reading.label.is_some() || is_sentence && reading.label.is_some()
}
