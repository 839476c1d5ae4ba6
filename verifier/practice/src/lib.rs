//! `practice`: the practice accounts, emulated AWS accounts in this process, which are read through the AWS SDK like
//! real accounts.
//!
//! There is one for each account that a course names. What is done in them is data of the course: calls of AWS
//! operations ([`writes`]), and [`Switch`]es for what AWS has only a console for. The router passes a request to the
//! account of its access key. There, winterbaume's emulators respond if they can, with one instance for each account.
//! The modules that are named after services do the rest. `settle` makes ids and times the same in every process.
//!
//! Reading and writing are separate: [`PracticeCloud::connections`] have keys that can only read. What writes is an
//! [`evidence::client::Emulator`], which cannot be built from real credentials.

// Tests use what the program must not.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod account;
mod accounts;
mod billing;
mod budgets;
mod call;
mod cloud;
mod cloudtrail;
mod console;
mod control_policies;
mod ec2;
mod elsewhere;
mod embedded;
mod error;
mod iam;
mod organization;
mod organizations;
mod path;
mod practice_cloud;
mod router;
mod s3;
mod s3control;
mod settle;
mod switch;
#[cfg(test)]
mod tests;
mod view;
pub mod writes;

pub use accounts::email;
pub use elsewhere::Elsewhere;
pub use embedded::has as has_service;
pub use error::PracticeError;
pub use practice_cloud::PracticeCloud;
pub use switch::{SIGN_UP, SWITCHES, SupportPlan, Switch};
