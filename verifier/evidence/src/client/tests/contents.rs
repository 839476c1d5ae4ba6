//! What a policy for the table's reads would allow: settings, no contents and no secrets.

use std::collections::BTreeSet;

/// Actions that return what somebody stored, secrets, credentials or tokens, or that act. A star matches any end.
const CONTENTS: &[&str] = &[
    "athena:GetQueryResults*",
    "cloudwatch:GetMetricData",
    "codecommit:GetBlob",
    "codecommit:GetFile",
    "codecommit:GetFolder",
    "codecommit:GitPull",
    "cognito-identity:GetCredentials*",
    "cognito-identity:GetOpenIdToken*",
    "cognito-idp:AdminGetUser",
    "cognito-idp:ListUsers*",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQL*",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ec2:GetConsole*",
    "ec2:GetLaunchTemplateData",
    "ec2:GetPasswordData",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "elasticmapreduce:GetClusterSessionCredentials",
    "iam:GenerateCredentialReport",
    "iam:GetCredentialReport",
    "kinesis:GetRecords",
    "kinesis:SubscribeToShard",
    "kms:Decrypt",
    "kms:GenerateDataKey*",
    "kms:GenerateMac",
    "kms:Sign",
    "lambda:GetFunction",
    "lambda:GetLayerVersion",
    "lambda:Invoke*",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
    "logs:Unmask",
    "rds-data:*",
    "rds:DownloadDB*",
    "redshift-data:*",
    "redshift:GetClusterCredentials*",
    "s3:GetDataAccess",
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetAccessToken",
    "ssm:GetCommandInvocation",
    "ssm:GetParameter*",
    "sso:GetRoleCredentials",
    "states:DescribeExecution",
    "states:GetExecutionHistory",
    "sts:AssumeRole*",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
    "sts:GetWebIdentityToken",
    "transfer:TestIdentityProvider",
    "xray:BatchGetTraces",
    "xray:GetTrace*Summaries",
];

fn is_like(action: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => action.starts_with(start) && action.ends_with(end),
        None => action.eq_ignore_ascii_case(pattern),
    }
}

#[test]
fn no_action_reads_contents_or_secrets() {
    let all = crate::reads::all().unwrap();
    let operations = || all.values().flat_map(|service| crate::reads::of(service));
    let actions: BTreeSet<&str> = operations().flat_map(|found| &found.operation.actions).map(String::as_str).collect();
    assert!(actions.len() > 1_500, "{}", actions.len());
    for action in &actions {
        let contents = CONTENTS.iter().find(|pattern| is_like(action, pattern));
        assert_eq!(contents, None, "{action}");
        assert!(action.split_once(':').is_some_and(|(_, name)| !name.is_empty()) && !action.contains('*'), "{action}");
    }
    for found in operations() {
        assert!(matches!(found.operation.level.as_str(), "Read" | "List"), "{}", found.name);
        assert!(matches!(found.operation.method.as_str(), "GET" | "HEAD" | "POST"), "{}", found.name);
    }
    assert!(all.keys().all(|service| !matches!(*service, "ce" | "appsync")));
}
