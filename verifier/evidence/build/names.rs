//! Lists the operations of a table, so that their names are known without loading it.

use serde_json::Value;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use crate::archive;

/// Writes `name.rs` into Cargo's output folder: a list of each service's name and its operations.
pub fn write(folder: &str, name: &str) -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let mut list = String::from("&[\n");
    for (file, path) in archive::files(folder)? {
        let Some(service) = file.strip_suffix(".json") else { continue };
        let table: Value = serde_json::from_slice(&fs::read(path)?)?;
        let operations = table["operations"].as_object().ok_or_else(|| format!("{file} has no operations"))?;
        writeln!(list, "({service:?}, &{:?}),", operations.keys().collect::<Vec<_>>())?;
    }
    list.push_str("]\n");
    fs::write(out.join(format!("{name}.rs")), list)?;
    Ok(())
}
