//! What the texts of a check say: its words, its accounts, and the names that it looks for.

use course::Course;
use course::check::{Body, Check};
use course::param::Param;
use std::collections::BTreeSet;

use super::propose::Vocabulary;
use super::words::{self, Polarity};

/// The words, names and accounts of one check.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The words of its name.
    pub(super) name: BTreeSet<String>,
    /// The words of its title.
    pub(super) title: BTreeSet<String>,
    /// All its words.
    pub(super) all: BTreeSet<String>,
    /// Its words as they are written, to tell a plural.
    pub(super) forms: BTreeSet<String>,
    /// Whether its name and title say that something is there or gone.
    pub(super) polarity: Polarity,
    /// The numbers that it names.
    pub(super) numbers: BTreeSet<u32>,
    /// The names that it looks for in the account: the texts among its parameters.
    pub(super) names: BTreeSet<String>,
    /// Its own account.
    pub(super) account: String,
    /// Accounts that it mentions.
    pub(super) spoken_of: BTreeSet<String>,
}

impl Known {
    pub(super) fn of(course: &Course, check: &Check, vocabulary: &Vocabulary) -> Known {
        let spoken_name = check.name.replace('-', " ");
        let mut texts = vec![spoken_name.clone(), check.title.clone()];
        match &check.body {
            Body::Expect(expectations) => texts.extend(expectations.iter().map(|it| it.title.clone())),
            Body::Steps(steps) => texts.extend(steps.iter().map(|step| step.replace('-', " "))),
        }
        let members = |steps: &[String]| {
            steps.iter().filter_map(|step| Some(course.checks.get(step)?.account.clone())).collect()
        };
        let accounts: BTreeSet<String> = match &check.body {
            Body::Expect(_) => BTreeSet::from([check.account.clone()]),
            Body::Steps(steps) => members(steps),
        };
        let text = |name: &&str| match course.params.get(*name) {
            Some(Param::Text(value)) => Some(value.to_lowercase()),
            _ => None,
        };
        let stems = |texts: &[String]| texts.iter().flat_map(|text| vocabulary.stems(text)).collect();
        let forms = |texts: &[String]| texts.iter().flat_map(|text| words::forms(text)).collect();
        Known {
            name: stems(&texts[..1]),
            title: stems(&texts[1..2]),
            all: stems(&texts),
            forms: forms(&texts),
            polarity: Polarity::of(&format!("{spoken_name}. {}", check.title), vocabulary),
            numbers: texts.iter().flat_map(|text| words::numbers(text)).collect(),
            names: check.uses(&course.params).iter().filter_map(text).collect(),
            // A combination of checks of several accounts has no account of its own.
            account: accounts.first().filter(|_| accounts.len() == 1).cloned().unwrap_or_default(),
            spoken_of: vocabulary.accounts.of_check(course, check),
        }
    }
}
