//! The binary that the stock `mdbook` runs. All it does is in the library.

#![warn(clippy::disallowed_methods)]

use mdbook_verify::install::install;
use mdbook_verify::preprocessor::answer;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
mdbook-verify: shows the verdicts of a course's steps in its book

mdBook runs it by itself, once book.toml has [preprocessor.verify].

mdbook-verify install [--check] [DIR]   add what a book needs to book.toml, or say what is missing
mdbook-verify supports RENDERER         whether it works with a renderer (it does, with every one)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("mdbook-verify: {error:#}");
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
            std::io::stdout().write_all(&book)?;
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
            println!("mdbook-verify {}", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        ["--help" | "-h" | "help"] => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => usage(),
    }
}

fn usage() -> anyhow::Result<ExitCode> {
    eprint!("{HELP}");
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
    println!("{heading}");
    for change in &changes {
        println!("  {change}");
    }
    println!("{TRUST}");
    Ok(if check && !changes.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
