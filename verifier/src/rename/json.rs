//! The keys and texts of a JSON file, with their places.

use anyhow::{Context, Result};
use serde::de::IgnoredAny;

use super::place::Place;

/// All keys and texts.
///
/// # Errors
/// When it is not JSON.
pub(super) fn places(text: &str) -> Result<Vec<Place>> {
    // It is valid then, and not nested deeply.
    serde_json::from_str::<IgnoredAny>(text).context("this is not JSON")?;
    let mut scanner = Scanner { text, at: 0, path: Vec::new(), found: Vec::new() };
    scanner.value();
    Ok(scanner.found)
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
