//! The AWS operations that practice actions may call: those that write, and those that checks may read.
//!
//! `verifier/practice/writes/` has the table of writes as text, in the form of the table of reads.

use evidence::reads::{self, Archive, Found, Service, Unknown};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

static WRITES: LazyLock<Archive> = LazyLock::new(|| Archive::new(include!(concat!(env!("OUT_DIR"), "/writes.rs"))));

/// An operation that neither table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoOperation(Unknown);

impl fmt::Display for NoOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hint = |near: &Option<String>| match near {
            Some(near) => format!(": did you mean `{near}`?"),
            None => String::new(),
        };
        match &self.0 {
            Unknown::Service { name, near } => {
                write!(f, "practice actions know no AWS service `{name}`{}", hint(near))
            }
            Unknown::Operation { service, name, near } => {
                write!(f, "practice actions know no operation `{name}` of {service}{}", hint(near))
            }
            other => other.fmt(f),
        }
    }
}

impl std::error::Error for NoOperation {}

impl From<Unknown> for NoOperation {
    fn from(unknown: Unknown) -> NoOperation {
        NoOperation(unknown)
    }
}

/// The operation that is called so, as in `ec2:CreateVpc`.
///
/// # Errors
/// When neither table has it: names that are near are suggested.
pub fn find(name: &str) -> Result<Found, NoOperation> {
    let unknown = match reads::find(name) {
        Err(unknown @ (Unknown::Operation { .. } | Unknown::Service { .. })) => unknown,
        other => return other.map_err(NoOperation),
    };
    let Some((service, operation)) = name.split_once(':') else { return Err(unknown.into()) };
    let Some(writes) = self::service(service)? else { return Err(unknown.into()) };
    match writes.operations.get_key_value(operation) {
        Some((name, operation)) => Ok(Found { service: writes, name, operation }),
        None => {
            let all: BTreeMap<String, ()> = names(service)?.into_iter().map(|name| (name.to_owned(), ())).collect();
            Err(Unknown::operation(service, operation, &all).into())
        }
    }
}

/// The writes of a service; `None` if the table has none.
///
/// # Errors
/// When the table is damaged.
pub(super) fn service(name: &str) -> Result<Option<&'static Service>, Unknown> {
    WRITES.service(name)
}

/// Whether an operation writes.
pub(super) fn writes(service: &str, operation: &str) -> bool {
    matches!(WRITES.service(service), Ok(Some(service)) if service.operations.contains_key(operation))
}

/// The names of all operations of a service that practice actions may call.
///
/// # Errors
/// When the table is damaged.
fn names(service: &str) -> Result<Vec<&'static str>, Unknown> {
    let reads = reads::service(service).ok();
    let all = reads.into_iter().chain(self::service(service)?);
    Ok(all.flat_map(|service| service.operations.keys().map(String::as_str)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_has_no_reads() {
        for name in WRITES.names() {
            let service = WRITES.service(name).unwrap().unwrap();
            let reads = reads::service(name).unwrap();
            assert_eq!((&service.signing, &service.protocols), (&reads.signing, &reads.protocols), "{name}");
            let both: Vec<&String> =
                service.operations.keys().filter(|name| reads.operations.contains_key(*name)).collect();
            assert!(both.is_empty(), "{name}: {both:?}");
        }
    }

    #[test]
    fn an_operation_that_neither_table_has_is_suggested() {
        assert_eq!(find("ec2:CreateVpc").unwrap().operation.level, "Write");
        assert_eq!(find("ec2:DescribeVpcs").unwrap().operation.level, "List");
        let message = |name: &str| find(name).unwrap_err().to_string();
        assert!(message("ec2:CreateVpcs").contains("did you mean `CreateVpc`"), "{}", message("ec2:CreateVpcs"));
        assert!(message("ec3:CreateVpc").contains("did you mean `ec2`"), "{}", message("ec3:CreateVpc"));
    }
}
