//! Runs: steps in, results and events out. Every command, the live book, a class and the self-test judge steps with
//! this module.
//!
//! ```text
//!  Options ─► Session ─► select ─► connect ─► read ─► judge ─► results_update ─► Store
//!             course,    steps     whose      AWS's   pure     what is kept
//!             checks               credentials responses       of earlier runs
//! ```
//!
//! | module | contents |
//! |---|---|
//! | [`options`] | what every run is told |
//! | [`session`] | the course, its compiled checks, and the store for its results |
//! | [`select`] | steps and accounts by name |
//! | [`credentials`], [`connect`] | the credentials that read an account |
//! | `read`, `enough` | the evidence for steps, and when there is enough of it |
//! | [`judge`], [`results_update`] | the verdicts, and how they are saved |
//! | [`verify`], [`confirm`], [`practice_step`], [`accounts`], [`given`], [`leftovers`] | what learners can do |
//! | [`watcher`], [`schedule`] | verifying again as the accounts change |
//! | [`event`] | the events of a run |
//! | [`error`] | why a run has no result |

pub mod accounts;
pub(crate) mod asking;
pub mod confirm;
pub mod connect;
pub mod credentials;
mod enough;
pub mod error;
pub mod event;
pub mod given;
pub mod judge;
pub mod leftovers;
pub mod options;
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
pub use options::{Options, PracticeStart};
pub use session::Session;
