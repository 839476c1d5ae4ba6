//! Names and addresses are compared part by part, without case and spacing.

use super::table::{State, check, state};
use crate::common::aws::accounts::Contact;

const STEP: &str = "contact-matches";

/// The general and the production account's contacts, from the same one.
fn contacts(name: &'static str, edit: impl FnOnce(&mut Contact, &mut Contact) + Send + 'static) -> State {
    state(name).with(move |aws| edit(&mut aws.general.contact, &mut aws.production.contact))
}

#[test]
fn spacing_and_case_make_no_difference() {
    check(vec![
        contacts("a space behind the city", |_, own| own.city.push(' ')),
        contacts("a space before the city", |_, own| own.city.insert(0, ' ')),
        contacts("an empty second line", |_, own| own.line2 = Some(String::new())),
        contacts("a second line of a space", |_, own| own.line2 = Some(" ".to_owned())),
        contacts("a third line and a region of spaces", |_, own| {
            own.line3 = Some("  ".to_owned());
            own.region = Some("\t".to_owned());
        }),
        contacts("no-break spaces", |_, own| own.line1 = own.line1.replace(' ', "\u{a0}")),
        contacts("capitals", |_, own| {
            own.city = own.city.to_uppercase();
            own.name = own.name.to_uppercase();
            own.postal_code = own.postal_code.to_lowercase();
        }),
        contacts("two spaces within a name", |_, own| own.name = own.name.replace(' ', "  ")),
        contacts("a space behind the postal code", |_, own| own.postal_code.push(' ')),
        contacts("umlauts in two ways", |general, own| {
            general.city = "Z\u{fc}rich".to_owned();
            own.city = "Zu\u{308}rich".to_owned();
        }),
        contacts("a sharp s in capitals", |general, own| {
            general.line1 = "Große Straße 1".to_owned();
            own.line1 = "GROSSE STRASSE 1".to_owned();
        }),
        contacts("Greek capitals", |general, own| {
            general.name = "Οδυσσέας".to_owned();
            own.name = "ΟΔΥΣΣΈΑΣ".to_owned();
        }),
    ]);
}

#[test]
fn another_name_or_address_is_another() {
    check(vec![
        contacts("another city", |_, own| own.city = "Londonderry".to_owned()).not_yet(STEP).expectation(
            STEP,
            "The same name",
            "met",
        ),
        contacts("another name", |_, own| own.name = "Grace Hopper".to_owned()).not_yet(STEP).expectation(
            STEP,
            "The same address",
            "met",
        ),
        contacts("another second line", |_, own| own.line2 = Some("Flat 2".to_owned())).not_yet(STEP),
        contacts("an umlaut and none", |general, own| {
            general.city = "Zürich".to_owned();
            own.city = "Zurich".to_owned();
        })
        .not_yet(STEP),
        contacts("words that run together", |_, own| own.name = "AdaLovelace".to_owned()).not_yet(STEP),
        contacts("no city", |_, own| own.city = String::new())
            .unknown(STEP, "incomplete-answer")
            .unknown("alternate-contacts", "incomplete-answer"),
        state("the general account's contact is denied")
            .with(|aws| aws.general.deny("account:GetContactInformation", "account:GetContactInformation"))
            .unknown(STEP, "denied")
            .unknown("alternate-contacts@general", "denied"),
    ]);
}

#[test]
fn an_account_name_ends_with_the_suffix_whatever_its_case() {
    let named = |name: &'static str, account: &'static str| {
        state(name).with(move |aws| aws.production.name = account.to_owned())
    };
    check(vec![
        named("capitals in the suffix", "ada-Production"),
        named("a space behind the suffix", "ada-production "),
        named("no suffix", "ada").not_yet("account-name"),
        named("a suffix in the middle", "ada-production-2").not_yet("account-name"),
        named("no name", "").unknown("account-name", "incomplete-answer"),
    ]);
}
