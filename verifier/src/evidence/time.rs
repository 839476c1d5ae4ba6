//! Times as evidence and results write them: RFC 3339 in UTC to the second, so that they compare as text.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// A time as text.
pub fn text(time: &DateTime) -> String {
    DateTime::from_secs(time.secs()).fmt(Format::DateTime).unwrap_or_default()
}

/// Seconds since 1970 as text.
pub fn from_secs(secs: i64) -> String {
    text(&DateTime::from_secs(secs))
}

/// This moment as text.
pub fn now() -> String {
    from_secs(now_secs())
}

/// This moment in seconds since 1970.
pub fn now_secs() -> i64 {
    DateTime::from(std::time::SystemTime::now()).secs()
}

/// Seconds since 1970 of a time as [`text`] writes it; none where it is no time.
pub fn secs(text: &str) -> Option<i64> {
    DateTime::from_str(text, Format::DateTime).ok().map(|time| time.secs())
}

/// Reads an RFC 3339 time, as CloudTrail's records have it, and writes it our way.
pub fn normalise(rfc3339: &str) -> Option<String> {
    DateTime::from_str(rfc3339, Format::DateTimeWithOffset).ok().map(|time| text(&time))
}
