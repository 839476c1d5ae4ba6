//! Which account an item is about: the one that its words name, or its headings, in contrast to one that it only
//! compares with (“the same as in the general account”).

use course::Course;
use course::check::{Body, Check, Expectation, Proof};
use std::collections::BTreeSet;

/// Words that say where something is done.
const AT: &[&str] = &["in", "on", "for", "of", "within", "inside", "under", "at"];
/// Words between those and an account.
const DETERMINERS: &[&str] = &["the", "your", "a", "an", "this", "our", "my", "new"];
/// Words that compare, directly before an account or what says where.
const COMPARING: &[&str] = &["as", "like", "than", "unlike"];
/// Words that may compare, wherever they stand before an account.
const ALIKE: &[&str] = &["same", "different", "match", "matches", "matching", "equal", "equals", "copy", "reuse"];
/// Words after which an account is the other one: whoever is let in, or what is connected with.
const TOWARDS: &[&str] =
    &["let", "lets", "allow", "allows", "give", "gives", "grant", "grants", "with", "to", "from", "by"];
/// What separates words without being one.
const MARKS: &str = "()[]:,;–—/.!?";

/// What a text says of accounts.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// Nothing: it names none, or compares with one.
    Nothing,
    /// It is about this one.
    About(String),
    /// It names these, and may be about one of them, or not.
    Unclear(BTreeSet<String>),
}

/// How an account stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Manner {
    About,
    Compared,
    Unclear,
    /// Its name as a mere word: “general advice”, “in production”.
    Bare,
}

/// What a directive should say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// Nothing: it is the check's own.
    Own,
    /// `account=` this one.
    Other(String),
    /// Nobody can tell.
    Unclear,
}

/// The course's accounts, as texts name them.
pub(super) struct Accounts(Vec<(String, Vec<String>)>);

impl Accounts {
    /// Those of a course.
    pub(super) fn of(course: &Course) -> Accounts {
        let mut accounts: Vec<_> = course.accounts.keys().map(|name| (name.clone(), words(name))).collect();
        // Of two names of which one begins with the other, the longer one is meant.
        accounts.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
        Accounts(accounts)
    }

    /// The accounts that a check speaks of, whosever it is.
    pub(super) fn of_check(&self, course: &Course, check: &Check) -> BTreeSet<String> {
        let mut texts: Vec<&str> = vec![&check.title];
        texts.extend(check.lets.values().map(|meant| meant.text.as_str()));
        match &check.body {
            Body::Expect(expectations) => texts.extend(expectations.iter().flat_map(texts_of)),
            Body::Steps(names) => {
                let members = names.iter().filter_map(|name| course.checks.get(name));
                return members.flat_map(|member| self.of_check(course, member)).collect();
            }
        }
        texts.into_iter().flat_map(|text| self.mentions(text, false)).map(|(name, _)| name).collect()
    }

    /// The account that an item is about, by its own words or by the nearest heading that names one, for a check whose
    /// own account is this, and which speaks of those.
    pub(super) fn meant(&self, item: &str, headings: &[&str], own: &str, spoken_of: &BTreeSet<String>) -> Account {
        let above = || headings.iter().rev().map(|heading| self.said(heading, true)).find(|it| *it != Said::Nothing);
        let bare = self.mentions(item, false).into_iter().filter(|(_, manner)| *manner == Manner::Bare);
        let said = match self.said(item, false) {
            Said::Nothing => above().unwrap_or(Said::Nothing),
            said => said,
        };
        let account = match said {
            Said::Nothing => Account::Own,
            Said::About(name) if name == own => Account::Own,
            // A check that compares with an account is not about it.
            Said::About(name) if !spoken_of.contains(&name) => Account::Other(name),
            Said::Unclear(names) if names.iter().all(|name| name == own || spoken_of.contains(name)) => Account::Own,
            Said::About(_) | Said::Unclear(_) => Account::Unclear,
        };
        let meant = match &account {
            Account::Other(name) => name,
            _ => own,
        };
        match bare.into_iter().all(|(name, _)| name == meant || spoken_of.contains(&name)) {
            true => account,
            false => Account::Unclear,
        }
    }

    /// What an item or a heading says.
    fn said(&self, text: &str, heading: bool) -> Said {
        let mentions = self.mentions(text, heading);
        let named = |manner: Manner| mentions.iter().filter(move |(_, it)| *it == manner).map(|(name, _)| name.clone());
        let (about, unclear): (BTreeSet<_>, BTreeSet<_>) =
            (named(Manner::About).collect(), named(Manner::Unclear).collect());
        if about.is_empty() && unclear.is_empty() {
            return Said::Nothing;
        }
        let all: BTreeSet<String> = about.iter().cloned().chain(unclear).chain(named(Manner::Bare)).collect();
        match about.first() {
            Some(name) if all.len() == 1 => Said::About(name.clone()),
            _ => Said::Unclear(all),
        }
    }

    /// The accounts that a text names, and how.
    fn mentions(&self, text: &str, heading: bool) -> Vec<(String, Manner)> {
        let words = words(text);
        let mut mentions = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let Some((name, spoken)) = self.0.iter().find(|(_, spoken)| words[at..].starts_with(spoken)) else {
                at += 1;
                continue;
            };
            let behind = words[at + spoken.len()..].iter().find(|word| *word != "aws");
            let manner = match behind.is_some_and(|word| ["account", "accounts"].contains(&word.as_str())) {
                true => manner(&words[..at], heading),
                false => Manner::Bare,
            };
            mentions.push((name.clone(), manner));
            at += spoken.len();
        }
        mentions
    }
}

/// How an account is named, by the words before it.
fn manner(before: &[String], heading: bool) -> Manner {
    let is = |word: Option<&String>, list: &[&str]| word.is_some_and(|word| list.contains(&word.as_str()));
    let mut before: Vec<&String> = before.iter().collect();
    while is(before.last().copied(), DETERMINERS) {
        before.pop();
    }
    let last = before.pop();
    let next = before.last().copied();
    let may_compare = before.iter().any(|word| is(Some(word), ALIKE) || is(Some(word), COMPARING));
    match last {
        _ if is(last, COMPARING) || is(last, AT) && is(next, COMPARING) => Manner::Compared,
        _ if may_compare => Manner::Unclear,
        None => Manner::About,
        Some(last) if AT.contains(&last.as_str()) || MARKS.contains(last.as_str()) => Manner::About,
        // A heading names what its section sets up.
        Some(last) if heading && !TOWARDS.contains(&last.as_str()) => Manner::About,
        Some(_) => Manner::Unclear,
    }
}

/// A text's words in lower case, and the marks between them.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        match words.last_mut() {
            Some(word) if inside && c.is_alphanumeric() => word.push(c),
            _ if c.is_alphanumeric() || MARKS.contains(c) => words.push(c.to_string()),
            _ => {}
        }
        inside = c.is_alphanumeric();
    }
    words
}

/// All that an expectation says.
fn texts_of(expectation: &Expectation) -> Vec<&str> {
    let mut texts = vec![expectation.title.as_str()];
    texts.extend(expectation.when.as_deref());
    match &expectation.proof {
        Proof::Evidence { that, .. } => texts.push(that),
        Proof::Word { .. } => {}
    }
    texts.extend(expectation.statement().map(|statement| statement.text.as_str()));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_meant_where_something_is_done_and_not_where_it_is_compared_with() {
        let names = ["general", "production", "shared_services"];
        let accounts = Accounts(names.map(|name| (name.to_owned(), words(name))).into());
        let other = |name: &str| Account::Other(name.to_owned());
        let cases: [(&str, &[&str], Account); 25] = [
            ("Billing alerts on", &[], Account::Own),
            ("Billing alerts on in the general account", &[], other("general")),
            ("MFA for your General AWS account’s root", &[], other("general")),
            ("General account: billing alerts on", &[], other("general")),
            ("Billing alerts on (general account)", &[], other("general")),
            ("A budget in the shared services account", &[], other("shared_services")),
            ("MFA in the production account", &[], Account::Own),
            ("Billing alerts on", &["Setting Up the General Account"], other("general")),
            ("Billing alerts on", &["General Account – Checklist", "3. Alerts"], other("general")),
            ("Billing alerts on", &["The general account", "Production account"], Account::Own),
            ("Billing alerts on in the production account", &["The general account"], Account::Own),
            // Compared with, which says nothing of whose it is.
            ("The same plan as the general account", &[], Account::Own),
            ("Alerts on, just like in the general account", &[], Account::Own),
            ("The same alerts as in your general account", &["Production account"], Account::Own),
            ("The same alerts as in the production account", &["The general account"], other("general")),
            // Not clear.
            ("Alerts in the general and the production account", &[], Account::Unclear),
            ("Alerts in the general account and in the production account", &[], Account::Unclear),
            ("The same alerts, in the general account", &[], Account::Unclear),
            ("Lets the general account read", &[], Account::Unclear),
            ("Billing alerts on", &["General vs. Production Account"], Account::Unclear),
            ("Billing alerts on", &["General Account", "Both: General and Production Accounts"], Account::Unclear),
            ("MFA on production", &["General Account"], Account::Unclear),
            ("MFA on production", &[], Account::Own),
            // The name as a word of its own, and somebody else's part.
            ("Billing alerts on", &["General advice"], Account::Own),
            ("Something read in the general account's bucket, once", &[], other("general")),
        ];
        for (item, headings, expected) in cases {
            let meant = accounts.meant(item, headings, "production", &BTreeSet::new());
            assert_eq!(meant, expected, "{item} below {headings:?}");
        }
        // What the check itself compares with.
        let spoken_of = BTreeSet::from(["general".to_owned()]);
        let cases = [
            ("Lets the general account read", Account::Own),
            ("Email for the general account", Account::Unclear),
            ("Email for the production account", Account::Own),
        ];
        for (item, expected) in cases {
            assert_eq!(accounts.meant(item, &[], "production", &spoken_of), expected, "{item}");
        }
    }
}
