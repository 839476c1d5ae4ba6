//! Proposes checks for a checklist item by its words.
//!
//! The words of a check are those of its name, its title, and the titles of its expectations. A word counts more if
//! fewer checks have it. A proposal is sure if the item matches a check well, in more than one word, and much better
//! than any other check. It is never sure if only one of them negates or undoes something: the item, or the check's name and
//! title. Nor is it if the item has a number that the check, which has others, does not have.

use course::Course;
use course::check::{Body, Check};
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet};

use super::about::{Account, Accounts};
use super::words;

/// How well a sure check must fit.
const SURE: f64 = 0.55;
/// By how much a sure check must fit better than the next one.
const AHEAD: f64 = 0.15;
/// How well a candidate must fit.
const LIKELY: f64 = 0.3;
/// The most candidates.
const CANDIDATES: usize = 3;
/// The factor for words of doing, which many steps have: done, set, made, turned on.
const DOING: f64 = 0.3;

/// The checks that an item may be about.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The candidates, the best first, each with how well it fits, from 0 to 1.
    pub candidates: Vec<(String, f64)>,
    /// Whether the first candidate is sure.
    pub sure: bool,
    /// The account that it is about, if that is not the first candidate's own.
    pub account: Option<String>,
    /// Whether the item says that it is optional.
    pub optional: bool,
}

impl Proposal {
    /// The directive's arguments.
    pub fn args(&self) -> String {
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

/// The words of a course's checks.
pub struct Vocabulary {
    stemmer: Stemmer,
    empty: BTreeSet<String>,
    done: BTreeSet<String>,
    undoing: BTreeSet<String>,
    accounts: Accounts,
    checks: BTreeMap<String, Known>,
    /// The weights of the checks' words.
    weights: BTreeMap<String, f64>,
}

/// The words and accounts of one check.
#[derive(Default)]
struct Known {
    name: BTreeSet<String>,
    all: BTreeSet<String>,
    /// What it negates or undoes; the second only by its name and title, which an item must do, too.
    denied: BTreeSet<String>,
    denied_by_title: BTreeSet<String>,
    /// The numbers that it names.
    numbers: BTreeSet<u32>,
    /// Its own account.
    account: String,
    /// Accounts that it mentions.
    spoken_of: BTreeSet<String>,
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
            name: self.stems(&spoken_name).into_iter().collect(),
            all: texts.iter().flat_map(|text| self.stems(text)).collect(),
            denied: texts.iter().flat_map(|text| self.denied(text)).collect(),
            denied_by_title: [&spoken_name, &check.title].into_iter().flat_map(|text| self.denied(text)).collect(),
            numbers: texts.iter().flat_map(|text| words::numbers(text)).collect(),
            // A combination of checks of several accounts has no account of its own.
            account: accounts.first().filter(|_| accounts.len() == 1).map_or(String::new(), |name| (*name).to_owned()),
            spoken_of: self.accounts.of_check(course, check),
        }
    }

    /// The stems of a text's words that carry meaning.
    pub fn stems(&self, text: &str) -> Vec<String> {
        let lower = text.to_lowercase().replace("e-mail", "email");
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let stems = words.map(|word| self.stemmer.stem(word).into_owned());
        stems.filter(|stem| !self.empty.contains(stem)).collect()
    }

    /// The words of a text that negate (all as “no”) or undo something.
    fn denied(&self, text: &str) -> BTreeSet<String> {
        let lower = text.to_lowercase().replace('’', "'");
        let words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').map(|word| word.trim_matches('\''));
        let denied = words.filter_map(|word| match words::negates(word) {
            true => Some("no".to_owned()),
            false => Some(self.stemmer.stem(word).into_owned()).filter(|stem| self.undoing.contains(stem)),
        });
        denied.collect()
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

    /// The checks that an item below these headings, the outermost first, may be about.
    pub fn propose(&self, item: &str, headings: &[&str]) -> Proposal {
        let (optional, text) = words::optional(item);
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
        candidates.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let fit = |at: usize| candidates.get(at).map_or(0.0, |(_, fit)| *fit);
        let well = fit(0) >= SURE && fit(0) - fit(1) >= AHEAD && stems.len() > 1;
        let known = candidates.first().and_then(|(name, _)| self.checks.get(name));
        let denied = self.denied(text);
        let numbers: BTreeSet<u32> = words::numbers(text).collect();
        let agreed = |known: &&Known| {
            let counts = known.numbers.is_empty() || numbers.is_subset(&known.numbers);
            counts && denied.is_subset(&known.denied) && known.denied_by_title.is_subset(&denied)
        };
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
