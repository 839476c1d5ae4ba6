//! What is known without loading a service: the services, their operations' names, and the regions.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is known of a service without loading it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Its full name.
    pub title: String,
    /// What it is called elsewhere: by the SDKs, in endpoints, and in IAM actions.
    pub called: Vec<String>,
    /// How many of its operations may be read.
    pub operations: usize,
}

/// The services of the table, as boto3 calls them.
pub fn services() -> &'static BTreeMap<String, Listed> {
    static SERVICES: LazyLock<BTreeMap<String, Listed>> =
        LazyLock::new(|| serde_json::from_str(include_str!("../../reads/services.json")).unwrap_or_default());
    &SERVICES
}

/// The regions of each partition of AWS.
pub fn partitions() -> &'static BTreeMap<String, Vec<String>> {
    static PARTITIONS: LazyLock<BTreeMap<String, Vec<String>>> =
        LazyLock::new(|| serde_json::from_str(include_str!("../../reads/partitions.json")).unwrap_or_default());
    &PARTITIONS
}

/// The operations of each service, by their names alone: nothing is loaded.
pub fn names() -> &'static [(&'static str, &'static [&'static str])] {
    include!(concat!(env!("OUT_DIR"), "/names.rs"))
}
