//! Gives what a write makes ids and times that are the same whenever it is made again.
//!
//! The emulators make ids at random and take times from the computer's clock. After each write, their state is read as
//! JSON: what is new in it and has the form of an id becomes one that is derived from where the write comes from (its
//! moment's origin), and new times become the moment's. Then the state is put back.

use regex::Regex;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};
use winterbaume_core::{MockRequest, MockResponse, StatefulService, default_account_id};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::view::View;

/// Where and when something is made.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// What its ids are derived from.
    pub(super) origin: String,
    /// Unix seconds.
    pub(super) time: i64,
}

/// How far the time of what is new may be from the computer's clock: AWS's expirations are within a year.
const FUTURE: i64 = 400 * 24 * 3600;
/// The seconds that a write may take.
const WRITE: i64 = 60;

/// What IAM's ids begin with (IAM User Guide, "Unique identifiers").
const IAM: [&str; 10] = ["AKIA", "ASIA", "AIDA", "AROA", "AGPA", "ANPA", "AIPA", "ANVA", "ASCA", "APKA"];

/// The forms of random ids: UUIDs, `vpc-0123abcd`, `o-0123abcd-e`, `AIDA…`.
static IDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    let organizations = "o-[0-9a-f]{8}-[0-9a-f]|ou-[0-9a-f]{8}-[0-9a-f]{3}|r-[0-9a-f]{4}";
    let prefixed = "[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,32}";
    let iam = format!("(?:{})[A-Za-z0-9]{{12,17}}", IAM.join("|"));
    Regex::new(&format!(r"\b(?:{uuid}|{organizations}|{prefixed}|{iam})\b")).ok()
});

/// All that may be an id, or a part of one.
static MASKED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9]{16,}|\b[a-z]*-?[0-9a-f-]{4,}\b").ok());

static TIMES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)|\b\d{10}(?:\.\d+)?\b").ok());

/// Settles a state that nothing was written to yet.
pub(super) async fn start<S: StatefulService<StateView: View>>(service: &S, region: &str, moment: &Moment) {
    put(service, region, &Value::Null, "", moment, wall_clock()).await;
}

/// Makes a write, and settles what it made. The response has the same ids and times.
pub(super) async fn write<S: StatefulService<StateView: View>>(
    service: &S,
    region: &str,
    request: MockRequest,
    moment: &Moment,
) -> MockResponse {
    let clock = wall_clock();
    let asked = format!("{} {}", request.uri, String::from_utf8_lossy(&request.body));
    let before = service.snapshot(default_account_id(), region).await.json();
    let mut response = service.handle(request).await;
    let Some(before) = before else { return response };
    let ids = put(service, region, &before, &asked, moment, clock).await;
    for value in response.headers.values_mut() {
        let renamed = value.to_str().ok().map(|text| renamed(text, &ids));
        if let Some(value_of) = renamed.and_then(|text| http::HeaderValue::from_str(&text).ok()) {
            *value = value_of;
        }
    }
    if let Ok(text) = std::str::from_utf8(&response.body) {
        response.body = retimed(&renamed(text, &ids), &asked, moment, clock).into();
    }
    response
}

fn wall_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}

/// Puts the state back with settled ids and times. Returns the ids that were replaced, with their replacements.
async fn put<S: StatefulService<StateView: View>>(
    service: &S,
    region: &str,
    before: &Value,
    asked: &str,
    moment: &Moment,
    clock: i64,
) -> BTreeMap<String, String> {
    let view = service.snapshot(default_account_id(), region).await;
    let Some(unsettled) = view.json() else { return BTreeMap::new() };
    let mut after = unsettled.clone();
    settle_times(Some(before), &mut after, asked, moment, clock);
    let ids = new_ids(before, &after, asked, &moment.origin);
    let text = renamed(&after.to_string(), &ids);
    let Ok(settled) = serde_json::from_str::<Value>(&text) else { return BTreeMap::new() };
    if settled == unsettled {
        return ids;
    }
    let restored = match view.with(settled) {
        Some(view) => service.restore(default_account_id(), region, view).await.is_ok(),
        None => false,
    };
    // Otherwise, the state is as it was, and so are its ids.
    if restored { ids } else { BTreeMap::new() }
}

/// The ids that are new in a state, each with the one that takes its place.
fn new_ids(before: &Value, after: &Value, asked: &str, origin: &str) -> BTreeMap<String, String> {
    let (Some(forms), Some(masked)) = (IDS.as_ref(), MASKED.as_ref()) else { return BTreeMap::new() };
    let known = before.to_string();
    let mut found: Vec<(String, String)> = Vec::new();
    walk("", after, "", &mut |text, key, place| {
        let whole = Some(text).filter(|text| is_called_an_id(key) && is_random(text));
        let new = whole.into_iter().chain(forms.find_iter(text).map(|id| id.as_str()));
        let new = new.filter(|id| !known.contains(*id) && !asked.contains(*id));
        found.extend(new.map(|id| (id.to_owned(), place())));
    });
    // The same id may be in many places: the first one counts. Places come without ids, so that they are the same
    // whatever the ids are.
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for (id, place) in found {
        let place = masked.replace_all(&place, "*").into_owned();
        places.entry(id).and_modify(|known| *known = place.clone().min(known.clone())).or_insert(place);
    }
    let mut ordered: Vec<(String, String)> = places.into_iter().map(|(id, place)| (place, id)).collect();
    ordered.sort();
    let derived = ordered.into_iter().enumerate().map(|(at, (_, id))| {
        let new = derived(&id, &format!("{origin}\n{at}"));
        (id, new)
    });
    derived.collect()
}

/// Whether the values of a key are ids.
fn is_called_an_id(key: &str) -> bool {
    key.ends_with("id") || key.ends_with("Id")
}

/// Whether a text may be an id without a form of its own, as those of IAM's policies.
fn is_random(text: &str) -> bool {
    text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Where a text is and what is beside it.
type Around<'a> = &'a dyn Fn() -> String;

/// Calls `see` with every text and its key, and with every key.
fn walk(path: &str, value: &Value, around: &str, see: &mut dyn FnMut(&str, &str, Around<'_>)) {
    match value {
        Value::String(text) => {
            let key = path.rsplit('/').next().unwrap_or_default();
            see(text, key, &|| format!("{path} {around}"));
        }
        Value::Array(list) => list.iter().for_each(|value| walk(&format!("{path}/-"), value, around, see)),
        Value::Object(map) => {
            let own = value.to_string();
            for (key, value) in map {
                see(key, "", &|| format!("{path}/{key} {value}"));
                walk(&format!("{path}/{key}"), value, &own, see);
            }
        }
        _ => {}
    }
}

/// The letters of ids that are not hexadecimal.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An id of the same form that is derived from where it comes from.
fn derived(id: &str, from: &str) -> String {
    let digest = Sha256::digest(from.as_bytes());
    let mut random = digest.iter().copied().cycle();
    let after = |at: Option<usize>| at.map_or(0, |at| at + 1);
    // The emulator's are not of AWS's form (API reference of Organization and OrganizationalUnit).
    let id = match id {
        _ if id.starts_with("o-") => "o-0000000000",
        _ if id.starts_with("ou-") => "ou-0000-00000000",
        id => id,
    };
    let (prefix, is_hexadecimal) = match id {
        _ if !id.contains('-') && IAM.iter().any(|prefix| id.starts_with(prefix)) => (4, false),
        _ if !id.contains('-') => (0, false),
        _ if id.starts_with("o-") || id.starts_with("ou-") => (after(id.find('-')), true),
        // A UUID has none.
        _ if id.matches('-').count() == 4 && id.len() == 36 => (0, true),
        _ => (after(id.rfind('-')), true),
    };
    let letter = |(at, c): (usize, char)| {
        let byte = u32::from(random.next().unwrap_or_default());
        match c {
            _ if at < prefix || c == '-' => c,
            _ if is_hexadecimal => char::from_digit(byte % 16, 16).unwrap_or('0'),
            // IAM's ids all begin like this.
            _ if at == 0 => 'A',
            _ => char::from(LETTERS[byte as usize % LETTERS.len()]),
        }
    };
    id.char_indices().map(letter).collect()
}

/// A text with these ids replaced.
fn renamed(text: &str, ids: &BTreeMap<String, String>) -> String {
    // Where one begins like another, the longer one is first.
    ids.iter().rev().fold(text.to_owned(), |text, (id, new)| text.replace(id, new))
}

/// Sets the times of what is new or has changed.
fn settle_times(before: Option<&Value>, after: &mut Value, asked: &str, moment: &Moment, clock: i64) {
    match after {
        after if before == Some(after) => {}
        Value::Array(list) => {
            for (at, value) in list.iter_mut().enumerate() {
                settle_times(before.and_then(|before| before.get(at)), value, asked, moment, clock);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                settle_times(before.and_then(|before| before.get(key)), value, asked, moment, clock);
            }
        }
        Value::String(text) => *text = retimed(text, asked, moment, clock),
        Value::Number(number) => {
            let is_now =
                number.as_f64().is_some_and(|number| (clock as f64..=(clock + WRITE) as f64).contains(&number));
            if is_now && !asked.contains(&number.to_string()) {
                *after = moment.time.into();
            }
        }
        _ => {}
    }
}

/// A text with the times of the computer's clock replaced by the moment's, unless the request has them.
fn retimed(text: &str, asked: &str, moment: &Moment, clock: i64) -> String {
    let Some(forms) = TIMES.as_ref() else { return text.to_owned() };
    let retimed = |found: &regex::Captures<'_>| {
        let found = &found[0];
        let seconds = match found.contains('T') {
            true => DateTime::from_str(found, Format::DateTimeWithOffset).ok().map(|time| time.secs()),
            false => found.split('.').next().and_then(|whole| whole.parse::<i64>().ok()),
        };
        let after = seconds.map(|seconds| seconds - clock).filter(|after| (0..FUTURE).contains(after));
        match after {
            Some(after) if !asked.contains(found) => {
                // A write that takes a second longer makes the same.
                let time = moment.time.saturating_add(if after < WRITE { 0 } else { after - after % WRITE });
                if found.contains('T') { super::console::iso(time) } else { time.to_string() }
            }
            _ => found.to_owned(),
        }
    };
    forms.replace_all(text, retimed).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CLOCK: i64 = 1_795_000_000;

    fn moment() -> Moment {
        Moment { origin: "cost-budget 1".to_owned(), time: 1_790_000_000 }
    }

    #[test]
    fn what_is_new_gets_ids_that_do_not_depend_on_chance() {
        let before = json!({ "vpcs": { "vpc-00000001": { "tags": ["i-did-it"] } } });
        let made = |vpc: &str, user: &str, org: &str, given: &str| {
            let mut vpcs = json!({ "vpc-00000001": { "tags": ["i-did-it"] } });
            vpcs[vpc] = json!({ "id": vpc, "name": given, "user": user, "org": format!("arn:aws:x::1:o/{org}") });
            json!({ "vpcs": vpcs })
        };
        let asked = "name=sg-deadbeef";
        let one = made("vpc-0abc1234", "AIDAQRSTUVWX23456789", "o-0123abcd-e", "sg-deadbeef");
        let other = made("vpc-ffffffff", "AIDAXXXXXXXXXXXXXXXX", "o-ffffffff-0", "sg-deadbeef");
        let settled = |after: &Value| renamed(&after.to_string(), &new_ids(&before, after, asked, "cost-budget 1"));
        assert_eq!(settled(&one), settled(&other));
        assert!(settled(&one).contains("vpc-00000001") && settled(&one).contains("sg-deadbeef"), "{}", settled(&one));
        let elsewhere = renamed(&one.to_string(), &new_ids(&before, &one, asked, "cost-budget 2"));
        assert_ne!(settled(&one), elsewhere, "two writes never make the same id");
        for id in ["vpc-0abc1234", "AIDAQRSTUVWX23456789", "o-0123abcd-e", "6f1e2d3c-0000-4abc-8def-0123456789ab"] {
            let new = derived(id, "x");
            assert!(new != id && (new.len() == id.len() || id.starts_with("o-")), "{new}");
        }
    }

    #[test]
    fn new_times_are_those_of_the_moment() {
        let asked = "Timestamp=2026-11-18T11:06:41Z";
        let text = "made 2026-11-18T11:06:40.123456Z, 2026-11-18T11:06:42+00:00, 1795000000.25, expires \
                    2026-12-03T11:06:40Z, given 2026-11-18T11:06:41Z, old 2015-02-06T18:40:16Z, 20261118";
        assert_eq!(
            retimed(text, asked, &moment(), CLOCK),
            "made 2026-09-21T14:13:20Z, 2026-09-21T14:13:20Z, 1790000000, expires 2026-10-06T14:13:20Z, given \
             2026-11-18T11:06:41Z, old 2015-02-06T18:40:16Z, 20261118"
        );
        let before = json!({ "users": { "a": "2026-11-18T11:06:40Z" }, "created": CLOCK });
        let mut after =
            json!({ "users": { "a": "2026-11-18T11:06:40Z", "b": "2026-11-18T11:06:40Z" }, "created": CLOCK });
        settle_times(Some(&before), &mut after, "", &moment(), CLOCK);
        let settled =
            json!({ "users": { "a": "2026-11-18T11:06:40Z", "b": "2026-09-21T14:13:20Z" }, "created": CLOCK });
        assert_eq!(after, settled);
    }
}
