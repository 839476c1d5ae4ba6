//! Reads events from CloudTrail's event history, for the sections about events.
//!
//! Event history has the last 90 days and needs no trail. A look-up has one attribute, a page has 50 events, and two
//! look-ups per second are allowed for each account and region (CloudTrail's API reference).

use super::answer::{known_value, listed, present};
use super::client::ask;
use super::read::{incomplete, to_json};
use super::reader::{MAX_PAGES, Reader};
use super::table::Call;
use super::time::Time;
use super::{Read, error};
use course::results::Reason;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A look-up: an attribute, its value and a region.
pub(super) struct LookUp<'l> {
    pub(super) region: &'l str,
    pub(super) key: &'static str,
    pub(super) value: &'l str,
}

/// AWS's response.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    events: Option<Vec<Event>>,
    next_token: Option<String>,
}

/// An event in AWS's response.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Event {
    pub(super) event_name: Option<String>,
    pub(super) event_time: Option<Time>,
    pub(super) cloud_trail_event: Option<String>,
}

/// The description of an event.
pub(super) trait Described: Serialize + Clone {
    /// The time of the event.
    fn time(&self) -> &Read<Time>;
}

/// The events of all look-ups, described, the newest first. `describe` returns `None` for events to leave out.
///
/// If the list was not read to its end, because a later page failed or because the events so far are enough, its last
/// entry is unreadable. If nothing was read, the list itself is unreadable.
pub(super) async fn look_up<T: Described>(
    reader: &Reader,
    call: &'static Call,
    look_ups: &[LookUp<'_>],
    describe: impl Fn(&Record<'_>) -> Option<T>,
) -> Read<Vec<Read<T>>> {
    let found =
        Mutex::new(Found { items: Vec::new(), pages: 0, open: look_ups.len(), decided: false, cut: Vec::new() });
    let looking = Looking { reader, call, describe: &describe, found: &found };
    join_all(look_ups.iter().map(|look_up| looking.read(look_up))).await;
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.cut.dedup();
    match found.pages {
        0 if !found.cut.is_empty() => Err(found.cut).into(),
        _ => Read::Known(found.list(&found.cut)),
    }
}

/// What the look-ups have found so far.
struct Found<T> {
    items: Vec<T>,
    pages: usize,
    /// How many look-ups are not finished.
    open: usize,
    /// Whether the events so far are enough, so that reading stops.
    decided: bool,
    /// Why look-ups were not finished.
    cut: Vec<Reason>,
}

impl<T: Described> Found<T> {
    /// The list, the newest first, with the reasons for missing events at its end.
    fn list(&self, missing: &[Reason]) -> Vec<Read<T>> {
        let mut items: Vec<Read<T>> = self.items.iter().cloned().map(Read::Known).collect();
        let time = |item: &Read<T>| item.known().and_then(|item| item.time().known().copied());
        items.sort_by_key(|item| std::cmp::Reverse(time(item)));
        if !missing.is_empty() {
            items.push(Err(missing.to_vec()).into());
        }
        items
    }
}

/// Look-ups in progress.
struct Looking<'l, T, D> {
    reader: &'l Reader,
    call: &'static Call,
    describe: &'l D,
    found: &'l Mutex<Found<T>>,
}

impl<T: Described, D: Fn(&Record<'_>) -> Option<T>> Looking<'_, T, D> {
    fn found(&self) -> MutexGuard<'_, Found<T>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a look-up to its end, or as far as possible.
    async fn read(&self, look_up: &LookUp<'_>) {
        let cut = self.pages(look_up).await.err();
        let mut found = self.found();
        found.open -= 1;
        found.cut.extend(cut.into_iter().flatten());
    }

    async fn pages(&self, look_up: &LookUp<'_>) -> Result<(), Vec<Reason>> {
        let mut token: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let turn = self.reader.turn(look_up.region).await;
            if self.found().decided {
                return Err(self.not_read());
            }
            let attribute = json!({ "AttributeKey": look_up.key, "AttributeValue": look_up.value });
            let input = json!({ "LookupAttributes": [attribute], "NextToken": token });
            let answer: Response = ask(self.reader, self.call, look_up.region, input)
                .await
                .map_err(|failed| error::reason(self.reader.account(), self.call, &failed))?;
            drop(turn);
            let events = listed(self.reader, self.call, answer.events)?;
            let next = answer.next_token.filter(|next| !next.is_empty());
            if self.note(&events, next.is_some()) && next.is_some() {
                return Err(self.not_read());
            }
            match next {
                None => return Ok(()),
                Some(next) if Some(&next) == token.as_ref() => break,
                next => token = next,
            }
        }
        Err(self.reader.endless(self.call))
    }

    /// Notes a page. Returns whether the events so far are enough.
    fn note(&self, events: &[Event], more: bool) -> bool {
        let described = events.iter().filter_map(|event| (self.describe)(&Record::new(event, self.reader.account())));
        let mut found = self.found();
        found.items.extend(described);
        found.pages += 1;
        let (others, account) = (found.open > 1 || !found.cut.is_empty(), self.reader.account());
        if (more || others)
            && let Some(enough) = self.reader.enough()
        {
            let so_far = to_json(found.list(&[found.cut.clone(), self.not_read()].concat()));
            found.decided = found.decided || enough(account, self.call.section, &so_far);
        }
        found.decided
    }

    /// Why later pages are missing.
    fn not_read(&self) -> Vec<Reason> {
        let message = format!("Later pages of {} were not read.", self.call.name());
        incomplete(self.reader.account(), &message)
    }
}

/// The record inside an event, which CloudTrail returns as text.
pub(super) struct Record<'e> {
    pub(super) event: &'e Event,
    json: Option<Value>,
    account: &'e str,
}

impl<'e> Record<'e> {
    pub(super) fn new(event: &'e Event, account: &'e str) -> Record<'e> {
        let json = event.cloud_trail_event.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let json = json.filter(Value::is_object);
        Record { event, json, account }
    }

    /// A text of the record, by JSON pointer.
    pub(super) fn text(&self, pointer: &str, what: &str) -> Read<String> {
        present(self.at(pointer).map(str::to_owned), self.account, what)
    }

    /// A text of the record that means yes or no.
    pub(super) fn either(&self, pointer: &str, (yes, no): (&str, &str), what: &str) -> Read<bool> {
        match self.text(pointer, what) {
            Read::Known(text) => known_value(&text, &[yes, no], self.account, what).map(|text| text == yes),
            Read::Unreadable(why) => Read::Unreadable(why),
        }
    }

    /// A text of the record that may be absent; unreadable without a record.
    pub(super) fn optional(&self, pointer: &str, what: &str) -> Read<Option<String>> {
        match &self.json {
            Some(_) => Read::Known(self.at(pointer).map(str::to_owned)),
            None => present(None, self.account, what),
        }
    }

    fn at(&self, pointer: &str) -> Option<&str> {
        self.json.as_ref()?.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
    }

    /// Whether the call failed. Records of failed calls have an error code ("CloudTrail record contents" in its user
    /// guide).
    pub(super) fn failed(&self) -> bool {
        self.json.as_ref().is_some_and(|json| json.get("errorCode").is_some_and(|code| !code.is_null()))
    }

    /// The event's name.
    pub(super) fn name(&self) -> Read<String> {
        present(self.event.event_name.clone().filter(|name| !name.is_empty()), self.account, "an event's name")
    }

    /// The event's time.
    pub(super) fn time(&self) -> Read<Time> {
        let own = self.event.event_time;
        let recorded = || match self.text("/eventTime", "an event's time") {
            Read::Known(text) => Time::parse(&text),
            Read::Unreadable(_) => None,
        };
        present(own.or_else(recorded), self.account, "an event's time")
    }

    /// Whether the root user did it.
    pub(super) fn root(&self) -> Read<bool> {
        self.text("/userIdentity/type", "who caused an event").map(|kind| kind == "Root")
    }
}
