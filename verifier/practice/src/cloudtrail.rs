//! AWS CloudTrail's event history (API reference of `LookupEvents`).

use serde_json::{Value, json};
use winterbaume_core::MockResponse;

use super::cloud::Exchange;
use super::console::Event;

/// How long CloudTrail keeps events.
const HISTORY: i64 = 90 * super::cloud::DAY;
/// The largest page, which is also the default.
const LARGEST_PAGE: u64 = 50;
/// The prefix of tokens. The start of the next page follows.
const TOKEN: &str = "practice-events-";

pub(super) fn answer(exchange: &Exchange<'_>) -> MockResponse {
    match exchange.call.operation.as_str() {
        "LookupEvents" => match look_up(exchange) {
            Ok(answer) => exchange.call.json(&answer),
            Err((code, message)) => exchange.call.error(400, code, message),
        },
        _ => exchange.call.unknown_operation(),
    }
}

fn look_up(exchange: &Exchange<'_>) -> Result<Value, (&'static str, &'static str)> {
    let input = exchange.input();
    let attributes = input["LookupAttributes"].as_array().map(Vec::as_slice).unwrap_or_default();
    if attributes.len() > 1 {
        return Err(("InvalidLookupAttributesException", "You can have only one lookup attribute."));
    }
    let (start, end) = (input["StartTime"].as_f64(), input["EndTime"].as_f64());
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        return Err(("InvalidTimeRangeException", "The start time is after the end time."));
    }
    let page = input["MaxResults"].as_u64();
    if !input["MaxResults"].is_null() && !page.is_some_and(|page| (1..=LARGEST_PAGE).contains(&page)) {
        return Err(("InvalidMaxResultsException", "MaxResults must be between 1 and 50."));
    }
    let page = usize::try_from(page.unwrap_or(LARGEST_PAGE)).unwrap_or(usize::MAX);
    let from = match input["NextToken"].as_str() {
        None => 0,
        Some(token) => token
            .strip_prefix(TOKEN)
            .and_then(|from| from.parse::<usize>().ok())
            .ok_or(("InvalidNextTokenException", "The token is invalid."))?,
    };

    let oldest = exchange.cloud.now().saturating_sub(HISTORY);
    let console = exchange.state.console();
    let within = |event: &Event| {
        let time = event.time as f64;
        event.time >= oldest && start.is_none_or(|start| start <= time) && end.is_none_or(|end| time <= end)
    };
    // Insight events belong to trails, which these accounts do not have.
    let here = |event: &Event| event.region == exchange.call.region && input["EventCategory"].is_null();
    let wanted = |event: &&Event| here(event) && within(event) && attributes.iter().all(|one| matches(event, one));
    let mut events: Vec<&Event> = console.events().iter().filter(wanted).collect();
    // The newest first, even within the same second.
    events.reverse();
    events.sort_by_key(|event| std::cmp::Reverse(event.time));

    let next = from.saturating_add(page);
    let shown = events.iter().skip(from).take(page).map(|event| listed(exchange, event));
    let mut answer = json!({ "Events": shown.collect::<Vec<Value>>() });
    if next < events.len() {
        answer["NextToken"] = json!(format!("{TOKEN}{next}"));
    }
    Ok(answer)
}

fn matches(event: &Event, attribute: &Value) -> bool {
    let value = attribute["AttributeValue"].as_str().unwrap_or_default();
    match attribute["AttributeKey"].as_str() {
        Some("EventId") => value == event.id,
        Some("EventName") => value == event.name,
        Some("EventSource") => value == event.source,
        Some("ReadOnly") => value == event.reads().to_string(),
        Some("Username") => value == event.user_name(),
        // These events have no resources or access keys.
        _ => false,
    }
}

fn listed(exchange: &Exchange<'_>, event: &Event) -> Value {
    json!({
        "EventId": event.id,
        "EventName": event.name,
        "ReadOnly": event.reads().to_string(),
        "EventTime": event.time,
        "EventSource": event.source,
        "Username": event.user_name(),
        "Resources": [],
        "CloudTrailEvent": event.record(&exchange.state.account).to_string(),
    })
}
