//! A chapter that is four times as long takes four times as many instructions. Instructions are counted because their
//! number does not depend on how busy the machine is.

#![allow(clippy::disallowed_macros, reason = "a test tells its figures")]
#![cfg(target_os = "linux")]

use crate::support::TestBook;
use mdbook_preprocessor::config::Config;
use std::fmt::Write;
use std::process::Command;

/// What a chapter contains many of, and a chapter with this many.
type Kind = (&'static str, fn(usize) -> String);

/// Links need enough headings at every size.
const KINDS: &[Kind] = &[
    ("headings that read the same", |n| format!("[x](#same-1)\n\n{}", "## Same\n\n".repeat(n + 2))),
    ("headings", |n| format!("[x](#h-1)\n\n{}", each(n + 2, |at| format!("## H {at}\n\n")))),
    ("braces", |n| "{{".repeat(20 * n)),
    ("braces that end late", |n| "{{".repeat(20 * n) + "}}"),
    ("lines of braces", |n| "{{\n".repeat(5 * n)),
    ("braces in an item", |n| format!("- [ ] {} <!-- verify: cost-budget -->\n", "{{ x ".repeat(10 * n))),
    ("parameters", |n| "{{ budget_amount }} and\n".repeat(n)),
    ("parameters that are misspelt", |n| "{{ budget_amont }} and\n".repeat(n)),
    ("parameters in a line", |n| "a {{ budget_amount }} [b](c{{ label }}".repeat(n)),
    ("parameters in a line of code", |n| format!("```\n{}\n```\n", "a {{ budget_amount }} ".repeat(n))),
    ("parameters in code", |n| "`{{ label }}` <b title=\"{{ label }}\">".repeat(n)),
    ("scripts", |n| "<script>{{ label }}</script> <style>".repeat(n)),
    ("directives that do not end", |n| "x <!-- verify: a ".repeat(n)),
    ("directives of their own", |n| format!("- x\n{}", "<!-- verify: cost-budget \"a\" -->\n".repeat(n))),
    ("directives below lists", |n| "- x\n  - y\n\n  <!-- verify: cost-budget -->\n".repeat(n)),
    ("comments that do not end", |n| "<!-- a\n".repeat(5 * n)),
    ("comments that do not end, in a line", |n| "x <!-- a ".repeat(5 * n)),
    ("comments in a block that ends late", |n| format!("<div>\n{}-->\n</div>\n", "<!-- a\n".repeat(5 * n))),
    ("comments in items", |n| "- x <!-- a\n".repeat(n)),
    ("directives", |n| each(n, |at| format!("- [ ] x <!-- verify: cost-budget budget_amount={} -->\n", 20 + at))),
    ("directives of one step", |n| "- [ ] x <!-- verify: cost-budget -->\n".repeat(n)),
    ("directives that are wrong", |n| "- [ ] x <!-- verify: cost-buget -->\n".repeat(n)),
    ("directives in the wrong place", |n| "text <!-- verify: cost-budget -->\n\n".repeat(n)),
    ("nearly directives, and items without", |n| "- [ ] x <!-- verfy: cost-budget -->\n- [ ] y\n".repeat(n)),
    ("links that lead nowhere", |n| each(n, |at| format!("[x](#gone-{at})\n\n## H {at}\n\n"))),
    ("backslashes", |n| "\\{{ x }} ".repeat(n) + &"\\".repeat(20 * n) + "{{ x }}"),
];

/// How often a chapter contains it.
const SIZE: usize = 200;

fn each(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).map(line).collect()
}

/// Reads a chapter as the book does and as `verify lint` does. The chapter differs from its file, as with includes.
fn read(kind: &str, size: usize) {
    let text = KINDS.iter().find(|(name, _)| *name == kind).unwrap().1(size);
    let book = TestBook::new().expanded("lesson.md", &format!("{{{{#include other.md}}}}\n{text}"), &text);
    let _ = book.try_page("html");
    let config: Config = crate::support::MANIFEST.parse().unwrap();
    let linted = course::lint::lint(book.dir.path(), &config, &book.book());
    let mut told = String::new();
    linted.errors.iter().chain(linted.warnings.iter().map(|(_, warning)| warning)).for_each(|it| {
        write!(told, "{it}").unwrap();
    });
}

/// The program for `instructions`: this test, with a kind and a size.
#[test]
#[ignore = "counted by the others"]
fn one_size() {
    if let (Ok(kind), Ok(size)) = (std::env::var("KIND"), std::env::var("SIZE")) {
        read(&kind, size.parse().unwrap());
    }
}

fn instructions(kind: &str, size: usize) -> f64 {
    let mut counting = Command::new("valgrind");
    counting.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().unwrap());
    counting.args(["--exact", "sizes::one_size", "--ignored"]).env("KIND", kind).env("SIZE", size.to_string());
    let counted = counting.output().expect("valgrind is missing: run tests/run, which installs it");
    let said = String::from_utf8_lossy(&counted.stderr);
    let (_, count) = said.split_once("Collected : ").unwrap_or_else(|| panic!("{said}"));
    assert!(counted.status.success(), "{kind}: {}", String::from_utf8_lossy(&counted.stdout));
    count.split_whitespace().next().unwrap().parse().unwrap()
}

/// Counts one share of the kinds, because the tests run in parallel.
fn grows_with_its_size(part: usize) {
    for (kind, _) in KINDS.iter().skip(part).step_by(4) {
        let [none, once, four_times] = [0, SIZE, 4 * SIZE].map(|size| instructions(kind, size));
        let ratio = (four_times - none) / (once - none);
        println!("{kind}: {:.0} M, {ratio:.2} ×", (four_times - none) / 1e6);
        assert!(ratio < 5.0, "{kind}: {ratio:.2} times as many instructions for four times as many");
    }
}

#[test]
fn what_a_chapter_takes_grows_with_its_size_1() {
    grows_with_its_size(0);
}

#[test]
fn what_a_chapter_takes_grows_with_its_size_2() {
    grows_with_its_size(1);
}

#[test]
fn what_a_chapter_takes_grows_with_its_size_3() {
    grows_with_its_size(2);
}

#[test]
fn what_a_chapter_takes_grows_with_its_size_4() {
    grows_with_its_size(3);
}
