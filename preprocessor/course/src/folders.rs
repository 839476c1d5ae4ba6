//! Checks a book's folders: sources and output must be apart from `.verify/`, and checks must be in `checks/`.
//!
//! mdBook copies everything in the source folder into the built book, and deletes everything in the output folder.
//! Neither may happen to `.verify/`, which holds the learner's results.

use mdbook_preprocessor::config::Config;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::{Diagnostic, Span};
use crate::environment::Environment;
use crate::places::{KeyPath, TomlFile};

/// An error in the location of a book's sources or output.
pub fn wrong(root: &Path, config: &Config) -> Option<Diagnostic> {
    let kept = resolved(&root.join(".verify"));
    let (src, build) = (&config.book.src, &config.build.build_dir);
    if meet(&resolved(&root.join(src)), &kept) {
        let message = format!("`book.src` is `{}`, which {}", src.display(), published(src, root, &kept));
        let help = "move the lessons to their own folder, such as src/, and set [book] src to it";
        return Some(about(root, ["book", "src"], message, help));
    }
    if meet(&resolved(&root.join(build)), &kept) {
        let message =
            format!("`build.build-dir` is `{}`, and a build would delete the results in .verify/", build.display());
        let help = "set [build] build-dir to a separate folder, such as book";
        return Some(about(root, ["build", "build-dir"], message, help));
    }
    let link = link_to(&root.join(src), &resolved(root), &kept, &mut BTreeSet::new())?;
    let message = "this link leads to .verify/, so a build would copy the results into the book".to_owned();
    let link = link.strip_prefix(root).map(Path::to_owned).unwrap_or(link);
    Some(Diagnostic { span: Span::file(link), message, help: Some("remove the link".into()) })
}

/// Why the results would be published with the sources in a folder.
fn published(src: &Path, root: &Path, kept: &Path) -> &'static str {
    match resolved(&root.join(src)).starts_with(kept) {
        true => "is in .verify/, which is only for the learner's results",
        false => "contains .verify/, so a build would copy the results into the book",
    }
}

fn about(root: &Path, keys: [&str; 2], message: String, help: &str) -> Diagnostic {
    let environment = Environment::read();
    let span = match environment.variable(&keys) {
        Some(variable) => variable.span(),
        None => TomlFile::read(root, "book.toml").value(&KeyPath::of(keys)),
    };
    Diagnostic { span, message, help: Some(help.to_owned()) }
}

/// Whether one of two folders is in the other.
fn meet(one: &Path, other: &Path) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// A path without symbolic links, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.components().next_back()) {
        (Some(parent), Some(Component::Normal(name))) => resolved(parent).join(name),
        (Some(parent), Some(Component::ParentDir)) => {
            let parent = resolved(parent);
            parent.parent().map(Path::to_owned).unwrap_or(parent)
        }
        _ => path.to_owned(),
    }
}

/// A link in a folder that leads to `.verify/`. Links are followed, as mdBook does when it copies, but not out of the
/// book.
fn link_to(folder: &Path, root: &Path, kept: &Path, seen: &mut BTreeSet<PathBuf>) -> Option<PathBuf> {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().ok()?);
        if kind.is_symlink() {
            let Ok(real) = path.canonicalize() else { continue };
            if meet(&real, kept) {
                return Some(path);
            }
            if !real.is_dir() || !real.starts_with(root) || !seen.insert(real) {
                continue;
            }
        } else if !kind.is_dir() {
            continue;
        }
        if let Some(found) = link_to(&path, root, kept, seen) {
            return Some(found);
        }
    }
    None
}

/// The folder of a course's checks, if it is not next to `book.toml`, relative to the course's folder.
pub(crate) fn misplaced_checks(root: &Path, src: &Path) -> Option<PathBuf> {
    let places = [src.join("checks"), Path::new("..").join("checks")];
    places.into_iter().find(|folder| holds_checks(&root.join(folder)))
}

fn holds_checks(folder: &Path) -> bool {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|extension| extension == "toml"))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// The error in a book with this `book.toml`.
    fn wrong_with(config: &str, prepare: impl FnOnce(&Path)) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("course");
        for folder in ["src/more", "lessons", ".verify/results"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("book.toml"), config).unwrap();
        prepare(&root);
        wrong(&root, &config.parse().unwrap()).map(|wrong| wrong.to_string())
    }

    #[test]
    fn sources_do_not_contain_results() {
        for src in [".", "..", "./", "src/..", ".verify", ".verify/results", "link", "gone/.."] {
            let config = format!("[book]\nsrc = \"{src}\"\n");
            let error = wrong_with(&config, |root| symlink(root, root.join("link")).unwrap());
            let error = error.unwrap_or_else(|| panic!("{src} is fine"));
            assert!(error.contains("book.toml:2:8") && error.contains(".verify/"), "{error}");
        }
        for src in ["src", "lessons", "src/more", "./src", "gone", "link"] {
            let config = format!("[book]\nsrc = \"{src}\"\n");
            assert_eq!(wrong_with(&config, |root| symlink("src", root.join("link")).unwrap()), None, "{src}");
        }
    }

    #[test]
    fn a_build_deletes_no_results() {
        for folder in [".", "..", ".verify", ".verify/book", "link/x"] {
            let config = format!("[build]\nbuild-dir = \"{folder}\"\n");
            let error = wrong_with(&config, |root| symlink(".verify", root.join("link")).unwrap());
            assert!(
                error.is_some_and(|error| error.contains("book.toml:2:14") && error.contains("delete")),
                "{folder}"
            );
        }
        for folder in ["book", "../site", "src/book"] {
            assert_eq!(wrong_with(&format!("[build]\nbuild-dir = \"{folder}\"\n"), |_| ()), None, "{folder}");
        }
    }

    #[test]
    fn no_link_among_the_sources_leads_to_results() {
        for target in ["../../.verify", "../../.verify/results", "../..", "../../.."] {
            let error = wrong_with("", |root| symlink(target, root.join("src/more/x")).unwrap());
            assert!(error.is_some_and(|error| error.contains("src/more/x") && error.contains(".verify/")), "{target}");
        }
        let far = wrong_with("", |root| {
            fs::create_dir(root.join("elsewhere")).unwrap();
            symlink("../.verify", root.join("elsewhere/y")).unwrap();
            symlink("../elsewhere", root.join("src/x")).unwrap();
        });
        assert!(far.is_some_and(|error| error.contains("src/x/y")));
        let round = wrong_with("", |root| symlink(".", root.join("src/round")).unwrap());
        assert_eq!(round, None, "a circle ends");
    }
}
