//! Credentials: every kind of source reaches its account, roles are assumed from other accounts, and errors are
//! explained.

use crate::common::{Answer, Machine, Request, denied, identity, moto, serve, xml};
use std::fs;
use std::sync::{Arc, Mutex};

const ROLE: &str = "production=arn:aws:iam::444455556666:role/OrganizationAccountAccessRole";

/// An STS that knows accounts by the end of the access key, and refuses all other calls.
fn sts(request: &Request) -> Answer {
    let key = request.header("authorization");
    let is = |name: &str| key.contains(&format!("{name}/"));
    match request.body.as_str() {
        body if body.contains("Action=GetCallerIdentity") && is("GENERAL") => identity("111122223333", "user/lee"),
        body if body.contains("Action=GetCallerIdentity") && is("PRODUCTION") => identity("444455556666", "user/lee"),
        body if body.contains("Action=AssumeRole") => xml(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAPRODUCTION</AccessKeyId><SecretAccessKey>SECRETOFTHEROLE</SecretAccessKey><SessionToken>TOKENOFTHEROLE</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        ),
        _ => denied(),
    }
}

/// A machine whose general account is bound to access keys, with this AWS.
fn machine(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Machine {
    let mut machine = Machine::new();
    machine.bind(&[("general", "AKIAGENERAL", "secret", "")]);
    machine.set("AWS_ENDPOINT_URL", &serve(answer));
    machine
}

#[test]
fn a_role_is_assumed_from_another_account() {
    let mut machine = Machine::new();
    let moto = moto(&machine);
    machine.bind(&[("general", "AKIAGENERAL", "general", "")]);
    machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
    let ran = machine.verify(&["accounts", ROLE, "--show-identifiers"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let printed = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(printed.contains("assumed from the general account: AWS account 444455556666"), "{}", ran.stdout);
    assert!(ran.stderr.contains("production account with an administrator's credentials"), "{}", ran.stderr);
    assert!(ran.stderr.contains("verify policy production"), "{}", ran.stderr);
    let verified = machine.verify(&["unique-email"]);
    assert_eq!(verified.status, 0, "{verified:?}");
    // The binding contains names and the account that was seen.
    let kept = fs::read_to_string(machine.home.path().join("config/bindings.json")).unwrap();
    assert!(kept.contains("OrganizationAccountAccessRole") && kept.contains("444455556666"), "{kept}");
    assert!(!kept.contains("AKIA") && !kept.contains("ASIA"), "{kept}");
}

#[test]
fn a_run_asks_once_for_each_account() {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&bodies);
    let machine = machine(move |request| {
        seen.lock().unwrap().push(request.body.clone());
        sts(request)
    });
    assert_eq!(machine.verify(&["accounts", ROLE]).status, 0);
    bodies.lock().unwrap().clear();
    machine.verify(&[]);
    let asked = |action: &str| bodies.lock().unwrap().iter().filter(|body| body.contains(action)).count();
    assert_eq!(asked("Action=AssumeRole"), 1);
    assert_eq!(asked("Action=GetCallerIdentity"), 2, "one for each account");
    // What is wrong with a check is said, whatever the accounts answer.
    machine.edit("checks/account-name.toml", "fold(account.name)", "fold(acount.name)");
    let wrong = machine.verify(&[]);
    assert_eq!(wrong.status, 2, "{wrong:?}");
    assert!(wrong.stderr.contains("checks/account-name.toml"), "{}", wrong.stderr);
}

#[test]
fn an_external_id_and_an_mfa_code_go_with_the_role() {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&bodies);
    let machine = machine(move |request| {
        seen.lock().unwrap().push(request.body.clone());
        sts(request)
    });
    let serial = "arn:aws:iam::111122223333:mfa/phone";
    let bind = ["accounts", ROLE, "--external-id", "course-7", "--mfa-serial", serial];
    let ran = machine.verify_with("123456\n", &bind);
    assert_eq!(ran.status, 0, "{ran:?}");
    let asked = "Code of the MFA device arn:aws:iam::••••••••3333:mfa/phone for the production account: ";
    assert!(ran.stderr.contains(asked), "{}", ran.stderr);
    let bodies = bodies.lock().unwrap().join("\n");
    for part in
        ["ExternalId=course-7", "TokenCode=123456", "SerialNumber=arn%3Aaws%3Aiam%3A%3A111122223333%3Amfa%2Fphone"]
    {
        assert!(bodies.contains(part), "{part}: {bodies}");
    }
    let nobody = machine.verify(&["account-created"]);
    assert_eq!(nobody.status, 3);
    let told = nobody.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("run verify in a terminal to enter it"), "{nobody:?}");
}

#[test]
fn a_profile_with_an_mfa_device_asks_for_its_code() {
    let machine = machine(sts);
    let profile = "[profile reader]\nregion = us-east-1\nsource_profile = general\nrole_arn = arn:aws:iam::444455556666:role/reader\nmfa_serial = arn:aws:iam::111122223333:mfa/phone\n";
    fs::write(machine.home.path().join("aws-config"), profile).unwrap();
    let ran = machine.verify_with("654321\n", &["accounts", "production=reader", "--show-identifiers"]);
    assert!(ran.stdout.contains("✓ profile reader: AWS account 444455556666"), "{ran:?}");
}

#[test]
fn every_kind_of_source_reaches_its_account() {
    let mut machine = machine(|request| match request.path() {
        // IAM Identity Center, and CloudShell's or a container's endpoint.
        path if path.starts_with("/federation/credentials") => {
            assert_eq!(request.header("x-amz-sso_bearer_token"), "TOKENOFSSO");
            let keys = r#"{"roleCredentials": {"accessKeyId": "ASIAPRODUCTION", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4070908800000}}"#;
            (200, "content-type: application/json".into(), keys.into())
        }
        "/container" => {
            assert_eq!(request.header("authorization"), "TOKENOFTHECONTAINER");
            let keys = r#"{"AccessKeyId": "ASIAPRODUCTION", "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"}"#;
            (200, "content-type: application/json".into(), keys.into())
        }
        _ => sts(request),
    });
    let home = machine.home.path().canonicalize().unwrap();
    let path = |name: &str| home.join(name);
    fs::create_dir_all(path(".aws/sso/cache")).unwrap();
    fs::create_dir_all(path(".aws/login/cache")).unwrap();
    // The caches are named after digests of the session's name and of the login session's ARN.
    fs::write(
        path(".aws/sso/cache/4809561b34384fc017da4d2efc93d79ca3d90e22.json"),
        r#"{"accessToken": "TOKENOFSSO", "expiresAt": "2099-01-01T00:00:00Z", "region": "us-east-1", "startUrl": "https://example.com/start"}"#,
    )
    .unwrap();
    fs::write(
        path(".aws/login/cache/d5cea291b22a8f02c4a58e452b8191161c263861d42f239b5dae2b0f2df46009.json"),
        r#"{"accessToken": {"accessKeyId": "ASIAPRODUCTION", "secretAccessKey": "s", "sessionToken": "t", "accountId": "444455556666", "expiresAt": "2099-01-01T00:00:00Z"}, "tokenType": "aws_sigv4", "refreshToken": "r", "idToken": "i", "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": "unused while the token lasts"}"#,
    )
    .unwrap();
    fs::write(path("keys.json"), r#"{"Version": 1, "AccessKeyId": "AKIAPRODUCTION", "SecretAccessKey": "s"}"#).unwrap();
    let profiles = format!(
        "[profile keys]\naws_access_key_id = AKIAPRODUCTION\naws_secret_access_key = s\n\
         [profile process]\ncredential_process = cat {}\n\
         [profile sso]\nsso_session = course\nsso_account_id = 444455556666\nsso_role_name = reader\n\
         [sso-session course]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n\
         [profile login]\nlogin_session = arn:aws:iam::444455556666:root\n\
         [profile role]\nrole_arn = arn:aws:iam::444455556666:role/reader\nsource_profile = keys\n",
        path("keys.json").display()
    );
    fs::write(path("aws-config"), profiles).unwrap();
    for profile in ["keys", "process", "sso", "login", "role"] {
        let ran = machine.verify(&["accounts", &format!("production={profile}"), "--show-identifiers"]);
        assert!(ran.stdout.contains(&format!("✓ profile {profile}: AWS account 444455556666")), "{profile}: {ran:?}");
    }
    let endpoint = machine.environment("AWS_ENDPOINT_URL").unwrap();
    machine.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{endpoint}/container"));
    machine.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "TOKENOFTHECONTAINER");
    let shell = machine.verify(&["accounts", "production=environment", "--show-identifiers"]);
    assert!(shell.stdout.contains("the environment's credentials: AWS account 444455556666"), "{shell:?}");
    machine.set("AWS_ACCESS_KEY_ID", "AKIAGENERAL");
    machine.set("AWS_SECRET_ACCESS_KEY", "s");
    let keys = machine.verify(&["accounts", "--unbind", "production", "general=environment", "--show-identifiers"]);
    assert!(keys.stdout.contains("the environment's credentials: AWS account 111122223333"), "{keys:?}");
}

#[test]
fn an_environment_without_credentials_says_so() {
    let machine = machine(sts);
    let ran = machine.verify(&["accounts", "production=environment"]);
    assert!(ran.stdout.contains("There are no AWS credentials in the environment"), "{ran:?}");
    assert_eq!(ran.status, 3);
}

#[test]
fn what_cannot_be_bound_is_explained() {
    let machine = machine(sts);
    let mut shown = String::new();
    for arguments in [
        &["accounts", "production=arn:aws:iam::444455556666:user/lee"][..],
        &["accounts", "production=reader", "--external-id", "course-7"],
        &["accounts", ROLE, "--from", "genral"],
        &["accounts", "general=arn:aws:iam::111122223333:role/r", ROLE],
        &["accounts", "--unbind", "general", ROLE],
        &["accounts", "prodution=reader"],
    ] {
        let ran = machine.verify(arguments);
        assert_eq!(ran.status, 2, "{ran:?}");
        shown.push_str(&format!("verify {}\n{}\n", arguments.join(" "), ran.stderr));
    }
    let before = fs::read_to_string(machine.home.path().join("config/bindings.json")).unwrap();
    assert!(before.contains("general") && !before.contains("role"), "nothing was bound: {before}");
    insta::assert_snapshot!(shown);
}

#[test]
fn a_role_that_is_not_given_says_what_must_hold() {
    let machine = machine(|request| match request.body.as_str() {
        body if body.contains("AssumeRole") => denied(),
        _ => sts(request),
    });
    machine.verify(&["accounts", ROLE]);
    let ran = machine.verify(&["account-created"]);
    assert_eq!(ran.status, 3);
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn two_names_for_one_account_explain_themselves() {
    let machine = machine(sts);
    let ran = machine.verify(&["accounts", "production=general"]);
    assert_eq!(ran.status, 3);
    assert!(ran.stdout.contains("Two of the course's accounts are the same AWS account ••••••••3333"), "{ran:?}");
    assert!(ran.stdout.contains("Bind each to its own"), "{ran:?}");
    // Also where a step is about one of them, and the other was seen before.
    machine.verify(&["accounts", "--unbind", "production"]);
    let one = machine.verify(&["account-created", "--account", "production=general"]);
    assert_eq!(one.status, 3);
    assert!(one.stdout.contains("wrong-account"), "{one:?}");
}

#[test]
fn an_administrator_is_warned_by_iams_own_word() {
    let decision = |allowed: &str| {
        let result = |action: &str| {
            format!("<member><EvalActionName>{action}</EvalActionName><EvalDecision>{allowed}</EvalDecision></member>")
        };
        xml(&format!(
            "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>{}{}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>",
            result("iam:CreateUser"),
            result("iam:AttachUserPolicy")
        ))
    };
    for (allowed, warned) in [("allowed", true), ("implicitDeny", false)] {
        let answer = decision(allowed);
        let machine = machine(move |request| match request.body.as_str() {
            body if body.contains("Action=SimulatePrincipalPolicy") => {
                assert!(body.contains("user%2Flee"), "{body}");
                answer.clone()
            }
            _ => sts(request),
        });
        let ran = machine.verify(&["accounts"]);
        assert_eq!(ran.stderr.contains("an administrator's credentials"), warned, "{ran:?}");
    }
}

/// A key that proves the possession of a sign-in, made for these tests.
const DPOP_KEY: &str = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIKYhMgXiCkgmV0ss4SpR4rhOMpa0ZMG4v0v04L85jIe8oAoGCCqGSM49\nAwEHoUQDQgAER3Mrqw/9L8kn2ui/bqTLPaQdZ60ueLgaby9REgSlrUCNxVr3NBSD\nLxyJD/PvjjcSmc2KAXrEeoUJWyME/8Q6Eg==\n-----END EC PRIVATE KEY-----\n";

/// A machine whose production account is bound to a profile that `aws login` made, with credentials to be renewed.
fn signed_in_long_ago(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Machine {
    let mut machine = Machine::new();
    machine.bind(&[("production", "", "", "")]);
    machine.set("AWS_ENDPOINT_URL", &serve(answer));
    let home = machine.home.path();
    fs::remove_file(home.join("credentials")).unwrap();
    fs::write(
        home.join("aws-config"),
        "[profile production]\nlogin_session = arn:aws:iam::444455556666:root\nregion = us-east-1\n",
    )
    .unwrap();
    fs::create_dir_all(home.join(".aws/login/cache")).unwrap();
    let kept = serde_json::json!({
        "accessToken": {"accessKeyId": "ASIAPRODUCTION", "secretAccessKey": "s", "sessionToken": "t", "accountId": "444455556666", "expiresAt": "2020-01-01T00:00:00Z"},
        "tokenType": "aws_sigv4", "refreshToken": "REFRESHTOKEN", "idToken": "i", "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": DPOP_KEY,
    });
    fs::write(cached(&machine), kept.to_string()).unwrap();
    machine
}

fn cached(machine: &Machine) -> std::path::PathBuf {
    let name = "d5cea291b22a8f02c4a58e452b8191161c263861d42f239b5dae2b0f2df46009.json";
    machine.home.path().join(".aws/login/cache").join(name)
}

/// How AWS refuses to renew a sign-in.
fn renewal(status: u16, kind: &str, error: &str) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    let body = serde_json::json!({ "error": error, "message": "words of AWS's" }).to_string();
    let headers = format!("content-type: application/json\r\nx-amzn-errortype: {kind}");
    move |request| {
        assert!(request.body.contains("REFRESHTOKEN"), "only the renewal is asked for: {request:?}");
        (status, headers.clone(), body.clone())
    }
}

/// The first advice of the doctor, and the reason's code.
fn advice(machine: &Machine) -> (String, String) {
    let doctor = machine.verify(&["doctor", "--format", "json"]).json();
    let production =
        doctor["accounts"].as_array().unwrap().iter().find(|account| account["name"] == "production").unwrap();
    let problem = &production["problems"][0];
    let message = problem["message"].as_str().unwrap().to_owned();
    assert!(doctor["todo"].as_array().unwrap().contains(&message.as_str().into()), "{doctor}");
    (problem["code"].as_str().unwrap().to_owned(), message)
}

#[test]
fn a_lost_sign_in_of_aws_login_says_what_happened_and_the_one_next_command() {
    let mut told = String::new();
    for (status, kind, error) in [
        (401, "AccessDeniedException", "TOKEN_EXPIRED"),
        (401, "AccessDeniedException", "USER_CREDENTIALS_CHANGED"),
        (401, "AccessDeniedException", "INSUFFICIENT_PERMISSIONS"),
        (400, "ValidationException", "INVALID_REQUEST"),
        (400, "SomethingNewException", "SOMETHING_NEW"),
        (429, "TooManyRequestsError", "SLOW_DOWN"),
        (500, "InternalServerException", "SERVER_ERROR"),
    ] {
        let machine = signed_in_long_ago(renewal(status, kind, error));
        let (code, message) = advice(&machine);
        told.push_str(&format!("{kind} {error}\n  {code}: {message}\n"));
        let verified = machine.verify(&["account-created"]);
        assert_eq!(verified.status, 3, "{verified:?}");
        assert!(!verified.stdout.contains("REFRESHTOKEN"), "{verified:?}");
    }
    insta::assert_snapshot!("lost_sign_ins", told);
}

#[test]
fn a_sign_in_that_is_not_there_is_told_from_one_that_cannot_be_used_or_reached() {
    let mut machine = signed_in_long_ago(sts);
    let command = "run `aws login --profile production`, then verify again.";
    machine.set("AWS_ENDPOINT_URL", &crate::common::closed_port());
    assert_eq!(advice(&machine).0, "unreachable", "AWS could not be asked to renew it");
    fs::write(cached(&machine), "{ broken").unwrap();
    let broken = "The stored sign-in of profile `production` cannot be used";
    assert_eq!(advice(&machine), ("expired-credentials".into(), format!("{broken}: {command}")));
    fs::remove_file(cached(&machine)).unwrap();
    let signed_out = "Profile `production` is not signed in";
    assert_eq!(advice(&machine).1, format!("{signed_out}: {command}"));
    machine.set("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
    let remote = "run `aws login --profile production --remote`, then verify again.";
    assert_eq!(advice(&machine).1, format!("{signed_out}: {remote}"));
    machine.set("AWS_LOGIN_CACHE_DIRECTORY", "/elsewhere");
    let elsewhere = "Profile `production` has no sign-in in the folder in AWS_LOGIN_CACHE_DIRECTORY";
    assert_eq!(advice(&machine).1, format!("{elsewhere}: {remote}"));
}

#[test]
fn a_role_says_to_sign_in_to_the_profile_that_it_is_assumed_from() {
    let machine = signed_in_long_ago(renewal(401, "AccessDeniedException", "TOKEN_EXPIRED"));
    let config = "[profile production]\nrole_arn = arn:aws:iam::444455556666:role/reader\nsource_profile = course\nregion = us-east-1\n\
                  [profile course]\nlogin_session = arn:aws:iam::444455556666:root\nregion = us-east-1\n";
    fs::write(machine.home.path().join("aws-config"), config).unwrap();
    assert!(
        advice(&machine).1.ends_with(": run `aws login --profile course`, then verify again."),
        "{:?}",
        advice(&machine)
    );
    // A learner who is signed in but may not assume the role is not told to sign in.
    let mut refused = signed_in_long_ago(|request| match request.body.as_str() {
        body if body.contains("Action=AssumeRole") => denied(),
        _ => sts(request),
    });
    fs::write(refused.home.path().join("aws-config"), config).unwrap();
    let kept = fs::read_to_string(cached(&refused)).unwrap().replace("2020-01-01", "2099-01-01");
    fs::write(cached(&refused), kept).unwrap();
    refused.set("AWS_REGION", "us-east-1");
    let (code, message) = advice(&refused);
    assert!(code == "denied" && !message.contains("aws login"), "{code}: {message}");
}
