//! `verify doctor` and `verify policy`: what works, what does not work, and the least permissions.

use crate::common::{Answer, Machine, Request, boto3, closed_port, denied, identity, installed, moto, serve, xml};
use serde_json::Value;
use std::fs;

/// An AWS that says who the caller is, lets it read the account summary, and denies the rest.
fn grudging(request: &Request) -> Answer {
    let id = if request.header("authorization").contains("AKIAGENERAL") { "111122223333" } else { "444455556666" };
    match request.body.as_str() {
        body if body.contains("Action=GetCallerIdentity") => identity(id, "user/lee"),
        body if body.contains("Action=ListVirtualMFADevices") => xml(
            "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><IsTruncated>false</IsTruncated><VirtualMFADevices/></ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>",
        ),
        body if body.contains("Action=GetAccountSummary") => xml(
            "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap><entry><key>AccountMFAEnabled</key><value>0</value></entry><entry><key>AccountPasswordPresent</key><value>1</value></entry><entry><key>AccountAccessKeysPresent</key><value>0</value></entry></SummaryMap></GetAccountSummaryResult></GetAccountSummaryResponse>",
        ),
        body if body.contains("Action=") => denied(),
        _ if request.header("authorization").contains("/s3/aws4_request") => {
            (403, "content-type: application/xml".into(), "<Error><Code>AccessDenied</Code></Error>".into())
        }
        _ => {
            let body = r#"{"__type": "AccessDeniedException", "message": "User: somebody is not authorized"}"#;
            (
                400,
                "content-type: application/x-amz-json-1.1\r\nx-amzn-errortype: AccessDeniedException".into(),
                body.into(),
            )
        }
    }
}

#[test]
fn every_read_that_is_denied_is_named_with_its_action() {
    let mut machine = Machine::new();
    machine.bind(&[("general", "AKIAGENERAL", "s", ""), ("production", "AKIAPRODUCTION", "s", "")]);
    let endpoint = serve(grudging);
    machine.set("AWS_ENDPOINT_URL", &endpoint);
    let ran = machine.verify(&["doctor"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    insta::assert_snapshot!(ran.stdout.replace(&endpoint, "http://ENDPOINT"));
    let json = machine.verify(&["doctor", "--format", "json"]).json();
    assert_eq!(json["ok"], false);
    let reads = json["accounts"][1]["reads"].as_array().unwrap();
    let actions = |section: &str| {
        let read = reads.iter().find(|read| read["section"] == section).unwrap();
        let reasons = read["reasons"].as_array().unwrap().iter();
        reasons.map(|reason| reason["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(actions("budgets"), ["budgets:ViewBudget"]);
    assert_eq!(
        actions("support"),
        ["billing:ListBusinessSupportSubscriptionHistory", "support:DescribeSeverityLevels"]
    );
    assert!(actions("root").is_empty());
}

#[test]
fn a_clock_that_is_off_is_told_by_the_answers_dates() {
    let mut machine = Machine::new();
    machine.bind(&[("general", "AKIAGENERAL", "s", "")]);
    machine.set(
        "AWS_ENDPOINT_URL",
        &serve(|request| {
            let (status, headers, body) = grudging(request);
            (status, format!("{headers}\r\ndate: Tue, 01 Jan 2030 00:00:00 GMT"), body)
        }),
    );
    let ran = machine.verify(&["doctor"]);
    assert!(ran.stdout.contains("✗ Clock: this computer's clock is "), "{}", ran.stdout);
    assert!(ran.stdout.contains("s behind AWS's"), "{}", ran.stdout);
    assert!(ran.stdout.contains("1. Set this computer's clock"), "{}", ran.stdout);
}

#[test]
fn unreachable_unbound_and_healthy_accounts_are_told_apart() {
    let mut machine = Machine::new();
    let unbound = machine.verify(&["doctor"]);
    insta::assert_snapshot!("unbound", unbound.shown());
    insta::assert_snapshot!("practice", machine.verify(&["doctor", "--practice=done"]).shown());
    machine.bind(&[("general", "AKIAGENERAL", "s", "")]);
    machine.set("AWS_ENDPOINT_URL", &closed_port());
    let unreachable = machine.verify(&["doctor"]);
    assert!(unreachable.stdout.contains("AWS could not be reached"), "{}", unreachable.stdout);
    assert!(unreachable.stdout.contains("Bind the production account: verify accounts production=PROFILE"));
    assert_eq!((unbound.status, unreachable.status), (3, 3));
}

#[test]
fn another_partition_is_named() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAPRODUCTION", "s", "")]);
    machine.set("AWS_ENDPOINT_URL", &serve(grudging));
    machine.set("AWS_REGION", "us-gov-west-1");
    let ran = machine.verify(&["doctor"]);
    assert!(ran.stdout.contains("region us-gov-west-1, partition aws-us-gov"), "{}", ran.stdout);
    assert!(ran.stdout.contains("not-available-here"), "{}", ran.stdout);
}

#[test]
fn policies_are_printed_for_all_accounts_or_for_one() {
    let machine = Machine::new();
    let all = machine.verify(&["policy"]);
    assert_eq!(all.status, 0, "{}", all.stderr);
    insta::assert_snapshot!("policies", all.stdout);
    for name in ["general", "production"] {
        assert_eq!(machine.verify(&["policy", name]).json(), all.json()[name]);
    }
    insta::assert_snapshot!("template", machine.verify(&["policy", "general", "--format", "cloudformation"]).stdout);
    let mut errors = String::new();
    for arguments in [
        &["policy", "genral"][..],
        &["policy", "--format", "cloudformation"],
        &["policy", "--format", "csv"],
        &["status", "--format", "cloudformation"],
    ] {
        let ran = machine.verify(arguments);
        assert_eq!(ran.status, 2);
        errors.push_str(&ran.stderr);
    }
    insta::assert_snapshot!("policy_errors", errors);
}

/// Creates the role with CloudFormation, and prints its trust policy and its policies.
const DEPLOY: &str = r#"
import ast, boto3, json, sys
endpoint, template, parameters = sys.argv[1], open(sys.argv[2]).read(), json.loads(sys.argv[3])
def client(name):
    return boto3.client(name, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="AKIAGENERAL", aws_secret_access_key="s")
stack = client("cloudformation")
stack.create_stack(StackName="course-reader", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"],
    Parameters=[dict(ParameterKey=key, ParameterValue=value) for key, value in parameters.items()])
outputs = stack.describe_stacks(StackName="course-reader")["Stacks"][0]["Outputs"]
iam = client("iam")
role = iam.get_role(RoleName="course-reader")["Role"]
policy = iam.get_role_policy(RoleName="course-reader", PolicyName="course-reader")["PolicyDocument"]
# moto keeps an inline policy as Python writes it.
policy = ast.literal_eval(policy) if isinstance(policy, str) else policy
# An identity policy that IAM would refuse is refused here too.
iam.create_policy(PolicyName="valid", PolicyDocument=json.dumps(policy))
print(json.dumps(dict(arn=outputs[0]["OutputValue"], role=role["Arn"], trust=role["AssumeRolePolicyDocument"], policy=policy)))
"#;

#[test]
fn cloudformation_makes_a_role_with_that_policy_and_no_other() {
    let machine = Machine::new();
    let moto = moto(&machine);
    let template = machine.verify(&["policy", "production", "--format", "cloudformation"]).stdout;
    let file = machine.home.path().join("reader.json");
    fs::write(&file, &template).unwrap();
    let lint = machine.command(&installed("cfn-lint")).arg(&file).output().unwrap();
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
    let parameters = r#"{"TrustedAccount": "111122223333", "ExternalId": "course-7"}"#;
    let made = boto3(&machine, DEPLOY, &[&moto.endpoint, file.to_str().unwrap(), parameters]);
    assert_eq!(made["arn"], made["role"]);
    assert_eq!(made["policy"], machine.verify(&["policy", "production"]).json());
    let trust: &Value = &made["trust"]["Statement"][0];
    assert_eq!(trust["Principal"]["AWS"], "arn:aws:iam::111122223333:root");
    assert_eq!(trust["Condition"]["StringEquals"]["sts:ExternalId"], "course-7");
}
