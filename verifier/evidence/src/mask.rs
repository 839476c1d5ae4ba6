//! Masks account ids, e-mail addresses and phone numbers in any text.
//!
//! Results contain masked text. Recordings have a pseudonym for each identifier, always the same one for the same
//! identifier, so that a masked recording gets the same verdicts as the original.

use regex::{Captures, Regex};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::Section;
use crate::fold::fold;
use crate::reads;

/// An account id as results show it: its last four digits.
pub fn account_id(id: &str) -> String {
    let kept = id.char_indices().rev().nth(3).map_or(id, |(at, _)| &id[at..]);
    format!("••••••••{kept}")
}

/// A text with every identifier in it masked.
pub fn text(text: &str) -> String {
    replace(text, &mut |identifier, _| match identifier {
        Identifier::Account(id) => account_id(id),
        Identifier::Email(email) => {
            let (local, domain) = email.split_once('@').unwrap_or((email, ""));
            let first: String = local.chars().take(1).collect();
            format!("{first}•••@{domain}")
        }
        Identifier::Phone(_) => "+•••".to_owned(),
    })
}

/// The pseudonyms for a recording's identifiers.
#[derive(Debug, Default)]
pub struct StandIns {
    /// Texts that are kept everywhere, because a course's checks look for them.
    kept: Vec<String>,
    /// Texts that are replaced wherever they are, each with its pseudonym, the longest first.
    replaced: Vec<(String, String)>,
    accounts: BTreeMap<String, String>,
    texts: BTreeMap<String, String>,
}

impl StandIns {
    /// Pseudonyms that keep these texts, the longest first. Single letters and digits are not kept, because they would
    /// reveal too much of a name.
    pub fn keeping(kept: impl IntoIterator<Item = String>) -> StandIns {
        let telling = |text: &String| !text.is_empty() && (text.len() > 1 || !text.chars().all(char::is_alphanumeric));
        let mut kept: Vec<String> = kept.into_iter().filter(telling).collect();
        kept.sort_by_key(|text| std::cmp::Reverse(text.len()));
        StandIns { kept, ..StandIns::default() }
    }

    /// The same, with pseudonyms for these values by name. What checks look for, regions, and what is too short to tell
    /// anything stay as they are.
    pub fn replacing(mut self, values: &BTreeMap<String, String>) -> StandIns {
        let is_region = |value: &str| reads::partitions().values().flatten().any(|region| region == value);
        let stays = |value: &String| value.len() < SHORTEST || self.kept.contains(value) || is_region(value);
        for (name, value) in values.iter().filter(|(_, value)| !stays(value)) {
            self.replaced.push((value.clone(), format!("masked-{}", name.replace('_', "-"))));
        }
        self.replaced.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        self
    }

    /// Replaces the identifiers in a section. In the contact sections, replaces every text.
    pub fn section(&mut self, section: Section, value: &mut Value) {
        let personal = matches!(section, Section::Contact | Section::AlternateContacts);
        self.walk(value, personal);
    }

    /// Replaces the identifiers in a call or its answer, in the keys of maps, too.
    pub fn value(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                for (name, mut field) in std::mem::take(fields) {
                    self.value(&mut field);
                    fields.insert(self.identifiers(&name), field);
                }
            }
            value => self.walk(value, false),
        }
    }

    fn walk(&mut self, value: &mut Value, personal: bool) {
        match value {
            Value::String(text) if personal => *text = self.around_kept(text, |_, part| part),
            Value::String(text) => *text = self.identifiers(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, personal)),
            // The reasons of something unreadable are our own text.
            Value::Object(fields) if fields.contains_key(crate::UNREADABLE) => {
                fields.values_mut().for_each(|field| self.walk(field, false));
            }
            Value::Object(fields) => fields.values_mut().for_each(|field| self.walk(field, personal)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A pseudonym for a whole text. Texts that fold to the same text share one.
    fn text(&mut self, text: &str) -> String {
        let next = self.texts.len() + 1;
        self.texts.entry(fold(text)).or_insert_with(|| format!("masked-{next}")).clone()
    }

    fn identifiers(&mut self, text: &str) -> String {
        let given = self.replaced.iter().fold(text.to_owned(), |text, (value, instead)| words(&text, value, instead));
        let text = given.as_str();
        let kept = self.kept_in(text);
        replace(text, &mut |identifier, at| match identifier {
            Identifier::Account(id) if kept.iter().any(|kept| kept.start <= at && at + id.len() <= kept.end) => {
                id.to_owned()
            }
            Identifier::Account(id) => {
                let next = self.accounts.len() + 1;
                self.accounts.entry(id.to_owned()).or_insert_with(|| format!("{next:012}")).clone()
            }
            Identifier::Email(email) => {
                self.around_kept(
                    email,
                    |part, stand_in| {
                        if part.contains('@') { format!("{stand_in}@example.com") } else { stand_in }
                    },
                )
            }
            Identifier::Phone(phone) => self.around_kept(phone, |_, stand_in| stand_in),
        })
    }

    /// The ranges of kept texts in a text.
    fn kept_in(&self, text: &str) -> Vec<Range<usize>> {
        let all = |kept: &String| {
            let found = text.char_indices().map(|(at, _)| at).filter(|at| stands_at(text, *at, kept));
            found.map(|at| at..at + kept.len()).collect::<Vec<_>>()
        };
        self.kept.iter().flat_map(all).collect()
    }

    /// A pseudonym for a text that preserves kept texts in any case. `form` makes a pseudonym of each part between
    /// them.
    fn around_kept(&mut self, text: &str, form: impl Fn(&str, String) -> String) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while !rest.is_empty() {
            let found = self.kept.iter().filter_map(|kept| Some((find_in_any_case(rest, kept)?, kept.len())));
            let (at, length) =
                found.min_by_key(|(at, length)| (*at, std::cmp::Reverse(*length))).unwrap_or((rest.len(), 0));
            if at > 0 {
                let stand_in = self.text(&rest[..at]);
                out.push_str(&form(&rest[..at], stand_in));
            }
            out.push_str(&rest[at..at + length]);
            rest = &rest[at + length..];
        }
        out
    }
}

/// The shortest value that gets a pseudonym, in bytes.
const SHORTEST: usize = 3;

/// A text with a value replaced wherever it is not a part of a longer word.
fn words(text: &str, value: &str, instead: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(value) {
        let (before, after) = (&rest[..at], &rest[at + value.len()..]);
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_part = joins(before.chars().next_back().or(out.chars().next_back())) || joins(after.chars().next());
        out.push_str(before);
        out.push_str(if is_part { value } else { instead });
        rest = after;
    }
    out + rest
}

/// The position of a text in another one, ignoring the case of ASCII letters.
fn find_in_any_case(text: &str, sought: &str) -> Option<usize> {
    text.char_indices().map(|(at, _)| at).find(|at| stands_at(text, *at, sought))
}

fn stands_at(text: &str, at: usize, sought: &str) -> bool {
    text.get(at..at + sought.len()).is_some_and(|part| part.eq_ignore_ascii_case(sought))
}

enum Identifier<'t> {
    Account(&'t str),
    Email(&'t str),
    Phone(&'t str),
}

/// Matches what looks like an identifier, and words in which no identifier begins. In this order: an e-mail address, a
/// phone number (a plus sign and at least seven digits), more digits than an account id, and an account id.
#[expect(clippy::expect_used, reason = "it never changes, and the tests compile it")]
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    const LETTER: &str = r"\p{Alphabetic}\p{N}";
    let email = format!(r"[{LETTER}+][{LETTER}._%+\-']*@[{LETTER}.\-]*\.[{LETTER}.\-]*[{LETTER}]");
    let phone = r"\+(?:[ \-().]*[0-9]){7,}";
    let word = format!("[0-9]{{13,}}[{LETTER}]*|(?<account>[0-9]{{12}})|[{LETTER}]+");
    Regex::new(&format!("(?<email>{email})|(?<phone>{phone})|{word}")).expect("it is an expression")
});

/// Replaces what looks like an identifier. `stand_in` gets the identifier and its position.
fn replace(text: &str, stand_in: &mut dyn FnMut(Identifier<'_>, usize) -> String) -> String {
    let masked = IDENTIFIER.replace_all(text, |found: &Captures<'_>| {
        let identifier = found.name("email").map(|email| (email, Identifier::Email(email.as_str())));
        let identifier = identifier.or_else(|| found.name("phone").map(|it| (it, Identifier::Phone(it.as_str()))));
        let identifier = identifier.or_else(|| found.name("account").map(|it| (it, Identifier::Account(it.as_str()))));
        identifier.map_or_else(|| found[0].to_owned(), |(it, identifier)| stand_in(identifier, it.start()))
    });
    masked.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_masked_in_any_text() {
        let cases = [
            ("arn:aws:iam::111122223333:mfa/root", "arn:aws:iam::••••••••3333:mfa/root"),
            ("mail to your.email+production@gmail.com.", "mail to y•••@gmail.com."),
            ("call +1 555-010-9999 now", "call +••• now"),
            ("1111222233334444 is no account id", "1111222233334444 is no account id"),
            ("a111122223333 111122223333b", "a111122223333 ••••••••3333b"),
            ("+1 (2) 3, a@b.c-.", "+1 (2) 3, a•••@b.c-."),
            ("50 % of 10 USD, 2026-11-24T00:00:00Z", "50 % of 10 USD, 2026-11-24T00:00:00Z"),
            ("@ + a@b", "@ + a@b"),
            ("née@ü.example", "n•••@ü.example"),
        ];
        for (plain, masked) in cases {
            assert_eq!(text(plain), masked);
        }
    }

    #[test]
    fn stand_ins_keep_what_a_check_looks_for() {
        let mut stand_ins = StandIns::keeping(["-production".to_owned(), "x".to_owned(), String::new()]);
        let mut account = serde_json::json!({ "name": "ada@example.org-Production", "other": "ada@example.org" });
        stand_ins.section(Section::Account, &mut account);
        assert_eq!(account["name"], "masked-1@example.com-Production");
        assert_eq!(account["other"], "masked-1@example.com");
        let mut contact = serde_json::json!({ "name": "Ada-production Lovelace" });
        stand_ins.section(Section::Contact, &mut contact);
        assert_eq!(contact["name"], "masked-2-productionmasked-3");
    }

    #[test]
    fn what_a_learner_gave_is_replaced_as_a_word() {
        let given = [("bucket", "cats"), ("zone", "a"), ("region", "eu-west-1"), ("suffix", "kept")];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut stand_ins = StandIns::keeping(["kept".to_owned()]).replacing(&given);
        let mut value = serde_json::json!({ "cats": "arn:aws:s3:::cats/cats-2 concats", "at": "eu-west-1a kept" });
        stand_ins.value(&mut value);
        let masked = "arn:aws:s3:::masked-bucket/masked-bucket-2 concats";
        assert_eq!(value, serde_json::json!({ "masked-bucket": masked, "at": "eu-west-1a kept" }));
    }

    #[test]
    fn stand_ins_keep_what_is_equal_equal() {
        let mut stand_ins = StandIns::default();
        let mut one = serde_json::json!({ "account": "111122223333", "arn": "arn:aws:iam::111122223333:root" });
        let mut other = serde_json::json!({ "name": "Jane  Doe", "address": "jane doe" });
        stand_ins.section(Section::Identity, &mut one);
        stand_ins.section(Section::Contact, &mut other);
        assert_eq!(one, serde_json::json!({ "account": "000000000001", "arn": "arn:aws:iam::000000000001:root" }));
        assert_eq!(other["name"], other["address"]);
    }
}
