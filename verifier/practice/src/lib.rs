//! `practice`: the practice accounts, two AWS accounts in this process, spoken to through the AWS SDK as real ones are.
//!
//! A practice world is a pure function of a start, of the course's parameters and of the actions taken since, so every
//! process sees the same accounts. [`actions()`] do the steps of the lesson. A request goes through the router to the account
//! that its access key belongs to; there, winterbaume's emulators answer what they can, one instance for each account,
//! and the modules named after services answer the rest. What AWS has only a console for is set in `console`.
//!
//! Reading and writing are apart: [`PracticeCloud::sdk_config`] carries keys that the accounts let read and nothing else;
//! the clients that write are of another type, which cannot be built from real credentials.

// Tests make what the program must not meet.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod account;
mod accounts;
mod actions;
mod billing;
mod budgets;
mod call;
mod cloud;
mod cloudtrail;
mod console;
mod error;
mod iam;
mod lesson;
pub mod log;
mod open;
mod organizations;
mod practice_cloud;
mod router;
mod s3;
mod sdk;
mod take;
#[cfg(test)]
mod tests;
mod writer;

pub use accounts::{GENERAL, PRODUCTION};
pub use actions::{ActionSpec, actions, find};
pub use error::PracticeError;
pub use open::{Start, TakenAction};
pub use practice_cloud::PracticeCloud;
pub use take::{steps_before, take};
