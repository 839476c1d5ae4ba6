//! `organization`: the organization that the account belongs to.

use super::answer::{known_value, listed, present, time_of};
use super::reader::{client, row};
use super::time::Time;
use super::{Read, Reader, Section, Unreadable, error};
use aws_sdk_organizations::types::{self, AccountJoinedMethod, AccountState, AccountStatus, OrganizationFeatureSet};
use course::results::{Reason, ReasonCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The organization (`organizations:DescribeOrganization`, which any member may call) and its accounts
/// (`organizations:ListAccounts`, which the management account may).
// Of AWS's Organization, not read: its ARNs, and the policy types, which are not about accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Whether the account belongs to an organization.
    pub in_use: bool,
    /// The organization's id; absent without an organization.
    #[serde(default = "no_id")]
    pub id: Read<Option<String>>,
    /// The management account's id; absent without an organization.
    pub management_account: Read<Option<String>>,
    /// The management account's root e-mail address; absent without an organization.
    pub management_email: Read<Option<String>>,
    /// ALL or CONSOLIDATED_BILLING; absent without an organization.
    pub features: Read<Option<String>>,
    /// The organization's accounts; empty without an organization.
    pub accounts: Read<Vec<OrganizationAccount>>,
}

/// The value in older recordings, which do not have it.
fn no_id() -> Read<Option<String>> {
    Read::Unreadable(Unreadable {
        reasons: vec![Reason {
            code: ReasonCode::IncompleteAnswer,
            account: None,
            action: None,
            message: "The recording does not contain the organization's id.".to_owned(),
        }],
    })
}

/// An account of the organization.
// Of AWS's Account, not read: its ARN and its paths, which show its place in the organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationAccount {
    /// The account id.
    pub id: Read<String>,
    /// The root e-mail address.
    pub email: Read<String>,
    /// The name.
    pub name: Read<String>,
    /// PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE or CLOSED.
    pub state: Read<String>,
    /// CREATED (by the organization) or INVITED.
    pub joined: Read<String>,
    /// When it joined.
    pub since: Read<Time>,
}

pub(super) async fn read(reader: &Reader) -> Read<Organization> {
    let call = row!(Section::Organization, "Organizations", "DescribeOrganization");
    let client = client!(aws_sdk_organizations, reader, Section::Organization, &reader.regions(call)[0]);
    let who = reader.account();
    let (described, accounts) = tokio::join!(client.describe_organization().send(), list(reader, &client));
    let described = match described {
        Ok(answer) => answer,
        Err(failed) if error::code(&failed) == Some("AWSOrganizationsNotInUseException") => {
            return Read::Known(Organization {
                in_use: false,
                id: Read::Known(None),
                management_account: Read::Known(None),
                management_email: Read::Known(None),
                features: Read::Known(None),
                accounts: Read::Known(Vec::new()),
            });
        }
        Err(failed) => {
            let mut reasons = error::reason(who, call, &failed);
            if reasons.iter().all(|reason| reason.code == ReasonCode::Denied) {
                // Both calls are reported at once, because they need separate permissions.
                reasons.extend(accounts.err().into_iter().flatten());
            }
            return Err(reasons).into();
        }
    };
    let Some(organization) = described.organization else {
        return present(None, who, "the organization");
    };
    let management = organization.master_account_id.clone();
    let elsewhere = management.as_deref().is_some_and(|management| management != reader.account_id());
    let accounts = match accounts {
        Err(reasons) if elsewhere && reasons.iter().all(|reason| reason.code == ReasonCode::Denied) => {
            Read::unreadable(
                ReasonCode::NotAvailableHere,
                who,
                "Only the organization's management account may list its accounts.",
            )
        }
        accounts => accounts.into(),
    };
    Read::Known(Organization {
        in_use: true,
        id: present(organization.id, who, "the organization's id").map(Some),
        management_account: present(management, who, "the management account").map(Some),
        management_email: present(organization.master_account_email, who, "the management account's e-mail").map(Some),
        features: match organization.feature_set {
            Some(features) => {
                known_value(features.as_str(), OrganizationFeatureSet::values(), who, "the feature set").map(Some)
            }
            None => present(None, who, "the feature set"),
        },
        accounts,
    })
}

async fn list(
    reader: &Reader,
    client: &aws_sdk_organizations::Client,
) -> Result<Vec<OrganizationAccount>, Vec<Reason>> {
    let call = row!(Section::Organization, "Organizations", "ListAccounts");
    let accounts = reader
        .pages(call, async |token| {
            let answer = client.list_accounts().set_next_token(token).send().await;
            let answer = answer.map_err(|failed| error::reason(reader.account(), call, &failed))?;
            Ok((listed(reader, call, answer.accounts)?, answer.next_token))
        })
        .await?;
    Ok(accounts.into_iter().map(|account| describe(reader.account(), account)).collect())
}

fn describe(who: &str, account: types::Account) -> OrganizationAccount {
    // `State` replaced `Status` in 2026. Emulators and older endpoints have only `Status`.
    let state = match (&account.state, &account.status) {
        (Some(state), _) => known_value(state.as_str(), AccountState::values(), who, "an account's state"),
        (None, Some(status)) => known_value(status.as_str(), AccountStatus::values(), who, "an account's status"),
        (None, None) => present(None, who, "an account's state"),
    };
    OrganizationAccount {
        id: present(account.id, who, "an account's id"),
        email: present(account.email, who, "an account's e-mail address"),
        name: present(account.name, who, "an account's name"),
        state,
        joined: match account.joined_method {
            Some(method) => known_value(method.as_str(), AccountJoinedMethod::values(), who, "how an account joined"),
            None => present(None, who, "how an account joined"),
        },
        since: time_of(account.joined_timestamp.as_ref(), who, "when an account joined"),
    }
}
