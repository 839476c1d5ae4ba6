//! The command line: one file a command.

mod accounts;
mod cohort;
mod completions;
mod confirm;
mod doctor;
mod explain;
mod import;
mod lint;
mod man;
mod mfa;
mod policy;
mod practice;
mod report;
mod schema;
mod selftest;
mod serve;
mod session;
mod status;
mod verify;
mod watch;
mod watcher;

use anyhow::{Context, Result, bail};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use course::fact_source::Day;
use course::terminal::{self, Text};
use std::ffi::OsString;
use std::path::PathBuf;

use crate::report::Form;
pub use crate::report::exit::Exit;
use evidence::time;

/// Verifies the steps of a course in your own AWS accounts, and writes the verdicts into the book.
///
/// Exit status: 0 every required step is done, 1 some step is not yet, 2 something is wrong with the command or the
/// course, 3 nothing is false but something is unknown.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Steps to verify; all of the course without one
    #[arg(value_name = "STEP")]
    steps: Vec<String>,
    /// Build the book with its verdicts afterwards
    #[arg(long)]
    build: bool,
    /// Keep the evidence of this run in a file
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Judge the evidence of a recorded run, without any network; nothing is written
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    replay: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// The course's folder; by default the nearest upwards with a book.toml, or its book/
    #[arg(long, global = true, value_name = "DIR")]
    course: Option<PathBuf>,
    /// Use the practice account: as its actions left it, or `fresh`, or `done`
    #[arg(long, global = true, value_name = "START", num_args = 0..=1, require_equals = true, default_missing_value = "taken")]
    practice: Option<PracticeStart>,
    /// Read one of the course's accounts with an AWS profile, this time; also a role's ARN, or `environment`
    #[arg(long, global = true, value_name = "NAME=PROFILE", value_parser = pair)]
    account: Vec<(String, String)>,
    /// How to print
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show account ids, e-mail addresses and phone numbers
    #[arg(long, global = true)]
    show_identifiers: bool,
    /// Let the course bring preprocessors, scripts and a theme, and read files outside of its folder: all of it runs
    /// with your rights
    #[arg(long, global = true)]
    trust_course: bool,
    /// Show the calls to AWS
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PracticeStart {
    /// As the practice actions left it.
    #[value(hide = true)]
    Taken,
    Fresh,
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    /// JUnit's XML, for build servers.
    Junit,
    /// A table for spreadsheets.
    Csv,
    /// A CloudFormation template, of `verify policy`.
    Cloudformation,
    /// Annotations in a workflow of GitHub's, of `verify lint`.
    Github,
    /// Tables in Markdown, of `verify report`.
    Markdown,
    /// A page, of `verify report`.
    Html,
}

impl Common {
    /// The form that results are printed in.
    fn form(&self) -> Result<Form> {
        Ok(match self.format {
            Format::Text => Form::Text,
            Format::Json => Form::Json,
            Format::Junit => Form::Junit,
            Format::Csv => Form::Csv,
            Format::Cloudformation => bail!("only `verify policy` has --format cloudformation"),
            Format::Github => bail!("only `verify lint` has --format github"),
            Format::Markdown | Format::Html => bail!("only `verify report` has --format markdown and html"),
        })
    }

    /// Makes sure that a command prints what is asked for.
    fn takes(&self, formats: &[Format]) -> Result<()> {
        if formats.contains(&self.format) {
            return Ok(());
        }
        let name = |format: &Format| format.to_possible_value().map(|value| value.get_name().to_owned());
        let names: Vec<String> = formats.iter().filter_map(name).collect();
        bail!("this command has --format {}", names.join(", --format "))
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the book with its verdicts, and its generated chapters
    Build {
        /// Build nothing, and say which generated chapters are out of date
        #[arg(long)]
        check: bool,
    },
    /// What is done, from the results; asks AWS nothing
    Status,
    /// What a step asks for, what was read, and what to do
    Explain {
        /// The step
        step: String,
    },
    /// Confirm a step that evidence cannot prove
    Confirm {
        /// The step
        step: String,
        /// Take it back
        #[arg(long)]
        undo: bool,
    },
    /// Read the book with live widgets: verify each step in the page
    Serve {
        /// The port on 127.0.0.1; without it, one that the system chooses
        #[arg(long, default_value_t = 0, hide_default_value = true)]
        port: u16,
        /// Open the book in your browser
        #[arg(long)]
        open: bool,
    },
    /// Verify again as the accounts change, until every step is done
    Watch {
        /// Steps to watch; all of the course without one
        #[arg(value_name = "STEP")]
        steps: Vec<String>,
    },
    /// Show the course's accounts, or bind them to AWS profiles or roles
    Accounts(accounts::Arguments),
    /// What works between this machine and the accounts, and what to do about the rest
    Doctor,
    /// The IAM policy that allows what this course reads, and nothing else
    Policy {
        /// The course's name for the account; all of them without one
        name: Option<String>,
    },
    /// Do a step in the practice account, or start it afresh
    Practice {
        #[command(subcommand)]
        command: PracticeCommand,
    },
    /// Everything that is wrong with the course, for its author
    ///
    /// Exit status: 0 nothing is wrong, 2 something is, 3 nothing but sources that were reviewed too long ago.
    Lint {
        /// List the sources of checks, too, that nobody has reviewed for more than a year: by today, or by a date
        #[arg(long, value_name = "YYYY-MM-DD", num_args = 0..=1, require_equals = true)]
        stale: Option<Option<Day>>,
    },
    /// Prove on the practice account, and by the course's own cases, that each check tells done from not done
    Selftest {
        /// Checks to prove; all of them without one
        #[arg(value_name = "CHECK")]
        checks: Vec<String>,
    },
    /// Make chapters of a raw lesson: finds its checklists, names their checks, and shows what changes before it asks
    Import(import::Arguments),
    /// A class at a glance: its learners' results in one table, and where most people are stuck
    ///
    /// A learner is called as the file is: what `verify --format json` printed, saved as ada.json, is Ada's. Exit status: 2
    /// if a file was left out, else 0.
    Report {
        /// Results documents, and folders of them
        #[arg(value_name = "FILE|DIR", required = true)]
        paths: Vec<PathBuf>,
    },
    /// Judge the accounts of a whole class, whose members let you assume a role that reads
    ///
    /// Each learner's results go to a file. Whoever has one is not judged again: the same command goes on where an
    /// interrupted one stopped, and removing a file judges that learner anew. No file is written while AWS is busy, fails
    /// or cannot be reached: those learners are told as failed, and tried by the next run.
    ///
    /// Exit status: 0 everybody has done every required step, 1 somebody has not yet, 2 something is wrong with the
    /// command, the roster or the course, 3 somebody failed, or nothing is false but something is unknown.
    Cohort(cohort::Arguments),
    /// The JSON Schema of what verify writes
    Schema {
        /// Which
        #[arg(value_enum)]
        document: schema::Document,
    },
    /// What a shell needs to complete these commands
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// The manual page, of one command or of all: `verify man | man -l -`
    Man {
        /// The command, as in `verify man practice do`; the whole program without one
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
enum PracticeCommand {
    /// Do a step, and those that come before it
    Do {
        /// The step
        step: String,
    },
    /// Undo everything
    Reset,
}

/// `NAME=VALUE`.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("this takes the form NAME=PROFILE".to_owned()),
    }
}

/// Runs the command line, and says what went wrong.
pub fn main() -> Exit {
    terminal::tell_panics();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => run(cli).unwrap_or_else(|error| {
            // Mistakes in a course begin so by themselves.
            let told = Text::causes(&error);
            let lead = if told.as_str().starts_with("error: ") { "" } else { "error: " };
            terminal::notice(Text::new().put(lead).append(&told));
            Exit::Usage
        }),
        Err(error) => misused(&arguments, error),
    }
}

/// Says what clap has to say: help, or what is wrong with the arguments.
fn misused(arguments: &[OsString], error: clap::Error) -> Exit {
    // What it repeats of the arguments, it repeats as it is.
    let escaped = arguments.iter().map(|argument| Text::line(&argument.to_string_lossy()).as_str().to_owned());
    let told = match Cli::try_parse_from(escaped) {
        Err(error) => Text::of_clap(error.render().ansi().to_string()),
        Ok(_) => Text::line(error.render().to_string().trim_end()),
    };
    match error.use_stderr() {
        true => {
            terminal::notice(&told.trimmed());
            Exit::Usage
        }
        // Nobody is left to tell if standard output is gone.
        false => print(&told).map_or(Exit::Usage, |()| Exit::Done),
    }
}

fn run(cli: Cli) -> Result<Exit> {
    let common = &cli.common;
    if cli.command.is_some() && (!cli.steps.is_empty() || cli.build || cli.record.is_some() || cli.replay.is_some()) {
        bail!("--build, --record, --replay and names of steps before a command go with `verify` alone");
    }
    match cli.command {
        None => wait(verify::run(common, &cli.steps, cli.build, cli.record.as_deref(), cli.replay.as_deref())),
        Some(Command::Build { check: true }) => verify::check(common),
        Some(Command::Build { check: false }) => verify::build(common),
        Some(Command::Status) => status::run(common),
        Some(Command::Explain { step }) => explain::run(common, &step),
        Some(Command::Confirm { step, undo }) => wait(confirm::run(common, &step, undo)),
        Some(Command::Serve { port, open }) => wait(serve::run(common, port, open)),
        Some(Command::Watch { steps }) => wait(watch::run(common, &steps)),
        Some(Command::Accounts(arguments)) => wait(accounts::run(common, &arguments)),
        Some(Command::Doctor) => wait(doctor::run(common)),
        Some(Command::Policy { name }) => policy::run(common, name.as_deref()),
        Some(Command::Practice { command: PracticeCommand::Do { step } }) => wait(practice::take(common, &step)),
        Some(Command::Practice { command: PracticeCommand::Reset }) => practice::reset(common),
        Some(Command::Lint { stale }) => lint::run(common, stale),
        Some(Command::Selftest { checks }) => wait(selftest::run(common, &checks)),
        Some(Command::Import(arguments)) => import::run(common, &arguments),
        Some(Command::Report { paths }) => report::run(common, &paths),
        Some(Command::Cohort(arguments)) => wait(cohort::run(common, &arguments)),
        Some(Command::Schema { document }) => schema::run(document),
        Some(Command::Completions { shell }) => completions::run(Cli::command(), shell),
        Some(Command::Man { command }) => man::run(Cli::command(), &command),
    }
}

/// Runs what asks AWS. Only that needs tokio's threads.
fn wait(work: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    // Requests are signed for a moment, and what they give is dated.
    time::clock()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("starting the threads that ask AWS")?.block_on(work)
}

/// Prints.
fn print(text: &Text) -> Result<()> {
    Ok(terminal::print(text)?)
}

/// Says something in one line beside the output.
fn notice(text: &str) {
    terminal::notice(&Text::line(text));
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
