//! Everything else in a chapter is unchanged, byte for byte, in any Markdown; and the widgets' HTML is inert.

use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use mdbook_verify::VerifyPreprocessor;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::str::FromStr;

const PARAMS: &str =
    "[preprocessor.verify.params]\nbudget_amount = 10\n[preprocessor.verify.accounts]\nproduction = \"x\"\n";
const CHECK: &str = "title = \"A check\"\naccount = \"production\"\n[[expect]]\nthat = \"true\"\nfix = \"x\"\n";

fn run(root: &Path, config: &str, content: &str) -> anyhow::Result<String> {
    let config = Config::from_str(config).unwrap();
    let context = PreprocessorContext::new(root.to_owned(), config, "html".to_owned());
    let chapter = Chapter::new("Chapter", content.to_owned(), PathBuf::from("chapter.md"), Vec::new());
    let book = Book::new_with_items(vec![BookItem::Chapter(chapter)]);
    let book = VerifyPreprocessor::new().run(&context, book)?;
    Ok(book.chapters().next().unwrap().content.clone())
}

fn course() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("checks")).unwrap();
    std::fs::write(root.path().join("checks/a-check.toml"), CHECK).unwrap();
    root
}

/// Pieces of Markdown, including difficult ones.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("- [ ] task\n"),
        Just("- [x] task\r\n"),
        Just("  - nested\n"),
        Just("1. one\n\n"),
        Just("```\n"),
        Just("`code`"),
        Just("    indented\n"),
        Just("> quote\n"),
        Just("<!-- comment -->"),
        Just("<div>\n"),
        Just("</div>\n"),
        Just("| a | b |\n|---|---|\n| 1 | 2 |\n"),
        Just("# heading\n"),
        Just("\n\n"),
        Just("{{#include x.md}}"),
        Just("{{ Title }}"),
        Just("\\{{"),
        Just("}}"),
        Just("{{"),
        Just("*em* "),
        Just("[link](x.md)"),
        Just("\t"),
        Just("é中🎉"),
        Just("<!-- verify that -->"),
        Just("&amp;"),
        Just("Word. "),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_chapter_without_directives_passes_byte_for_byte(content in markdown(), params in any::<bool>()) {
        let root = course();
        let config = if params { PARAMS } else { "[preprocessor.verify.accounts]\nproduction = \"x\"\n" };
        prop_assert_eq!(run(root.path(), config, &content).unwrap(), content);
    }

    #[test]
    fn around_a_directive_every_other_byte_stays(before in markdown(), after in markdown()) {
        let root = course();
        let content = format!("{before}\n\n---\n\n- [ ] Step <!-- verify: a-check -->\n\n---\n\n{after}");
        // If `before` leaves a code block or HTML open, the item is not an item. Then nothing changes, or the course is
        // refused.
        if let Ok(processed) = run(root.path(), PARAMS, &content) && processed != content {
            let from = content.find("[ ] Step <!--").unwrap();
            let to = content.find("verify: a-check -->").unwrap() + "verify: a-check -->".len();
            prop_assert!(processed.starts_with(&content[..from]), "{:?}", processed);
            prop_assert!(processed.ends_with(&content[to..]), "{:?}", processed);
            prop_assert!(processed[from..].starts_with("Step <verify-step id=\"step:a"), "{:?}", processed);
        }
    }
}

#[test]
fn parameters_are_escaped_where_they_stand() {
    let root = course();
    let config = "[preprocessor.verify.params]\nname = \"*a* <b> `c` \\\"d\\\"\"\n[preprocessor.verify.accounts]\nproduction = \"x\"\n";
    let content = "{{ name }} `{{name}}` <i title=\"{{ name }}\">\\{{ name }}</i> `\\{{ name }}`\n\n```\n{{ name }} {{ user }}\n```\n";
    insta::assert_snapshot!(run(root.path(), config, content).unwrap());
}

#[test]
fn foreign_braces_stop_no_build_and_stay_as_they_are() {
    let root = course();
    for content in [
        "{{ user }} `{{ budget_amont }}` {{budget_amount}} {{ user.name }}\n",
        "<script>let x = \"{{ message }}\";</script>\n\n<div>{{ x }}</div>\n",
        "```yaml\nif: ${{ matrix.os }}\n```\n\n```rust\nformat!(\"{{n}}\")\n```\n\n$x^{{a}}$\n",
        "<!-- {{ budget_amount }} -->\n\n{{{ budget_amount }}}\n",
    ] {
        assert_eq!(run(root.path(), PARAMS, content).unwrap(), content);
    }
}

#[test]
fn a_widget_never_breaks_out_of_its_list() {
    let root = course();
    for content in [
        "- [ ] Tight <!-- verify: a-check -->\n- other\n",
        "- Loose <!-- verify: a-check -->\n\n- other\n",
        "1. Parent\n   - [ ] Nested <!-- verify: a-check -->\n     - deeper\n",
        "> - Quoted <!-- verify: a-check -->\n",
    ] {
        let processed = run(root.path(), PARAMS, content).unwrap();
        let html = |markdown: &str| {
            let mut html = String::new();
            pulldown_cmark::html::push_html(
                &mut html,
                pulldown_cmark::Parser::new_ext(markdown, pulldown_cmark::Options::ENABLE_TASKLISTS),
            );
            html
        };
        let tags = |html: &str| html.matches("<li>").count() * 100 + html.matches("<p>").count();
        assert_eq!(tags(&html(&processed)), tags(&html(content)), "{processed}");
    }
}

#[test]
fn an_item_whose_check_nobody_has_named_says_so() {
    let root = course();
    let content = "- [ ] Budget created <!-- verify: ? a-check -->\n- [ ] other\n";
    let processed = run(root.path(), PARAMS, content).unwrap();
    let open = "<input class=\"verify-plain\" aria-label=\"Verdict\" readonly size=\"11\" value=\"(verify: ?)\"> \
                <span class=\"verify-open\" title=\"The check for this item is not chosen yet.\" data-text=\"verify: ?\"></span>";
    assert_eq!(processed, format!("- [ ] Budget created {open}\n- [ ] other\n"));
}
