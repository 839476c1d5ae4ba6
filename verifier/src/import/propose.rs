//! Which check a checklist item means, by its words.
//!
//! A check is known by its name, its title, and the titles of what it expects. A word counts the more, the fewer checks
//! have it. An item is sure of a check that it names well, in more than one word, and much better than any other check;
//! never where it says no to something, or undoes it, of which the check knows nothing.

use course::Course;
use course::check::{Body, Check};
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet};

use super::about::{Account, Accounts};
use super::words;

/// How well an item must fit a check to be sure of it.
const SURE: f64 = 0.55;
/// By how much it must fit better than the next one.
const AHEAD: f64 = 0.15;
/// How well a check must fit to be named as a candidate.
const LIKELY: f64 = 0.3;
/// How many candidates are named.
const CANDIDATES: usize = 3;
/// What a word of doing counts for: every step of a lesson is done, set, made or turned on.
const DOING: f64 = 0.3;

/// What an item may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The checks that it may mean, the likeliest first, each with how well it fits, from 0 to 1.
    pub candidates: Vec<(String, f64)>,
    /// Whether the first one is sure.
    pub sure: bool,
    /// The account that it is about, where that is not the first one's own.
    pub account: Option<String>,
    /// Whether the item says that it is optional.
    pub optional: bool,
}

impl Proposal {
    /// The words of the directive.
    pub fn words(&self) -> String {
        match self.candidates.first() {
            Some((check, _)) if self.sure => {
                let account = self.account.as_ref().map_or(String::new(), |account| format!(" account={account}"));
                format!("{check}{account}{}", if self.optional { " optional" } else { "" })
            }
            _ => {
                let names: Vec<&str> = self.candidates.iter().map(|(check, _)| check.as_str()).collect();
                format!("? {}", names.join(" ")).trim_end().to_owned()
            }
        }
    }
}

/// What is known of a course's checks.
pub struct Vocabulary {
    stemmer: Stemmer,
    empty: BTreeSet<String>,
    done: BTreeSet<String>,
    undoing: BTreeSet<String>,
    accounts: Accounts,
    checks: BTreeMap<String, Known>,
    /// What the checks' words count for.
    weights: BTreeMap<String, f64>,
}

/// What is known of one check.
#[derive(Default)]
struct Known {
    name: BTreeSet<String>,
    all: BTreeSet<String>,
    /// What it says no to, or undoes; and its name alone.
    denied: BTreeSet<String>,
    denied_by_name: BTreeSet<String>,
    /// Its own account.
    account: String,
    /// Accounts that it speaks of.
    spoken_of: BTreeSet<String>,
}

impl Vocabulary {
    /// The words of a course's checks.
    pub fn of(course: &Course) -> Vocabulary {
        let stemmer = Stemmer::create(Algorithm::English);
        let stems = |list: &str| list.split_whitespace().map(|word| stemmer.stem(word).into_owned()).collect();
        let mut empty: BTreeSet<String> = stems(words::EMPTY);
        // Which account is meant is said by the directive, not by the check.
        empty.extend(course.accounts.keys().map(|name| stemmer.stem(name).into_owned()));
        let (done, undoing, accounts) = (stems(words::DONE), stems(words::UNDOING), Accounts::of(course));
        let (checks, weights) = Default::default();
        let mut vocabulary = Vocabulary { stemmer, empty, done, undoing, accounts, checks, weights };
        for check in course.checks.values() {
            let known = vocabulary.know(course, check);
            vocabulary.checks.insert(check.name.clone(), known);
        }
        let known: BTreeSet<&String> = vocabulary.checks.values().flat_map(|known| &known.all).collect();
        vocabulary.weights = known.into_iter().map(|word| (word.clone(), vocabulary.counted(word))).collect();
        vocabulary
    }

    fn know(&self, course: &Course, check: &Check) -> Known {
        let spoken_name = check.name.replace('-', " ");
        let mut texts = vec![spoken_name.clone(), check.title.clone()];
        match &check.body {
            Body::Expect(expectations) => texts.extend(expectations.iter().map(|it| it.title.clone())),
            Body::Steps(steps) => texts.extend(steps.iter().map(|step| step.replace('-', " "))),
        }
        let accounts: BTreeSet<&str> = match &check.body {
            Body::Expect(_) => BTreeSet::from([check.account.as_str()]),
            Body::Steps(steps) => {
                steps.iter().filter_map(|step| Some(course.checks.get(step)?.account.as_str())).collect()
            }
        };
        Known {
            name: self.words(&spoken_name).into_iter().collect(),
            all: texts.iter().flat_map(|text| self.words(text)).collect(),
            denied: texts.iter().flat_map(|text| self.denied(text)).collect(),
            denied_by_name: self.denied(&spoken_name),
            // A check of checks of several accounts has none of its own.
            account: accounts.first().filter(|_| accounts.len() == 1).map_or(String::new(), |name| (*name).to_owned()),
            spoken_of: self.accounts.of_check(course, check),
        }
    }

    /// A text's words that say something, by their stems.
    pub fn words(&self, text: &str) -> Vec<String> {
        let lower = text.to_lowercase().replace("e-mail", "email");
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let stems = words.map(|word| self.stemmer.stem(word).into_owned());
        stems.filter(|stem| !self.empty.contains(stem)).collect()
    }

    /// The words of a text that say no (all of them as one) or undo something.
    fn denied(&self, text: &str) -> BTreeSet<String> {
        let lower = text.to_lowercase().replace('’', "'");
        let words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').map(|word| word.trim_matches('\''));
        let denied = words.filter_map(|word| match words::says_no(word) {
            true => Some("no".to_owned()),
            false => Some(self.stemmer.stem(word).into_owned()).filter(|stem| self.undoing.contains(stem)),
        });
        denied.collect()
    }

    /// What a word counts for.
    fn weight(&self, word: &str) -> f64 {
        self.weights.get(word).copied().unwrap_or_else(|| self.of_count(word, 1))
    }

    fn counted(&self, word: &str) -> f64 {
        self.of_count(word, self.checks.values().filter(|known| known.all.contains(word)).count().max(1))
    }

    /// What a word counts for that so many checks have.
    fn of_count(&self, word: &str, with: usize) -> f64 {
        let rare = (1.0 + self.checks.len() as f64 / with as f64).ln();
        if self.done.contains(word) { rare * DOING } else { rare }
    }

    /// What an item may mean that stands below these headings, the outermost first.
    pub fn propose(&self, item: &str, headings: &[&str]) -> Proposal {
        let (optional, text) = words::optional(item);
        let said: BTreeSet<String> = self.words(text).into_iter().collect();
        let weight = |words: &mut dyn Iterator<Item = &String>| words.map(|word| self.weight(word)).sum::<f64>();
        let of_item = weight(&mut said.iter());
        let fits = |known: &Known| {
            let (named, of_name) = (weight(&mut known.name.intersection(&said)), weight(&mut known.name.iter()));
            let understood = weight(&mut known.all.intersection(&said));
            // How much of the check's name the item says, and how much of what the item says the check knows.
            if of_item > 0.0 && of_name > 0.0 { (named / of_name * understood / of_item).sqrt() } else { 0.0 }
        };
        let mut candidates: Vec<(String, f64)> =
            self.checks.iter().map(|(name, known)| (name.clone(), fits(known))).collect();
        candidates.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let fit = |at: usize| candidates.get(at).map_or(0.0, |(_, fit)| *fit);
        let well = fit(0) >= SURE && fit(0) - fit(1) >= AHEAD && said.len() > 1;
        let known = candidates.first().and_then(|(name, _)| self.checks.get(name));
        let denied = self.denied(text);
        let agreed = |known: &&Known| denied.is_subset(&known.denied) && known.denied_by_name.is_subset(&denied);
        let meant = known
            .filter(agreed)
            .map_or(Account::Unclear, |known| self.accounts.meant(text, headings, &known.account, &known.spoken_of));
        candidates.retain(|(_, fit)| *fit >= LIKELY);
        candidates.truncate(CANDIDATES);
        let (sure, account) = match meant {
            Account::Own => (well, None),
            Account::Other(name) => (well, Some(name).filter(|_| well)),
            Account::Unclear => (false, None),
        };
        Proposal { candidates, sure, account, optional }
    }
}
