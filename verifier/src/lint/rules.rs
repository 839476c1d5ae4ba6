//! The rules that a check can allow.

use course::diagnostic::suggest;

/// The rules that a check can name in `allow`: the lint rules whose warnings are about one check, and `empty-account`
/// and `never-false` of the self-test.
pub(crate) const RULES: &[&str] = &[
    "always-there",
    "apart",
    "braces",
    "constant",
    "copied",
    "empty",
    "empty-account",
    "fix",
    "hidden-member",
    "hole",
    "left-out-member",
    "narrow-read",
    "never-false",
    "never-removed",
    "not-offered",
    "statement",
    "unlisted-value",
    "unselected-member",
    "unused-check",
    "unused-let",
    "unused-read",
];

/// The help for an unknown rule.
pub(super) fn nearest_rule(rule: &str) -> String {
    suggest(rule, RULES.iter().copied()).unwrap_or_default()
}
