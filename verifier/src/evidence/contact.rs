//! `contact`: the account's own contact data.

use super::reader::{client, row};
use super::{Read, Reader, Section, error, required};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The account's contact information (`account:GetContactInformation`).
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
        return super::present(None, who, "the contact information");
    };
    let required_line = required(&contact.address_line1, who, "the first line of the address");
    let city = required(&contact.city, who, "the city");
    let postal_code = required(&contact.postal_code, who, "the postal code");
    let country = required(&contact.country_code, who, "the country");
    let optional = [&contact.address_line2, &contact.address_line3];
    let region = [&contact.district_or_county, &contact.state_or_region];
    let text = |part: &Option<String>| part.clone().filter(|part| !part.is_empty());
    let address = match (&required_line, &city, &postal_code, &country) {
        (Read::Known(line), Read::Known(city), Read::Known(postal_code), Read::Known(country)) => {
            let mut parts = vec![line.clone()];
            parts.extend(optional.into_iter().filter_map(text));
            parts.push(city.clone());
            parts.extend(region.into_iter().filter_map(text));
            parts.extend([postal_code.clone(), country.clone()]);
            Read::Known(parts.join(", "))
        }
        // An address with a missing part is no shorter address.
        _ => super::present(None, who, "a part of the address"),
    };
    Read::Known(Contact {
        name: required(&contact.full_name, who, "the contact's name"),
        company: contact.company_name.filter(|company| !company.is_empty()),
        address,
        city,
        postal_code,
        country,
        phone: required(&contact.phone_number, who, "the phone number"),
    })
}
