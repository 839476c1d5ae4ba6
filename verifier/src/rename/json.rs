//! Renames in a recording, and leaves all other bytes of it as they are.

use anyhow::{Context, Result};
use course::edit::Edits;
use serde::de::IgnoredAny;

use super::{Kind, Place, Renaming};

/// The text of a recording after a renaming.
///
/// # Errors
/// When it is not JSON.
pub(super) fn renamed(renaming: &Renaming, text: &str) -> Result<String> {
    // It is valid then, and not nested deeply.
    serde_json::from_str::<IgnoredAny>(text).context("this is not JSON")?;
    let mut scanner = Scanner { text, at: 0, path: Vec::new(), found: Vec::new() };
    scanner.value();
    let mut edits = Edits::default();
    for place in scanner.found {
        if let Some(new) = renaming.in_recording(&place).filter(|new| *new != place.text) {
            edits.put(place.range, serde_json::to_string(&new)?);
        }
    }
    Ok(edits.apply(text))
}

impl Renaming {
    fn in_recording(&self, place: &Place) -> Option<String> {
        let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
        let of_reason = |list: &str| ["reasons", "$unreadable"].contains(&list);
        match (self.kind, place.is_key, path.as_slice()) {
            (Kind::Account, true, ["accounts" | "answers"] | ["made", _, "others"]) => self.whole(&place.text),
            (Kind::Account, false, ["calls", _, "account"]) => self.whole(&place.text),
            (Kind::Account, false, [.., list, _, "account"]) if of_reason(list) => self.whole(&place.text),
            (_, false, ["made", _, "step"]) => Some(self.id(&place.text)),
            _ => None,
        }
    }
}

/// Finds the keys and texts of valid JSON.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
    path: Vec<String>,
    found: Vec<Place>,
}

impl Scanner<'_> {
    fn value(&mut self) {
        match self.next() {
            Some(b'{') => self.entries(b'}', |scanner, _| {
                let key = scanner.text();
                // The colon.
                scanner.next();
                scanner.at += 1;
                key
            }),
            Some(b'[') => self.entries(b']', |_, at| at.to_string()),
            Some(b'"') => drop(self.text()),
            // A number, true, false or null.
            _ => {
                let rest = &self.text.as_bytes()[self.at..];
                self.at += rest.iter().take_while(|byte| !b",]} \t\r\n".contains(byte)).count();
            }
        }
    }

    /// The next byte that is not white space.
    fn next(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied()
    }

    /// The entries of an object or a list, each under its key.
    fn entries(&mut self, end: u8, key: impl Fn(&mut Self, usize) -> String) {
        self.at += 1;
        let mut count = 0;
        while let Some(byte) = self.next() {
            match byte {
                _ if byte == end => break,
                b',' => self.at += 1,
                _ => {
                    let before = self.found.len();
                    let key = key(self, count);
                    self.found[before..].iter_mut().for_each(|place| place.is_key = true);
                    self.path.push(key);
                    self.value();
                    self.path.pop();
                    count += 1;
                }
            }
        }
        self.at += 1;
    }

    /// A text.
    fn text(&mut self) -> String {
        let (start, bytes) = (self.at, self.text.as_bytes());
        self.at += 1;
        while let Some(byte) = bytes.get(self.at).filter(|byte| **byte != b'"') {
            self.at += if *byte == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(bytes.len());
        let range = start..self.at;
        let text: String = serde_json::from_str(&self.text[range.clone()]).unwrap_or_default();
        self.found.push(Place { path: self.path.clone(), is_key: false, text: text.clone(), range });
        text
    }
}
