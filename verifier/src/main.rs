//! The binary `verify`. All it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    verify::cli::main().into()
}
