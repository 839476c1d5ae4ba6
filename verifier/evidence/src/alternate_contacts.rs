//! `alternate_contacts`: the contacts for billing, operations and security.

use super::answer::present;
use super::reader::{client, row};
use super::{Read, Reader, Section, error};
use crate::fold::spaces;
use aws_sdk_account::types::AlternateContactType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    let (billing, operations, security) = tokio::join!(
        one(reader, AlternateContactType::Billing),
        one(reader, AlternateContactType::Operations),
        one(reader, AlternateContactType::Security),
    );
    Read::Known(AlternateContacts { billing, operations, security })
}

async fn one(reader: &Reader, kind: AlternateContactType) -> Read<Option<AlternateContact>> {
    let call = row!(Section::AlternateContacts, "Account", "GetAlternateContact");
    let client = client!(aws_sdk_account, reader, Section::AlternateContacts, &reader.regions(call)[0]);
    let who = reader.account();
    match client.get_alternate_contact().alternate_contact_type(kind).send().await {
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
