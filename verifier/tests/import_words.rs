//! Which words `verify import` takes for a check, and which it does not.

use course::Course;
use std::path::Path;
use verify::book;
use verify::import::propose::Proposal;
use verify::import::{Stated, Surroundings, Vocabulary};

fn course() -> Course {
    book::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../book").canonicalize().unwrap(), false).unwrap()
}

/// What is proposed for a line below these headings.
fn proposed(vocabulary: &Vocabulary, line: &str, above: &[&str]) -> Proposal {
    let around = Surroundings::of("Sign in as root, with or without MFA, and do the things of the list.");
    vocabulary.propose(&Stated { text: &line.replace(['`', '*'], ""), region: line, above, around: &around })
}

#[test]
fn words_of_no_check_are_sure_of_none() {
    let vocabulary = Vocabulary::of(&course());
    for item in [
        "Go to the console",
        "Click Save",
        "Done",
        "",
        "Enter your notification address",
        "Read the next chapter",
        "設定",
        "Set up a VPC with two subnets",
        "Create 11 subnets in three zones",
        "Two subnets in two zones",
        "Root has an access key",
        "Create an access key for root",
        // One word is not a name.
        "Access",
        "Cost",
        // The opposite is not the step.
        "Turn off billing alerts",
        "Billing alerts are not on",
        "Billing alerts aren’t on",
        "Don't receive billing alerts",
        "Remove the alternate contacts",
        "Delete the account name",
        "Versioning suspended on the shared bucket",
        "IAM billing access disabled",
        "MFA configured without root",
    ] {
        let proposal = proposed(&vocabulary, item, &[]);
        assert!(proposal.sure.is_none(), "{item}: {proposal:?}");
    }
}

/// What an instructor found to be sure of a check about something else, and more of these kinds.
const ABOUT_SOMETHING_ELSE: &[(&str, &str)] = &[
    // Other things with the same words.
    ("Access keys rotated", ""),
    ("IAM Access Analyzer on", ""),
    ("IAM role has access to the bucket", ""),
    ("IAM access to S3 enabled", ""),
    ("Billing access for the finance team enabled", ""),
    ("GitHub account created", ""),
    ("Service account created", ""),
    ("A service account for the cluster", ""),
    ("Create an alias", ""),
    ("KMS alias created", ""),
    ("Route 53 alias record created", ""),
    ("Cost anomaly alerts on", ""),
    ("Cost allocation tags activated", ""),
    ("Create a budget report", ""),
    ("Create a usage budget", ""),
    ("Create a budget action", ""),
    ("Budget for EC2 created", ""),
    ("RDS budget of 10 GB", ""),
    ("A budget for each team", ""),
    ("Delete the budget", ""),
    ("Budget", "Choosing a laptop"),
    ("CPU alerts on", ""),
    ("Set a password", ""),
    ("Create a password policy", ""),
    ("Encryption enabled", ""),
    ("Bucket encrypted with KMS", ""),
    ("Enable MFA delete", ""),
    ("MFA for all IAM users", ""),
    ("All users have MFA", ""),
    ("Enable MFA", "Users"),
    ("MFA enabled", ""),
    ("MFA for the reader", ""),
    ("Root MFA for every member account", ""),
    ("A second MFA device for root", ""),
    ("Assign an MFA device to `robot`", "Root and robots"),
    ("Versioning enabled", ""),
    ("Versioning on the bucket with the logs", ""),
    ("Turn on versioning for both buckets", ""),
    ("Private bucket for logs", ""),
    ("Create a private bucket", ""),
    ("Block public access", ""),
    ("Create an access key for `ci-robot`", ""),
    ("Create an access key", ""),
    ("A key for the build machine", ""),
    ("A second access key for the administrator", ""),
    ("Delete access key `ci-key`", ""),
    ("Delete the access key of the reader", ""),
    ("Delete the access key", ""),
    ("Access keys: none", ""),
    ("Access key deactivated", "A key for the build machine"),
    ("No key is left over", ""),
    ("The access key works", ""),
    ("Create the policy", ""),
    ("Create the bucket", ""),
    ("Create the unit", ""),
    ("Create the VPC", ""),
    ("Delete the VPC", ""),
    ("Delete the NAT gateways", ""),
    ("Create an internet gateway and attach it", ""),
    ("Create a NAT gateway", ""),
    ("Create the organization", ""),
    ("Create two buckets", ""),
    ("Choose a Support plan", ""),
    ("Choose the Business Support plan", ""),
    ("Enter your e-mail address", ""),
    ("Add a billing contact", ""),
    ("Read the bucket", ""),
    // What is said of it is the opposite, or is not said.
    ("Tick off billing alerts", ""),
    ("Untick `Receive billing alerts`", ""),
    ("No budget created", ""),
    ("Attach FullAWSAccess again", ""),
    ("Disable service control policies", ""),
    ("Why billing alerts?", ""),
    // Other accounts, or several.
    ("Billing alerts on in the dev account", ""),
    ("Billing alerts on", "Sandbox account"),
    ("Billing alerts on in both accounts", ""),
    ("Billing alerts on in all accounts", ""),
    ("Billing alerts on", "In all member accounts"),
];

#[test]
fn words_about_something_else_are_sure_of_no_check() {
    let vocabulary = Vocabulary::of(&course());
    let wrong: Vec<String> = ABOUT_SOMETHING_ELSE
        .iter()
        .map(|(text, heading)| {
            (text, proposed(&vocabulary, text, &["A lesson", heading][..1 + usize::from(!heading.is_empty())]))
        })
        .filter(|(_, proposal)| proposal.sure.is_some())
        .map(|(text, proposal)| format!("{text}: {}", proposal.args()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn other_wordings_of_a_check_are_sure_of_it() {
    let vocabulary = Vocabulary::of(&course());
    for (text, args) in [
        ("Budget created", "cost-budget"),
        ("Set up a budget", "cost-budget"),
        ("Create a cost budget over $40 per month, mail at 90 %", "cost-budget"),
        ("Billing alerts enabled", "billing-alerts"),
        ("CloudWatch billing alerts: on", "billing-alerts"),
        ("Tick `Receive AWS Free Tier alerts`, type your address, and click Update", "free-tier-alerts"),
        ("Receive PDF invoices by mail", "pdf-invoice"),
        ("IAM access to billing: activated", "iam-billing-access"),
        ("Root user: no access keys", "root-keys"),
        ("Root access keys: none", "root-keys"),
        ("Put a second factor on root", "root-mfa"),
        ("Enable MFA for the root user", "root-mfa"),
        ("Root MFA enabled", "root-mfa"),
        ("Account alias: `mine`", "account-alias"),
        ("Set the account alias to `mine`", "account-alias"),
        ("Support plan: identical to that of the general account", "support-plan"),
        ("Account name: your own name with the suffix `-production`", "account-name"),
        ("Turn on service control policies, in case you have not yet", "scp-enabled"),
        ("Enable SCPs", "scp-enabled"),
        ("Create an access key for the administrator", "cli-key"),
        ("Delete the administrator's access key", "cli-cleanup"),
        ("Add contacts for billing and for security", "alternate-contacts"),
    ] {
        assert_eq!(proposed(&vocabulary, text, &["A lesson"]).args(), args, "{text}");
    }
}

#[test]
fn a_check_that_says_no_itself_is_named_by_items_that_say_so_too() {
    let mut course = course();
    // The book's own check says so in its title.
    let own = Vocabulary::of(&course);
    assert_eq!(proposed(&own, "Root has no access key", &[]).args(), "root-keys");
    assert!(proposed(&own, "Root has an access key", &[]).sure.is_none());
    course.checks.remove("root-keys");
    // This one says so in its name, too.
    let mut check = course.checks["root-mfa"].clone();
    (check.name, check.title) = ("no-root-key".to_owned(), "No access key for root".to_owned());
    course.checks.insert(check.name.clone(), check);
    let vocabulary = Vocabulary::of(&course);
    assert_eq!(proposed(&vocabulary, "Root has no access key", &[]).args(), "no-root-key");
    assert!(proposed(&vocabulary, "Root has an access key", &[]).sure.is_none());
}

#[test]
fn an_item_is_about_the_account_that_it_names() {
    let vocabulary = Vocabulary::of(&course());
    let proposed = |item: &str| proposed(&vocabulary, item, &["Creating a Production AWS Account"]).args();
    for (item, words) in [
        ("Billing alerts on in the general account", "billing-alerts account=general"),
        ("Billing alerts on in the general account (optional)", "billing-alerts account=general optional"),
        ("Billing alerts on, just like in the general account", "billing-alerts"),
        ("Choose the same Support Plan as the general account", "support-plan"),
        ("MFA configured in the general account", "mfa account=general"),
    ] {
        assert_eq!(proposed(item), words, "{item}");
    }
    for item in ["Billing alerts on in the general and production accounts", "Unique email for the general account"] {
        assert!(proposed(item).starts_with('?'), "{item}: {}", proposed(item));
    }
}
