//! `contact`: the account's contact information.

use super::answer::{present, required};
use super::client::ask;
use super::reader::row;
use super::{Read, Reader, Section, error};
use crate::fold::spaces;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The account's contact information (`account:GetContactInformation`).
// Of AWS's ContactInformation, not read: the web site. Address lines 2 and 3, district and state are only in the
// address. Spaces are folded in each part, and empty parts are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The full name.
    pub name: Read<String>,
    /// The company.
    pub company: Option<String>,
    /// Address lines, city, district, state, postal code and country code, joined by commas.
    pub address: Read<String>,
    /// The city.
    pub city: Read<String>,
    /// The postal code.
    pub postal_code: Read<String>,
    /// The country's two-letter code (ISO 3166-1).
    pub country: Read<String>,
    /// The phone number.
    pub phone: Read<String>,
}

/// AWS's response.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    contact_information: Option<ContactInformation>,
}

/// The contact information in AWS's response. It is public for tests, which compare addresses in different spellings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "they are AWS's members")]
pub struct ContactInformation {
    pub full_name: String,
    pub company_name: Option<String>,
    pub address_line1: String,
    pub address_line2: Option<String>,
    pub address_line3: Option<String>,
    pub city: String,
    pub district_or_county: Option<String>,
    pub state_or_region: Option<String>,
    pub postal_code: String,
    pub country_code: String,
    pub phone_number: String,
}

pub(super) async fn read(reader: &Reader) -> Read<Contact> {
    let call = row!(Section::Contact, "Account", "GetContactInformation");
    let who = reader.account();
    let answer: Response = match ask(reader, call, &reader.regions(call)[0], json!({})).await {
        Ok(answer) => answer,
        Err(failed) => return Err(error::reason(who, call, &failed)).into(),
    };
    let Some(contact) = answer.contact_information else {
        return present(None, who, "the contact information");
    };
    Read::Known(describe(who, &contact))
}

/// The contact information in AWS's response for the account that the course calls `who`. It is public for tests, which
/// compare addresses in different spellings.
pub fn describe(who: &str, contact: &ContactInformation) -> Contact {
    // A blank value is treated as missing.
    let required = |text: &str, what: &str| required(&spaces(text), who, what);
    let line = required(&contact.address_line1, "the first line of the address");
    let city = required(&contact.city, "the city");
    let postal_code = required(&contact.postal_code, "the postal code");
    let country = required(&contact.country_code, "the country");
    let address = match (&line, &city, &postal_code, &country) {
        (Read::Known(line), Read::Known(city), Read::Known(postal_code), Read::Known(country)) => {
            let more = |part: &Option<String>| spaces(part.as_deref().unwrap_or_default());
            let mut parts = vec![line.clone(), more(&contact.address_line2), more(&contact.address_line3)];
            parts.extend([city.clone(), more(&contact.district_or_county), more(&contact.state_or_region)]);
            parts.extend([postal_code.clone(), country.clone()]);
            parts.retain(|part| !part.is_empty());
            Read::Known(parts.join(", "))
        }
        // An address with a missing part is unreadable, not shorter.
        _ => present(None, who, "a part of the address"),
    };
    Contact {
        name: required(&contact.full_name, "the contact's name"),
        company: contact.company_name.as_deref().map(spaces).filter(|company| !company.is_empty()),
        address,
        city,
        postal_code,
        country,
        phone: required(&contact.phone_number, "the phone number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact() -> ContactInformation {
        ContactInformation {
            full_name: "Lee Arner".into(),
            address_line1: "1 Practice Street".into(),
            city: "London".into(),
            postal_code: "N1".into(),
            country_code: "GB".into(),
            phone_number: "+44 20 0000 0000".into(),
            ..ContactInformation::default()
        }
    }

    #[test]
    fn parts_are_folded_before_they_are_joined() {
        let plain = describe("general", &contact());
        assert_eq!(plain.address, Read::Known("1 Practice Street, London, N1, GB".to_owned()));
        let spaced = ContactInformation {
            full_name: " Lee\u{a0}Arner".into(),
            address_line1: "1  Practice Street ".into(),
            address_line2: Some(" ".into()),
            address_line3: Some("\u{3000}".into()),
            city: "London ".into(),
            district_or_county: Some("\u{200b}".into()),
            company_name: Some(" \t".into()),
            ..contact()
        };
        assert_eq!(describe("general", &spaced), plain);
    }

    #[test]
    fn parts_are_joined_in_their_order() {
        let full = ContactInformation {
            address_line2: Some("Flat 2".into()),
            address_line3: Some("Back".into()),
            district_or_county: Some("D".into()),
            state_or_region: Some("S".into()),
            ..contact()
        };
        let address = describe("general", &full).address;
        assert_eq!(address, Read::Known("1 Practice Street, Flat 2, Back, London, D, S, N1, GB".to_owned()));
    }

    #[test]
    fn an_address_with_a_missing_part_is_unreadable() {
        for blank in ["", " ", "\u{3000}\u{200b}"] {
            let lacking = describe("general", &ContactInformation { city: blank.into(), ..contact() });
            assert!(lacking.address.known().is_none() && lacking.city.known().is_none(), "{blank:?}");
            assert!(lacking.name.known().is_some());
        }
    }
}
