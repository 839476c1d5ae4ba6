//! A second judge: what the lessons ask for, in plain Rust, over account states that are made up. Where it says otherwise
//! than the course's check, one of the two is wrong.
//!
//! Its judges were written from the lessons and from what AWS documents, not from the checks. The states come from a fixed
//! seed; `SECOND_JUDGE_STATES` sets how many, and `SECOND_JUDGE_SEED` another seed.

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
