//! `evidence`: reads facts about AWS accounts with read-only calls.
//!
//! Each section has a file: a struct whose doc comments are in the reference, its calls (each a row of [`table`]), and
//! the conversion of the SDK's responses to the struct. Nothing here decides a verdict.
//!
//! | where | what |
//! |---|---|
//! | [`Section`], a file for each | facts about an account |
//! | [`table`], `guard` | the allowed calls, and the guard that refuses all others |
//! | [`reads`] | the table of AWS operations that only read settings |
//! | [`client`] | calls an operation of that table |
//! | [`connection`], [`bindings`] | credentials |
//! | [`gather`] | reading all sections of the right accounts at the same time |
//! | [`arn`] | parsing ARNs |
//! | [`mask`], [`fold`] | masking identifiers, and comparing texts |
//!
//! Only this crate reads from AWS. Apart from it, only the practice accounts and the pace of a class use the AWS SDK.

// Tests use what the program must not.
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
mod calls;
pub mod client;
pub mod clock;
pub mod condition;
pub mod connection;
mod console_sign_ins;
pub mod contact;
pub mod document;
mod error;
mod events;
pub mod fold;
pub mod freshness;
pub mod gather;
mod guard;
pub mod identifying;
mod identity;
pub mod mask;
mod mfa_events;
mod organization;
mod pace;
mod pattern;
pub mod policy;
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
mod wrong_account;

pub use guard::{CallLog, Timed};
pub use identity::Identity;
pub use read::{OTHERS, REST, Read, UNREADABLE, Unreadable, collect_reasons, escaped, unescaped, unreadable};
pub use reader::{Enough, Reader};
pub use reading::schema;
pub use section::{Evidence, Section};
pub use wrong_account::WrongAccount;
