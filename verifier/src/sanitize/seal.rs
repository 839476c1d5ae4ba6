//! What tells our widgets from what a course makes look like them.

use anyhow::{Result, anyhow};

/// A word that a course cannot know. Our widgets' names have it in them until they have passed.
#[derive(Debug, Clone)]
pub struct Seal {
    /// How the names begin.
    pub(super) prefix: String,
    /// What the element of a widget is called.
    pub(super) element: String,
}

impl Seal {
    /// A fresh one.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn new() -> Result<Seal> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random bytes for a seal: {error}"))?;
        let word: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let prefix = format!("verify-{word}-");
        Ok(Seal { element: format!("{prefix}step"), prefix })
    }

    /// How the names of our widgets begin, instead of with `verify-`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}
