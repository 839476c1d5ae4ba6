//! The account itself: its identity, its organization, its contacts, its Support plan.

use super::*;

fn organization_account(id: &str, email: &str) -> Value {
    json!({ "id": id, "email": email, "name": "n", "state": "ACTIVE", "joined": "INVITED", "since": "2026-10-25T00:00:00Z" })
}

fn not_available() -> Value {
    json!({ UNREADABLE: [{ "code": "not-available-here", "account": "general", "message": "Only the organization's management account may list its accounts." }] })
}

pub const STATES: &[State] = &[
    State("another account than the general one", Done, &[], &["unique-email", "account-created"]),
    State(
        "the same account under both names",
        Done,
        &[("/production/identity/account", || json!("111122223333"))],
        &["unique-email"],
    ),
    State(
        "no organization",
        Done,
        &[("/general/organization/in_use", || json!(false)), ("/general/organization/accounts", || json!([]))],
        &["unique-email"],
    ),
    State(
        "the general account cannot list the organization's accounts",
        Done,
        &[("/general/organization/accounts", unread)],
        &["unique-email"],
    ),
    State(
        "the general account cannot be identified",
        Done,
        &[("/general/identity/account", unread)],
        &["unique-email", "contact-matches"],
    ),
    State(
        "pending activation",
        Done,
        &[("/production/account/state", || json!("PENDING_ACTIVATION"))],
        &["account-created"],
    ),
    State("suspended", Done, &[("/production/account/state", || json!("SUSPENDED"))], &["account-created"]),
    State("closed", Done, &[("/production/account/state", || json!("CLOSED"))], &["account-created"]),
    State("a state that nobody knows yet", Done, &[("/production/account/state", unread)], &["account-created"]),
    State(
        "named production-of-mine",
        Done,
        &[("/production/account/name", || json!("production-of-mine"))],
        &["account-name"],
    ),
    State("named Lee-Production", Done, &[("/production/account/name", || json!("Lee-Production"))], &["account-name"]),
    State(
        "name and address in capitals and with other spaces",
        Done,
        &[
            ("/general/contact/name", || json!("Lee Arner")),
            ("/general/contact/address", || json!("1 Practice Street, Springfield, 12345, US")),
            ("/production/contact/name", || json!("LEE  ARNER")),
            ("/production/contact/address", || json!("1 practice street,  springfield, 12345, us")),
        ],
        &["contact-matches"],
    ),
    State("another name", Done, &[("/production/contact/name", || json!("Somebody Else"))], &["contact-matches"]),
    State(
        "the address did not arrive",
        Done,
        &[("/production/contact/address", unread)],
        &["contact-matches", "alternate-contacts"],
    ),
    State(
        "another name, and the address did not arrive",
        Done,
        &[("/production/contact/name", || json!("Somebody Else")), ("/production/contact/address", unread)],
        &["contact-matches"],
    ),
    State(
        "no Support API and no plan on record, in both accounts",
        Done,
        &[
            ("/production/support", || json!({ "api": false, "plan": null })),
            ("/general/support", || json!({ "api": false, "plan": null })),
        ],
        &["support-plan"],
    ),
    State(
        "a plan with the Support API here, none there",
        Done,
        &[("/general/support", || json!({ "api": false, "plan": null }))],
        &["support-plan"],
    ),
    State(
        "two plans with the Support API, of other names",
        Done,
        &[("/general/support/plan", || json!("AWSSupportEnterprise"))],
        &["support-plan"],
    ),
    State("the Support API was throttled", Done, &[("/production/support/api", unread)], &["support-plan"]),
    State(
        "only a security contact",
        Done,
        &[("/production/alternate_contacts/billing", || Value::Null)],
        &["alternate-contacts"],
    ),
    State("no alternate contacts", SignedUp, &[], &["alternate-contacts"]),
    State(
        "the billing contact could not be read",
        Done,
        &[("/production/alternate_contacts/billing", unread)],
        &["alternate-contacts"],
    ),
    State(
        "no security contact, and the billing contact could not be read",
        Done,
        &[
            ("/production/alternate_contacts/security", || Value::Null),
            ("/production/alternate_contacts/billing", unread),
        ],
        &["alternate-contacts"],
    ),
    State(
        "a standalone account, seen from the management account of an organization without it",
        Done,
        &[("/general/organization/accounts", || json!([organization_account("111122223333", "learner@example.com")]))],
        &["unique-email"],
    ),
    State(
        "a member account, seen from another member: only the management account may list",
        Done,
        &[
            ("/general/organization/management_account", || json!("777788889999")),
            ("/general/organization/accounts", || not_available()),
        ],
        &["unique-email"],
    ),
    State("organizations could not be read at all", Done, &[("/general/organization", unread)], &["unique-email"]),
    State(
        "a plus-address in other capitals",
        Done,
        &[("/general/organization/accounts", || {
            json!([organization_account("444455556666", "Learner+PRODUCTION@Example.com")])
        })],
        &["unique-email"],
    ),
    State(
        "the production account's e-mail address did not arrive",
        Done,
        &[("/general/organization/accounts/1/email", unread)],
        &["unique-email"],
    ),
    State(
        "signed in with a role's session",
        Done,
        &[("/production/identity/arn", || json!("arn:aws:sts::444455556666:assumed-role/course-reader/mdbook-verify"))],
        &["account-created"],
    ),
    State(
        "signed in as root",
        Done,
        &[
            ("/production/identity/arn", || json!("arn:aws:iam::444455556666:root")),
            ("/production/identity/root", || json!(true)),
        ],
        &["account-created"],
    ),
    State(
        "when the account was created did not arrive",
        Done,
        &[("/production/account/created", unread)],
        &["account-created"],
    ),
    State(
        "the account could not be read at all",
        Done,
        &[("/production/account", unread)],
        &["account-created", "account-name"],
    ),
    State(
        "renamed to learner-prod",
        Done,
        &[("/production/account/name", || json!("learner-prod"))],
        &["account-name"],
    ),
    State(
        "named with spaces round it",
        Done,
        &[("/production/account/name", || json!("  learner-production "))],
        &["account-name"],
    ),
    State("named just -production", Done, &[("/production/account/name", || json!("-production"))], &["account-name"]),
    State(
        "the general account's contact could not be read",
        Done,
        &[("/general/contact", unread)],
        &["contact-matches", "alternate-contacts"],
    ),
    State(
        "the same person at another address",
        Done,
        &[("/production/contact/address", || json!("99 Other Avenue, Seattle, 98199, US"))],
        &["contact-matches"],
    ),
    State(
        "another postal code alone",
        Done,
        &[("/production/contact/address", || json!("1 Practice Street, Seattle, 98109, US"))],
        &["contact-matches"],
    ),
    State(
        "a company in one account only",
        Done,
        &[("/production/contact/company", || json!("Learners Ltd"))],
        &["contact-matches"],
    ),
    State(
        "only an operations contact",
        SignedUp,
        &[("/production/alternate_contacts/operations", || json!({ "name": "Lee", "email": "lee@example.com" }))],
        &["alternate-contacts"],
    ),
    State(
        "a security contact whose address did not arrive",
        Done,
        &[("/production/alternate_contacts/security/email", unread)],
        &["alternate-contacts"],
    ),
    State(
        "Basic in both accounts, by AWS's record",
        Done,
        &[
            ("/production/support", || json!({ "api": false, "plan": "AWSSupportEssential" })),
            ("/general/support", || json!({ "api": false, "plan": "AWSSupportEssential" })),
        ],
        &["support-plan"],
    ),
    State(
        "Developer here and Basic there: neither has the Support API",
        Done,
        &[
            ("/production/support", || json!({ "api": false, "plan": "AWSSupportDeveloper" })),
            ("/general/support", || json!({ "api": false, "plan": "AWSSupportEssential" })),
        ],
        &["support-plan"],
    ),
    State(
        "a plan on record for one account only, and a confirmation that they are the same",
        Confirmed,
        &[("/general/support/plan", || Value::Null)],
        &["support-plan"],
    ),
    State(
        "a confirmation of the same plan, against AWS's record",
        Confirmed,
        &[("/general/support/plan", || json!("AWSSupportEnterprise"))],
        &["support-plan"],
    ),
    State("the plan on record could not be read", Done, &[("/production/support/plan", unread)], &["support-plan"]),
];
