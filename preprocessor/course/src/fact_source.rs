//! The sources of a check's facts: `[[source]]` in its file.
//!
//! AWS changes prices, limits and defaults. A check that depends on such a fact names the page that states it and the
//! day of the last review. This decides nothing and is not part of the check's hash.

use schemars::JsonSchema;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;
use toml::value::{Datetime, Value};

/// A fact that may change, the page that states it, and the day of the last review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactSource {
    /// The fact, in a sentence.
    pub fact: String,
    /// The page that states it; always `https`.
    pub url: String,
    /// The day of the last review.
    pub reviewed: Day,
}

impl FactSource {
    /// The page's host, which names the source.
    pub fn host(&self) -> &str {
        host(&self.url).unwrap_or_default()
    }
}

/// A calendar day, as in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// Whether another day is more than a year after this day. A review of February 29 is valid until the end of the
    /// next year's February.
    pub fn is_over_a_year_before(self, other: Day) -> bool {
        Day { year: self.year.saturating_add(1), ..self } < other
    }

    /// A day without a time.
    fn of(datetime: Datetime) -> Option<Day> {
        match datetime {
            Datetime { date: Some(date), time: None, offset: None } => {
                Some(Day { year: date.year, month: date.month, day: date.day })
            }
            _ => None,
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Day, &'static str> {
        let wanted = "write a day as in 2026-11-26";
        text.parse::<Datetime>().ok().and_then(Day::of).ok_or(wanted)
    }
}

/// The source of a fact that may change.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = ["fact", "url", "reviewed"]))]
pub(crate) struct SourceTable {
    /// The fact, in a sentence.
    fact: Option<String>,
    /// The page that states it, beginning with `https://`.
    url: Option<String>,
    /// The day of the last review: a date without quotation marks, as in `2026-11-26`.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    reviewed: Option<Value>,
}

impl SourceTable {
    /// The source, or the key that is wrong, and why.
    pub(crate) fn into_source(self) -> Result<FactSource, (&'static str, &'static str)> {
        let fact = self.fact.filter(|fact| !fact.trim().is_empty());
        let fact = fact.ok_or(("fact", "`fact` is missing: state the fact in a sentence"))?;
        let url = self.url.ok_or(("url", "`url` is missing: give the address of the page that states the fact"))?;
        if host(&url).is_none() {
            return Err(("url", "`url` must be an address that begins with https://"));
        }
        let reviewed = self.reviewed.ok_or(("reviewed", "`reviewed` is missing: give the day of the last review"))?;
        let reviewed = reviewed.as_datetime().copied().and_then(Day::of);
        let reviewed = reviewed.ok_or(("reviewed", "`reviewed` must be a date without quotes, as in 2026-11-26"))?;
        Ok(FactSource { fact, url, reviewed })
    }
}

/// The host of an `https` address in which nothing needs escaping: no user, no port, no spaces, quotes or brackets.
fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://")?;
    let host = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_host = host.contains('.') && host.split('.').all(label);
    let is_plain = rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>[]\\^`{|}".contains(&b));
    (is_host && is_plain).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Check, Malformed, Place};
    use crate::places::KeyPath;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_review_is_good_for_a_year_of_the_calendar() {
        for (reviewed, good, stale) in [
            ("2025-11-26", "2026-11-26", "2026-11-27"),
            ("2024-02-29", "2025-02-28", "2025-03-01"),
            ("2023-02-28", "2024-02-28", "2024-02-29"),
            ("2023-03-01", "2024-03-01", "2024-03-02"),
            ("2025-12-31", "2026-12-31", "2027-01-01"),
            ("9999-12-31", "9999-12-31", "9999-12-31"),
        ] {
            assert!(!day(reviewed).is_over_a_year_before(day(good)), "{reviewed} {good}");
            assert_eq!(day(reviewed).is_over_a_year_before(day(stale)), stale != good, "{reviewed} {stale}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar_without_a_time() {
        for text in ["2025-02-29", "2026-13-01", "2026-11-26T00:00:00Z", "2026-11-26T00:00:00", "00:00:00", "soon", ""]
        {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        assert_eq!(day("0026-01-02").to_string(), "0026-01-02");
    }

    fn check(source: &str) -> Result<Check, Vec<Malformed>> {
        let text = "title = \"x\"\naccount = \"a\"\n[[expect]]\nthat = \"true\"\nfix = \"x\"\n";
        Check::parse("x", &format!("{text}{source}"))
    }

    /// A source with another value for one key.
    fn with(key: &str, written: &str) -> String {
        let mut keys = [("fact", "\"It is so.\""), ("url", "\"https://example.com/a\""), ("reviewed", "2026-11-26")];
        keys.iter_mut().filter(|(name, _)| *name == key).for_each(|(_, value)| *value = written);
        let lines = keys.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| format!("{key} = {value}\n"));
        format!("[[source]]\n{}", lines.collect::<String>())
    }

    #[test]
    fn a_source_has_all_three_and_is_not_part_of_the_hash() {
        let sourced = check(&with("url", "\"https://docs.aws.amazon.com/a/b.html?x=1&y=(2)#c\"")).unwrap();
        assert_eq!(sourced.sources[0].host(), "docs.aws.amazon.com");
        assert_eq!(sourced.sources[0].reviewed, day("2026-11-26"));
        let hash = |check: &Check| check.hash();
        assert_eq!(hash(&sourced), hash(&check("").unwrap()));
        assert!(check(&with("reviewed", "2024-02-29")).is_ok());
    }

    #[test]
    fn an_error_in_a_source_has_its_place() {
        for (key, written, message) in [
            ("fact", "", "`fact` is missing"),
            ("fact", "\" \"", "`fact` is missing"),
            ("url", "", "`url` is missing"),
            ("url", "\"http://example.com\"", "begins with https://"),
            ("url", "\"https://\"", "begins with https://"),
            ("url", "\"https://aws.amazon.com@example.com/\"", "begins with https://"),
            ("url", "\"https://example.com/a b\"", "begins with https://"),
            ("url", "\"https://example.com/>x\"", "begins with https://"),
            ("url", "\"https://example.com/{{ x }}\"", "begins with https://"),
            ("url", "\"https://localhost/\"", "begins with https://"),
            ("url", "\"javascript:alert(1)\"", "begins with https://"),
            ("reviewed", "", "`reviewed` is missing"),
            ("reviewed", "\"2026-11-26\"", "a date without quotes"),
            ("reviewed", "2026-11-26T12:00:00Z", "a date without quotes"),
            ("reviewed", "2026-11-26T12:00:00", "a date without quotes"),
            ("reviewed", "12:00:00", "a date without quotes"),
            ("reviewed", "2026", "a date without quotes"),
        ] {
            let wrong = check(&(with("", "") + &with(key, written))).unwrap_err();
            assert_eq!(wrong.len(), 1, "{key} {written}");
            assert!(wrong[0].message.starts_with("[[source]] 2: ") && wrong[0].message.contains(message), "{wrong:?}");
            assert_eq!(wrong[0].place, Place::KeyPath(KeyPath::source(1).then(key)), "{key} {written}");
        }
        for broken in [with("reviewed", "2025-02-29"), with("fact", "1"), with("fact", "\"x\"\nby = \"me\"")] {
            let wrong = check(&broken).unwrap_err();
            assert!(matches!(wrong[0].place, Place::Bytes(Some(_))), "{wrong:?}");
        }
    }
}
