//! Includes of a course that is not trusted: `{{#include file}}` and its relatives, as mdBook's own `links` expands them,
//! of the course's own files and nothing else.
//!
//! This takes the place of `links` rather than looking at chapters before it does: whoever predicts what another program
//! will read is wrong sooner or later.

use anyhow::{Context, Result, bail};
use mdbook_driver::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use std::fs;
use std::path::{Path, PathBuf};

use crate::trust::{LARGEST, TRUST};

/// How deep includes within includes are expanded, as in mdBook.
const DEPTH: usize = 10;
/// How many includes a book may have, those within others counted each time.
const MOST: usize = 2000;
/// How many bytes they may come to.
const MOST_BYTES: usize = 16 << 20;
/// The longest directive.
const LONGEST: usize = 1000;

/// The preprocessor.
pub struct ConfinedLinks;

impl Preprocessor for ConfinedLinks {
    fn name(&self) -> &str {
        "links"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let src = context.root.join(&context.config.book.src);
        let mut expansion = Expansion { root: context.root.canonicalize()?, left: MOST, bytes_left: MOST_BYTES };
        let mut failed = None;
        book.for_each_chapter_mut(|chapter| {
            let Some(source) = &chapter.source_path else { return };
            let folder = src.join(source).parent().map(Path::to_owned).unwrap_or_default();
            match expansion.expand(&folder, &chapter.content, 0) {
                Ok(expanded) => chapter.content = expanded,
                Err(error) => failed = Some(error.context(format!("the chapter {}", source.display()))),
            }
        });
        failed.map_or(Ok(book), Err)
    }
}

struct Expansion {
    root: PathBuf,
    left: usize,
    bytes_left: usize,
}

/// What stands in a text where a directive may be.
enum Found<'t> {
    /// An escaped directive, without its backslash.
    Escaped(&'t str),
    /// A directive: its kind, and what follows that.
    Directive(&'t str, &'t str),
}

impl Expansion {
    fn expand(&mut self, folder: &Path, content: &str, depth: usize) -> Result<String> {
        let mut expanded = String::with_capacity(content.len());
        let mut rest = content;
        while let Some(at) = rest.find("{{") {
            let at = if rest[..at].ends_with('\\') { at - 1 } else { at };
            expanded.push_str(&rest[..at]);
            rest = &rest[at..];
            let Some((found, length)) = find(rest) else {
                // One character on: more braces may stand in a row.
                expanded.push_str(&rest[..1]);
                rest = &rest[1..];
                continue;
            };
            match found {
                Found::Escaped(text) => expanded.push_str(text),
                Found::Directive(kind, what) => match self.included(folder, kind, what, depth)? {
                    Some(text) => expanded.push_str(&text),
                    None => expanded.push_str(&rest[..length]),
                },
            }
            rest = &rest[length..];
        }
        expanded.push_str(rest);
        Ok(expanded)
    }

    /// What takes a directive's place; nothing where mdBook leaves it as it is.
    fn included(&mut self, folder: &Path, kind: &str, what: &str, depth: usize) -> Result<Option<String>> {
        let mut words = what.split_whitespace();
        let Some(word) = words.next() else { return Ok(None) };
        let (path, part) = match kind {
            // It sets the page's title, which is the chapter's here.
            "title" => return Ok(Some(String::new())),
            "include" | "rustdoc_include" => {
                word.split_once(':').map_or((word, None), |(path, part)| (path, Some(part)))
            }
            "playground" | "playpen" => (word, None),
            _ => return Ok(None),
        };
        let Ok(file) = folder.join(path).canonicalize() else { return Ok(None) };
        if !file.starts_with(&self.root) {
            bail!("it includes {path}, outside the course; {TRUST}");
        }
        let about = fs::metadata(&file).with_context(|| format!("opening {}", file.display()))?;
        if !about.is_file() || about.len() > LARGEST {
            bail!("it includes {path}, which is no file of at most {LARGEST} bytes; {TRUST}");
        }
        let text = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let Ok(text) = String::from_utf8(text) else { return Ok(None) };
        let text = part.map_or(text.clone(), |part| lines(&text, part));
        let counted = self.left.checked_sub(1).zip(self.bytes_left.checked_sub(text.len()));
        let Some((left, bytes_left)) = counted.filter(|_| depth < DEPTH) else {
            bail!("it includes more than {MOST} files or {MOST_BYTES} bytes, or {DEPTH} within each other; {TRUST}");
        };
        (self.left, self.bytes_left) = (left, bytes_left);
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        let text = self.expand(&folder, &text, depth + 1)?;
        Ok(Some(match kind {
            "playground" | "playpen" => {
                let attributes: Vec<&str> = ["rust"].into_iter().chain(words).collect();
                format!("```{}\n{text}\n```\n", attributes.join(","))
            }
            _ => text,
        }))
    }
}

/// The directive that a text begins with, and its length.
fn find(text: &str) -> Option<(Found<'_>, usize)> {
    if let Some(escaped) = text.strip_prefix('\\') {
        let line = escaped.lines().next().unwrap_or_default();
        let end = line.starts_with("{{#").then(|| line.rfind("}}")).flatten()? + 2;
        return Some((Found::Escaped(&escaped[..end]), end + 1));
    }
    let inside = text.strip_prefix("{{")?;
    let longest = inside.char_indices().map(|(at, _)| at).take(LONGEST).last().unwrap_or(0);
    let end = inside[..longest + inside[longest..].chars().next().map_or(0, char::len_utf8)].find('}')?;
    let directive = inside[..end].trim_start().strip_prefix('#')?;
    let (kind, what) = directive.split_once(char::is_whitespace)?;
    let is_word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_word && inside[end..].starts_with("}}")).then_some((Found::Directive(kind, what), end + 4))
}

/// Some lines of a text: `3`, `3:7`, `3:`, `:7`, or the name of an anchor.
fn lines(text: &str, part: &str) -> String {
    let mut ends = part.splitn(3, ':');
    let (first, last) = (ends.next().unwrap_or_default(), ends.next());
    let taken: Vec<&str> = match first.parse::<usize>() {
        Ok(line) => {
            let begin = line.saturating_sub(1);
            let end = match last {
                None => begin + 1,
                Some(last) => last.parse().unwrap_or(usize::MAX),
            };
            text.lines().take(end).skip(begin).filter(|line| !is_anchor(line)).collect()
        }
        Err(_) if first.is_empty() => {
            let end = last.and_then(|last| last.parse().ok()).unwrap_or(usize::MAX);
            text.lines().take(end).filter(|line| !is_anchor(line)).collect()
        }
        Err(_) => {
            let mark = |line: &&str, word: &str| {
                let named = line.split_once(word).map(|(_, name)| name.trim());
                named.is_some_and(|name| name.split_whitespace().next() == Some(first))
            };
            let within = text.lines().skip_while(|line| !mark(line, "ANCHOR:")).skip(1);
            within.take_while(|line| !mark(line, "ANCHOR_END:")).filter(|line| !is_anchor(line)).collect()
        }
    };
    taken.join("\n")
}

fn is_anchor(line: &str) -> bool {
    line.contains("ANCHOR:") || line.contains("ANCHOR_END:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(content: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("src/deep")).unwrap();
        fs::write(root.join("src/a.txt"), "one\ntwo\n// ANCHOR: x\nthree\n// ANCHOR_END: x\nfour").unwrap();
        fs::write(root.join("src/deep/b.md"), "b {{#include c.md}}").unwrap();
        fs::write(root.join("src/deep/c.md"), "c {{#include ../a.txt:1}}").unwrap();
        let mut expansion = Expansion { root: root.clone(), left: 100, bytes_left: 10_000 };
        expansion.expand(&root.join("src"), content, 0).unwrap_or_else(|error| format!("{error:#}"))
    }

    #[test]
    fn includes_are_expanded_as_mdbook_does() {
        for (content, wanted) in [
            ("no {{braces}} {{ budget }} here {{", "no {{braces}} {{ budget }} here {{"),
            ("{{#include a.txt:1:2}}", "one\ntwo"),
            ("{{#include a.txt:2}}", "two"),
            ("{{#include a.txt:4:}}", "three\nfour"),
            ("{{#include a.txt::1}}", "one"),
            ("{{#include a.txt:x}}", "three"),
            ("{{ #include deep/b.md }}!", "b c one!"),
            ("{{{#include a.txt:1}}", "{one"),
            ("\\{{#include a.txt}}", "{{#include a.txt}}"),
            ("{{#include gone.txt}}", "{{#include gone.txt}}"),
            (
                "{{#playground a.txt editable}}",
                "```rust,editable\none\ntwo\n// ANCHOR: x\nthree\n// ANCHOR_END: x\nfour\n```\n",
            ),
            ("{{#title Other}}x", "x"),
            ("{{#unknown x}}", "{{#unknown x}}"),
        ] {
            assert_eq!(expanded(content), wanted, "{content}");
        }
    }

    #[test]
    fn nothing_outside_is_included() {
        for content in [
            "{{#include /etc/hostname}}",
            "{{#include ../../../../../../../etc/hostname}}",
            "{{#playground /etc/hostname}}",
        ] {
            assert!(
                expanded(content).contains("outside the course") || !Path::new("/etc/hostname").exists(),
                "{content}"
            );
        }
    }
}
