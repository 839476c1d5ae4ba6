//! A policy document of any service: converts its JSON to statements for checks.
//!
//! The grammar is that of "Grammar of the IAM JSON policy language" in the IAM User Guide. Policies of identities have
//! no principals, and trust policies and those of some resources, such as ECR's repositories, name no resources. A
//! document that doesn't follow the grammar is an error, and never a policy without statements. What its statements
//! allow is not decided here: that depends on the service, see [`bucket_policy`](super::bucket_policy) for S3.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::bucket_policy::parse::{by_account, condition_values, one_or_more, principals, texts};
use super::document;

/// A policy document.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PolicyDocument {
    /// The version of the policy language, such as 2012-10-17. Without one, AWS uses 2008-10-17.
    pub version: Option<String>,
    /// Its statements, in the document's order.
    pub statements: Vec<PolicyStatement>,
}

/// A statement of a policy document. Elements that a statement does not have are empty lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct PolicyStatement {
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: String,
    /// All of its principals: ARNs, names of services, identity providers, or * for everybody. An account is always the
    /// ARN of its root. The policies of users, groups and roles have no principals.
    pub principals: Vec<String>,
    /// The account ids of its principals: of whole accounts, and of single users and roles.
    pub accounts: Vec<String>,
    /// Its principals that are AWS services, such as ec2.amazonaws.com.
    pub services: Vec<String>,
    /// Its principals that are identity providers: ARNs, or names such as cognito-identity.amazonaws.com.
    pub federated: Vec<String>,
    /// The principals without an account: services, identity providers, canonical user ids, deleted users and roles, and
    /// * for everybody.
    pub others: Vec<String>,
    /// NotPrincipal: it applies to everybody except these.
    pub not_principals: Vec<String>,
    /// Its actions, as patterns and as they are written. AWS does not distinguish their case.
    pub actions: Vec<String>,
    /// NotAction: it applies to every action except these.
    pub not_actions: Vec<String>,
    /// Its resources, as patterns for ARNs. Trust policies have none.
    pub resources: Vec<String>,
    /// NotResource: it applies to every ARN except these.
    pub not_resources: Vec<String>,
    /// Its conditions. Without conditions, it always applies.
    pub conditions: Vec<PolicyCondition>,
}

/// A condition of a policy document's statement.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PolicyCondition {
    /// The operator, such as StringEquals.
    pub operator: String,
    /// The key in lower case, such as aws:sourcearn, because AWS does not distinguish its case.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
}

/// The versions of the policy language.
const VERSIONS: [&str; 2] = ["2008-10-17", "2012-10-17"];

/// Parses a policy document.
///
/// # Errors
/// Why it cannot be read.
pub fn parse(json: &str) -> Result<PolicyDocument, String> {
    let document = document::parse(json)?;
    let policy = document.as_object().and_then(policy);
    policy.ok_or_else(|| "the document is not a policy that this version of verify can read".to_owned())
}

fn policy(document: &Map<String, Value>) -> Option<PolicyDocument> {
    let (mut version, mut statements) = (None, None);
    for (key, value) in document {
        match key.as_str() {
            "Version" => version = Some(value.as_str().filter(|version| VERSIONS.contains(version))?.to_owned()),
            "Id" => drop(value.as_str()?),
            "Statement" => {
                let read = one_or_more(value).into_iter().map(|written| statement(written.as_object()?));
                statements = Some(read.collect::<Option<Vec<PolicyStatement>>>()?);
            }
            _ => return None,
        }
    }
    Some(PolicyDocument { version, statements: statements? })
}

fn statement(written: &Map<String, Value>) -> Option<PolicyStatement> {
    let mut statement = PolicyStatement::default();
    for (key, value) in written {
        match key.as_str() {
            "Sid" => statement.sid = Some(value.as_str()?.to_owned()),
            "Effect" => statement.effect = value.as_str()?.to_owned(),
            "Principal" => statement.principals = some(principals(value)?)?,
            "NotPrincipal" => statement.not_principals = some(principals(value)?)?,
            "Action" => statement.actions = some(texts(value)?)?,
            "NotAction" => statement.not_actions = some(texts(value)?)?,
            "Resource" => statement.resources = some(texts(value)?)?,
            "NotResource" => statement.not_resources = some(texts(value)?)?,
            "Condition" => statement.conditions = conditions(value)?,
            _ => return None,
        }
    }
    let at_most_one = |one: &[String], other: &[String]| one.is_empty() || other.is_empty();
    let whole = ["Allow", "Deny"].contains(&statement.effect.as_str())
        && statement.actions.is_empty() != statement.not_actions.is_empty()
        && at_most_one(&statement.principals, &statement.not_principals)
        && at_most_one(&statement.resources, &statement.not_resources);
    statement.services = of_kind(written, "Service")?;
    statement.federated = of_kind(written, "Federated")?;
    (statement.accounts, statement.others) = by_account(written, &statement.principals);
    whole.then_some(statement)
}

/// The values of an element, which has at least one.
fn some(values: Vec<String>) -> Option<Vec<String>> {
    Some(values).filter(|values| !values.is_empty())
}

/// The principals of a kind.
fn of_kind(written: &Map<String, Value>, kind: &str) -> Option<Vec<String>> {
    written.get("Principal").and_then(|principal| principal.get(kind)).map_or(Some(Vec::new()), texts)
}

fn conditions(value: &Value) -> Option<Vec<PolicyCondition>> {
    let conditions = condition_values(value)?.into_iter();
    let condition = |(operator, key, values): (&str, &str, Vec<String>)| PolicyCondition {
        operator: operator.to_owned(),
        key: key.to_ascii_lowercase(),
        values,
    };
    Some(conditions.map(condition).collect())
}

#[cfg(test)]
mod tests;
