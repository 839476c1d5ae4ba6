//! CloudTrail's LookupEvents calls: their rate, when reading stops, and what is left of a list that was not read to its
//! end. Also the clock of a run, which is AWS's.

use crate::common::http::{self, Protocol, answer, error};
use crate::common::{GENERAL, NOW, PRODUCTION, Start, world};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use evidence::connection::{Connected, Connection};
use evidence::gather::{self, Gathered, Plan, Questions};
use evidence::identifying::Identifying;
use evidence::{Enough, Section};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use verify::recording;

/// Answers a look-up, from its attribute and its page.
type History = fn(&str, usize) -> HttpResponse;

/// A page of a history with this many events; the page contains one event.
fn page(name: &str, page: usize, of: usize) -> HttpResponse {
    let record = json!({
        "eventTime": "2026-11-01T00:00:00Z",
        "userIdentity": { "type": "Root" },
        "requestParameters": { "userName": "AWS ROOT USER", "serialNumber": format!("device {page}") },
        "responseElements": { "ConsoleLogin": "Success" },
        "additionalEventData": { "MFAUsed": "Yes", "MFAIdentifier": format!("device {page}") },
    });
    let time = NOW - i64::try_from(page).unwrap() * 60;
    let event = json!({ "EventName": name, "EventTime": time, "CloudTrailEvent": record.to_string() });
    let mut body = json!({ "Events": [event] });
    if page + 1 < of {
        body["NextToken"] = json!((page + 1).to_string());
    }
    answer(Protocol::Json, 200, body.to_string())
}

/// The times of look-ups, since the start.
type Made = Arc<Mutex<Vec<Duration>>>;

/// Reads sections of the production account as if it were not in this process.
async fn gathered(sections: &[Section], history: History, enough: Option<Enough>) -> (Gathered, Vec<u128>, Duration) {
    let world = world(Start::Done, &[]).await;
    let (begun, made) = (Instant::now(), Made::default());
    let sdk = match world.connections().remove(PRODUCTION) {
        Some(Connection::Sdk(connected)) => connected.sdk,
        other => panic!("{other:?}"),
    };
    let sdk = http::through(&sdk, {
        let made = Arc::clone(&made);
        move |request, inner| {
            if http::operation(&request) != "LookupEvents" {
                return inner.call(request);
            }
            made.lock().unwrap().push(begun.elapsed());
            HttpConnectorFuture::ready(Ok(asked(&request, history)))
        }
    });
    let connected = Connected { sdk, sign_in: String::new(), practice: false };
    let connections = BTreeMap::from([(PRODUCTION.to_owned(), Connection::Sdk(Box::new(connected)))]);
    let plan = Plan::from([(PRODUCTION.to_owned(), sections.iter().copied().collect())]);
    let gathered = gather::gather(
        &plan,
        &connections,
        Identifying::default(),
        &BTreeMap::new(),
        &|_| {},
        Questions { enough, asks: None },
    )
    .await;
    let made = made.lock().unwrap().iter().map(Duration::as_millis).collect();
    (gathered, made, begun.elapsed())
}

fn asked(request: &HttpRequest, history: History) -> HttpResponse {
    let asked: Value = serde_json::from_str(&http::body(request)).unwrap();
    let value = asked["LookupAttributes"][0]["AttributeValue"].as_str().unwrap();
    history(value, asked["NextToken"].as_str().map_or(0, |token| token.parse().unwrap()))
}

fn list(gathered: &Gathered, section: Section) -> Vec<Value> {
    gathered.section(PRODUCTION, section).unwrap().as_array().unwrap().clone()
}

/// The code and the message at the end of a list that was not read to its end.
fn tail(list: &[Value]) -> (String, String) {
    let reason = &list.last().unwrap()["$unreadable"][0];
    (reason["code"].as_str().unwrap().to_owned(), reason["message"].as_str().unwrap().to_owned())
}

const EVENTS: [Section; 3] = [Section::ConsoleSignIns, Section::MfaEvents, Section::BillingEvents];

#[tokio::test(start_paused = true)]
async fn two_look_ups_a_second_are_made_whatever_they_are_for() {
    let (gathered, made, _) = gathered(&EVENTS, |name, at| page(name, at, 2), None).await;
    assert_eq!(made, [0, 0, 1050, 1050, 2100, 2100, 3150, 3150]);
    for section in EVENTS {
        let (list, of) = (list(&gathered, section), if section == Section::MfaEvents { 4 } else { 2 });
        assert_eq!(list.len(), of, "{}: {list:?}", section.name());
        assert!(list.iter().all(|item| item.get("$unreadable").is_none()), "{list:?}");
        let times: Vec<&str> = list.iter().map(|item| item["time"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|newer, older| newer >= older), "the newest come first: {times:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_pages_of_everything_can_be_read() {
    let (gathered, made, took) = gathered(&EVENTS, |name, at| page(name, at, 100), None).await;
    assert_eq!(made.len(), 400);
    assert!(took < Duration::from_secs(210), "{took:?}");
    assert_eq!(list(&gathered, Section::ConsoleSignIns).len(), 100);
    assert_eq!(list(&gathered, Section::MfaEvents).len(), 200);
}

#[tokio::test(start_paused = true)]
async fn reading_stops_when_what_was_read_decides() {
    let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
    let enough: Enough = {
        let asked = Arc::clone(&asked);
        Arc::new(move |account, section, so_far| {
            assert_eq!((account, section), (PRODUCTION, Section::ConsoleSignIns));
            asked.lock().unwrap().push(so_far.clone());
            so_far.as_array().unwrap().iter().any(|sign_in| sign_in["device"] == "device 1")
        })
    };
    let (gathered, made, _) = gathered(&EVENTS[..1], |name, at| page(name, at, 95), Some(enough)).await;
    assert_eq!(made.len(), 2, "the second of 95 pages decides");
    let (list, asked) = (list(&gathered, Section::ConsoleSignIns), asked.lock().unwrap());
    assert_eq!(asked.last().unwrap(), &json!(list), "what is asked about says that more is to come");
    assert_eq!(asked[0].as_array().unwrap().len(), 2);
    assert_eq!((list.len(), list[0]["device"].as_str()), (3, Some("device 0")));
    let (code, message) = tail(&list);
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("incomplete-answer", "Later pages of cloudtrail:LookupEvents were not read.")
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_out_of_a_list_whose_last_page_decides() {
    let (gathered, _, _) = gathered(&EVENTS[..1], |name, at| page(name, at, 1), Some(Arc::new(|_, _, _| true))).await;
    assert_eq!(list(&gathered, Section::ConsoleSignIns).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_read_before_a_page_that_fails_is_kept() {
    let denied = |name: &str, at: usize| match at {
        0 => page(name, at, 5),
        _ => error(Protocol::Json, 400, "AccessDeniedException", "User: lee is not authorized"),
    };
    let (gathered, _, _) = gathered(&EVENTS, denied, None).await;
    for section in EVENTS {
        let list = list(&gathered, section);
        assert_eq!(tail(&list).0, "denied", "{}", section.name());
        assert!(list[0]["time"].is_string(), "{list:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_of_two_look_ups_that_fails_leaves_the_other() {
    let (gathered, _, _) = gathered(
        &[Section::MfaEvents],
        |name, at| match name {
            "EnableMFADevice" => page(name, at, 1),
            _ => error(Protocol::Json, 400, "AccessDeniedException", "User: lee is not authorized"),
        },
        None,
    )
    .await;
    let list = list(&gathered, Section::MfaEvents);
    assert_eq!((list.len(), tail(&list).0.as_str(), &list[0]["user"]), (2, "denied", &Value::Null));
}

#[tokio::test(start_paused = true)]
async fn where_nothing_was_read_there_is_no_list() {
    let denied = |_: &str, _: usize| error(Protocol::Json, 400, "AccessDeniedException", "User: lee is not authorized");
    let (gathered, _, _) = gathered(&EVENTS, denied, None).await;
    for section in EVENTS {
        let value = gathered.section(PRODUCTION, section).unwrap();
        assert_eq!(value["$unreadable"][0]["code"], "denied", "{}: {value}", section.name());
    }
    let empty = |_: &str, _: usize| answer(Protocol::Json, 200, "{}");
    let value = self::gathered(&EVENTS[..1], empty, None).await.0;
    let value = value.section(PRODUCTION, Section::ConsoleSignIns).unwrap();
    assert_eq!(value["$unreadable"][0]["code"], "incomplete-answer", "an answer without its list is no empty list");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_was_not_read_to_its_end_is_replayed_as_it_was() {
    let enough: Enough = Arc::new(|_, _, _| true);
    let (gathered, _, _) = gathered(&EVENTS, |name, at| page(name, at, 3), Some(enough)).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    recording::write(file.path(), &gathered, &Default::default(), BTreeSet::new(), true).unwrap();
    let replayed = recording::read(file.path()).unwrap().gathered;
    assert_eq!(replayed.evidence, gathered.evidence);
    assert_eq!(replayed.now, gathered.now);
}

#[tokio::test]
async fn the_clock_of_a_run_is_the_date_of_its_first_answer() {
    let world = world(Start::Done, &[]).await;
    let gathered = crate::common::gather(&world).await;
    assert_eq!(gathered.now.as_deref(), Some("2026-11-24T00:00:00Z"));
    let file = tempfile::NamedTempFile::new().unwrap();
    recording::write(file.path(), &gathered, &Default::default(), BTreeSet::new(), false).unwrap();
    assert_eq!(recording::read(file.path()).unwrap().gathered.now, gathered.now);
    let mut recorded: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
    recorded.as_object_mut().unwrap().remove("now");
    assert_eq!(recording::of_json(recorded, "an older recording").unwrap().gathered.now, None);
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_there_is_no_time_and_nobody_waits_for_one() {
    let world = world(Start::Done, &[]).await;
    world.deny_only(["sts:GetCallerIdentity"]);
    let expected = [(GENERAL, "111122223333"), (PRODUCTION, "444455556666")];
    let expected = expected.map(|(name, id)| (name.to_owned(), id.to_owned())).into();
    let plan = Plan::from([GENERAL, PRODUCTION].map(|name| (name.to_owned(), [Section::Support].into())));
    let begun = Instant::now();
    let gathered = crate::common::gather_plan(&world, &plan, &expected, &|sdk| sdk).await;
    assert_eq!(gathered.now, None);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn an_answer_without_a_date_leaves_what_depends_on_the_time_unreadable() {
    let world = world(Start::Done, &[]).await;
    let plan = Plan::from([(PRODUCTION.to_owned(), [Section::Support].into())]);
    let gathered = crate::common::gather_plan(&world, &plan, &BTreeMap::new(), &|sdk| {
        http::through(&sdk, |request, inner| {
            let answer = inner.call(request);
            HttpConnectorFuture::new(async move {
                let mut answer = answer.await?;
                answer.headers_mut().remove("date");
                Ok(answer)
            })
        })
    })
    .await;
    assert_eq!(gathered.now, None);
    let support = gathered.section(PRODUCTION, Section::Support).unwrap();
    assert_eq!(support["plan"]["$unreadable"][0]["code"], "incomplete-answer");
    assert_eq!(support["api"], json!(true));
}
