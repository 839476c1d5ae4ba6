//! Whole runs of `verify` over states of AWS accounts that no emulator has: each state with the right verdicts.
//!
//! A state is the world where everything is done, with a few edits. Every step of the course that a state does not name
//! must come out as in that world, and every run is recorded and replayed, which must come to the same.

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
