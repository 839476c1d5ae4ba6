//! `evidence`: what read-only AWS calls say about an account.
//!
//! One file a section: a struct whose doc comments are the reference, the calls it makes (each a row of [`table`]), and the
//! function from the SDK's answers to the struct. Nothing here judges.
//!
//! | where | what |
//! |---|---|
//! | [`Section`], a file for each | what AWS says |
//! | [`table`], `guard` | the calls that may be made, and what refuses all others |
//! | [`reads`] | the operations that checks may read, as data |
//! | [`connection`], [`bindings`] | whose credentials ask |
//! | [`gather`] | all of it at once, of the right accounts |
//! | [`arn`] | whose and what an ARN says that something is |
//! | [`mask`], [`fold`] | what of an answer is shown, and how texts are compared |
//!
//! This crate alone reads AWS, and no other but the practice accounts' and a class's pace imports the AWS SDK.

// Tests make what the program must not meet.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod account;
mod alternate_contacts;
mod answer;
pub mod arn;
mod billing_events;
mod billing_metrics;
mod billing_preferences;
pub mod bindings;
pub mod bucket_policy;
mod budget_scope;
mod budgets;
pub mod clock;
pub mod condition;
pub mod connection;
mod console_sign_ins;
pub mod contact;
mod error;
mod events;
pub mod fold;
pub mod freshness;
pub mod gather;
mod guard;
mod identity;
pub mod mask;
mod mfa_events;
mod organization;
mod pace;
mod pattern;
pub mod privileges;
mod read;
mod reader;
mod reading;
pub mod reads;
mod root;
mod s3;
mod section;
pub mod statement;
mod support;
pub mod table;
pub mod time;

pub use guard::{CallLog, Timed};
pub use identity::Identity;
pub use read::{Read, UNREADABLE, Unreadable, collect_reasons, unreadable};
pub use reader::{Enough, Reader};
pub use reading::schema;
pub use section::{Evidence, Section};
