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
        // A row is below the table's header, which can name an account.
        let headers: Vec<String> = above(section).into_iter().chain([self.header.join(": ")]).collect();
        let unit = |row: Row, region: &Range<usize>, above: &[String], strength: Strength| {
            let things = things_of(&[&row.text, section.title()]);
            let (region, above, place) = (region.clone(), above.to_vec(), Place::After(self.range.end));
            let outcome = Outcome { at: row.at, text: shown(&row.text), region, place, why: row.why, above, things };
            Unit { outcome, strength }
        };
        let acts = self.acts(language);
        if !acts.is_empty() {
            return acts.into_iter().map(|row| unit(row, self.range, &headers, Strength::Clear)).collect();
        }
        let own = [self.things(), self.switches(section, language)].into_iter().find(|rows| !rows.is_empty());
        if let Some(own) = own {
            let row = |row: Row| {
                // It has nothing to do with the other rows.
                let end = self.lesson[row.at..].find('\n').map_or(self.lesson.len(), |length| row.at + length);
                let region = row.at..end;
                unit(row, &region, &headers, Strength::Named)
            };
            return own.into_iter().map(row).collect();
        }
        let strength = if self.is_of_one_thing(section, language) { Strength::Named } else { Strength::Detail };
        let whole = Row { at: self.range.start, text: section.title().to_owned(), why: Why::Rows };
        vec![unit(whole, self.range, &above(section), strength)]
    }

    /// The rows that say what is done, if most of them do.
    fn acts(&self, language: &Language) -> Vec<Row> {
        if self.header.iter().any(|cell| assigns(cell)) {
            let found: Vec<Row> = self.rows.iter().filter_map(|(at, cells)| assigned(*at, cells, language)).collect();
            // “Who” can be a column of a comparison, too.
            let says = found.iter().any(|row| row.why != Why::Rows);
            if says && found.len() * 2 >= self.rows.len() {
                return found;
            }
        }
        let acts: Vec<Row> = self.rows.iter().filter_map(|(at, cells)| act(*at, cells, language)).collect();
        if self.rows.len() > 1 && acts.len() * 3 >= self.rows.len() * 2 { acts } else { Vec::new() }
    }

    /// The rows that begin with a thing, if most of them do and have names or ranges.
    fn things(&self) -> Vec<Row> {
        let is_thing = |(_, cells): &&(usize, Vec<String>)| cells.first().is_some_and(|cell| names_a_thing(cell));
        let row = |(at, cells): &(usize, Vec<String>)| Row { at: *at, text: cells.join(": "), why: Why::Rows };
        let found: Vec<Row> = self.rows.iter().filter(is_thing).map(row).collect();
        let are_most = found.len() > 1 && found.len() * 3 >= self.rows.len() * 2;
        let is_only = found.len() == 1 && self.rows.len() == 1 && self.header.len() > 2;
        if self.is_concrete() && (are_most || is_only) { found } else { Vec::new() }
    }

    /// The rows of a sheet of settings, each of which is on or off: “Free Tier alerts | on”.
    fn switches(&self, section: &Section, language: &Language) -> Vec<Row> {
        let is_switched = |cells: &[String]| cells.iter().skip(1).any(|cell| is_state(cell, language));
        let names = |cells: &[String]| cells.first().is_some_and(|cell| !things(cell).is_empty());
        let count = |is: &dyn Fn(&[String]) -> bool| self.rows.iter().filter(|(_, cells)| is(cells)).count();
        let are = self.rows.len() > 1
            && !section.above.is_empty()
            && count(&is_switched) * 2 > self.rows.len()
            && count(&names) * 2 >= self.rows.len()
            && !self.header.first().is_some_and(|first| names_a_thing(first))
            && !has_settings(self.header);
        let is_set = |(_, cells): &&(usize, Vec<String>)| cells.iter().skip(1).any(|cell| !words(cell).is_empty());
        // A column can be that of an account.
        let is_plain = self.header.len() == 2
            && words(&self.header[1]).iter().all(|word| OF_VALUES.split(' ').any(|plain| plain == word));
        let row = |(at, cells): &(usize, Vec<String>)| {
            let why =
                if is_plain { Why::Said(Kind::State, cells.get(1).cloned().unwrap_or_default()) } else { Why::Rows };
            Row { at: *at, text: cells.join(": "), why }
        };
        if are { self.rows.iter().filter(is_set).map(row).collect() } else { Vec::new() }
    }

    /// Whether all of it is about one thing: its settings with their values, or several of its kind.
    fn is_of_one_thing(&self, section: &Section, language: &Language) -> bool {
        if section.above.is_empty() {
            return false;
        }
        let has_values = self.header.iter().any(|cell| is_attribute(cell));
        let of_header = self.header.first().is_some_and(|first| names_a_thing(first));
        let is_named = names_a_thing(section.title()) || of_header;
        let switched = self.rows.iter().filter(|(_, cells)| cells.get(1).is_some_and(|cell| is_state(cell, language)));
        let is_switched = switched.count() * 2 > self.rows.len();
        // Names and values that its author chose are in code, next to what they are for.
        let has_code = self.header.len() == 2 && self.concrete.iter().eq([&1]) || self.concrete.contains(&0);
        has_settings(self.header)
            || has_code
            || of_header && is_switched
            || self.is_concrete() && (has_values || of_header) && is_named
            || self.header.len() > 2 && has_ranges(self.rows)
    }

    fn is_concrete(&self) -> bool {
        !self.concrete.is_empty() || has_ranges(self.rows)
    }
}

/// A row that is an outcome of its own.
struct Row {
    at: usize,
    text: String,
    why: Why,
}

/// Words of the header above values.
const OF_VALUES: &str = "value values set to state status on off want wanted we you our your choose choice should be is \
    target setting enter what";

/// Whether a cell says whether something is on.
fn is_state(cell: &str, language: &Language) -> bool {
    words(cell).first().is_some_and(|first| language.is_state(first))
}

/// The cell of a row that says what is done, where the row is a step.
fn act(at: usize, cells: &[String], language: &Language) -> Option<Row> {
    cells.iter().filter(|cell| words(cell).len() > 1).find_map(|cell| {
        let reading = read(cell, language);
        let acts = matches!(reading.kind, Kind::Make | Kind::Weak | Kind::Remove | Kind::Try);
        acts.then(|| Row { at, text: cell.clone(), why: Why::Said(reading.kind, reading.word) })
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
fn assigned(at: usize, cells: &[String], language: &Language) -> Option<Row> {
    let said = |cell: &String| {
        let (kind, word) = done_by(cell, language)?;
        Some(Row { at, text: cell.clone(), why: Why::Said(kind, word) })
    };
    let named = |cell: &&String| things(cell).iter().any(|thing| thing.read.is_some());
    let of_aws = cells.iter().any(|cell| named(&cell));
    act(at, cells, language).or_else(|| cells.iter().find_map(said)).filter(|_| of_aws).or_else(|| {
        let cell = cells.iter().find(named)?;
        Some(Row { at, text: cell.clone(), why: Why::Rows })
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
