//! Runs the fuzz targets briefly: on each input in `fuzz/corpus`, and on a few thousand mutations of them, always the
//! same ones. For more, run `cargo fuzz run TARGET` in `preprocessor/`.

#[path = "../fuzz/targets.rs"]
mod targets;

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::fs;
use std::path::Path;

/// The number of mutated inputs for each target.
const CHANGED: usize = 20_000;

/// Pieces of lessons, and pieces that break them.
const PIECES: &[&str] = &[
    "- [ ] ",
    "1. [x] ",
    "> ",
    "\n",
    "\r\n",
    "  ",
    "\t",
    "<!-- verify: a-check -->",
    "<!--",
    "-->",
    "verify: ?",
    "{{ budget_amount }}",
    "{{ budget_amount  }}",
    "{{ other }}",
    "\\{{ other }}",
    "{{other}}",
    "{{ budget_amoun }}",
    " <!-- verify: a-check -->",
    " <!-- verify: ?  -->",
    "{{",
    "}}",
    "\\",
    "`",
    "```\n",
    "# ",
    "***",
    "_",
    "[a](b)",
    "[a]: b\n",
    "[^1]: ",
    "| a | b |\n|---|---|\n",
    "<div>\n",
    "</div>",
    "budget amount 10",
    "share 0.5",
    "n -1",
    "é",
    "\u{feff}",
    "\u{0}",
    "==\n",
    "--\n",
    "~~",
    "&amp;",
    ": ",
    "<a href=\"",
    "    ",
    "{{ label }}",
    "`{{ label }}`",
    "\\{{ label }}",
    "<!-- verify: a-check \"own words\" -->\n",
    "\n<!-- verify: a-check -->\n\n",
    "<!-- verify: none -->",
    "<script>",
    "</script>",
    "<details>\n\n",
    "~~~\n",
    "---\n",
    "![a](b)",
    "[^1]",
];

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A random number below a limit.
fn below(rng: &mut TestRng, limit: usize) -> usize {
    rng.next_u32() as usize % limit.max(1)
}

/// Two inputs crossed, with a few pieces inserted, removed or broken.
fn changed(rng: &mut TestRng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let (one, other) = (&corpus[below(rng, corpus.len())], &corpus[below(rng, corpus.len())]);
    let mut input = [&one[..below(rng, one.len() + 1)], &other[below(rng, other.len() + 1)..]].concat();
    input.truncate(4000);
    for _ in 0..below(rng, 6) {
        let at = below(rng, input.len() + 1);
        match below(rng, 4) {
            0 => drop(input.splice(at..at, PIECES[below(rng, PIECES.len())].bytes())),
            1 => drop(input.drain(at..(at + below(rng, 8)).min(input.len()))),
            2 if at < input.len() => input[at] = below(rng, 256) as u8,
            _ => drop(input.splice(at..at, PIECES[below(rng, PIECES.len())].bytes())),
        }
    }
    input
}

fn run(name: &str, target: fn(&[u8])) {
    let corpus = corpus(name);
    assert!(corpus.len() >= 5, "the corpus is kept");
    corpus.iter().for_each(|input| target(input));
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    for _ in 0..CHANGED {
        let input = changed(&mut rng, &corpus);
        let held = std::panic::catch_unwind(|| target(&input));
        assert!(held.is_ok(), "{name} fails on {:?}", String::from_utf8_lossy(&input));
    }
}

#[test]
fn directives_hold_for_any_bytes() {
    run("directive", targets::directive);
}

#[test]
fn imports_hold_for_any_bytes() {
    run("import", targets::import);
}

#[test]
fn chapters_hold_for_any_bytes() {
    run("chapter", targets::chapter);
}

#[test]
fn a_megabyte_is_imported_whole() {
    let lesson =
        "- [ ] Budget amount 10\n  > - [x] nested `code`\n\n| a | b |\n|---|---|\n| budget amount 10 | x |\n\n"
            .repeat(11_000);
    assert!(lesson.len() > 1_000_000);
    targets::import(lesson.as_bytes());
    targets::import("- [ ] a <!-- b\n".repeat(70_000).as_bytes());
    targets::import("> ".repeat(500_000).as_bytes());
}
