//! Organizations and their accounts.

use super::reply::{error, page, unknown, with_token};
use super::times::{ago, days};
use super::{Account, Call, Reply};
use serde_json::json;

/// An organization.
#[derive(Clone)]
pub struct Organization {
    /// The management account's id.
    pub management: String,
    pub features: String,
    pub members: Vec<Member>,
    /// The number of accounts on a page.
    pub page: usize,
    /// Whether the first page is empty and has a next page.
    pub first_page_empty: bool,
}

/// An account of an organization.
#[derive(Clone)]
pub struct Member {
    pub id: String,
    pub email: String,
    pub name: String,
    /// The field that replaced `status` in 2026.
    pub state: Option<String>,
    pub status: Option<String>,
    pub joined: String,
    pub since: i64,
}

impl Organization {
    /// An organization of these accounts, which the first manages.
    pub fn of(accounts: &[&Account]) -> Organization {
        let member = |account: &&Account| Member {
            id: account.id.clone(),
            email: account.email.clone(),
            name: account.name.clone(),
            state: Some("ACTIVE".to_owned()),
            status: None,
            joined: "INVITED".to_owned(),
            since: ago(days(40)),
        };
        Organization {
            management: accounts[0].id.clone(),
            features: "ALL".to_owned(),
            members: accounts.iter().map(member).collect(),
            page: 20,
            first_page_empty: false,
        }
    }
}

impl Account {
    pub(super) fn organization(&self, call: &Call, organization: Option<&Organization>) -> Reply {
        let belongs = |all: &&Organization| all.members.iter().any(|member| member.id == self.id);
        let Some(organization) = organization.filter(belongs) else {
            return error(400, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.");
        };
        let management = &organization.management;
        match call.operation.as_str() {
            "DescribeOrganization" => {
                let manager = organization.members.iter().find(|member| member.id == *management);
                Reply::Json(json!({ "Organization": {
                    "Id": "o-exampleorgid",
                    "Arn": format!("arn:aws:organizations::{management}:organization/o-exampleorgid"),
                    "FeatureSet": organization.features,
                    "MasterAccountArn": format!("arn:aws:organizations::{management}:account/o-exampleorgid/{management}"),
                    "MasterAccountId": management,
                    "MasterAccountEmail": manager.map_or("", |manager| &manager.email),
                    "AvailablePolicyTypes": [],
                } }))
            }
            "ListAccounts" if self.id != *management => {
                error(400, "AccessDeniedException", "You don't have permissions to access this resource.")
            }
            "ListAccounts" => {
                let token = call.text("NextToken");
                if organization.first_page_empty && token.is_none() {
                    return Reply::Json(json!({ "Accounts": [], "NextToken": "from-0" }));
                }
                let (members, next) = page(&organization.members, organization.page, token);
                let accounts = members.iter().map(|member| {
                    let mut account = json!({
                        "Id": member.id,
                        "Arn": format!("arn:aws:organizations::{management}:account/o-exampleorgid/{}", member.id),
                        "Email": member.email,
                        "Name": member.name,
                        "JoinedMethod": member.joined,
                        "JoinedTimestamp": member.since,
                    });
                    for (name, value) in [("State", &member.state), ("Status", &member.status)] {
                        if let Some(value) = value {
                            account[name] = value.clone().into();
                        }
                    }
                    account
                });
                with_token(json!({ "Accounts": accounts.collect::<Vec<_>>() }), "NextToken", next)
            }
            _ => unknown(),
        }
    }
}
