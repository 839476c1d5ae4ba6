//! Where calls go, by the environment and the profile: through `verify`'s connections, and with boto3.

use serde_json::{Value, json};
use std::fs;
use std::sync::{Arc, Mutex};

use super::read;
use crate::common::{Machine, boto3_with, serve};

/// A name, variables of the environment, and the AWS configuration file.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const GENERAL: &str = "[profile general]\nregion = eu-west-1\n";

const CASES: &[Case] = &[
    ("nothing is set", &[], ""),
    ("one endpoint", &[("AWS_ENDPOINT_URL", "http://all.example:8080")], ""),
    ("an endpoint with a path", &[("AWS_ENDPOINT_URL", "http://all.example/below/")], ""),
    ("of some services", &SERVICES, ""),
    ("of some services and one endpoint", &SERVICES_AND_ALL, ""),
    ("the profile's", &[], "endpoint_url = http://profile.example\n"),
    ("the environment's comes before the profile's", &SERVICES_AND_ALL, "endpoint_url = http://profile.example\n"),
    ("the profile's services", &[], PROFILE_SERVICES),
    ("the profile's services and its endpoint", &[], PROFILE_SERVICES_AND_ALL),
    (
        "the environment's comes before the profile's services",
        &[("AWS_ENDPOINT_URL", "http://all.example")],
        PROFILE_SERVICES,
    ),
    ("the environment's services come before the profile's", &SERVICES, PROFILE_SERVICES_AND_ALL),
    (
        "ignored",
        &[IGNORED, ("AWS_ENDPOINT_URL", "http://all.example"), ("AWS_ENDPOINT_URL_S3", "http://s3.example")],
        "",
    ),
    ("the profile's are ignored", &[IGNORED], PROFILE_SERVICES_AND_ALL),
    ("the profile ignores its own", &[], IGNORING_PROFILE),
    (
        "not ignored",
        &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"), ("AWS_ENDPOINT_URL", "http://all.example")],
        "",
    ),
    ("FIPS", &[("AWS_USE_FIPS_ENDPOINT", "true")], ""),
    ("the profile's FIPS", &[], "use_fips_endpoint = true\n"),
    ("two kinds of addresses", &[("AWS_USE_DUALSTACK_ENDPOINT", "true")], ""),
    ("the profile's two kinds of addresses", &[], "use_dualstack_endpoint = true\n"),
    (
        "FIPS and two kinds of addresses",
        &[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_USE_DUALSTACK_ENDPOINT", "true")],
        "",
    ),
    (
        "an endpoint comes before two kinds of addresses",
        &[("AWS_USE_DUALSTACK_ENDPOINT", "true"), ("AWS_ENDPOINT_URL_EC2", "http://ec2.example")],
        "",
    ),
];

const IGNORED: (&str, &str) = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
const SERVICES: [(&str, &str); 7] = [
    ("AWS_ENDPOINT_URL_STS", "http://sts.example"),
    ("AWS_ENDPOINT_URL_EC2", "https://ec2.example:8443"),
    ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", "http://elbv2.example"),
    ("AWS_ENDPOINT_URL_SFN", "http://sfn.example"),
    ("AWS_ENDPOINT_URL_APIGATEWAYV2", "http://apigatewayv2.example"),
    ("AWS_ENDPOINT_URL_ROUTE_53", "http://route53.example"),
    ("AWS_ENDPOINT_URL_S3", "http://s3.example"),
];
const SERVICES_AND_ALL: [(&str, &str); 2] =
    [("AWS_ENDPOINT_URL", "http://all.example"), ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://idp.example")];
const PROFILE_SERVICES: &str = "services = mine\n\n[services mine]\nelastic_load_balancing_v2 =\n  endpoint_url = http://lb.example\nsfn =\n  endpoint_url = http://flow.example\ns3 =\n  endpoint_url = http://buckets.example\n";
const PROFILE_SERVICES_AND_ALL: &str = "endpoint_url = http://profile.example\nservices = mine\n\n[services mine]\nelastic_load_balancing_v2 =\n  endpoint_url = http://lb.example\ncognito_identity_provider =\n  endpoint_url = http://people.example\n";
const IGNORING_PROFILE: &str = "ignore_configured_endpoint_urls = true\nendpoint_url = http://profile.example\n";

fn calls() -> Vec<Value> {
    let call = |name: &str| json!({ "call": name, "region": "eu-west-1", "input": {} });
    [
        "ec2:DescribeVpcs",
        "elbv2:DescribeLoadBalancers",
        "stepfunctions:ListStateMachines",
        "apigatewayv2:GetApis",
        "route53:ListHostedZones",
        "s3:ListBuckets",
        "iam:ListUsers",
        "dynamodb:ListTables",
        "cognito-idp:DescribeUserPool",
        "organizations:DescribeOrganization",
    ]
    .map(call)
    .map(|mut call| {
        if call["call"] == "cognito-idp:DescribeUserPool" {
            call["input"] = json!({ "UserPoolId": "eu-west-1_pool" });
        }
        call
    })
    .into()
}

/// A proxy that writes down where requests go, and refuses them.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let address = serve(move |request| {
        let place = match request.head.split_whitespace().next() {
            Some("CONNECT") => format!("https://{}", request.path().trim_end_matches(":443")),
            _ => request.path().split('?').next().unwrap_or_default().trim_end_matches('/').to_owned(),
        };
        log.lock().unwrap().push(place);
        (400, "content-type: text/plain".to_owned(), "No.".to_owned())
    });
    (address, seen)
}

#[test]
fn calls_go_where_boto3_sends_them() {
    let (proxy, seen) = proxy();
    let mut ours = Vec::new();
    for (_, environment, profile) in CASES {
        let mut machine = machine(&proxy);
        environment.iter().for_each(|(name, value)| machine.set(name, value));
        fs::write(machine.home.path().join("aws-config"), format!("{GENERAL}{profile}")).unwrap();
        read(&machine, Some("general"), &calls());
        // The first is the call for the identity.
        ours.push(seen.lock().unwrap().drain(..).skip(1).collect::<Vec<_>>());
    }
    let machine = machine(&proxy);
    let cases = CASES.iter().map(|(name, environment, profile)| {
        let environment: serde_json::Map<String, Value> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({ "name": name, "environment": environment, "config": format!("{GENERAL}{profile}"), "calls": calls() })
    });
    let cases = json!({ "cases": cases.collect::<Vec<_>>() });
    let config = machine.home.path().join("aws-config");
    boto3_with(&machine, include_str!("endpoints.py"), &[config.to_str().unwrap()], &cases);
    let seen: Vec<String> = seen.lock().unwrap().drain(..).collect();
    let theirs: Vec<&[String]> = seen.split(|place| place == "http://next.example").collect();
    for (((name, ..), ours), theirs) in CASES.iter().zip(&ours).zip(&theirs) {
        assert_eq!(ours.len(), calls().len(), "{name}: {ours:#?}");
        assert_eq!(ours, theirs, "{name}");
    }
    let shown: String =
        CASES.iter().zip(&ours).map(|((name, ..), ours)| format!("{name}\n  {}\n", ours.join("\n  "))).collect();
    insta::assert_snapshot!(shown);
}

/// A machine whose requests all go through a proxy, with a profile of access keys.
fn machine(proxy: &str) -> Machine {
    let mut machine = Machine::empty();
    machine.bind(&[("general", "AKIAGENERAL", "general", "")]);
    machine.set("HTTP_PROXY", proxy);
    machine.set("HTTPS_PROXY", proxy);
    machine
}

#[test]
fn the_environments_credentials_go_where_the_environment_says() {
    let (proxy, seen) = proxy();
    let mut machine = machine(&proxy);
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "AKIAGENERAL"),
        ("AWS_SECRET_ACCESS_KEY", "general"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", "http://elbv2.example"),
    ] {
        machine.set(name, value);
    }
    read(&machine, None, &calls()[..2]);
    let places = ["https://sts.eu-west-1.amazonaws.com", "https://ec2.eu-west-1.amazonaws.com", "http://elbv2.example"];
    assert_eq!(*seen.lock().unwrap(), places);
}
