//! The AWS operations that checks may read, as data: inputs, answers, pages, endpoints, IAM actions.
//!
//! `verifier/evidence/reads/` has the table as text and says how it is made. The program has it compressed, and a service
//! is loaded when it is first asked for.
//!
//! ```
//! let operation = evidence::reads::find("ec2:DescribeVpcs")?;
//! assert_eq!(operation.operation.actions, ["ec2:DescribeVpcs"]);
//! assert_eq!(operation.operation.none.keys().collect::<Vec<_>>(), ["InvalidVpcID.NotFound"]);
//! # Ok::<(), evidence::reads::Unknown>(())
//! ```

mod archive;
mod endpoint;
mod listed;
mod member;
mod model;
mod unknown;
mod withheld;

use std::collections::BTreeMap;
use std::fmt;

pub use archive::{Archive, Compressed, service};
pub use endpoint::{Endpoint, Endpoints, Variant, Variants};
pub use listed::{Listed, names, partitions, services};
pub use member::{Free, Hidden, Member, Place, Reach, TimeFormat};
pub use model::{Kind, Missing, Narrow, Operation, Own, Pages, Protocol, Selector, Service, Shape};
pub use unknown::Unknown;

/// An operation with its service, whose shapes it refers to.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Its service.
    pub service: &'static Service,
    /// Its name, as the API reference has it.
    pub name: &'static str,
    /// What the table says about it.
    pub operation: &'static Operation,
}

/// As checks name it, as in `ec2:DescribeVpcs`.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service.name, self.name)
    }
}

impl Found {
    /// The values that AWS documents for a member of the answer, by its path, as in `Encryption.Rules.Algorithm`.
    /// Empty if the table has no such member, or AWS documents none.
    pub(crate) fn values(&self, path: &str) -> &'static [String] {
        self.shape_of(path).map_or(&[], |shape| &shape.values)
    }

    fn shape_of(&self, path: &str) -> Option<&'static Shape> {
        let service = self.service;
        let answer = service.shape(self.operation.output.as_deref()?)?;
        path.split('.').try_fold(answer, |shape, name| {
            let shape = service.shape(&shape.members.get(name)?.shape)?;
            match &shape.of {
                Some(element) => service.shape(&element.shape),
                None => Some(shape),
            }
        })
    }

    /// Whether another one describes the same request to the same service. Its protocol may be another that the service
    /// speaks.
    pub(crate) fn is_same(&self, other: &Found) -> bool {
        let place = |found: &Found| {
            let Service { name, sdk, version, signing, target, endpoints, .. } = found.service;
            (name, sdk, version, signing, target, endpoints)
        };
        self.name == other.name && self.operation == other.operation && place(self) == place(other)
    }
}

/// The operation that is called so, as in `ec2:DescribeVpcs`.
///
/// # Errors
/// When the table does not have it: names that are near are suggested.
pub fn find(name: &str) -> Result<Found, Unknown> {
    let Some((service, operation)) = name.split_once(':') else {
        return Err(Unknown::Form { name: name.to_owned() });
    };
    self::operation(service, operation)
}

/// An operation of a service.
///
/// # Errors
/// When the table has no such service or operation: names that are near are suggested.
pub fn operation(service: &str, name: &str) -> Result<Found, Unknown> {
    let service = self::service(service)?;
    match service.operations.get_key_value(name) {
        Some((name, operation)) => Ok(Found { service, name, operation }),
        None => Err(Unknown::operation(&service.name, name, &service.operations)),
    }
}

/// All operations of a service.
pub fn of(service: &'static Service) -> impl Iterator<Item = Found> {
    service.operations.iter().map(move |(name, operation)| Found { service, name, operation })
}

/// All services of the table.
///
/// # Errors
/// When the table is damaged.
pub fn all() -> Result<BTreeMap<&'static str, &'static Service>, Unknown> {
    services().keys().map(|name| Ok((name.as_str(), service(name)?))).collect()
}

#[cfg(test)]
mod tests;
