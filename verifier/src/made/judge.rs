//! Judges what is there, and whether it was removed.

use course::Step;
use course::results::{ExpectationResult, Outcome, Reason, ReasonCode, Results, time};
use evidence::mask;
use std::collections::{BTreeMap, BTreeSet};

use super::listing::Listing;
use super::memory::{MadeKey, Remembered, Sighting};
use super::values::{JudgedBy, ListValues};
use crate::verdict::{Inputs, list};

/// How many ids a sentence names.
const NAMED: usize = 5;

/// Something that may still be there.
#[derive(Debug, Clone, PartialEq)]
pub struct Leftover {
    /// The step that makes it.
    pub step: String,
    /// The course's name for the account.
    pub account: String,
    /// What is known of it.
    pub left: Left,
    /// Where the values lead, in brackets.
    pub place: String,
    /// What it costs.
    pub costs: Option<String>,
    /// The step that removes it.
    pub remover: Option<String>,
}

/// What is known of something that may still be there.
#[derive(Debug, Clone, PartialEq)]
pub enum Left {
    /// These ids are there.
    There(Vec<String>),
    /// It could not be read.
    Unread(Vec<Reason>),
    /// It depends on an input that the learner has not given. What was seen before is remembered with its own inputs.
    NotAsked(Vec<Reason>),
    /// It was seen in an account that is not asked now: its id, and what was seen.
    Elsewhere(String, Vec<String>),
}

/// The sets of values with which a step's list is to be read: those of now, and those with which something was seen that
/// is not known to be gone.
pub(crate) fn sets(inputs: &Inputs, step: &Step) -> Vec<ListValues> {
    let check = inputs.compiled.check(step);
    let mut sets = vec![ListValues::now(&inputs.course, step, check)];
    for one in remembered(inputs, step).filter(|one| one.gone.is_none()) {
        if !sets.contains(&one.values) {
            sets.push(one.values.clone());
        }
    }
    sets
}

/// What is remembered of a step, in any account. A step that the course no longer has counts for the others of its check:
/// its directive may have been changed.
fn remembered<'i>(inputs: &'i Inputs, step: &'i Step) -> impl Iterator<Item = &'i Remembered> {
    let of_check = |id: &str| id.split(['@', ',']).next() == Some(step.check.as_str());
    let is_own =
        move |one: &&Remembered| one.step == step.id || of_check(&one.step) && inputs.course.step(&one.step).is_none();
    inputs.memory.all(inputs.practice).filter(is_own)
}

/// Whether something was seen in the accounts that are read now.
pub(crate) fn is_here(inputs: &Inputs, step: &Step, one: &Remembered) -> bool {
    inputs.account_ids.get(&step.account) == Some(&one.account)
        && one.others.iter().all(|(name, id)| inputs.account_ids.get(name) == Some(id))
}

/// What is remembered of a step in the accounts that are read now.
fn in_account<'i>(inputs: &'i Inputs, step: &'i Step) -> impl Iterator<Item = &'i Remembered> {
    remembered(inputs, step).filter(move |one| is_here(inputs, step, one))
}

/// The ids of the other accounts that the list of a step reads.
fn others(inputs: &Inputs, step: &Step) -> BTreeMap<String, String> {
    let needs = inputs.compiled.needs_of_made(step);
    let names = needs.into_iter().map(|(account, _)| account).filter(|account| *account != step.account);
    names.filter_map(|name| Some((name.clone(), inputs.account_ids.get(&name)?.clone()))).collect()
}

/// What a step makes, as it is now: what is there, and how it is remembered. `complete`: what is done, if the
/// step is.
pub(crate) fn sight(
    inputs: &Inputs,
    step: &Step,
    values: &ListValues,
    complete: Option<&JudgedBy>,
) -> (Listing, Vec<Sighting>) {
    let account = inputs.account_ids.get(&step.account);
    let same = |one: &&Remembered| one.gone.is_none() && one.values == *values;
    let before: Vec<&Remembered> = in_account(inputs, step).filter(same).collect();
    let seen: Vec<String> = before.iter().flat_map(|one| one.ids.iter().cloned()).collect();
    let listed = list(inputs, step, values, &seen).unwrap_or_else(|_| Listing::Unread(vec![not_asked(step)]));
    let Listing::Ids { ids, hidden } = &listed else { return (listed, Vec::new()) };
    let Some((account, list)) = account.zip(inputs.course.check(step).makes_hash()) else {
        return (listed, Vec::new());
    };
    let ids: Vec<String> = ids.iter().chain(hidden).cloned().collect();
    let others = others(inputs, step);
    // What was seen for a step that the course no longer has is the same.
    let former = before.iter().map(|one| &one.step).filter(|id| **id != step.id);
    let sighting = |id: &String| {
        let (account, others, list, values) = (account.clone(), others.clone(), list.clone(), values.clone());
        let of = MadeKey { step: id.clone(), account, others, list, values };
        Sighting::Listed { of, ids: ids.clone(), complete: complete.cloned() }
    };
    let sightings = [&step.id].into_iter().chain(former).map(sighting).collect();
    (listed, sightings)
}

fn not_asked(step: &Step) -> Reason {
    let message = "What the list depends on was not read.".to_owned();
    Reason { code: ReasonCode::IncompleteAnswer, account: Some(step.account.clone()), action: None, message }
}

/// Whether what a step makes was removed, as an expectation of the step that removes it.
pub(crate) struct Removal {
    pub(crate) result: ExpectationResult,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) sightings: Vec<Sighting>,
    /// Whether it could not be read whether something is there.
    pub(crate) is_unread: bool,
}

/// Judges whether what a step makes was removed.
pub(crate) fn remove(inputs: &Inputs, made: &Step) -> Removal {
    let check = inputs.course.check(made);
    let (mut there, mut lost): (Vec<String>, Vec<String>) = Default::default();
    let mut sightings: Vec<Sighting> = Vec::new();
    let (mut reasons, mut places): (Vec<Reason>, Vec<String>) = Default::default();
    for values in sets(inputs, made) {
        let (listed, seen) = sight(inputs, made, &values, None);
        sightings.extend(seen);
        match listed {
            Listing::Ids { ids, hidden } => {
                there.extend(ids);
                lost.extend(hidden);
            }
            Listing::Unread(why) => {
                reasons.extend(why);
                places.push(values.place());
            }
        }
    }
    let seen = in_account(inputs, made).map(|one| one.seen.as_str()).min();
    let list = check.makes_hash();
    let changed = in_account(inputs, made).find(|one| one.gone.is_none() && Some(&one.list) != list.as_ref());
    let reason = |code, message| Reason { code, account: Some(made.account.clone()), action: None, message };
    for ids in [&mut there, &mut lost] {
        ids.sort();
        ids.dedup();
    }
    let (outcome, sentence) = if !there.is_empty() {
        reasons.clear();
        let costs = check.makes.as_ref().and_then(|made| made.costs.as_deref());
        let costs = costs.map(|costs| format!(" It costs {costs}.")).unwrap_or_default();
        (Outcome::NotMet, format!("Still there: {}.{costs}", named(inputs, &there)))
    } else if !reasons.is_empty() {
        places.dedup();
        let places: String = places.concat();
        // What was never seen may never have been made.
        let what = if seen.is_some() { "It may still be there" } else { "It could not be looked for" };
        (Outcome::Unknown, format!("{what}{places}."))
    } else if !lost.is_empty() {
        let message = format!(
            "AWS still lists {}, but not as the course looks for it. Was it renamed or moved? Delete it, or change it back.",
            named(inputs, &lost)
        );
        reasons.push(reason(ReasonCode::Undecided, message));
        (Outcome::Unknown, String::new())
    } else if let Some(one) = changed {
        let message = format!(
            "The course has changed how it looks for “{}” since verify saw {} there. Nothing is found now, but that does \
             not show that it is gone: look for it yourself.",
            inputs.course.title_of(made),
            named(inputs, &one.ids)
        );
        reasons.push(reason(ReasonCode::Undecided, message));
        (Outcome::Unknown, String::new())
    } else if let Some(seen) = seen {
        (Outcome::Met, format!("It was there at {}, and nothing is left of it.", time(seen)))
    } else {
        let message = format!(
            "verify has never seen “{}” in this account, so it cannot tell whether you deleted it or never made it. \
             Verify `{}` while it is there.",
            inputs.course.title_of(made),
            made.id
        );
        reasons.push(reason(ReasonCode::NeverSeen, message));
        (Outcome::Unknown, String::new())
    };
    let sentences = Some(sentence).filter(|sentence| !sentence.is_empty()).into_iter().collect();
    let result = ExpectationResult::new(inputs.course.removal_title(made), outcome, sentences);
    let is_unread = outcome == Outcome::Unknown && !places.is_empty();
    Removal { result, reasons, sightings, is_unread }
}

/// Some ids, and how many others there are.
fn named(inputs: &Inputs, ids: &[String]) -> String {
    let mut text = ids.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if ids.len() > NAMED {
        text.push_str(&format!(" and {} more", ids.len() - NAMED));
    }
    if inputs.show_identifiers { text } else { mask::text(&text) }
}

/// What may still be there, of all that the steps of a course make, and what was found out. Call it
/// [`crate::cel::on_a_thread`].
pub(crate) fn leftovers(inputs: &Inputs) -> (Vec<Leftover>, Vec<Sighting>) {
    let (mut found, mut sightings) = (Vec::new(), Vec::new());
    let course = &inputs.course;
    for step in course.steps.iter().filter(|step| course.check(step).makes.is_some()) {
        let mut add = |left: Left, place: String| found.push(leftover(inputs, step, left, place));
        let mut shown = BTreeSet::new();
        for values in sets(inputs, step) {
            let (listed, seen) = sight(inputs, step, &values, None);
            sightings.extend(seen);
            match listed {
                Listing::Ids { ids, hidden } => {
                    let new: Vec<String> =
                        ids.into_iter().chain(hidden).filter(|id| shown.insert(id.clone())).collect();
                    if !new.is_empty() {
                        add(Left::There(new), values.place());
                    }
                }
                Listing::Unread(reasons) if reasons.iter().any(|why| why.code == ReasonCode::NeedsInput) => {
                    add(Left::NotAsked(reasons), values.place());
                }
                Listing::Unread(reasons) => add(Left::Unread(reasons), values.place()),
            }
        }
        let list = course.check(step).makes_hash();
        for one in remembered(inputs, step).filter(|one| one.gone.is_none()) {
            let place = one.values.place();
            if !is_here(inputs, step, one) {
                add(Left::Elsewhere(one.account.clone(), one.ids.clone()), place);
            } else if Some(&one.list) != list.as_ref() && !one.ids.iter().any(|id| shown.contains(id)) {
                let ids = named(inputs, &one.ids);
                let message = format!("The course has changed how it looks for it since {ids} was seen.");
                let account = Some(step.account.clone());
                add(Left::Unread(vec![Reason { code: ReasonCode::Undecided, account, action: None, message }]), place);
            }
        }
    }
    (found, sightings)
}

fn leftover(inputs: &Inputs, step: &Step, left: Left, place: String) -> Leftover {
    Leftover {
        step: step.id.clone(),
        account: step.account.clone(),
        left,
        place,
        costs: inputs.course.check(step).makes.as_ref().and_then(|made| made.costs.clone()),
        remover: inputs.course.remover(step).map(|remover| remover.id.clone()),
    }
}

/// What the results still count, but nothing is remembered of: the course's folder was moved, or the memory was lost.
pub(crate) fn forgotten(inputs: &Inputs, found: &[Leftover], results: &Results) -> Vec<Leftover> {
    let counted = |step: &&Step| {
        let made = results.made.get(&step.id).filter(|made| made.removed.is_none() && made.there != Some(0));
        made.is_some()
            && remembered(inputs, step).next().is_none()
            && !found.iter().any(|left| left.step == step.id && !matches!(left.left, Left::NotAsked(_)))
            && inputs.course.check(step).makes.is_some()
    };
    let lost = |step: &Step| {
        let message = "verify saw it, but no longer knows where: look for it yourself.".to_owned();
        let (code, account) = (ReasonCode::NeverSeen, Some(step.account.clone()));
        leftover(inputs, step, Left::Unread(vec![Reason { code, account, action: None, message }]), String::new())
    };
    inputs.course.steps.iter().filter(counted).map(lost).collect()
}
