//! When a check is the one that a statement means, so that a mistake is next to impossible. A wrong check would show a
//! learner a verdict about something else, so every doubt counts.

use std::collections::BTreeSet;

use super::about::Account;
use super::known::Known;
use super::phrase::{Phrase, carrying};
use super::polarity::Polarity;
use super::stated::Stated;
use super::text::{first_sentence, singular};
use super::things::things;
use super::vocabulary::Vocabulary;
use super::words;

/// A statement as it is compared.
struct Said {
    /// What it states first, without what only gives a reason.
    text: String,
    /// Its words as they are written.
    forms: Vec<String>,
    /// Its words.
    stems: BTreeSet<String>,
    /// Of these, the ones that neither do nor undo.
    words: BTreeSet<String>,
    /// The accounts that it names.
    accounts: BTreeSet<String>,
    polarity: Polarity,
}

impl Said {
    fn of(text: &str, vocabulary: &Vocabulary) -> Said {
        let stems: BTreeSet<String> = vocabulary.stems(text).into_iter().collect();
        let accounts = vocabulary.accounts.named_in(text);
        // The account is in the directive.
        let stems: BTreeSet<String> =
            stems.into_iter().filter(|stem| accounts.is_empty() || stem != "account").collect();
        let words = carrying(stems.clone(), &vocabulary.stems);
        let polarity = Polarity::of(text, &vocabulary.stems);
        Said { text: text.to_owned(), forms: words::forms(text), stems, words, accounts, polarity }
    }
}

/// The check that a statement means, with its account if that is not the check's own.
pub(super) fn meant(vocabulary: &Vocabulary, stated: &Stated<'_>) -> Option<(String, Option<String>)> {
    // The words of other languages are not compared.
    if !stated.around.is_compared || !is_mostly_ascii(stated.text) {
        return None;
    }
    let statement = statement(vocabulary, stated);
    let said = Said::of(statement, vocabulary);
    // What a budget's amount is decides nothing, unless the check asks for it.
    let without_amounts = Said::of(&words::without_amounts(statement), vocabulary);
    // “Account name: your company's, with `-production`” is about the account's name, if this is the check's.
    let label = first_sentence(stated.text)
        .split_once(": ")
        .map(|(label, value)| (Said::of(label, vocabulary), value.to_lowercase()));
    let said_to = |known: &Known| match &label {
        Some((label, value)) if known.is_named_in(value) && label.polarity == said.polarity => label,
        _ if known.has_amount => &without_amounts,
        _ => &said,
    };
    let fitting: Vec<(&String, &Known, Fit)> = vocabulary
        .checks
        .iter()
        .filter_map(|(name, known)| Some((name, known, known.fit(said_to(known), stated, vocabulary)?)))
        .collect();
    // The title of a check is said of no other. Of “MFA” and “root MFA”, the one that says more is meant.
    let is_less = |known: &Known, fit: Fit| {
        let more = |other: &Known| known.name.is_subset(&other.name) && known.name.len() < other.name.len();
        fitting.iter().any(|(_, other, by)| *by > fit || *by == fit && more(other))
    };
    let mut best = fitting.iter().filter(|(_, known, fit)| !is_less(known, *fit));
    let (name, known, _) = best.next().filter(|_| best.next().is_none())?;
    if !agrees(vocabulary, known, said_to(known), stated) {
        return None;
    }
    match vocabulary.accounts.meant(stated.text, stated.above, &known.account, &known.spoken_of) {
        _ if vocabulary.accounts.in_doubt(stated, &known.account, &known.spoken_of) => None,
        Account::Own => Some(((*name).clone(), None)),
        Account::Other(account) => Some(((*name).clone(), Some(account))),
        Account::Unclear => None,
    }
}

/// What a statement states first: without a lead that only heads it (“**Nice URL.** Set …”), a reason, clicks that
/// follow, and the value that its author chose.
fn statement<'s>(vocabulary: &Vocabulary, stated: &Stated<'s>) -> &'s str {
    let mut statement = first_sentence(stated.text);
    let rest = stated.text[stated.text.find(statement).unwrap_or(0) + statement.len()..].trim();
    let next = first_sentence(rest);
    if !next.is_empty() && stated.region.contains(&format!("**{statement}**")) {
        let of_next = vocabulary.stems(next);
        let is_known = |stem: &String| vocabulary.checks.values().any(|known| known.all.contains(stem));
        if vocabulary.stems(statement).iter().all(|stem| !is_known(stem) || of_next.contains(stem)) {
            statement = next;
        }
    }
    let statement = words::without_clicks(words::without_reason(statement));
    words::without_value(statement, stated.region)
}

/// How a statement names a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// By the words of its name, and no word that the check does not have.
    Name,
    /// By another sentence that says what it establishes.
    Phrase,
    /// By its title.
    Title,
}

impl Known {
    /// How a statement names it.
    fn fit(&self, said: &Said, stated: &Stated<'_>, vocabulary: &Vocabulary) -> Option<Fit> {
        // “A sign-in with MFA” is no “MFA”, though signing in is something that is done.
        let mut verbs = self.name.iter().filter(|word| vocabulary.stems.done.contains(*word));
        if !verbs.all(|verb| words::says(&said.stems, verb)) {
            return None;
        }
        let region: BTreeSet<String> = vocabulary.stems(stated.region).into_iter().collect();
        let phrases = self.phrases.iter().filter(|phrase| self.is_said_by(phrase, said, &region));
        let by_phrase = phrases.map(|phrase| if phrase.is_title { Fit::Title } else { Fit::Phrase }).max();
        by_phrase.or_else(|| self.is_named_by(said, stated, vocabulary).then_some(Fit::Name))
    }

    /// Whether a text, in lower case, has a name that the check looks for and that is no plain word.
    fn is_named_in(&self, text: &str) -> bool {
        self.names.iter().any(|name| !name.chars().all(char::is_alphabetic) && text.contains(name.as_str()))
    }

    /// Whether a statement says one of the sentences that say what the check establishes. What it leaves out must belong
    /// to it: “A key for the administrator” with the button “Create access key”.
    fn is_said_by(&self, phrase: &Phrase, said: &Said, region: &BTreeSet<String>) -> bool {
        let is_whole = said.words.iter().all(|word| phrase.words.contains(word) || self.shared.contains(word))
            && said.words.len() * 2 > phrase.words.len()
            && phrase.words.iter().all(|word| said.words.contains(word) || region.contains(word));
        // One word is not a sentence, unless the check looks for something of a known name.
        let is_enough = phrase.words.len() > 1 || !self.names.is_empty() || phrase.is_title && self.name.len() > 1;
        // What only the learner knows is not in the lesson, so that other wordings may be about something else.
        let is_comparable = phrase.is_title || !self.has_inputs;
        is_whole
            && is_enough
            && is_comparable
            && said.polarity.is_same_as(phrase.polarity)
            && phrase.is_narrowed_as(&said.forms, &said.accounts)
    }

    /// Whether a statement has the words of the check's name, and none that the check does not have.
    fn is_named_by(&self, said: &Said, stated: &Stated<'_>, vocabulary: &Vocabulary) -> bool {
        let above: BTreeSet<String> = stated.above.iter().flat_map(|title| vocabulary.stems(title)).collect();
        let name = carrying(self.name.clone(), &vocabulary.stems);
        let is_understood = said.words.iter().all(|word| self.own.contains(word));
        let is_complete = name.iter().all(|word| said.words.contains(word) || above.contains(word));
        let own = name.intersection(&said.words).count();
        // One word is not a name, unless the check looks for something of a known name.
        let is_enough = name.len() > 1 && said.words.len() + above.len() > 1 || !self.names.is_empty();
        let is_named = is_understood && is_complete && own > 0 && is_enough
            || self.is_the_thing(said, vocabulary)
            || self.are_members_named(said, stated);
        is_named
            && said.polarity.is_same_as(self.polarity)
            && self.counting.iter().all(|word| said.forms.contains(word))
    }

    /// Whether a statement names nothing but the thing that the check is named after, which is what its service is there
    /// for: “Budget created”. (An “alias” can be one of several services.)
    fn is_the_thing(&self, said: &Said, vocabulary: &Vocabulary) -> bool {
        let named = things(&said.text);
        let [thing] = named.as_slice() else { return false };
        let stems: BTreeSet<String> = vocabulary.stems(&thing.name).into_iter().collect();
        let is_made = said.forms.iter().any(|word| word == "set") || said.stems.len() > stems.len();
        let service = thing.read.and_then(|read| read.split_once(':')).map_or("", |(service, _)| service);
        is_made
            && thing.read.is_some()
            && thing.read == self.thing
            && singular(service) == thing.name
            && stems == said.words
            && stems.is_subset(&self.name)
    }

    /// Whether a statement says what a check of checks is called, in a lesson that has the words of all its members.
    fn are_members_named(&self, said: &Said, stated: &Stated<'_>) -> bool {
        self.of_members.as_ref().is_some_and(|members| {
            said.stems.len() > 1
                && self.name.is_subset(&said.words)
                && said.stems.is_subset(&members.title)
                && members.names.iter().all(|word| stated.around.lower.contains(word.as_str()))
        })
    }
}

/// Whether nothing around a statement speaks against a check.
fn agrees(vocabulary: &Vocabulary, known: &Known, said: &Said, stated: &Stated<'_>) -> bool {
    let numbers: BTreeSet<u32> = words::numbers(&said.text).collect();
    // “All users” are not “the user”, and “the key” is not “the keys”.
    let counted = numbers.is_subset(&known.numbers)
        && said.forms.iter().filter(|word| words::counts(word)).all(|word| known.forms.contains(word));
    let same_number = said.forms.iter().all(|word| {
        let stem = vocabulary.stems.of_word(word);
        !known.name.contains(&stem) || known.forms.contains(word) || vocabulary.stems.done.contains(&stem)
    });
    counted
        && same_number
        && has_names(known, stated)
        && has_shared(vocabulary, known, said, stated)
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

/// Whether what the check shares with others, as in “the administrator's”, is said: by the statement, by what belongs to
/// it, or by a heading. “Delete the access key” can be about anybody's.
fn has_shared(vocabulary: &Vocabulary, known: &Known, said: &Said, stated: &Stated<'_>) -> bool {
    let around = stated.above.iter().copied().chain([stated.region]).flat_map(|text| vocabulary.stems(text));
    let around: BTreeSet<String> = around.chain(said.stems.iter().cloned()).collect();
    known.shared.is_subset(&around)
}

/// Whether a heading narrows what the check is about: “Log bucket”, “A key for the build machine”.
fn is_qualified(vocabulary: &Vocabulary, known: &Known, stated: &Stated<'_>) -> bool {
    // The lesson's own title says what all of it is about.
    stated.above.iter().skip(1).any(|title| {
        let mut stems = vocabulary.stems(words::without_first_verb(title));
        // Which account it is narrows nothing.
        if vocabulary.accounts.names_one(title) {
            stems.retain(|stem| stem != "account");
        }
        let shares = stems.iter().any(|stem| known.name.contains(stem));
        let is_other = |stem: &String| {
            let plain = known.all.contains(stem) || vocabulary.stems.done.contains(stem) || words::is_numbering(stem);
            !plain && !known.around.contains(stem) && !vocabulary.stems.undoing.contains(stem)
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
