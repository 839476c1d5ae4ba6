//! The built book in memory. Nothing else can be served, and after a failed build, the last good one stays.

use anyhow::{Context, Result};
use base64::Engine;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::book::LiveBook;
use crate::sanitize::Page;
use crate::sanitize::html::STYLES;
use course::files;

/// A file of the book.
#[derive(Debug, Clone)]
pub struct File {
    /// Its bytes.
    pub bytes: bytes::Bytes,
    /// Its media type.
    pub kind: &'static str,
    /// Its `Content-Security-Policy`.
    pub policy: String,
}

/// All files of a built book, by their paths in it, with `/` between folders.
#[derive(Debug, Default)]
pub struct Pages(BTreeMap<String, File>);

impl Pages {
    /// Reads a built book, without symbolic links. Nothing from an untrusted course runs on this origin: its own files
    /// are sandboxed, and only the inline scripts and styles of mdBook's template are allowed.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(book: &LiveBook, trusted: bool) -> Result<Pages> {
        let mut files = BTreeMap::new();
        collect(book.built.path(), "", &mut files)?;
        let page = |(name, bytes): (String, Vec<u8>)| {
            let kind = media_type(&name);
            let policy = match trusted {
                true if [HTML, SVG].contains(&kind) => {
                    Inline::of(&String::from_utf8_lossy(&bytes)).policy("'unsafe-inline'")
                }
                false if book.sources.join(&name).exists() => SANDBOX.to_owned(),
                false if kind == HTML => {
                    // The content of `<main>` is the course's. It was sanitized, but this does not depend on it.
                    let html = String::from_utf8_lossy(&bytes);
                    let template = Page::of(&html).map(|page| format!("{}{}", page.before, page.after));
                    let mut inline = Inline::of(&template.unwrap_or_default());
                    inline.styles.extend(STYLES.iter().map(|style| (*style).to_owned()));
                    inline.policy(&inline.hashed_styles())
                }
                _ => Inline::default().policy("'unsafe-inline'"),
            };
            (name, File { policy, kind, bytes: bytes.into() })
        };
        Ok(Pages(files.into_iter().map(page).collect()))
    }

    /// The file for a request's path. The path of a folder gives its `index.html`.
    pub fn find(&self, path: &str) -> Option<&File> {
        let path = percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
        let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.into_owned() };
        self.0.get(&path)
    }
}

/// The largest file of a book. Files are kept in memory.
const LARGEST: u64 = 256 << 20;

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const TEXT: &str = "text/plain; charset=utf-8";

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" | "htm" => HTML,
        "css" => STYLE,
        "js" | "mjs" => SCRIPT,
        "json" => "application/json",
        "svg" => SVG,
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "txt" => TEXT,
        _ => "application/octet-stream",
    }
}

/// All files in a folder, by their paths with `/` between folders. A file whose name is not UTF-8 has no address.
fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
        let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else { continue };
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else if kind.is_file() {
            files.insert(name, files::read(&path, LARGEST).with_context(|| format!("reading {}", path.display()))?);
        }
    }
    Ok(())
}

/// The policy of a file from the course: nothing in it runs, and it has no origin.
const SANDBOX: &str = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; \
                       font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The inline scripts and styles of a page.
#[derive(Debug, Default)]
struct Inline {
    scripts: BTreeSet<String>,
    styles: BTreeSet<String>,
}

impl Inline {
    fn of(html: &str) -> Inline {
        let attributes = html.split(" style=\"").skip(1).filter_map(|after| after.split('"').next());
        Inline {
            scripts: elements(html, "script").map(str::to_owned).collect(),
            styles: elements(html, "style").chain(attributes).map(str::to_owned).collect(),
        }
    }

    /// A page's policy: scripts and styles of this origin, these inline scripts, and the inline styles in `styles`.
    fn policy(&self, styles: &str) -> String {
        let scripts: String = self.scripts.iter().map(|script| format!(" {}", hash(script))).collect();
        format!(
            "default-src 'none'; script-src 'self'{scripts}; style-src 'self' {styles}; img-src 'self' data:; \
             media-src 'self'; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    }

    /// These inline styles, as sources of a policy.
    fn hashed_styles(&self) -> String {
        let styles = self.styles.iter().map(|style| format!(" {}", hash(style)));
        format!("'unsafe-hashes'{}", styles.collect::<String>())
    }
}

/// The source of a policy for an inline script or style.
pub(super) fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text)))
}

/// The content of the elements of this name that have no `src`.
fn elements<'h>(html: &'h str, name: &str) -> impl Iterator<Item = &'h str> {
    let (begin, end) = (format!("<{name}"), format!("</{name}>"));
    let found = html.match_indices(&begin).filter_map(|(at, _)| {
        let (attributes, rest) = html[at + begin.len()..].split_once('>')?;
        let content = rest.split_once(&end)?.0;
        (!attributes.contains("src=")).then_some(content)
    });
    found.collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A live book with these files, some of which are also in the course's sources.
    fn book(files: &[(&str, &str)], own: &[&str]) -> (LiveBook, tempfile::TempDir) {
        let built = files::Folder::new().unwrap();
        let sources = tempfile::tempdir().unwrap();
        for (name, text) in files {
            for folder in [built.path(), sources.path()].iter().take(if own.contains(name) { 2 } else { 1 }) {
                let path = folder.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        (LiveBook { built, sources: sources.path().to_owned(), notices: Vec::new() }, sources)
    }

    #[test]
    fn only_what_is_in_the_book_is_found() {
        let (book, sources) = book(&[("index.html", ""), ("a b.txt", "t")], &[]);
        fs::write(sources.path().join("secret"), "s").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(sources.path().join("secret"), book.built.path().join("link")).unwrap();
        let pages = Pages::read(&book, false).unwrap();
        for found in ["/", "/index.html", "/a%20b.txt"] {
            assert!(pages.find(found).is_some(), "{found}");
        }
        let missing = [
            "/../secret",
            "/%2e%2e/secret",
            "//secret",
            "/link",
            "/book/index.html",
            "",
            "/%",
            "/%zz",
            "/index.html%00",
        ];
        for missing in missing {
            assert!(pages.find(missing).is_none(), "{missing}");
        }
    }

    #[test]
    fn what_a_course_brings_runs_nothing() {
        let evil = "<script>alert(1)</script><p style=\"color: red\">";
        let page =
            "<script>1</script><p style=\"clear: both\"><main><script>alert(1)</script><p style=\"color: red\"></main>";
        let own = ["index.html", "files/evil.html", "files/evil.svg"];
        let files: Vec<(&str, &str)> = own.iter().map(|name| (*name, evil)).chain([("page.html", page)]).collect();
        let (book, _sources) = book(&files, &own);
        let pages = Pages::read(&book, false).unwrap();
        for own in own {
            let page = pages.find(&format!("/{own}")).unwrap();
            assert!(page.policy.starts_with("sandbox;") && !page.policy.contains("script"), "{own}: {}", page.policy);
        }
        let policy = &pages.find("/page.html").unwrap().policy;
        assert!(policy.contains(&hash("1")) && !policy.contains(&hash("alert(1)")), "{policy}");
        assert!(policy.contains(&hash("clear: both")) && !policy.contains(&hash("color: red")), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        let trusted = Pages::read(&book, true).unwrap();
        assert!(trusted.find("/files/evil.html").unwrap().policy.contains(&hash("alert(1)")));
    }

    #[test]
    fn hashes_are_those_of_browsers() {
        assert_eq!(hash("alert(1)"), "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
        assert_eq!(elements("<script src=\"a.js\"></script><script>b</script>", "script").collect::<Vec<_>>(), ["b"]);
    }
}
