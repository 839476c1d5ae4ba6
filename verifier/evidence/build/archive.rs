//! Compresses files for a program, such as a table of AWS operations: each file is a line of the archive.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The best compression: it takes about a second.
const LEVEL: u8 = 9;

/// Writes `name.rs` into Cargo's output folder: a list of each file's name, the size of its text, and the text
/// compressed.
pub fn write(name: &str, files: &[(String, PathBuf)]) -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let mut archive = String::from("&[\n");
    for (at, (file, path)) in files.iter().enumerate() {
        let text = fs::read(path)?;
        // The path is relative to the list, so that it is right wherever Cargo's folder is moved to.
        let compressed = format!("{name}-{at}.z");
        fs::write(out.join(&compressed), miniz_oxide::deflate::compress_to_vec_zlib(&text, LEVEL))?;
        writeln!(archive, "({file:?}, {}, include_bytes!({compressed:?})),", text.len())?;
    }
    archive.push_str("]\n");
    fs::write(out.join(format!("{name}.rs")), archive)?;
    Ok(())
}

/// All files below a folder, in order, each with its path below the folder. Hidden files and folders are left out. When
/// one of them changes, Cargo runs the build script again.
pub fn files(folder: &str) -> Result<Vec<(String, PathBuf)>, Box<dyn Error>> {
    watch(folder);
    let mut found = Vec::new();
    walk(Path::new(folder), "", &mut found)?;
    found.sort();
    Ok(found)
}

/// When a file or a folder changes, Cargo runs the build script again.
#[allow(clippy::disallowed_macros, reason = "Cargo reads what a build script prints")]
pub fn watch(path: &str) {
    println!("cargo::rerun-if-changed={path}");
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| format!("{} is no text", name.display()))?;
        match entry.file_type()? {
            _ if name.starts_with('.') => {}
            kind if kind.is_dir() => walk(&entry.path(), &format!("{prefix}{name}/"), found)?,
            kind if kind.is_file() => found.push((format!("{prefix}{name}"), entry.path())),
            _ => {}
        }
    }
    Ok(())
}
