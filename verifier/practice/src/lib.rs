//! `practice`: the practice accounts, two emulated AWS accounts in this process, which are used through the AWS SDK
//! like real accounts.
//!
//! Their state is a pure function of a start, the course's parameters and the actions taken, so every process sees the
//! same accounts. [`actions()`] do the steps of the lesson. The router passes a request to the account of its access
//! key. There, winterbaume's emulators respond if they can, with one instance for each account. The modules that are
//! named after services do the rest. `console` has the settings for which AWS has only a console.
//!
//! Reading and writing are separate: [`PracticeCloud::sdk_config`] has keys that can only read. The clients that write
//! have another type, which cannot be built from real credentials.

// Tests use what the program must not.
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
