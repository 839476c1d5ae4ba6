//! The arguments of the command line.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use course::fact_source::Day;
use std::path::PathBuf;

use super::common::{Common, Output, TextOrJson};
use super::{accounts, cohort, confirm, copy, import, lint, policy, rename, report, schema, set};
use crate::report::Form;

/// Verify the steps of a course in your own AWS accounts, and show the verdicts in the book.
///
/// Exit status: 0: every required step is done. 1: a step is not done yet. 2: the command or the course has an error.
/// 3: nothing failed, but a step could not be determined. 130: interrupted with Ctrl-C.
#[derive(Debug, Parser)]
#[command(version)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// Steps to verify [default: all steps of the course]
    #[arg(value_name = "STEP")]
    pub(super) steps: Vec<String>,
    /// Build the book afterwards, with the new verdicts
    #[arg(long)]
    pub(super) build: bool,
    /// Save what was read in a file, with identifiers pseudonymised
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
    /// Judge a saved run instead of your accounts, offline; results are not changed
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    pub(super) replay: Option<PathBuf>,
    #[command(flatten)]
    pub(super) output: Output<Form>,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Cli {
    /// An error if options of `verify` itself are given before another command, which does not take them.
    pub(super) fn conflict(&self) -> Option<clap::Error> {
        let own = !self.steps.is_empty()
            || self.build
            || self.record.is_some()
            || self.replay.is_some()
            || self.output.is_given();
        (self.command.is_some() && own).then(|| {
            let message = "steps, --build, --record, --replay and --format before a command belong to `verify` itself: put \
                           the options of a command after its name";
            Cli::command().error(ErrorKind::ArgumentConflict, message)
        })
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Build the book with the current verdicts and the generated chapters
    Build {
        /// Only check whether the generated chapters are up to date
        #[arg(long)]
        check: bool,
    },
    /// Show what is done, from the saved results, without calling AWS
    Status {
        #[command(flatten)]
        output: Output<Form>,
    },
    /// Explain a step: what it checks, what was read, and what to do next
    Explain {
        /// The step
        step: String,
        #[command(flatten)]
        output: Output<TextOrJson>,
    },
    /// Confirm a step that no API can check
    Confirm(confirm::Arguments),
    /// Give the inputs of the course, such as the name of your bucket, or show them
    Set(set::Arguments),
    /// Show what the course had you make that is still there, and what it costs
    ///
    /// Exit status: 0: nothing is left. 1: something is there. 2: the command or the course has an error. 3: something
    /// may still be there.
    Leftovers {
        #[command(flatten)]
        output: Output<TextOrJson>,
    },
    /// Serve the live book: verify each step in the page
    Serve {
        /// Port on 127.0.0.1 [default: a free one]
        #[arg(long, default_value_t = 0, hide_default_value = true)]
        port: u16,
        /// Open the book in your browser
        #[arg(long)]
        open: bool,
    },
    /// Copy the course in this program to a new folder: its lessons and its checks
    Copy {
        /// The new folder
        #[arg(value_name = "DIR", default_value = copy::COPY)]
        folder: PathBuf,
    },
    /// Verify again and again as your accounts change, until every step is done
    Watch {
        /// Steps to watch [default: all steps of the course]
        #[arg(value_name = "STEP")]
        steps: Vec<String>,
        #[command(flatten)]
        output: Output<Form>,
    },
    /// Show the course's accounts, or bind them to AWS profiles or roles
    Accounts(accounts::Arguments),
    /// Check credentials, permissions, clock and endpoints, and say what to fix
    Doctor {
        #[command(flatten)]
        output: Output<TextOrJson>,
    },
    /// Print the IAM policy that allows what this course reads, and nothing else
    Policy {
        /// The course's name for the account [default: all accounts]
        name: Option<String>,
        #[command(flatten)]
        output: Output<policy::Format>,
    },
    /// Do steps in the practice accounts, undo them, or reset the accounts
    Practice {
        #[command(subcommand)]
        command: PracticeCommand,
    },
    /// For authors: start a course, with a lesson, and with checks for the account, root, costs and passwords
    New {
        /// The new folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// For authors: find everything that is wrong with the course
    ///
    /// Exit status: 0: nothing is wrong. 2: something is. 3: nothing is wrong, but a source needs to be reviewed again.
    Lint {
        /// Also list the checks' sources that were last reviewed more than a year ago, today or on a date
        #[arg(long, value_name = "YYYY-MM-DD", num_args = 0..=1, require_equals = true)]
        stale: Option<Option<Day>>,
        #[command(flatten)]
        output: Output<lint::Format>,
    },
    /// For authors: prove, on practice accounts and the course's own cases, that each check distinguishes done from not done
    Selftest {
        /// Checks to prove [default: all checks]
        #[arg(value_name = "CHECK")]
        checks: Vec<String>,
        #[command(flatten)]
        output: Output<TextOrJson>,
    },
    /// For authors: turn lessons into chapters with steps; shows the proposals and asks before writing
    Import(import::Arguments),
    /// For authors: rename a check or an account; verdicts, confirmations and bindings are kept
    Rename {
        #[command(subcommand)]
        renamed: rename::Renamed,
    },
    /// For instructors: show a class's results in one table, and where most learners are stuck
    ///
    /// Each file is one learner's output of `verify --format json`, named after the learner: ada.json is Ada's.
    ///
    /// Exit status: 0: every file was read. 2: a file was left out.
    Report {
        /// Results files, or folders of them
        #[arg(value_name = "FILE|DIR", required = true)]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        output: Output<report::Format>,
    },
    /// For instructors: verify a whole class, through a read-only role in each learner's accounts
    ///
    /// Each learner's results are written to a file, and a learner who has a file is skipped: to continue an interrupted
    /// run, run the same command again. To verify a learner again, delete the file. A learner whose accounts could not be
    /// read because AWS was busy, failed or was unreachable gets no file, and is tried again by the next run.
    ///
    /// Exit status: 0: every learner has done every required step. 1: a learner has not done a step yet. 2: the command,
    /// the roster or the course has an error. 3: a learner failed, or a step could not be determined.
    Cohort(cohort::Arguments),
    /// Print the JSON Schema of a file of a course or of a document that verify writes, or the AWS operations that checks may
    /// read
    Schema {
        #[command(subcommand)]
        document: schema::Document,
    },
    /// Print a completion script for your shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page of the program or of one command: `verify man | man -l -`
    Man {
        /// The command, as in `verify man practice do` [default: the program]
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum PracticeCommand {
    /// Do a step, and the steps that must come before it, and verify each
    ///
    /// Exit status: 0: it is done, whatever the verdict. 2: it could not be done, or the command or the course has an error.
    Do {
        /// The step
        step: String,
        #[command(flatten)]
        output: Output<TextOrJson>,
    },
    /// Undo a step, and the steps that need it, with their verdicts and confirmations
    Undo {
        /// The step
        step: String,
    },
    /// Undo everything that was done in the practice accounts, with all verdicts and confirmations
    Reset,
}
