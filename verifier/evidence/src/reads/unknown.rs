//! What the table does not have, with the names that are near.

use course::diagnostic::nearest;
use std::collections::BTreeMap;
use std::fmt;

use super::listed::Listed;
use super::withheld;

/// Why an operation or a service cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// The name is not of the form `service:Operation`.
    Form {
        /// The name.
        name: String,
    },
    /// The table has no such service.
    Service {
        /// Its name.
        name: String,
        /// The service that was probably meant.
        near: Option<String>,
    },
    /// The table has no such operation.
    Operation {
        /// Its service.
        service: String,
        /// Its name.
        name: String,
        /// The operation that was probably meant.
        near: Option<String>,
    },
    /// The program's table cannot be read.
    Damaged {
        /// The service.
        service: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Unknown {
    /// A service that a table does not have.
    pub fn service(name: &str, services: &BTreeMap<String, Listed>) -> Unknown {
        let plain = |name: &str| name.to_lowercase().replace([' ', '-', '_'], "");
        let folded = plain(name);
        let same = |called: &str| plain(called) == folded;
        let called = services.iter().find(|(known, listed)| same(known) || listed.called.iter().any(|one| same(one)));
        let near = called.map(|(known, _)| known.as_str());
        // The name of an operation is near to no service.
        let is_operation = ["List", "Get", "Describe"].iter().any(|verb| name.starts_with(verb));
        let known = || services.keys().map(String::as_str).filter(|_| !is_operation);
        // Another number is nearer than another letter: `s4`, `ec3`.
        let letters = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
        let has_digit = folded.contains(|c: char| c.is_ascii_digit());
        let numbered =
            || known().find(|known| has_digit && *known != letters(known) && letters(known) == letters(&folded));
        let near = near.or_else(numbered).or_else(|| nearest(&folded, known()));
        Unknown::Service { name: name.to_owned(), near: near.map(str::to_owned) }
    }

    /// An operation that a table does not have.
    pub fn operation<T>(service: &str, name: &str, operations: &BTreeMap<String, T>) -> Unknown {
        let mut known: Vec<&str> = operations.keys().map(String::as_str).collect();
        // Only the first ones are compared: those that begin alike.
        known.sort_by_key(|known| std::cmp::Reverse(common_prefix(known, name)));
        let same = known.iter().copied().find(|known| known.eq_ignore_ascii_case(name));
        let near = same.or_else(|| nearest(name, known.iter().copied())).map(str::to_owned);
        Unknown::Operation { service: service.to_owned(), name: name.to_owned(), near }
    }
}

fn common_prefix(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::Form { name } => {
                write!(f, "`{name}` is not an operation: write service:Operation, as in ec2:DescribeVpcs")
            }
            Unknown::Service { name, near } => {
                write!(f, "a check can read no AWS service `{name}`{}", hint(near.as_deref(), ""))
            }
            Unknown::Operation { service, name, near } => match withheld::why(service, name) {
                Some(why) => write!(
                    f,
                    "a check cannot read {service}:{name}, because {why}: `verify schema reads {service}` lists what can be read"
                ),
                None if changes(name, near.as_deref()) => {
                    write!(f, "`{name}` changes something, and a check only reads{}", hint(None, service))
                }
                None => write!(f, "{service} has no operation `{name}` that reads{}", hint(near.as_deref(), service)),
            },
            Unknown::Damaged { service, why } => write!(f, "the table of AWS reads is damaged at {service}: {why}"),
        }
    }
}

/// The name that was probably meant, or where all names of a service are.
fn hint(near: Option<&str>, service: &str) -> String {
    match near {
        Some(near) => format!(": did you mean `{near}`?"),
        None if service.is_empty() => ": `verify schema reads` lists all that can be read".to_owned(),
        None => format!(": `verify schema reads {service}` lists its operations that read"),
    }
}

/// What the names of operations that change something begin with.
#[rustfmt::skip]
const CHANGES: &[&str] = &[
    "Accept", "Add", "Allocate", "Associate", "Attach", "Authorize", "Cancel", "Change", "Copy", "Create", "Delete",
    "Deregister", "Detach", "Disable", "Disassociate", "Enable", "Import", "Invoke", "Modify", "Publish", "Put",
    "Reboot", "Register", "Reject", "Release", "Remove", "Replace", "Reset", "Restore", "Revoke", "Run", "Send", "Set",
    "Start", "Stop", "Tag", "Terminate", "Untag", "Update", "Upload",
];

/// Whether the name of an operation that the table does not have says that it changes something. `near` is one that it has.
fn changes(name: &str, near: Option<&str>) -> bool {
    let verb = |name: &str| {
        let end = name.char_indices().skip(1).find(|(_, c)| c.is_ascii_uppercase()).map_or(name.len(), |(at, _)| at);
        name[..end].to_owned()
    };
    let own = verb(name);
    CHANGES.contains(&own.as_str()) && near.is_none_or(|near| verb(near) != own)
}

impl std::error::Error for Unknown {}
