//! Errors of the accounts.

use super::*;

#[tokio::test]
async fn keys_of_an_account_that_does_not_exist_are_refused_by_every_service() {
    let names = ["mine".to_owned(), "sandbox".to_owned()];
    let practice = PracticeCloud::new(&names, NOW).unwrap();
    let missing = practice.connections(&names, &|name| (name == "mine").then(|| "sign-up".to_owned()));
    let messages: Vec<String> = missing
        .values()
        .map(|connection| match connection {
            Connection::None(reasons) => reasons[0].message.clone(),
            Connection::Sdk(_) => panic!("no account exists"),
        })
        .collect();
    assert_eq!(
        messages,
        [
            "The practice accounts have no mine account yet. To create it, run `verify practice do sign-up`.",
            "The practice accounts have no sandbox account yet."
        ]
    );
    let error = try_write(&practice, "mine", "iam:CreateUser", None, one("UserName", "ada")).await.unwrap_err();
    assert_eq!(error, PracticeError::NoAccount { account: "mine".to_owned() });

    // The keys of an account that exists, and those of one with the same place that does not.
    practice.switch("mine", Switch::SignUp, "").await.unwrap();
    let reads = reads(&practice, "mine");
    let other = PracticeCloud::new(&names, NOW).unwrap();
    let elsewhere = http::Request::post("http://127.0.0.1/")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAPRACTICE00000000/20260101/us-east-1/iam/aws4_request, x",
        )
        .body(bytes::Bytes::from_static(b"Action=GetAccountSummary"));
    let answer = other.answer(elsewhere.unwrap()).await;
    assert_eq!(answer.status(), 403);
    assert!(String::from_utf8_lossy(answer.body()).contains("InvalidClientTokenId"), "{answer:?}");
    assert!(reads.sts.get_caller_identity().send().await.is_ok());
}

#[tokio::test]
async fn a_denied_operation_is_refused_as_aws_refuses_it() {
    let practice = accounts(&["sandbox"]).await;
    practice.deny_only([
        "account:GetAccountInformation",
        "budgets:ViewBudget",
        "billing:GetBillingPreferences",
        "cloudtrail:LookupEvents",
        "cloudwatch:ListMetrics",
        "ec2:DescribeVpcs",
        "iam:GetAccountSummary",
        "organizations:DescribeOrganization",
        "s3:ListAllMyBuckets",
        "support:DescribeSeverityLevels",
    ]);
    let reads = reads(&practice, "sandbox");
    let json = "AccessDeniedException";
    assert_eq!(code(reads.account.get_account_information().send().await), json);
    assert_eq!(
        code(reads.billing.get_billing_preferences().features(BillingFeature::BillingAlerts).send().await),
        json
    );
    assert_eq!(code(reads.cloudtrail.lookup_events().send().await), json);
    assert_eq!(code(reads.organizations.describe_organization().send().await), json);
    assert_eq!(code(reads.support.describe_severity_levels().send().await), json);
    assert_eq!(code(reads.cloudwatch.list_metrics().send().await), "AccessDenied");
    assert_eq!(code(reads.iam.get_account_summary().send().await), "AccessDenied");
    assert_eq!(code(reads.s3.list_buckets().send().await), "AccessDenied");
    let error = reads.budgets.describe_budgets().account_id(&reads.id).send().await.unwrap_err();
    assert_eq!(error.code(), Some(json));
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    let id = &reads.id;
    let words = format!(
        "User: arn:aws:iam::{id}:user/course-reader is not authorized to perform: budgets:ViewBudget on resource: \
         arn:aws:budgets::{id}:budget/*"
    );
    assert!(error.message().unwrap().starts_with(&words), "{error:?}");
    let error = reads.account.get_account_information().send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
    // Other operations still work, and these do when others are denied.
    reads.account.get_contact_information().send().await.unwrap();
    assert_eq!(reads.sts.get_caller_identity().send().await.unwrap().account(), Some(id.as_str()));
    practice.deny_only(["sts:GetCallerIdentity"]);
    reads.account.get_account_information().send().await.unwrap();
    assert_eq!(code(reads.sts.get_caller_identity().send().await), "AccessDenied");
}

#[tokio::test]
async fn the_reading_keys_cannot_write() {
    let practice = accounts(&["sandbox"]).await;
    let reads = reads(&practice, "sandbox");
    assert_eq!(code(reads.account.put_account_name().account_name("other").send().await), "AccessDeniedException");
    assert_eq!(code(reads.iam.create_user().user_name("other").send().await), "AccessDenied");
    assert_eq!(code(reads.s3.create_bucket().bucket("other").send().await), "AccessDenied");
    let datum = aws_sdk_cloudwatch::types::MetricDatum::builder().metric_name("Other").value(1.0).build();
    let write = reads.cloudwatch.put_metric_data().namespace("Other").metric_data(datum).send().await;
    assert_eq!(code(write), "AccessDenied");
    assert_eq!(reads.account.get_account_information().send().await.unwrap().account_name(), Some("learner"));
}

#[tokio::test]
async fn what_the_accounts_lack_says_so_without_a_retry() {
    let practice = accounts(&["sandbox"]).await;
    let reads = reads(&practice, "sandbox");
    assert_eq!(code(reads.cloudtrail.describe_trails().send().await), "UnknownOperationException");
    assert_eq!(code(reads.sts.get_session_token().send().await), "InvalidAction");
    let actions = reads.budgets.describe_budget_actions_for_account().account_id(&reads.id).send().await;
    assert_eq!(code(actions), "UnknownOperationException");
    let error = reads.support.describe_services().send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    assert_eq!(code(reads.billing.list_billing_views().send().await), "UnknownOperationException");
    let lacking = |call: &'static str, input: Value| {
        let practice = &practice;
        async move {
            match try_write(practice, "sandbox", call, None, input).await {
                Err(PracticeError::Lacking { why }) => why,
                Err(PracticeError::Refused { why, .. }) => format!("refused: {why}"),
                other => panic!("{call}: {other:?}"),
            }
        }
    };
    let service = lacking("sns:CreateTopic", one("Name", "mine")).await;
    assert_eq!(
        service,
        "The practice accounts do not have the service sns (sns:CreateTopic). Use your own account, or an emulator that \
         has it: --practice=http://127.0.0.1:PORT."
    );
    let operation = lacking("ec2:RunInstances", json!({ "MinCount": 1, "MaxCount": 1 })).await;
    assert!(operation.contains("do not have the operation ec2:RunInstances"), "{operation}");
}

#[tokio::test]
async fn an_error_names_the_call_and_has_awss_message() {
    let practice = accounts(&["sandbox"]).await;
    write(&practice, "sandbox", "iam:CreateUser", one("UserName", "ada")).await;
    let again = try_write(&practice, "sandbox", "iam:CreateUser", None, one("UserName", "ada")).await;
    let message = again.unwrap_err().to_string();
    assert!(message.starts_with("iam:CreateUser failed: EntityAlreadyExists: "), "{message}");
    let unknown = try_write(&practice, "sandbox", "iam:CreateUser", None, one("UserNam", "ada")).await;
    assert_eq!(
        unknown.unwrap_err().to_string(),
        "iam:CreateUser failed: there is no input `UserNam`: did you mean `UserName`?"
    );
}

#[tokio::test]
async fn a_name_that_looks_like_an_errors_code_is_a_name() {
    let practice = accounts(&["sandbox"]).await;
    for name in ["NotImplemented", "InvalidAction", "UnknownOperationException"] {
        let missing = try_write(&practice, "sandbox", "iam:DeleteUser", None, one("UserName", name)).await;
        let message = missing.unwrap_err().to_string();
        assert!(message.starts_with("iam:DeleteUser failed: NoSuchEntity"), "{message}");
    }
}
