//! The binary that the stock `mdbook` runs. All it does is in the library.

#![warn(clippy::disallowed_methods)]

use mdbook_verify::install::install;
use mdbook_verify::preprocessor::answer;
use mdbook_verify::terminal::{self, Text};
use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
mdbook-verify: shows the verdicts of a course's steps in its book

mdBook runs it by itself, once book.toml has [preprocessor.verify].

mdbook-verify install [--check] [DIR]   add what a book needs to book.toml, or say what is missing
mdbook-verify supports RENDERER         whether it works with a renderer (it does, with every one)
";

fn main() -> ExitCode {
    terminal::tell_panics();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            terminal::notice(Text::new().put("mdbook-verify: ").append(&Text::causes(&error)));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> anyhow::Result<ExitCode> {
    match arguments {
        [] => {
            let mut input = Vec::new();
            std::io::stdin().read_to_end(&mut input)?;
            let book = answer(&input)?;
            terminal::hand_over(&book)?;
            Ok(ExitCode::SUCCESS)
        }
        ["supports", _renderer] => Ok(ExitCode::SUCCESS),
        ["install", rest @ ..] => {
            let check = rest.contains(&"--check");
            match rest.iter().filter(|argument| **argument != "--check").collect::<Vec<_>>().as_slice() {
                [] => installed(Path::new("."), check),
                [dir] if !dir.starts_with('-') => installed(Path::new(dir), check),
                _ => usage(),
            }
        }
        ["--version" | "-V"] => {
            terminal::print(&Text::block(concat!("mdbook-verify ", env!("CARGO_PKG_VERSION"), "\n")))?;
            Ok(ExitCode::SUCCESS)
        }
        ["--help" | "-h" | "help"] => {
            terminal::print(&Text::block(HELP))?;
            Ok(ExitCode::SUCCESS)
        }
        _ => usage(),
    }
}

fn usage() -> anyhow::Result<ExitCode> {
    terminal::notice(&Text::block(HELP.trim_end()));
    Ok(ExitCode::from(2))
}

/// What nobody may overlook who goes on with the stock `mdbook`.
const TRUST: &str = "\
mdbook trusts every book: it runs the programs that book.toml names, and the pages run the scripts that the book brings.
For a course that you don't trust, use `verify build` and `verify serve`.";

fn installed(root: &Path, check: bool) -> anyhow::Result<ExitCode> {
    let changes = install(root, !check)?;
    let heading = match (changes.is_empty(), check) {
        (true, _) => "The book has all that it needs.",
        (false, true) => "Missing or out of date; `mdbook-verify install` adds:",
        (false, false) => "Added:",
    };
    let mut text = Text::block(heading);
    for change in &changes {
        write!(text, "\n  {}", terminal::line(&change.to_string()))?;
    }
    terminal::print(text.put("\n").put(TRUST).put("\n"))?;
    Ok(if check && !changes.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
