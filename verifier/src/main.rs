//! The `verify` program. All of its code is in the library.

#![warn(clippy::disallowed_methods)]

use std::process::ExitCode;

/// musl's own allocator has one lock for all threads: with it, a released program takes twice as long.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    verify::cli::main().into()
}
