//! `mfa-sign-in`: "Log out and log in again to verify MFA works."
//!
//! Root signed in with a device that the account has now. AWS lists an entry in an app with the time when it was
//! enabled; another entry may have its name. An unlisted device exists until an event shows otherwise, and events count
//! if they show everything else that was enabled since.
//!
//! CloudTrail shows sign-ins late and deletes them after 90 days. A sign-in that was seen counts while its device
//! exists.

use proptest::prelude::*;

use super::answer::{Answer, Ruling, all_of, any_of};
use super::court::{Change, Court, agree, change, each, unmoved};
use super::mfa::{Device, SignIn, State, is_listed, state};
use super::model::{Known, Moment, Unread};

fn judge(state: &State) -> Ruling {
    match (state.has_password(), state.mfa_is_on()) {
        (Answer::No, _) => Ruling::DoesNotApply,
        (Answer::CantTell, _) | (_, Answer::CantTell) => Ruling::CantTell,
        // A device that does not exist cannot have been tried.
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
        match &sign_in.device {
            Known(None) => Answer::No,
            Known(Some(device)) if is_listed(device) => is_listed_before(state, sign_in),
            Known(Some(_)) => is_there_since(state, sign_in),
            // It may be of either kind.
            Unread(_) => any_of([is_listed_before(state, sign_in), is_there_since(state, sign_in)]),
        },
    ])
}

fn is_listed_before(state: &State, sign_in: &SignIn) -> Answer {
    state.root.is(|root| {
        root.virtual_devices.is(|devices| {
            any_of(devices.iter().map(|listed| {
                let same = listed.serial.is(|serial| sign_in.device.holds(|device| *device == Some(*serial)));
                same.and(listed.enabled.is(|enabled| sign_in.time.holds(|time| enabled < time)))
            }))
        })
    })
}

fn is_there_since(state: &State, sign_in: &SignIn) -> Answer {
    let changed = state.changed_since(&sign_in.time, |named| sign_in.device.holds(|device| *device == Some(named)));
    let same = sign_in.device.is(|_| Answer::Yes);
    all_of([same, state.mfa_is_on(), state.events_are_up_to_date(&sign_in.time), changed.not()])
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
    /// The time when an entry in an app was enabled.
    enabled: Option<Moment>,
}

/// Whether the device of a sign-in still exists. Only a digest is kept, which does not contain the kind of device. If
/// it is not found among the listed devices, and it is undecided whether unlisted devices have changed, it may be one
/// of those.
fn still_there(state: &State, remembered: &Remembered) -> Answer {
    // The name of an unlisted device is not kept, so it could be any unlisted device.
    let since = Known(remembered.time);
    let changed = state.changed_since(&since, |named| Answer::of(!is_listed(named)));
    let unlisted = all_of([state.mfa_is_on(), state.events_are_up_to_date(&since), changed.not()]);
    let listed = state.root.is(|root| root.virtual_devices.is(|devices| all_known(devices, remembered)));
    match (remembered.enabled, listed, unlisted) {
        (Some(_), Answer::Yes, _) | (None, _, Answer::Yes) => Answer::Yes,
        (_, Answer::CantTell, _) | (_, _, Answer::CantTell) => Answer::CantTell,
        _ => Answer::No,
    }
}

/// Whether it is listed, if all listed devices are known.
fn all_known(devices: &[Device], remembered: &Remembered) -> Answer {
    let read = |device: &Device| matches!((&device.serial, &device.enabled), (Known(_), Known(_)));
    let is_it = |device: &Device| {
        device.serial == Known(remembered.device)
            && remembered.enabled.is_some_and(|since| device.enabled == Known(since))
    };
    if devices.iter().all(read) { Answer::of(devices.iter().any(is_it)) } else { Answer::CantTell }
}

/// The outcome of a state with what is remembered, and what is remembered after it.
fn judge_again(state: &State, memory: &mut Vec<Remembered>) -> Ruling {
    let now = judge(state);
    let standing: Vec<Answer> = memory.iter().map(|one| still_there(state, one)).collect();
    // A memory that no longer counts does not come back, whether a sign-in is needed then or not.
    let mut kept = standing.iter().map(|there| *there != Answer::No);
    memory.retain(|_| kept.next().unwrap());
    // Without a password, nobody can sign in.
    if state.has_password() != Answer::Yes {
        return now;
    }
    if let Some(seen) = seen(state) {
        memory.push(seen);
        return now;
    }
    match any_of(standing) {
        Answer::Yes if state.mfa_is_on() == Answer::Yes => Ruling::Done,
        Answer::CantTell if now == Ruling::NotSeenYet => Ruling::CantTell,
        _ => now,
    }
}

fn seen(state: &State) -> Option<Remembered> {
    let (Known(sign_ins), Known(root)) = (&state.sign_ins, &state.root) else { return None };
    let (device, time, enabled) = sign_ins.iter().find_map(|one| {
        let Known(one) = one else { return None };
        let Known(Some(device)) = one.device else { return None };
        let enabled = match &root.virtual_devices {
            Known(listed) => listed.iter().find(|listed| listed.serial == Known(device)),
            _ => None,
        };
        let enabled = enabled.and_then(|listed| if let Known(time) = listed.enabled { Some(time) } else { None });
        (counts(state, one) == Answer::Yes).then_some((device, one.time.clone(), enabled))
    })?;
    // Of a sign-in at an unknown time, it is not known what changed since.
    let Known(time) = time else { return None };
    Some(Remembered { device, time, enabled })
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
