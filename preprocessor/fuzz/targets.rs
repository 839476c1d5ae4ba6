//! What must hold for any bytes. Run by libFuzzer, and briefly by the tests.

use mdbook_verify::annotate::{self, Writing};
use mdbook_verify::directive::Directive;
use mdbook_verify::param::{Param, Params};
use mdbook_verify::scan;

fn params() -> Params {
    [
        ("budget_amount".to_owned(), Param::Int(10)),
        ("share".to_owned(), Param::Float(0.5)),
        ("n".to_owned(), Param::Int(-1)),
    ]
    .into()
}

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

/// Where directives and parameters are written into a lesson, nothing else is touched.
#[allow(dead_code, reason = "each binary has one of the targets")]
pub fn import(data: &[u8]) {
    // A lesson that is no text is refused before it comes here.
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
