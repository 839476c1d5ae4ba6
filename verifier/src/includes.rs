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
/// The longest directive, in bytes.
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
        let (mut ends, mut done) = (Ends::of(content), 0);
        while let Some(at) = content[done..].find("{{").map(|at| done + at) {
            let at = if content[done..at].ends_with('\\') { at - 1 } else { at };
            expanded.push_str(&content[done..at]);
            let Some((found, end)) = find(content, at, &mut ends) else {
                // One character on: more braces may stand in a row.
                expanded.push_str(&content[at..at + 1]);
                done = at + 1;
                continue;
            };
            match found {
                Found::Escaped(text) => expanded.push_str(text),
                Found::Directive(kind, what) => match self.included(folder, kind, what, depth)? {
                    Some(text) => expanded.push_str(&text),
                    None => expanded.push_str(&content[at..end]),
                },
            }
            done = end;
        }
        expanded.push_str(&content[done..]);
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

/// Where what begins in a text may end. Each is looked for once, however much begins before it.
struct Ends<'t> {
    text: &'t str,
    /// The next closing brace, if it was found already.
    brace: Option<usize>,
    /// The end of the line that was looked at last, and the last two closing braces in it.
    line: (usize, Option<usize>),
}

impl<'t> Ends<'t> {
    fn of(text: &'t str) -> Ends<'t> {
        Ends { text, brace: None, line: (0, None) }
    }

    /// The next closing brace from a place on. Places are asked for in order.
    fn brace(&mut self, from: usize) -> Option<usize> {
        if self.brace.is_none_or(|brace| brace < from) {
            // Where there is none, the text's end is as far away.
            self.brace = Some(self.text[from..].find('}').map_or(self.text.len(), |at| from + at));
        }
        self.brace.filter(|brace| *brace < self.text.len())
    }

    /// The last two closing braces of a line, from a place in it on. Places are asked for in order.
    fn last_braces(&mut self, from: usize) -> Option<usize> {
        if self.line.0 <= from {
            let end = self.text[from..].find('\n').map_or(self.text.len(), |at| from + at);
            self.line = (end, self.text[from..end].rfind("}}").map(|at| from + at));
        }
        self.line.1.filter(|braces| *braces >= from)
    }
}

/// The directive that begins at a place in a text, and its end.
fn find<'t>(text: &'t str, at: usize, ends: &mut Ends<'_>) -> Option<(Found<'t>, usize)> {
    if text[at..].starts_with('\\') {
        let end = ends.last_braces(at + 1).filter(|_| text[at + 1..].starts_with("{{#"))? + 2;
        return Some((Found::Escaped(&text[at + 1..end]), end));
    }
    let end = ends.brace(at + 2).filter(|end| end - at < LONGEST && text[*end..].starts_with("}}"))?;
    let directive = text[at + 2..end].trim_start().strip_prefix('#')?;
    let (kind, what) = directive.split_at(directive.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?);
    let is_word = !kind.is_empty() && what.starts_with(char::is_whitespace);
    is_word.then_some((Found::Directive(kind, what), end + 2))
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

    /// What `instructions` counts: this program, with a kind and a size.
    #[test]
    #[ignore = "counted by the other"]
    fn one_size() {
        let (Ok(kind), Ok(size)) = (std::env::var("KIND"), std::env::var("SIZE")) else { return };
        let mut expansion = Expansion { root: PathBuf::from("/"), left: 0, bytes_left: 0 };
        let text = kind.repeat(size.parse().unwrap());
        assert_eq!(expansion.expand(Path::new("/"), &text, 0).unwrap(), text);
    }

    fn instructions(kind: &str, size: usize) -> f64 {
        let mut counting = std::process::Command::new("valgrind");
        counting.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().unwrap());
        counting.args(["--exact", "includes::tests::one_size", "--ignored"]).env("KIND", kind);
        let counted = counting.env("SIZE", size.to_string()).output();
        let counted = counted.expect("valgrind is missing: run tests/run, which installs it");
        let said = String::from_utf8_lossy(&counted.stderr);
        let (_, count) = said.split_once("Collected : ").unwrap_or_else(|| panic!("{said}"));
        assert!(counted.status.success(), "{kind}: {}", String::from_utf8_lossy(&counted.stdout));
        count.split_whitespace().next().unwrap().parse().unwrap()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_looking_for_includes_takes_grows_with_the_text() {
        for kind in ["{{", "{{ ", "{{#include ", "\\{{#include ", "\\{{#", "{{#include a}", "{{#unknown a}}"] {
            let [none, once, four_times] = [0, 5000, 20000].map(|size| instructions(kind, size));
            let ratio = (four_times - none) / (once - none);
            assert!(ratio < 5.0, "{kind}: {ratio:.2} times as many instructions for four times as many");
        }
    }
}
