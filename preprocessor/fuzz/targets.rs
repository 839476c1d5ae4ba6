//! What must hold for any bytes. Run by libFuzzer, and briefly by the tests.

use mdbook_verify::annotate::{self, Writing};
use mdbook_verify::directive::Directive;
use mdbook_verify::param::{Param, Params};
use mdbook_verify::scan;

/// A directive is read or refused; a scan finds what stands in the text, and nothing else.
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
        let scanned = scan::scan(&comment);
        for item in scanned.items.iter().chain(&scanned.open) {
            assert!(Directive::is_meant(&comment[item.comment.clone()]));
        }
        assert!(scanned.misplaced.iter().all(|range| Directive::is_meant(&comment[range.clone()])));
        for hole in &scanned.holes {
            let inner = comment[hole.range.clone()].strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
            assert_eq!(inner.unwrap().trim_matches([' ', '\t']), hole.name);
        }
    }
}

/// What is written into a lesson comes out again, and nothing else is touched.
#[allow(dead_code, reason = "each binary has one of the targets")]
pub fn import(data: &[u8]) {
    // A lesson that is no text is refused before it comes here.
    let Ok(lesson) = std::str::from_utf8(data) else { return };
    let params: Params = [
        ("budget_amount".to_owned(), Param::Int(10)),
        ("share".to_owned(), Param::Float(0.5)),
        ("n".to_owned(), Param::Int(-1)),
    ]
    .into();
    let words = |text: &str| text.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    let mut writings = annotate::numbers(lesson, &params, &words);
    let directives = ["?", "a-check", "? a-check another", "a-check optional"].into_iter().cycle();
    let items = scan::unmarked(lesson).into_iter().zip(directives);
    writings.extend(items.map(|(item, words)| Writing::Directive { at: item.end, words: words.to_owned() }));
    let scanned = scan::scan(lesson);
    let raw = scanned.items.is_empty() && scanned.open.is_empty() && scanned.holes.is_empty();
    match annotate::annotate(lesson, writings, &params) {
        Ok(annotated) => {
            assert_eq!(annotate::plain(&annotated.text, &params), lesson, "{:?}", annotated.text);
            assert!(annotate::is_made_of(&annotated.text, lesson), "{:?}", annotated.text);
        }
        // Only what a lesson has of its own can stand in the way, and it is named.
        Err(entangled) => assert!(!raw && !entangled.lines.is_empty()),
    }
}
