//! The `verify` program. All of its code is in the library.

#![warn(clippy::disallowed_methods)]

use std::process::ExitCode;

fn main() -> ExitCode {
    verify::cli::main().into()
}
