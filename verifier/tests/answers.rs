//! Responses of AWS with a field missing, null, or with an unknown value: no verdict becomes better or false.
//!
//! Lists and fields that AWS omits when they are empty are not tested, because their absence has a meaning.

use crate::common::{GENERAL, PRODUCTION, Start, World, gather_plan, gather_through, http, in_words, judge, world};
use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use course::results::{Results, Verdict};
use evidence::{self, Section, table};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// The fields that AWS omits when they are empty.
const MAY_BE_ABSENT: &[&str] = &["CompanyName", "StateOrRegion", "ThresholdType"];

#[derive(Debug, Clone, PartialEq)]
enum Change {
    Remove,
    Null,
    FromTomorrow,
}

/// How a response is changed: the operation, the place in its JSON, and the change.
type Tampering = (String, String, Change);

/// Changes responses, and records all the places that it could change.
#[derive(Debug, Clone)]
struct Tampered {
    tampering: Option<Tampering>,
    places: Arc<Mutex<BTreeSet<(String, String)>>>,
}

impl Tampered {
    fn change(&self, operation: &str, response: HttpResponse) -> HttpResponse {
        let json = response.body().bytes().and_then(|body| serde_json::from_slice::<Value>(body).ok());
        let Some(mut json) = json else { return response };
        let mut found = BTreeSet::new();
        places(&json, "", &mut found);
        self.places.lock().unwrap().extend(found.into_iter().map(|place| (operation.to_owned(), place)));
        if let Some((at, place, change)) = &self.tampering
            && at == operation
        {
            tamper(&mut json, place, change);
        }
        let mut changed = HttpResponse::new(response.status(), SdkBody::from(json.to_string()));
        for (name, value) in response.headers().iter().filter(|(name, _)| *name != "content-length") {
            changed.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        changed
    }
}

/// Marks a place in the record that CloudTrail returns as text.
const RECORD: &str = "/CloudTrailEvent!";

fn places(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    let mut visit = |key: &str, child: &Value| {
        let place = format!("{at}/{key}");
        if key == "CloudTrailEvent"
            && let Some(record) = child.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok())
        {
            places(&record, &format!("{at}{RECORD}"), found);
        }
        places(child, &place, found);
        found.insert(place);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, child)| visit(key, child)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, child)| visit(&at.to_string(), child)),
        _ => {}
    }
}

fn tamper(json: &mut Value, place: &str, change: &Change) {
    if let Some((event, within)) = place.split_once(RECORD) {
        let Some(text) = json.pointer_mut(&format!("{event}/CloudTrailEvent")) else { return };
        let mut record: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
        tamper(&mut record, within, change);
        *text = record.to_string().into();
        return;
    }
    let (parent, key) = place.rsplit_once('/').unwrap();
    let Some(Value::Object(fields)) = json.pointer_mut(parent) else { return };
    match change {
        Change::Remove => drop(fields.remove(key)),
        Change::Null => drop(fields.insert(key.to_owned(), Value::Null)),
        Change::FromTomorrow => drop(fields.insert(key.to_owned(), "FROM_TOMORROW".into())),
    }
}

/// Judges the practice accounts with changed responses, and returns the places that could be changed.
async fn tampered(world: &World, tampering: Option<Tampering>) -> (Results, BTreeSet<(String, String)>) {
    let places = Arc::new(Mutex::new(BTreeSet::new()));
    let through = |sdk: SdkConfig| {
        let tampered = Tampered { tampering: tampering.clone(), places: Arc::clone(&places) };
        http::through(&sdk, move |request, inner| {
            let (operation, tampered) = (http::operation(&request), tampered.clone());
            let answer = inner.call(request);
            HttpConnectorFuture::new(async move { Ok(tampered.change(&operation, answer.await?)) })
        })
    };
    let results = judge(gather_through(world, &through).await, false);
    let places = places.lock().unwrap().clone();
    (results, places)
}

#[tokio::test]
async fn a_field_that_is_missing_null_or_from_tomorrow_makes_nothing_verified_or_false() {
    for world in [world(Start::Done, &[]).await, world(Start::Fresh, &["account-created"]).await] {
        let (truth, places) = tampered(&world, None).await;
        let mut tried = 0;
        for (operation, place) in places {
            let key = place.rsplit('/').next().unwrap();
            let mut changes = Vec::new();
            if !MAY_BE_ABSENT.contains(&key) && key.parse::<usize>().is_err() {
                changes.extend([Change::Remove, Change::Null]);
            }
            if crate::common::faults::ENUMERATIONS.contains(&key) {
                changes.push(Change::FromTomorrow);
            }
            for change in changes {
                tried += 1;
                let (results, _) = tampered(&world, Some((operation.clone(), place.clone(), change.clone()))).await;
                for (id, now) in results.steps.iter() {
                    let then = truth.steps.get(id).unwrap();
                    assert!(
                        now.verdict == then.verdict || now.verdict == Verdict::Unknown,
                        "{operation} {place} {change:?}: {id} went from {} to {}",
                        in_words(then),
                        in_words(now)
                    );
                }
            }
        }
        assert!(tried > 100, "only {tried} changes were tried");
    }
}

/// Responses without their lists, by operation.
const WITHOUT_LISTS: &[(&str, &[u8])] = &[
    ("DescribeBudgets", b"{}"),
    ("DescribeBudgetNotificationsForAccount", b"{}"),
    ("DescribeSubscribersForNotification", b"{}"),
    ("GetBillingPreferences", b"{}"),
    ("ListAccounts", b"{}"),
    ("ListBusinessSupportSubscriptionHistory", br#"{"subscriptionContracts": null}"#),
    // {}
    ("ListMetrics", &[0xA0]),
    (
        "ListVirtualMFADevices",
        b"<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><IsTruncated>false</IsTruncated>\
        </ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>",
    ),
    ("LookupEvents", b"{}"),
];

#[tokio::test]
async fn an_answer_without_its_list_is_no_empty_list() {
    let world = world(Start::Done, &[]).await;
    for (without, body) in WITHOUT_LISTS {
        let through = |sdk: SdkConfig| {
            http::through(&sdk, move |request, inner| match http::operation(&request) == *without {
                true => HttpConnectorFuture::ready(Ok(http::answer(http::protocol(&request), 200, *body))),
                false => inner.call(request),
            })
        };
        let plan = [PRODUCTION, GENERAL].map(|name| (name.to_owned(), Section::ALL.iter().copied().collect()));
        let gathered = gather_plan(&world, &plan.into(), &BTreeMap::new(), &through).await;
        for section in Section::ALL.iter().filter(|section| table::of(**section).any(|call| call.operation == *without))
        {
            let value = &gathered.evidence[PRODUCTION][section];
            let mut reasons = BTreeSet::new();
            evidence::collect_reasons(value, &[], &mut reasons);
            // Only the management account's list of accounts is used.
            let reasons = match *without {
                "ListAccounts" => gathered.reasons(),
                _ => reasons,
            };
            assert!(
                reasons.iter().any(|reason| reason.code.name() == "incomplete-answer"),
                "{without}, {}: {value}",
                section.name()
            );
        }
    }
}
