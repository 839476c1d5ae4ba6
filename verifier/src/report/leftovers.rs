//! What is left of what a course had the learner make.

use anstyle::Style;
use course::Course;
use course::results::Reason;
use course::step_view::Commands;
use course::terminal::Text;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use super::plain;
use crate::actions;
use crate::made::{Left, Leftover};
use evidence::mask;

/// Something that may still be there, as it is shown.
#[derive(Debug, Serialize)]
pub struct LeftoverLine {
    /// The steps that make it.
    steps: Vec<String>,
    /// The course's name for the account.
    account: String,
    /// `there`, `unknown` (it could not be read), `not-asked` (it depends on an input that was not given), or `elsewhere`
    /// (in an account that is not bound now).
    state: &'static str,
    /// What is there, or what was last seen.
    ids: Vec<String>,
    /// Why it is not known whether it is there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    /// Where the learner's inputs lead.
    #[serde(skip_serializing_if = "String::is_empty")]
    place: String,
    /// What it costs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    costs: Vec<String>,
    /// The steps that remove it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed_by: Vec<String>,
}

/// The state of what is there.
const THERE: &str = "there";
/// The state of what depends on an input that was not given.
const NOT_ASKED: &str = "not-asked";

/// The messages of reasons, each once.
fn messages(reasons: &[Reason]) -> Vec<String> {
    let messages: BTreeSet<&str> = reasons.iter().map(|reason| reason.message.as_str()).collect();
    messages.into_iter().map(str::to_owned).collect()
}

/// What may still be there.
pub fn lines(course: &Course, leftovers: &[Leftover], show_identifiers: bool) -> Vec<LeftoverLine> {
    let shown = |text: &String| if show_identifiers { text.clone() } else { mask::text(text) };
    let line = |left: &Leftover| {
        let (state, ids, reasons): (_, Vec<String>, Vec<String>) = match &left.left {
            Left::There(ids) => (THERE, ids.clone(), Vec::new()),
            Left::Unread(reasons) => ("unknown", Vec::new(), messages(reasons)),
            Left::NotAsked(reasons) => (NOT_ASKED, Vec::new(), messages(reasons)),
            Left::Elsewhere(account, ids) => {
                let account = if show_identifiers { account.clone() } else { mask::account_id(account) };
                let why = format!("It was seen in AWS account {account}, which is not bound now.");
                ("elsewhere", ids.iter().map(shown).collect(), vec![why])
            }
        };
        LeftoverLine {
            steps: vec![left.step.clone()],
            account: left.account.clone(),
            state,
            ids,
            reasons,
            place: left.place.trim().to_owned(),
            costs: left.costs.iter().cloned().collect(),
            removed_by: left.remover.iter().cloned().collect(),
        }
    };
    debug_assert!(leftovers.iter().all(|left| course.step(&left.step).is_some()), "they are steps of the course");
    let (there, others): (Vec<LeftoverLine>, Vec<LeftoverLine>) =
        leftovers.iter().map(line).partition(|line| line.state == THERE);
    // Two ids may be the same when they are masked.
    let mask = |line: LeftoverLine| LeftoverLine { ids: line.ids.iter().map(shown).collect(), ..line };
    each_once(there).into_iter().map(mask).chain(others).collect()
}

/// The same with each thing once, though several steps make it.
fn each_once(lines: Vec<LeftoverLine>) -> Vec<LeftoverLine> {
    // The same id in another region may be another thing.
    let thing = |line: &LeftoverLine, id: &String| (line.account.clone(), line.place.clone(), id.clone());
    let mut things: BTreeMap<(String, String, String), Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        for id in &line.ids {
            let makers = things.entry(thing(line, id)).or_default();
            makers.extend((!makers.contains(&at)).then_some(at));
        }
    }
    // The ids that the same steps make stay together, where the first of these steps is.
    let mut together: BTreeMap<Vec<usize>, Vec<String>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        for id in &line.ids {
            let makers = &things[&thing(line, id)];
            if makers.first() == Some(&at) {
                together.entry(makers.clone()).or_default().push(id.clone());
            }
        }
    }
    let joined = |(makers, ids): (Vec<usize>, Vec<String>)| {
        let of = |part: fn(&LeftoverLine) -> &Vec<String>| {
            let mut all: Vec<String> = Vec::new();
            for text in makers.iter().flat_map(|at| part(&lines[*at])) {
                all.extend((!all.contains(text)).then(|| text.clone()));
            }
            all
        };
        let first = &lines[makers[0]];
        LeftoverLine {
            steps: of(|line| &line.steps),
            account: first.account.clone(),
            state: first.state,
            ids,
            reasons: Vec::new(),
            place: first.place.clone(),
            costs: of(|line| &line.costs),
            removed_by: of(|line| &line.removed_by),
        }
    };
    together.into_iter().map(joined).collect()
}

/// The same for a terminal.
pub fn text(course: &Course, lines: &[LeftoverLine], practice: bool) -> Text {
    let mut out = Text::new();
    let makes = course.checks.values().any(|check| check.makes.is_some());
    let (not_asked, lines): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.state == NOT_ASKED);
    if lines.is_empty() {
        out.put(match makes {
            true if !not_asked.is_empty() => "Nothing is left of what verify could look for.\n",
            true => "Nothing is left of what this course had you make.\n",
            false => "This course makes nothing that has to be removed again.\n",
        });
    }
    for LeftoverLine { steps, account, state, ids, reasons, place, costs, removed_by } in lines {
        let (sign, lead) = match *state {
            THERE => ("✗", "Still there"),
            _ => ("?", "May still be there"),
        };
        let place = if place.is_empty() { String::new() } else { format!(" {place}") };
        out.put(&format!("{sign} {lead}{}: ", plain(&place)));
        let titles: Vec<&str> =
            steps.iter().filter_map(|id| course.step(id)).map(|step| course.title_of(step)).collect();
        out.paint(Style::new().bold(), &plain(&titles.join("; "))).put("  ");
        out.paint(Style::new().dimmed(), &format!("{}, {account} account", steps.join(", "))).put("\n");
        ids.iter().for_each(|id| out.paragraph("    ", id));
        reasons.iter().for_each(|why| out.paragraph("    ", why));
        costs.iter().for_each(|costs| out.paragraph("    ", &format!("It costs {costs}.")));
        for remover in removed_by.iter().filter_map(|id| course.step(id)) {
            let command = match practice && actions::has_action(course, remover) {
                true => format!("verify practice do {}", remover.id),
                false => Commands::new(remover, practice).verify,
            };
            out.paragraph("    ", &format!("Removed by “{}”:", course.title_of(remover)));
            out.put("        ").paint(Style::new().dimmed(), &command).put("\n");
        }
    }
    if !not_asked.is_empty() {
        let steps: Vec<&str> = not_asked.iter().flat_map(|line| &line.steps).map(String::as_str).collect();
        let reasons: BTreeSet<&String> = not_asked.iter().flat_map(|line| &line.reasons).collect();
        out.paragraph(
            "",
            &format!("Not looked for: {}. If you have not begun these steps, nothing is there.", steps.join(", ")),
        );
        reasons.into_iter().for_each(|why| out.paragraph("    ", why));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book;
    use std::path::Path;

    #[test]
    fn what_several_steps_make_is_listed_once() {
        let course = book::read(Path::new("../book"), false).unwrap();
        let [one, other] = [0, 1].map(|at| course.steps[at].id.clone());
        let left = |step: &String, place: &str, ids: &[&str], costs: Option<&str>| Leftover {
            step: step.clone(),
            account: "production".to_owned(),
            left: Left::There(ids.iter().map(|id| (*id).to_owned()).collect()),
            place: place.to_owned(),
            costs: costs.map(str::to_owned),
            remover: None,
        };
        let left = [
            left(&one, "", &["cats", "logs"], Some("a little")),
            left(&other, "", &["cats"], None),
            left(&other, " (region eu-west-1)", &["cats"], None),
        ];
        let lines = lines(&course, &left, true);
        let shown: Vec<_> =
            lines.iter().map(|line| (line.steps.clone(), line.ids.concat(), line.place.clone())).collect();
        let both = vec![one.clone(), other.clone()];
        let wanted = [
            (vec![one], "logs".to_owned(), String::new()),
            (both, "cats".to_owned(), String::new()),
            (vec![other], "cats".to_owned(), "(region eu-west-1)".to_owned()),
        ];
        assert_eq!(shown, wanted);
        assert_eq!(lines[1].costs, ["a little"]);
    }
}
