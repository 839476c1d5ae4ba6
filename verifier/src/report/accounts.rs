//! `verify accounts`: the accounts of the course and their bindings.

use anstyle::{AnsiColor, Style};
use course::Course;
use course::terminal::Text;
use serde::Serialize;

use super::plain;
use crate::run::accounts::Bound;
use evidence::bindings::Source;
use evidence::mask;
use evidence::{Section, UNREADABLE, Unreadable};

const WARNING: Style = AnsiColor::Yellow.on_default().bold();

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
    /// What may be wrong with its binding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
}

/// The accounts, sorted by name.
pub fn lines(course: &Course, bound: &Bound, show_identifiers: bool) -> Vec<Line> {
    let Bound { bindings, gathered, .. } = bound;
    let masked = |text: &str| if show_identifiers { text.to_owned() } else { mask::text(text) };
    let line = |(name, about): (&String, &String)| {
        let identity = gathered.evidence.get(name).and_then(|sections| sections.get(&Section::Identity));
        let unreadable = identity.filter(|identity| identity.get(UNREADABLE).is_some());
        let unreadable = unreadable.and_then(|identity| serde_json::from_value::<Unreadable>(identity.clone()).ok());
        Line {
            name: name.clone(),
            about: about.clone(),
            bound_to: bindings.get(name).map(|binding| masked(&binding.source.to_string())),
            account_id: gathered.account_ids.get(name).map(|id| masked(id)),
            arn: identity.and_then(|identity| identity.get("arn")?.as_str()).map(masked),
            problems: unreadable.into_iter().flat_map(|it| it.reasons).map(|reason| masked(&reason.message)).collect(),
            doubt: exchanged(bound, name).or_else(|| misnamed(course, bound, name)).map(|doubt| masked(&doubt)),
        }
    };
    course.accounts.iter().map(line).collect()
}

/// Whether an account is now another than before, and the command that binds it as it was.
fn exchanged(Bound { bindings, before, gathered }: &Bound, name: &str) -> Option<String> {
    let id = gathered.account_ids.get(name)?;
    let seen = before.get(name)?.account_id.as_ref().filter(|seen| *seen != id)?;
    let was =
        |of: &String| before.iter().find(|(_, binding)| binding.account_id.as_ref() == Some(of)).map(|(name, _)| name);
    let other = was(id)?;
    let is_exchanged = gathered.account_ids.get(other) == Some(seen);
    let both = [name, other.as_str()].map(|name| match before.get(name).map(|binding| &binding.source) {
        Some(Source::Profile(profile))
            if bindings.get(name).map(|now| &now.source) != before.get(name).map(|was| &was.source) =>
        {
            format!("{name}={profile}")
        }
        _ => format!("{name}=PROFILE"),
    });
    Some(match is_exchanged {
        true => format!(
            "The {name} and the {other} account are now the other way round: this was the {other} account before. If that is \
             wrong, bind them again: `verify accounts {}`.",
            both.join(" ")
        ),
        false => format!(
            "This was the {other} account before. If that is wrong, bind it again: `verify accounts {}`.",
            both[0]
        ),
    })
}

/// Whether an account is bound to a profile that is called like another one.
fn misnamed(course: &Course, Bound { bindings, .. }: &Bound, name: &str) -> Option<String> {
    let Source::Profile(profile) = &bindings.get(name)?.source else { return None };
    (profile != name && course.accounts.contains_key(profile)).then(|| {
        format!(
            "The profile is called like the {profile} account. If that is wrong, bind it again: \
             `verify accounts {name}=PROFILE`."
        )
    })
}

/// The accounts for a terminal, with the profiles that can be bound.
pub fn text(lines: &[Line], profiles: &[String]) -> Text {
    let mut out = Text::new();
    for line in lines {
        out.paragraph(&format!("{}  ", line.name), &line.about);
        match (&line.bound_to, &line.account_id) {
            (Some(bound), Some(id)) => {
                let arn = line.arn.as_deref().unwrap_or_default();
                out.paragraph("  ✓ ", &format!("{bound}: AWS account {id}, as {arn}"));
            }
            (Some(bound), None) => out.paragraph("  ? ", bound),
            (None, _) => {
                out.put(&format!("  ○ not bound: verify accounts {}=PROFILE\n", plain(&line.name)));
            }
        }
        line.problems.iter().for_each(|problem| out.paragraph("    ", problem));
        if let Some(doubt) = &line.doubt {
            let mut paragraph = Text::new();
            paragraph.put("  ").paint(WARNING, "⚠").put(&format!(" {}", plain(doubt)));
            out.hanging(4, &paragraph);
        }
    }
    if lines.iter().any(|line| line.bound_to.is_none()) {
        let known = if profiles.is_empty() { "none".to_owned() } else { profiles.join(", ") };
        out.put("\n");
        out.paragraph("", &format!("AWS profiles on this machine: {known}. `aws login --profile NAME` creates one."));
    }
    out
}
