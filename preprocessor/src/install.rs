//! `mdbook-verify install`: sets up a book so that the stock `mdbook` shows its steps.
//!
//! A preprocessor cannot add a style sheet to a book, so this command writes one next to `book.toml` and lists it
//! there. It only adds what is missing. Before it changes anything of the author's, it asks.

use anyhow::{Context, Result, bail};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::style_sheet::{self, Sheet, VERSION};
use course::files::{self, Readers};
use manifest::{Manifest, plain};

mod manifest;

/// Names for the style sheet, next to `book.toml`. The second is used if the first is the author's own file.
const NAMES: [&str; 2] = ["verify.css", "mdbook-verify.css"];

/// Folders that `mdbook serve` watches in addition: verdicts and checks.
const WATCHED: &[&str] = &["checks", ".verify/results"];

/// The list of style sheets.
const TABLE: &[&str] = &["output", "html"];
const LIST: &str = "additional-css";

/// The changes to make to a book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Descriptions of the changes; empty if the book is set up.
    pub changes: Vec<String>,
    /// Questions about changes that the author may not want.
    pub questions: Vec<String>,
    /// The files to write, with their contents.
    files: Vec<(PathBuf, String)>,
}

impl Plan {
    /// Finds out what is missing in a book. `name` is another name for the style sheet.
    ///
    /// # Errors
    /// Why the book cannot be set up.
    pub fn of(root: &Path, name: Option<&str>) -> Result<Plan> {
        let path = root.join("book.toml");
        let text = match files::read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => bail!(no_book(root)),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        let mut manifest = Manifest::parse(&text).with_context(|| format!("reading {}", path.display()))?;
        let mut plan = Plan::default();
        let sheet = plan.style_sheet(root, &manifest, name)?;
        plan.manifest(&mut manifest, &sheet)?;
        if manifest.text() != text {
            plan.files.push((writable(&path, &mut plan.questions)?, manifest.text()));
        }
        Ok(plan)
    }

    /// Makes the changes.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn carry_out(&self) -> Result<()> {
        self.files.iter().try_for_each(|(path, text)| {
            files::write(path, text.as_bytes(), Readers::Others).with_context(|| format!("writing {}", path.display()))
        })
    }

    /// The style sheet's name, and the file if it is missing or of another version.
    fn style_sheet(&mut self, root: &Path, manifest: &Manifest, wanted: Option<&str>) -> Result<String> {
        let listed = manifest.list(TABLE, LIST)?;
        let (name, sheet) = choose(root, &listed, wanted)?;
        let path = root.join(&name);
        let what = match sheet {
            Some(Sheet::Current) => return Ok(name),
            // The author changed the current version's file.
            Some(Sheet::Changed(version)) if version == VERSION => return Ok(name),
            Some(Sheet::Changed(version)) => {
                self.questions.push(format!(
                    "{name} was changed after mdbook-verify {version} wrote it. It will be replaced, and the changes will be lost."
                ));
                format!("replaced by the style sheet of mdbook-verify {VERSION}")
            }
            Some(Sheet::Other(version)) if version != VERSION => {
                format!("from mdbook-verify {version} to {VERSION}")
            }
            Some(_) => format!("from another build of mdbook-verify {VERSION} to this one"),
            None => format!("the style sheet of mdbook-verify {VERSION}"),
        };
        self.changes.push(format!("{name}: {what}"));
        self.files.push((path, style_sheet::text()));
        Ok(name)
    }

    fn manifest(&mut self, manifest: &mut Manifest, sheet: &str) -> Result<()> {
        self.questions.extend(other_outputs(&manifest.table()?));
        if manifest.ensure(&["preprocessor", "verify"])? {
            self.changes.push("book.toml: [preprocessor.verify]".to_owned());
        }
        if manifest.shorten(TABLE, LIST, sheet)? {
            self.changes.push(format!("book.toml: {sheet} without ./, so that mdBook adds a hash to its name"));
        }
        if manifest.add(TABLE, LIST, sheet)? {
            self.changes.push(format!("book.toml: {sheet} in [output.html] {LIST}"));
        }
        for folder in WATCHED {
            if manifest.add(&["build"], "extra-watch-dirs", folder)? {
                self.changes.push(format!("book.toml: {folder} in [build] extra-watch-dirs"));
            }
        }
        Ok(())
    }
}

/// The style sheet's name, and the kind of the file with that name. Another author's file is never chosen.
fn choose(root: &Path, listed: &[String], wanted: Option<&str>) -> Result<(String, Option<Sheet>)> {
    let read = |name: &str| {
        let path = root.join(name);
        Sheet::read(&path).with_context(|| format!("reading {}", path.display()))
    };
    let listed: Vec<String> = listed.iter().map(|name| plain(name).to_string_lossy().replace('\\', "/")).collect();
    // A file that cannot be read is not ours.
    let installed = listed.iter().find(|name| style_sheet::is_ours(&root.join(name)));
    match (wanted, installed) {
        (Some(wanted), installed) => {
            let name = file_name(wanted)?;
            if let Some(installed) = installed.filter(|installed| **installed != name) {
                bail!(
                    "the book's style sheet is {installed} already; to call it {name}, rename the file and its entry in \
                     [output.html] {LIST} of book.toml"
                );
            }
            match read(&name)? {
                Some(Sheet::Foreign) => {
                    bail!(
                        "{name} is not from mdbook-verify, and your own files are not overwritten; choose another name with --css"
                    )
                }
                sheet => Ok((name, sheet)),
            }
        }
        (None, Some(installed)) => Ok((installed.clone(), read(installed)?)),
        (None, None) => {
            for name in NAMES {
                match read(name)? {
                    Some(Sheet::Foreign) => {}
                    sheet => return Ok((name.to_owned(), sheet)),
                }
            }
            let [one, other] = NAMES;
            bail!("{one} and {other} are your own files, and are not overwritten; choose another name with --css NAME")
        }
    }
}

/// A name for a style sheet in the book's folder to which mdBook can add a hash.
fn file_name(wanted: &str) -> Result<String> {
    let name = plain(wanted);
    let normal = name.components().all(|part| matches!(part, Component::Normal(_)));
    let hidden = wanted.trim_start_matches("./").starts_with('.');
    let css = name.extension().is_some_and(|extension| extension == "css");
    if !normal || hidden || !css {
        bail!("--css {wanted}: the style sheet is a .css file in the book's folder, such as {}", NAMES[1]);
    }
    Ok(name.to_string_lossy().replace('\\', "/"))
}

/// A question about [output.html], if it is new and the book has other outputs: mdBook writes HTML only if it is listed
/// or there are no outputs.
fn other_outputs(manifest: &toml::Table) -> Option<String> {
    let outputs = manifest.get("output")?.as_table()?;
    if outputs.is_empty() || outputs.contains_key("html") {
        return None;
    }
    let build = manifest.get("build").and_then(|build| build.get("build-dir")).and_then(toml::Value::as_str);
    let build = build.unwrap_or("book").trim_end_matches('/');
    let mut question =
        "The book has outputs, but HTML is not one of them. [output.html] makes mdBook write HTML as well".to_owned();
    if let [only] = outputs.keys().collect::<Vec<_>>().as_slice() {
        question
            .push_str(&format!(" (to {build}/html/), and moves the output `{only}` from {build}/ to {build}/{only}/"));
    }
    Some(question + ".")
}

/// The path of the file `book.toml`, if it may be written.
fn writable(path: &Path, questions: &mut Vec<String>) -> Result<PathBuf> {
    let file = path.canonicalize().with_context(|| format!("opening {}", path.display()))?;
    if path.is_symlink() {
        questions.push(format!("book.toml is a link. {} will be changed.", file.display()));
    }
    let about = file.metadata().with_context(|| format!("opening {}", file.display()))?;
    if about.permissions().readonly() {
        bail!("{} is read-only; make it writable, and run this again", path.display());
    }
    Ok(file)
}

/// The error if there is no book, with the place of one nearby.
fn no_book(root: &Path) -> String {
    if !root.is_dir() {
        return format!("there is no folder {}", root.display());
    }
    let here = if root == Path::new(".") { "this folder".to_owned() } else { root.display().to_string() };
    let below = root.join("book");
    let below = if root == Path::new(".") { PathBuf::from("book") } else { below };
    match root.join("book/book.toml").is_file() {
        true => format!(
            "there is no book.toml in {here}, but there is one in {0}: run `mdbook-verify install {0}`",
            below.display()
        ),
        false => format!(
            "there is no book.toml in {here}: go to the folder of your book, or name it, as in `mdbook-verify install DIR`; \
             `mdbook init` makes a book"
        ),
    }
}
