//! Errors have the place where the author wrote the mistake, in books with includes of every kind, built by the stock
//! `mdbook`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MANIFEST: &str = "[book]\ntitle = \"A course\"\n\n[preprocessor.verify.accounts]\ngeneral = \"the first\"\n";

/// A list item with a mistake. The message has column 17.
const BAD: &str = "- x <!-- verify: nope -->";

/// A program from the tests' own environment.
fn installed(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/.venv/bin").join(name);
    assert!(path.exists(), "{} is missing: run tests/run, which installs it", path.display());
    path
}

struct Bench {
    dir: tempfile::TempDir,
}

impl Bench {
    /// A folder with a book in `book` whose only chapter is `chapter.md`.
    fn new(files: &[(&str, &str)]) -> Bench {
        let bench = Bench { dir: tempfile::tempdir().unwrap() };
        let command = format!("\n[preprocessor.verify]\ncommand = '{}'\n", env!("CARGO_BIN_EXE_mdbook-verify"));
        bench.write("book/book.toml", &format!("{MANIFEST}{command}"));
        bench.write("book/src/SUMMARY.md", "[A](chapter.md)\n");
        files.iter().for_each(|(path, text)| bench.write(path, text));
        bench
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A preprocessor before ours (and before `links`, if that is asked for), which changes each chapter's `text` by a line
    /// of Python.
    fn edited_by(self, python: &str, before_links: bool) -> Bench {
        let script = format!(
            "import json, sys\nif sys.argv[1:2] == ['supports']: sys.exit(0)\ncontext, book = json.load(sys.stdin)\n\
             for item in book['items']:\n    text = item['Chapter']['content']\n    {python}\n    \
             item['Chapter']['content'] = text\njson.dump(book, sys.stdout)\n"
        );
        self.write("edit.py", &script);
        let path = self.dir.path().join("book/book.toml");
        // Without it, mdBook would run ours first, because it depends on no other preprocessor.
        let ours = "[preprocessor.verify]\n";
        let manifest = fs::read_to_string(&path).unwrap().replace(ours, &format!("{ours}after = [\"links\"]\n"));
        let order = if before_links { "before = [\"links\"]" } else { "after = [\"links\"]\nbefore = [\"verify\"]" };
        let added = format!(
            "{manifest}\n[preprocessor.edit]\ncommand = '{} {}'\n{order}\n",
            installed("python3").display(),
            self.dir.path().join("edit.py").display(),
        );
        fs::write(&path, added).unwrap();
        self
    }

    /// The output of the stock `mdbook`.
    fn said(&self) -> String {
        let mut build = Command::new(installed("mdbook"));
        let built = build.arg("build").current_dir(self.dir.path().join("book")).output().unwrap();
        let said = String::from_utf8(built.stderr).unwrap();
        let folder = self.dir.path().canonicalize().unwrap();
        said.replace(&format!("{}/", folder.display()), "/")
    }

    /// The places of the errors.
    fn places(&self) -> Vec<String> {
        let said = self.said();
        let places: Vec<String> =
            said.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")).map(str::to_owned).collect();
        assert!(!places.is_empty(), "{said}");
        places
    }
}

/// A book with these files in its `src`, of which `chapter.md` is the chapter.
fn book(files: &[(&str, &str)]) -> Bench {
    let paths: Vec<String> = files.iter().map(|(path, _)| format!("book/src/{path}")).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(String::as_str).zip(files.iter().map(|(_, text)| *text)).collect();
    Bench::new(&files)
}

#[test]
fn each_kind_of_include_has_its_authors_places() {
    let part =
        format!("intro\n{BAD}\n- between\n{BAD}\n- <!-- ANCHOR: a -->\n{BAD}\n- <!-- ANCHOR_END: a -->\n- end\n");
    for (directive, wanted) in [
        ("{{#include part.md}}", vec!["src/part.md:2:18", "src/part.md:4:18", "src/part.md:6:18"]),
        ("{{#include part.md:4}}", vec!["src/part.md:4:18"]),
        ("{{#include part.md:3:}}", vec!["src/part.md:4:18", "src/part.md:6:18"]),
        ("{{#include part.md::3}}", vec!["src/part.md:2:18"]),
        ("{{#include part.md:3:4}}", vec!["src/part.md:4:18"]),
        ("{{#include part.md:a}}", vec!["src/part.md:6:18"]),
        // The others are then headings, which have no directives.
        ("{{#rustdoc_include part.md:a}}", vec!["src/part.md:2:5", "src/part.md:4:5", "src/part.md:6:18"]),
        ("{{#include part.md:4}}\n\n{{#include part.md:2}}", vec!["src/part.md:2:18", "src/part.md:4:18"]),
        ("{{#include part.md:4}}\n{{#include part.md:6}}\n", vec!["src/part.md:4:18", "src/part.md:6:18"]),
        // It is included twice, but has one mistake.
        ("{{#include part.md:4}}\n\n{{#include part.md:4}}", vec!["src/part.md:4:18"]),
        ("{{ #include   ./sub/../part.md:2  }}", vec!["src/part.md:2:18"]),
        ("  {{#include part.md:2}}", vec!["src/part.md:2:18"]),
    ] {
        let chapter = format!("# A\n\n{directive}\n");
        let book = book(&[("chapter.md", chapter.as_str()), ("part.md", part.as_str()), ("sub/other.md", "")]);
        assert_eq!(book.places(), wanted, "{directive}");
    }
}

#[test]
fn an_include_within_a_line_has_the_columns_of_both() {
    for (chapter, wanted) in [
        ("- [ ] {{#include text.md}} <!-- verify: nope -->", "src/chapter.md:1:41"),
        ("- [ ] x {{#include directive.md}}", "src/directive.md:2:16"),
        ("- [ ] {{#include text.md}} {{#include directive.md:2}}", "src/directive.md:2:16"),
        ("- [ ] {{#include text.md}} <!-- verify: {{#include name.md}} -->", "src/name.md:1:1"),
        ("- [ ] \\{{#include text.md}} <!-- verify: nope -->", "src/chapter.md:1:42"),
        ("- [ ] {{#include gone.md}} <!-- verify: nope -->", "src/chapter.md:1:41"),
        ("{{#title Another}}\n\n- [ ] x <!-- verify: nope -->", "src/chapter.md:3:22"),
    ] {
        let files = [
            ("chapter.md", chapter),
            ("text.md", "some text"),
            ("directive.md", "y\nz <!-- verify: nope -->\n"),
            ("name.md", "nope"),
        ];
        assert_eq!(book(&files).places(), [wanted], "{chapter}");
    }
}

#[test]
fn includes_within_includes_have_the_places_of_the_innermost() {
    let deep: Vec<(String, String)> = (1..=11)
        .map(|at| (format!("{at}/part.md"), format!("{at}\n\n{BAD} \n\n{{{{#include ../{}/part.md}}}}\n", at + 1)))
        .collect();
    let mut files = vec![("chapter.md", "{{#include 1/part.md}}")];
    files.extend(deep.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let mut places = book(&files).places();
    places.sort_by_key(|place| place.split('/').nth(1).unwrap().parse::<usize>().unwrap());
    let wanted: Vec<String> = (1..=10).map(|at| format!("src/{at}/part.md:3:18")).collect();
    assert_eq!(places, wanted, "mdBook throws away the eleventh");
}

#[test]
fn line_endings_and_marks_of_byte_order_move_no_place() {
    let (crlf, lf) = (format!("a\r\n{BAD}\r\n\r\nb\r\n"), format!("a\n{BAD}\n\nb"));
    let marked = format!("\u{feff}{BAD}\n");
    for (chapter, part, wanted) in [
        ("x\n\n{{#include part.md}}\n", crlf.as_str(), "src/part.md:2:18"),
        ("x\r\n\r\n{{#include part.md}}\r\n", crlf.as_str(), "src/part.md:2:18"),
        ("x\r\n\r\n{{#include part.md}}", lf.as_str(), "src/part.md:2:18"),
        ("\u{feff}x\n\n{{#include part.md}}", lf.as_str(), "src/part.md:2:18"),
        (crlf.as_str(), "", "src/chapter.md:2:18"),
        (marked.as_str(), "", "src/chapter.md:1:18"),
        ("{{#include part.md}}{{#include part.md}}- x <!-- verify: nope -->", "", "src/chapter.md:1:58"),
        // mdBook keeps the byte order mark of an included file, and a list item after the mark is not an item.
        ("- {{#include part.md}}", "\u{feff}x <!-- verify: nope -->", "src/part.md:1:16"),
    ] {
        assert_eq!(book(&[("chapter.md", chapter), ("part.md", part)]).places(), [wanted], "{chapter:?} {part:?}");
    }
}

#[test]
fn a_block_that_mdbook_makes_of_a_file_has_its_places() {
    // A fence in an included file ends the block.
    let part = format!("```\n\n{BAD}\n\n```\n");
    let files = [("chapter.md", "# A\n\n{{#playground part.md}}\n"), ("part.md", part.as_str())];
    assert_eq!(book(&files).places(), ["src/part.md:3:18"]);
}

#[test]
fn a_file_outside_of_the_book_has_its_own_name() {
    let outside = format!("x\n\n{BAD}\n");
    let book = Bench::new(&[
        ("book/src/chapter.md", "{{#include ../../shared/part.md}}"),
        ("shared/part.md", outside.as_str()),
    ]);
    assert_eq!(book.places(), ["../shared/part.md:3:18"]);
    let part = book.dir.path().join("shared/part.md");
    book.write("book/src/chapter.md", &format!("{{{{#include {}}}}}", part.display()));
    assert_eq!(book.places(), ["/shared/part.md:3:18"]);
}

#[test]
fn a_file_that_cannot_be_looked_into_has_the_line_that_includes_it() {
    let large = format!("{BAD}\n{}", " \n".repeat(3 << 20));
    let files = [("chapter.md", "# A\n\n{{#include part.md}}\n\nend\n"), ("part.md", large.as_str())];
    assert_eq!(book(&files).places(), ["src/chapter.md:3, which another preprocessor changed to:"]);
}

#[test]
fn a_readme_and_front_matter_keep_their_places() {
    let book = book(&[("README.md", "---\ntitle: x\n---\n\n- x <!-- verify: nope -->\n")]);
    book.write("book/src/SUMMARY.md", "[A](README.md)\n");
    assert_eq!(book.places(), ["src/README.md:5:18"]);
}

#[test]
fn where_another_preprocessor_changed_a_chapter_no_place_is_made_up() {
    let chapter = format!("# A\n\n{BAD}\n\ntext :smile:\n\n{{{{#include part.md}}}}\n\nend\n");
    let part = format!("{BAD}\n");
    let place = |python: &str, before_links: bool| {
        let files = [("chapter.md", chapter.as_str()), ("part.md", part.as_str())];
        book(&files).edited_by(python, before_links).places().join(" ")
    };
    let both = "src/chapter.md:3:18 src/part.md:1:18";
    let unknown = "src/chapter.md, in a line that another preprocessor moved or added";
    for (python, before_links, wanted) in [
        ("text = text.replace(':smile:', '😀')", false, both.to_owned()),
        ("text = text.replace(':smile:', '😀')", true, both.to_owned()),
        ("text = 'new\\n\\n' + text + '\\nend\\n'", false, both.to_owned()),
        ("text = text.replace('\\n', '\\r\\n')", false, both.to_owned()),
        // Which of two was removed cannot be determined if the text around them was removed, too.
        (
            "text = text.split('text')[0].replace('# A', '') + '- y <!-- verify: none-such -->\\n'",
            false,
            format!("{unknown} {unknown}"),
        ),
        // The line is known, but not the column.
        (
            "text = text.replace('# A', '# A 😀').replace('nope', 'x-nope', 1)",
            false,
            "src/chapter.md:3, which another preprocessor changed to: src/part.md:1:18".to_owned(),
        ),
        ("text = text.replace('end', '- z <!-- verify: made -->\\n\\nthe end\\n')", false, {
            format!("{unknown} {both}")
        }),
        ("text = '- z <!-- verify: made -->'", false, unknown.to_owned()),
    ] {
        assert_eq!(place(python, before_links), wanted, "{python}");
    }
}

#[test]
fn without_links_a_chapter_is_its_file() {
    let chapter = format!("{{{{#include part.md}}}}\n\n{BAD}\n");
    let book = book(&[("chapter.md", chapter.as_str()), ("part.md", "a\nb\n")]);
    let manifest = || fs::read_to_string(book.dir.path().join("book/book.toml")).unwrap();
    book.write("book/book.toml", &format!("{}\n[build]\nuse-default-preprocessors = false\n", manifest()));
    assert_eq!(book.places(), ["src/chapter.md:3:18"]);
    let book = book.edited_by("text = text.replace('part', 'other') + '\\nx\\n'", true);
    assert_eq!(book.places(), ["src/chapter.md:3:18"]);
}
