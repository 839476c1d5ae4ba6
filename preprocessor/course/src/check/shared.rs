//! `checks/shared/NAME.toml`: `let`s that several checks use.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

use super::lets::read_let;
use super::{Check, Malformed, Place};
use crate::diagnostic::suggest;
use crate::places::KeyPath;
use crate::words::{holes, identifiers};

pub use super::lets::{FOLDER, Lets, path};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "let")]
    lets: BTreeMap<String, String>,
}

/// Reads a shared file.
///
/// # Errors
/// Everything that is wrong, with its place.
pub fn parse(name: &str, text: &str) -> Result<Lets, Vec<Malformed>> {
    let file: File = toml::from_str(text)
        .map_err(|error| vec![Malformed { message: error.message().to_owned(), place: Place::Bytes(error.span()) }])?;
    let (mut lets, mut wrong) = (Lets::new(), Vec::new());
    for (key, text) in file.lets {
        let place = Place::KeyPath(KeyPath::of(["let", key.as_str()]));
        match read_let(&key, text, Some(name)) {
            Ok((name, meant)) => {
                if lets.insert(name.clone(), meant).is_some() {
                    wrong.push(Malformed { message: format!("`{name}` is defined twice in [let]"), place });
                }
            }
            Err(message) => wrong.push(Malformed { message, place }),
        }
    }
    if wrong.is_empty() { Ok(lets) } else { Err(wrong) }
}

/// An error in what a check uses: the key, the message, and the help.
pub type Misused = (KeyPath, String, Option<String>);

/// Adds to a check the `let`s that it needs from the files that it uses. A file that could not be read is `None`.
pub fn add(check: &mut Check, files: &BTreeMap<String, Option<Lets>>) -> Vec<Misused> {
    let mut wrong = Vec::new();
    let mut offered = Lets::new();
    for (at, file) in check.uses.iter().enumerate() {
        let part = KeyPath::of(["use"]).then(at);
        match files.get(file) {
            None => {
                let help = suggest(file, files.keys().map(String::as_str));
                let help = help.or(Some(format!("shared files are in {FOLDER}/")));
                wrong.push((part, format!("there is no {}", path(file).display()), help));
            }
            Some(None) => {}
            Some(Some(lets)) => {
                for (name, meant) in lets {
                    let other = offered.get(name).or(check.lets.get(name)).map(|other| other.shared.as_deref());
                    match other {
                        None => drop(offered.insert(name.clone(), meant.clone())),
                        Some(other) => {
                            let other =
                                other.map_or("the check's own [let]".into(), |other| path(other).display().to_string());
                            wrong.push((
                                part.clone(),
                                format!("{} defines `{name}`, and so does {other}", path(file).display()),
                                None,
                            ));
                        }
                    }
                }
            }
        }
    }
    for name in needed(check, &offered) {
        if let Some(meant) = offered.remove(&name) {
            check.lets.insert(name, meant);
        }
    }
    wrong
}

/// The names of the `let`s that a check's texts mention, and those that these mention.
fn needed(check: &Check, offered: &Lets) -> BTreeSet<String> {
    let sentences = check.sentences();
    let mut waiting: Vec<&str> = sentences.into_iter().flat_map(holes).flat_map(identifiers).collect();
    waiting.extend(check.expressions().into_iter().flat_map(identifiers));
    let mut needed = BTreeSet::new();
    while let Some(word) = waiting.pop() {
        if let Some(meant) = offered.get(word)
            && needed.insert(word.to_owned())
        {
            waiting.extend(identifiers(&meant.text));
        }
    }
    needed
}
