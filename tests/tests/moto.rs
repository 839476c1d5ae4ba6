//! The same reads from moto's server, an independent emulator, over HTTP.

use crate::common::{Machine, boto3, moto};
use serde_json::Value;

/// The content of a learner's accounts, created with boto3, which comes with moto. Prints the production account's
/// keys.
const SET_UP: &str = r#"
import boto3, json, sys
endpoint = sys.argv[1]
def client(name, **keys):
    keys = keys or dict(aws_access_key_id="AKIAGENERAL", aws_secret_access_key="general")
    return boto3.client(name, endpoint_url=endpoint, region_name="us-east-1", **keys)
organizations = client("organizations")
organizations.create_organization(FeatureSet="ALL")
created = organizations.create_account(Email="learner+production@example.com", AccountName="learner-production")
account = created["CreateAccountStatus"]["AccountId"]
role = client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", RoleSessionName="session")["Credentials"]
keys = dict(aws_access_key_id=role["AccessKeyId"], aws_secret_access_key=role["SecretAccessKey"], aws_session_token=role["SessionToken"])
client("budgets", **keys).create_budget(AccountId=account,
    Budget=dict(BudgetName="Mine", BudgetType="COST", TimeUnit="MONTHLY", BudgetLimit=dict(Amount="10", Unit="USD")),
    NotificationsWithSubscribers=[dict(
        Notification=dict(NotificationType="ACTUAL", ComparisonOperator="GREATER_THAN", Threshold=50.0, ThresholdType="PERCENTAGE"),
        Subscribers=[dict(SubscriptionType="EMAIL", Address="learner@example.com")])])
for kind in ["BILLING", "SECURITY"]:
    client("account", **keys).put_alternate_contact(AlternateContactType=kind, Name="Lee", Title="Owner", EmailAddress="learner@example.com", PhoneNumber="+15550100100")
client("s3", **keys).create_bucket(Bucket="learner-production-shared")
client("iam", **keys).create_virtual_mfa_device(VirtualMFADeviceName="unassigned")
print(json.dumps(dict(account=account, **keys)))
"#;

#[test]
fn what_moto_supports_is_read_from_it() {
    let mut machine = Machine::new();
    let moto = moto(&machine);
    let keys = boto3(&machine, SET_UP, &[&moto.endpoint]);
    let text = |name: &str| keys[name].as_str().unwrap();
    machine.bind(&[
        ("general", "AKIAGENERAL", "general", ""),
        ("production", text("aws_access_key_id"), text("aws_secret_access_key"), text("aws_session_token")),
    ]);
    machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
    let ran = machine.verify(&["--record", "run.json", "--show-identifiers", "--format", "json"]);
    let results = ran.json();
    let run: Value = serde_json::from_str(&machine.read("run.json")).unwrap();
    let production = &run["accounts"]["production"];

    assert_eq!(production["identity"]["account"], keys["account"], "the session's keys reach the other account");
    assert_eq!(production["root"]["mfa"], false);
    assert_eq!(production["root"]["virtual_devices"], serde_json::json!([]));
    assert_eq!(production["alternate_contacts"]["security"]["name"], "Lee");
    assert_eq!(production["alternate_contacts"]["operations"], Value::Null);
    assert_eq!(production["budgets"][0]["name"], "Mine");
    assert_eq!(production["budgets"][0]["amount"], 10.0);
    let accounts = run["accounts"]["general"]["organization"]["accounts"].as_array().unwrap();
    let listed = accounts.iter().find(|account| account["id"] == keys["account"]).unwrap();
    assert_eq!(listed["email"], "learner+production@example.com");
    assert_eq!(listed["joined"], "CREATED");

    let verdict = |step: &str| results["steps"][step]["verdict"].as_str().unwrap().to_owned();
    assert_eq!(verdict("unique-email"), "verified");
    // What moto does not support is unknown: never not yet, never verified.
    assert_eq!(verdict("shared-bucket"), "verified");
    assert_eq!(production["s3"]["buckets"][0]["name"], "learner-production-shared");
    // It does not return a bucket's region, so the bucket cannot be read.
    let of_region =
        ["shared-bucket-private", "shared-bucket-policy", "shared-bucket-versioning", "shared-bucket-encryption"];
    for step in ["account-created", "account-name", "contact-matches", "billing-alerts"].iter().chain(&of_region) {
        assert_eq!(verdict(step), "unknown", "{step}: {}", results["steps"][step]);
    }
    for secret in [text("aws_secret_access_key"), text("aws_session_token")] {
        assert!(!ran.stdout.contains(secret) && !machine.read("run.json").contains(secret));
    }
}

#[test]
fn a_profile_that_assumes_a_role_reaches_its_account() {
    let mut machine = Machine::new();
    let moto = moto(&machine);
    machine.bind(&[("general", "AKIAGENERAL", "general", "")]);
    machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
    // No region is configured, but assuming a role needs one.
    let profile =
        "[profile reader]\nrole_arn = arn:aws:iam::444455556666:role/course-reader\nsource_profile = general\n";
    std::fs::write(machine.home.path().join("aws-config"), profile).unwrap();
    let ran = machine.verify(&["accounts", "production=reader", "--show-identifiers"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("✓ profile reader: AWS account 444455556666"), "{}", ran.stdout);
}

#[test]
fn two_names_for_one_account_explain_themselves() {
    let mut machine = Machine::new();
    let moto = moto(&machine);
    machine.bind(&[("general", "AKIAGENERAL", "general", ""), ("production", "AKIAOTHER", "other", "")]);
    machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
    let ran = machine.verify(&["unique-email"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.stdout.contains("Two of the course's accounts are the same AWS account"), "{}", ran.stdout);
}

#[test]
fn a_credential_process_is_run_and_what_it_prints_is_never_repeated() {
    let mut machine = Machine::new();
    let moto = moto(&machine);
    machine.bind(&[]);
    machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
    let keys = r#"{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "THESECRET"}"#;
    machine.write("keys.json", keys);
    let path = machine.course.join("keys.json");
    let profiles = format!(
        "[profile process]\nregion = us-east-1\ncredential_process = cat {}\n[profile failing]\nregion = us-east-1\ncredential_process = sh -c \"cat {} >&2; exit 1\"\n",
        path.display(),
        path.display()
    );
    std::fs::write(machine.home.path().join("aws-config"), profiles).unwrap();
    let works = machine.verify(&["accounts", "general=process"]);
    assert!(works.stdout.contains("✓ profile process"), "{works:?}");
    let fails = machine.verify(&["accounts", "general=failing", "-v"]);
    assert!(fails.stdout.contains("run it by itself to see why"), "{fails:?}");
    machine.verify(&["unique-email", "-v"]);
    let written = machine.read(".verify/results/results.json");
    assert!(!format!("{works:?}{fails:?}{written}").contains("THESECRET"));
}
