//! What was probably meant by a word after `verify` that is neither a command nor a step.

use clap::CommandFactory;
use course::diagnostic::misspelt;

use super::arguments::Cli;
use crate::run;

/// The same error, with what was meant if the name of a step is nearly that of a command or the value of an option.
pub(super) fn explained(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(run::Error::UnknownStep { name, .. }) => match instead(name) {
            Some(written) => {
                let hint = format!(": did you mean `{written}`?");
                run::Error::UnknownStep { name: name.clone(), hint }.into()
            }
            None => error,
        },
        _ => error,
    }
}

/// The command that a word means.
fn instead(word: &str) -> Option<String> {
    if ["fresh", "done"].contains(&word) || word.starts_with("http://") {
        return Some(format!("--practice={word}"));
    }
    let cli = Cli::command();
    let commands: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    misspelt(word, commands.into_iter()).map(|command| format!("verify {command}"))
}

#[cfg(test)]
mod tests {
    use super::instead;

    #[test]
    fn a_misspelt_command_is_recognized() {
        for (word, wanted) in [
            ("statsu", Some("verify status")),
            ("Lint", Some("verify lint")),
            ("explian", Some("verify explain")),
            ("fresh", Some("--practice=fresh")),
            ("cost-budget", None),
            ("vpc", None),
        ] {
            assert_eq!(instead(word).as_deref(), wanted, "{word}");
        }
    }
}
