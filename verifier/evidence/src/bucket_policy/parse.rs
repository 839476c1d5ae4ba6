//! Parses the JSON of a policy.

use course::results::{Reason, ReasonCode};
use serde_json::{Map, Value};

use super::{BucketPolicy, Condition, Statement, account};
use crate::arn::{PARTITIONS, is_account_id};
use crate::condition::{all, any, leaves_open, not};
use crate::document;
use crate::pattern::Pattern;
use crate::read::{Read, Unreadable, incomplete};
use crate::statement as decide;

/// A bucket whose policy is read.
#[derive(Debug, Clone, Copy)]
pub struct Owned<'b> {
    /// The course's name for the account that owns it.
    pub who: &'b str,
    /// The account's id.
    pub account: &'b str,
    /// The bucket's name.
    pub bucket: &'b str,
}

/// Parses the policy of a bucket. It is public for tests, which write policies.
pub fn parse(owned: Owned<'_>, json: &str) -> Read<BucketPolicy> {
    match statements(owned, json) {
        Some(statements) => Read::Known(BucketPolicy { statements }),
        None => Read::Unreadable(Unreadable {
            reasons: incomplete(owned.who, "This version of verify cannot read the format of a bucket's policy."),
        }),
    }
}

fn statements(owned: Owned<'_>, json: &str) -> Option<Vec<Statement>> {
    let document = document::parse(json).ok()?;
    let document = document.as_object()?;
    let known = |key: &String| ["Version", "Id", "Statement"].contains(&key.as_str());
    if !document.keys().all(known) {
        return None;
    }
    one_or_more(document.get("Statement")?).into_iter().map(|written| statement(owned, written.as_object()?)).collect()
}

fn statement(owned: Owned<'_>, written: &Map<String, Value>) -> Option<Statement> {
    let mut statement = Statement::default();
    for (key, value) in written {
        match key.as_str() {
            "Sid" => statement.sid = Some(value.as_str()?.to_owned()),
            "Effect" => statement.effect = value.as_str()?.to_owned(),
            "Principal" => statement.principals = principals(value)?,
            "NotPrincipal" => statement.not_principals = principals(value)?,
            "Action" => statement.actions = texts(value)?,
            "NotAction" => statement.not_actions = texts(value)?,
            "Resource" => statement.resources = texts(value)?,
            "NotResource" => statement.not_resources = texts(value)?,
            "Condition" => statement.conditions = conditions(owned, value)?,
            _ => return None,
        }
    }
    let exactly_one = |one: &[String], other: &[String]| one.is_empty() != other.is_empty();
    let whole = ["Allow", "Deny"].contains(&statement.effect.as_str())
        && exactly_one(&statement.principals, &statement.not_principals)
        && exactly_one(&statement.actions, &statement.not_actions)
        && exactly_one(&statement.resources, &statement.not_resources);
    (statement.accounts, statement.others) = by_account(written, &statement.principals);
    reach(owned.bucket, &mut statement);
    statement.by_organization =
        statement.conditions.iter().any(|condition| condition.key.eq_ignore_ascii_case("aws:PrincipalOrgID"));
    let left_open = left_open(owned.who, &statement);
    if !left_open.is_empty() {
        statement.clear = Read::Unreadable(Unreadable { reasons: left_open });
    }
    whole.then_some(statement)
}

/// The account ids of a statement's principals, and the principals without an account.
pub(crate) fn by_account(written: &Map<String, Value>, principals: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut accounts, mut others): (Vec<String>, Vec<String>) = Default::default();
    for principal in principals {
        match account(principal) {
            // A policy that names an identity provider does not allow users of its account.
            _ if federated(written, principal) => others.push(principal.clone()),
            // Patterns for principals are not supported: their meaning is not documented.
            _ if principal.contains(['*', '?', '$']) => others.push(principal.clone()),
            Some(id) if accounts.iter().any(|known| known == id) => {}
            Some(id) => accounts.push(id.to_owned()),
            None => others.push(principal.clone()),
        }
    }
    (accounts, others)
}

/// The parts of a statement that the caller does not decide.
fn left_open(who: &str, statement: &Statement) -> Vec<Reason> {
    let conditions = statement.conditions.iter().filter(|condition| leaves_open(condition));
    let conditions = conditions.map(|condition| {
        let plain = |c: char| c.is_ascii_alphanumeric() || ":/_.-".contains(c);
        let key = if condition.key.chars().all(plain) { condition.key.as_str() } else { "an unusual key" };
        format!("has a condition on {key}, which the caller's account does not decide")
    });
    let principal = decide::unclear_principal(statement).map(str::to_owned);
    let variable = (!statement.unclear.is_empty())
        .then(|| "has a policy variable in its actions or resources, whose value depends on the request".to_owned());
    let reason = |what: String| Reason {
        code: ReasonCode::Undecided,
        account: Some(who.to_owned()),
        action: None,
        message: format!("A statement of the bucket's policy {what}."),
    };
    conditions.chain(principal).chain(variable).map(reason).collect()
}

pub(crate) fn one_or_more(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        one => vec![one],
    }
}

pub(crate) fn texts(value: &Value) -> Option<Vec<String>> {
    one_or_more(value).into_iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

pub(crate) fn principals(value: &Value) -> Option<Vec<String>> {
    // `"*"` means the same as `{"AWS": "*"}` (IAM User Guide, "Principal").
    if value == "*" {
        return Some(vec!["*".to_owned()]);
    }
    let mut all = Vec::new();
    for (kind, ids) in value.as_object()? {
        let ids = texts(ids)?;
        match kind.as_str() {
            "Service" | "Federated" | "CanonicalUser" if ids.iter().any(|id| id == "*") => return None,
            "AWS" => all.extend(
                ids.into_iter().map(|id| if is_account_id(&id) { format!("arn:aws:iam::{id}:root") } else { id }),
            ),
            "Service" | "Federated" | "CanonicalUser" => all.extend(ids),
            _ => return None,
        }
    }
    Some(all)
}

/// Whether a principal in a statement is an identity provider, whose ARN has an account, too.
fn federated(written: &Map<String, Value>, principal: &str) -> bool {
    let providers = written.get("Principal").and_then(|principal| principal.get("Federated"));
    providers.is_some_and(|providers| one_or_more(providers).into_iter().any(|provider| provider == principal))
}

fn conditions(owned: Owned<'_>, value: &Value) -> Option<Vec<Condition>> {
    let condition = |(operator, key, values): (&str, &str, Vec<String>)| {
        let by_owner =
            ["aws:ResourceAccount", "s3:ResourceAccount"].iter().any(|known| key.eq_ignore_ascii_case(known));
        let value = (by_owner && !owned.account.is_empty()).then(|| owned.account.to_owned());
        Condition { operator: operator.to_owned(), key: key.to_owned(), values, value }
    };
    Some(condition_values(value)?.into_iter().map(condition).collect())
}

/// The operator, key and values of each condition: `{"StringEquals": {"aws:SourceVpc": "vpc-1"}}`. Values may be written
/// as booleans and numbers.
pub(crate) fn condition_values(value: &Value) -> Option<Vec<(&str, &str, Vec<String>)>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    let mut all = Vec::new();
    for (operator, keys) in value.as_object()? {
        for (key, values) in keys.as_object()? {
            let values = one_or_more(values).into_iter().map(text).collect::<Option<Vec<String>>>()?;
            all.push((operator.as_str(), key.as_str(), values));
        }
    }
    Some(all)
}

/// Determines the kinds of reading that a statement covers completely, and those that it covers in part.
fn reach(bucket: &str, statement: &mut Statement) {
    // The ARN begins differently in every partition. The rest of it is in one partition only.
    let arns = PARTITIONS.map(|partition| format!("arn:{partition}:s3:::{bucket}"));
    let speaks_of = |action: &str| {
        let matches = |pattern: &String| Pattern::new(&pattern.to_lowercase()).matches(&action.to_lowercase());
        match statement.not_actions.as_slice() {
            [] => any(statement.actions.iter().map(matches)),
            excluded => not(any(excluded.iter().map(matches))),
        }
    };
    let the_bucket = |pattern: &String| any(arns.iter().map(|arn| Pattern::new(pattern).matches(arn)));
    let every_object = |pattern: &String| any(arns.iter().map(|arn| Pattern::new(pattern).covers(&format!("{arn}/"))));
    let some_object = |pattern: &String| any(arns.iter().map(|arn| Pattern::new(pattern).meets(&format!("{arn}/"))));
    // With NotResource, a statement applies to what none of the patterns match.
    let on = |there: &dyn Fn(&String) -> Option<bool>, excluded_by: &dyn Fn(&String) -> Option<bool>| match statement
        .not_resources
        .as_slice()
    {
        [] => any(statement.resources.iter().map(there)),
        excluded => not(any(excluded.iter().map(excluded_by))),
    };
    let on_the_bucket = on(&the_bucket, &the_bucket);
    let on_every_object = on(&every_object, &some_object);
    let on_some_object = on(&some_object, &every_object);
    let kinds = |on_objects: Option<bool>, wanted: Option<bool>| -> Vec<String> {
        let kinds = [("s3:ListBucket", on_the_bucket), ("s3:GetObject", on_objects)].into_iter();
        let kinds = kinds.filter(|(action, there)| all([*there, speaks_of(action)]) == wanted);
        kinds.map(|(action, _)| action.to_owned()).collect()
    };
    let reads = kinds(on_every_object, Some(true));
    let touches = kinds(on_some_object, Some(true));
    let unclear = kinds(if statement.effect == "Allow" { on_every_object } else { on_some_object }, None);
    let elsewhere = any([on_the_bucket, on_some_object]) == Some(false);
    *statement = Statement { reads, touches, unclear, elsewhere, ..std::mem::take(statement) };
}

#[cfg(test)]
mod tests;
