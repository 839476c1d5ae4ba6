use super::*;
use crate::param::Param;

fn params() -> Params {
    ["a", "b", "c", "d", "f", "n_1"].map(|name| (name.to_owned(), Param::Int(3))).into()
}

fn scanned(content: &str) -> Scan {
    scan(content, &params())
}

fn found(content: &str) -> (Vec<String>, usize) {
    let scan = scanned(content);
    (scan.steps.into_iter().map(|item| item.text).collect(), scan.misplaced.len())
}

#[test]
fn a_directive_ends_a_list_item() {
    let cases = [
        ("- [ ] Budget created <!-- verify: b -->\n", "Budget created"),
        ("1. Plain *text* <!-- verify: b -->\n", "Plain text"),
        ("* Loose <!-- verify: b -->\n\n* other\n", "Loose"),
        ("- Parent <!-- verify: b -->\n  - child\n", "Parent"),
        ("- Own line\n  <!-- verify: b -->\n", "Own line"),
        ("- Two\n  lines <!-- verify: b -->\r\n", "Two lines"),
        ("> - In a quote <!-- verify: b -->\n", "In a quote"),
        ("- a\n  - [x] Nested `code` <!-- verify: b -->\n", "Nested code"),
        ("- First\n\n  <!-- verify: b -->\n", "First"),
        ("- **Bold** <!-- verify: b --> <!-- a remark -->\n", "Bold"),
        ("- ![picture](x.png) <!-- verify: b -->\n", "picture"),
        ("- <img src=x> <!-- verify: b -->\n", ""),
        ("- <kbd>Esc</kbd> <!-- verify: b -->\n", "Esc"),
        (
            "- for {{ a }} of \\{{ a }}, `{{ n_1 }}` and {{ other }} <!-- verify: b -->\n",
            "for 3 of {{ a }}, 3 and {{ other }}",
        ),
    ];
    for (content, text) in cases {
        assert_eq!(found(content), (vec![text.to_owned()], 0), "{content:?}");
    }
}

#[test]
fn an_item_ends_below_all_that_it_holds() {
    for (content, at) in [
        ("- Item\n\n  Second paragraph. <!-- verify: b -->\n", At::Text),
        ("- Item\n\n  Second paragraph.\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n\n  Second paragraph.\n\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n  ```sh\n  aws\n  ```\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n\n      indented\n\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n  - nested\n  <!-- verify: b -->\n- other\n", At::Below),
        ("- Item\n  1. nested\n\n     more\n\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n  <details><summary>s</summary>\n  x\n  </details>\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n\n  <details>\n\n  x\n\n  </details> <!-- verify: b -->\n", At::Below),
        ("- Item\n  > quote\n\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n\n  | a |\n  |---|\n  | b |\n\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n\n  ![p](x.png)\n\n  <!-- verify: b -->\n", At::Below),
        ("- Item\n\n  ---\n  <!-- verify: b -->\n", At::Below),
        ("> - Item\n>   - nested\n>\n>   <!-- verify: b -->\n", At::Below),
        ("- Item\r\n  - nested\r\n  <!--\r\n  verify: b\r\n  -->\r\n", At::Below),
    ] {
        let scan = scanned(content);
        let steps: Vec<_> = scan.steps.iter().map(|item| (item.text.as_str(), item.at)).collect();
        assert_eq!((steps, scan.misplaced), (vec![("Item", at)], vec![]), "{content:?}");
    }
    let nested = scanned("- Item\n  - nested <!-- verify: a -->\n  - two\n\n  <!-- verify: b -->\n");
    assert_eq!(nested.steps.iter().map(|item| item.text.as_str()).collect::<Vec<_>>(), ["nested", "Item"]);
}

#[test]
fn a_directive_is_a_block_of_its_own() {
    for (content, below_list) in [
        ("Text.\n\n<!-- verify: b -->\n\nText.\n", false),
        ("Text.\n<!-- verify: b -->\nText.\n", false),
        ("<!-- verify: b \"Own words\" -->", false),
        ("# Heading\n<!-- verify: b -->\n", false),
        ("> Text.\n>\n> <!-- verify: b -->\n", false),
        ("<details>\n\nText.\n\n<!-- verify: b -->\n\n</details>\n", false),
        ("- item\n\n<!-- verify: b -->\n", false),
        ("- item\n<!-- verify: b -->\n", true),
        ("1. item\n   - nested\n<!-- verify: b -->\n", true),
        ("- item\n\ntext\n<!-- verify: b -->\n", false),
        ("```\n- x\n```\n<!-- verify: b -->\n", false),
    ] {
        let scan = scanned(content);
        let steps: Vec<_> = scan.steps.iter().map(|item| item.at).collect();
        assert_eq!((steps, scan.misplaced), (vec![At::Card { below_list }], vec![]), "{content:?}");
    }
}

#[test]
fn a_directive_elsewhere_is_misplaced() {
    for (content, why) in [
        ("A paragraph <!-- verify: b -->\n", Why::Paragraph),
        ("# Heading <!-- verify: b -->\n", Why::Within("a heading")),
        ("- before <!-- verify: b --> after\n", Why::Middle),
        ("- before <!-- verify: b --> `after`\n", Why::Middle),
        ("- before <!-- verify: b --><br>\n", Why::Middle),
        ("- before <!-- verify: b -->\n  after\n", Why::Middle),
        ("| a |\n|---|\n| x <!-- verify: b --> |\n", Why::Within("a table")),
        ("- <div><!-- verify: b --></div>\n", Why::Within("HTML")),
        ("- x <kbd>y <!-- verify: b --></kbd>\n", Why::Within("an HTML element")),
        ("- **bold <!-- verify: b -->**\n", Why::Within("emphasized text")),
        ("- [link <!-- verify: b -->](x.md)\n", Why::Within("a link")),
        ("- item\n\n  # heading <!-- verify: b -->\n", Why::Within("a heading")),
        ("- item\n  > quote\n  >\n  > <!-- verify: b -->\n", Why::Within("a quote in a list item")),
        ("- <!-- verify: b -->\n", Why::Alone),
        ("- [ ] <!-- verify: b -->\n", Why::Alone),
        ("- twice <!-- verify: a --> <!-- verify: b -->\n", Why::Second),
        ("- twice <!-- verify: a -->\n\n  more <!-- verify: b -->\n", Why::Second),
        ("- twice <!-- verify: a -->\n  - n\n\n  <!-- verify: b -->\n", Why::Second),
        ("[^1]\n\n[^1]: note\n    <!-- verify: b -->\n", Why::Within("a footnote")),
        ("- open <!-- verify: a\n- next -->\n", Why::Unclosed),
        ("text\n\n<!-- verify: a\n\n- more\n", Why::Unclosed),
        ("<pre>\n<!-- verify: b -->\n", Why::Within("HTML")),
        ("- <!-- verify: b --> after\n", Why::Middle),
        ("- [ ] <!-- verify: b --> after\n", Why::Middle),
        ("<!-- verify: b --> after\n", Why::Paragraph),
        ("<li><!-- verify: b --></li>\n", Why::Within("HTML")),
        ("<script>x</script>\n\n<p><!-- verify: b --></p>\n", Why::Within("HTML")),
    ] {
        let whys: Vec<Why> = scanned(content).misplaced.iter().map(|misplaced| misplaced.why).collect();
        assert_eq!(whys, [why], "{content:?}");
    }
}

#[test]
fn code_and_other_comments_are_left_alone() {
    for content in [
        "- `<!-- verify: b -->`\n",
        "```\n- x <!-- verify: b -->\n```\n",
        "    - x <!-- verify: b -->\n",
        "- item\n\n  ```md\n  - x <!-- verify: b -->\n  ```\n",
        "- \\<!-- verify: b -->\n",
        "`<!-- verify: b`\n",
        "- x <!-- see <!-- verify: b -->\n",
        "<!-- see\n<!-- verify: b -->\n",
        "<script>\n// <!-- verify: b -->\nx\n</script>\n",
        "text <script>x('<!-- verify: b -->')</script> text\n",
        "<style>\n\n<!-- verify: b\n\n</style>\n",
    ] {
        assert_eq!(found(content), (vec![], 0), "{content:?}");
    }
}

#[test]
fn a_checkbox_can_be_no_step_and_a_step_can_lack_its_check() {
    let scan = scanned("- [ ] a <!-- verify: none -->\n- [ ] b <!-- verify: ? {{ a }} -->\n\n<!-- verify: ? -->\n");
    assert_eq!((scan.none.len(), scan.open.len(), scan.steps.len()), (1, 2, 0));
    assert_eq!((scan.holes.len(), scan.misplaced.len()), (0, 0), "a comment has no holes");
    assert!(unmarked("- [ ] a <!-- verify: none -->\n").is_empty());
    assert_eq!(unmarked("- [ ] a\n").len(), 1);
}

#[test]
fn holes_know_what_contains_them() {
    let content = "{{ a }} `{{ b }}` <b title=\"{{ c }}\"> \\{{ d }} {{#include x}} {{ E }}\n\n```\n{{ f }}\n```\n";
    let holes = scanned(content).holes;
    let holes: Vec<_> = holes
        .into_iter()
        .map(|hole| {
            let context = match hole.context {
                Context::Text => "text",
                Context::Html => "html",
                Context::Code(_, Code::Fenced) => "fenced",
                Context::Code(_, Code::Indented) => "indented",
                Context::Code(_, Code::Span { in_table: false }) => "span",
                Context::Code(_, Code::Span { in_table: true }) => "span in a table",
            };
            (hole.name, context, hole.escaped)
        })
        .collect();
    let expected =
        [("a", "text", false), ("b", "span", false), ("c", "html", false), ("d", "text", true), ("f", "fenced", false)];
    assert_eq!(holes, expected.map(|(name, context, escaped)| (name.to_owned(), context, escaped)));
    let in_table = scanned("| `{{ a }}` |\n|---|\n| `{{ b }}` |\n");
    assert!(in_table.holes.iter().all(|hole| matches!(hole.context, Context::Code(_, Code::Span { in_table: true }))));
}

#[test]
fn other_braces_are_text() {
    for content in [
        "{{a}} {{  a  }} {{ a}} {{a }} {{\ta }} {{{ a }}} {{ A }} {{ a.b }} {{ a | b }} { a } {{ other }}",
        "<!-- {{ a }} -->",
        "text <!-- {{ a }} --> text",
        "<script>\nlet x = \"{{ a }}\";\n\n{{ b }}\n</script>\n",
        "text <script>\"{{ a }}\"</script> text",
        "<style>{{ a }}</style>",
        "<div>\n<script>\n\n{{ a }}\n\n</script>\n",
        "`format!(\"{{a}}\")` ${{a}} $x^{{a}}$",
    ] {
        assert_eq!(scanned(content).holes, [], "{content:?}");
    }
    assert_eq!(scanned("<script>x</script> {{ a }} ${{ b }} <i>{{ c }}</i>").holes.len(), 3);
}

#[test]
fn a_name_in_other_braces_is_nearly_a_hole() {
    let nearly = |content: &str| {
        scanned(&format!("{{{{}}}} {content}")).nearly.into_iter().map(|one| one.name).collect::<Vec<_>>()
    };
    for (content, names) in [
        ("{ a } and {b}", &["a", "b"][..]),
        ("a cost of ${ a }", &["a"]),
        ("{{ a-b }} {{ input.a }}", &["a-b", "input.a"]),
        ("{ other } \\{ a } x{a} {{{ a }}} {#a} {{ a }", &[]),
    ] {
        assert_eq!(nearly(content), names, "{content}");
    }
}
