//! CloudTrail's event history.

use super::*;
use aws_config::Region;

/// An account in which one thing was done every minute.
async fn busy() -> PracticeCloud {
    let practice = accounts(&["sandbox"]).await;
    for (at, switch) in
        (1..).zip([Switch::FreeTierAlerts(true), Switch::BillingAlerts(true), Switch::IamBillingAccess(true)])
    {
        practice.set_clock(THEN + at * 60);
        practice.switch("sandbox", switch, "billing").await.unwrap();
    }
    practice.set_clock(THEN + 600);
    practice.switch("sandbox", Switch::RootSignIn, "sign-in").await.unwrap();
    write(&practice, "sandbox", "ec2:CreateVpc", one("CidrBlock", "10.0.0.0/16")).await;
    try_write(&practice, "sandbox", "ec2:CreateVpc", Some("eu-west-1"), one("CidrBlock", "10.1.0.0/16")).await.unwrap();
    write(&practice, "sandbox", "iam:CreateUser", one("UserName", "ada")).await;
    practice.set_clock(NOW);
    practice
}

#[tokio::test]
async fn events_are_filtered_by_attribute_region_and_time_the_newest_first() {
    let practice = busy().await;
    let reads = reads(&practice, "sandbox");
    let by_source = reads.events(LookupAttributeKey::EventSource, "billingconsole.amazonaws.com").await;
    let names: Vec<&str> = by_source.iter().map(|event| event.event_name().unwrap()).collect();
    assert_eq!(names, ["SetIAMAccessPreference", "EnableBillingAlerts", "SetFreetierBudgetsPreference"]);
    let sign_ins = reads.events(LookupAttributeKey::EventName, "ConsoleLogin").await;
    assert_eq!(sign_ins.len(), 2);
    let (last, first) = (sign_ins[0].event_time().unwrap(), sign_ins[1].event_time().unwrap());
    assert!(last > first);

    let vpc = reads.event("CreateVpc").await.unwrap();
    assert_eq!((&vpc["eventSource"], &vpc["awsRegion"]), (&json!("ec2.amazonaws.com"), &json!("us-east-1")));
    assert_eq!(vpc["requestParameters"], json!({ "cidrBlock": "10.0.0.0/16" }));

    let all = reads.cloudtrail.lookup_events().send().await.unwrap().events.unwrap();
    let ask = || reads.cloudtrail.lookup_events();
    let since = ask().start_time(*last).send().await.unwrap().events.unwrap();
    assert!(since.len() < all.len() && since.iter().all(|event| event.event_time().unwrap() >= last));
    let until = ask().end_time(*first).send().await.unwrap().events.unwrap();
    assert_eq!(until.len(), 1);
    assert_eq!(code(ask().start_time(*last).end_time(*first).send().await), "InvalidTimeRangeException");

    let elsewhere = reading(&practice, "sandbox").to_builder().region(Region::new("eu-west-1")).build();
    let elsewhere = aws_sdk_cloudtrail::Client::new(&elsewhere).lookup_events().send().await.unwrap();
    let names: Vec<&str> = elsewhere.events().iter().map(|event| event.event_name().unwrap()).collect();
    assert_eq!(names, ["CreateVpc"], "events of a region are in it, and those of IAM in us-east-1");

    practice.set_clock(THEN + 91 * DAY);
    assert_eq!(reads.event("ConsoleLogin").await, None, "90 days and no more");
}

#[tokio::test]
async fn metric_data_and_objects_are_not_in_the_history() {
    let practice = accounts(&["sandbox"]).await;
    practice.switch("sandbox", Switch::BillingAlerts(true), "alerts").await.unwrap();
    write(&practice, "sandbox", "s3:CreateBucket", one("Bucket", "a-bucket")).await;
    write(&practice, "sandbox", "s3:PutObject", json!({ "Bucket": "a-bucket", "Key": "index.html", "Body": "<p>" }))
        .await;
    let reads = reads(&practice, "sandbox");
    assert!(reads.event("CreateBucket").await.is_some());
    assert_eq!((reads.event("PutMetricData").await, reads.event("PutObject").await), (None, None));
}

#[tokio::test]
async fn events_come_in_pages() {
    let practice = busy().await;
    let reads = reads(&practice, "sandbox");
    let all = reads.cloudtrail.lookup_events().send().await.unwrap();
    assert_eq!(all.next_token(), None);
    let (mut paged, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let answer = reads.cloudtrail.lookup_events().max_results(2).set_next_token(token).send().await.unwrap();
        assert!(answer.events().len() <= 2);
        paged.extend_from_slice(answer.events());
        pages += 1;
        token = answer.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(paged, all.events());
    assert_eq!(pages, all.events().len().div_ceil(2));
    let ask = || reads.cloudtrail.lookup_events();
    assert_eq!(code(ask().max_results(51).send().await), "InvalidMaxResultsException");
    assert_eq!(code(ask().next_token("other").send().await), "InvalidNextTokenException");
}
