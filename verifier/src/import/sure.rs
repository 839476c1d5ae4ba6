//! When a check is the one that a statement means, so that a mistake is next to impossible. A wrong check would show a
//! learner a verdict about something else, so every doubt counts.

use std::collections::BTreeSet;

use super::about::Account;
use super::known::Known;
use super::propose::{Stated, Vocabulary};
use super::text::first_sentence;
use super::things::things;
use super::words::{self, Polarity};

/// The check that a statement means, with its account if that is not the check's own.
pub(super) fn meant(vocabulary: &Vocabulary, stated: &Stated<'_>) -> Option<(String, Option<String>)> {
    // The words of other languages are not compared.
    if !stated.around.is_compared || !is_mostly_ascii(stated.text) {
        return None;
    }
    let statement = first_sentence(stated.text);
    let stems: BTreeSet<String> = vocabulary.stems(statement).into_iter().collect();
    let mut said: BTreeSet<String> = stems.difference(&vocabulary.done).cloned().collect();
    if vocabulary.accounts.names_one(statement) {
        // The account is in the directive.
        said.remove("account");
    }
    let above: BTreeSet<String> = stated.above.iter().flat_map(|title| vocabulary.stems(title)).collect();
    let fits = |known: &&Known| known.is_named_by(&said, &above, vocabulary);
    let fitting: Vec<(&String, &Known)> = vocabulary.checks.iter().filter(|(_, known)| fits(known)).collect();
    // Of “MFA” and “root MFA”, the one that says more is meant.
    let is_part = |known: &Known| {
        fitting.iter().any(|(_, other)| known.name.is_subset(&other.name) && known.name.len() < other.name.len())
    };
    let mut best = fitting.iter().filter(|(_, known)| !is_part(known));
    let (name, known) = best.next().filter(|_| best.next().is_none())?;
    if !agrees(vocabulary, known, statement, stated) {
        return None;
    }
    match vocabulary.accounts.meant(stated.text, stated.above, &known.account, &known.spoken_of) {
        _ if vocabulary.accounts.in_doubt(stated, &known.account, &known.spoken_of) => None,
        Account::Own => Some(((*name).clone(), None)),
        Account::Other(account) => Some(((*name).clone(), Some(account))),
        Account::Unclear => None,
    }
}

impl Known {
    /// Whether a statement has all words of the check's name, and no word that the check does not have.
    fn is_named_by(&self, said: &BTreeSet<String>, above: &BTreeSet<String>, vocabulary: &Vocabulary) -> bool {
        let carries = |word: &&String| !vocabulary.done.contains(*word) && !vocabulary.undoing.contains(*word);
        let name: BTreeSet<&String> = self.name.iter().filter(carries).collect();
        let understood = said.iter().filter(carries).all(|word| self.all.contains(word));
        let own = name.iter().filter(|word| said.contains(**word)).count();
        let complete = name.iter().all(|word| said.contains(*word) || above.contains(*word));
        // One word is not a name, unless the statement is the title or the check looks for something of a known name.
        let title: BTreeSet<&String> = self.title.iter().filter(carries).collect();
        let is_title = !title.is_empty() && said.iter().filter(carries).collect::<BTreeSet<_>>() == title;
        let enough = name.len() > 1 && said.len() + above.len() > 1 || !self.names.is_empty();
        is_title || understood && complete && own > 0 && enough
    }
}

/// Whether nothing around a statement speaks against a check.
fn agrees(vocabulary: &Vocabulary, known: &Known, statement: &str, stated: &Stated<'_>) -> bool {
    let numbers: BTreeSet<u32> = words::numbers(statement).collect();
    let forms = words::forms(statement);
    // “All users” are not “the user”, and “the key” is not “the keys”.
    let counted = numbers.is_subset(&known.numbers)
        && forms.iter().filter(|word| words::counts(word)).all(|word| known.forms.contains(word));
    let same_number = forms.iter().all(|word| {
        let stem = vocabulary.stem(word);
        !known.name.contains(&stem) || known.forms.contains(word) || vocabulary.done.contains(&stem)
    });
    let polarity = Polarity::of(statement, vocabulary);
    counted
        && same_number
        && polarity.is_same_as(known.polarity)
        && has_names(known, stated)
        && !is_qualified(vocabulary, known, stated)
        && !names_others(vocabulary, known, stated)
}

/// Whether the lesson has a name that the check looks for: with its own settings, where it has some.
fn has_names(known: &Known, stated: &Stated<'_>) -> bool {
    let has = |text: &str| known.names.iter().any(|name| text.contains(name.as_str()));
    let has_settings = stated.region.contains('`') || stated.region.contains('“') || stated.region.contains("**Name");
    known.names.is_empty() || if has_settings { has(&stated.region.to_lowercase()) } else { has(&stated.around.lower) }
}

/// Whether a heading narrows what the check is about: “Log bucket”, “A key for the build machine”.
fn is_qualified(vocabulary: &Vocabulary, known: &Known, stated: &Stated<'_>) -> bool {
    // The lesson's own title says what all of it is about.
    stated.above.iter().skip(1).any(|title| {
        let stems = vocabulary.stems(title);
        let shares = stems.iter().any(|stem| known.name.contains(stem));
        let is_other = |stem: &String| {
            let plain = known.all.contains(stem) || vocabulary.done.contains(stem) || words::is_numbering(stem);
            !plain && !vocabulary.undoing.contains(stem)
        };
        shares && stems.iter().any(is_other)
    })
}

/// Whether something of AWS that the check does not have belongs to the statement: a KMS key, a group.
fn names_others(vocabulary: &Vocabulary, known: &Known, stated: &Stated<'_>) -> bool {
    let other = |name: &str| vocabulary.stems(name).iter().any(|stem| !known.all.contains(stem));
    let around = things(stated.region).into_iter().chain(stated.above.last().into_iter().flat_map(|title| things(title)));
    around.filter(|thing| thing.read.is_some() && thing.name != "account").any(|thing| other(&thing.name))
}

/// Whether a text is mostly of the letters that the checks' words have.
fn is_mostly_ascii(text: &str) -> bool {
    let others = text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    others * 10 < text.chars().count().max(1)
}
