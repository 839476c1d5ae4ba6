//! The stems of words, by which they are compared.

use course::Course;
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::BTreeSet;

use super::words;

/// How words are compared.
pub(super) struct Stems {
    stemmer: Stemmer,
    empty: BTreeSet<String>,
    pub(super) done: BTreeSet<String>,
    pub(super) undoing: BTreeSet<String>,
}

impl Stems {
    pub(super) fn of(course: &Course) -> Stems {
        let stemmer = Stemmer::create(Algorithm::English);
        let stems = |list: &str| list.split_whitespace().map(|word| stemmer.stem(word).into_owned()).collect();
        let mut empty: BTreeSet<String> = stems(words::EMPTY);
        // The account is in the directive, not in the check.
        empty.extend(course.accounts.keys().map(|name| stemmer.stem(name).into_owned()));
        let (done, undoing) = (stems(words::DONE), stems(words::UNDOING));
        Stems { stemmer, empty, done, undoing }
    }

    /// A word's stem.
    pub(super) fn of_word(&self, word: &str) -> String {
        self.stemmer.stem(word).into_owned()
    }

    /// The stems of a text's words that carry meaning.
    pub(super) fn of_text(&self, text: &str) -> Vec<String> {
        let lower = words::one_spelling(text);
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(|word| self.of_word(words::one_word(word))).filter(|stem| !self.empty.contains(stem)).collect()
    }
}
