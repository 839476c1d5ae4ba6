//! `checks/shared/NAME.toml`: `let`s and reads that several checks use.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

use super::lets::{Lets, read_let};
use super::reads::{ReadTable, Reads};
use super::{Check, Malformed};
use crate::diagnostic::suggest;
use crate::places::KeyPath;
use crate::toml_schema::toml_schema;
use crate::words::{holes, identifiers};

pub use super::lets::{FOLDER, path};

/// Names that several checks use.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// Names for expressions. A key in quotation marks takes parameters: `"counts(b)" = "b.amount > 0.0"`.
    #[serde(default, rename = "let")]
    lets: BTreeMap<String, String>,
    /// Reads of AWS, by the name that expressions use for the answer.
    #[serde(default, rename = "read")]
    reads: BTreeMap<String, ReadTable>,
}

/// The JSON Schema of `checks/shared/NAME.toml`.
pub fn schema() -> serde_json::Value {
    toml_schema::<File>()
}

/// What a shared file defines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shared {
    lets: Lets,
    reads: Reads,
}

/// Reads a shared file.
///
/// # Errors
/// Everything that is wrong, with its place.
pub fn parse(name: &str, text: &str) -> Result<Shared, Vec<Malformed>> {
    let file: File = toml::from_str(text).map_err(|error| vec![Malformed::toml(text, &error, &[])])?;
    let (mut lets, mut wrong) = (Lets::new(), Vec::new());
    for (key, text) in file.lets {
        let part = KeyPath::of(["let", key.as_str()]);
        match read_let(&key, text, Some(name)) {
            Ok((name, meant)) => {
                if lets.insert(name.clone(), meant).is_some() {
                    wrong.push(Malformed::at(part, format!("`{name}` is defined twice in [let]")));
                }
            }
            Err(message) => wrong.push(Malformed::at(part, message)),
        }
    }
    let mut reads = Reads::new();
    for (key, table) in file.reads {
        let part = KeyPath::of(["read", key.as_str()]);
        let taken = lets.contains_key(&key).then(|| format!("`{key}` is already a let. Give the read another name"));
        match taken.map_or_else(|| table.named(&key, Some(name)), Err) {
            Ok(read) => drop(reads.insert(key, read)),
            Err(message) => wrong.push(Malformed::at(part, message)),
        }
    }
    if wrong.is_empty() { Ok(Shared { lets, reads }) } else { Err(wrong) }
}

/// An error in what a check uses: the key, the message, and the help.
pub type Misused = (KeyPath, String, Option<String>);

/// Adds to a check what it needs from the files that it uses. A file that could not be read is `None`.
pub fn add(check: &mut Check, files: &BTreeMap<String, Option<Shared>>) -> Vec<Misused> {
    let mut wrong = Vec::new();
    if check.uses.is_empty() {
        return wrong;
    }
    let mut offered = Shared::default();
    for (at, file) in check.uses.iter().enumerate() {
        let part = KeyPath::of(["use"]).then(at);
        match files.get(file) {
            None => {
                let help = suggest(file, files.keys().map(String::as_str));
                let help = help.or(Some(format!("shared files are in {FOLDER}/")));
                wrong.push((part, format!("there is no {}", path(file).display()), help));
            }
            Some(None) => {}
            Some(Some(shared)) => {
                for name in shared.lets.keys().chain(shared.reads.keys()) {
                    if let Some(other) = offered.defines(name).or_else(|| defined(check, name)) {
                        let other = other.map_or("the check".into(), |other| path(other).display().to_string());
                        let message = format!("{} defines `{name}`, and so does {other}", path(file).display());
                        wrong.push((part.clone(), message, None));
                    }
                }
                let Shared { lets, reads } = shared.clone();
                for (name, meant) in lets {
                    offered.lets.entry(name).or_insert(meant);
                }
                for (name, read) in reads {
                    offered.reads.entry(name).or_insert(read);
                }
            }
        }
    }
    for name in needed(check, &offered) {
        if defined(check, &name).is_some() {
            continue;
        }
        if let Some(meant) = offered.lets.remove(&name) {
            check.lets.insert(name, meant);
        } else if let Some(read) = offered.reads.remove(&name) {
            check.reads.insert(name, read);
        }
    }
    wrong
}

impl Shared {
    /// The shared file that defines a name.
    fn defines(&self, name: &str) -> Option<Option<&str>> {
        let of_let = self.lets.get(name).map(|meant| meant.shared.as_deref());
        of_let.or_else(|| self.reads.get(name).map(|read| read.shared.as_deref()))
    }
}

/// The shared file that defines a name that a check has already; `None` in it for the check itself.
fn defined<'c>(check: &'c Check, name: &str) -> Option<Option<&'c str>> {
    let of_let = check.lets.get(name).map(|meant| meant.shared.as_deref());
    of_let.or_else(|| check.reads.get(name).map(|read| read.shared.as_deref()))
}

/// The names that a check's texts mention, and those that their definitions mention, of those that are offered.
fn needed(check: &Check, offered: &Shared) -> BTreeSet<String> {
    let sentences = check.sentences();
    let mut waiting: Vec<&str> = sentences.into_iter().flat_map(holes).flat_map(identifiers).collect();
    waiting.extend(check.expressions().into_iter().flat_map(identifiers));
    let mut needed = BTreeSet::new();
    while let Some(word) = waiting.pop() {
        if offered.defines(word).is_none() || !needed.insert(word.to_owned()) {
            continue;
        }
        match (offered.lets.get(word), offered.reads.get(word)) {
            (Some(meant), _) => waiting.extend(identifiers(&meant.text)),
            (None, Some(read)) => waiting.extend(read.identifiers()),
            (None, None) => {}
        }
    }
    needed
}
