//! Times in evidence and results: RFC 3339 in UTC, in seconds.

use anyhow::{Result, bail};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

/// A time of a section, in whole seconds. The format in the schema shows which fields are times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From a time of the SDK; `None` if RFC 3339 cannot express it.
    pub fn of(time: &DateTime) -> Option<Time> {
        Time::from_secs(time.secs())
    }

    /// From seconds since 1970; `None` if RFC 3339 cannot express it.
    pub fn from_secs(secs: i64) -> Option<Time> {
        DateTime::from_secs(secs).fmt(Format::DateTime).is_ok().then_some(Time(secs))
    }

    /// Parses an RFC 3339 time, as in CloudTrail's records.
    pub fn parse(rfc3339: &str) -> Option<Time> {
        DateTime::from_str(rfc3339, Format::DateTimeWithOffset).ok().and_then(|time| Time::of(&time))
    }

    /// Seconds since 1970.
    pub fn secs(self) -> i64 {
        self.0
    }

    /// The time as text.
    pub fn text(self) -> String {
        from_secs(self.0)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        let text = String::deserialize(deserializer)?;
        Time::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not an RFC 3339 time")))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// The years from 1970 to 9998, in seconds since 1970. A clock outside of this range is wrong, and cannot be used to
/// sign requests, write dates or check certificates.
const CREDIBLE: Range<i64> = 0..253_370_764_800;

/// A time as text.
pub fn text(time: &DateTime) -> String {
    DateTime::from_secs(time.secs()).fmt(Format::DateTime).unwrap_or_default()
}

/// Seconds since 1970 as text.
pub fn from_secs(secs: i64) -> String {
    text(&DateTime::from_secs(secs))
}

/// The current time of this computer's clock, as text. It only dates what the program does, and decides nothing.
pub fn now() -> String {
    from_secs(now_secs())
}

/// The current time of this computer's clock, in seconds since 1970.
pub fn now_secs() -> i64 {
    since_1970(SystemTime::now())
}

fn since_1970(time: SystemTime) -> i64 {
    let secs = |secs: u64| i64::try_from(secs).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => secs(since.as_secs()),
        // The second that it is in.
        Err(before) => -secs(before.duration().as_secs()) - i64::from(before.duration().subsec_nanos() > 0),
    }
}

/// Checks that a time, in seconds since 1970, is plausible.
///
/// # Errors
/// What is wrong with it.
pub fn credible(secs: i64) -> Result<()> {
    match secs {
        secs if secs < CREDIBLE.start => bail!("it is before 1970 ({secs} seconds, counted from there)"),
        secs if !CREDIBLE.contains(&secs) => bail!("it is after the year 9998 ({secs} seconds, counted from 1970)"),
        _ => Ok(()),
    }
}

/// Checks that the time of this computer's clock is plausible.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn clock() -> Result<()> {
    credible(now_secs()).map_err(|why| anyhow::anyhow!("the time of this computer is wrong: {why}. Set its clock"))
}

/// Parses a time that [`text`] wrote, to seconds since 1970; `None` if it is not a time.
pub fn secs(text: &str) -> Option<i64> {
    DateTime::from_str(text, Format::DateTime).ok().map(|time| time.secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_is_written_in_utc_to_the_second() {
        let parsed = |text: &str| Time::parse(text).map(Time::text);
        assert_eq!(parsed("2026-11-24T01:02:03.9+01:00").as_deref(), Some("2026-11-24T00:02:03Z"));
        assert_eq!(parsed("2026-11-24T00:02:03Z").as_deref(), Some("2026-11-24T00:02:03Z"));
        assert_eq!(parsed("yesterday"), None);
        assert_eq!(Time::from_secs(i64::MAX), None);
    }

    #[test]
    fn other_text_is_not_a_time() {
        let read = |json: &str| serde_json::from_str::<Time>(json);
        assert_eq!(read("\"1970-01-01T00:00:10Z\"").ok(), Some(Time(10)));
        assert!(read("\"soon\"").is_err() && read("10").is_err());
    }

    #[test]
    fn a_time_before_1970_is_valid() {
        let before = |nanos| since_1970(UNIX_EPOCH - Duration::from_nanos(nanos));
        assert_eq!([before(0), before(1), before(1_000_000_000), before(1_000_000_001)], [0, -1, -1, -2]);
        assert_eq!(since_1970(UNIX_EPOCH + Duration::from_millis(1999)), 1);
    }

    #[test]
    fn an_implausible_clock_has_an_error_message() {
        let why = |secs| credible(secs).map_err(|why| why.to_string());
        assert_eq!([why(0), why(253_370_764_799), why(time_of_writing())], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(why(-1).unwrap_err(), "it is before 1970 (-1 seconds, counted from there)");
        assert!(why(i64::MIN).unwrap_err().contains("before 1970"));
        for late in [253_370_764_800, i64::MAX] {
            assert!(why(late).unwrap_err().contains("after the year 9998"));
        }
        clock().unwrap();
    }

    fn time_of_writing() -> i64 {
        secs("2025-06-01T00:00:00Z").unwrap()
    }
}
