//! However many mistakes a course has, the number and length of the printed lines are limited.
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use crate::support::TestBook;
use course::diagnostic::Diagnostics;
use course::lint::lint;

/// The longest line that is printed, in characters, and the number of lines.
fn size(told: &str) -> (usize, usize) {
    (told.lines().map(|line| line.chars().count()).max().unwrap_or_default(), told.lines().count())
}

#[test]
fn a_long_line_is_told_around_the_mistake() {
    let long = "wort ".repeat(400_000);
    for text in [
        format!("- {long}<!-- verify: nope -->\n"),
        format!("- x <!-- verify: nope --> {long}\n"),
        format!("- x <!-- verify: {} -->\n", "nope".repeat(400_000)),
        format!("- x <!-- verify: cost-budget {}=1 -->\n", "nope".repeat(400_000)),
        format!("- x <!-- verify: cost-budget account={} -->\n", "日本".repeat(400_000)),
    ] {
        let told = TestBook::new().chapter("a.md", &text).errors();
        let (longest, lines) = size(&told);
        assert!(longest < 1100 && lines < 20, "{longest}, {lines}: {}", &text[..40]);
        assert!(told.contains('^') && told.contains('…'), "{told}");
    }
}

#[test]
fn many_mistakes_of_a_kind_are_summed_up() {
    let wrong: String = (0..5000).map(|at| format!("- x <!-- verify: nope-{at} -->\n")).collect();
    let other = "- y <!-- verify: cost-budget account=nobody -->\n- z <!-- verify: cost-budget budget_amount=ten -->\n";
    let told = TestBook::new().chapter("a.md", &format!("{wrong}{other}")).errors();
    let (_, lines) = size(&told);
    assert!(lines < 200, "{lines}");
    assert_eq!(told.matches("there is no check `nope-").count(), 20, "{told}");
    assert!(told.contains("`nope-19`\n") && !told.contains("`nope-20`"), "{told}");
    for wanted in [
        "\n… and 4,980 more of this kind\n",
        "no account `nobody`",
        "`budget_amount` must be",
        "\n5,002 errors in the course",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
}

#[test]
fn many_mistakes_in_one_line_keep_no_copies_of_it() {
    let boxes = "- [ ] x <!-- verify: nope --> ".repeat(5000);
    let book = TestBook::new().chapter("a.md", &format!("{}{boxes}\n", "x ".repeat(100_000)));
    let linted = lint(book.dir.path(), &crate::support::MANIFEST.parse().unwrap(), &book.book());
    assert!(
        linted.errors.iter().chain(linted.warnings.iter().map(|(_, told)| told)).all(|told| told.span.text.len() < 200)
    );
    if let Err(wrong) = Diagnostics::check(linted.errors) {
        let (longest, lines) = size(&wrong.to_string());
        assert!(longest < 1100 && lines < 200, "{longest}, {lines}");
    }
}
