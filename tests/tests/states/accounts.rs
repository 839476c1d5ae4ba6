//! The account, its organization, and ordinary states of the other lessons.

use super::table::{check, state};
use crate::common::aws::{Aws, organizations::Organization};

fn organization(aws: &mut Aws) -> &mut Organization {
    aws.organization.as_mut().unwrap()
}

#[test]
fn what_the_lessons_ask_for_is_told_from_what_is_missing() {
    check(vec![
        state("everything is done"),
        state("the account is suspended")
            .with(|aws| aws.production.state = "SUSPENDED".to_owned())
            .not_yet("account-created"),
        state("the account is in a state from tomorrow")
            .with(|aws| aws.production.state = "RESTING".to_owned())
            .unknown("account-created", "incomplete-answer"),
        state("no security contact")
            .with(|aws| drop(aws.production.alternates.remove("SECURITY")))
            .not_yet("alternate-contacts"),
        state("no operations contact, which nobody asks for")
            .with(|aws| drop(aws.production.alternates.remove("OPERATIONS"))),
        state("no billing metrics, and confirmed")
            .with(|aws| aws.production.metrics.clear())
            .confirm("billing-alerts")
            .confirmed("billing-alerts"),
        state("the billing preferences are confirmed")
            .confirm("pdf-invoice")
            .confirm("free-tier-alerts")
            .confirmed("pdf-invoice")
            .confirmed("free-tier-alerts"),
    ]);
}

#[test]
fn accounts_are_two_whatever_their_organization() {
    check(vec![
        state("no organization").with(|aws| aws.organization = None),
        state("only the general account is in one")
            .with(|aws| aws.organization = Some(Organization::of(&[&aws.general]))),
        state("the general account is a member").with(|aws| organization(aws).management = aws.production.id.clone()),
        state("a member that was created").with(|aws| organization(aws).members[1].joined = "CREATED".to_owned()),
        state("only consolidated billing").with(|aws| organization(aws).features = "CONSOLIDATED_BILLING".to_owned()),
        state("an older endpoint, which has a status").with(|aws| {
            for member in &mut organization(aws).members {
                member.status = member.state.take();
            }
        }),
        state("one account a page").with(|aws| organization(aws).page = 1).tells("unique-email", "registered to"),
        state("a first page of nobody")
            .with(|aws| organization(aws).first_page_empty = true)
            .tells("unique-email", "registered to"),
        state("both profiles reach one account")
            .with(|aws| aws.production.id = aws.general.id.clone())
            .unknown("unique-email", "wrong-account")
            .others_may_differ(),
        state("the organization is denied").with(|aws| {
            aws.general.deny("organizations:DescribeOrganization", "organizations:DescribeOrganization");
            aws.general.deny("organizations:ListAccounts", "organizations:ListAccounts");
        }),
    ]);
}
