//! A bucket's policy: from the JSON that its owner wrote to statements that checks can ask about.
//!
//! The grammar is that of "Grammar of the IAM JSON policy language" in the IAM User Guide. A policy that doesn't follow
//! it is unreadable, not empty. What a statement does for an account is for `statement` to say; where that cannot be told,
//! it stands here as unreadable, with the reason.
//!
//! What stands elsewhere can take away what a bucket's policy gives, and is not read: the policies of who asks, those of
//! organizations, and Block Public Access. `RestrictPublicBuckets`, the bucket's or the account's, shuts other accounts
//! out of a bucket whose policy is public. One whose Allow statements name accounts is not, nor is one whose conditions
//! pin everybody to fixed principals (S3 User Guide, "The meaning of public"), so that it takes nothing away from a
//! policy that allows nobody else.

use super::arn::{Arn, PARTITIONS, is_account_id};
use super::condition::{all, any, leaves_open, not};
use super::pattern::Pattern;
use super::{Read, Unreadable, incomplete, statement as decide};
use course::results::{Reason, ReasonCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A bucket's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketPolicy {
    /// Its statements, in the policy's order.
    pub statements: Vec<Statement>,
}

/// A statement of a policy. What a statement leaves out is an empty list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: String,
    /// Whom it is about: ARNs, names of services, or * for everybody. An account stands as its root's ARN, however it
    /// was written.
    pub principals: Vec<String>,
    /// The ids of the accounts that these belong to: whole accounts, and those of single users and roles.
    pub accounts: Vec<String>,
    /// Those of the principals that belong to no account.
    pub others: Vec<String>,
    /// It is about everybody but these (NotPrincipal).
    pub not_principals: Vec<String>,
    /// Which actions it is about, as patterns.
    pub actions: Vec<String>,
    /// It is about every action but these (NotAction).
    pub not_actions: Vec<String>,
    /// Which ARNs it is about, as patterns.
    pub resources: Vec<String>,
    /// It is about every ARN but these (NotResource).
    pub not_resources: Vec<String>,
    /// Which kinds of reading it is about in full, worked out from its actions and resources: s3:ListBucket on the
    /// bucket, and s3:GetObject on every object in it.
    pub reads: Vec<String>,
    /// Which kinds of reading it is about at all: s3:ListBucket on the bucket, and s3:GetObject on any object in it.
    pub touches: Vec<String>,
    /// For which kinds of reading that hangs on a variable, which only a request fills: if it allows, whether it is about
    /// them in full, and if it denies, at all.
    #[serde(default)]
    pub unclear: Vec<String>,
    /// Whether its resources are neither the bucket nor anything in it.
    #[serde(default)]
    pub elsewhere: bool,
    /// When it applies. Without conditions, always.
    pub conditions: Vec<Condition>,
    /// Whether one of the conditions asks for the organization of who asks.
    #[serde(default)]
    pub by_organization: bool,
    /// Yes where it is decided by the account, and the organization, of who asks over TLS. Unreadable where it also hangs
    /// on something that only a request brings, with what that is.
    #[serde(default = "clear")]
    pub clear: Read<bool>,
}

impl Default for Statement {
    fn default() -> Statement {
        Statement {
            sid: None,
            effect: String::new(),
            principals: Vec::new(),
            accounts: Vec::new(),
            others: Vec::new(),
            not_principals: Vec::new(),
            actions: Vec::new(),
            not_actions: Vec::new(),
            resources: Vec::new(),
            not_resources: Vec::new(),
            reads: Vec::new(),
            touches: Vec::new(),
            unclear: Vec::new(),
            elsewhere: false,
            conditions: Vec::new(),
            by_organization: false,
            clear: clear(),
        }
    }
}

fn clear() -> Read<bool> {
    Read::Known(true)
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The operator, such as StringEquals.
    pub operator: String,
    /// The key, such as aws:SourceVpc.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
    /// What every request has for the key, where the bucket decides it: the id of the account that owns it, for
    /// aws:ResourceAccount.
    #[serde(default)]
    pub value: Option<String>,
}

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

/// Reads the policy of a bucket. Public for tests, which make up policies as their owners write them.
pub fn parse(owned: Owned<'_>, json: &str) -> Read<BucketPolicy> {
    match statements(owned, json) {
        Some(statements) => Read::Known(BucketPolicy { statements }),
        None => Read::Unreadable(Unreadable {
            reasons: incomplete(
                owned.who,
                "A bucket's policy is not written as this version of verify knows policies.",
            ),
        }),
    }
}

fn statements(owned: Owned<'_>, json: &str) -> Option<Vec<Statement>> {
    let document: Value = serde_json::from_str(json).ok()?;
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
    for principal in &statement.principals {
        match account(principal) {
            // A policy that names an identity provider lets none of its account's users in.
            _ if federated(written, principal) => statement.others.push(principal.clone()),
            // S3 takes no patterns for principals: whom one means is not documented.
            _ if principal.contains(['*', '?', '$']) => statement.others.push(principal.clone()),
            Some(id) if statement.accounts.iter().any(|known| known == id) => {}
            Some(id) => statement.accounts.push(id.to_owned()),
            None => statement.others.push(principal.clone()),
        }
    }
    reach(owned.bucket, &mut statement);
    statement.by_organization =
        statement.conditions.iter().any(|condition| condition.key.eq_ignore_ascii_case("aws:PrincipalOrgID"));
    let left_open = left_open(owned.who, &statement);
    if !left_open.is_empty() {
        statement.clear = Read::Unreadable(Unreadable { reasons: left_open });
    }
    whole.then_some(statement)
}

/// What of a statement is not decided by who asks.
fn left_open(who: &str, statement: &Statement) -> Vec<Reason> {
    let conditions = statement.conditions.iter().filter(|condition| leaves_open(condition));
    let conditions = conditions.map(|condition| {
        let plain = |c: char| c.is_ascii_alphanumeric() || ":/_.-".contains(c);
        let key = if condition.key.chars().all(plain) { condition.key.as_str() } else { "an unusual key" };
        format!("has a condition on {key}, which the account of who asks does not decide")
    });
    let principal = decide::unclear_principal(statement).map(str::to_owned);
    let variable = (!statement.unclear.is_empty())
        .then(|| "has a variable in its actions or resources, which only a request fills".to_owned());
    let reason = |what: String| Reason {
        code: ReasonCode::Undecided,
        account: Some(who.to_owned()),
        action: None,
        message: format!("A statement of the bucket's policy {what}."),
    };
    conditions.chain(principal).chain(variable).map(reason).collect()
}

fn one_or_more(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        one => vec![one],
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    one_or_more(value).into_iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

fn principals(value: &Value) -> Option<Vec<String>> {
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

/// Whether a principal stands in a statement as an identity provider, whose ARN has an account, too.
fn federated(written: &Map<String, Value>, principal: &str) -> bool {
    let providers = written.get("Principal").and_then(|principal| principal.get("Federated"));
    providers.is_some_and(|providers| one_or_more(providers).into_iter().any(|provider| provider == principal))
}

/// The account that a principal belongs to by its ARN.
pub(super) fn account(principal: &str) -> Option<&str> {
    Arn::parse(principal)?.account_id()
}

/// `{"StringEquals": {"aws:SourceVpc": "vpc-1"}}`; values may be written as booleans and numbers.
fn conditions(owned: Owned<'_>, value: &Value) -> Option<Vec<Condition>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    let mut all = Vec::new();
    for (operator, keys) in value.as_object()? {
        for (key, values) in keys.as_object()? {
            let values = one_or_more(values).into_iter().map(text).collect::<Option<Vec<String>>>()?;
            let by_owner =
                ["aws:ResourceAccount", "s3:ResourceAccount"].iter().any(|known| key.eq_ignore_ascii_case(known));
            let value = (by_owner && !owned.account.is_empty()).then(|| owned.account.to_owned());
            all.push(Condition { operator: operator.clone(), key: key.clone(), values, value });
        }
    }
    Some(all)
}

/// Works out which kinds of reading a statement is about in full, and which at all.
fn reach(bucket: &str, statement: &mut Statement) {
    // Every partition has its own first part of the ARN; the rest of it is in one partition only.
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
    // What is said of all but some resources is said of what none of them is.
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
