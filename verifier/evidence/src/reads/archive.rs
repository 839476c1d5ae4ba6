//! A table as the program has it: compressed, and loaded service by service.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use super::listed::services;
use super::model::Service;
use super::unknown::Unknown;

/// A service's name, the size of its text, and the text compressed.
pub type Compressed = (&'static str, usize, &'static [u8]);

/// A compressed table of AWS operations.
#[derive(Debug)]
pub struct Archive {
    services: BTreeMap<&'static str, (&'static Compressed, OnceLock<Service>)>,
}

impl Archive {
    /// The table that a build script compressed.
    pub fn new(compressed: &'static [Compressed]) -> Archive {
        let service = |one: &'static Compressed| (one.0, (one, OnceLock::new()));
        Archive { services: compressed.iter().map(service).collect() }
    }

    /// The names of its services, as boto3 calls them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.services.keys().copied()
    }

    /// A service, as boto3 calls it; `None` if the table does not have it.
    ///
    /// # Errors
    /// When the table is damaged.
    pub fn service(&'static self, name: &str) -> Result<Option<&'static Service>, Unknown> {
        let Some((compressed, loaded)) = self.services.get(name) else { return Ok(None) };
        if let Some(service) = loaded.get() {
            return Ok(Some(service));
        }
        let service = load(compressed).map_err(|why| Unknown::Damaged { service: name.to_owned(), why })?;
        Ok(Some(loaded.get_or_init(|| service)))
    }
}

/// A service of the table of reads, as boto3 calls it.
///
/// # Errors
/// When the table does not have it: a name that is near is suggested.
pub fn service(name: &str) -> Result<&'static Service, Unknown> {
    static READS: LazyLock<Archive> = LazyLock::new(|| Archive::new(include!(concat!(env!("OUT_DIR"), "/reads.rs"))));
    READS.service(name)?.ok_or_else(|| Unknown::service(name, services()))
}

fn load((_, size, compressed): &Compressed) -> Result<Service, String> {
    let text = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(compressed, *size).map_err(|e| e.to_string())?;
    let service: Service = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
    match service.dangling() {
        Some(shape) => Err(format!("it has no shape {shape}")),
        None => Ok(service),
    }
}
