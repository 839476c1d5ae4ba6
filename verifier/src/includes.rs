//! Expands `{{#include file}}` and the like in an untrusted course, as mdBook's `links` does, but only for files of the
//! course.
//!
//! This replaces `links`. Checking the chapters before `links` runs would not be safe, because it would have to predict
//! what `links` reads.

use anyhow::{Context, Error, Result, bail};
use course::files;
use course::include::{self, DEPTH, Files, Opened, Traced};
use mdbook_driver::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use std::path::{Path, PathBuf};

use crate::trust::TRUST;

/// The most includes of a book. Nested includes count each time.
const MOST: usize = 2000;
/// The most bytes of all includes.
const MOST_BYTES: usize = 16 << 20;

/// The preprocessor that replaces `links`.
pub struct ConfinedLinks;

impl Preprocessor for ConfinedLinks {
    fn name(&self) -> &str {
        "links"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let src = context.root.join(&context.config.book.src);
        let mut confined = Confined { root: context.root.canonicalize()?, left: MOST, bytes_left: MOST_BYTES };
        let mut failed = None;
        book.for_each_chapter_mut(|chapter| {
            let Some(source) = &chapter.source_path else { return };
            let folder = src.join(source).parent().map(Path::to_owned).unwrap_or_default();
            match confined.expand(&folder, &chapter.content) {
                Ok(expanded) => chapter.content = expanded,
                Err(error) => failed = Some(error.context(format!("the chapter {}", source.display()))),
            }
        });
        failed.map_or(Ok(book), Err)
    }
}

/// The files of a course, and how much may still be included.
struct Confined {
    root: PathBuf,
    left: usize,
    bytes_left: usize,
}

impl Confined {
    fn expand(&mut self, folder: &Path, content: &str) -> Result<String> {
        Ok(include::expand(self, &Traced::untold(content), folder)?.into_text())
    }
}

impl Files for Confined {
    type Error = Error;

    fn open(&mut self, folder: &Path, path: &str) -> Result<Option<Opened>> {
        let Ok(file) = folder.join(path).canonicalize() else { return Ok(None) };
        if !file.starts_with(&self.root) {
            bail!("it includes {path}, which is outside the course; {TRUST}");
        }
        let text =
            files::read(&file, files::LARGEST_TEXT).with_context(|| format!("reading {}; {TRUST}", file.display()))?;
        let Ok(text) = String::from_utf8(text) else { return Ok(None) };
        let folder = file.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Some(Opened { file: None, text: text.into(), folder }))
    }

    fn count(&mut self, bytes: usize, depth: usize) -> Result<()> {
        let counted = self.left.checked_sub(1).zip(self.bytes_left.checked_sub(bytes));
        let Some((left, bytes_left)) = counted.filter(|_| depth < DEPTH) else {
            bail!("it includes more than {MOST} files or {MOST_BYTES} bytes, or nests includes {DEPTH} deep; {TRUST}");
        };
        (self.left, self.bytes_left) = (left, bytes_left);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdbook_driver::book::Chapter;
    use mdbook_driver::builtin_preprocessors::LinkPreprocessor;
    use mdbook_driver::config::Config;
    use proptest::prelude::*;
    use std::fs;

    fn expanded(content: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("src")).unwrap();
        let mut confined = Confined { root: root.clone(), left: 100, bytes_left: 10_000 };
        confined.expand(&root.join("src"), content).unwrap_or_else(|error| format!("{error:#}"))
    }

    /// The parts of directives and anchors, and other text.
    const PARTS: &[&str] = &[
        "{{#include ",
        "{{#rustdoc_include ",
        "{{#playground ",
        "{{#title ",
        "{{#unknown ",
        "{{ #include\n",
        "\\{{#",
        "{{",
        "}}",
        "}",
        "\\",
        "FILE",
        "FILE",
        "FILE",
        ":",
        ":1",
        ":2:3",
        "::2",
        ":3:",
        ":x",
        ":y",
        " ",
        "}}\n",
        "}}",
        "\n",
        "\r\n",
        "\r",
        "ANCHOR: x\n",
        "ANCHOR_END: x\n",
        "// ANCHOR:y",
        " ANCHOR_END:\ty é\n",
        "text",
        "\u{feff}",
        "é",
        "#",
    ];

    /// A text whose directives name a file.
    fn text(file: &'static str) -> impl Strategy<Value = String> {
        let parts = prop::collection::vec(prop::sample::select(PARTS), 0..40);
        parts.prop_map(move |parts| parts.concat().replace("FILE", file))
    }

    fn run(links: &dyn Preprocessor, root: &Path, content: &str) -> Result<String> {
        let context = PreprocessorContext::new(root.to_owned(), Config::default(), "html".into());
        let chapter = Chapter::new("A", content.to_owned(), "a/chapter.md", Vec::new());
        let book = links.run(&context, Book::new_with_items(vec![chapter.into()]))?;
        Ok(book.chapters().next().unwrap().content.clone())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn includes_are_what_mdbook_makes_of_them(
            chapter in text("b.md"), includes in text("../c/d.md"), included in text("gone.md")
        ) {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join("src/a")).unwrap();
            fs::create_dir_all(root.path().join("src/c")).unwrap();
            fs::write(root.path().join("src/a/b.md"), &includes).unwrap();
            fs::write(root.path().join("src/c/d.md"), &included).unwrap();
            // mdBook also expands directives in the attributes of a playground.
            let is_attribute = |text: &str| {
                let mut playgrounds = text.split("{{#playground").skip(1);
                playgrounds.any(|behind| behind.split('}').next().is_some_and(|within| within.contains('{')))
            };
            prop_assume!(![&chapter, &includes, &included].into_iter().any(|text| is_attribute(text)));
            // Including a folder is an error here, and ignored by mdBook.
            let ours = run(&ConfinedLinks, root.path(), &chapter);
            prop_assume!(ours.is_ok());
            prop_assert_eq!(ours.unwrap(), run(&LinkPreprocessor::new(), root.path(), &chapter).unwrap());
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

    /// The program whose instructions `instructions` counts.
    #[test]
    #[ignore = "run by `instructions`"]
    fn one_size() {
        let (Ok(kind), Ok(size)) = (std::env::var("KIND"), std::env::var("SIZE")) else { return };
        let mut confined = Confined { root: PathBuf::from("/"), left: 0, bytes_left: 0 };
        let text = kind.repeat(size.parse().unwrap());
        assert_eq!(confined.expand(Path::new("/"), &text).unwrap(), text);
    }

    fn instructions(kind: &str, size: usize) -> f64 {
        let mut counting = std::process::Command::new("valgrind");
        counting.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().unwrap());
        counting.args(["--exact", "includes::tests::one_size", "--ignored"]).env("KIND", kind);
        let counted = counting.env("SIZE", size.to_string()).output();
        let counted = counted.expect("valgrind is missing: run tests/run, which installs it");
        let log = String::from_utf8_lossy(&counted.stderr);
        let (_, count) = log.split_once("Collected : ").unwrap_or_else(|| panic!("{log}"));
        assert!(counted.status.success(), "{kind}: {}", String::from_utf8_lossy(&counted.stdout));
        count.split_whitespace().next().unwrap().parse().unwrap()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_cost_of_looking_for_includes_is_linear() {
        for kind in ["{{", "{{ ", "{{#include ", "\\{{#include ", "\\{{#", "{{#include a}", "{{#unknown a}}"] {
            let [none, once, four_times] = [0, 1000, 4000].map(|size| instructions(kind, size));
            let ratio = (four_times - none) / (once - none);
            assert!(ratio < 5.0, "{kind}: {ratio:.2} times as many instructions for four times as many");
        }
    }
}
