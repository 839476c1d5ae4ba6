//! The names that a course can give to parameters, accounts, inputs and tables.

use crate::words;

/// The names that have a meaning in expressions or directives.
const RESERVED: &[&str] = &["accounts", "account", "input", "row", "optional", "true", "false", "null", "in"];

/// Whether expressions reserve a word.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || words::RESERVED.contains(&name)
}

/// Whether a name can be that of a parameter, an account, an input or a table.
pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a name can be that of an account.
pub fn can_name_account(name: &str) -> bool {
    is_name(name) && !is_reserved(name)
}
