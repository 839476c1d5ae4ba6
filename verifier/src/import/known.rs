//! What the texts of a check say: its words, its accounts, and the names that it looks for.

use course::Course;
use course::check::{Body, Check};
use course::param::Param;
use std::collections::BTreeSet;

use super::about::Accounts;
use super::phrase::Phrase;
use super::polarity::Polarity;
use super::stems::Stems;
use super::things::things;
use super::words;

/// The words, names and accounts of one check.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The words of its name.
    pub(super) name: BTreeSet<String>,
    /// What says exactly what it establishes: its title, the title of its only expectation, and what its practice
    /// action is called.
    pub(super) phrases: Vec<Phrase>,
    /// The words of its title, for a check of checks.
    pub(super) of_members: Option<Members>,
    /// The read of the thing that it is named after, as `cost-budget` is.
    pub(super) thing: Option<&'static str>,
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
    /// The words of the checks of checks that it is a member of.
    pub(super) around: BTreeSet<String>,
    /// The things after which shared files are called that it uses, as in `administrators`, if it looks for no name.
    pub(super) shared: BTreeSet<String>,
    /// The parameters that it uses.
    pub(super) params: BTreeSet<String>,
    /// Whether one of these is an amount.
    pub(super) has_amount: bool,
    /// Whether what it looks for is only known from the learner.
    pub(super) has_inputs: bool,
    /// Its own account.
    pub(super) account: String,
    /// Accounts that it mentions.
    pub(super) spoken_of: BTreeSet<String>,
}

/// What the members of a check of checks say.
#[derive(Debug)]
pub(super) struct Members {
    /// The words of its own title.
    pub(super) title: BTreeSet<String>,
    /// The words of their names.
    pub(super) names: BTreeSet<String>,
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
        let forms = |texts: &[String]| texts.iter().flat_map(|text| words::forms(text)).collect::<BTreeSet<String>>();
        // What a step removes has the names with which other steps made it.
        let removed = check.removes.iter().filter_map(|name| course.checks.get(name));
        let named: Vec<&Check> = std::iter::once(check).chain(removed).collect();
        let params: BTreeSet<&str> = named.iter().flat_map(|check| check.uses(&course.params)).collect();
        let names: BTreeSet<String> = params.iter().filter_map(text).collect();
        let files = check.uses.iter().map(|file| file.replace('-', " "));
        let shared = files.filter(|file| named_after(file).is_some()).flat_map(|file| by.of_text(&file));
        let shared = if names.is_empty() { shared.collect() } else { BTreeSet::new() };
        let (marked, plain): (BTreeSet<_>, BTreeSet<_>) =
            names.into_iter().partition(|name| !name.chars().all(char::is_alphabetic));
        let all: BTreeSet<String> = stems(&texts);
        let first: BTreeSet<String> = stems(&texts[..2]);
        let is_whole = |whole: &&Check| matches!(&whole.body, Body::Steps(steps) if steps.contains(&check.name));
        let wholes = course.checks.values().filter(is_whole);
        let around =
            wholes.flat_map(|whole| [by.of_text(&whole.name.replace('-', " ")), by.of_text(&whole.title)].concat());
        let practice = check.practice.as_ref().and_then(|practice| practice.title.clone());
        let practised: BTreeSet<String> = practice.iter().flat_map(|text| words::forms(text)).collect();
        let members = match &check.body {
            Body::Expect(_) => None,
            Body::Steps(steps) => Some((steps.len(), stems(&texts[2..]))),
        };
        // “The three billing preferences” are all of its members.
        let is_count = |word: &str| members.as_ref().is_some_and(|(count, _)| words::numbers(word).eq([*count as u32]));
        let counting = words::forms(&check.title).into_iter().filter(|word| words::counts_in_title(word));
        let is_amount = |name: &&str| matches!(course.params.get(*name), Some(Param::Int(_) | Param::Float(_)));
        Known {
            own: all.iter().filter(|word| first.contains(*word) || things(word).is_empty()).cloned().collect(),
            counting: counting.filter(|word| !is_count(word)).collect(),
            name: stems(&texts[..1]),
            phrases: Phrase::of_check(check, by, accounts_of),
            of_members: members.map(|(_, names)| Members { title: stems(&texts[1..2]), names }),
            thing: named_after(&spoken_name),
            all,
            forms: forms(&texts).union(&practised).cloned().collect(),
            polarity: Polarity::of(&format!("{spoken_name}. {}", check.title), by),
            numbers: texts.iter().flat_map(|text| words::numbers(text)).collect(),
            names: if marked.is_empty() { plain } else { marked },
            around: around.collect(),
            shared,
            has_amount: params.iter().any(is_amount),
            has_inputs: named.iter().any(|check| !check.uses_inputs(&course.inputs).is_empty()),
            params: params.into_iter().map(str::to_owned).collect(),
            // A combination of checks of several accounts has no account of its own.
            account: accounts.first().filter(|_| accounts.len() == 1).cloned().unwrap_or_default(),
            spoken_of: accounts_of.of_check(course, check),
        }
    }
}

/// The read of a thing, if it is all that a name names.
fn named_after(name: &str) -> Option<&'static str> {
    let named = things(name);
    let [thing] = named.as_slice() else { return None };
    thing.read.filter(|_| thing.name.split(' ').count() == name.split(' ').count())
}
