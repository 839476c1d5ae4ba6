//! The binary, started by the stock `mdbook` and by an author in a terminal.
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use crate::support::{MANIFEST, TestBook, first_page, older};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Output};

fn verify(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mdbook-verify")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn every_renderer_is_supported() {
    for renderer in ["html", "markdown", "test", "epub"] {
        assert_eq!(verify(&["supports", renderer]), (0, String::new()));
    }
}

#[test]
fn a_book_goes_in_and_comes_out() {
    let book = TestBook::new().chapter("a.md", "- One <!-- verify: root-mfa -->\n");
    assert!(first_page(&book.binary("html", "0.5.4")).contains("<verify-step"));
}

/// A book with one chapter, from an mdBook with a changed context and book.
fn changed(book: &TestBook, change: impl FnOnce(&mut Value, &mut Value)) -> Output {
    let mut context = serde_json::to_value(book.context("html")).unwrap();
    let mut items = serde_json::to_value(book.book()).unwrap();
    change(&mut context, &mut items);
    book.binary_with(&serde_json::to_vec(&(context, items)).unwrap())
}

fn lesson() -> TestBook {
    TestBook::new().chapter("a.md", "- One <!-- verify: root-mfa -->\n")
}

/// The output, without the message about the style sheet, which this book does not have.
fn said(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    said.lines().filter(|line| !line.contains("style sheet")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn an_older_mdbook_is_told_to_be_updated() {
    let input = r#"[{"root":"/","config":{},"renderer":"html","mdbook_version":"0.4.52"},{"sections":[]}]"#;
    let output = TestBook::new().binary_with(input.as_bytes());
    assert!(!output.status.success());
    insta::assert_snapshot!(said(&output));
}

#[test]
fn a_later_mdbook_builds_with_a_warning() {
    let output = changed(&lesson(), |context, _| context["mdbook_version"] = "0.6.0".into());
    assert!(first_page(&output).contains("<verify-step"));
    insta::assert_snapshot!(said(&output));
}

#[test]
fn what_a_later_mdbook_adds_is_left_as_it_is_and_named_once() {
    let output = changed(&lesson(), |context, book| {
        context["mdbook_version"] = "0.5.9".into();
        context["new"] = true.into();
        context["config"]["book"]["subtitle"] = "new".into();
        context["config"]["build"] = json!({ "build-dir": "site", "jobs": 2 });
        context["config"]["search"] = json!({ "enable": true });
        book["new"] = json!([1.5]);
        book["items"][0]["Chapter"]["tags"] = json!(["new"]);
        let inner = json!({ "Chapter": { "name": "B", "content": "- Two <!-- verify: root-mfa -->\n", "path": "b.md", "source_path": "a.md", "sub_items": [] } });
        book["items"][0]["Chapter"]["sub_items"] =
            json!(["Separator", { "PartTitle": "x" }, { "Spacer": { "lines": 2 } }, inner]);
    });
    insta::assert_snapshot!(said(&output));
    let book: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(book["new"], json!([1.5]));
    let chapter = &book["items"][0]["Chapter"];
    assert_eq!(chapter["tags"], json!(["new"]));
    assert_eq!(chapter["sub_items"][2], json!({ "Spacer": { "lines": 2 } }));
    for content in [&chapter["content"], &chapter["sub_items"][3]["Chapter"]["content"]] {
        assert!(content.as_str().unwrap().contains("<verify-step"), "{book}");
    }
}

#[test]
fn a_book_that_cannot_be_read_is_told_what_helps() {
    type Change = fn(&mut Value, &mut Value);
    let changes: [Change; 5] = [
        |_, book| book["items"][0]["Chapter"]["content"] = json!({ "text": "x" }),
        |_, book| *book = json!({ "chapters": [] }),
        |context, _| context["config"] = "book.toml".into(),
        |context, _| drop(context.as_object_mut().unwrap().remove("root")),
        |context, _| drop(context.as_object_mut().unwrap().remove("renderer")),
    ];
    for version in ["0.5.9", "0.6.0", "1.0.0"] {
        for change in changes {
            let output = changed(&lesson(), |context, book| {
                context["mdbook_version"] = version.into();
                change(context, book);
            });
            let said = said(&output);
            assert!(!output.status.success() && output.stdout.is_empty(), "{said}");
            for told in [
                version,
                "0.5.4",
                "cargo install mdbook --version 0.5.4 --locked",
                "update mdbook-verify",
                "`verify build`",
            ] {
                assert!(said.contains(told), "{said}");
            }
        }
    }
}

#[test]
fn input_that_is_not_a_book_is_refused() {
    for (input, told) in [
        ("hello", "not what mdBook sends"),
        ("[{}, {}]", "version \"\" is not a version number"),
        ("[1, 2, 3]", "not what mdBook sends"),
        (r#"[{"mdbook_version":"five"},{}]"#, "version \"five\" is not a version number"),
    ] {
        let output = TestBook::new().binary_with(input.as_bytes());
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(told), "{}", said(&output));
    }
}

#[test]
fn run_by_hand_it_says_what_it_is() {
    let output = TestBook::new().binary_with(b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("mdBook runs this program") && said(&output).contains("mdbook-verify install"));
}

#[test]
fn a_style_sheet_that_is_missing_or_old_is_told_once_and_only_for_html() {
    let told = |book: &TestBook, renderer: &str| {
        let output = book.binary(renderer, "0.5.4");
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let book = lesson();
    for renderer in ["markdown", "epub", "test"] {
        assert_eq!(told(&book, renderer), "");
    }
    assert_eq!(
        told(&book, "html"),
        "mdbook-verify: the book has no style sheet for its steps: run `mdbook-verify install` in the book's folder\n"
    );
    let manifest = format!("{MANIFEST}\n[output.html]\nadditional-css = [\"verify.css\"]\n");
    let book = TestBook::with_manifest(&manifest).chapter("a.md", "- One <!-- verify: root-mfa -->\n");
    assert!(told(&book, "html").contains("the style sheet verify.css in book.toml cannot be read"));
    assert_eq!(verify(&["install", book.dir.path().to_str().unwrap()]).0, 0);
    assert_eq!(told(&book, "html"), "");
    let sheet = fs::read_to_string(book.dir.path().join("verify.css")).unwrap();
    book.write("verify.css", &older(&sheet));
    let old = told(&book, "html");
    assert!(old.contains("verify.css is from mdbook-verify 0.0.1, but this is") && old.lines().count() == 1, "{old}");
}

#[test]
fn what_the_environment_sets_is_named_and_book_toml_is_not() {
    let book = lesson();
    let mut config: toml::Table = toml::from_str(MANIFEST).unwrap();
    // mdBook does this before it sends its configuration.
    config["preprocessor"]["verify"]["params"].as_table_mut().unwrap().insert("budget-amount".into(), "five".into());
    let mut context = serde_json::to_value(book.context("html")).unwrap();
    context["config"] = serde_json::to_value(config).unwrap();
    let input = serde_json::to_vec(&(context, book.book())).unwrap();
    let variable = "MDBOOK_PREPROCESSOR__VERIFY__PARAMS__BUDGET_AMOUNT";
    let output = book.binary_where(&[(variable, "five")], &input);
    let told = said(&output);
    assert!(
        told.contains(variable) && told.contains("must be a whole number") && !told.contains("book.toml"),
        "{told}"
    );
}

#[test]
fn all_that_can_be_said_is_shown() {
    for arguments in [&["--help"][..], &["-h"], &["install", "--help"], &["install", "-h", "x", "--check"]] {
        let (code, text) = verify(arguments);
        assert_eq!(code, 0, "{arguments:?}");
        assert_eq!(text.contains("--css NAME"), arguments.contains(&"install"), "{text}");
    }
}

#[test]
fn wrong_arguments_show_how_it_is_used() {
    for (arguments, told) in [
        (&["bild"][..], "mdbook-verify install"),
        (&["supports"], "mdbook-verify supports RENDERER"),
        (&["install", "--chek"], "there is no option --chek"),
        (&["install", "-c"], "there is no option -c"),
        (&["install", "a", "b"], "only one folder can be named"),
        (&["install", "--css"], "--css requires a name"),
    ] {
        let (code, text) = verify(arguments);
        assert_eq!(code, 2);
        assert!(text.contains(told) && text.contains("mdbook-verify install"), "{text}");
    }
}
