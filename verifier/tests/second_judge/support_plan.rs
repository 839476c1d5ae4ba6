//! `support-plan`: "Choose the same Support Plan as the general account."
//!
//! Two facts distinguish plans: whether they have the Support API, and the contract in force. Both must be the same.
//! AWS does not have a contract on record for every plan, so two accounts of which one has no contract may or may not
//! have the same plan. The learner then confirms it. The same applies if AWS refuses to show the record to everybody in
//! an account. If a read merely failed, the learner is not asked.

use crate::common::{GENERAL, PRODUCTION};
use evidence::Section;
use proptest::prelude::*;
use serde::Serialize;

use super::answer::{Answer, Ruling};
use super::court::{Change, Court, Evidence, agree, change, each, section, unmoved};
use super::model::{Field, Known, Unread, Why, why_or_refused};

#[derive(Debug, Clone, Serialize)]
struct Support {
    api: Field<bool>,
    plan: Field<Option<&'static str>>,
}

#[derive(Debug, Clone)]
struct State {
    general: Field<Support>,
    production: Field<Support>,
    /// Whether the learner confirms that the plans are the same.
    confirmed: bool,
}

fn judge(state: &State) -> Ruling {
    let (one, other) = (parts(&state.general), parts(&state.production));
    let same_api = match (&one.api, &other.api) {
        (Known(one), Known(other)) => Answer::of(one == other),
        _ => Answer::CantTell,
    };
    let same_plan = match (&one.plan, &other.plan) {
        (Known(Some(one)), Known(Some(other))) => Answer::of(one == other),
        _ => Answer::CantTell,
    };
    // If one account has no contract on record, the learner decides, whatever the other account has.
    let none = [&one.plan, &other.plan].contains(&&Known(None));
    let plans = [plan_unread(&one), plan_unread(&other)].into_iter().flatten().filter(|_| !none);
    let mut unread = [api_unread(&one), api_unread(&other)].into_iter().flatten().chain(plans);
    match (same_api, same_plan) {
        (Answer::No, _) | (_, Answer::No) => Ruling::NotDone,
        (Answer::Yes, Answer::Yes) => Ruling::Done,
        _ if unread.any(|why| why != Why::NotHere) => Ruling::CantTell,
        _ if state.confirmed => Ruling::Confirmed,
        _ => Ruling::NeedsConfirmation,
    }
}

/// A section that was not read, as a field that was not read.
fn parts(support: &Field<Support>) -> Support {
    match support {
        Known(support) => support.clone(),
        Unread(why) => Support { api: Unread(*why), plan: Unread(*why) },
    }
}

fn api_unread(support: &Support) -> Option<Why> {
    if let Unread(why) = support.api { Some(why) } else { None }
}

fn plan_unread(support: &Support) -> Option<Why> {
    if let Unread(why) = support.plan { Some(why) } else { None }
}

fn evidence(state: &State) -> Evidence {
    Evidence::new([
        section(GENERAL, Section::Support, &state.general),
        section(PRODUCTION, Section::Support, &state.production),
    ])
}

fn support() -> impl Strategy<Value = Field<Support>> {
    let names = vec![Some("AWSSupportEssential"), Some("AWSSupportDeveloper"), Some("AWSSupportBusiness"), None, None];
    let plan = prop_oneof![5 => prop::sample::select(names).prop_map(Known), 2 => why_or_refused().prop_map(Unread)];
    let api = prop_oneof![8 => any::<bool>().prop_map(Known), 1 => why_or_refused().prop_map(Unread)];
    let support = (api, plan).prop_map(|(api, plan)| Support { api, plan });
    prop_oneof![20 => support.prop_map(Known), 1 => why_or_refused().prop_map(Unread)]
}

#[test]
fn support_plan() {
    let states = (support(), support(), any::<bool>());
    let states = states.prop_map(|(general, production, confirmed)| State { general, production, confirmed });
    let property = |(state, change): (State, Option<Change>)| {
        let said = |evidence: &Evidence| {
            let mut court = Court::of("support-plan");
            if state.confirmed {
                court.confirm(evidence);
            }
            court.judge(evidence)
        };
        let evidence = evidence(&state);
        let heard = said(&evidence);
        agree(judge(&state), &heard)?;
        unmoved(&heard, &evidence, &change, said)
    };
    each("support-plan", &(states, change()), property);
}
