//! What is proposed for a statement.

use super::stated::Stated;
use super::sure;
use super::vocabulary::Vocabulary;
use super::words;

/// The most candidates.
const CANDIDATES: usize = 3;

/// The checks that a statement may be about.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The candidates, the best first, each with how well it fits, from 0 to 1.
    pub candidates: Vec<(String, f64)>,
    /// The check that is meant, if a mistake is next to impossible.
    pub sure: Option<String>,
    /// The account that it is about, if that is not the check's own.
    pub account: Option<String>,
    /// Whether the statement says that it is optional.
    pub optional: bool,
}

impl Proposal {
    /// The directive's arguments.
    pub fn args(&self) -> String {
        match &self.sure {
            Some(check) => {
                let account = self.account.as_ref().map_or(String::new(), |account| format!(" account={account}"));
                format!("{check}{account}{}", if self.optional { " optional" } else { "" })
            }
            None => {
                let names: Vec<&str> = self.candidates.iter().map(|(check, _)| check.as_str()).collect();
                format!("? {}", names.join(" ")).trim_end().to_owned()
            }
        }
    }

    /// The proposal without a check that it is sure of.
    pub(super) fn unsure(self) -> Proposal {
        Proposal { sure: None, account: None, ..self }
    }
}

impl Vocabulary {
    /// The checks that a statement may be about.
    pub fn propose(&self, stated: &Stated<'_>) -> Proposal {
        let (optional, text) = words::optional(stated.text);
        let (sure, account) = match sure::meant(self, &Stated { text, ..*stated }) {
            Some((check, account)) => (Some(check), account),
            None => (None, None),
        };
        let mut candidates = self.candidates(text);
        // A heading such as “The basin” says less than its section.
        if candidates.is_empty() {
            candidates = self.candidates(stated.region);
        }
        if let Some(check) = &sure {
            candidates.retain(|(name, _)| name != check);
            candidates.insert(0, (check.clone(), 1.0));
        }
        candidates.truncate(CANDIDATES);
        Proposal { candidates, sure, account, optional }
    }
}
