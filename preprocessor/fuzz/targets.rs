//! Properties that are true for any input. libFuzzer runs them, and the tests run them briefly.

use course::annotate::{self, Writing};
use course::directive::Directive;
use course::param::{Param, Params};
use course::scan;
use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use mdbook_verify::VerifyPreprocessor;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::sync::OnceLock;

fn params() -> Params {
    [
        ("budget_amount".to_owned(), Param::Int(10)),
        ("share".to_owned(), Param::Float(0.5)),
        ("n".to_owned(), Param::Int(-1)),
    ]
    .into()
}

/// A directive is read or refused. A scan finds what is in the text, and nothing else.
#[allow(dead_code, reason = "each binary has one of the targets")]
pub fn directive(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for comment in [text.to_string(), format!("<!-- verify: {text} -->")] {
        let at = 7;
        let inside = |range: &std::ops::Range<usize>| range.start >= at && range.end <= at + comment.len();
        match Directive::parse(&comment, at) {
            Ok(directive) => {
                assert!(inside(&directive.check.range) && !directive.check.text.is_empty());
                for (name, value) in &directive.params {
                    assert!(inside(&name.range) && inside(&value.range));
                    assert_eq!(&comment[value.range.start - at..value.range.end - at], value.text);
                }
            }
            Err(malformed) => assert!(inside(&malformed.range) && !malformed.message.is_empty()),
        }
        let scanned = scan::scan(&comment, &params());
        for marked in scanned.marked() {
            assert!(Directive::is_meant(&comment[marked.comment.clone()]));
        }
        assert!(scanned.misplaced.iter().all(|misplaced| comment[misplaced.range.clone()].contains("verify:")));
        for hole in &scanned.holes {
            assert_eq!(&comment[hole.range.clone()], format!("{{{{ {} }}}}", hole.name));
        }
    }
}

/// Writing directives and parameters into a lesson changes nothing else.
#[allow(dead_code, reason = "each binary has one of the targets")]
pub fn import(data: &[u8]) {
    // A lesson that is not text is refused earlier.
    let Ok(lesson) = std::str::from_utf8(data) else { return };
    let params = params();
    let words = |text: &str| text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    let mut writings = annotate::numbers(lesson, &params, &words);
    let directives = ["?", "a-check", "? a-check another", "a-check optional"].into_iter().cycle();
    let items = scan::unmarked(lesson).into_iter().zip(directives);
    writings.extend(items.map(|(item, words)| Writing::Directive { at: item.end, words: words.to_owned() }));
    let annotated = annotate::annotate(lesson, writings, &params);
    assert!(annotate::is_made_of(&annotated.text, lesson, &params), "{:?}", annotated.text);
}

/// Values that have a meaning in Markdown.
const VALUES: &[&str] = &[
    "3",
    "- x",
    "+",
    "---",
    "# x",
    "> x",
    "1. x",
    ". x",
    "=",
    "~~~",
    "```",
    "`",
    "a`b",
    "*x*",
    "[x](y)",
    "[x]: y",
    "<b>",
    "-->",
    "<!-- x",
    "&amp;",
    "\\",
    "|",
    "a|b",
    ": x",
    "    x",
    "a  b",
    "{#id}",
    "{{ n }}",
    "<script>",
    "-2.5",
    "[ ] x",
    "us-east-1",
];

/// A chapter with directives and parameters. Its first byte selects a value. Everything else in it is read as mdBook
/// reads it, and the value is plain text.
#[allow(dead_code, reason = "each binary has one of the targets")]
pub fn chapter(data: &[u8]) {
    let Some((choice, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let value = VALUES[usize::from(*choice) % VALUES.len()];
    // Characters that text does not contain. pulldown-cmark reads a heading with a bare carriage return as bytes, not
    // as text.
    const WORD: &str = "Qwxz";
    let compared: String = text.chars().filter(|c| is_compared(*c)).collect();
    if compared.contains(WORD) || text.replace("\r\n", "").contains('\r') {
        return;
    }
    let (Ok(plain), Ok(page)) = (page(&text, WORD, "html"), page(&text, value, "html")) else { return };
    let _ = self::page(&text, value, "markdown");
    let holes = [("label".to_owned(), Param::Text(WORD.to_owned()))].into();
    let scanned = scan::scan(&text, &holes);
    // In a tag, an address or a label, the first letter of a value decides what these are.
    let decides = |hole: &scan::Hole| {
        let before = &text[..hole.range.start];
        let since = |begin: &str, end: &str| before.rfind(begin).is_some_and(|at| !before[at..].contains(end));
        hole.context == scan::Context::Text
            && (is_in_tag(before) || since("[", "]") || since("](", ")") || since("]:", "\n"))
    };
    // The backticks of a value in code may close open backticks or an open declaration.
    let closes = |hole: &scan::Hole| {
        let declares = ["<!", "<?"].iter().any(|begin| text[..hole.range.start].contains(begin));
        let in_span = matches!(hole.context, scan::Context::Code(_, scan::Code::Span { .. }));
        // Two lines of code that are joined may become a row of a table.
        let first = text[..hole.range.start].trim_end_matches([' ', '\t', '>']).ends_with('\n') && text.contains('|');
        // With the pipes of a value, a row may have as many cells as the row of dashes below it.
        let dashes = |line: &str| line.contains('|') && line.chars().all(|c| "|-: >\t\r".contains(c));
        let row = value.contains('|') && text.lines().any(dashes);
        in_span && (value.contains('`') || declares && value.contains('>') || first || row)
    };
    // Braces at the end of a heading contain its attributes, unless they have certain characters. These can come from a
    // value or its escapes.
    let in_braces = |hole: &scan::Hole| {
        let (before, after) = (&text[..hole.range.start], &text[hole.range.end..]);
        before.rsplit('\n').next().is_some_and(|line| line.contains('{'))
            && after.lines().next().is_some_and(|line| line.trim_end().ends_with('}'))
            && value.contains(|c: char| c.is_ascii_punctuation())
    };
    if scanned.holes.iter().any(|hole| decides(hole) || closes(hole) || in_braces(hole)) {
        return;
    }
    // The checkbox of an item without text becomes an empty element, which is a paragraph in a loose list.
    let is_bare = |line: &str| ["[ ]", "[x]", "[X]"].iter().any(|mark| line.trim_end().ends_with(mark));
    if text.lines().any(is_bare) && !scanned.steps.is_empty() {
        return;
    }
    let mut without = text.to_string();
    let mut edits: Vec<_> = scanned
        .holes
        .iter()
        .map(|hole| match hole.escaped {
            // Where a backslash is not a Markdown escape, it escapes our braces.
            true if hole.context != scan::Context::Text => (hole.range.start - 1..hole.range.start, ""),
            true => (hole.range.start..hole.range.start, ""),
            false => (hole.range.clone(), WORD),
        })
        .collect();
    edits.extend(scanned.steps.iter().chain(&scanned.open).map(|marked| (marked.comment.clone(), "<!-- x -->")));
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    for (range, new) in edits.into_iter().rev() {
        without.replace_range(range, new);
    }
    assert_eq!(read(&plain), read(&without), "{text:?} became {plain:?}");
    let (shape, words) = read(&plain);
    let value: String = value.chars().filter(|c| is_compared(*c)).collect();
    assert_eq!(read(&page), (shape, words.replace(WORD, &value)), "{text:?} became {page:?}");
}

/// Whether a text ends within a possible tag. A tag does not end inside quotation marks.
fn is_in_tag(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let mut quoted = None;
        !text[at..].chars().any(|c| match (quoted, c) {
            (None, '"' | '\'') => {
                quoted = Some(c);
                false
            }
            (None, c) => c == '>',
            (Some(quote), c) => {
                quoted = quoted.filter(|_| c != quote);
                false
            }
        })
    })
}

/// A page with a value for `label`, or the errors in the chapter.
fn page(text: &str, value: &str, renderer: &str) -> Result<String, String> {
    static COURSE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let root = COURSE.get_or_init(|| {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("checks")).unwrap();
        let check = "title = \"A check\"\naccount = \"own\"\n[[expect]]\nthat = \"true\"\nfix = \"x\"\n";
        std::fs::write(root.path().join("checks/a-check.toml"), check).unwrap();
        root
    });
    let mut config = Config::default();
    config.set("preprocessor.verify.params.label", value).unwrap();
    config.set("preprocessor.verify.accounts.own", "x").unwrap();
    let context = PreprocessorContext::new(root.path().to_owned(), config, renderer.to_owned());
    let chapter = Chapter::new("", text.to_owned(), "a.md", Vec::new());
    let run = VerifyPreprocessor::new().run(&context, Book::new_with_items(vec![chapter.into()]));
    run.map(|book| book.chapters().next().unwrap().content.clone()).map_err(|error| error.to_string())
}

/// Whether a character is compared. White space and emphasis depend on the characters next to them.
fn is_compared(c: char) -> bool {
    !c.is_whitespace() && !"*_~".contains(c)
}

/// How Markdown reads a page without its widgets: its blocks and links, and its words.
fn read(page: &str) -> (Vec<String>, String) {
    let (mut shape, mut words, mut within) = (Vec::new(), String::new(), None);
    for event in Parser::new_ext(page, scan::options()) {
        match event {
            Event::InlineHtml(html) if html.starts_with("<verify-step") => within = Some("</verify-step>"),
            Event::InlineHtml(html) if html.starts_with("<span class=\"verify-open\"") => within = Some("</span>"),
            Event::InlineHtml(html) if within == Some(&*html) => within = None,
            Event::InlineHtml(_) | Event::Html(_) | Event::TaskListMarker(_) | Event::SoftBreak | Event::HardBreak => {}
            _ if within.is_some() => {}
            Event::Text(text) | Event::Code(text) => words.extend(text.chars().filter(|c| is_compared(*c))),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {}
            Event::Start(tag) => shape.push(format!("{:?}", tag.to_end())),
            other => shape.push(format!("{other:?}")),
        }
    }
    (shape, words)
}
