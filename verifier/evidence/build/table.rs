//! Compresses a table of AWS operations: a file for each service.

use std::error::Error;

use crate::archive;

/// Writes `name.rs` into Cargo's output folder, from the files of services in a folder.
pub fn write(folder: &str, name: &str) -> Result<(), Box<dyn Error>> {
    let files = archive::files(folder)?.into_iter();
    let services = files.filter_map(|(file, path)| Some((file.strip_suffix(".json")?.to_owned(), path)));
    archive::write(name, &services.collect::<Vec<_>>())
}
