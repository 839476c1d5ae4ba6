//! The mistakes of real accounts. Each message names the cause and the command that helps, once for all steps.

use crate::common::aws::{Aws, Served, error};
use crate::common::{Machine, closed_port};
use std::fmt::Write;
use std::fs;

/// A mistake, and what the message must contain: the cause, and the command.
struct Mistake {
    name: &'static str,
    /// Makes it. The endpoint is that of a stub of AWS in which everything is done.
    make: fn(&mut Machine, &Served),
    says: [&'static str; 2],
}

/// The profile of the production account, with these lines in the place of its keys.
fn profile(machine: &Machine, lines: &str) {
    let general = "[general]\naws_access_key_id = AKIAGENERAL\naws_secret_access_key = s\n";
    fs::write(machine.home.path().join("credentials"), general).unwrap();
    fs::write(machine.home.path().join("aws-config"), format!("[profile production]\n{lines}\n")).unwrap();
}

/// AWS does not say who the production account's caller is.
fn refuse(served: &Served, status: u16, code: &str, message: &str) {
    served.aws().production.answer("sts:GetCallerIdentity", error(status, code, message));
}

/// All calls but the first are denied for this reason.
fn deny_all(served: &Served, because: &str) {
    let calls = [
        ("iam:GetAccountSummary", "iam:GetAccountSummary"),
        ("iam:ListVirtualMFADevices", "iam:ListVirtualMFADevices"),
        ("cloudtrail:LookupEvents", "cloudtrail:LookupEvents"),
        ("budgets:DescribeBudgets", "budgets:ViewBudget"),
        ("budgets:DescribeBudgetNotificationsForAccount", "budgets:ViewBudget"),
        ("account:GetContactInformation", "account:GetContactInformation"),
        ("account:GetAccountInformation", "account:GetAccountInformation"),
        ("account:GetAlternateContact", "account:GetAlternateContact"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets"),
    ];
    for (call, action) in calls {
        served.aws().production.deny_because(call, action, &because.replace("ACTION", action));
    }
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "the profile does not exist",
        make: |machine, _| {
            fs::write(
                machine.home.path().join("credentials"),
                "[general]\naws_access_key_id = AKIAGENERAL\naws_secret_access_key = s\n",
            )
            .unwrap();
        },
        says: ["There is no AWS profile `production`", "`aws login --profile production`"],
    },
    Mistake {
        name: "the profile has no keys",
        make: |machine, _| profile(machine, "region = us-east-1"),
        says: ["Profile `production` has no credentials", "`aws configure --profile production`"],
    },
    Mistake {
        name: "nobody is signed in to IAM Identity Center",
        make: |machine, _| {
            profile(
                machine,
                "sso_session = s\nsso_account_id = 444455556666\nsso_role_name = r\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.com/start",
            );
        },
        says: ["Profile `production` is not signed in", "`aws sso login --profile production`"],
    },
    Mistake {
        name: "a session token has expired",
        make: |machine, served| {
            profile(machine, "aws_access_key_id = AKIAPRODUCTION\naws_secret_access_key = s\naws_session_token = t");
            refuse(served, 403, "ExpiredToken", "The security token included in the request is expired");
        },
        says: ["AWS does not accept these credentials (ExpiredToken)", "`aws configure --profile production`"],
    },
    Mistake {
        name: "an access key was deleted",
        make: |_, served| {
            refuse(served, 403, "InvalidClientTokenId", "The security token included in the request is invalid.");
        },
        says: ["Make sure that the access key is active", "`aws configure --profile production`"],
    },
    Mistake {
        name: "the clock is off",
        make: |_, served| {
            let message = "Signature expired: 20260101T000000Z is now earlier than 20261124T000000Z";
            refuse(served, 403, "SignatureDoesNotMatch", message);
        },
        says: ["set this computer's clock", "`verify doctor` shows how far it is off"],
    },
    Mistake {
        name: "the region's STS is not enabled",
        make: |_, served| {
            let message = "STS is not activated in this region for account:444455556666.";
            refuse(served, 403, "RegionDisabledException", message);
        },
        says: ["Enable the region under Account → AWS Regions", "`aws configure set region us-east-1 --profile NAME`"],
    },
    Mistake {
        name: "the new account is not activated",
        make: |_, served| {
            let message = "The AWS Access Key Id needs a subscription for the service";
            refuse(served, 403, "OptInRequired", message);
        },
        says: ["is not activated yet", "finish the sign-up if AWS asks you to"],
    },
    Mistake {
        name: "the endpoint is not reachable",
        make: |machine, _| machine.set("AWS_ENDPOINT_URL", &closed_port()),
        says: ["AWS could not be reached", "which AWS_ENDPOINT_URL or endpoint_url in the profile sets"],
    },
    Mistake {
        name: "the role cannot be assumed",
        make: |machine, served| {
            let role = "role_arn = arn:aws:iam::444455556666:role/reader\nsource_profile = general\nregion = us-east-1";
            profile(machine, role);
            served.aws().general.answer(
                "sts:AssumeRole",
                error(
                    403,
                    "AccessDenied",
                    "User: arn:aws:iam::111122223333:user/verify is not authorized to perform: sts:AssumeRole",
                ),
            );
        },
        says: ["The credentials of profile `general` may not assume the role", "verify doctor"],
    },
    Mistake {
        name: "the account is another one",
        make: |machine, served| {
            assert_ne!(machine.verify(&["account-name"]).status, 2);
            served.aws().production.id = "777788889999".to_owned();
        },
        says: ["but ••••••••6666 was seen before", "`verify accounts production=PROFILE`"],
    },
    Mistake {
        name: "two profiles are exchanged",
        make: |machine, _| {
            assert_ne!(machine.verify(&["contact-matches"]).status, 2);
            let exchanged = "[general]\naws_access_key_id = AKIAPRODUCTION\naws_secret_access_key = s\n[production]\naws_access_key_id = AKIAGENERAL\naws_secret_access_key = s\n";
            fs::write(machine.home.path().join("credentials"), exchanged).unwrap();
        },
        says: [
            "The production and the general account are the other way round",
            "`verify accounts production=PROFILE general=PROFILE`",
        ],
    },
    Mistake {
        name: "the policy is not complete",
        make: |_, served| deny_all(served, "because no identity-based policy allows the ACTION action"),
        says: ["The production account: AWS denies 7 actions to its credentials", "verify policy production"],
    },
    Mistake {
        name: "a service control policy denies",
        make: |_, served| deny_all(served, "with an explicit deny in a service control policy"),
        says: ["The service control policy does not allow it", "verify doctor"],
    },
    Mistake {
        name: "a permissions boundary denies",
        make: |_, served| deny_all(served, "because no permissions boundary allows the ACTION action"),
        says: ["The permissions boundary does not allow it", "verify doctor"],
    },
    Mistake {
        name: "a policy requires MFA",
        make: |_, served| deny_all(served, "with an explicit deny in an identity-based policy"),
        says: ["sign in with MFA, or set mfa_serial in the profile of the role", "verify doctor"],
    },
];

#[test]
fn each_names_the_cause_and_the_command_once() {
    let mut told = String::new();
    for Mistake { name, make, says } in MISTAKES {
        let mut machine = Machine::new();
        machine.bind(&[("general", "AKIAGENERAL", "s", ""), ("production", "AKIAPRODUCTION", "s", "")]);
        let served = Served::new(Aws::done());
        machine.set("AWS_ENDPOINT_URL", &served.endpoint());
        machine.set("AWS_REGION", "us-east-1");
        make(&mut machine, &served);
        served.aws().rested();
        let ran = machine.verify(&[]);
        assert_eq!(ran.status, 3, "{name}: {ran:?}");
        let flat = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        for fragment in says {
            assert_eq!(flat.matches(fragment).count(), 1, "{name}: {fragment:?} in {}", ran.stdout);
        }
        let end = ran.stdout.find("\n⚠").map_or("", |at| &ran.stdout[at..]);
        // Every endpoint has a port of its own.
        let mut parts = end.split("http://127.0.0.1:");
        let first = parts.next().unwrap_or_default().to_owned();
        let rest = parts.map(|part| format!("http://HOST{}", part.trim_start_matches(|c: char| c.is_ascii_digit())));
        let _ = writeln!(told, "# {name}\n{first}{}", rest.collect::<String>());
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_misspelt_region_and_one_that_is_not_enabled_are_named() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAPRODUCTION", "s", "")]);
    // Without a network, no name is found, and none is looked for outside of this computer.
    machine.set("HTTPS_PROXY", &closed_port());
    machine.set("AWS_REGION", "us-moon-7");
    let misspelt = machine.verify(&["account-name"]).stdout;
    let flat = misspelt.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("The region us-moon-7, which AWS_REGION or the profile sets, is none that"), "{misspelt}");
    assert!(flat.contains("`aws configure set region us-east-1 --profile NAME`"), "{misspelt}");
    machine.set("AWS_REGION", "eu-west-1");
    let proxy = machine.verify(&["account-name"]).stdout;
    assert!(proxy.contains("the proxy in HTTPS_PROXY"), "{proxy}");
}

#[test]
fn roots_warning_is_given_once_for_a_binding() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAPRODUCTION", "s", "")]);
    let served = Served::new(Aws::done());
    served.aws().production.caller = "root".to_owned();
    machine.set("AWS_ENDPOINT_URL", &served.endpoint());
    machine.set("COLUMNS", "60");
    let first = machine.verify(&["account-name"]).stderr;
    assert!(first.contains("as root"), "{first}");
    assert!(first.lines().all(|line| line.chars().count() <= 60), "{first}");
    assert_eq!(machine.verify(&["account-name"]).stderr, "");
    assert!(machine.verify(&["doctor"]).stdout.contains("root: these credentials can do anything"));
    machine.verify(&["accounts", "production=production"]);
    let again = machine.verify(&["accounts", "production=production"]).stderr;
    assert!(again.contains("as root"), "it was bound again: {again}");
}

#[test]
fn accounts_that_are_bound_the_other_way_round_are_named() {
    let mut machine = Machine::new();
    machine.bind(&[("general", "AKIAGENERAL", "s", ""), ("production", "AKIAPRODUCTION", "s", "")]);
    let served = Served::new(Aws::done());
    machine.set("AWS_ENDPOINT_URL", &served.endpoint());
    let right = machine.verify(&["accounts"]);
    assert!(!right.stdout.contains('⚠'), "{right:?}");
    let exchanged = machine.verify(&["accounts", "general=production", "production=general"]);
    insta::assert_snapshot!(exchanged.shown());
    let back = machine.verify(&["accounts", "general=general", "production=production"]);
    assert!(back.stdout.contains("the other way round"), "it is said of this change, too: {back:?}");
    let settled = machine.verify(&["accounts"]);
    assert!(!settled.stdout.contains('⚠'), "{settled:?}");
}
