//! Runs of `verify` over account states that no emulator has, with the right verdict for each.
//!
//! A state starts with everything done, and has a few edits. Every step that the state does not name must have the same
//! verdict as without the edits. Every run is recorded and replayed, and the replay must have the same verdicts.

mod accounts;
mod answers;
mod buckets;
mod budgets;
mod clock;
mod contacts;
mod look_ups;
mod memory;
mod refusals;
mod replays;
mod run;
mod sign_ins;
mod support;
mod table;
mod vacuous;
