//! The rules that a check can break on purpose.

use course::diagnostic::suggest;

/// The rules that a check can name in `allow`: of the linter, those whose warnings are about one check, and of the self-test,
/// `empty-account` and `never-false`.
pub(crate) const RULES: &[&str] = &[
    "apart",
    "braces",
    "copied",
    "empty",
    "empty-account",
    "fix",
    "hole",
    "never-false",
    "statement",
    "unused-check",
    "unused-let",
];

/// What to do about a rule that there is none of.
pub(super) fn nearest_rule(rule: &str) -> String {
    suggest(rule, RULES.iter().copied()).unwrap_or_default()
}
