//! The kinds of directives.

/// What kind of directive it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A step: it names a check.
    Check,
    /// A step whose check is not chosen yet: `?`. Words after it are notes for the author.
    Open,
    /// A checkbox that is not a step: `none`.
    None,
    /// The name of the table after it: `table NAME`.
    Table(String),
    /// The rules of `verify lint` that the file breaks on purpose: `allow RULE`.
    Allow(Vec<String>),
}

/// Reserved names in addition to `?`, each with its meaning.
pub(super) const RESERVED: &[(&str, &str)] = &[
    (NONE, "marks a checkbox that is not a step, and has no options"),
    (TABLE, "gives the table after it a name, which is one word of lower-case letters, digits and _"),
    (
        ALLOW,
        "names rules of verify lint that this lesson breaks on purpose, as in <!-- verify: allow duplicate-step -->",
    ),
];

pub(super) const OPEN: &str = "?";
pub(super) const NONE: &str = "none";
pub(crate) const TABLE: &str = "table";
pub(super) const ALLOW: &str = "allow";
