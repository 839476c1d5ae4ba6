//! The pages of a book after the preprocessor, and the messages to its author.
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use crate::support::{TestBook, expectation, first_page, reason};
use course::results::{Outcome, Verdict};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

#[test]
fn a_step_replaces_its_comment_and_nothing_else() {
    let text = "# A\r\n\r\n- [x] One <!-- verify: cost-budget -->\r\n  - [ ] child\r\n- [ ] other\r\n\r\nend  \r\n";
    let page = TestBook::new().chapter("a.md", text).page("html");
    let (before, rest) = page.split_once("<verify-step ").unwrap();
    let (_, after) = rest.split_once("</verify-step>").unwrap();
    assert_eq!(before, "# A\r\n\r\n- One ");
    assert_eq!(after, "\r\n  - [ ] child\r\n- [ ] other\r\n\r\nend  \r\n");
}

#[test]
fn the_first_step_of_a_published_page_says_how_to_verify_ones_own_account() {
    let published =
        format!("{}\n[output.html]\ngit-repository-url = \"https://github.com/a/b\"\n", crate::support::MANIFEST);
    let text = "- One <!-- verify: cost-budget -->\n- Two <!-- verify: root-mfa -->\n";
    let page = |manifest: &str| TestBook::with_manifest(manifest).chapter("a.md", text).page("html");
    insta::assert_snapshot!(page(&published));
    let other =
        published.replace("[preprocessor.verify.params]", "[preprocessor.verify]\nserve = \"make <all>\"\n\n$0");
    let other = page(&other.replace("$0", "[preprocessor.verify.params]"));
    assert!(other.contains("value=\"make &#60;all&#62;\""), "{other}");
    let unsafe_address = page(&published.replace("/a/b", "/a/b;ls"));
    assert!(!unsafe_address.contains("git clone"), "{unsafe_address}");
    assert_eq!(unsafe_address, page(crate::support::MANIFEST));
    let words = TestBook::with_manifest(&published).chapter("a.md", text).page("markdown");
    assert_eq!(words, "- One (not checked)\n- Two (not checked)\n");
}

#[test]
fn with_a_prefix_all_names_of_the_widgets_have_it_and_no_text_has() {
    use mdbook_preprocessor::Preprocessor;
    let text = "- verify-one <!-- verify: cost-budget budget_amount=20 -->\n- two <!-- verify: ? -->\n";
    let published = format!(
        "{}\n[output.html]\ngit-repository-url = \"https://github.com/a/verify-b\"\n",
        crate::support::MANIFEST
    );
    let book = TestBook::with_manifest(&published).chapter("a.md", text);
    let result = |change: &mut course::results::StepResult| {
        change.verdict = Verdict::NotYet;
        change.expectations = vec![expectation(Outcome::NotMet, "verify-step verify-x")];
    };
    book.results("cost-budget,budget_amount=20", result);
    let named = mdbook_verify::VerifyPreprocessor::new().with_prefix("verify-0-");
    let named = named.run(&book.context("html"), book.book()).unwrap();
    let named = &named.chapters().next().unwrap().content;
    assert_eq!(named.matches("verify-").count(), named.matches("verify-0-").count() + 1, "{named}");
    assert_eq!(named.replace("verify-0-", "verify-"), book.page("html"));
    assert!(named.contains("<span class=\"verify-0-open\""), "{named}");
}

#[test]
fn other_renderers_read_words() {
    let page = TestBook::new().chapter("a.md", "- [ ] One <!-- verify: cost-budget -->\n").page("markdown");
    assert_eq!(page, "- One (not checked)\n");
}

#[test]
fn ids_name_the_account_and_the_parameters_that_differ() {
    for (directive, id) in [
        ("cost-budget", "cost-budget"),
        ("cost-budget account=production budget_amount=10", "cost-budget"),
        ("cost-budget budget_amount=20 account=general", "cost-budget@general,budget_amount=20"),
        ("all-safe budget_amount=20", "all-safe,budget_amount=20"),
    ] {
        let book = TestBook::new().chapter("a.md", &format!("- One <!-- verify: {directive} -->\n"));
        assert!(book.course().step(id).is_some(), "{directive}: {:?}", book.course().steps);
    }
}

#[test]
fn members_that_no_lesson_names_stand_before_their_step() {
    let course = TestBook::new().chapter("a.md", "- All <!-- verify: all-safe account=general -->\n").course();
    let ids: Vec<_> = course.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["cost-budget@general", "root-mfa@general", "all-safe@general"]);
    assert_eq!(course.steps[2].members, ids[..2]);
}

#[test]
fn the_same_step_in_two_places_is_one_and_optional_only_if_both_are() {
    let text = "- A <!-- verify: root-mfa optional -->\n- B <!-- verify: root-mfa -->\n";
    let course = TestBook::new().chapter("a.md", text).course();
    assert_eq!(course.steps.len(), 1);
    assert_eq!(course.steps[0].occurrences.len(), 2);
    assert!(!course.steps[0].optional);
}

#[test]
fn a_readme_and_a_draft_are_chapters_like_others() {
    let book = TestBook::new().draft().chapter("README.md", "- A <!-- verify: root-mfa -->\n");
    assert_eq!(book.course().steps[0].occurrences[0].chapter.to_str(), Some("index.md"));
}

#[test]
fn all_errors_come_at_once_with_carets() {
    let book = TestBook::new().chapter(
        "a.md",
        "# A <!-- verify: root-mfa -->\n\n- x <!-- verify: cost-buget -->\n- y <!-- verify: cost-budget budget_amount=ten -->\n\n\
         {{ budget_amonut }}\n",
    );
    insta::assert_snapshot!(book.errors());
}

#[test]
fn an_error_points_into_the_included_file() {
    let file = "# A\n\n{{#include part.txt}}\n";
    let book = TestBook::new().expanded("a.md", file, "# A\n\nintro\n- x <!-- verify: nope -->\n\n");
    book.write("src/part.txt", "intro\n- x <!-- verify: nope -->\n");
    assert!(book.errors().contains("--> src/part.txt:2:18"), "{}", book.errors());
}

#[test]
fn parameters_are_escaped_in_text_and_verbatim_in_code() {
    let text = "{{ label }} `{{ label }}` <b title=\"{{ label }}\">x</b> \\{{ label }} {{#include x}}\n\n\
                ```\n{{ label }} {{ item.name }} {{ values }}\n```\n";
    let page = TestBook::new().chapter("a.md", text).page("html");
    assert_eq!(
        page,
        "a\\_b\\*c `a_b*c` <b title=\"a&#95;b&#42;c\">x</b> \\{{ label }} {{#include x}}\n\n\
         ```\na_b*c {{ item.name }} {{ values }}\n```\n"
    );
}

/// The list depth of a page's widgets, each with whether it is a block of HTML.
fn depths(page: &str) -> Vec<(usize, bool)> {
    let (mut depth, mut found) = (0, Vec::new());
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::Item) => depth += 1,
            Event::End(TagEnd::Item) => depth -= 1,
            Event::Html(html) if html.contains("<verify-step") => found.push((depth, true)),
            Event::InlineHtml(html) if html.starts_with("<verify-step") => found.push((depth, false)),
            _ => {}
        }
    }
    found
}

#[test]
fn a_widget_stands_where_its_directive_did() {
    for (text, expected) in [
        ("- a\n  - b\n  <!-- verify: root-mfa -->\n", vec![(1, true)]),
        ("- a\n  - b <!-- verify: cost-budget -->\n\n  <!-- verify: root-mfa -->\n- c\n", vec![(2, false), (1, true)]),
        ("- a\n  ```\n  x\n  ```\n  <!-- verify: root-mfa -->\n  more\n", vec![(1, true)]),
        ("> 1. a\n>\n>    b <!-- verify: root-mfa -->\n", vec![(1, false)]),
        ("text\n<!-- verify: root-mfa -->\ntext\n", vec![(0, true)]),
        ("> text\n>\n> <!-- verify: root-mfa -->\n> text\n", vec![(0, true)]),
        ("<details>\n<summary>s</summary>\n\ntext\n\n<!-- verify: root-mfa -->\n\n</details>\n", vec![(0, true)]),
    ] {
        let page = TestBook::new().chapter("a.md", text).page("html");
        assert_eq!(depths(&page), expected, "{text:?}: {page}");
        let paragraphs = |text: &str| Parser::new(text).filter(|event| *event == Event::Start(Tag::Paragraph)).count();
        assert_eq!(paragraphs(&page), paragraphs(text), "the text around it stays what it is: {page}");
    }
}

#[test]
fn a_step_of_its_own_has_its_own_words_or_its_checks() {
    let text = "Text.\n\n<!-- verify: root-mfa -->\n\n<!-- verify: cost-budget \"Below <{{ budget_amount }}>\" -->\n\n\
                <!-- verify: none -->\n";
    let book = TestBook::new().chapter("a.md", text.trim_end_matches("<!-- verify: none -->\n"));
    let titles: Vec<String> =
        book.course().steps.iter().flat_map(|step| &step.occurrences).map(|place| place.text.clone()).collect();
    assert_eq!(titles, ["MFA", "Below <10>"]);
    let page = book.page("html");
    assert!(page.contains("MFA</p>") && page.contains("Below &#60;10&#62;</p>"), "{page}");
    assert!(!page.contains("\n<verify-step"), "each begins as a block: {page}");
    let other = book.page("markdown");
    assert!(other.contains("**MFA** (") && other.contains("**Below &lt;10&gt;** ("), "{other}");
    assert!(TestBook::new().chapter("a.md", text).errors().contains("here is no checkbox"));
    let own = TestBook::new().chapter("a.md", "- a <!-- verify: root-mfa \"b\" -->\n").errors();
    assert!(own.contains("the title of a step in a list item is the item's text"), "{own}");
}

#[test]
fn an_item_that_looks_like_another_block_without_its_task_marker_stays_text() {
    for text in [
        "# 1 priority",
        "1. first",
        "> quoted",
        "- dash",
        "+ plus",
        "* star",
        "***",
        "---",
        "===",
        "~~~ x",
        "```",
        "[ ] x",
        "[a]: b",
        "<div>x</div>",
        "<!-- x --> y",
        "    four spaces",
        "\ttab",
        ": x",
        "| a |",
        "#",
        "1)",
        "**bold** and [link](x)",
    ] {
        let source = format!("- [ ] {text} <!-- verify: root-mfa -->\n");
        let page = TestBook::new().chapter("a.md", &source).page("html");
        let (before, _) = page.split_once("<verify-step").unwrap();
        assert!(!page.contains('\u{200b}') && !before.contains("&#8203;"), "{page}");
        // As mdBook reads it with the marker.
        let shape = |page: &str| {
            let options = Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES | Options::ENABLE_DEFINITION_LIST;
            let (mut blocks, mut words) = (Vec::new(), String::new());
            for event in Parser::new_ext(page, options) {
                match event {
                    Event::Start(tag) => blocks.push(format!("{tag:?}")),
                    Event::Text(text) => words.push_str(&text),
                    _ => {}
                }
            }
            (blocks, words.trim().to_owned())
        };
        assert_eq!(shape(&format!("{before}x")), shape(&source.replace("<!-- verify: root-mfa -->", "x")), "{page}");
    }
    let page = TestBook::new()
        .chapter("a.md", "- [ ] **a** <!-- verify: root-mfa -->\n- [ ] [b](c) <!-- verify: cost-budget -->\n");
    let page = page.page("html");
    assert!(page.starts_with("- **a** <verify-step") && page.contains("\n- [b](c) <verify-step"), "{page}");
}

#[test]
fn a_failed_step_says_what_to_do() {
    let book = TestBook::new().chapter("a.md", "- One <!-- verify: cost-budget -->\n");
    book.results("cost-budget", |result| {
        result.expectations.push(expectation(Outcome::NotMet, "Create a budget."));
        result.held_until = Some("2026-11-20T08:00:00Z".into());
    });
    insta::assert_snapshot!(first_page(&book.binary("html", "0.5.4")));
}

#[test]
fn results_under_another_key_are_named_and_not_shown() {
    let book = TestBook::new().chapter("a.md", "- One <!-- verify: cost-budget -->\n");
    book.results("cost-budget", |result| result.verdict = Verdict::Verified);
    std::fs::write(book.dir.path().join("config/key"), [9; 32]).unwrap();
    let output = book.binary("html", "0.5.4");
    assert!(first_page(&output).contains(r#"data-verdict="unchecked""#));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("results.json") && errors.contains("was not written by verify"), "{errors}");
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_SMART_PUNCTUATION | Options::ENABLE_GFM
}

/// All tags of a page and of its Markdown, without the widgets' text.
fn structure(page: &str) -> Vec<String> {
    let wordless = |html: &str| match html.split_once(" data-text=\"") {
        Some((before, rest)) => format!("{before}{}", rest.split_once('"').unwrap().1),
        None => html.to_owned(),
    };
    let said = |event| match event {
        Event::InlineHtml(html) => wordless(&html),
        other => format!("{other:?}"),
    };
    Parser::new_ext(page, options()).filter(|event| !matches!(event, Event::Text(_))).map(said).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn text_from_results_is_inert(text in "[ -~\n\t]{1,60}") {
        let page = |text: &str| {
            let book = TestBook::new().chapter("a.md", "- One <!-- verify: cost-budget -->\n");
            book.results("cost-budget", |result| {
                result.verdict = Verdict::Unknown;
                result.expectations.push(expectation(Outcome::Unknown, text));
                result.reasons.push(reason(text));
            });
            first_page(&book.binary("html", "0.5.4"))
        };
        prop_assert_eq!(structure(&page(&text)), structure(&page("plain")));
    }

    #[test]
    fn a_book_without_directives_passes_byte_for_byte(text in "([-*#>|`~ \t\r\n\\[\\]x<!>&a-z{}\\\\]|<!-- note -->|\\{\\{#include x\\}\\}|```\n){0,60}") {
        prop_assume!(!text.contains("verify:"));
        // An unknown name in braces is an error. Text that passes is never changed.
        let holes = text.contains("{{") && text.contains("}}");
        prop_assume!(!holes || text.contains("{{#"));
        let book = TestBook::new().chapter("a.md", &text);
        if let Ok(page) = book.try_page("html") {
            prop_assert_eq!(page, text);
        }
    }
}
