//! The results of `verify selftest`.

use anstyle::{AnsiColor, Style};
use course::terminal::Text;
use serde_json::json;
use std::fmt::Write;

use super::plain;
use crate::selftest::Proof;

const GOOD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const BAD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));

/// A table, followed by the problems.
pub fn text(proofs: &[Proof]) -> Text {
    let mut out = Text::new();
    let _ = writeln!(out, "  {:<24} {:<10} {:<10} {:<10} {:<8} cases", "check", "before", "after", "denied", "others");
    for proof in proofs {
        let (style, icon) = if proof.problems.is_empty() { (GOOD, "✓") } else { (BAD, "✗") };
        let passed = proof.cases.iter().filter(|(_, wrong)| wrong.is_none()).count();
        let cases = match proof.cases.len() {
            0 => "–".to_owned(),
            all => format!("{passed} of {all}"),
        };
        let (practice, others) = match &proof.practice {
            Some(practised) => {
                let others = practised.moved_by.len();
                let others = if others == 0 { "none".to_owned() } else { format!("{others} do it") };
                (format!("{:<10} {:<10}", practised.before.name(), practised.after.name()), others)
            }
            None => {
                let why = if proof.lacks { "service not emulated" } else { "no practice action" };
                (format!("{why:<21}"), "–".to_owned())
            }
        };
        let denied = proof.denied.name();
        out.paint(style, icon);
        let check = plain(&proof.check);
        let _ = writeln!(out, " {check:<24} {practice} {denied:<10} {others:<8} {cases}");
    }
    let _ = writeln!(out);
    for proof in proofs {
        for problem in &proof.problems {
            out.paragraph("", &format!("{}: {problem}.", proof.check));
        }
    }
    let proved = proofs.iter().filter(|proof| proof.problems.is_empty()).count();
    let _ = match proved == proofs.len() {
        true if proved == 1 => writeln!(out, "The check is proved."),
        true => writeln!(out, "All {proved} checks are proved."),
        false => writeln!(out, "{proved} of {} checks are proved.", proofs.len()),
    };
    out
}

/// The same as JSON.
///
/// # Errors
/// Never: texts can always be JSON.
pub fn json(proofs: &[Proof]) -> serde_json::Result<Text> {
    let all: Vec<serde_json::Value> = proofs
        .iter()
        .map(|proof| {
            let practice = proof.practice.as_ref().map(|practised| {
                json!({
                    "before": practised.before,
                    "after": practised.after,
                    "moved_by": practised.moved_by,
                })
            });
            let cases = proof.cases.iter().map(|(title, wrong)| json!({ "title": title, "wrong": wrong }));
            json!({
                "check": proof.check,
                "practice": practice,
                "lacks_a_service": proof.lacks,
                "denied": proof.denied,
                "cases": cases.collect::<Vec<_>>(),
                "problems": proof.problems,
            })
        })
        .collect();
    super::json(&all)
}
