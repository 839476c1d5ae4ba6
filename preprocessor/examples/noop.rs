//! A preprocessor that parses the book and writes it back: what `tests/bench` compares ours with.

#![allow(clippy::disallowed_methods, reason = "a measurement tells what it measured")]

use mdbook_preprocessor::parse_input;
use std::io::{Read, Write};

fn main() -> anyhow::Result<()> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let (_, book) = parse_input(input.as_slice())?;
    std::io::stdout().write_all(&serde_json::to_vec(&book)?)?;
    Ok(())
}
