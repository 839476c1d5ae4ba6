//! `root-mfa`: "Enable MFA on the root user: use a separate MFA entry in your app; don't reuse the MFA setup from the
//! general account."
//!
//! AWS makes a new entry for every account, so that one that it lists is the account's own. What it does not list may be
//! the general account's key: the learner says, and that counts while it is there.

use proptest::prelude::*;

use super::answer::{Answer, Ruling, any_of};
use super::court::{Change, Court, agree, change, each, unmoved};
use super::mfa::{State, is_listed, state};
use super::model::{Known, Moment};

/// What a state comes to without a confirmation.
fn judge(state: &State) -> Ruling {
    match demanded(state) {
        // Nobody is asked about something of which it cannot be told what it is.
        Ruling::NeedsConfirmation if is_unchanged_since(state, &state.now) == Answer::CantTell => Ruling::CantTell,
        ruling => ruling,
    }
}

/// What the lesson asks of a state, as far as AWS lists devices.
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

/// Whether there is MFA, and what is listed nowhere is what it was. Which device a confirmation was about, nobody wrote down: any
/// that is listed nowhere could be it.
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

/// What a state comes to with a confirmation of some moment. Once AWS shows that what it was about has changed, it
/// counts for nothing, whether it is asked for then or not.
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
            // A day passes from one look to the next, and what happens in it falls before, on and after the last one.
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
                // What happened in the same second may have come after.
                let again = judge_again(&state, &mut confirmed);
                agree(again, &court.judge(&state.evidence()))?;
            }
        }
        Ok(())
    };
    each("root-mfa-confirmed", &states, property);
}
