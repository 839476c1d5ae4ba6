//! What to write instead of a word that a directive does not know.

use super::kind::{NONE, OPEN, TABLE};
use crate::diagnostic::misspelt;

/// A suggestion for a word after the name of the check, given the text after it.
pub(super) fn instead(word: &str, after: &str) -> Option<String> {
    if after.trim_start().starts_with('=') {
        return Some(format!("write it without spaces: {word}=…"));
    }
    if word.starts_with(['\'', '‘', '’', '‚', '“', '”', '„', '«', '»', '「', '`']) {
        return Some("use straight quotation marks for the title: \"".to_owned());
    }
    if let Some((name, value)) = word.split_once(':').filter(|(name, value)| !name.is_empty() && !value.is_empty()) {
        return Some(format!("write {name}={value}"));
    }
    misspelt(word.trim_end_matches(','), ["optional"].into_iter()).map(|known| format!("did you mean `{known}`?"))
}

/// A suggestion for the name of a check that does not exist: a word for no check or for one to be chosen, or a step's id
/// (`CHECK@ACCOUNT,NAME=VALUE`).
pub(crate) fn instead_of_check(name: &str, is_check: impl Fn(&str) -> bool) -> Option<String> {
    match name.to_ascii_lowercase().as_str() {
        "none" | "no" | "nothing" | "skip" => return Some(format!("write {NONE}, for a checkbox that is not a step")),
        "todo" | "tbd" | "fixme" | "???" | "??" => {
            return Some(format!("write {OPEN}, for a step whose check is not chosen yet"));
        }
        _ => {}
    }
    let (check, options) = name.split_at(name.find(['@', ','])?);
    let options = options.replacen('@', " account=", 1).replace(',', " ");
    is_check(check).then(|| format!("write {check}{options}"))
}

/// How a directive names a table with these words.
pub(super) fn table(words: impl Iterator<Item = String>) -> String {
    let words = words.collect::<Vec<_>>().join("_").to_lowercase();
    let name: String = words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = name.trim_matches(|c: char| c == '_' || c.is_ascii_digit());
    format!("write <!-- verify: {TABLE} {} -->", if name.is_empty() { "NAME" } else { name })
}

/// A suggestion for a word that is nearly `table`, with a name after it.
pub(super) fn nearly_table(word: &str, mut after: impl Iterator<Item = String>) -> Option<String> {
    let is_near = word != TABLE && ["tables", "tabel", "tabl", "tabelle"].contains(&word.to_lowercase().as_str());
    let name = after.next().filter(|name| is_near && !name.contains(['=', '"']))?;
    after.next().is_none().then(|| table([name].into_iter()))
}
