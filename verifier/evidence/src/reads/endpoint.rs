//! Where a service is called: facts that the generator found by AWS's own rules.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The endpoints of a service in a partition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// Those of most regions.
    pub usual: Variants,
    /// Those of regions that differ: they come first.
    #[serde(default)]
    pub but: BTreeMap<String, Variants>,
    /// The regions that have the service, where not all of the partition do.
    pub regions: Option<Vec<String>>,
}

/// The endpoint of each variant that there is.
pub type Variants = BTreeMap<Variant, Endpoint>;

/// A variant of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// The usual one.
    Plain,
    /// With cryptography by FIPS 140.
    Fips,
    /// Over IPv4 and IPv6.
    Dualstack,
    /// Both.
    DualstackFips,
}

impl Variant {
    /// The variant that a profile asks for.
    pub fn of(fips: bool, dual_stack: bool) -> Variant {
        match (fips, dual_stack) {
            (false, false) => Variant::Plain,
            (true, false) => Variant::Fips,
            (false, true) => Variant::Dualstack,
            (true, true) => Variant::DualstackFips,
        }
    }
}

/// An endpoint. In the table, `{region}` in its URL is the region that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its URL.
    pub url: String,
    /// The region that requests are signed for, if not the one that is asked.
    pub region: Option<String>,
    /// The service that requests are signed for, if not the usual one.
    pub name: Option<String>,
}

impl Endpoints {
    /// The endpoint of a region, with its URL filled in; `None` where there is none of the variant.
    pub fn at(&self, region: &str, variant: Variant) -> Option<Endpoint> {
        let differs = self.but.get(region).and_then(|variants| variants.get(&variant));
        let endpoint = differs.or_else(|| self.usual.get(&variant))?;
        Some(Endpoint { url: endpoint.url.replace("{region}", region), ..endpoint.clone() })
    }

    /// The region that all requests are signed for, where that is the same for all.
    pub fn global_region(&self) -> Option<&str> {
        self.usual.get(&Variant::Plain)?.region.as_deref()
    }
}
