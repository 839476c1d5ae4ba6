//! Finds sources of checks that were last reviewed over a year ago. Only `lint --stale` does: plain `lint` does not
//! depend on the date.

use anyhow::{Result, anyhow};
use course::Course;
use course::check::Check;
use course::diagnostic::Diagnostic;
use course::fact_source::{Day, FactSource};
use course::places::{KeyPath, TomlFile};
use std::path::Path;

use super::finding::{Finding, Level};
use evidence::time;

/// The rule for a source that was reviewed too long ago. This is not a mistake in the course: AWS may not have changed.
pub(crate) const RULE: &str = "stale-source";

/// The day that reviews are compared with.
#[derive(Debug, Clone, Copy)]
pub struct Today {
    /// The day in UTC.
    utc: Day,
    /// The latest current day in any time zone, which an author may have written.
    latest: Day,
}

impl Today {
    /// Today, by this computer's clock.
    ///
    /// # Errors
    /// If the clock is not set to a valid date.
    pub fn now() -> Result<Today> {
        let easternmost = 14 * 60 * 60;
        Ok(Today { utc: day(time::now_secs())?, latest: day(time::now_secs() + easternmost)? })
    }

    /// A given day.
    pub fn on(day: Day) -> Today {
        Today { utc: day, latest: day }
    }
}

fn day(secs: i64) -> Result<Day> {
    let time = time::from_secs(secs);
    let day = time.split('T').next().unwrap_or_default();
    day.parse().map_err(|_| anyhow!("this computer's clock has no valid date: give the date, as in --stale=2026-11-26"))
}

/// The sources to review again, and those with a review date in the future.
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
        let message = format!("[[source]]: reviewed = {reviewed} is in the future");
        return Some(("source-date", message, "use the date when the source was last reviewed".into()));
    }
    reviewed.is_over_a_year_before(today.utc).then(|| {
        let message = format!("[[source]]: “{fact}” was last reviewed on {reviewed}, over a year ago");
        let help = format!(
            "read {url}, update the check and its lessons if AWS has changed, and set reviewed = {}",
            today.utc
        );
        (RULE, message, help)
    })
}
