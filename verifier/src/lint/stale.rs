//! Sources of checks that nobody has read for a year. Only `lint --stale` asks: what plain `lint` says does not change
//! with the calendar.

use anyhow::{Result, anyhow};
use course::Course;
use course::check::Check;
use course::diagnostic::Diagnostic;
use course::fact_source::{Day, FactSource};
use course::places::{KeyPath, TomlFile};
use std::path::Path;

use super::finding::{Finding, Level};
use evidence::time;

/// The rule of a source that was reviewed too long ago. It is no mistake of the course: AWS may have changed, or not.
pub(crate) const RULE: &str = "stale-source";

/// The day that reviews are compared with.
#[derive(Debug, Clone, Copy)]
pub struct Today {
    /// The day in UTC.
    utc: Day,
    /// The latest day that it is anywhere, where an author may have written it.
    latest: Day,
}

impl Today {
    /// By this computer's clock.
    ///
    /// # Errors
    /// When the clock tells no day of the calendar.
    pub fn now() -> Result<Today> {
        let easternmost = 14 * 60 * 60;
        Ok(Today { utc: day(time::now_secs())?, latest: day(time::now_secs() + easternmost)? })
    }

    /// As if it were this day.
    pub fn on(day: Day) -> Today {
        Today { utc: day, latest: day }
    }
}

fn day(secs: i64) -> Result<Day> {
    let time = time::from_secs(secs);
    let day = time.split('T').next().unwrap_or_default();
    day.parse().map_err(|_| anyhow!("this computer's clock tells no date: give one, as in --stale=2026-11-26"))
}

/// The sources that somebody should read again, and those with a date that is still to come.
pub fn sources(course: &Course, today: Today) -> Vec<Finding> {
    course.checks.values().flat_map(|check| of_check(course, check, today)).collect()
}

fn of_check(course: &Course, check: &Check, today: Today) -> Vec<Finding> {
    let path = Path::new("checks").join(format!("{}.toml", check.name));
    let mut file = None;
    let mut found = Vec::new();
    for (at, source) in check.sources.iter().enumerate() {
        let Some((rule, message, help)) = judge(source, today) else { continue };
        let file = file.get_or_insert_with(|| TomlFile::read(&course.root, &path));
        let span = file.value(&KeyPath::source(at).then("reviewed"));
        found.push(Finding { level: Level::Warning, rule, diagnostic: Diagnostic { span, message, help: Some(help) } });
    }
    found
}

/// What is wrong with a source on a day, and what to do.
fn judge(source: &FactSource, today: Today) -> Option<(&'static str, String, String)> {
    let FactSource { fact, url, reviewed } = source;
    if *reviewed > today.latest {
        let message = format!("[[source]]: reviewed on {reviewed}, which is still to come");
        return Some(("source-date", message, "write the day on which somebody last read the source".into()));
    }
    reviewed.is_over_a_year_before(today.utc).then(|| {
        let message = format!("[[source]]: nobody has reviewed “{fact}” since {reviewed}, for more than a year");
        let help = format!(
            "read {url}, change what the check and its lessons say where AWS has changed, and set reviewed = {}",
            today.utc
        );
        (RULE, message, help)
    })
}
