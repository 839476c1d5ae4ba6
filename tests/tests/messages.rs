//! Errors about bad input say what is wrong, where, and what to do. Unreadable evidence comes with a reason.

use crate::common::{Machine, closed_port, cut_off, server};

#[test]
fn an_unknown_step_names_the_nearest() {
    let ran = Machine::new().verify(&["--practice=fresh", "cost-buget"]);
    assert_eq!(ran.status, 2);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn without_bindings_it_says_how_to_bind_and_offers_practice() {
    let machine = Machine::new();
    let ran = machine.verify(&[]);
    assert_eq!(ran.status, 2);
    assert!(!machine.course.join(".verify/results/results.json").exists(), "nothing was judged");
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn without_a_book_it_says_where_to_go() {
    let machine = Machine::empty();
    insta::assert_snapshot!("no_book", machine.verify(&["status"]).shown());
    insta::assert_snapshot!("no_such_course", machine.verify(&["status", "--course", "nowhere"]).shown());
}

#[test]
fn all_errors_of_a_course_are_drawn_at_once() {
    let machine = Machine::new();
    machine.edit("src/production-account.md", "verify: cost-budget", "verify: cost-buget");
    machine.edit("src/production-account.md", "verify: root-mfa", "verify: root-mfa account=prodution budget_amount=5");
    machine.edit("src/production-account.md", "verify: unique-email", "verify: unique-email nonsense");
    machine.edit("src/README.md", "Press **Keep watching**", "Every {{ budget_amout }} step <!-- verify: mfa -->");
    machine.write("checks/broken.toml", "title = \"x\"\naccount = \"production\"\n[[expect]]\nthta = \"true\"\n");
    machine
        .write("checks/nobody.toml", "title = \"x\"\naccount = \"genral\"\n[[expect]]\nthat = \"true\"\nfix = \"x\"\n");
    let ran = machine.verify(&["--practice=fresh"]);
    assert_eq!(ran.status, 2);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn an_error_in_an_included_file_points_at_that_file() {
    let machine = Machine::new();
    machine.write(
        "src/part.md",
        "Some text.\n\n- [ ] One <!-- verify: mfa -->\n- [ ] Two <!-- verify: nothing-like-it -->\n",
    );
    machine.edit("src/README.md", "## How to verify", "{{#include part.md}}\n\n## How to verify");
    insta::assert_snapshot!(machine.verify(&["--practice=fresh"]).shown());
}

#[test]
fn errors_in_expressions_have_a_caret() {
    let machine = Machine::new();
    machine.edit("checks/account-name.toml", "fold(account.name)", "fold(account.name");
    machine.edit("checks/account-created.toml", "account.state == 'ACTIVE'", "acount.state == 'ACTIVE'");
    machine.edit("checks/contact-matches.toml", "accounts.general.contact.name", "accounts.genral.contact.name");
    let ran = machine.verify(&["--practice=fresh"]);
    assert_eq!(ran.status, 2);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn checks_that_cannot_be_read_are_named() {
    let machine = Machine::new();
    std::fs::remove_dir_all(machine.course.join("checks")).unwrap();
    machine.write("checks", "not a folder");
    let ran = machine.verify(&["--practice=fresh"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("the checks cannot be read"), "{}", ran.stderr);
}

/// Verifies one step whose account is bound to working keys, against an endpoint.
fn against(endpoint: &str) -> String {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "SECRETKEYEXAMPLE", "")]);
    machine.set("AWS_ENDPOINT_URL", endpoint);
    let ran = machine.verify(&["account-name"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    let host = endpoint.trim_start_matches("http://");
    ran.shown().replace(host, "HOST")
}

fn xml(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    )
}

#[test]
fn what_aws_says_becomes_a_reason() {
    let expired =
        server(403, "text/xml", &xml("ExpiredToken", "The security token included in the request is expired"));
    insta::assert_snapshot!("expired", against(&expired));
    let skewed = server(
        403,
        "text/xml",
        &xml("SignatureDoesNotMatch", "Signature expired: 20200101T000000Z is now earlier than 20261124T000000Z"),
    );
    insta::assert_snapshot!("clock_skew", against(&skewed));
    let throttled = server(400, "text/xml", &xml("Throttling", "Rate exceeded"));
    insta::assert_snapshot!("throttled", against(&throttled));
    let not_aws = server(200, "text/html", "<html>Welcome to this hotel's network</html>");
    insta::assert_snapshot!("not_aws", against(&not_aws));
    let cut = cut_off(200, &xml("Whatever", "what was to come"));
    insta::assert_snapshot!("cut_off", against(&cut));
}

#[test]
fn an_unreachable_endpoint_is_unknown() {
    let shown = against(&closed_port());
    assert!(shown.contains("AWS could not be reached"), "{shown}");
}

#[test]
fn a_profile_that_does_not_exist_or_has_no_credentials_says_so() {
    let machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "SECRETKEYEXAMPLE", "")]);
    let missing = machine.verify(&["--account", "production=prod", "account-name"]);
    insta::assert_snapshot!("no_profile", missing.shown());
    std::fs::write(machine.home.path().join("aws-config"), "[profile empty]\nregion = eu-west-1\n").unwrap();
    let empty = machine.verify(&["--account", "production=empty", "account-name"]);
    insta::assert_snapshot!("empty_profile", empty.shown());
    let signed_out = "[profile sso]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n";
    std::fs::write(machine.home.path().join("aws-config"), signed_out).unwrap();
    let sso = machine.verify(&["--account", "production=sso", "account-name"]);
    insta::assert_snapshot!("sso_signed_out", sso.shown());
    let login = "[profile login]\nlogin_session = arn:aws:iam::111122223333:root\nregion = us-east-1\n";
    std::fs::write(machine.home.path().join("aws-config"), login).unwrap();
    let login = machine.verify(&["--account", "production=login", "account-name"]);
    insta::assert_snapshot!("login_signed_out", login.shown());
    let typo = machine.verify(&["--account", "prodution=login", "account-name"]);
    insta::assert_snapshot!("no_account", typo.shown());
}

#[test]
fn another_partition_says_what_it_lacks() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "SECRETKEYEXAMPLE", "")]);
    let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws-cn:iam::444455556666:user/r</Arn><UserId>U</UserId><Account>444455556666</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    machine.set("AWS_ENDPOINT_URL", &server(200, "text/xml", body));
    machine.set("AWS_REGION", "cn-north-1");
    insta::assert_snapshot!(machine.verify(&["account-name"]).shown());
}

#[test]
fn other_credentials_behind_a_binding_are_the_wrong_account() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "SECRETKEYEXAMPLE", "")]);
    let answer = |id: &str| {
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{id}:root</Arn><UserId>U</UserId><Account>{id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
    };
    machine.set("AWS_ENDPOINT_URL", &server(200, "text/xml", &answer("444455556666")));
    let first = machine.verify(&["pdf-invoice"]);
    assert!(first.stderr.contains("as root"), "root is warned of: {}", first.stderr);
    machine.set("AWS_ENDPOINT_URL", &server(200, "text/xml", &answer("777788889999")));
    insta::assert_snapshot!(machine.verify(&["pdf-invoice"]).shown());
}

#[test]
fn confirm_says_what_needs_no_confirmation() {
    let machine = Machine::new();
    insta::assert_snapshot!("confirm_evidence", machine.verify(&["confirm", "--practice=done", "cost-budget"]).shown());
    insta::assert_snapshot!("confirm_members", machine.verify(&["confirm", "--practice=done", "mfa"]).shown());
    insta::assert_snapshot!("confirm_nobody", machine.verify(&["confirm", "--practice=fresh", "pdf-invoice"]).shown());
}

#[test]
fn after_binding_another_account_the_old_verdicts_are_not_shown() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "SECRETKEYEXAMPLE", "")]);
    let answer = |id: &str| {
        format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{id}:user/r</Arn><UserId>U</UserId><Account>{id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        )
    };
    machine.set("AWS_ENDPOINT_URL", &server(200, "text/xml", &answer("444455556666")));
    assert_eq!(machine.verify(&["confirm", "pdf-invoice"]).status, 0);
    assert!(machine.verify(&["status"]).stdout.contains("Confirmed by you"));
    machine.verify(&["accounts", "production=production"]);
    assert!(machine.verify(&["status"]).stdout.contains("Confirmed by you"), "it is the same account");
    machine.set("AWS_ENDPOINT_URL", &server(200, "text/xml", &answer("777788889999")));
    machine.verify(&["accounts", "production=production"]);
    let status = machine.verify(&["status"]).stdout;
    assert!(!status.contains("Confirmed by you"), "{status}");
    assert!(status.contains("It was last verified in another account."), "{status}");
    assert_eq!(machine.verify(&["accounts", "--practice"]).status, 2);
}
