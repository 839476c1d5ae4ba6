//! A replay has the same verdicts as its run, whatever names it contains. `table::check` compares every step of every
//! state. Here are states whose names could be changed by masking.

use super::table::{State, check, state};
use crate::common::aws::s3::Bucket;
use crate::common::aws::{Aws, cloudtrail::Event};

/// The production account has this name.
fn called(name: &'static str) -> State {
    state(name).with(move |aws| {
        aws.production.name = name.to_owned();
        if let Some(organization) = &mut aws.organization {
            organization.members[1].name = name.to_owned();
        }
    })
}

#[test]
fn an_account_name_that_looks_like_an_identifier_is_judged_the_same() {
    check(vec![
        called("ada@home-production"),
        called("ada@example.org-production"),
        called("ada+1@example.org-production"),
        called("ada.production@example-production"),
        called("444455556666-production"),
        called("+44 20 7946 0000-production"),
        called("ada@example.org production").not_yet("account-name"),
        called("ada-production@example.org").not_yet("account-name"),
        called("ada-production 444455556666").not_yet("account-name"),
    ]);
}

#[test]
fn a_suffix_that_looks_like_an_identifier_is_judged_the_same() {
    let suffix = |name: &'static str, from: &'static str, to: &'static str| state(name).course("book.toml", from, to);
    let account = "account_suffix = \"-production\"";
    check(vec![
        suffix("a domain", account, "account_suffix = \"@example.org\"")
            .with(|aws| aws.production.name = "ada@example.org".to_owned()),
        suffix("an account id", account, "account_suffix = \"-444455556666\"")
            .with(|aws| aws.production.name = "ada-444455556666".to_owned()),
        suffix("an address", account, "account_suffix = \"ada@example.org\"")
            .with(|aws| aws.production.name = "Ada@Example.org".to_owned()),
        suffix(
            "the end of a bucket's name",
            "shared_bucket_suffix = \"-shared\"",
            "shared_bucket_suffix = \"-444455556666\"",
        )
        .with(|aws| {
            aws.production.buckets = vec![Bucket::shared("ada-444455556666", &aws.general.id)];
        }),
    ]);
}

#[test]
fn names_of_devices_budgets_and_contacts_are_judged_the_same() {
    let device = |aws: &mut Aws, name: &str| {
        let (serial, enabled) = (aws.production.serial(name), aws.production.root.devices[0].enabled);
        aws.production.devices(&[(name, enabled)]);
        let used = Event::sign_in(&serial, enabled + 3600);
        aws.production.events = vec![used];
    };
    check(vec![
        state("a device called like an address").with(move |aws| device(aws, "ada@example.org")),
        state("a device called like an account").with(move |aws| device(aws, "999900001111")),
        state("a device called like a phone number").with(move |aws| device(aws, "+442079460000")),
        state("a budget called like an address")
            .with(|aws| aws.production.budgets[0].name = "ada@example.org".to_owned()),
        state("a contact called like an address, in another case").with(|aws| {
            aws.general.contact.name = "Ada@Example.org".to_owned();
            aws.production.contact.name = " ada@example.org".to_owned();
        }),
        state("contacts that differ in a space alone")
            .with(|aws| aws.production.contact.name = "AdaLovelace".to_owned())
            .not_yet("contact-matches"),
        state("a contact called as masking would call it")
            .with(|aws| {
                aws.general.contact.name = "masked-1".to_owned();
                aws.production.contact.name = "masked-2".to_owned();
            })
            .not_yet("contact-matches"),
        state("an account id as masking would make it").with(|aws| {
            aws.production.name = "000000000001-production".to_owned();
        }),
        state("an address of a person that is a name, too").with(|aws| {
            aws.production.contact.name = "ada@example.org".to_owned();
            aws.general.contact.name = "ada@example.org".to_owned();
            aws.production.name = "ada@example.org-production".to_owned();
        }),
    ]);
}
