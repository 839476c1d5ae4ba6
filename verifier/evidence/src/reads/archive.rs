//! The table as the program has it: compressed, and loaded service by service.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use super::listed::services;
use super::model::Service;
use super::unknown::Unknown;

/// Each service's name, the size of its text, and the text compressed.
const ARCHIVE: &[(&str, usize, &[u8])] = include!(concat!(env!("OUT_DIR"), "/reads.rs"));

/// A service of the table, as boto3 calls it.
///
/// # Errors
/// When the table does not have it: a name that is near is suggested.
pub fn service(name: &str) -> Result<&'static Service, Unknown> {
    static LOADED: LazyLock<HashMap<&str, OnceLock<Service>>> =
        LazyLock::new(|| ARCHIVE.iter().map(|(name, ..)| (*name, OnceLock::new())).collect());
    let loaded = LOADED.get(name).ok_or_else(|| Unknown::service(name, services()))?;
    if let Some(service) = loaded.get() {
        return Ok(service);
    }
    let service = load(name).map_err(|why| Unknown::Damaged { service: name.to_owned(), why })?;
    Ok(loaded.get_or_init(|| service))
}

fn load(name: &str) -> Result<Service, String> {
    let (_, size, compressed) = ARCHIVE.iter().find(|(known, ..)| *known == name).ok_or("it is not in the archive")?;
    let text = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(compressed, *size).map_err(|e| e.to_string())?;
    let service: Service = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
    match service.dangling() {
        Some(shape) => Err(format!("it has no shape {shape}")),
        None => Ok(service),
    }
}
