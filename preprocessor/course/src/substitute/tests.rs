use super::*;
use crate::param::Param;
use pulldown_cmark::{Event, Parser, Tag};

/// A chapter with a parameter's value in place of `{{ v }}`.
fn filled(content: &str, value: &str) -> String {
    let params: Params = [("v".to_owned(), Param::Text(value.to_owned()))].into();
    let scan = scan::scan(content, &params);
    edits(content, &scan.holes, &params).apply(content)
}

/// How Markdown reads a text: its structure and its words.
fn read(content: &str) -> (Vec<String>, String) {
    let options = scan::options() | pulldown_cmark::Options::ENABLE_SMART_PUNCTUATION;
    let (mut shape, mut words) = (Vec::new(), String::new());
    for event in Parser::new_ext(content, options) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::SoftBreak => words.push('\n'),
            Event::InlineHtml(html) if ["<span>", "</span>"].contains(&&*html) => {}
            Event::Start(Tag::Link { dest_url, .. }) => shape.push(format!("link {dest_url}")),
            other => shape.push(format!("{other:?}")),
        }
    }
    (shape, words)
}

/// Values that have a meaning in Markdown.
const VALUES: &[&str] = &[
    "3",
    "12",
    "- x",
    "+",
    "---",
    "***",
    "# x",
    "> x",
    "1. x",
    "1) x",
    ". x",
    ") x",
    "=",
    "===",
    "~~~",
    "~~x~~",
    "```",
    "`",
    "``",
    "a`b",
    "` x `",
    "*x*",
    "_x_",
    "a_b_c",
    "[x](y)",
    "![x](y)",
    "[^1]",
    "[x]: y",
    "<b>",
    "<!-- x",
    "-->",
    "&amp;",
    "&",
    "\\",
    "\\\\",
    "|",
    "a|b",
    ": x",
    "    x",
    "x    ",
    "  ",
    "a  b",
    "$x$",
    "{#id}",
    "{{ v }}",
    "}}",
    "--x",
    "it's \"x\"",
    "...",
    "us-east-1",
    "a@b.example",
    "https://a.example/?b=c&d",
    "10.5",
    "-2",
    "[ ] x",
    "!",
    "\u{a0}x",
    "é中",
];

#[test]
fn a_value_is_text_in_every_place() {
    // Compared with a plain word in the value's place.
    for content in [
        "{{ v }}\n",
        "{{ v }}. budget\n",
        "{{ v }}) budget\n",
        "1{{ v }} budget\n",
        "- {{ v }}\n- [ ] {{ v }}\n",
        "> {{ v }}\n> text\n",
        "text\n{{ v }}\ntext\n",
        "text {{ v }} text {{ v }}\n",
        "# Title {{ v }}\n",
        "**{{ v }}** and _{{ v }}_\n",
        "[{{ v }}](x.md) ![{{ v }}](x.png)\n",
        "| {{ v }} | b |\n|---|---|\n| {{ v }} | x{{ v }}y |\n",
        "Term {{ v }}\n: {{ v }}\n",
        "text[^1]\n\n[^1]: {{ v }}\n",
    ] {
        let (shape, words) = read(&content.replace("{{ v }}", "Word"));
        for value in VALUES {
            let page = filled(content, value);
            let shown: String = value.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
            let shown = if shown.contains('\u{a0}') { (*value).to_owned() } else { shown };
            let expected = words.replace("Word", if value.contains('\u{a0}') { value } else { &shown });
            assert_eq!(read(&page), (shape.clone(), expected), "{content:?} with {value:?}: {page:?}");
        }
        assert_eq!(read(&filled(content, "")).0, shape, "{content:?} without a value");
    }
}

#[test]
fn a_value_is_verbatim_in_code() {
    for content in [
        "`{{ v }}`\n",
        "`a {{ v }} b`\n",
        "``{{ v }}``\n",
        "` {{ v }} `\n",
        "text `{{ v }}` and `{{ v }}{{ v }}`\n",
        "    {{ v }} code\n",
        "```\n{{ v }}\n```\n",
        "~~~sh\nx {{ v }}\n{{ v }}\n~~~\n\ntext\n",
        "```\n{{ v }}\n",
        "- item\n  ```\n  {{ v }}\n  ```\n- other\n",
        "> ```\n> {{ v }}\n> ```\n> text\n",
        "# Heading `{{ v }}`\u{b}\n",
        "# Heading `{{ v }}` \u{c}\ntext\n",
    ] {
        let (shape, words) = read(&content.replace("{{ v }}", "Word"));
        for value in VALUES.iter().filter(|value| !value.trim().is_empty()) {
            let page = filled(content, value);
            assert_eq!(
                read(&page),
                (shape.clone(), words.replace("Word", value)),
                "{content:?} with {value:?}: {page:?}"
            );
        }
        assert_eq!(read(&filled(content, "")).0, shape, "{content:?} without a value");
    }
    for value in VALUES.iter().filter(|value| !value.trim().is_empty() && !value.contains('`')) {
        for (content, one_line) in [
            ("text `a\n{{ v }} b` c\n", "text `a {{ v }} b` c\n"),
            ("> text `a\n> {{ v }}\n> b` c\n", "> text `a {{ v }}\n> b` c\n"),
        ] {
            let [page, one_line] = [content, one_line].map(|content| read(&filled(content, value)));
            assert_eq!(page, one_line, "a line's end in code is a space: {value:?}");
        }
    }
    // In a table, a pipe ends a cell even in code.
    assert_eq!(read(&filled("| `{{ v }}` | b |\n|---|---|\n", "a|b")), read("| `a\\|b` | b |\n|---|---|\n"));
    // The info string of a block is not code.
    let (shape, _) = read(&filled("```a {{ v }}\nx\n```\n", "`b"));
    assert!(shape[0].contains("a `b"), "{shape:?}");
}

#[test]
fn a_value_is_text_in_html_and_in_addresses() {
    for (content, value, expected) in [
        ("<b title=\"{{ v }}\">", "\"><i>", "<b title=\"&#34;&#62;&#60;i&#62;\">"),
        ("<b title={{ v }}>", "a b", "<b title=a&#32;b>"),
        ("<div>\n{{ v }}\n</div>", "a\n\n<p>", "<div>\na&#32;&#32;&#60;p&#62;\n</div>"),
        ("<i>\\{{ v }}</i>", "x", "<i>\\{{ v }}</i>"),
        ("<b title=\"\\{{ v }}\">", "x", "<b title=\"{{ v }}\">"),
        ("[a](https://x.example/{{ v }}/b)", "a b", "[a](https://x.example/a%20b/b)"),
        ("# H {# {{ v }} x", "> a", "# H {# &gt; a x"),
        ("# H {# {{ v }}{{w}}", "> a", "# H {# &gt; a{{w}}"),
        ("[a]: x/{{ v }}", "y z", "[a]: x/y%20z"),
        ("`\\{{ v }}` \\{{ v }} \\\\{{ v }}", "x", "`{{ v }}` \\{{ v }} \\\\x"),
        ("`\\{{ w }}`", "x", "`\\{{ w }}`"),
        ("`\\\\{{ v }}` <i title='\\\\{{ v }}'>", "x", "`\\{{ v }}` <i title='\\{{ v }}'>"),
    ] {
        assert_eq!(filled(content, value), expected, "{content:?}");
    }
    for (content, value, expected) in [
        // Nothing can be escaped in an address, and a text in angle brackets may be an element.
        ("<https://{{ v }}.example/{{ v }}>", "a_b", "<https://a_b.example/a_b>"),
        ("<https://x.example/{{ v }}>", "a b`<", "<https://x.example/a%20b%60%3C>"),
        ("<https://x.example/{{ v }}>", "", "<https://x.example/>"),
        ("<{{ v }}>", "https://x.example/a_b", "<https://x.example/a_b>"),
        ("<{{ v }}>", "us-east-1", "<&#117;s-east-1>"),
        ("<{{ v }} x>", "b", "<&#98; x>"),
        ("<{{ v }}>", "me@x.example", "<&#109;e@x.example>"),
        ("[a](<https://x.example/{{ v }}>)", "a b", "[a](<https://x.example/a%20b>)"),
        ("\\<https://x.example/{{ v }}>", "*x*", "\\<https://x.example/\\*x\\*>"),
        ("<{{ v }}/{{ v }}>", "x:*y*", "<&#120;\\:\\*y\\*/x\\:\\*y\\*>"),
        ("[a](<{{ v }}>)", "", "[a](<>)"),
        // The attributes of a heading cannot be escaped either.
        ("# Title {#in-{{ v }}}", "a_b", "# Title {#in-a_b}"),
        ("> ## Title { .{{ v }} }", "a b", "> ## Title { .a-b }"),
        ("# Title {x} {{ v }}", "a_b", "# Title {x} a\\_b"),
        // An empty value is only marked where it would change the text around it.
        ("![a {{ v }} b](x.png \"{{ v }}\")", "", "![a  b](x.png \"\")"),
        ("![{{ v }}](x.png '{{ v }}')", "", "![](x.png '')"),
        ("**{{ v }}** a{{ v }}b", "", "**<span></span>** ab"),
        ("a {{ v }} \nb", "", "a <span></span> \nb"),
        ("<a href={{ v }}>", "", "<a href=\"\">"),
    ] {
        assert_eq!(filled(content, value), expected, "{content:?}");
    }
    let (shape, _) = read(&filled("[a](https://x.example/{{ v }})", "b(c)&d"));
    assert!(shape.contains(&"link https://x.example/b(c)&d".to_owned()), "{shape:?}");
}
