//! A `let`: a named subexpression of a check or of a file in `checks/shared/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A named subexpression.
#[derive(Debug, Clone, PartialEq)]
pub struct Let {
    /// Its key in `[let]`: its name, and its parameters in brackets.
    pub key: String,
    /// The names of its parameters; empty for a value.
    pub params: Vec<String>,
    /// CEL.
    pub text: String,
    /// The file of `checks/shared/` that defines it, without `.toml`; `None` for the check's own.
    pub shared: Option<String>,
}

/// The `let`s of a shared file, by name.
pub type Lets = BTreeMap<String, Let>;

/// The folder of the shared files below a course's.
pub const FOLDER: &str = "checks/shared";

/// The path of a shared file below the course's folder.
pub fn path(name: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{name}.toml"))
}

/// A `let` from its key and text: `"counts(b)" = "…"` takes a parameter.
pub(super) fn read_let(key: &str, text: String, shared: Option<&str>) -> Result<(String, Let), String> {
    let (name, params) = match key.split_once('(') {
        None => (key, Vec::new()),
        Some((name, rest)) => {
            let inner = rest.strip_suffix(')').unwrap_or_default();
            (name, inner.split(',').map(|param| param.trim().to_owned()).collect())
        }
    };
    let twice = params.iter().enumerate().any(|(at, param)| params[..at].contains(param));
    if !is_identifier(name) || !params.iter().all(|param: &String| is_identifier(param)) || twice {
        return Err(format!("`{key}` is not a valid name: write name, or \"name(a, b)\" for one with parameters"));
    }
    Ok((name.to_owned(), Let { key: key.to_owned(), params, text, shared: shared.map(str::to_owned) }))
}

/// Whether expressions can use a name.
pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
