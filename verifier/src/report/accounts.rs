//! `verify accounts`: the accounts of the course and their bindings.

use course::Course;
use course::terminal::Text;
use serde::Serialize;
use std::fmt::Write;

use super::plain;
use evidence::bindings::Bindings;
use evidence::gather::Gathered;
use evidence::mask;
use evidence::{Section, UNREADABLE, Unreadable};

/// One account of the course.
#[derive(Debug, Serialize)]
pub struct Line {
    /// The course's name for it.
    pub name: String,
    /// Its description in the course.
    pub about: String,
    /// What it is bound to, if anything.
    pub bound_to: Option<String>,
    /// The account id, if it was identified.
    pub account_id: Option<String>,
    /// The ARN of the credentials.
    pub arn: Option<String>,
    /// Why it was not identified.
    pub problems: Vec<String>,
}

/// The accounts, sorted by name.
pub fn lines(course: &Course, bound: &Bindings, gathered: &Gathered, show_identifiers: bool) -> Vec<Line> {
    let masked = |text: &str| if show_identifiers { text.to_owned() } else { mask::text(text) };
    let line = |(name, about): (&String, &String)| {
        let identity = gathered.evidence.get(name).and_then(|sections| sections.get(&Section::Identity));
        let unreadable = identity.filter(|identity| identity.get(UNREADABLE).is_some());
        let unreadable = unreadable.and_then(|identity| serde_json::from_value::<Unreadable>(identity.clone()).ok());
        Line {
            name: name.clone(),
            about: about.clone(),
            bound_to: bound.get(name).map(|binding| masked(&binding.source.to_string())),
            account_id: gathered.account_ids.get(name).map(|id| masked(id)),
            arn: identity.and_then(|identity| identity.get("arn")?.as_str()).map(masked),
            problems: unreadable.into_iter().flat_map(|it| it.reasons).map(|reason| masked(&reason.message)).collect(),
        }
    };
    course.accounts.iter().map(line).collect()
}

/// The accounts for a terminal, with the profiles that can be bound.
pub fn text(lines: &[Line], profiles: &[String]) -> Text {
    let mut out = Text::new();
    for line in lines {
        let _ = writeln!(out, "{}  {}", plain(&line.name), plain(&line.about));
        match (&line.bound_to, &line.account_id) {
            (Some(bound), Some(id)) => {
                let arn = line.arn.as_deref().unwrap_or_default();
                let _ = writeln!(out, "  ✓ {}: AWS account {id}, as {}", plain(bound), plain(arn));
            }
            (Some(bound), None) => {
                let _ = writeln!(out, "  ? {}", plain(bound));
            }
            (None, _) => {
                let _ = writeln!(out, "  ○ not bound: verify accounts {}=PROFILE", plain(&line.name));
            }
        }
        for problem in &line.problems {
            let _ = writeln!(out, "    {}", plain(problem));
        }
    }
    if lines.iter().any(|line| line.bound_to.is_none()) {
        let known = if profiles.is_empty() { "none".to_owned() } else { plain(&profiles.join(", ")) };
        let _ = writeln!(out, "\nAWS profiles on this machine: {known}. `aws login --profile NAME` creates one.");
    }
    out
}
