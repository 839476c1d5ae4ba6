//! What a value may name: the account that is asked, another one of the learner's, or AWS.
//!
//! A course could put what it read into the name of somebody else's thing, whose owner sees it in a log. So every input
//! that can name an account is marked in the table, and a text that is not marked may not look as if it named one.

use std::collections::BTreeSet;

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

/// Checks a text.
///
/// # Errors
/// When it names somebody else, or does not parse.
pub(super) fn text(at: &str, text: &str, reach: Option<Reach>, own: &Own<'_>) -> Result<(), Refused> {
    let refused = |why| Err(Refused { at: at.to_owned(), why });
    let unparsed = |expected| refused(Why::Unparsed { expected });
    let account = |id: &str| match own.accounts.contains(id) || AWS.contains(&id) {
        true => Ok(()),
        false => refused(Why::Foreign),
    };
    let named = |text: &str| match Arn::parse(text) {
        // Buckets and some of AWS's public things have no account.
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
    let digits = text.split(|letter: char| !letter.is_ascii_digit() && letter != ':');
    let names_an_account = digits.into_iter().any(|run| run.split_inclusive(':').any(ends_in_an_account));
    text.contains("arn:") || text.contains("://") || names_an_account
}

/// Whether a text is an account's id and a colon.
fn ends_in_an_account(text: &str) -> bool {
    text.strip_suffix(':').is_some_and(arn::is_account_id)
}

/// The account in a queue's URL: `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`.
fn queue_account(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "https" | "http"))?;
    let mut parts = rest.split('/');
    let (_host, account, name) = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && !name.is_empty() && arn::is_account_id(account)).then_some(account)
}
