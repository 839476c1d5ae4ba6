//! `verify completions SHELL`: generated from the definition of the command line.

use anyhow::Result;
use clap::Command;
use clap_complete::Shell;
use course::terminal::Text;

use super::Exit;
use super::terminal::print;

pub(super) fn run(mut command: Command, shell: Shell) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "verify", &mut script);
    print(&Text::block(&String::from_utf8(script)?))?;
    Ok(Exit::Done)
}
