//! `privileges`: what the credentials can do in addition to reading.

use super::arn::Arn;
use super::read::incomplete;
use super::reader::{client, row};
use super::{Read, Reader, Section, error};
use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use course::results::{Reason, ReasonCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the credentials can do in addition to reading. `verify accounts` and `verify doctor` read it, to warn about
/// credentials that can do more than necessary. The course's policy does not allow it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Privileges {
    /// Whether they can create users and give them permissions, and so can do anything. The root user can. For others,
    /// IAM simulates it (`iam:SimulatePrincipalPolicy`, after `iam:GetRole` for a role).
    pub administrator: Read<bool>,
}

/// With both permissions, one can give any permission to anybody.
const ADMINISTRATION: [&str; 2] = ["iam:CreateUser", "iam:AttachUserPolicy"];

/// The prefixes of sessions of the roles that AWS creates for administrators: by Organizations in an account that it
/// creates, by IAM Identity Center for the permission set of that name, and by Control Tower.
const ADMINISTRATORS: [&str; 3] =
    ["OrganizationAccountAccessRole/", "AWSReservedSSO_AdministratorAccess_", "AWSControlTowerExecution/"];

/// Credentials that can do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// The root user's.
    Root,
    /// An administrator's.
    Administrator,
}

/// Whether credentials can do anything, according to these sections.
pub fn power(identity: &Value, privileges: Option<&Value>) -> Option<Power> {
    if identity["root"] == true {
        return Some(Power::Root);
    }
    let session = identity["arn"].as_str().and_then(Arn::parse).and_then(|arn| arn.named("assumed-role"));
    let named = session.is_some_and(|session| ADMINISTRATORS.iter().any(|name| session.starts_with(name)));
    let simulated = privileges.is_some_and(|privileges| privileges["administrator"] == true);
    (named || simulated).then_some(Power::Administrator)
}

pub(super) async fn read(reader: &Reader) -> Read<Privileges> {
    Read::Known(Privileges { administrator: administrator(reader).await.into() })
}

async fn administrator(reader: &Reader) -> Result<bool, Vec<Reason>> {
    let who = reader.account();
    let Some(arn) = principal(reader).await? else { return Ok(true) };
    let call = row!(Section::Privileges, "IAM", "SimulatePrincipalPolicy");
    let client = client!(aws_sdk_iam, reader, Section::Privileges, &reader.regions(call)[0]);
    let actions = Some(ADMINISTRATION.map(str::to_owned).to_vec());
    let answer = client.simulate_principal_policy().policy_source_arn(arn).set_action_names(actions).send().await;
    let answer = answer.map_err(|failed| error::reason(who, call, &failed))?;
    let decisions = answer.evaluation_results.unwrap_or_default();
    if decisions.len() != ADMINISTRATION.len() {
        return Err(incomplete(who, "IAM's response does not have a decision for every action."));
    }
    Ok(decisions.iter().all(|decision| decision.eval_decision == PolicyEvaluationDecisionType::Allowed))
}

/// The ARN of the user or role whose credentials these are; `None` for the root user.
async fn principal(reader: &Reader) -> Result<Option<String>, Vec<Reason>> {
    let who = reader.account();
    let call = row!(Section::Privileges, "STS", "GetCallerIdentity");
    let client = client!(aws_sdk_sts, reader, Section::Privileges, reader.profile_region());
    let answer = client.get_caller_identity().send().await.map_err(|failed| error::reason(who, call, &failed))?;
    let Some(caller) = answer.arn.as_deref().and_then(Arn::parse) else {
        return Err(incomplete(who, "AWS's response does not contain the caller's ARN."));
    };
    match caller.resource.split('/').collect::<Vec<_>>().as_slice() {
        ["root"] => Ok(None),
        ["user", ..] => Ok(answer.arn),
        // The session's ARN does not contain the path of its role.
        ["assumed-role", name, _session] => {
            let call = row!(Section::Privileges, "IAM", "GetRole");
            let client = client!(aws_sdk_iam, reader, Section::Privileges, &reader.regions(call)[0]);
            let answer = client.get_role().role_name(*name).send().await;
            let role = answer.map_err(|failed| error::reason(who, call, &failed))?.role;
            match role {
                Some(role) => Ok(Some(role.arn)),
                None => Err(incomplete(who, "AWS's response does not contain the role.")),
            }
        }
        _ => Err(vec![Reason {
            code: ReasonCode::NotAvailableHere,
            account: Some(who.to_owned()),
            action: None,
            message: "IAM simulates only users and roles, and these credentials belong to neither.".into(),
        }]),
    }
}
