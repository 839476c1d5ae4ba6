//! When a check is the one that a statement means, so that a mistake is next to impossible. A wrong check would show a
//! learner a verdict about something else, so every doubt counts.

use std::collections::BTreeSet;

use super::about::Account;
use super::known::Known;
use super::polarity::Polarity;
use super::stated::Stated;
use super::text::first_sentence;
use super::things::things;
use super::vocabulary::Vocabulary;
use super::words;

/// The check that a statement means, with its account if that is not the check's own.
pub(super) fn meant(vocabulary: &Vocabulary, stated: &Stated<'_>) -> Option<(String, Option<String>)> {
    // The words of other languages are not compared.
    if !stated.around.is_compared || !is_mostly_ascii(stated.text) {
        return None;
    }
    let statement = first_sentence(stated.text);
    let stems: BTreeSet<String> = vocabulary.stems(statement).into_iter().collect();
    let mut said: BTreeSet<String> = stems.difference(&vocabulary.stems.done).cloned().collect();
    if vocabulary.accounts.names_one(statement) {
        // The account is in the directive.
        said.remove("account");
    }
    let above: BTreeSet<String> = stated.above.iter().flat_map(|title| vocabulary.stems(title)).collect();
    let fitting: Vec<(&String, &Known, Fit)> = vocabulary
        .checks
        .iter()
        .filter_map(|(name, known)| Some((name, known, known.fit(&said, &above, &stems, vocabulary)?)))
        .collect();
    // The title of a check is said of no other. Of “MFA” and “root MFA”, the one that says more is meant.
    let is_less = |known: &Known, fit: Fit| {
        let more = |other: &Known| known.name.is_subset(&other.name) && known.name.len() < other.name.len();
        fitting.iter().any(|(_, other, by)| *by > fit || *by == fit && more(other))
    };
    let mut best = fitting.iter().filter(|(_, known, fit)| !is_less(known, *fit));
    let (name, known, _) = best.next().filter(|_| best.next().is_none())?;
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

/// How a statement names a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// By the words of its name, and no word that the check does not have.
    Name,
    /// By its title.
    Title,
}

impl Known {
    /// How a statement names it. `stems` are all words of the statement, and `said` the ones without verbs of doing.
    fn fit(
        &self,
        said: &BTreeSet<String>,
        above: &BTreeSet<String>,
        stems: &BTreeSet<String>,
        vocabulary: &Vocabulary,
    ) -> Option<Fit> {
        // What is done or undone is compared as a whole.
        let carries = |word: &&String| {
            !vocabulary.stems.done.contains(*word) && !vocabulary.stems.undoing.contains(*word) && !words::negates(word)
        };
        let name: BTreeSet<&String> = self.name.iter().filter(carries).collect();
        let title: BTreeSet<&String> = self.title.iter().filter(carries).collect();
        let said: BTreeSet<&String> = said.iter().filter(carries).collect();
        // “A sign-in with MFA” is no “MFA”, though signing in is something that is done.
        let mut verbs = self.name.iter().filter(|word| vocabulary.stems.done.contains(*word));
        if !verbs.all(|verb| words::says(stems, verb)) {
            return None;
        }
        if self.name.len() > 1 && said == title && name.iter().all(|word| said.contains(*word)) {
            return Some(Fit::Title);
        }
        let is_understood = said.iter().all(|word| self.own.contains(*word));
        let is_complete = name.iter().all(|word| said.contains(*word) || above.contains(*word));
        let own = name.intersection(&said).count();
        // One word is not a name, unless the check looks for something of a known name.
        let is_enough = name.len() > 1 && said.len() + above.len() > 1 || !self.names.is_empty();
        (is_understood && is_complete && own > 0 && is_enough).then_some(Fit::Name)
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
        let stem = vocabulary.stems.of_word(word);
        !known.name.contains(&stem) || known.forms.contains(word) || vocabulary.stems.done.contains(&stem)
    });
    let polarity = Polarity::of(statement, &vocabulary.stems);
    counted
        && same_number
        && known.counting.iter().all(|word| forms.contains(word))
        && polarity.is_same_as(known.polarity)
        && has_names(known, stated)
        && !is_qualified(vocabulary, known, stated)
        && !names_others(vocabulary, known, stated)
}

/// Whether the lesson has a name that the check looks for: with its own settings, where it has some.
fn has_names(known: &Known, stated: &Stated<'_>) -> bool {
    let is_marked = |text: &str, name: &str| {
        let plain = name.chars().all(char::is_alphabetic);
        !plain || ['`', '"', '“'].iter().any(|mark| text.contains(&format!("{mark}{name}")))
    };
    let has = |text: &str| known.names.iter().any(|name| text.contains(name.as_str()) && is_marked(text, name));
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
            let plain = known.all.contains(stem) || vocabulary.stems.done.contains(stem) || words::is_numbering(stem);
            !plain && !vocabulary.stems.undoing.contains(stem)
        };
        shares && stems.iter().any(is_other)
    })
}

/// Whether something of AWS that the check does not have belongs to the statement: a KMS key, a group.
fn names_others(vocabulary: &Vocabulary, known: &Known, stated: &Stated<'_>) -> bool {
    // “Policies” are the service control policies of the statement.
    let stated_words: BTreeSet<String> = things(stated.text)
        .iter()
        .flat_map(|thing| thing.name.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let is_stated = |name: &str| name.split(' ').all(|word| stated_words.contains(word));
    let other = |name: &str| !is_stated(name) && vocabulary.stems(name).iter().any(|stem| !known.all.contains(stem));
    let around =
        things(stated.region).into_iter().chain(stated.above.last().into_iter().flat_map(|title| things(title)));
    around.filter(|thing| thing.read.is_some() && thing.name != "account").any(|thing| other(&thing.name))
}

/// Whether a text is mostly of the letters that the checks' words have.
fn is_mostly_ascii(text: &str) -> bool {
    let others = text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count();
    others * 10 < text.chars().count().max(1)
}
