//! The outcomes of tables.

use std::collections::BTreeSet;
use std::ops::Range;

use super::unit::{Strength, Unit, is_attribute};
use crate::import::forms::done_by;
use crate::import::language::Language;
use crate::import::lesson::Section;
use crate::import::outcome::{Outcome, Place, Why, above, shown, things_of};
use crate::import::reading::{Kind, read};
use crate::import::text::words;
use crate::import::things::things;

/// A table.
pub(super) struct Table<'l> {
    pub(super) header: &'l [String],
    /// Each with its place.
    pub(super) rows: &'l [(usize, Vec<String>)],
    /// The columns with code.
    pub(super) concrete: &'l BTreeSet<usize>,
    pub(super) range: &'l Range<usize>,
    pub(super) lesson: &'l str,
}

impl Table<'_> {
    /// Its units: one for each row that is a step, a thing or a setting, or one for all of it.
    pub(super) fn units(&self, section: &Section, language: &Language) -> Vec<Unit> {
        // A table that compares has no first header.
        if self.header.first().is_none_or(String::is_empty) {
            return Vec::new();
        }
        let unit =
            |at: usize, text: &str, why: Why, strength: Strength, (region, above): (Range<usize>, Vec<String>)| {
                let things = things_of(&[text, section.title()]);
                let (text, place) = (shown(text), Place::After(self.range.end));
                Unit { outcome: Outcome { at, text, region, place, why, above, things }, strength }
            };
        // A row stands below the table's header, which can name an account, and has nothing to do with other rows.
        let row = |at: usize, text: &str, why: Why, strength: Strength| {
            let end = self.lesson[at..].find('\n').map_or(self.lesson.len(), |length| at + length);
            let headers = above(section).into_iter().chain([self.header.join(": ")]).collect();
            unit(at, text, why, strength, (at..end, headers))
        };
        let acts = self.acts(language);
        if !acts.is_empty() {
            return acts.into_iter().map(|(at, (cell, why))| row(at, &cell, why, Strength::Clear)).collect();
        }
        let own: Vec<_> = [self.things(), self.switches(section, language)]
            .into_iter()
            .find(|rows| !rows.is_empty())
            .unwrap_or_default();
        if !own.is_empty() {
            return own.into_iter().map(|(at, text)| row(at, &text, Why::Rows, Strength::Named)).collect();
        }
        let strength = if self.is_of_one_thing(section, language) { Strength::Named } else { Strength::Detail };
        let whole = (self.range.clone(), above(section));
        vec![unit(self.range.start, section.title(), Why::Rows, strength, whole)]
    }

    /// The rows that say what is done, if most of them do.
    fn acts(&self, language: &Language) -> Vec<(usize, (String, Why))> {
        let with = |row: &dyn Fn(&[String]) -> Option<(String, Why)>| {
            self.rows.iter().filter_map(|(at, cells)| Some((*at, row(cells)?))).collect::<Vec<_>>()
        };
        if self.header.iter().any(|cell| assigns(cell)) {
            let found = with(&|cells| assigned(cells, language));
            // “Who” can be a column of a comparison, too.
            let says = found.iter().any(|(_, (_, why))| *why != Why::Rows);
            if says && found.len() * 2 >= self.rows.len() {
                return found;
            }
        }
        let acts = with(&|cells| act(cells, language));
        if self.rows.len() > 1 && acts.len() * 3 >= self.rows.len() * 2 { acts } else { Vec::new() }
    }

    /// The rows that begin with a thing, if most of them do and have names or ranges.
    fn things(&self) -> Vec<(usize, String)> {
        let is_thing = |(_, cells): &&(usize, Vec<String>)| cells.first().is_some_and(|cell| names_a_thing(cell));
        let found: Vec<_> = self.rows.iter().filter(is_thing).map(|(at, cells)| (*at, cells.join(": "))).collect();
        let are_most = found.len() > 1 && found.len() * 3 >= self.rows.len() * 2;
        let is_only = found.len() == 1 && self.rows.len() == 1 && self.header.len() > 2;
        if self.is_concrete() && (are_most || is_only) { found } else { Vec::new() }
    }

    /// The rows of a sheet of settings, each of which is on or off: “Free Tier alerts | on”.
    fn switches(&self, section: &Section, language: &Language) -> Vec<(usize, String)> {
        let is_switched = |(_, cells): &&(usize, Vec<String>)| {
            cells.iter().skip(1).any(|cell| words(cell).first().is_some_and(|first| language.is_state(first)))
        };
        let is_set = |(_, cells): &&(usize, Vec<String>)| cells.iter().skip(1).any(|cell| words(cell).len() > 0);
        let of_things =
            self.rows.iter().filter(|(_, cells)| cells.first().is_some_and(|cell| !things(cell).is_empty()));
        let (switched, of_things) = (self.rows.iter().filter(is_switched).count(), of_things.count());
        let is_attribute_of = self.header.first().is_some_and(|first| names_a_thing(first));
        let are = self.rows.len() > 1
            && !section.above.is_empty()
            && switched * 2 > self.rows.len()
            && of_things * 2 >= self.rows.len()
            && !is_attribute_of
            && !has_settings(self.header);
        let rows = self.rows.iter().filter(is_set).map(|(at, cells)| (*at, cells.join(": ")));
        if are { rows.collect() } else { Vec::new() }
    }

    /// Whether all of it is about one thing: its settings with their values, or several of its kind.
    fn is_of_one_thing(&self, section: &Section, language: &Language) -> bool {
        if section.above.is_empty() {
            return false;
        }
        let has_values = self.header.iter().any(|cell| is_attribute(cell));
        let of_header = self.header.first().is_some_and(|first| names_a_thing(first));
        let is_named = names_a_thing(section.title()) || of_header;
        let switched = self.rows.iter().filter(|(_, cells)| {
            cells.get(1).is_some_and(|cell| words(cell).first().is_some_and(|first| language.is_state(first)))
        });
        let is_switched = switched.count() * 2 > self.rows.len();
        // Names and values that its author chose are in code, next to what they are for.
        let has_code = self.header.len() == 2 && self.concrete.iter().eq([&1]) || self.concrete.contains(&0);
        has_settings(self.header)
            || has_code
            || of_header && is_switched
            || self.is_concrete() && (has_values || of_header) && is_named
            || self.header.len() > 2 && is_named && has_ranges(self.rows)
    }

    fn is_concrete(&self) -> bool {
        !self.concrete.is_empty() || has_ranges(self.rows)
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
