//! CloudTrail's event history.

use super::*;

#[tokio::test]
async fn events_are_filtered_by_attribute_region_and_time_the_newest_first() {
    let practice = PracticeCloud::open(Start::Done, &[], &Params::new(), NOW).await.unwrap();
    let reads = reads(&practice, PRODUCTION);
    let by_source = reads.events(LookupAttributeKey::EventSource, "billingconsole.amazonaws.com").await;
    let names: Vec<&str> = by_source.iter().map(|event| event.event_name().unwrap()).collect();
    assert_eq!(names, ["SetIAMAccessPreference", "EnableBillingAlerts", "SetFreetierBudgetsPreference"]);
    let sign_ins = reads.events(LookupAttributeKey::EventName, "ConsoleLogin").await;
    assert_eq!(sign_ins.len(), 2);
    let (last, first) = (sign_ins[0].event_time().unwrap(), sign_ins[1].event_time().unwrap());
    assert!(last > first);

    let all = reads.cloudtrail.lookup_events().send().await.unwrap().events.unwrap();
    assert!(all.iter().any(|event| event.event_source() == Some("budgets.amazonaws.com")), "calls are recorded too");
    let ask = || reads.cloudtrail.lookup_events();
    let since = ask().start_time(*last).send().await.unwrap().events.unwrap();
    assert!(since.len() < all.len() && since.iter().all(|event| event.event_time().unwrap() >= last));
    let until = ask().end_time(*first).send().await.unwrap().events.unwrap();
    assert_eq!(until.len(), 1);
    assert_eq!(code(ask().start_time(*last).end_time(*first).send().await), "InvalidTimeRangeException");

    let elsewhere = practice.sdk_config(PRODUCTION).unwrap().to_builder().region(Region::new("eu-west-1")).build();
    let elsewhere = aws_sdk_cloudtrail::Client::new(&elsewhere).lookup_events().send().await.unwrap();
    assert!(elsewhere.events().is_empty());

    // 90 days and no more.
    let long_ago = [TakenAction { step: "account-created".to_owned(), time: NOW - 91 * DAY }];
    let practice = PracticeCloud::open(Start::Fresh, &long_ago, &Params::new(), NOW).await.unwrap();
    assert_eq!(production_of(&practice).event("ConsoleLogin").await, None);
}

#[tokio::test]
async fn events_come_in_pages() {
    let practice = PracticeCloud::open(Start::Done, &[], &Params::new(), NOW).await.unwrap();
    let reads = reads(&practice, PRODUCTION);
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
