//! Distinguishes our widgets from imitations in a course.

use anyhow::{Result, anyhow};

/// A random word that a course cannot know. It is in the names of our widgets until the page is sanitized.
#[derive(Debug, Clone)]
pub struct Seal {
    /// The prefix of the names.
    pub(super) prefix: String,
    /// The name of a widget's element.
    pub(super) element: String,
}

impl Seal {
    /// A new seal.
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

    /// The prefix of the names of our widgets, instead of `verify-`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}
