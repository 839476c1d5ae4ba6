//! `verify man [COMMAND]`: a manual page, generated from the definition of the command line.

use anyhow::{Context, Result};
use clap::Command;
use clap_mangen::Man;
use course::terminal::Text;

use super::Exit;
use super::terminal::print;

pub(super) fn run(mut program: Command, names: &[String]) -> Result<Exit> {
    // Each page includes the options that every command takes.
    program.build();
    let mut command = &program;
    for name in names {
        command = command.find_subcommand(name).with_context(|| unknown(command, name))?;
    }
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    print(&Text::block(&String::from_utf8(page)?))?;
    Ok(Exit::Done)
}

/// The message for a command that does not exist.
fn unknown(above: &Command, name: &str) -> String {
    let names: Vec<&str> = above.get_subcommands().map(Command::get_name).collect();
    let above = above.get_bin_name().unwrap_or(above.get_name());
    match names.is_empty() {
        true => format!("there is no command `{above} {name}`: `{above}` has no commands"),
        false => format!("there is no command `{above} {name}`; there are {}", names.join(", ")),
    }
}
