//! A sentence that says exactly what a check establishes.

use course::check::{Body, Check, Proof};
use std::collections::BTreeSet;

use super::about::Accounts;
use super::polarity::Polarity;
use super::stems::Stems;
use super::words;

/// A sentence that says exactly what a check establishes, as it is compared.
#[derive(Debug)]
pub(super) struct Phrase {
    /// Whether it is the check's title, of which the others are other wordings.
    pub(super) is_title: bool,
    /// Its words that are neither verbs of doing nor of undoing.
    pub(super) words: BTreeSet<String>,
    /// Its words that say how many, which one, or whose.
    pub(super) qualifiers: BTreeSet<String>,
    /// The accounts that it names.
    pub(super) accounts: BTreeSet<String>,
    /// Whether it says that something is there or gone.
    pub(super) polarity: Polarity,
}

impl Phrase {
    /// The sentences of a check: its title, what its practice action is called, the title of its only
    /// expectation, and the settings of the console that it has confirmed.
    pub(super) fn of_check(check: &Check, stems: &Stems, accounts: &Accounts) -> Vec<Phrase> {
        let mut texts: Vec<String> = Vec::new();
        texts.extend(check.practice.as_ref().and_then(|practice| practice.title.clone()));
        if let Body::Expect(expectations) = &check.body
            && let [only] = expectations.as_slice()
        {
            texts.push(only.title.clone());
        }
        if let Body::Expect(expectations) = &check.body {
            let confirmed = expectations.iter().filter_map(|expectation| match &expectation.proof {
                Proof::Confirmation { statement, .. } => Some(statement),
                Proof::Evidence { .. } => None,
            });
            texts.extend(confirmed.flat_map(|statement| quoted(&statement.text)));
        }
        let others = texts.iter().map(|text| Phrase::of(text, false, stems, accounts));
        std::iter::once(Phrase::of(&check.title, true, stems, accounts)).chain(others).collect()
    }

    fn of(text: &str, is_title: bool, stems: &Stems, accounts: &Accounts) -> Phrase {
        // The step's own account is in its directive.
        let text = text.replace("{account} account", " ").replace("{account}", " ");
        let mut words = carrying(stems.of_text(&text), stems);
        if accounts.names_one(&text) {
            words.remove("account");
        }
        Phrase {
            is_title,
            words,
            qualifiers: words::forms(&text).into_iter().filter(|word| words::qualifies(word)).collect(),
            accounts: accounts.named_in(&text),
            polarity: Polarity::of(&text, stems),
        }
    }

    /// Whether a statement has all that narrows it: “the same”, “of its own”, “both”, “the general account”.
    pub(super) fn is_narrowed_as(&self, forms: &[String], accounts: &BTreeSet<String>) -> bool {
        self.qualifiers.iter().all(|word| forms.contains(word)) && self.accounts.is_subset(accounts)
    }
}

/// The words of a text that neither do nor undo nor negate: what is done or undone is compared as a whole.
pub(super) fn carrying(stems: impl IntoIterator<Item = String>, by: &Stems) -> BTreeSet<String> {
    let carries = |word: &String| !by.done.contains(word) && !by.undoing.contains(word) && !words::negates(word);
    stems.into_iter().filter(carries).collect()
}

/// What is quoted in a text.
fn quoted(text: &str) -> Vec<String> {
    text.split('“').skip(1).filter_map(|rest| Some(rest.split_once('”')?.0.to_owned())).collect()
}
