//! The preprocessor with the stock `mdbook`, and the book from `verify build`.

use crate::common::{Machine, binary, installed};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long a build may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The part of a page that comes from its chapter.
fn main_part(page: &str) -> String {
    let from = page.find("<main>").expect("a page has <main>");
    let to = page.find("</main>").expect("a page has </main>");
    page[from..to].to_owned()
}

/// A text without the parts between marks, including the marks.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        kept.push_str(&rest[..at]);
        let end = rest[at..].find(to).expect("a mark is closed");
        rest = &rest[at + end + to.len()..];
    }
    kept + rest
}

#[test]
fn the_stock_mdbook_and_verify_build_the_same_chapters() {
    let mut machine = Machine::done();
    machine.verify(&["--practice", "--build"]);
    let ours = main_part(&machine.read("book/production-account.html"));
    machine.set("MDBOOK_PREPROCESSOR__VERIFY__RESULTS", "practice");
    let ran = machine.mdbook(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(main_part(&machine.read("book/production-account.html")), ours);
    assert!(machine.read("book/production-account.html").contains("verify-"), "the style sheet is linked");
    for page in ["print.html", "index.html", "let-verify-read.html"] {
        assert!(machine.course.join("book").join(page).exists(), "{page}");
    }
    let print = machine.read("book/print.html");
    assert_eq!(print.matches("data-step=\"cost-budget\"").count(), 1);
    assert!(!ours.contains(" id=\"verify"), "ids would be doubled on the print page");
}

#[test]
fn a_published_copy_says_how_to_verify_ones_own_account() {
    let machine = Machine::done();
    machine.edit(
        "book.toml",
        "[output.html]",
        "[output.html]\ngit-repository-url = \"https://git.example/aws/course/tree/main/book\"",
    );
    assert_eq!(machine.verify(&["build"]).status, 0);
    let ours = machine.read("book/production-account.html");
    assert_eq!(ours.matches("value=\"git clone https://git.example/aws/course &amp;&amp; cd course\"").count(), 1);
    assert!(ours.contains("value=\"verify serve --open\""), "{ours}");
    assert!(ours.contains("No account was read for this copy."), "{ours}");
    assert_eq!(machine.mdbook(&["build"]).status, 0);
    assert_eq!(main_part(&machine.read("book/production-account.html")), main_part(&ours));
    machine.verify(&["--practice", "cost-budget"]);
    machine.verify(&["build", "--practice"]);
    let with_verdicts = machine.read("book/production-account.html");
    assert!(with_verdicts.contains("git clone") && !with_verdicts.contains("No account was read"), "{with_verdicts}");
}

#[test]
fn includes_are_what_the_stock_mdbook_makes_of_them() {
    let machine = Machine::new();
    machine.write(
        "src/code/a.rs",
        "one\n// ANCHOR: x\ntwo\n// ANCHOR: y\nthree\n// ANCHOR_END: y\n// ANCHOR_END: x\nfour\n",
    );
    machine.write("src/code/b.md", "b {{#include a.rs:1}} {{#include ../code/a.rs:8:8}}\n");
    let forms = [
        "{{#include code/a.rs}}",
        "{{#include code/a.rs:}}",
        "{{#include code/a.rs:2}}",
        "{{#include code/a.rs:2:4}}",
        "{{#include code/a.rs:3:}}",
        "{{#include code/a.rs::2}}",
        "{{#include code/a.rs:x}}",
        "{{#include code/a.rs:y}}",
        "{{#include code/a.rs:nobody}}",
        "{{ #include   code/b.md }}",
        "{{{#include code/a.rs:1}}}",
        "\\{{#include code/a.rs}}",
        "{{#include gone.rs}}",
        "{{#rustdoc_include code/a.rs:3:4}}",
        "{{#rustdoc_include code/a.rs:y}}",
        "{{#playground code/a.rs editable hidelines=x}}",
        "{{#unknown code/a.rs}}",
    ];
    let blocks: String = forms.iter().map(|form| format!("```text\n{form}\n```\n\n{form}\n\n")).collect();
    machine.edit("src/README.md", "## What the verdicts mean", &format!("{blocks}## What the verdicts mean"));
    let built = machine.verify(&["build"]);
    assert_eq!(built.status, 0, "{built:?}");
    let ours = main_part(&machine.read("book/index.html"));
    assert_eq!(machine.mdbook(&["build"]).status, 0);
    assert_eq!(ours, main_part(&machine.read("book/index.html")));
    assert!(ours.contains("three") && ours.contains("b one four"), "{ours}");
}

#[test]
fn a_book_has_a_page_for_what_is_not_there_only_if_it_says_where_it_stands() {
    let machine = Machine::new();
    for trust in [&[][..], &["--trust-course"]] {
        assert_eq!(machine.verify(&[&["build"], trust].concat()).status, 0);
        assert!(!machine.course.join("book/404.html").exists(), "its links would lead to the host's root");
    }
    machine.edit("book.toml", "[output.html]", "[output.html]\nsite-url = \"/some/where/\"");
    for trust in [&[][..], &["--trust-course"]] {
        assert_eq!(machine.verify(&[&["build"], trust].concat()).status, 0);
        assert!(machine.read("book/404.html").contains("<base href=\"/some/where/\">"));
    }
}

#[test]
fn outside_of_steps_the_lesson_is_as_its_author_wrote_it() {
    let untouched = Machine::new();
    let text = untouched.read("book.toml");
    let ours = text.find("[preprocessor.verify]").unwrap()..text.find("[output.html]").unwrap();
    untouched.write("book.toml", &format!("{}{}", &text[..ours.start], &text[ours.end..]));
    let lesson = untouched.read("src/production-account.md");
    let lesson = without(&lesson, " <!-- verify:", "-->");
    let lesson = lesson.replace("{{ account_suffix }}", "-production").replace("{{ budget_amount }}", "10");
    untouched.write("src/production-account.md", &lesson.replace("{{ alert_threshold }}", "50"));
    let ran = untouched.mdbook(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let plain = main_part(&untouched.read("book/production-account.html"));

    let machine = Machine::new();
    machine.verify(&["build", "--practice"]);
    let ours = main_part(&machine.read("book/production-account.html"));
    let ours = without(&ours, "<verify-step", "</verify-step>").replace(" </li>", "</li>").replace(" </p>", "</p>");
    let plain = plain.replace("<input disabled=\"\" type=\"checkbox\"> ", "");
    let plain = plain.replace("<input disabled=\"\" type=\"checkbox\" checked=\"\"> ", "");
    let plain = without(&plain, "<input", "> ");
    assert_eq!(ours, plain);
}

#[test]
fn the_built_chapter_shows_the_verdicts() {
    for (name, machine) in [("fresh", Machine::new()), ("done", Machine::done())] {
        machine.verify(&["--practice", "--build"]);
        let page = main_part(&machine.read("book/production-account.html"));
        let steps: Vec<&str> = page.lines().filter(|line| line.contains("<verify-step")).collect();
        let shown = steps.join("\n");
        let shown = without_times(&shown);
        insta::assert_snapshot!(format!("chapter_{name}"), shown);
    }
}

/// A page without the times at which it was built.
fn without_times(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("20") {
        let day = rest.get(at..at + 10).filter(|day| {
            day.bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
        });
        match day {
            Some(_) => {
                shown.push_str(&rest[..at]);
                shown.push_str("DAY");
                let after = &rest[at + 10..];
                rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || ":TZ ".contains(c));
            }
            None => {
                shown.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    shown + rest
}

#[test]
fn writing_results_makes_mdbook_serve_build_once() {
    let mut machine = Machine::new();
    machine.set("MDBOOK_PREPROCESSOR__VERIFY__RESULTS", "practice");
    machine.set("MDBOOK_LOG", "info");
    machine.verify(&["--practice", "cost-budget"]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut serving = machine.command(&installed("mdbook"));
    let mut serving =
        serving.args(["serve", "-p", &port]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let (sender, lines) = mpsc::channel();
    let reader = BufReader::new(serving.stderr.take().unwrap());
    std::thread::spawn(move || reader.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let mut log = Vec::new();
    let mut wait_for = |mark: &str| loop {
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {mark:?} in {log:#?}"));
        log.push(line.clone());
        if line.contains(mark) {
            break log.iter().filter(|line| line.contains("Book building has started")).count();
        }
    };
    wait_for("Serving on");
    assert_eq!(wait_for("Watching for changes"), 1);
    machine.practise(true);
    machine.verify(&["--practice", "cost-budget"]);
    assert_eq!(wait_for("Book building has started"), 2);
    wait_for("Running the html backend");
    // If a file that a build writes made mdBook build again, those builds would come before this one.
    // The file is replaced at once, so that mdBook cannot see it half written.
    machine.write("edited.md", &machine.read("src/README.md").replace("You read a lesson", "You read one lesson"));
    fs::rename(machine.course.join("edited.md"), machine.course.join("src/README.md")).unwrap();
    let deadline = Instant::now() + PATIENCE;
    let edited =
        || fs::read_to_string(machine.course.join("book/index.html")).is_ok_and(|page| page.contains("one lesson"));
    while !edited() {
        assert!(Instant::now() < deadline, "the edit was not built");
        std::thread::yield_now();
    }
    serving.kill().unwrap();
    serving.wait().unwrap();
    // The pipe is closed, so these are the last lines.
    log.extend(lines.iter());
    let built = log.iter().filter(|line| line.contains("Book building has started")).count();
    assert_eq!(built, 3, "one build at the start, one for the results, one for the edit");
}

#[test]
fn other_renderers_get_words() {
    let mut machine = Machine::done();
    machine.verify(&["--practice", "cost-budget"]);
    machine.set("MDBOOK_PREPROCESSOR__VERIFY__RESULTS", "practice");
    machine.edit("book.toml", "[output.html]", "[output.markdown]\n\n[output.html]");
    let ran = machine.mdbook(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let lesson = machine.read("book/markdown/production-account.md");
    assert!(lesson.contains("- Budget created (verified, practice account)"), "{lesson}");
    assert!(lesson.contains("- AWS account created and signed in (not checked, practice account)"), "{lesson}");
    assert!(!lesson.contains("verify-step") && !lesson.contains("[ ]"), "{lesson}");
}

#[test]
fn the_course_has_all_that_install_would_add() {
    let machine = Machine::new();
    let output = machine.command(&binary("mdbook-verify")).args(["install", "--check"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
