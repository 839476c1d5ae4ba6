//! What is left of what a course had the learner make.

use anstyle::Style;
use course::Course;
use course::results::Reason;
use course::step_view::Commands;
use course::terminal::Text;
use serde::Serialize;
use std::collections::BTreeSet;

use super::plain;
use crate::actions;
use crate::made::{Left, Leftover};
use evidence::mask;

/// Something that may still be there, as it is shown.
#[derive(Debug, Serialize)]
pub struct LeftoverLine {
    /// The step that makes it.
    step: String,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<String>,
    /// The step that removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_by: Option<String>,
}

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
            Left::There(ids) => ("there", ids.iter().map(shown).collect(), Vec::new()),
            Left::Unread(reasons) => ("unknown", Vec::new(), messages(reasons)),
            Left::NotAsked(reasons) => (NOT_ASKED, Vec::new(), messages(reasons)),
            Left::Elsewhere(account, ids) => {
                let account = if show_identifiers { account.clone() } else { mask::account_id(account) };
                let why = format!("It was seen in AWS account {account}, which is not bound now.");
                ("elsewhere", ids.iter().map(shown).collect(), vec![why])
            }
        };
        LeftoverLine {
            step: left.step.clone(),
            account: left.account.clone(),
            state,
            ids,
            reasons,
            place: left.place.trim().to_owned(),
            costs: left.costs.clone(),
            removed_by: left.remover.clone(),
        }
    };
    debug_assert!(leftovers.iter().all(|left| course.step(&left.step).is_some()), "they are steps of the course");
    leftovers.iter().map(line).collect()
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
    for LeftoverLine { step: id, account, state, ids, reasons, place, costs, removed_by } in lines {
        let Some(step) = course.step(id) else { continue };
        let (sign, lead) = match *state {
            "there" => ("✗", "Still there"),
            _ => ("?", "May still be there"),
        };
        let place = if place.is_empty() { String::new() } else { format!(" {place}") };
        out.put(&format!("{sign} {lead}{}: ", plain(&place)));
        out.paint(Style::new().bold(), &plain(course.title_of(step))).put("  ");
        out.paint(Style::new().dimmed(), &format!("{id}, {account} account")).put("\n");
        ids.iter().for_each(|id| out.paragraph("    ", id));
        reasons.iter().for_each(|why| out.paragraph("    ", why));
        costs.iter().for_each(|costs| out.paragraph("    ", &format!("It costs {costs}.")));
        if let Some(remover) = removed_by.as_deref().and_then(|id| course.step(id)) {
            let command = match practice && actions::has_action(course, remover) {
                true => format!("verify practice do {}", remover.id),
                false => Commands::new(remover, practice).verify,
            };
            out.paragraph("    ", &format!("Removed by “{}”:", course.title_of(remover)));
            out.put("        ").paint(Style::new().dimmed(), &command).put("\n");
        }
    }
    if !not_asked.is_empty() {
        let steps: Vec<&str> = not_asked.iter().map(|line| line.step.as_str()).collect();
        let reasons: BTreeSet<&String> = not_asked.iter().flat_map(|line| &line.reasons).collect();
        out.paragraph(
            "",
            &format!("Not looked for: {}. If you have not begun these steps, nothing is there.", steps.join(", ")),
        );
        reasons.into_iter().for_each(|why| out.paragraph("    ", why));
    }
    out
}
