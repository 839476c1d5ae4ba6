//! `alternate_contacts`: the contacts for billing, operations and security.

use super::answer::present;
use super::client::ask;
use super::reader::row;
use super::{Read, Reader, Section, error};
use crate::fold::spaces;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The three alternate contacts (`account:GetAlternateContact`, one call for each).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlternateContacts {
    /// The billing contact, if one is set.
    pub billing: Read<Option<AlternateContact>>,
    /// The operations contact, if one is set.
    pub operations: Read<Option<AlternateContact>>,
    /// The security contact, if one is set.
    pub security: Read<Option<AlternateContact>>,
}

/// An alternate contact. Spaces in its texts are folded.
// Of AWS's AlternateContact, not read: the title and the phone number, which no check needs, and the type, which is a
// parameter of the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlternateContact {
    /// The name.
    pub name: Read<String>,
    /// The e-mail address.
    pub email: Read<String>,
}

pub(super) async fn read(reader: &Reader) -> Read<AlternateContacts> {
    let (billing, operations, security) =
        tokio::join!(one(reader, "BILLING"), one(reader, "OPERATIONS"), one(reader, "SECURITY"),);
    Read::Known(AlternateContacts { billing, operations, security })
}

/// AWS's response.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    alternate_contact: Option<Contact>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Contact {
    name: Option<String>,
    email_address: Option<String>,
}

async fn one(reader: &Reader, kind: &str) -> Read<Option<AlternateContact>> {
    let call = row!(Section::AlternateContacts, "Account", "GetAlternateContact");
    let who = reader.account();
    match ask::<Response>(reader, call, &reader.regions(call)[0], json!({ "AlternateContactType": kind })).await {
        Ok(answer) => present(answer.alternate_contact, who, "the alternate contact").map(|contact| {
            Some(AlternateContact {
                name: present(contact.name, who, "the alternate contact's name").map(|name| spaces(&name)),
                email: present(contact.email_address, who, "the alternate contact's e-mail address")
                    .map(|email| spaces(&email)),
            })
        }),
        // The service's code for a contact that is not set.
        Err(failed) if error::code(&failed) == Some("ResourceNotFoundException") => Read::Known(None),
        Err(failed) => Err(error::reason(who, call, &failed)).into(),
    }
}
