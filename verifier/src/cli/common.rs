//! Arguments that several commands take.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

use crate::run::{Options, PracticeStart};
use evidence::client::NotLoopback;

/// The arguments that every command takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    /// The course's folder [default: this folder, its book/, or the nearest parent folder, whichever has a book.toml]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) course: Option<PathBuf>,
    /// Use the practice accounts: as your practice actions left them, with nothing done (=fresh), with everything done
    /// (=done), or those of an emulator that runs on this computer (=http://127.0.0.1:PORT)
    #[arg(
        long,
        global = true,
        value_name = "fresh|done|URL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = TAKEN,
        value_parser = start
    )]
    pub(super) practice: Option<PracticeStart>,
    /// Read one of the course's accounts with this AWS profile, this time only; a role's ARN or `environment` also works
    #[arg(long, global = true, value_name = "NAME=PROFILE", value_parser = pair)]
    pub(super) account: Vec<(String, String)>,
    /// Show account ids, e-mail addresses and phone numbers
    #[arg(long, global = true)]
    pub(super) show_identifiers: bool,
    /// Let the course run its own preprocessors, scripts and theme, and read files outside its folder, with your
    /// permissions
    #[arg(long, global = true)]
    pub(super) trust_course: bool,
    /// Show each call to AWS
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// The practice accounts as practice actions left them.
const TAKEN: &str = "taken";

/// The value of `--practice`.
fn start(text: &str) -> Result<PracticeStart, String> {
    match text {
        TAKEN => Ok(PracticeStart::Taken),
        "fresh" => Ok(PracticeStart::Fresh),
        "done" => Ok(PracticeStart::Done),
        text if text.contains(':') => {
            text.parse().map(PracticeStart::At).map_err(|wrong: NotLoopback| wrong.to_string())
        }
        _ => Err("write --practice, --practice=fresh, --practice=done or --practice=http://127.0.0.1:PORT".to_owned()),
    }
}

impl Common {
    /// The options of a run.
    pub(super) fn options(&self) -> Options {
        Options {
            course: self.course.clone(),
            practice: self.practice.clone(),
            accounts: self.account.clone(),
            show_identifiers: self.show_identifiers,
            trust_course: self.trust_course,
        }
    }
}

/// The output format, one of the command's own.
// clap keeps a default value in a static, which all commands would share here.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Output<F: ValueEnum + Default + Send + Sync + 'static> {
    /// Output format [default: the first]
    #[arg(long, value_enum)]
    format: Option<F>,
}

impl<F: ValueEnum + Default + Send + Sync + 'static> Output<F> {
    /// Whether a format was given.
    pub(super) fn is_given(&self) -> bool {
        self.format.is_some()
    }

    /// The given format, or the default.
    pub(super) fn format(self) -> F {
        self.format.unwrap_or_default()
    }
}

/// The formats of commands that print for people and for programs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TextOrJson {
    #[default]
    Text,
    Json,
}

/// `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("write NAME=PROFILE, as in {}=my-profile", text.trim_matches('='))),
    }
}
