//! A second judge: what the lessons ask for, in plain Rust, over generated account states. If it disagrees with the
//! course's check, one of the two is wrong.
//!
//! The judges were written from the lessons and from AWS's documentation, not from the checks. The states come from a
//! fixed seed. `SECOND_JUDGE_STATES` sets their number, and `SECOND_JUDGE_SEED` another seed.

mod answer;
mod contact_matches;
mod cost_budget;
mod court;
mod mfa;
mod mfa_sign_in;
mod model;
mod policy;
mod root_mfa;
mod shared_bucket_policy;
mod support_plan;
