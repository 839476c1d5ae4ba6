//! The rules that a check can allow.

use course::diagnostic::suggest;

/// The rules that a check can name in `allow`: the lint rules whose warnings are about one check, and `empty-account`
/// and `never-false` of the self-test.
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

/// The help for an unknown rule.
pub(super) fn nearest_rule(rule: &str) -> String {
    suggest(rule, RULES.iter().copied()).unwrap_or_default()
}
