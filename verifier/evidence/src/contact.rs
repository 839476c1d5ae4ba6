//! `contact`: the account's contact information.

use super::answer::{present, required};
use super::reader::{client, row};
use super::{Read, Reader, Section, error};
use crate::fold::spaces;
use aws_sdk_account::types::ContactInformation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

pub(super) async fn read(reader: &Reader) -> Read<Contact> {
    let call = row!(Section::Contact, "Account", "GetContactInformation");
    let client = client!(aws_sdk_account, reader, Section::Contact, &reader.regions(call)[0]);
    let who = reader.account();
    let answer = match client.get_contact_information().send().await {
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
    use aws_sdk_account::types::builders::ContactInformationBuilder;

    fn contact() -> ContactInformationBuilder {
        ContactInformation::builder()
            .full_name("Lee Arner")
            .address_line1("1 Practice Street")
            .city("London")
            .postal_code("N1")
            .country_code("GB")
            .phone_number("+44 20 0000 0000")
    }

    #[test]
    fn parts_are_folded_before_they_are_joined() {
        let plain = describe("general", &contact().build().unwrap());
        assert_eq!(plain.address, Read::Known("1 Practice Street, London, N1, GB".to_owned()));
        let spaced = contact()
            .full_name(" Lee\u{a0}Arner")
            .address_line1("1  Practice Street ")
            .address_line2(" ")
            .address_line3("\u{3000}")
            .city("London ")
            .district_or_county("\u{200b}")
            .company_name(" \t");
        assert_eq!(describe("general", &spaced.build().unwrap()), plain);
    }

    #[test]
    fn parts_are_joined_in_their_order() {
        let full = contact().address_line2("Flat 2").address_line3("Back").district_or_county("D").state_or_region("S");
        let address = describe("general", &full.build().unwrap()).address;
        assert_eq!(address, Read::Known("1 Practice Street, Flat 2, Back, London, D, S, N1, GB".to_owned()));
    }

    #[test]
    fn an_address_with_a_missing_part_is_unreadable() {
        for blank in ["", " ", "\u{3000}\u{200b}"] {
            let lacking = describe("general", &contact().city(blank).build().unwrap());
            assert!(lacking.address.known().is_none() && lacking.city.known().is_none(), "{blank:?}");
            assert!(lacking.name.known().is_some());
        }
    }
}
