//! Errors of the accounts.

use super::*;

#[tokio::test]
async fn keys_of_an_account_that_does_not_exist_are_refused_by_every_service() {
    let practice = fresh(&[]).await;
    assert!(practice.exists(GENERAL) && !practice.exists(PRODUCTION) && practice.sdk_config("another").is_none());
    let reads = reads(&practice, PRODUCTION);
    let (query, json) = ("InvalidClientTokenId", "UnrecognizedClientException");
    assert_eq!(code(reads.sts.get_caller_identity().send().await), query);
    assert_eq!(code(reads.iam.get_account_summary().send().await), query);
    assert_eq!(code(reads.cloudwatch.list_metrics().send().await), query);
    assert_eq!(code(reads.account.get_account_information().send().await), json);
    assert_eq!(
        code(reads.billing.get_billing_preferences().features(BillingFeature::BillingAlerts).send().await),
        json
    );
    assert_eq!(code(reads.budgets.describe_budgets().account_id(PRODUCTION_ID).send().await), json);
    assert_eq!(code(reads.cloudtrail.lookup_events().send().await), json);
    assert_eq!(code(reads.organizations.describe_organization().send().await), json);
    let error = reads.support.describe_severity_levels().send().await.unwrap_err();
    assert_eq!(error.code(), Some(json));
    assert_eq!(error.message(), Some("The security token included in the request is invalid."));
    let error = reads.sts.get_caller_identity().send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
}

#[tokio::test]
async fn a_denied_operation_is_refused_as_aws_refuses_it() {
    let practice = PracticeCloud::open(Start::Done, &[], &Params::new(), NOW).await.unwrap();
    for operation in [
        "account:GetAccountInformation",
        "budgets:ViewBudget",
        "billing:GetBillingPreferences",
        "cloudtrail:LookupEvents",
        "cloudwatch:ListMetrics",
        "iam:GetAccountSummary",
        "organizations:DescribeOrganization",
        "support:DescribeSeverityLevels",
    ] {
        practice.deny(operation);
    }
    for account in [GENERAL, PRODUCTION] {
        let reads = reads(&practice, account);
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
        let error = reads.budgets.describe_budgets().account_id(reads.id).send().await.unwrap_err();
        assert_eq!(error.code(), Some(json));
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
        let id = reads.id;
        let words = format!(
            "User: arn:aws:iam::{id}:user/course-reader is not authorized to perform: budgets:ViewBudget on resource: \
             arn:aws:budgets::{id}:budget/*"
        );
        assert!(error.message().unwrap().starts_with(&words), "{error:?}");
        let error = reads.account.get_account_information().send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
        // Other operations still work.
        reads.contact().await;
        assert_eq!(reads.sts.get_caller_identity().send().await.unwrap().account(), Some(reads.id));
    }
}

#[tokio::test]
async fn the_reading_keys_cannot_write() {
    let practice = PracticeCloud::open(Start::Done, &[], &Params::new(), NOW).await.unwrap();
    let reads = reads(&practice, PRODUCTION);
    assert_eq!(code(reads.account.put_account_name().account_name("other").send().await), "AccessDeniedException");
    assert_eq!(code(reads.iam.create_user().user_name("other").send().await), "AccessDenied");
    let datum = aws_sdk_cloudwatch::types::MetricDatum::builder().metric_name("Other").value(1.0).build();
    let write = reads.cloudwatch.put_metric_data().namespace("Other").metric_data(datum).send().await;
    assert_eq!(code(write), "AccessDenied");
    assert_eq!(reads.name().await, "learner-production");
}

#[tokio::test]
async fn an_operation_that_practice_lacks_says_so_without_a_retry() {
    let practice = fresh(&[]).await;
    let reads = reads(&practice, GENERAL);
    assert_eq!(code(reads.organizations.list_roots().send().await), "UnknownOperationException");
    assert_eq!(code(reads.cloudtrail.describe_trails().send().await), "UnknownOperationException");
    assert_eq!(code(reads.sts.get_session_token().send().await), "InvalidAction");
    let actions = reads.budgets.describe_budget_actions_for_account().account_id(GENERAL_ID).send().await;
    assert_eq!(code(actions), "UnknownOperationException");
    let error = reads.support.describe_services().send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    let billing = reads.billing.list_billing_views().send().await;
    assert_eq!(code(billing), "UnknownOperationException");
    // Operations of winterbaume that the course does not need also work, with the account's own id.
    assert!(reads.iam.list_users().send().await.unwrap().users().is_empty());
}

#[tokio::test]
async fn an_emulators_response_has_the_id_of_its_account() {
    let practice = PracticeCloud::open(Start::Done, &[], &Params::new(), NOW).await.unwrap();
    for account in Account::ALL {
        let root = aws_sdk_iam::Client::new(&config(Caller::Root(account), practice.http.clone(), &practice.cloud));
        root.create_user().user_name("somebody").send().await.unwrap();
        let users = reads(&practice, account.name()).iam.list_users().send().await.unwrap().users;
        assert_eq!(users[0].arn(), format!("arn:aws:iam::{}:user/somebody", account.id()));
    }
}
