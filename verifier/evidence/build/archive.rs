//! Compresses a table of AWS operations for a program: a file for each service, each a line of the archive.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The best compression: it takes about a second.
const LEVEL: u8 = 9;

/// Writes `name.rs` into Cargo's output folder: a list of each service's name, the size of its text, and the text
/// compressed.
#[allow(clippy::disallowed_macros, reason = "Cargo reads what a build script prints")]
pub fn write(table: &str, name: &str) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={table}");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let mut files = fs::read_dir(table)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    files.sort();
    let mut archive = String::from("&[\n");
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        compress(file, &out, &mut archive)?;
    }
    archive.push_str("]\n");
    fs::write(out.join(format!("{name}.rs")), archive)?;
    Ok(())
}

/// Writes a service's file compressed, and its line of the archive: name, size, and bytes.
fn compress(file: &Path, out: &Path, archive: &mut String) -> Result<(), Box<dyn Error>> {
    let name = file.file_stem().and_then(|name| name.to_str()).ok_or("a file's name is no text")?;
    let text = fs::read(file)?;
    let compressed = out.join(format!("{name}.z"));
    fs::write(&compressed, miniz_oxide::deflate::compress_to_vec_zlib(&text, LEVEL))?;
    writeln!(archive, "({name:?}, {}, include_bytes!({compressed:?})),", text.len())?;
    Ok(())
}
