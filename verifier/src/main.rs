//! The binary `verify`. All it does is in the library.

#![warn(clippy::disallowed_methods)]

use std::process::ExitCode;
use verify::cli::{self, Exit};

fn main() -> ExitCode {
    match cli::run() {
        Ok(exit) => exit.into(),
        Err(error) => {
            let words = format!("{error:#}");
            let lead = if words.starts_with("error: ") { "" } else { "error: " };
            eprintln!("{lead}{words}");
            Exit::Usage.into()
        }
    }
}
