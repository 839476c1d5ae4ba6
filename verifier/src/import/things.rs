//! The things of AWS that lessons name, and the read that shows each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::text::{singular, words};

/// The names of things, each with its read, as in `ec2:DescribeVpcs`; empty if no read shows it.
static THINGS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let file: BTreeMap<String, BTreeMap<String, Vec<String>>> =
        toml::from_str(include_str!("things.toml")).unwrap_or_default();
    let mut things = BTreeMap::new();
    for (service, reads) in file {
        for (operation, names) in reads {
            let read = if operation.is_empty() { String::new() } else { format!("{service}:{operation}") };
            things.extend(names.into_iter().map(|name| (singular_of(&name), read.clone())));
        }
    }
    things
});

/// The most words of a name.
const LONGEST: usize = 4;

/// A thing that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    /// Its name, in the singular.
    pub(super) name: String,
    /// The read that shows it.
    pub(super) read: Option<&'static str>,
}

/// The things that a text names, in its order. Of names that overlap, the longest.
pub(super) fn things(text: &str) -> Vec<Thing> {
    let words: Vec<String> = words(text).iter().flat_map(|word| parts(word)).collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < words.len() {
        let named = (1..=LONGEST.min(words.len() - at)).rev().find_map(|length| {
            let name = words[at..at + length].join(" ");
            let read = THINGS.get(&name)?;
            Some((length, Thing { name, read: Some(read.as_str()).filter(|read| !read.is_empty()) }))
        });
        match named {
            Some((length, thing)) => {
                found.push(thing);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// The parts of a word that may be a name: `NAT-Gateway`, `Standard-VPC` and `PDF請求書` have several.
fn parts(word: &str) -> Vec<String> {
    let whole = singular(word);
    if THINGS.contains_key(&whole) || word.contains(['/', ':', '.', '@']) {
        return vec![whole];
    }
    let mut parts: Vec<String> = Vec::new();
    let mut ascii = None;
    for c in word.chars() {
        let is_ascii = c.is_ascii_alphanumeric();
        match parts.last_mut() {
            Some(part) if ascii == Some(is_ascii) && c != '-' => part.push(c),
            _ if c == '-' => {}
            _ => parts.push(c.to_string()),
        }
        ascii = (c != '-').then_some(is_ascii);
    }
    parts.iter().map(|part| singular(part)).collect()
}

fn singular_of(name: &str) -> String {
    words(name).iter().flat_map(|word| word.split('-').map(singular).collect::<Vec<_>>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_read_is_in_the_table() {
        assert!(THINGS.len() > 300, "{}", THINGS.len());
        for (name, read) in THINGS.iter().filter(|(_, read)| !read.is_empty()) {
            assert!(evidence::reads::find(read).is_ok(), "{name}: {read}");
        }
    }

    #[test]
    fn a_text_names_things() {
        let named = |text| things(text).into_iter().map(|thing| thing.name).collect::<Vec<_>>();
        assert_eq!(named("Attach the NAT gateways to `my-vpc` in each subnet"), ["nat gateway", "vpc", "subnet"]);
        assert_eq!(named("Eine Sicherheitsgruppe in der Standard-VPC"), ["vpc"]);
        assert_eq!(named("a list of the clients"), [""; 0]);
        assert_eq!(things("Two VPCs")[0].read, Some("ec2:DescribeVpcs"));
    }
}
