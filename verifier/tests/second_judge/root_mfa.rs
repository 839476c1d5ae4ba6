//! `root-mfa`: "Enable MFA on the root user: use a separate MFA entry in your app; don't reuse the MFA setup from the
//! general account."
//!
//! AWS creates a new entry for each account, so an entry that it lists is the account's own. A device that it does not
//! list may be the general account's key. The learner confirms that it is not, and the confirmation counts as long as
//! the device exists.

use proptest::prelude::*;

use super::answer::{Answer, Ruling, any_of};
use super::court::{Change, Court, agree, change, each, unmoved};
use super::mfa::{State, is_listed, state};
use super::model::{Known, Moment};

/// The outcome of a state without a confirmation.
fn judge(state: &State) -> Ruling {
    match demanded(state) {
        // The learner is not asked about a device if it is undecided which it is.
        Ruling::NeedsConfirmation if is_unchanged_since(state, &state.now) == Answer::CantTell => Ruling::CantTell,
        ruling => ruling,
    }
}

/// What the lesson asks for, as far as AWS lists devices.
fn demanded(state: &State) -> Ruling {
    match (state.has_password(), state.mfa_is_on()) {
        (Answer::No, _) => Ruling::DoesNotApply,
        (Answer::CantTell, _) => Ruling::CantTell,
        (_, Answer::No) => Ruling::NotDone,
        (_, on) => match own_entry(state) {
            Answer::Yes => Ruling::from(on),
            Answer::No if on == Answer::Yes => Ruling::NeedsConfirmation,
            _ => Ruling::CantTell,
        },
    }
}

/// Whether there is MFA, and the unlisted devices are unchanged. It is not recorded which device a confirmation was
/// about, so it could be any unlisted device.
fn is_unchanged_since(state: &State, moment: &Moment) -> Answer {
    let since = Known(*moment);
    let changed = state.changed_since(&since, |named| Answer::of(!is_listed(named)));
    state.mfa_is_on().and(state.events_are_up_to_date(&since)).and(changed.not())
}

/// Whether AWS lists an entry.
fn own_entry(state: &State) -> Answer {
    let own = |serial: &&str| serial.contains(":444455556666:");
    state.root.is(|root| root.virtual_devices.is(|listed| any_of(listed.iter().map(|one| one.serial.holds(own)))))
}

#[test]
fn root_mfa() {
    let said = |evidence: &_| Court::of("root-mfa").judge(evidence);
    let property = |(state, change): (State, Option<Change>)| {
        let evidence = state.evidence();
        let heard = said(&evidence);
        agree(judge(&state), &heard)?;
        unmoved(&heard, &evidence, &change, said)
    };
    each("root-mfa", &(state(0..=0), change()), property);
}

/// The outcome of a state with a confirmation at some time. Once AWS shows a change in what it was about, it no longer
/// counts, whether it is needed then or not.
fn judge_again(state: &State, confirmed: &mut Option<Moment>) -> Ruling {
    let Some(given) = *confirmed else { return judge(state) };
    let unchanged = is_unchanged_since(state, &given);
    if unchanged == Answer::No {
        *confirmed = None;
    }
    match (demanded(state), unchanged) {
        (Ruling::NeedsConfirmation, Answer::Yes) => Ruling::Confirmed,
        (Ruling::NeedsConfirmation, Answer::CantTell) => Ruling::CantTell,
        _ => judge(state),
    }
}

#[test]
fn root_mfa_confirmed() {
    let states = prop::collection::vec((state(0..=0), any::<bool>()), 2..=3);
    let property = |states: Vec<(State, bool)>| {
        let (mut court, mut confirmed) = (Court::of("root-mfa"), None);
        for (at, (mut state, confirms)) in states.into_iter().enumerate() {
            // A day passes between two runs, and events are before, at and after the last run.
            let day = 86_400 * i64::try_from(at).unwrap();
            state.now = Moment(state.now.0 + day);
            if let Known(events) = &mut state.events {
                for event in events.iter_mut() {
                    if let Known(event) = event
                        && let Known(time) = &mut event.time
                    {
                        time.0 += day;
                    }
                }
            }
            let heard = court.judge(&state.evidence());
            let ruling = judge_again(&state, &mut confirmed);
            agree(ruling, &heard)?;
            if confirms && ruling == Ruling::NeedsConfirmation {
                court.confirm(&state.evidence());
                confirmed = Some(state.now);
                // An event in the same second may have come later.
                let again = judge_again(&state, &mut confirmed);
                agree(again, &court.judge(&state.evidence()))?;
            }
        }
        Ok(())
    };
    each("root-mfa-confirmed", &states, property);
}
