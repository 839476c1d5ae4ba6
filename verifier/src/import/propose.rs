//! Proposes checks for an outcome by its words.
//!
//! The words of a check are those of its name, its title, and the titles of its expectations. A word counts more if
//! fewer checks have it. [`sure`](super::sure) says when the best of them is the one that is meant.

use course::Course;
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet};

use super::about::Accounts;
use super::known::Known;
use super::step;
use super::sure;
use super::words;

/// How well a candidate must fit.
const LIKELY: f64 = 0.3;
/// The most candidates.
const CANDIDATES: usize = 3;
/// The factor for words of doing, which many steps have: done, set, made, turned on.
const DOING: f64 = 0.3;

/// What a lesson states, and what stands around it.
#[derive(Debug, Clone, Copy)]
pub struct Stated<'s> {
    /// The statement.
    pub text: &'s str,
    /// All that belongs to it: the statement, its explanation and its settings.
    pub region: &'s str,
    /// The headings above it, the outermost first.
    pub above: &'s [&'s str],
    /// The whole lesson.
    pub around: &'s Surroundings,
}

/// What of a lesson decides about all of its statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether its language is the one of the checks.
    pub(super) is_compared: bool,
    /// Its text in lower case.
    pub(super) lower: String,
    /// Its sentences about accounts.
    pub(super) about_accounts: Vec<String>,
}

impl Surroundings {
    /// What a lesson says around its statements.
    pub fn of(lesson: &str) -> Surroundings {
        let sentences = lesson.split(['\n', '.', '!', '?']).filter(|sentence| sentence.contains("ccount"));
        let distinct: BTreeSet<String> = sentences.map(str::to_owned).collect();
        Surroundings {
            is_compared: step::is_compared(lesson),
            lower: lesson.to_lowercase(),
            about_accounts: distinct.into_iter().collect(),
        }
    }
}

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

/// The words of a course's checks.
pub struct Vocabulary {
    stemmer: Stemmer,
    empty: BTreeSet<String>,
    pub(super) done: BTreeSet<String>,
    pub(super) undoing: BTreeSet<String>,
    pub(super) accounts: Accounts,
    pub(super) checks: BTreeMap<String, Known>,
    /// The weights of the checks' words.
    weights: BTreeMap<String, f64>,
}

impl Vocabulary {
    /// The words of a course's checks.
    pub fn of(course: &Course) -> Vocabulary {
        let stemmer = Stemmer::create(Algorithm::English);
        let stems = |list: &str| list.split_whitespace().map(|word| stemmer.stem(word).into_owned()).collect();
        let mut empty: BTreeSet<String> = stems(words::EMPTY);
        // The account is in the directive, not in the check.
        empty.extend(course.accounts.keys().map(|name| stemmer.stem(name).into_owned()));
        let (done, undoing, accounts) = (stems(words::DONE), stems(words::UNDOING), Accounts::of(course));
        let (checks, weights) = Default::default();
        let mut vocabulary = Vocabulary { stemmer, empty, done, undoing, accounts, checks, weights };
        for check in course.checks.values() {
            let known = Known::of(course, check, &vocabulary);
            vocabulary.checks.insert(check.name.clone(), known);
        }
        let known: BTreeSet<&String> = vocabulary.checks.values().flat_map(|known| &known.all).collect();
        vocabulary.weights = known.into_iter().map(|word| (word.clone(), vocabulary.counted(word))).collect();
        vocabulary
    }

    /// A word's stem.
    pub(super) fn stem(&self, word: &str) -> String {
        self.stemmer.stem(word).into_owned()
    }

    /// The stems of a text's words that carry meaning.
    pub fn stems(&self, text: &str) -> Vec<String> {
        let lower = words::one_spelling(text);
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let stems = words.map(|word| self.stem(words::one_word(word)));
        stems.filter(|stem| !self.empty.contains(stem)).collect()
    }

    /// The weight of a word.
    fn weight(&self, word: &str) -> f64 {
        self.weights.get(word).copied().unwrap_or_else(|| self.of_count(word, 1))
    }

    fn counted(&self, word: &str) -> f64 {
        self.of_count(word, self.checks.values().filter(|known| known.all.contains(word)).count().max(1))
    }

    /// The weight of a word that this many checks have.
    fn of_count(&self, word: &str, with: usize) -> f64 {
        let rare = (1.0 + self.checks.len() as f64 / with as f64).ln();
        if self.done.contains(word) { rare * DOING } else { rare }
    }

    /// The checks that a statement may be about.
    pub fn propose(&self, stated: &Stated<'_>) -> Proposal {
        let (optional, text) = words::optional(stated.text);
        let (sure, account) = match sure::meant(self, &Stated { text, ..*stated }) {
            Some((check, account)) => (Some(check), account),
            None => (None, None),
        };
        let mut candidates = self.candidates(text);
        if let Some(check) = &sure {
            candidates.retain(|(name, _)| name != check);
            candidates.insert(0, (check.clone(), 1.0));
        }
        candidates.truncate(CANDIDATES);
        Proposal { candidates, sure, account, optional }
    }

    /// The checks that fit, the best first.
    fn candidates(&self, text: &str) -> Vec<(String, f64)> {
        let stems: BTreeSet<String> = self.stems(text).into_iter().collect();
        let weight = |words: &mut dyn Iterator<Item = &String>| words.map(|word| self.weight(word)).sum::<f64>();
        let of_item = weight(&mut stems.iter());
        let fits = |known: &Known| {
            let (named, of_name) = (weight(&mut known.name.intersection(&stems)), weight(&mut known.name.iter()));
            let understood = weight(&mut known.all.intersection(&stems));
            // The share of the check's name that the item has, and the share of the item that the check has.
            if of_item > 0.0 && of_name > 0.0 { (named / of_name * understood / of_item).sqrt() } else { 0.0 }
        };
        let mut candidates: Vec<(String, f64)> =
            self.checks.iter().map(|(name, known)| (name.clone(), fits(known))).collect();
        candidates.retain(|(_, fit)| *fit >= LIKELY);
        candidates.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        candidates
    }
}
