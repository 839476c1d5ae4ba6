//! Times in seconds since 1970, by this computer's clock, in AWS's formats.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use std::time::{SystemTime, UNIX_EPOCH};

pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

pub const fn minutes(count: i64) -> i64 {
    count * 60
}

pub const fn hours(count: i64) -> i64 {
    minutes(count * 60)
}

pub const fn days(count: i64) -> i64 {
    hours(count * 24)
}

pub fn ago(seconds: i64) -> i64 {
    now() - seconds
}

pub fn in_future(seconds: i64) -> i64 {
    now() + seconds
}

/// As in `2026-11-24T12:00:00Z`.
pub fn iso(time: i64) -> String {
    DateTime::from_secs(time).fmt(Format::DateTime).unwrap()
}

/// As in the header `Date`.
pub fn http_date(time: i64) -> String {
    DateTime::from_secs(time).fmt(Format::HttpDate).unwrap()
}
