//! Which check a checklist item means, by its words.
//!
//! A check is known by its name, its title, and the titles of what it expects. A word counts the more, the fewer checks
//! have it. An item is sure of a check that it names well, and much better than any other check.

use mdbook_verify::check::{Body, Check};
use mdbook_verify::course::Course;
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet};

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

/// Words that say nothing of what is meant.
const EMPTY: &str = "a about after all an and any are as at aws be before both by can check do don each else for from \
    have how if in into is it its just make no not of off on once one only or other our out own same separate set so \
    step than that the their them then there these this to too up use was when where which will with you your";
/// Words that say that something is done.
const DONE: &str = "activate add allow assign choose click configure create enable enter get go have open put receive \
    save select sign start switch turn write";

/// What an item may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The checks that it may mean, the likeliest first, each with how well it fits, from 0 to 1.
    pub candidates: Vec<(String, f64)>,
    /// Whether the first one is sure.
    pub sure: bool,
    /// Whether the item says that it is optional.
    pub optional: bool,
}

impl Proposal {
    /// The words of the directive.
    pub fn words(&self) -> String {
        match self.candidates.first() {
            Some((check, _)) if self.sure && self.optional => format!("{check} optional"),
            Some((check, _)) if self.sure => check.clone(),
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
    checks: BTreeMap<String, Known>,
}

/// The words of one check.
struct Known {
    name: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Vocabulary {
    /// The words of a course's checks.
    pub fn of(course: &Course) -> Vocabulary {
        let stemmer = Stemmer::create(Algorithm::English);
        let stems = |list: &str| list.split_whitespace().map(|word| stemmer.stem(word).into_owned()).collect();
        let mut empty: BTreeSet<String> = stems(EMPTY);
        // Which account is meant is said by the directive, not by the check.
        empty.extend(course.accounts.keys().map(|name| stemmer.stem(name).into_owned()));
        let done = stems(DONE);
        let mut vocabulary = Vocabulary { stemmer, empty, done, checks: BTreeMap::new() };
        for check in course.checks.values() {
            let known = vocabulary.know(check);
            vocabulary.checks.insert(check.name.clone(), known);
        }
        vocabulary
    }

    fn know(&self, check: &Check) -> Known {
        let name: BTreeSet<String> = self.words(&check.name.replace('-', " ")).into_iter().collect();
        let mut all = name.clone();
        all.extend(self.words(&check.title));
        match &check.body {
            Body::Expect(expectations) => {
                all.extend(expectations.iter().flat_map(|expectation| self.words(&expectation.title)));
            }
            Body::Steps(steps) => all.extend(steps.iter().flat_map(|step| self.words(&step.replace('-', " ")))),
        }
        Known { name, all }
    }

    /// A text's words that say something, by their stems.
    pub fn words(&self, text: &str) -> Vec<String> {
        let lower = text.to_lowercase().replace("e-mail", "email");
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let stems = words.map(|word| self.stemmer.stem(word).into_owned());
        stems.filter(|stem| !self.empty.contains(stem)).collect()
    }

    /// What a word counts for.
    fn weight(&self, word: &str) -> f64 {
        let with = self.checks.values().filter(|known| known.all.contains(word)).count();
        let rare = (1.0 + self.checks.len() as f64 / with.max(1) as f64).ln();
        if self.done.contains(word) { rare * DOING } else { rare }
    }

    /// What an item may mean.
    pub fn propose(&self, item: &str) -> Proposal {
        let said: BTreeSet<String> = self.words(item).into_iter().collect();
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
        let best = candidates.first().map_or(0.0, |(_, fit)| *fit);
        let next = candidates.get(1).map_or(0.0, |(_, fit)| *fit);
        candidates.retain(|(_, fit)| *fit >= LIKELY);
        candidates.truncate(CANDIDATES);
        let start = item.trim_start_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        Proposal { candidates, sure: best >= SURE && best - next >= AHEAD, optional: start.starts_with("optional") }
    }
}
