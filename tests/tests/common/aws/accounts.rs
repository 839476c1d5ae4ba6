//! Account Management: the account, and its contacts.

use super::reply::{error, unknown};
use super::times::iso;
use super::{Account, Call, Reply};
use serde_json::{Value, json};

/// The account's contact information.
#[derive(Clone)]
pub struct Contact {
    pub name: String,
    pub company: Option<String>,
    pub line1: String,
    pub line2: Option<String>,
    pub line3: Option<String>,
    pub city: String,
    pub district: Option<String>,
    pub region: Option<String>,
    pub postal_code: String,
    pub country: String,
    pub phone: String,
}

/// An alternate contact.
#[derive(Clone)]
pub struct Alternate {
    pub name: String,
    pub email: String,
}

impl Default for Contact {
    fn default() -> Contact {
        Contact {
            name: "Ada Lovelace".to_owned(),
            company: None,
            line1: "12 St James's Square".to_owned(),
            line2: None,
            line3: None,
            city: "London".to_owned(),
            district: None,
            region: None,
            postal_code: "SW1Y 4JH".to_owned(),
            country: "GB".to_owned(),
            phone: "+442079460000".to_owned(),
        }
    }
}

impl Default for Alternate {
    fn default() -> Alternate {
        Alternate { name: "Ada Lovelace".to_owned(), email: "ada@example.org".to_owned() }
    }
}

impl Account {
    pub(super) fn information(&self, call: &Call) -> Reply {
        match call.operation.as_str() {
            "GetAccountInformation" => Reply::Json(json!({
                "AccountId": self.id,
                "AccountName": self.name,
                "AccountCreatedDate": iso(self.created),
                "AccountState": self.state,
            })),
            "GetContactInformation" => Reply::Json(json!({ "ContactInformation": self.contact.json() })),
            "GetAlternateContact" => {
                let kind = call.text("AlternateContactType").unwrap_or_default();
                match self.alternates.get(kind) {
                    Some(contact) => Reply::Json(json!({ "AlternateContact": {
                        "Name": contact.name,
                        "Title": "Owner",
                        "EmailAddress": contact.email,
                        "PhoneNumber": "+442079460000",
                        "AlternateContactType": kind,
                    } })),
                    None => error(
                        404,
                        "ResourceNotFoundException",
                        "No contact of the inputted alternate contact type found.",
                    ),
                }
            }
            _ => unknown(),
        }
    }
}

impl Contact {
    fn json(&self) -> Value {
        let mut members = json!({
            "FullName": self.name,
            "AddressLine1": self.line1,
            "City": self.city,
            "PostalCode": self.postal_code,
            "CountryCode": self.country,
            "PhoneNumber": self.phone,
        });
        let optional = [
            ("CompanyName", &self.company),
            ("AddressLine2", &self.line2),
            ("AddressLine3", &self.line3),
            ("DistrictOrCounty", &self.district),
            ("StateOrRegion", &self.region),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                members[name] = value.clone().into();
            }
        }
        members
    }
}
