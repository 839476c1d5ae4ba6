//! The things of AWS that lessons name, and the read that shows each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::text::{singular, words};

/// The names of things, each with its read, as in `ec2:DescribeVpcs`; empty if no read shows it.
static THINGS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let file: BTreeMap<String, BTreeMap<String, Vec<String>>> =
        toml::from_str(include_str!("things.toml")).unwrap_or_default();
    let mut things = of_operations();
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
/// What the names of reads begin with.
const READS: &[&str] = &["Describe", "List", "Get"];
/// Words at the end of a read's name that say what of a thing it reads, rather than which thing.
const ASPECTS: &[&str] = &[
    "attribute",
    "status",
    "metadata",
    "summary",
    "detail",
    "history",
    "count",
    "data",
    "option",
    "statistic",
    "result",
];

/// What the reads of the table are called after: `DescribeNatGateways` reads a “nat gateway”. A name of one word is too
/// common; the file has the ones that mean something of AWS.
fn of_operations() -> BTreeMap<String, String> {
    let names = || evidence::reads::names().iter().flat_map(|(service, all)| all.iter().map(move |one| (service, one)));
    let mut things: BTreeMap<String, String> = BTreeMap::new();
    // Of several reads of a thing, the one that finds it without being told which.
    for read in READS {
        for (service, operation) in
            names().filter_map(|(service, operation)| Some((service, operation.strip_prefix(read)?)))
        {
            let words: Vec<String> = parts_of_name(operation).iter().map(|word| singular(word)).collect();
            let is_aspect = words.last().is_some_and(|last| ASPECTS.contains(&last.as_str()));
            if (2..=LONGEST).contains(&words.len()) && !is_aspect {
                things.entry(words.join(" ")).or_insert_with(|| format!("{service}:{read}{operation}"));
            }
        }
    }
    // “Cost Explorer” is a service, whichever of its reads shows what a lesson sets.
    for listed in evidence::reads::services().values() {
        let title = listed.title.trim_start_matches("AWS ").trim_start_matches("Amazon ");
        let words: Vec<String> = words(title).iter().map(|word| singular(word)).collect();
        if (2..=LONGEST).contains(&words.len()) {
            things.entry(words.join(" ")).or_default();
        }
    }
    things
}

/// The words of a name in camel case: `DescribeDBInstances` has `describe`, `db` and `instances`.
fn parts_of_name(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for (at, c) in name.char_indices() {
        let next = name[at + c.len_utf8()..].chars().next();
        // In `DBInstances`, the last capital begins the next word; in `VPCs` and `ACLs`, it doesn't.
        let is_plural = next == Some('s') && !name[at + 2..].starts_with(char::is_lowercase);
        let begins = c.is_uppercase()
            && (last.is_none_or(|last: char| !last.is_uppercase())
                || next.is_some_and(|next| next.is_lowercase()) && !is_plural);
        match words.last_mut() {
            Some(word) if !begins => word.extend(c.to_lowercase()),
            _ => words.push(c.to_lowercase().collect()),
        }
        last = Some(c);
    }
    words
}

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
    fn reads_are_called_after_things() {
        assert_eq!(parts_of_name("DBInstances"), ["db", "instances"]);
        assert_eq!(parts_of_name("NetworkAcls"), ["network", "acls"]);
        assert_eq!(parts_of_name("IPSets"), ["ip", "sets"]);
        assert_eq!(parts_of_name("WebACLs"), ["web", "acls"]);
        let read = |text| things(text).first().and_then(|thing| thing.read);
        assert_eq!(read("Two carrier gateways"), Some("ec2:DescribeCarrierGateways"));
        assert_eq!(read("the resolver rule association"), Some("route53resolver:ListResolverRuleAssociations"));
        assert_eq!(read("Look at the history"), None);
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
