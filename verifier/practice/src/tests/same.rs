//! The same writes make the same accounts, in every process and at any time.

use super::*;

/// Does much, and returns all that reads answer.
async fn everything() -> Vec<(String, Value)> {
    let practice = accounts(&["general", "production"]).await;
    write(&practice, "general", "organizations:CreateOrganization", json!({})).await;
    let target = json!({ "Target": { "Id": practice.account_id("production").unwrap(), "Type": "ACCOUNT" } });
    let invited = write(&practice, "general", "organizations:InviteAccountToOrganization", target).await;
    let handshake = one("HandshakeId", invited["Handshake"]["Id"].clone());
    write(&practice, "production", "organizations:AcceptHandshake", handshake).await;
    let mut made = Vec::new();
    for (at, (call, input)) in (1..).zip([
        ("iam:CreateUser", one("UserName", "ada")),
        ("iam:CreateAccessKey", one("UserName", "ada")),
        ("iam:CreateGroup", one("GroupName", "admins")),
        ("iam:CreateRole", json!({ "RoleName": "r", "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [] } })),
        ("iam:CreatePolicy", json!({ "PolicyName": "p", "PolicyDocument": { "Version": "2012-10-17", "Statement": [] } })),
        ("iam:CreateVirtualMFADevice", one("VirtualMFADeviceName", "phone")),
        ("s3:CreateBucket", one("Bucket", "a-bucket")),
        ("s3:PutBucketVersioning", json!({ "Bucket": "a-bucket", "VersioningConfiguration": { "Status": "Enabled" } })),
        ("s3:PutObject", json!({ "Bucket": "a-bucket", "Key": "k", "Body": "x" })),
        ("ec2:CreateVpc", one("CidrBlock", "10.0.0.0/16")),
        ("ec2:CreateInternetGateway", json!({})),
        ("ec2:AllocateAddress", one("Domain", "vpc")),
        ("cloudwatch:PutMetricAlarm", json!({ "AlarmName": "a", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "MetricName": "m", "Namespace": "n", "Period": 60, "Statistic": "Sum", "Threshold": 1 })),
    ]) {
        practice.set_clock(THEN + at * 60);
        made.push((call.to_owned(), write(&practice, "production", call, input).await));
    }
    for (account, call, input) in [
        ("general", "organizations:DescribeOrganization", json!({})),
        ("general", "organizations:ListAccounts", json!({})),
        ("general", "organizations:ListRoots", json!({})),
        ("general", "organizations:ListHandshakesForOrganization", json!({})),
        ("production", "iam:ListUsers", json!({})),
        ("production", "iam:ListAccessKeys", one("UserName", "ada")),
        ("production", "iam:ListGroups", json!({})),
        ("production", "iam:ListRoles", json!({})),
        ("production", "iam:ListPolicies", one("Scope", "Local")),
        ("production", "s3:ListBuckets", json!({})),
        ("production", "s3:ListObjectVersions", one("Bucket", "a-bucket")),
        ("production", "ec2:DescribeVpcs", json!({})),
        ("production", "ec2:DescribeSecurityGroups", json!({})),
        ("production", "ec2:DescribeRouteTables", json!({})),
        ("production", "ec2:DescribeNetworkAcls", json!({})),
        ("production", "ec2:DescribeInternetGateways", json!({})),
        ("production", "ec2:DescribeAddresses", json!({})),
        ("production", "cloudwatch:DescribeAlarms", json!({})),
        ("production", "cloudtrail:LookupEvents", json!({})),
    ] {
        made.push((call.to_owned(), sorted(read(&practice, account, call, input).await)));
    }
    made
}

/// The same with every list in an order of its own: AWS promises none.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<Value> = list.into_iter().map(sorted).collect();
            list.sort_by_key(Value::to_string);
            list.into()
        }
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        other => other,
    }
}

/// What nobody reads: secrets, which AWS shows once.
fn without_secrets(made: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let secret = ["SecretAccessKey", "Base32StringSeed", "QRCodePNG"];
    let mut made = made;
    for (_, value) in &mut made {
        for member in ["AccessKey", "VirtualMFADevice"] {
            if let Some(Value::Object(inner)) = value.get_mut(member) {
                inner.retain(|name, _| !secret.contains(&name.as_str()));
            }
        }
    }
    made
}

#[tokio::test]
async fn the_same_writes_make_the_same_accounts() {
    let (one, other) = (without_secrets(everything().await), without_secrets(everything().await));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    let text = serde_json::to_string(&one).unwrap();
    let year = time_of(std::time::SystemTime::now());
    assert!(!text.contains(&year), "nothing has the time of this computer: {}", around(&text, &year));
}

/// The day and hour of this computer's clock, as AWS writes them.
fn time_of(time: std::time::SystemTime) -> String {
    let secs = time.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    evidence::time::from_secs(i64::try_from(secs).unwrap())[..13].to_owned()
}

fn around(text: &str, what: &str) -> String {
    text.find(what).map_or_else(String::new, |at| text[at.saturating_sub(200)..(at + 60).min(text.len())].to_owned())
}
