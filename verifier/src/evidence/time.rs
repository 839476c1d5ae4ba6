//! Times as evidence and results write them: RFC 3339 in UTC to the second, so that they compare as text.

use anyhow::{Result, bail};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

/// The years from 1970 to 9998, in seconds since 1970. A clock outside of them is wrong, and what signs requests, writes
/// dates or reads certificates can do nothing with it.
const CREDIBLE: Range<i64> = 0..253_370_764_800;

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

/// Makes sure that a time, in seconds since 1970, is one that a clock may show.
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

/// Makes sure that this computer's clock can be right.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn clock() -> Result<()> {
    credible(now_secs()).map_err(|why| anyhow::anyhow!("the time of this computer is wrong: {why}. Set its clock"))
}

/// Seconds since 1970 of a time as [`text`] writes it; none where it is no time.
pub fn secs(text: &str) -> Option<i64> {
    DateTime::from_str(text, Format::DateTime).ok().map(|time| time.secs())
}

/// Reads an RFC 3339 time, as CloudTrail's records have it, and writes it our way.
pub fn normalise(rfc3339: &str) -> Option<String> {
    DateTime::from_str(rfc3339, Format::DateTimeWithOffset).ok().map(|time| text(&time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_before_1970_is_one() {
        let before = |nanos| since_1970(UNIX_EPOCH - Duration::from_nanos(nanos));
        assert_eq!([before(0), before(1), before(1_000_000_000), before(1_000_000_001)], [0, -1, -1, -2]);
        assert_eq!(since_1970(UNIX_EPOCH + Duration::from_millis(1999)), 1);
    }

    #[test]
    fn a_clock_that_cannot_be_right_is_told_in_words() {
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
