//! How many calls wait for each other. The clock moves only while every task waits, and each call takes 80 ms, so the
//! duration of a run is the number of round trips.

use crate::common::{COURSE, GENERAL, PRODUCTION, Start, connections, gather_plan, http, world};
use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use evidence::gather::{self, Gathered};
use evidence::identifying::Identifying;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;
use verify::report::calls;

const ROUND_TRIP: Duration = Duration::from_millis(80);

fn far_away(sdk: SdkConfig) -> SdkConfig {
    http::through(&sdk, |request, inner| {
        let answer = inner.call(request);
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(ROUND_TRIP).await;
            answer.await
        })
    })
}

async fn gathered(expected: &[(&str, &str)]) -> (Gathered, Duration) {
    let (course, compiled) = &*COURSE;
    let world = world(Start::Done, &[]).await;
    let expected: BTreeMap<String, String> =
        expected.iter().map(|(name, id)| ((*name).to_owned(), (*id).to_owned())).collect();
    let begun = Instant::now();
    let gathered = gather_plan(&world, &compiled.plan(course, &course.steps), &expected, &far_away).await;
    (gathered, begun.elapsed())
}

#[tokio::test(start_paused = true)]
async fn the_first_run_takes_three_round_trips_and_later_ones_two() {
    let (first, took) = gathered(&[]).await;
    assert_eq!(took, 3 * ROUND_TRIP, "{}", calls::timeline(&first.calls).as_str());
    let (later, took) = gathered(&[(GENERAL, "111122223333"), (PRODUCTION, "444455556666")]).await;
    assert_eq!(took, 2 * ROUND_TRIP, "{}", calls::timeline(&later.calls).as_str());
    assert_eq!(later.evidence, first.evidence);
    assert_eq!(later.account_ids, first.account_ids);
    insta::assert_snapshot!("later", calls::timeline(&later.calls).as_str());
}

#[tokio::test(start_paused = true)]
async fn accounts_that_are_identified_ahead_are_not_identified_again() {
    let (course, compiled) = &*COURSE;
    let world = world(Start::Done, &[]).await;
    let (plan, connections) = (compiled.plan(course, &course.steps), connections(&world, &far_away));
    let identifying = Identifying::begin(&connections);
    // As long as the checks take to compile.
    tokio::time::sleep(ROUND_TRIP).await;
    let begun = Instant::now();
    let ahead = gather::gather(&plan, &connections, identifying, &BTreeMap::new(), &|_| {}, Default::default()).await;
    assert_eq!(begun.elapsed(), 2 * ROUND_TRIP, "{}", calls::timeline(&ahead.calls).as_str());
    let (first, _) = gathered(&[]).await;
    assert_eq!(ahead.evidence, first.evidence);
    assert_eq!(ahead.account_ids, first.account_ids);
    assert_eq!(ahead.calls.len(), first.calls.len(), "{}", calls::timeline(&ahead.calls).as_str());
    assert!(ahead.now.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_was_read_of_another_account_is_thrown_away() {
    let (wrong, _) = gathered(&[(GENERAL, "111122223333"), (PRODUCTION, "777788889999")]).await;
    assert!(!wrong.account_ids.contains_key(PRODUCTION));
    for (section, value) in &wrong.evidence[PRODUCTION] {
        assert_eq!(value["$unreadable"][0]["code"], "wrong-account", "{}", section.name());
    }
}
