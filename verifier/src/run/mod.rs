//! A run: steps in, results and events out. Every command, the live book, a class and the self-test judge through here.
//!
//! ```text
//!  Options ─► Session ─► select ─► connect ─► read ─► judge ─► results_update ─► Store
//!             course,    steps     whose      AWS's   pure     what stays of
//!             checks               credentials answers         earlier runs
//! ```
//!
//! | where | what |
//! |---|---|
//! | [`session`] | the course, its checks compiled, and the store that fits |
//! | [`select`] | the steps and accounts that somebody named |
//! | [`connect`] | which credentials read an account |
//! | `read`, `enough` | the evidence that steps rest on, and when there is enough of it |
//! | [`judge`], [`results_update`] | what it comes to, and what of it is kept |
//! | [`verify`], [`confirm`], [`practice_step`], [`accounts`] | what learners ask for |
//! | [`watcher`], [`schedule`] | looking again |
//! | [`event`] | what is heard of a run while it goes on |
//! | [`error`] | why there is no result |

pub mod accounts;
pub mod confirm;
pub mod connect;
mod enough;
pub mod error;
pub mod event;
pub mod judge;
pub mod practice_step;
mod read;
pub mod results_update;
pub mod schedule;
pub mod select;
pub mod session;
pub mod verify;
pub mod watcher;

pub use error::Error;
pub use event::{Event, Listener};
pub use judge::Judge;
pub use session::{Options, PracticeStart, Session};
