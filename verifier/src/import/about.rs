//! Finds the account that an item is about: the one that the item or its headings name, but not one that it only
//! compares with (“the same as in the general account”).

use course::Course;
use course::check::{Body, Check, Expectation, Proof};
use std::collections::BTreeSet;

use super::stated::Stated;

/// Words before the account in which something is done.
const AT: &[&str] = &["in", "on", "for", "of", "within", "inside", "under", "at"];
/// Words that can follow these before an account.
const DETERMINERS: &[&str] = &["the", "your", "a", "an", "this", "our", "my", "new"];
/// Words that compare, directly before an account or a word of [`AT`].
const COMPARING: &[&str] = &["as", "like", "than", "unlike"];
/// Words that may compare, anywhere before an account.
const ALIKE: &[&str] = &[
    "same",
    "identical",
    "different",
    "match",
    "matches",
    "matching",
    "equal",
    "equals",
    "copy",
    "reuse",
    "follow",
    "follows",
];
/// Words after which an account is the other party: the one that gets access, or that is connected with.
const TOWARDS: &[&str] =
    &["let", "lets", "allow", "allows", "give", "gives", "grant", "grants", "with", "to", "from", "by"];
/// Words that can come directly before “account” and name none.
const PLAIN: &[&str] = &[
    "fresh", "first", "whole", "own", "same", "and", "or", "is", "whose", "what", "that", "per", "one", "user",
    "close", "open", "closed", "create", "name", "have", "has", "into", "get", "its", "iam", "root", "current",
    "existing", "s",
];
/// Words before “accounts” that name none of them.
const SEVERAL: &[&str] =
    &["all", "both", "two", "three", "several", "many", "any", "each", "every", "other", "these", "multiple"];
/// What an account has, rather than an account: “account settings”.
const OF_ACCOUNTS: &[&str] =
    &["settings", "alias", "aliases", "name", "names", "id", "ids", "number", "page", "menu", "hygiene"];
/// Marks that separate words.
const MARKS: &str = "()[]:,;–—/.!?";

/// The accounts that a text is about.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    /// It names no account, or only compares with one.
    Nothing,
    /// It is about this account.
    About(String),
    /// It names these, and may be about one of them.
    Unclear(BTreeSet<String>),
}

/// How a text names an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Manner {
    About,
    Compared,
    /// It may be compared with, or meant.
    Alike,
    Unclear,
    /// Only as a word: “general advice”, “in production”.
    Bare,
}

/// The account that a directive should name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Account {
    /// None: it is the check's own account.
    Own,
    /// This account, with `account=`.
    Other(String),
    /// It is unclear.
    Unclear,
}

/// The course's accounts, as texts name them.
pub(super) struct Accounts(Vec<(String, Vec<String>)>);

impl Accounts {
    /// The accounts of a course.
    pub(super) fn of(course: &Course) -> Accounts {
        let mut accounts: Vec<_> = course.accounts.keys().map(|name| (name.clone(), words(name))).collect();
        // If one name begins with another, the longer one is tried first.
        accounts.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
        Accounts(accounts)
    }

    /// The accounts that the texts of a check mention.
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

    /// The account that an item is about, by its own words or the nearest heading that names one. `own` is the account
    /// of its check, and `spoken_of` are the accounts that the check mentions.
    pub(super) fn meant(&self, item: &str, headings: &[&str], own: &str, spoken_of: &BTreeSet<String>) -> Account {
        let above = || headings.iter().rev().map(|heading| self.named(heading, true)).find(|it| *it != Named::Nothing);
        let bare = self.mentions(item, false).into_iter().filter(|(_, manner)| *manner == Manner::Bare);
        let named = match self.named(item, false) {
            Named::Nothing => above().unwrap_or(Named::Nothing),
            named => named,
        };
        let account = match named {
            Named::Nothing => Account::Own,
            Named::About(name) if name == own => Account::Own,
            // A check that compares with an account is not about it.
            Named::About(name) if !spoken_of.contains(&name) => Account::Other(name),
            Named::Unclear(names) if names.iter().all(|name| name == own || spoken_of.contains(name)) => Account::Own,
            Named::About(_) | Named::Unclear(_) => Account::Unclear,
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

    /// Whether an account that the course does not have, or several, are named where a statement is, or the text
    /// around it names another than the check's own and the statement does not say which.
    pub(super) fn in_doubt(&self, stated: &Stated<'_>, own: &str, spoken_of: &BTreeSet<String>) -> bool {
        let near = stated.above.iter().skip(1).copied().chain([stated.text]);
        if near.clone().any(|text| self.is_foreign(text) || self.is_about_several(text)) {
            return true;
        }
        let is_said = near
            .chain(stated.above.first().copied())
            .any(|text| self.mentions(text, true).iter().any(|(_, manner)| *manner == Manner::About));
        let title = stated.above.first().copied();
        let others = title.into_iter().chain(stated.around.about_accounts.iter().map(String::as_str)).any(|sentence| {
            let named = self.mentions(sentence, false);
            let other = named.iter().any(|(name, manner)| {
                // A combination of checks of several accounts has no account of its own.
                let is_other = !own.is_empty() && name != own && !spoken_of.contains(name);
                is_other && matches!(manner, Manner::About | Manner::Unclear)
            });
            other || self.is_foreign(sentence)
        });
        !is_said && others
    }

    /// Whether a text names an account of the course.
    pub(super) fn names_one(&self, text: &str) -> bool {
        !self.named_in(text).is_empty()
    }

    /// The accounts of the course that a text names.
    pub(super) fn named_in(&self, text: &str) -> BTreeSet<String> {
        let named = self.mentions(text, false).into_iter().filter(|(_, manner)| *manner != Manner::Bare);
        named.map(|(name, _)| name).collect()
    }

    /// Whether a text names an account that is none of the course's.
    fn is_foreign(&self, text: &str) -> bool {
        let words = words(text);
        let accounts = words.iter().enumerate().filter(|(_, word)| ["account", "accounts"].contains(&word.as_str()));
        accounts.into_iter().any(|(at, word)| {
            // “All workload accounts” are no account in which something is done.
            if word == "accounts" && words[at.saturating_sub(2)..at].iter().any(|word| SEVERAL.contains(&word.as_str()))
            {
                return false;
            }
            let mut before = words[..at].iter().rev().filter(|word| *word != "aws" && *word != "member");
            let after = words.get(at + 1).map_or("", String::as_str);
            let is_course = |before: &String| self.0.iter().any(|(_, spoken)| spoken.last() == Some(before));
            let is_plain = |before: &String| {
                let list = [DETERMINERS, AT, COMPARING, ALIKE, TOWARDS, PLAIN, SEVERAL];
                let is_number = before.chars().all(char::is_numeric);
                is_number || list.iter().any(|list| list.contains(&before.as_str())) || MARKS.contains(before.as_str())
            };
            !OF_ACCOUNTS.contains(&after) && before.next().is_some_and(|before| !is_course(before) && !is_plain(before))
        })
    }

    /// Whether a text is about several accounts at once.
    fn is_about_several(&self, text: &str) -> bool {
        words(text).iter().any(|word| word == "accounts")
    }

    /// The accounts that an item or a heading is about.
    fn named(&self, text: &str, heading: bool) -> Named {
        let mentions = self.mentions(text, heading);
        let of_manner =
            |manner: Manner| mentions.iter().filter(move |(_, it)| *it == manner).map(|(name, _)| name.clone());
        let (about, unclear): (BTreeSet<_>, BTreeSet<_>) =
            (of_manner(Manner::About).collect(), of_manner(Manner::Unclear).chain(of_manner(Manner::Alike)).collect());
        if about.is_empty() && unclear.is_empty() {
            return Named::Nothing;
        }
        let all: BTreeSet<String> = about.iter().cloned().chain(unclear).chain(of_manner(Manner::Bare)).collect();
        match about.first() {
            Some(name) if all.len() == 1 => Named::About(name.clone()),
            _ => Named::Unclear(all),
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
    let may_compare = is(last, ALIKE) || before.iter().any(|word| is(Some(word), ALIKE) || is(Some(word), COMPARING));
    match last {
        _ if is(last, COMPARING) || is(last, AT) && is(next, COMPARING) => Manner::Compared,
        _ if may_compare => Manner::Alike,
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

/// The texts of an expectation.
fn texts_of(expectation: &Expectation) -> Vec<&str> {
    let mut texts = vec![expectation.title.as_str()];
    texts.extend(expectation.when.as_deref());
    match &expectation.proof {
        Proof::Evidence { that, .. } => texts.push(that),
        Proof::Confirmation { .. } => {}
    }
    texts.extend(expectation.statement().map(|statement| statement.text.as_str()));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_about_the_account_where_something_is_done_not_one_that_it_compares_with() {
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
            // The account is only compared with.
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
            // The name as a word, and a part of another account.
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
