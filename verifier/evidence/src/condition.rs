//! Evaluates a policy's condition without a concrete request. It assumes a request over TLS by a principal of a known
//! account. What depends on anything else is undecided (`None`).
//!
//! From the IAM User Guide: "Condition operators", "Conditions with multiple context keys or values", "Single-valued vs.
//! multivalued context keys", and "AWS global condition context keys".

use super::arn::{self, PARTITIONS, is_account_id};
use super::bucket_policy::Condition;
use super::pattern::Pattern;

/// Who makes a request.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'c> {
    /// The account; `None` for an anonymous request.
    pub account: Option<&'c str>,
    /// The organization that the account belongs to.
    pub organization: Organization<'c>,
}

/// The organization of an account.
#[derive(Debug, Clone, Copy)]
pub enum Organization<'c> {
    /// It is not known.
    Unknown,
    /// It belongs to no organization.
    None,
    /// It belongs to the organization with this id.
    Is(&'c str),
    /// It belongs to none of these organizations.
    NotOneOf(&'c [&'c str]),
}

/// Whether all are true; undecided if that depends on an undecided one.
pub fn all(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    parts
        .into_iter()
        .try_fold(Some(true), |all, part| match part {
            Some(false) => Err(()),
            Some(true) => Ok(all),
            None => Ok(None),
        })
        .unwrap_or(Some(false))
}

/// Whether one is true; undecided if that depends on an undecided one.
pub fn any(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    not(all(parts.into_iter().map(not)))
}

/// The opposite.
pub fn not(part: Option<bool>) -> Option<bool> {
    part.map(|is| !is)
}

/// Whether a condition is true for a request of this caller.
pub fn holds(condition: &Condition, caller: Caller<'_>) -> Option<bool> {
    let operator = Operator::parse(&condition.operator)?;
    if condition.values.is_empty() {
        return None;
    }
    let context = Context::of(condition, caller);
    if operator.how == How::Null {
        let missing = match context {
            Context::Undecided => return None,
            Context::Missing => true,
            Context::OneOf(_) | Context::Principal(_) | Context::NotOneOf(_) => false,
        };
        return any(condition.values.iter().map(|value| truth(value).map(|wanted| wanted == missing)));
    }
    if matches!(context, Context::Missing) {
        return operator.without_key();
    }
    let matched = any(condition.values.iter().map(|value| context.matches(operator.how, value)));
    if operator.negated { not(matched) } else { matched }
}

/// Whether a condition may be true for an unknown account, with anything else in the request; undecided if it may be
/// about the identity of the caller.
pub(crate) fn may_hold(condition: &Condition, stranger: Caller<'_>) -> Option<bool> {
    holds(condition, stranger).or_else(|| {
        let key = condition.key.to_ascii_lowercase();
        let known_organization = matches!(stranger.organization, Organization::NotOneOf(_));
        let about_who = WHO.contains(&key.as_str()) && !(key == "aws:principalorgid" && known_organization);
        let readable = Operator::parse(&condition.operator).is_some() && !condition.values.is_empty();
        let variable = condition.values.iter().any(|value| value.contains("${"));
        (!about_who && readable && !variable).then_some(true)
    })
}

/// Whether the caller's account does not decide a condition, at least for some accounts. The organization counts as
/// known.
pub(crate) fn leaves_open(condition: &Condition) -> bool {
    let open = |account| {
        let caller = Caller { account: Some(account), organization: Organization::Unknown };
        holds(condition, caller).is_none()
    };
    accounts_to_try(std::slice::from_ref(condition)).any(open)
}

/// The accounts between which conditions distinguish: those that they name, and one that represents all others.
pub fn accounts_to_try(conditions: &[Condition]) -> impl Iterator<Item = &str> {
    let values = conditions.iter().flat_map(|condition| &condition.values);
    let named = values.flat_map(|value| value.split(|c: char| !c.is_ascii_digit())).filter(|id| is_account_id(id));
    named.chain(["000000000000"])
}

/// The keys that distinguish callers, but are not known for an unknown account.
const WHO: &[&str] = &[
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:userid",
    "aws:username",
    "aws:federatedprovider",
    "aws:resourceaccount",
    "s3:resourceaccount",
];

#[derive(Debug, Clone, Copy)]
struct Operator {
    set: Option<Set>,
    how: How,
    negated: bool,
    if_exists: bool,
}

/// How the values of a key with several values are combined. A single value is a set of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    All,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Equals,
    EqualsIgnoringCase,
    Like,
    Arn,
    Bool,
    Null,
    /// A type that no known key has.
    OtherType,
}

impl Operator {
    fn parse(written: &str) -> Option<Operator> {
        let lower = written.to_ascii_lowercase();
        let (set, rest) = match lower.split_once(':') {
            None => (None, lower.as_str()),
            Some(("forallvalues", rest)) => (Some(Set::All), rest),
            Some(("foranyvalue", rest)) => (Some(Set::Any), rest),
            Some(_) => return None,
        };
        let (name, if_exists) = rest.strip_suffix("ifexists").map_or((rest, false), |name| (name, true));
        let (how, negated) = match name {
            "stringequals" => (How::Equals, false),
            "stringnotequals" => (How::Equals, true),
            "stringequalsignorecase" => (How::EqualsIgnoringCase, false),
            "stringnotequalsignorecase" => (How::EqualsIgnoringCase, true),
            "stringlike" => (How::Like, false),
            "stringnotlike" => (How::Like, true),
            "arnequals" | "arnlike" => (How::Arn, false),
            "arnnotequals" | "arnnotlike" => (How::Arn, true),
            "bool" => (How::Bool, false),
            // `Null` cannot be combined with a set operator or `IfExists`.
            "null" if set.is_none() && !if_exists => (How::Null, false),
            "numericequals"
            | "numericlessthan"
            | "numericlessthanequals"
            | "numericgreaterthan"
            | "numericgreaterthanequals"
            | "dateequals"
            | "datelessthan"
            | "datelessthanequals"
            | "dategreaterthan"
            | "dategreaterthanequals"
            | "binaryequals"
            | "ipaddress" => (How::OtherType, false),
            "numericnotequals" | "datenotequals" | "notipaddress" => (How::OtherType, true),
            _ => return None,
        };
        Some(Operator { set, how, negated, if_exists })
    }

    /// The result for a key that the request does not have.
    fn without_key(self) -> Option<bool> {
        match (self.set, self.if_exists) {
            (Some(Set::All), _) | (None, true) => Some(true),
            (Some(Set::Any), false) => Some(false),
            // The result is not documented.
            (Some(Set::Any), true) => None,
            (None, false) => Some(self.negated),
        }
    }
}

/// The value of a key in a request.
enum Context<'c> {
    /// Nothing.
    Missing,
    /// One of these.
    OneOf(Vec<&'c str>),
    /// The ARN of the root user, a user or a role of this account. (Sessions of GetFederationToken have others.)
    Principal(&'c str),
    /// None of these.
    NotOneOf(&'c [&'c str]),
    /// Any value.
    Undecided,
}

impl<'c> Context<'c> {
    fn of(condition: &'c Condition, caller: Caller<'c>) -> Context<'c> {
        let signed = |context: Context<'c>| if caller.account.is_some() { context } else { Context::Missing };
        match (condition.key.to_ascii_lowercase().as_str(), caller.account) {
            ("aws:securetransport", _) => Context::OneOf(vec!["true"]),
            ("aws:principalisawsservice", _) => signed(Context::OneOf(vec!["false"])),
            ("aws:principalaccount", Some(account)) => Context::OneOf(vec![account]),
            ("aws:principalarn", Some(account)) => Context::Principal(account),
            ("aws:principalaccount" | "aws:principalarn", None) => Context::Missing,
            ("aws:principaltype", Some(_)) => Context::OneOf(vec!["Account", "User", "FederatedUser", "AssumedRole"]),
            ("aws:principaltype", None) => Context::OneOf(vec!["Anonymous"]),
            ("aws:principalorgid", _) => signed(match caller.organization {
                Organization::Unknown => Context::Undecided,
                Organization::None => Context::Missing,
                Organization::Is(id) => Context::OneOf(vec![id]),
                Organization::NotOneOf(ids) => Context::NotOneOf(ids),
            }),
            ("aws:resourceaccount" | "s3:resourceaccount", _) => match &condition.value {
                Some(owner) => Context::OneOf(vec![owner]),
                None => Context::Undecided,
            },
            _ => Context::Undecided,
        }
    }

    /// Whether the request's value matches this value.
    fn matches(&self, how: How, value: &str) -> Option<bool> {
        match self {
            Context::Missing => Some(false),
            Context::Undecided => None,
            Context::OneOf(texts) => {
                let mut each = texts.iter().map(|text| compare(how, value, text));
                let first = each.next()?;
                if each.all(|other| other == first) { first } else { None }
            }
            Context::Principal(account) => is_principal(how, value, account),
            Context::NotOneOf(texts) => texts.contains(&value).then_some(false),
        }
    }
}

fn compare(how: How, value: &str, text: &str) -> Option<bool> {
    let variable = value.contains("${");
    match how {
        How::Equals if variable => Pattern::new(value).matches(text),
        How::Equals if value != text && value.eq_ignore_ascii_case(text) => None,
        How::Equals => Some(value == text),
        How::EqualsIgnoringCase if variable => Pattern::new(&value.to_lowercase()).matches(&text.to_lowercase()),
        How::EqualsIgnoringCase => Some(value.to_lowercase() == text.to_lowercase()),
        // In a recording, identifiers are pseudonymised as a whole, so their parts differ.
        How::Like if has_wildcard(value) && value.contains(|c: char| c.is_ascii_digit()) => None,
        How::Like => Pattern::new(value).matches(text),
        How::Bool => Some(truth(value)? == truth(text)?),
        How::Arn | How::Null | How::OtherType => None,
    }
}

fn truth(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn has_wildcard(value: &str) -> bool {
    value.contains(['*', '?', '$'])
}

/// Whether a value matches the ARNs of all of an account's principals, or of none.
fn is_principal(how: How, value: &str, account: &str) -> Option<bool> {
    let wild = match how {
        How::Like | How::Arn => true,
        How::Equals | How::EqualsIgnoringCase => false,
        How::Bool | How::Null | How::OtherType => return None,
    };
    let Some([scheme, partition, service, region, id, resource]) = arn::parts(value) else {
        let digits = value.contains(|c: char| c.is_ascii_digit());
        let pattern = Pattern::new(value);
        // A pattern that matches only in another partition may be about this account.
        let meets = any(PARTITIONS.map(|partition| pattern.meets(&format!("arn:{partition}:iam::"))));
        return match (how, pattern.covers("arn:aws:iam::"), meets) {
            (How::Like, Some(true), _) if !digits => Some(true),
            (How::Like, _, Some(false)) if !digits => Some(false),
            _ => None,
        };
    };
    let is = |part: &str, known: &[&str]| known.contains(&part) || wild && part == "*";
    if !has_wildcard(id) && id != account {
        return Some(false);
    }
    let every = is(scheme, &["arn"])
        && is(partition, &PARTITIONS)
        && is(service, &["iam"])
        && is(region, &[""])
        && is(id, &[account])
        && wild
        && resource == "*";
    every.then_some(true)
}

#[cfg(test)]
mod tests;
