//! The commands about a step, and which of them comes next.

use std::fmt;

use crate::course::Step;

/// What to do next, with the commands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// What to do, with a colon at the end.
    pub text: &'static str,
    /// The commands.
    pub commands: Vec<String>,
}

/// Commands for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// Verifies the step.
    pub verify: String,
    /// Explains the step.
    pub explain: String,
    /// Confirms the step's statements.
    pub confirm: String,
    /// Undoes the confirmation.
    pub undo: String,
}

impl Next {
    pub(super) fn new(text: &'static str, commands: Vec<String>) -> Next {
        Next { text, commands }
    }
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.text, self.commands.join(", "))
    }
}

impl Commands {
    /// The command that gives an input. The value is the learner's.
    pub(super) fn set(input: &str, practice: bool) -> String {
        format!("verify {}set {input}=VALUE", if practice { "--practice " } else { "" })
    }

    /// The command that shows the last results.
    pub fn status(practice: bool) -> &'static str {
        if practice { "verify --practice status" } else { "verify status" }
    }

    /// The commands about a step.
    pub fn new(step: &Step, practice: bool) -> Commands {
        let command = |verb: &str| format!("verify {}{verb}{}", if practice { "--practice " } else { "" }, step.id);
        Commands {
            verify: command(""),
            explain: command("explain "),
            confirm: command("confirm "),
            undo: command("confirm --undo "),
        }
    }
}
