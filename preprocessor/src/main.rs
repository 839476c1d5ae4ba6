//! The binary that the stock `mdbook` runs. The library does the work.

#![warn(clippy::disallowed_methods)]

use anyhow::Result;
use course::local_time;
use course::terminal::{self, Text};
use mdbook_verify::install::Plan;
use mdbook_verify::protocol::answer;
use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

/// musl's own allocator has one lock for all threads: with it, a released program takes twice as long.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
mdbook-verify: shows the verdicts of a course's steps in its book

mdBook runs this program if book.toml has [preprocessor.verify]. You can run these commands:

mdbook-verify install [DIR]       sets up a book; see `mdbook-verify install --help`
mdbook-verify supports RENDERER   succeeds: every renderer is supported
mdbook-verify --version           shows the version
";

const INSTALL_HELP: &str = "\
mdbook-verify install [--check] [--yes] [--css NAME] [DIR]

Adds to book.toml what a book needs to show its steps, and writes a style sheet next to it. Nothing else is changed, and
your own style sheets are never overwritten.

  DIR           the folder of book.toml (default: the current folder)
  --check       only show what would be changed
  -y, --yes     answer all questions with yes
  --css NAME    the style sheet's name (default: verify.css, or mdbook-verify.css if you have your own verify.css)
  -h, --help    show this help

Exit status: 0 the book is set up, 1 something is missing or was declined, 2 an error occurred
";

/// The exit status of an error.
const CANNOT: u8 = 2;

fn main() -> ExitCode {
    terminal::tell_panics();
    local_time::use_local_zone();
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(|argument| argument.to_str().unwrap_or_default()).collect();
    let (done, failed) = match words.as_slice() {
        [] => (preprocess(), ExitCode::FAILURE),
        ["supports", _renderer] => return ExitCode::SUCCESS,
        ["install", ..] => (install(&arguments[1..]), ExitCode::from(CANNOT)),
        ["--version" | "-V"] => (print(concat!("mdbook-verify ", env!("CARGO_PKG_VERSION"), "\n")), ExitCode::FAILURE),
        ["--help" | "-h" | "help"] => (print(HELP), ExitCode::FAILURE),
        _ => return usage(HELP),
    };
    done.unwrap_or_else(|error| {
        terminal::notice(Text::new().put("mdbook-verify: ").append(&Text::causes(&error)));
        failed
    })
}

fn preprocess() -> Result<ExitCode> {
    let mut input = Vec::new();
    if !io::stdin().is_terminal() {
        io::stdin().read_to_end(&mut input)?;
    }
    if input.is_empty() {
        // A user runs it in a terminal.
        return Ok(usage(HELP));
    }
    terminal::hand_over(&answer(&input)?)?;
    Ok(ExitCode::SUCCESS)
}

fn print(text: &str) -> Result<ExitCode> {
    terminal::print(&Text::block(text))?;
    Ok(ExitCode::SUCCESS)
}

fn usage(help: &str) -> ExitCode {
    terminal::notice(&Text::block(help.trim_end()));
    ExitCode::from(CANNOT)
}

/// The options of `install`.
#[derive(Default)]
struct Options {
    help: bool,
    check: bool,
    yes: bool,
    css: Option<String>,
    folder: Option<PathBuf>,
}

impl Options {
    /// # Errors
    /// What is wrong with the arguments.
    fn parse(arguments: &[OsString]) -> Result<Options, String> {
        let mut options = Options::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--help" | "-h") => options.help = true,
                Some("--check") => options.check = true,
                Some("--yes" | "-y") => options.yes = true,
                Some("--css") => {
                    let name = arguments.next().and_then(|name| name.to_str());
                    options.css = Some(name.ok_or("--css requires a name")?.to_owned());
                }
                Some(option) if option.starts_with('-') => match option.strip_prefix("--css=") {
                    Some(name) => options.css = Some(name.to_owned()),
                    None => return Err(format!("there is no option {option}")),
                },
                _ if options.folder.is_some() => return Err("only one folder can be named".to_owned()),
                _ => options.folder = Some(PathBuf::from(argument)),
            }
        }
        Ok(options)
    }
}

/// A warning for users of the stock `mdbook`.
const TRUST: &str = "\
mdbook trusts every book: it runs the programs in book.toml, and the pages run the book's scripts.
For a course that you don't trust, use `verify build` and `verify serve`.";

fn install(arguments: &[OsString]) -> Result<ExitCode> {
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(wrong) => return Ok(usage(&format!("mdbook-verify: {}\n\n{INSTALL_HELP}", terminal::line(&wrong)))),
    };
    if options.help {
        return print(INSTALL_HELP);
    }
    let folder = options.folder.unwrap_or_else(|| PathBuf::from("."));
    let plan = Plan::of(&folder, options.css.as_deref())?;
    if plan.changes.is_empty() {
        return say("The book is set up.", &[], &[TRUST], true);
    }
    if options.check {
        let mut below: Vec<&str> = plan.questions.iter().map(String::as_str).collect();
        if !below.is_empty() {
            below.insert(0, "It asks before it makes these changes:");
        }
        below.push(TRUST);
        return say("Missing or out of date. `mdbook-verify install` would change:", &plan.changes, &below, false);
    }
    for question in plan.questions.iter().filter(|_| !options.yes) {
        if !agreed(question)? {
            return Ok(ExitCode::FAILURE);
        }
    }
    plan.carry_out()?;
    say("Changed:", &plan.changes, &[TRUST], true)
}

/// Prints the changes that were or would be made.
fn say(heading: &str, changes: &[String], below: &[&str], done: bool) -> Result<ExitCode> {
    let mut text = Text::block(heading);
    for change in changes {
        text.put("\n  ").put(&terminal::line(change));
    }
    for line in below {
        text.put("\n").put(line);
    }
    terminal::print(text.put("\n"))?;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Asks in the terminal. Without a terminal, the answer is no.
fn agreed(question: &str) -> Result<bool> {
    let question = terminal::line(question);
    if !io::stdin().is_terminal() {
        let message = "nothing was changed. To agree, run `mdbook-verify install --yes`.";
        terminal::notice(&Text::block(&format!("mdbook-verify: {question}\nmdbook-verify: {message}")));
        return Ok(false);
    }
    terminal::ask(&Text::line(&format!("{question} Continue? [y/N] ")));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let yes = ["y", "yes"].iter().any(|yes| answer.trim().eq_ignore_ascii_case(yes));
    if !yes {
        terminal::notice(&Text::line("Nothing was changed."));
    }
    Ok(yes)
}
