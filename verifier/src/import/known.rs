//! What the texts of a check say: its words, its accounts, and the names that it looks for.

use course::Course;
use course::check::{Body, Check};
use course::param::Param;
use std::collections::BTreeSet;

use super::about::Accounts;
use super::polarity::Polarity;
use super::stems::Stems;
use super::things::things;
use super::words;

/// The words, names and accounts of one check.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The words of its name.
    pub(super) name: BTreeSet<String>,
    /// The words of its title.
    pub(super) title: BTreeSet<String>,
    /// All its words.
    pub(super) all: BTreeSet<String>,
    /// Of these, the ones that a statement about it can have: a thing that only an expectation names is another one.
    pub(super) own: BTreeSet<String>,
    /// Words of its title that say how many, which one, or the same as what.
    pub(super) counting: BTreeSet<String>,
    /// Its words as they are written, to tell a plural.
    pub(super) forms: BTreeSet<String>,
    /// Whether its name and title say that something is there or gone.
    pub(super) polarity: Polarity,
    /// The numbers that it names.
    pub(super) numbers: BTreeSet<u32>,
    /// The names that it looks for in the account: the texts among its parameters. A name that is a plain word is only
    /// here if there is no other.
    pub(super) names: BTreeSet<String>,
    /// Its own account.
    pub(super) account: String,
    /// Accounts that it mentions.
    pub(super) spoken_of: BTreeSet<String>,
}

impl Known {
    pub(super) fn of(course: &Course, check: &Check, by: &Stems, accounts_of: &Accounts) -> Known {
        let spoken_name = check.name.replace('-', " ");
        let mut texts = vec![spoken_name.clone(), check.title.clone()];
        match &check.body {
            Body::Expect(expectations) => texts.extend(expectations.iter().map(|it| it.title.clone())),
            Body::Steps(steps) => texts.extend(steps.iter().map(|step| step.replace('-', " "))),
        }
        let members =
            |steps: &[String]| steps.iter().filter_map(|step| Some(course.checks.get(step)?.account.clone())).collect();
        let accounts: BTreeSet<String> = match &check.body {
            Body::Expect(_) => BTreeSet::from([check.account.clone()]),
            Body::Steps(steps) => members(steps),
        };
        let text = |name: &&str| match course.params.get(*name) {
            Some(Param::Text(value)) => Some(value.to_lowercase()),
            _ => None,
        };
        let stems = |texts: &[String]| texts.iter().flat_map(|text| by.of_text(text)).collect();
        let forms = |texts: &[String]| texts.iter().flat_map(|text| words::forms(text)).collect();
        let names: BTreeSet<String> = check.uses(&course.params).iter().filter_map(text).collect();
        let (marked, plain): (BTreeSet<_>, BTreeSet<_>) =
            names.into_iter().partition(|name| !name.chars().all(char::is_alphabetic));
        let all: BTreeSet<String> = stems(&texts);
        let first: BTreeSet<String> = stems(&texts[..2]);
        Known {
            own: all.iter().filter(|word| first.contains(*word) || things(word).is_empty()).cloned().collect(),
            counting: words::forms(&check.title).into_iter().filter(|word| words::counts_in_title(word)).collect(),
            name: stems(&texts[..1]),
            title: stems(&texts[1..2]),
            all,
            forms: forms(&texts),
            polarity: Polarity::of(&format!("{spoken_name}. {}", check.title), by),
            numbers: texts.iter().flat_map(|text| words::numbers(text)).collect(),
            names: if marked.is_empty() { plain } else { marked },
            // A combination of checks of several accounts has no account of its own.
            account: accounts.first().filter(|_| accounts.len() == 1).cloned().unwrap_or_default(),
            spoken_of: accounts_of.of_check(course, check),
        }
    }
}
