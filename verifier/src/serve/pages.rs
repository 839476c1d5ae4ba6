//! The built book in memory: what is not in it cannot be served, and a broken build leaves the last good one in place.

use anyhow::{Context, Result};
use base64::Engine;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::book::LiveBook;
use mdbook_verify::files;

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
    /// Reads a built book. Symbolic links are left out. What an untrusted course brings runs nothing on this origin: its
    /// own files are sealed off, and inline scripts and styles are those of mdBook's own pages alone.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(book: &LiveBook, trusted: bool) -> Result<Pages> {
        let mut files = BTreeMap::new();
        collect(book.built.path(), "", &mut files)?;
        let mut skeleton = BTreeMap::new();
        if let Some(built) = &book.skeleton {
            collect(built.path(), "", &mut skeleton)?;
        }
        let mdbooks = skeleton.iter().filter(|(name, _)| media_type(name) == HTML).map(|(_, bytes)| bytes);
        let mdbooks = Allowed::of(&Inline::of(mdbooks));
        let leads_away = |page: &[u8]| String::from_utf8_lossy(page).to_ascii_lowercase().matches("http-equiv").count();
        let ours = skeleton.values().map(|page| leads_away(page)).max().unwrap_or(0);
        let page = |(name, bytes): (String, Vec<u8>)| {
            let kind = media_type(&name);
            let inline = || Inline::of(Some(&bytes).filter(|_| has_inline(kind)));
            let page = match trusted {
                true => Page { policy: inline().policy(None), kind, bytes: bytes.into() },
                // Even in the place of one of mdBook's own.
                false if book.sources.join(&name).exists() => {
                    let kind = if [SCRIPT, STYLE].contains(&kind) { TEXT } else { kind };
                    Page { policy: SANDBOX.to_owned(), kind, bytes: bytes.into() }
                }
                // No policy keeps a page from leading elsewhere by itself.
                false if kind == HTML && leads_away(&bytes) > ours => {
                    let text = "This page would lead elsewhere by itself, and is not served.";
                    Page { policy: SANDBOX.to_owned(), kind: TEXT, bytes: text.into() }
                }
                false => Page { policy: inline().policy(Some(&mdbooks)), kind, bytes: bytes.into() },
            };
            (name, page)
        };
        Ok(Pages(files.into_iter().map(page).collect()))
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

/// The largest file of a book, which is kept in memory.
const LARGEST: u64 = 256 << 20;

/// Whether files of a media type may hold inline scripts and styles.
fn has_inline(kind: &str) -> bool {
    [HTML, SVG].contains(&kind)
}

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

/// All files below a folder, by their paths with `/` between folders. A file whose name is no text has no address.
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

/// The policy of a file that the course brought: nothing in it runs, and it is of no origin.
const SANDBOX: &str = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; \
                       font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The inline scripts and styles of pages.
#[derive(Debug, Default)]
struct Inline {
    scripts: BTreeSet<String>,
    styles: BTreeSet<String>,
}

impl Inline {
    fn of<'p>(pages: impl IntoIterator<Item = &'p Vec<u8>>) -> Inline {
        let mut inline = Inline::default();
        for page in pages {
            let html = String::from_utf8_lossy(page);
            inline.scripts.extend(elements(&html, "script").map(str::to_owned));
            inline.styles.extend(elements(&html, "style").map(str::to_owned));
            let attributes = html.split(" style=\"").skip(1).filter_map(|after| after.split('"').next());
            inline.styles.extend(attributes.map(str::to_owned));
        }
        inline
    }

    /// A page's policy: scripts and styles of this origin, and of its inline ones those that `allowed` has too; all of
    /// them without it.
    fn policy(&self, allowed: Option<&Allowed>) -> String {
        let is_allowed =
            |script: &&String| allowed.is_none_or(|allowed| allowed.scripts.contains(&without_digest(script)));
        let scripts: String =
            self.scripts.iter().filter(is_allowed).map(|script| format!(" {}", hash(script))).collect();
        let styles = allowed.map_or(" 'unsafe-inline'", |allowed| &allowed.styles);
        format!(
            "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data:; \
             font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    }
}

/// What is allowed in every page.
struct Allowed {
    /// Scripts, without digests.
    scripts: BTreeSet<String>,
    /// Styles, as a policy names them.
    styles: String,
}

impl Allowed {
    /// These and no others.
    fn of(inline: &Inline) -> Allowed {
        let styles = inline.styles.iter().map(|style| format!(" {}", hash(style)));
        Allowed {
            scripts: inline.scripts.iter().map(|script| without_digest(script)).collect(),
            styles: format!(" 'unsafe-hashes'{}", styles.collect::<String>()),
        }
    }
}

/// A script of mdBook's without the digest of the search index in it, which depends on the book.
fn without_digest(script: &str) -> String {
    let mark = "searchindex-";
    let Some((before, after)) = script.split_once(mark) else { return script.to_owned() };
    let rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    format!("{before}{mark}{}", without_digest(rest))
}

/// How a policy names an inline script or style.
pub(super) fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text)))
}

/// What stands in elements of this name that have no `src`.
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

    /// A live book of these files, of which some are in the course's sources too.
    fn book(files: &[(&str, &str)], own: &[&str]) -> (LiveBook, tempfile::TempDir) {
        let [built, skeleton] = [(); 2].map(|()| files::Folder::new().unwrap());
        let sources = tempfile::tempdir().unwrap();
        for (name, text) in files {
            for folder in [built.path(), sources.path()].iter().take(if own.contains(name) { 2 } else { 1 }) {
                let path = folder.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
        fs::write(skeleton.path().join("page.html"), "<script>1</script><p style=\"clear: both\">").unwrap();
        (LiveBook { built, sources: sources.path().to_owned(), skeleton: Some(skeleton) }, sources)
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
        let own = ["index.html", "files/evil.html", "files/evil.js", "files/evil.css", "files/evil.svg"];
        let files: Vec<(&str, &str)> = own
            .iter()
            .map(|name| (*name, evil))
            .chain([("page.html", "<script>1</script><script>alert(1)</script>")])
            .collect();
        let (book, _sources) = book(&files, &own);
        let pages = Pages::read(&book, false).unwrap();
        for own in own {
            let page = pages.find(&format!("/{own}")).unwrap();
            assert!(page.policy.starts_with("sandbox;") && !page.policy.contains("script"), "{own}: {}", page.policy);
            assert!(![SCRIPT, STYLE].contains(&page.kind), "{own}");
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
