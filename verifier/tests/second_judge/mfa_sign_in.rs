//! `mfa-sign-in`: "Log out and log in again to verify MFA works."
//!
//! Root signed in, with a device that the account has now. An entry in an app is listed with the date since when it is
//! enabled: another one may have its name. What is listed nowhere is there until an event says otherwise.
//!
//! CloudTrail shows sign-ins late and forgets them after 90 days. What was seen counts while its device is there.

use proptest::prelude::*;

use super::answer::{Answer, Ruling, all_of, any_of};
use super::court::{Change, Court, agree, change, each, unmoved};
use super::mfa::{SignIn, State, is_listed, state};
use super::model::{Known, Moment};

fn judge(state: &State) -> Ruling {
    match (state.has_password(), state.mfa_is_on()) {
        (Answer::No, _) => Ruling::DoesNotApply,
        (Answer::CantTell, _) | (_, Answer::CantTell) => Ruling::CantTell,
        // Nothing can have been tried out that is not there.
        (Answer::Yes, Answer::No) => Ruling::NotDone,
        (Answer::Yes, Answer::Yes) => {
            let tried = |sign_ins: &Vec<_>| {
                any_of(sign_ins.iter().map(|one: &super::model::Field<SignIn>| one.is(|one| counts(state, one))))
            };
            match state.sign_ins.is(tried) {
                Answer::Yes => Ruling::Done,
                Answer::No => Ruling::NotSeenYet,
                Answer::CantTell => Ruling::CantTell,
            }
        }
    }
}

fn counts(state: &State, sign_in: &SignIn) -> Answer {
    all_of([
        sign_in.root.holds(|is| *is),
        sign_in.success.holds(|is| *is),
        sign_in.mfa.holds(|is| *is),
        sign_in.device.is(|device| {
            let Some(device) = device else { return Answer::No };
            if is_listed(device) {
                is_listed_before(state, device, sign_in)
            } else {
                is_there_since(state, device, sign_in)
            }
        }),
    ])
}

fn is_listed_before(state: &State, device: &str, sign_in: &SignIn) -> Answer {
    state.root.is(|root| {
        root.virtual_devices.is(|devices| {
            any_of(devices.iter().map(|listed| {
                let same = listed.serial.holds(|serial| *serial == device);
                same.and(listed.enabled.is(|enabled| sign_in.time.holds(|time| enabled <= time)))
            }))
        })
    })
}

fn is_there_since(state: &State, device: &str, sign_in: &SignIn) -> Answer {
    // Whenever it was: without an event about it, it has been there since.
    let time = |time: &Moment| state.changed_since(device, *time).not();
    match (&sign_in.time, state.changed_since(device, Moment(i64::MIN))) {
        (Known(at), _) => time(at),
        (_, Answer::No) => Answer::Yes,
        _ => Answer::CantTell,
    }
}

#[test]
fn mfa_sign_in() {
    let said = |evidence: &_| Court::of("mfa-sign-in").judge(evidence);
    let property = |(state, change): (State, Option<Change>)| {
        let evidence = state.evidence();
        let heard = said(&evidence);
        agree(judge(&state), &heard)?;
        unmoved(&heard, &evidence, &change, said)
    };
    each("mfa-sign-in", &(state(0..=3), change()), property);
}

/// A sign-in that was seen.
#[derive(Debug, Clone)]
struct Remembered {
    device: &'static str,
    time: Moment,
    /// Since when an entry in an app is enabled.
    enabled: Option<Moment>,
}

/// Whether what a sign-in was with is still there.
fn still_there(state: &State, remembered: &Remembered) -> Answer {
    let Some(since) = remembered.enabled else {
        return state.mfa_is_on().and(state.changed_since(remembered.device, remembered.time).not());
    };
    state.root.is(|root| {
        root.virtual_devices.is(|devices| {
            any_of(devices.iter().map(|listed| {
                let same = listed.serial.holds(|serial| *serial == remembered.device);
                same.and(listed.enabled.holds(|enabled| *enabled == since))
            }))
        })
    })
}

/// What a state comes to beside what is remembered, and what is remembered after it.
fn judge_again(state: &State, memory: &mut Vec<Remembered>) -> Ruling {
    let now = judge(state);
    if !matches!(now, Ruling::DoesNotApply | Ruling::CantTell) || state.has_password() == Answer::Yes {
        // What is gone once does not come back.
        let standing: Vec<Answer> = memory.iter().map(|one| still_there(state, one)).collect();
        let mut kept = standing.iter().map(|there| *there != Answer::No);
        if now != Ruling::Done {
            memory.retain(|_| kept.next().unwrap());
            if now != Ruling::NotDone && standing.contains(&Answer::Yes) {
                return Ruling::Done;
            }
            if now == Ruling::NotSeenYet && standing.contains(&Answer::CantTell) {
                return Ruling::CantTell;
            }
        }
    }
    if now == Ruling::Done {
        memory.extend(seen(state));
    }
    now
}

fn seen(state: &State) -> Option<Remembered> {
    let (Known(sign_ins), Known(root)) = (&state.sign_ins, &state.root) else { return None };
    sign_ins.iter().find_map(|one| {
        let Known(one) = one else { return None };
        let (Known(time), Known(Some(device))) = (&one.time, &one.device) else { return None };
        let enabled = match &root.virtual_devices {
            Known(listed) => listed.iter().find(|listed| listed.serial == Known(*device)),
            _ => None,
        };
        let enabled = enabled.and_then(|listed| if let Known(time) = listed.enabled { Some(time) } else { None });
        (counts(state, one) == Answer::Yes).then_some(Remembered { device, time: *time, enabled })
    })
}

#[test]
fn mfa_sign_in_remembered() {
    let property = |states: Vec<State>| {
        let (mut court, mut memory) = (Court::of("mfa-sign-in"), Vec::new());
        for state in states {
            let heard = court.judge(&state.evidence());
            agree(judge_again(&state, &mut memory), &heard)?;
        }
        Ok(())
    };
    each("mfa-sign-in-remembered", &prop::collection::vec(state(0..=1), 2..=3), property);
}
