//! Calls operations of the table of reads: any of them, without an SDK client for its service.
//!
//! AWS's own runtime crates write and read the protocols, with schemas that are made from the table. Retries,
//! timeouts, credentials, regions and signatures are the SDK's, and the guard sees each call as it sees the others.

mod account;
mod ask;
mod bind;
mod bounded;
mod buckets;
mod call;
mod conform;
mod declared;
mod emulator;
mod endpoint;
mod input;
mod pages;
mod parse;
mod prepared;
mod reach;
mod refused;
mod schema;
mod section;
mod send;
mod strict;
mod write;
mod xml_error;

pub use account::Client;
pub use ask::{Answers, Ask, Outcome};
pub use bind::{Binding, Named, unselected};
pub use call::{Answer, Call, Failure};
pub use conform::conform;
pub use declared::{Declared, Filled, Unlisted, declared, declared_for_emulator};
pub use emulator::{Emulator, EmulatorError, IN_PROCESS, Keys, Loopback, NotLoopback};
pub use refused::{Refused, Why};
pub(crate) use section::ask;
pub(crate) use send::Failed;

#[cfg(test)]
mod tests;
