//! Includes of a course that is not trusted: `{{#include file}}` and its relatives, as mdBook's own `links` expands them,
//! of the course's own files and nothing else.
//!
//! This takes the place of `links` rather than looking at chapters before it does: whoever predicts what another program
//! will read is wrong sooner or later.

use anyhow::{Context, Result, bail};
use mdbook_driver::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use mdbook_verify::files;
use std::path::{Path, PathBuf};

use crate::trust::TRUST;

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
        let text =
            files::read(&file, files::LARGEST_TEXT).with_context(|| format!("reading {}; {TRUST}", file.display()))?;
        let Ok(text) = String::from_utf8(text) else { return Ok(None) };
        let text = match kind {
            "playground" | "playpen" => text,
            kind => lines(&text, part.unwrap_or_default(), kind == "rustdoc_include"),
        };
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
                let end = if text.ends_with('\n') { "" } else { "\n" };
                format!("```{}\n{text}{end}```\n", attributes.join(","))
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

/// Some lines of a text: `3`, `3:7`, `3:`, `:7`, the name of an anchor, or nothing for all of them. `hidden` keeps the
/// others behind a `#`, which is how rustdoc hides lines.
fn lines(text: &str, part: &str, hidden: bool) -> String {
    let mut ends = part.splitn(3, ':');
    let (first, last) = (ends.next().unwrap_or_default(), ends.next());
    let number = first.parse::<usize>().ok().map(|line| line.saturating_sub(1));
    if number.is_none() && !first.is_empty() {
        return anchored(text, first, hidden);
    }
    let end = match (number, last.map(str::parse::<usize>)) {
        (_, Some(Ok(end))) => end,
        (Some(begin), None) => begin + 1,
        _ => usize::MAX,
    };
    let range = number.unwrap_or(0)..end;
    let numbered = text.lines().enumerate();
    let taken = numbered.filter_map(|(at, line)| shown(line, range.contains(&at), hidden));
    taken.collect::<Vec<_>>().join("\n")
}

/// The lines between an anchor and its end. Lines that hold an anchor are left out.
fn anchored(text: &str, anchor: &str, hidden: bool) -> String {
    let (mut within, mut taken) = (false, Vec::new());
    for line in text.lines() {
        match (anchor_in(line, "ANCHOR:"), anchor_in(line, "ANCHOR_END:")) {
            (_, Some(name)) if within && name == anchor => {
                within = false;
                if !hidden {
                    break;
                }
            }
            (Some(name), _) if !within && name == anchor => within = true,
            (None, None) => taken.extend(shown(line, within, hidden)),
            _ => {}
        }
    }
    taken.join("\n")
}

/// A line as it is shown, if it is at all.
fn shown(line: &str, chosen: bool, hidden: bool) -> Option<String> {
    match (chosen, hidden) {
        (true, _) => Some(line.to_owned()),
        (false, true) => Some(format!("# {line}")),
        (false, false) => None,
    }
}

/// The name of the anchor that a line holds behind a mark.
fn anchor_in<'l>(line: &'l str, mark: &str) -> Option<&'l str> {
    let name = line.split_once(mark)?.1.trim_start();
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(name.len());
    (end > 0).then_some(&name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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
            ("{{#include a.txt:4:}}", "three\n// ANCHOR_END: x\nfour"),
            ("{{#rustdoc_include a.txt:2:2}}", "# one\ntwo\n# // ANCHOR: x\n# three\n# // ANCHOR_END: x\n# four"),
            ("{{#rustdoc_include a.txt:x}}", "# one\n# two\nthree\n# four"),
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
