//! The files of a course as texts: read from its folder, or written to a new one.

use anyhow::{Context, Result, bail};
use course::files::{self, Readers};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The files of a course, by their paths below its folder, with slashes.
pub(crate) type Files = BTreeMap<String, String>;

/// The files of a course that name checks and accounts: `book.toml`, everything in `checks/`, and the Markdown files.
/// Links and hidden folders are left out.
///
/// # Errors
/// When one of them cannot be read.
pub(crate) fn read(root: &Path) -> Result<Files> {
    let mut found = Files::new();
    walk(root, "", &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("opening {}", folder.display()))? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let Ok(name) = entry.file_name().into_string() else { continue };
        let name = format!("{prefix}{name}");
        let named = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        let wanted =
            name == "book.toml" || named(&[".md"]) || name.starts_with("checks/") && named(&[".toml", ".json"]);
        if kind.is_dir() && !entry.file_name().to_string_lossy().starts_with('.') {
            walk(&path, &format!("{name}/"), found)?;
        } else if kind.is_file() && wanted {
            let text = files::read_text(&path).with_context(|| format!("reading {}", path.display()))?;
            found.insert(name, text);
        }
    }
    Ok(())
}

/// Writes a course into a folder that is empty or does not exist yet.
///
/// # Errors
/// When the folder has files already, or cannot be written.
pub(crate) fn write(files: &Files, folder: &Path) -> Result<()> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => bail!("{} has files already, and nothing is overwritten: name a new folder", folder.display()),
        Ok(false) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("opening {}", folder.display())),
    }
    for (name, text) in files {
        let path = folder.join(name);
        let what = || format!("writing {}", path.display());
        fs::create_dir_all(path.parent().unwrap_or(folder)).with_context(what)?;
        if !files::create(&path, text.as_bytes(), Readers::Others).with_context(what)? {
            bail!("{} was written by another program in the meantime: name a new folder", path.display());
        }
    }
    Ok(())
}
