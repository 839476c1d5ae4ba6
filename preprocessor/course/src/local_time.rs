//! Times for readers, all in one form: `2026-11-24 11:03 UTC+1`.
//!
//! Documents have times in UTC. A program that shows them to a person calls [`use_local_zone`] first, and they are then
//! shown in the time zone of its computer. Otherwise they are shown in UTC.

use chrono::{DateTime, Local, NaiveDateTime, Offset, TimeZone, Utc};
use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether times are shown in the time zone of this computer.
static IS_LOCAL: AtomicBool = AtomicBool::new(false);

/// Shows times in this computer's time zone from now on: that of the variable `TZ` or of `/etc/localtime`.
pub fn use_local_zone() {
    IS_LOCAL.store(true, Ordering::Relaxed);
}

/// A time in UTC, in RFC 3339 (`2026-11-24T10:03:22Z`) or as sentences have it (`2026-11-24 10:03 UTC`). In a longer
/// word, such as the name of a file, it is a part of the name: that is looked at afterwards, since an expression of Unicode's
/// letters takes two milliseconds to compile.
#[expect(clippy::expect_used, reason = "a test compiles it")]
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})
        (?: T(?P<long>[0-9]{2}:[0-9]{2}):[0-9]{2}(?:\.[0-9]+)?Z | \x20(?P<short>[0-9]{2}:[0-9]{2})\x20UTC)",
    )
    .expect("it is an expression")
});

/// A text with its times as readers see them.
pub fn shown(text: &str) -> Cow<'_, str> {
    match IS_LOCAL.load(Ordering::Relaxed) {
        true => shown_in(text, &Local),
        false => shown_in(text, &Utc),
    }
}

fn shown_in<'t, Z: TimeZone>(text: &'t str, zone: &Z) -> Cow<'t, str> {
    TIME.replace_all(text, |found: &Captures<'_>| {
        let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
        let (before, after) = found.get(0).map_or(("", ""), |whole| (&text[..whole.start()], &text[whole.end()..]));
        let is_of_a_word = |c: char| c.is_alphanumeric() || "_/-".contains(c);
        let begins_before = before.ends_with(|c: char| is_of_a_word(c) || ".:".contains(c));
        let goes_on =
            after.strip_prefix(['.', ':']).unwrap_or(after).starts_with(|c: char| is_of_a_word(c) || c == '+');
        if begins_before || goes_on {
            return found[0].to_owned();
        }
        let minute = format!("{} {}{}", part("day"), part("long"), part("short"));
        let time = NaiveDateTime::parse_from_str(&minute, "%Y-%m-%d %H:%M").ok();
        match time.and_then(|time| in_zone(&time.and_utc(), zone)) {
            Some(time) => time,
            None => found[0].to_owned(),
        }
    })
}

/// A time in a zone; `None` if the zone takes it out of the calendar.
fn in_zone<Z: TimeZone>(time: &DateTime<Utc>, zone: &Z) -> Option<String> {
    let offset = zone.offset_from_utc_datetime(&time.naive_utc()).fix();
    let local = time.naive_utc().checked_add_offset(offset)?;
    let seconds = offset.local_minus_utc();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    let suffix = match (hours, minutes) {
        (0, 0) => String::new(),
        (hours, 0) => format!("{sign}{hours}"),
        (hours, minutes) => format!("{sign}{hours}:{minutes:02}"),
    };
    Some(format!("{} UTC{suffix}", local.format("%Y-%m-%d %H:%M")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    fn shown_at(text: &str, hours: f32) -> String {
        let zone = FixedOffset::east_opt((hours * 3600.0) as i32).unwrap();
        shown_in(text, &zone).into_owned()
    }

    #[test]
    fn every_time_has_one_form_in_the_readers_zone() {
        for (text, hours, wanted) in [
            ("2026-11-24T10:03:22Z", 0.0, "2026-11-24 10:03 UTC"),
            ("It ended at 2026-11-24 10:03 UTC.", 1.0, "It ended at 2026-11-24 11:03 UTC+1."),
            (
                "From 2026-12-31 23:30 UTC 2026-12-31 23:31 UTC",
                1.0,
                "From 2027-01-01 00:30 UTC+1 2027-01-01 00:31 UTC+1",
            ),
            ("(2026-11-24T00:10:22.123Z)", -3.5, "(2026-11-23 20:40 UTC-3:30)"),
            ("At 2026-11-24T10:03:22Z, it", 5.75, "At 2026-11-24 15:48 UTC+5:45, it"),
        ] {
            assert_eq!(shown_at(text, hours), wanted);
        }
    }

    #[test]
    fn what_is_no_time_in_utc_stays_as_it_is() {
        for text in [
            "my-log-2026-11-24T10:03:22Z",
            "2026-11-24T10:03:22Z.log.gz is a file",
            "2026-11-24T10:03:22+01:00",
            "2026-13-99 10:03 UTC",
            "2026-11-24",
            "2026-11-24 11:03 UTC+1",
            "arn:aws:x::2026-11-24T10:03:22Z",
            "",
        ] {
            assert_eq!(shown_at(text, 2.0), text);
        }
    }

    #[test]
    fn times_are_in_utc_until_a_program_says_otherwise() {
        assert_eq!(shown("at 2026-11-24T10:03:22Z"), "at 2026-11-24 10:03 UTC");
    }
}
