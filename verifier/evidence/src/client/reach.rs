//! What a value may name: the account that is asked, another one of the learner's, or AWS.
//!
//! A course could put what it read into the name of somebody else's thing, whose owner sees it in a log. So every input
//! that can name an account is marked in the table, and a text that is not marked may not look as if it named one.

use course::terminal::is_hidden;
use percent_encoding::percent_decode_str;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

use super::refused::{Refused, Why};
use crate::arn::{self, Arn};
use crate::reads::Reach;

/// What belongs to the learner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own<'a> {
    /// The ids of the learner's accounts: the one that is asked, and the others that are bound.
    pub(super) accounts: &'a BTreeSet<String>,
    /// The names of the account's buckets, if the call is about one.
    pub(super) buckets: Option<&'a BTreeSet<String>>,
}

/// The words that AWS's resources have instead of an account id, and those for the account itself.
const AWS: [&str; 4] = ["aws", "amazon", "self", "aws-marketplace"];

/// Checks a text. Without `own`, the call goes to an emulator, and may name anything.
///
/// # Errors
/// When it names somebody else, or does not parse.
pub(super) fn text(at: &str, text: &str, reach: Option<Reach>, own: Option<&Own<'_>>) -> Result<(), Refused> {
    let Some(own) = own else { return Ok(()) };
    let refused = |why| Err(Refused { at: at.to_owned(), why });
    let unparsed = |expected| refused(Why::Unparsed { expected });
    let account = |id: &str| match own.accounts.contains(id) || AWS.contains(&id) {
        true => Ok(()),
        false => refused(Why::Foreign),
    };
    let named = |text: &str| match Arn::parse(text) {
        // What is inside is another ARN, or an account where one has no place.
        Some(arn) if names_a_thing(&folded(arn.resource)) => refused(Why::Suspicious),
        // Buckets and some of AWS's public things have no account.
        Some(arn) if arn.account.is_empty() && is_suspicious(arn.resource) => refused(Why::Suspicious),
        Some(arn) if arn.account.is_empty() => Ok(()),
        Some(arn) => account(arn.account),
        None => unparsed("an ARN"),
    };
    match reach {
        None if is_suspicious(text) => refused(Why::Suspicious),
        None => Ok(()),
        Some(Reach::Arn) => named(text),
        Some(Reach::NameOrArn) if arn::is_meant(text) => named(text),
        Some(Reach::NameOrArn) => match text.split_once([':', '/']) {
            Some((id, _)) if arn::is_account_id(id) => account(id),
            _ if arn::is_account_id(text) => account(text),
            _ if is_suspicious(text) => refused(Why::Suspicious),
            _ => Ok(()),
        },
        Some(Reach::Account) if arn::is_account_id(text) => account(text),
        Some(Reach::Account) => unparsed("an account id"),
        Some(Reach::Owner) if AWS.contains(&text.to_ascii_lowercase().as_str()) => Ok(()),
        Some(Reach::Owner) if arn::is_account_id(text) => account(text),
        Some(Reach::Owner) => unparsed("an account id, `self`, `amazon` or `aws-marketplace`"),
        Some(Reach::Bucket) => match own.buckets {
            Some(buckets) if buckets.contains(text) => Ok(()),
            _ => refused(Why::NoSuchBucket { name: text.to_owned() }),
        },
        Some(Reach::Queue) => match queue_account(text) {
            Some(id) => account(id),
            None => unparsed("a queue's URL"),
        },
        Some(Reach::Address | Reach::Host | Reach::Program) => refused(Why::Program),
    }
}

/// Whether a text that can name nobody looks as if it did: it has an ARN, an account's id and a colon, or an address.
fn is_suspicious(text: &str) -> bool {
    let folded = folded(text);
    let digits = folded.split(|letter: char| !letter.is_ascii_digit() && letter != ':');
    let names_an_account = digits.into_iter().any(|run| run.split_inclusive(':').any(ends_in_an_account));
    names_a_thing(&folded) || names_an_account
}

/// Whether a folded text has an ARN or an address in it.
fn names_a_thing(folded: &str) -> bool {
    arn::is_in(folded) || folded.split_once("://").is_some()
}

/// Whether a text is an account's id and a colon.
fn ends_in_an_account(text: &str) -> bool {
    text.strip_suffix(':').is_some_and(arn::is_account_id)
}

/// A text as a lenient reader may take it: without capital letters, other forms of letters and digits, percent-encoding,
/// the escapes of JSON, and what is not seen.
fn folded(text: &str) -> String {
    let mut text = text.to_owned();
    // What is encoded twice is decoded twice.
    for _ in 0..3 {
        text = unescaped(&percent_decode_str(&text).decode_utf8_lossy());
    }
    let seen = text.nfkc().filter(|letter| !letter.is_control() && !is_hidden(*letter) && *letter != '\\');
    seen.collect::<String>().to_lowercase()
}

/// A text without `\u003a` and the like.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let letter = part.get(..4).and_then(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
        match letter {
            Some(letter) => plain.extend([letter].into_iter().chain(part.chars().skip(4))),
            None => plain.extend(["\\u", part]),
        }
    }
    plain
}

/// The account in a queue's URL: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.
fn queue_account(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "https" | "http"))?;
    let mut parts = rest.split('/');
    let (host, account, name) = (parts.next()?, parts.next()?, parts.next()?);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (parts.next().is_none() && is_name && is_of_queues(host) && arn::is_account_id(account)).then_some(account)
}

/// Whether a host is AWS's, in one of the forms that queues have had, or an emulator's on this computer.
fn is_of_queues(host: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let is_aws = || {
        let name = AWS_HOSTS.iter().find_map(|suffix| host.strip_suffix(suffix));
        let is_queues = |name: &str| name == "queue" || name.starts_with("sqs") || name.ends_with(".queue");
        name.is_some_and(is_queues) && host.bytes().all(is_plain)
    };
    let (local, port) = host.rsplit_once(':').unwrap_or((host, "0"));
    is_aws() || matches!(local, "localhost" | "127.0.0.1" | "[::1]") && port.parse::<u16>().is_ok()
}

/// What comes after `sqs.REGION` in the partitions of AWS (its endpoint rules).
const AWS_HOSTS: [&str; 9] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];
