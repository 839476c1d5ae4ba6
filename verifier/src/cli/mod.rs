//! The command line, with one file for each command. [`crate::run`] does the work.

mod accounts;
mod arguments;
mod build;
mod cohort;
mod common;
mod completions;
mod confirm;
mod copy;
mod doctor;
mod exit;
mod explain;
mod import;
mod leftovers;
mod lint;
mod man;
mod meant;
mod new;
mod policy;
mod practice;
mod rename;
mod report;
mod schema;
mod selftest;
mod serve;
mod set;
mod status;
mod terminal;
mod verify;
mod watch;

use anyhow::{Context, Result};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use course::diagnostic::Diagnostics;
use course::local_time;
use course::terminal::{self as term, Text};
use std::ffi::OsString;
use tokio::runtime::Runtime;

use crate::book::NoCourse;
use crate::run::{self, PracticeStart};
use arguments::{Cli, Command, PracticeCommand};
use copy::COPY;
use evidence::time;
pub use exit::Exit;

/// Runs the command line, and prints errors.
pub fn main() -> Exit {
    term::tell_panics();
    local_time::use_local_zone();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match Cli::try_parse_from(&arguments) {
        Ok(cli) if let Some(conflict) = cli.conflict() => {
            term::notice(&Text::of_clap(conflict.render().ansi().to_string()).trimmed());
            Exit::Usage
        }
        Ok(cli) => {
            let elsewhere = elsewhere(&cli);
            let exit = run(cli).unwrap_or_else(|error| {
                term::tell(&described(&error));
                Exit::of_error(&error)
            });
            elsewhere.filter(|_| matches!(exit, Exit::NotYet | Exit::Unknown)).iter().for_each(term::notice);
            exit
        }
        Err(error) => misused(&arguments, error),
    }
}

/// What is said after the commands that a report shows, if the practice accounts are those of another emulator.
fn elsewhere(cli: &Cli) -> Option<Text> {
    let shows_commands = match &cli.command {
        None => !cli.output.is_given(),
        Some(Command::Practice { command: PracticeCommand::Do { output, .. } } | Command::Leftovers { output }) => {
            !output.is_given()
        }
        Some(Command::Confirm(_)) => true,
        _ => false,
    };
    let Some(PracticeStart::At(address)) = cli.common.practice.as_ref().filter(|_| shows_commands) else { return None };
    Some(Text::line(&format!(
        "These practice accounts are in the emulator at {address}. Write --practice={address} in other commands, too: \
         --practice alone is about the accounts inside verify."
    )))
}

/// An error: what went wrong, and what to do.
fn described(error: &anyhow::Error) -> Text {
    if let Some(run::Error::NothingBound { accounts }) = error.downcast_ref() {
        return Text::block(&format!(
            "error: no AWS account is bound to this course yet\n\
             \n  {}\n      binds your own accounts, each to an AWS profile (`aws login --profile NAME` creates one)\
             \n  verify --practice\n      verifies the course in practice accounts, without AWS",
            term::line(&run::error::bind(accounts))
        ));
    }
    if let Some(none @ NoCourse { nearby }) = error.downcast_ref() {
        let nearby = nearby.iter().map(|folder| {
            let folder = term::line(&folder.display().to_string());
            format!("\n  --course {folder}\n      uses the course in that folder")
        });
        return Text::block(&format!(
            "error: {none}\n{}\
             \n  verify copy {COPY}\n      copies the course in this program, with its checks\
             \n  verify new DIR\n      starts a course of your own",
            nearby.collect::<String>()
        ));
    }
    // Mistakes in a course have their own form, with their places.
    let lead = if error.is::<Diagnostics>() { "" } else { "error: " };
    Text::new().put(lead).append(&Text::causes(error)).clone()
}

/// Prints clap's help, or its error about the arguments.
fn misused(arguments: &[OsString], error: clap::Error) -> Exit {
    // clap repeats arguments unchanged, so they are escaped first.
    let escaped = arguments.iter().map(|argument| Text::line(&argument.to_string_lossy()).as_str().to_owned());
    let text = match Cli::try_parse_from(escaped) {
        Err(error) if is_without_step(&error) => without_step(&error),
        Err(error) => Text::of_clap(error.render().ansi().to_string()),
        Ok(_) => Text::line(error.render().to_string().trim_end()),
    };
    match error.use_stderr() {
        true => {
            term::notice(&text.trimmed());
            Exit::Usage
        }
        // If standard output is closed, the message cannot be printed.
        false => terminal::print(&text).map_or(Exit::Usage, |()| Exit::Done),
    }
}

/// Whether a command lacks its step.
fn is_without_step(error: &clap::Error) -> bool {
    let missing = error.get(ContextKind::InvalidArg);
    error.kind() == ErrorKind::MissingRequiredArgument
        && matches!(missing, Some(ContextValue::Strings(names)) if names.iter().any(|name| name == "<STEP>"))
}

fn without_step(error: &clap::Error) -> Text {
    let usage = error.get(ContextKind::Usage).map(|usage| usage.to_string()).unwrap_or_default();
    let command = usage.split_once("Usage:").map_or("", |(_, usage)| usage).trim().replace("<STEP>", "STEP");
    Text::line(&format!("error: the step is missing: write {command}; `verify status` lists the steps"))
}

fn run(cli: Cli) -> Result<Exit> {
    let common = &cli.common;
    match cli.command {
        None => {
            let asked = verify::Asked {
                steps: &cli.steps,
                build: cli.build,
                record: cli.record.as_deref(),
                replay: cli.replay.as_deref(),
                format: cli.output.format(),
            };
            read(verify::run(common, &asked)).map_err(meant::explained)
        }
        Some(Command::Build { check: true }) => build::check(common),
        Some(Command::Build { check: false }) => build::run(common),
        Some(Command::Status { output }) => status::run(common, output.format()),
        Some(Command::Explain { step, output }) => explain::run(common, &step, output.format()),
        Some(Command::Confirm(arguments)) => read(confirm::run(common, &arguments)),
        Some(Command::Set(arguments)) => set::run(common, &arguments),
        Some(Command::Leftovers { output }) => read(leftovers::run(common, output)),
        // Its tasks end before it does: they may hold folders that are deleted with them.
        Some(Command::Serve { port, open }) => runtime()?.block_on(serve::run(common, port, open)),
        Some(Command::Watch { steps, output }) => wait(watch::run(common, &steps, output.format())),
        Some(Command::Accounts(arguments)) => read(accounts::run(common, &arguments)),
        Some(Command::Doctor { output }) => read(doctor::run(common, output.format())),
        Some(Command::Policy { name, output }) => policy::run(common, name.as_deref(), output.format()),
        Some(Command::Practice { command: PracticeCommand::Do { step, output } }) => {
            wait(practice::take(common, &step, output.format()))
        }
        Some(Command::Practice { command: PracticeCommand::Undo { step } }) => wait(practice::undo(common, &step)),
        Some(Command::Practice { command: PracticeCommand::Reset }) => practice::reset(common),
        Some(Command::Lint { stale, output }) => lint::run(common, stale, output.format()),
        Some(Command::Selftest { checks, output }) => wait(selftest::run(common, &checks, output.format())),
        Some(Command::Copy { folder }) => copy::run(&folder),
        Some(Command::New { folder }) => new::run(&folder),
        Some(Command::Rename { renamed }) => rename::run(common, &renamed),
        Some(Command::Import(arguments)) => import::run(common, &arguments),
        Some(Command::Report { paths, output }) => report::run(common, &paths, output.format()),
        Some(Command::Cohort(arguments)) => wait(cohort::run(common, &arguments)),
        Some(Command::Schema { document }) => schema::run(&document),
        Some(Command::Completions { shell }) => completions::run(Cli::command(), shell),
        Some(Command::Man { command }) => man::run(Cli::command(), &command),
    }
}

/// Runs a command that reads accounts and then writes what it found, until it has ended or the learner presses Ctrl-C.
fn read(work: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    wait(async {
        tokio::select! {
            // In this order: Ctrl-C is listened for before the first call is sent.
            biased;
            _ = tokio::signal::ctrl_c() => {
                term::clear_line();
                Err(run::Error::Interrupted.into())
            }
            exit = work => exit,
        }
    })
}

/// Runs a command that calls AWS. Only these need tokio's threads.
fn wait(work: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    let runtime = runtime()?;
    let exit = runtime.block_on(work);
    // To close a hundred connections takes a while. The system does it at once.
    runtime.shutdown_background();
    exit
}

fn runtime() -> Result<Runtime> {
    // Signatures of requests are valid for a short time, and evidence is dated.
    time::clock()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("starting the threads that call AWS")
}

#[cfg(test)]
mod tests {
    use super::arguments::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
