//! Findings: what is wrong with a course, and how severe it is.

use course::diagnostic::Diagnostic;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The course cannot be built or judged.
    Error,
    /// The course works, but hardly as intended.
    Warning,
}

impl Level {
    /// The name in output.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
        }
    }
}

/// A mistake in a course.
///
/// ```
/// use course::diagnostic::{Diagnostic, Span};
/// use verify::lint::{Finding, Level};
/// use verify::report::lint::text;
///
/// let diagnostic = Diagnostic {
///     span: Span::file("checks/mfa.toml"),
///     message: "nothing uses `devices`".to_owned(),
///     help: Some("remove it from [let]".to_owned()),
/// };
/// let finding = Finding { level: Level::Warning, rule: "unused-let", diagnostic };
/// let report = text(&[finding]);
/// assert!(report.as_str().contains("warning[unused-let]"));
/// assert!(report.as_str().ends_with("1 warning.\n"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its severity.
    pub level: Level,
    /// The name of the rule.
    pub rule: &'static str,
    /// What is wrong, where, and what to do.
    pub diagnostic: Diagnostic,
}
