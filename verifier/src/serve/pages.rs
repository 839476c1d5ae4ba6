//! The built book in memory: what is not in it cannot be served, and a broken build leaves the last good one in place.

use anyhow::{Context, Result};
use base64::Engine;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A file of the book.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its bytes.
    pub bytes: bytes::Bytes,
    /// Its media type.
    pub kind: &'static str,
    /// Its `Content-Security-Policy`.
    pub policy: String,
}

/// All files of a built book, by their paths below it, with `/` between folders.
#[derive(Debug, Default)]
pub struct Pages(BTreeMap<String, Page>);

impl Pages {
    /// Reads a built book. Symbolic links are left out. `untrusted` is the folder of a course that may run nothing on
    /// this origin: what mdBook copied from there is served as it is, and sealed off.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(folder: &Path, untrusted: Option<&Path>) -> Result<Pages> {
        let mut pages = Pages::default();
        pages.add(folder, "", untrusted)?;
        Ok(pages)
    }

    fn add(&mut self, folder: &Path, prefix: &str, untrusted: Option<&Path>) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                self.add(&path, &format!("{name}/"), untrusted)?;
            } else if kind.is_file() {
                let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
                let kind = media_type(&name);
                let page = match untrusted {
                    // Even in the place of one of mdBook's own.
                    Some(sources) if sources.join(&name).exists() => Page {
                        bytes: bytes.into(),
                        kind: if kind == SCRIPT { media_type("txt") } else { kind },
                        policy: SANDBOX.to_owned(),
                    },
                    _ => Page { policy: policy(if kind == HTML { &bytes } else { &[] }), bytes: bytes.into(), kind },
                };
                self.0.insert(name, page);
            }
        }
        Ok(())
    }

    /// The file that a request's path names. A folder stands for its `index.html`.
    pub fn find(&self, path: &str) -> Option<&Page> {
        let path = percent_decoded(path.strip_prefix('/')?)?;
        let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
        self.0.get(&path)
    }
}

/// A path without `%20` and the like; none where that is broken.
fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" | "htm" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => SCRIPT,
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The policy of a file that the course brought: nothing in it runs, and it is of no origin.
const SANDBOX: &str = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
                       font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A page's policy: scripts of this origin, and the inline ones that mdBook itself writes, by their hashes.
fn policy(html: &[u8]) -> String {
    let html = String::from_utf8_lossy(html);
    let hashes: BTreeSet<String> = inline_scripts(&html)
        .map(|script| {
            let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(script));
            format!(" 'sha256-{digest}'")
        })
        .collect();
    let hashes: String = hashes.into_iter().collect();
    format!(
        "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// What stands between `<script>` tags without a `src`.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|after| {
        let (attributes, rest) = after.split_once('>')?;
        let script = rest.split_once("</script>")?.0;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_the_book_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("book")).unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        fs::write(folder.path().join("book/index.html"), "<script>1</script>").unwrap();
        fs::write(folder.path().join("book/a b.txt"), "t").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("secret"), folder.path().join("book/link")).unwrap();
        let pages = Pages::read(&folder.path().join("book"), None).unwrap();
        for found in ["/", "/index.html", "/a%20b.txt"] {
            assert!(pages.find(found).is_some(), "{found}");
        }
        for missing in [
            "/../secret",
            "/%2e%2e/secret",
            "//secret",
            "/link",
            "/book/index.html",
            "",
            "/%",
            "/%zz",
            "/index.html%00",
            "/etc/passwd",
        ] {
            assert!(pages.find(missing).is_none(), "{missing}");
        }
    }

    #[test]
    fn what_a_course_brought_runs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for place in ["book", "src"] {
            fs::create_dir_all(folder.path().join(place).join("files")).unwrap();
            for file in ["index.html", "files/evil.html", "files/evil.js", "files/evil.svg"] {
                fs::write(folder.path().join(place).join(file), "<script>alert(1)</script>").unwrap();
            }
        }
        fs::write(folder.path().join("book/page.html"), "<script>1</script>").unwrap();
        let (book, src) = (folder.path().join("book"), folder.path().join("src"));
        let pages = Pages::read(&book, Some(&src)).unwrap();
        for own in ["/index.html", "/files/evil.html", "/files/evil.js", "/files/evil.svg"] {
            let page = pages.find(own).unwrap();
            assert!(page.policy.starts_with("sandbox;") && !page.policy.contains("script"), "{own}: {}", page.policy);
            assert_ne!(page.kind, SCRIPT, "{own}");
        }
        assert!(pages.find("/page.html").unwrap().policy.contains("'sha256-"), "mdBook's own pages run their scripts");
        let trusted = Pages::read(&book, None).unwrap();
        assert!(trusted.find("/files/evil.html").unwrap().policy.contains("'sha256-"));
    }

    #[test]
    fn inline_scripts_are_allowed_by_their_hashes_alone() {
        let policy = policy(b"<script src=\"a.js\"></script><script>alert(1)</script>");
        assert!(policy.contains("script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"), "{policy}");
    }
}
