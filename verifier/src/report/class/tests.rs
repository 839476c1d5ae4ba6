//! A class of four in every output format, and a class with malicious names and lessons.

use course::Course;
use course::key::Key;
use course::results::{ExpectationResult, Kept, Outcome, Reason, ReasonCode, Results, StepResult, Verdict, is_sealed};
use std::fs;
use std::path::Path;

use super::{Class, Counting, csv, html, markdown, median, tables, text};
use crate::book;
use crate::report::json;

const CONFIG: &str = "[book]\ntitle = \"TITLE\"\n\n[preprocessor.verify.accounts]\nmine = \"Yours\"\n";

const CHECK: &str = "title = \"T\"\naccount = \"mine\"\n\n[[expect]]\nthat = \"root.mfa\"\nfix = \"Do it.\"\n";

/// A course with two required steps and an optional one.
fn course(folder: &Path, title: &str, item: &str) -> Course {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("book.toml", CONFIG.replace("TITLE", title));
    write("src/SUMMARY.md", "- [One](one.md)\n".into());
    let steps = "- [ ] Turn MFA on <!-- verify: mfa -->\n- [ ] ITEM <!-- verify: budget -->\n- [ ] Extra <!-- verify: extra optional -->\n";
    write("src/one.md", format!("# One\n\n{}", steps.replace("ITEM", item)));
    for check in ["mfa", "budget", "extra"] {
        write(&format!("checks/{check}.toml"), CHECK.into());
    }
    book::read(folder, false).unwrap()
}

/// A step's result. If the step is done, it was first judged one hour earlier for each attempt.
fn result(course: &Course, step: &str, verdict: Verdict, attempts: u32) -> StepResult {
    let reasons = match verdict {
        Verdict::Unknown => {
            vec![Reason { code: ReasonCode::Denied, account: None, action: None, message: "no".into() }]
        }
        _ => Vec::new(),
    };
    StepResult {
        verdict,
        reasons,
        expectations: match verdict {
            Verdict::NotYet => vec![unmet()],
            _ => Vec::new(),
        },
        evidence: Kept::default(),
        checked: "2026-11-24T12:00:00Z".into(),
        attempts: Some(attempts),
        first_checked: Some(format!("2026-11-24T{:02}:00:00Z", 12 - attempts)),
        first_verified: verdict.is_done().then(|| "2026-11-24T12:00:00Z".to_owned()),
        held_until: None,
        lapsed: None,
        removed: None,
        inputs: None,
        by: "0.1.0".into(),
        check_hash: course.step(step).unwrap().hash.clone(),
        accounts: Default::default(),
    }
}

/// A file can have any title for an expectation. The reports show the course's title.
fn unmet() -> ExpectationResult {
    let (title, sentences) = ("<b>=cmd()</b>".to_owned(), Vec::new());
    ExpectationResult::new(title, Outcome::NotMet, sentences)
}

fn results(course: &Course, steps: &[(&str, Verdict, u32)]) -> Results {
    let mut results = Results::empty(false);
    for (step, verdict, attempts) in steps {
        results.steps.insert((*step).to_owned(), result(course, step, *verdict, *attempts));
    }
    results
}

/// A class of learners who are done, half done, denied, and not started.
fn class(course: &Course, names: [&str; 4]) -> Class {
    use Verdict::{Confirmed, NotYet, Unknown, Verified};
    let mut counting = Counting::new(course, false);
    let [done, half, denied, absent] = names;
    counting.add(done, true, &results(course, &[("mfa", Verified, 1), ("budget", Confirmed, 4), ("extra", NotYet, 9)]));
    counting.add(half, false, &results(course, &[("mfa", Verified, 2), ("budget", NotYet, 3)]));
    let mut other = results(course, &[("mfa", Verified, 5), ("budget", Unknown, 1)]);
    // A step that is not in this course, and one that was judged by another check.
    other.steps.insert("other".into(), result(course, "mfa", NotYet, 1));
    other.steps.get_mut("mfa").unwrap().check_hash = "another".into();
    counting.add(denied, false, &other);
    counting.add(absent, false, &Results::empty(false));
    counting.done(vec!["bob.txt is left out: it is damaged.".into()])
}

fn forms(class: &Class) -> [String; 5] {
    [
        text::text(class).wrapped(100),
        csv::table(class).unwrap(),
        markdown::section(class),
        html::page(class),
        json(class).unwrap().as_str().to_owned(),
    ]
}

#[test]
fn a_class_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path(), "A course", "Make a budget");
    let class = class(&course, ["ada", "bob", "eve", "eve"]);
    let [text, csv, markdown, html, json] = forms(&class);
    insta::assert_snapshot!("text", anstream::adapter::strip_str(&text).to_string());
    insta::assert_snapshot!("csv", csv);
    insta::assert_snapshot!("markdown", markdown);
    insta::assert_snapshot!("html", html.replace(mdbook_verify::CSS, "/* the widgets' */\n"));
    insta::assert_snapshot!("json", json);
}

#[test]
fn learners_are_stuck_at_the_expectation_that_most_do_not_meet() {
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path(), "A course", "Make a budget");
    let check = "\n[[expect]]\ntitle = \"An alert warns by e-mail\"\nthat = \"root.mfa\"\nfix = \"Do it.\"\n";
    fs::write(folder.path().join("checks/mfa.toml"), format!("{CHECK}{check}")).unwrap();
    let course = Course { checks: book::read(folder.path(), false).unwrap().checks, ..course };
    let at = |which: usize| {
        let mut results = results(&course, &[("mfa", Verdict::NotYet, 1)]);
        let met = ExpectationResult { outcome: Outcome::Met, ..unmet() };
        results.steps.get_mut("mfa").unwrap().expectations = [vec![met; which], vec![unmet()]].concat();
        results
    };
    let stuck = |of: &[usize]| {
        let mut counting = Counting::new(&course, false);
        of.iter().for_each(|which| counting.add("ada", true, &at(*which)));
        tables::stuck(&counting.done(Vec::new()))
    };
    let shown = [stuck(&[1, 1, 1]), stuck(&[1, 0, 1]), stuck(&[7])];
    insta::assert_snapshot!("stuck", shown.join("\n"));
}

#[test]
fn a_missing_confirmation_stops_nobody() {
    use ReasonCode::{Denied, NeedsConfirmation, NeverSeen};
    use Verdict::{NotYet, Unknown, Verified};
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path(), "A course", "Make a budget");
    let learner = |mfa: Option<ReasonCode>, budget: Verdict| {
        let first = if mfa.is_some() { Unknown } else { Verified };
        let mut results = results(&course, &[("mfa", first, 1), ("budget", budget, 1)]);
        let reasons = &mut results.steps.get_mut("mfa").unwrap().reasons;
        reasons.iter_mut().zip(mfa).for_each(|(reason, code)| reason.code = code);
        results
    };
    let stuck = |class: &[Results]| {
        let mut counting = Counting::new(&course, false);
        class.iter().for_each(|results| counting.add("ada", true, results));
        let stuck = counting.done(Vec::new()).stuck.unwrap();
        (stuck.step, stuck.learners)
    };
    for (class, wanted) in [
        (vec![learner(Some(NeedsConfirmation), NotYet), learner(Some(NeverSeen), NotYet)], ("budget", 2)),
        // Evidence weighs more than what could not be read.
        (vec![learner(Some(Denied), NotYet), learner(Some(Denied), NotYet), learner(None, NotYet)], ("budget", 1)),
        (vec![learner(Some(Denied), NotYet)], ("mfa", 1)),
        // Nothing else is left to do.
        (vec![learner(Some(NeedsConfirmation), Verified)], ("mfa", 1)),
    ] {
        assert_eq!(stuck(&class), (wanted.0.to_owned(), wanted.1));
    }
}

#[test]
fn names_and_lessons_are_escaped_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let course =
        course(folder.path(), "<script>alert(1)</script> | `x`", "=cmd() \\| <b>bold</b> | [a](https://b.example)");
    let hostile = [
        "=cmd('calc')!A0",
        "<script>alert(1)</script>",
        "a|b\n# c `d` [e](f) www.g.example",
        "\u{1b}[2J\u{7}\r\u{9b}m",
    ];
    let class = class(&course, hostile);
    let [text, csv, markdown, html, json] = forms(&class);
    let stripped = anstream::adapter::strip_str(&text).to_string();
    assert!(!stripped.chars().any(|c| c.is_control() && c != '\n'), "{stripped:?}");
    assert_eq!(stripped.lines().filter(|line| line.contains("a|b")).count(), 1, "a name is in one line");
    for row in ::csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes()).records() {
        let row = row.unwrap();
        assert_eq!(row.len(), 20);
        for cell in &row {
            assert!(!cell.starts_with(['=', '+', '-', '@']) && !cell.chars().any(char::is_control), "{cell:?}");
        }
    }
    for (form, text) in [("markdown", &markdown), ("html", &html)] {
        assert!(!text.contains("<script") && !text.contains("<b>"), "{form}: {text}");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{form}");
    }
    // No text ends a cell: each row has as many bars as its header.
    let bars = |line: &str| line.matches('|').count();
    for line in markdown.lines().filter(|line| line.starts_with('|')) {
        assert!([9, 10].contains(&bars(line)), "{line}");
    }
    let parsed = pulldown_cmark::Parser::new_ext(&markdown, pulldown_cmark::Options::ENABLE_TABLES);
    for event in parsed {
        use pulldown_cmark::{Event, Tag};
        let markup = matches!(event, Event::Html(_) | Event::InlineHtml(_) | Event::Code(_))
            || matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis | Tag::Strong));
        assert!(!markup, "{event:?}");
    }
    assert!(!markdown.contains("https://") && !markdown.contains("www."), "viewers make no link of it: {markdown}");
    let back: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(back["learners"][3]["name"], hostile[3]);
    insta::assert_snapshot!("hostile", format!("{stripped}\n{csv}\n{markdown}"));
}

#[test]
fn a_file_may_contain_any_time() {
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path(), "A course", "Make a budget");
    let mut counting = Counting::new(&course, false);
    let times = [
        ("2026-11-24T12:00:00Z", "2026-11-24T11:00:00Z"),
        ("yesterday", "2026-11-24T11:00:00Z"),
        ("-9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("", ""),
    ];
    for (begun, done) in times {
        let mut results = results(&course, &[("mfa", Verdict::Verified, 1)]);
        let step = results.steps.get_mut("mfa").unwrap();
        (step.first_checked, step.first_verified) = (Some(begun.into()), Some(done.into()));
        step.attempts = Some(u32::MAX);
        counting.add("ada", false, &results);
    }
    let class = counting.done(Vec::new());
    assert!(class.steps[0].median_seconds.is_none_or(|seconds| seconds >= 0.0));
    assert_eq!(class.steps[0].attempts, Some(4 * u64::from(u32::MAX)));
    forms(&class);
}

#[test]
fn a_class_that_is_done_is_not_stuck() {
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path(), "A course", "Make a budget");
    let mut counting = Counting::new(&course, true);
    let done = [("mfa", Verdict::Verified, 1), ("budget", Verdict::NotApplicable, 1)];
    counting.add("ada", false, &results(&course, &done));
    let class = counting.done(Vec::new());
    assert_eq!(tables::stuck(&class), "Everybody has done all required steps.");
    for (form, text) in ["text", "csv", "markdown", "html", "json"].iter().zip(forms(&class)) {
        assert!(text.contains("practice"), "{form}: {text}");
    }
}

#[test]
fn a_document_without_attempts_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path(), "A course", "Make a budget");
    let mut old = results(&course, &[("mfa", Verdict::Verified, 1)]);
    let step = old.steps.get_mut("mfa").unwrap();
    (step.attempts, step.first_checked) = (None, None);
    let key = Key::new([7; 32]);
    let (old, text) = old.sealed(&key).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains("attempts") && !text.contains("first_checked"), "as those versions wrote it: {text}");
    let read = Results::of_anybody(text.as_bytes()).unwrap();
    assert_eq!(read, old);
    assert!(is_sealed(text.as_bytes(), &key), "its seal holds");
    let mut counting = Counting::new(&course, false);
    counting.add("ada", true, &read);
    let class = counting.done(Vec::new());
    assert_eq!((class.learners[0].attempts, class.steps[0].median_attempts), (None, None));
}

#[test]
fn medians_and_spans() {
    let of = |numbers: &[f64]| median(&mut numbers.to_vec());
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[3.0]), Some(3.0));
    assert_eq!(of(&[9.0, 1.0, 4.0]), Some(4.0));
    assert_eq!(of(&[4.0, 1.0, 2.0, 9.0]), Some(3.0));
    let spans = [5.0, 59.0, 3600.0, 7380.0, 180_000.0].map(tables::span);
    assert_eq!(spans, ["5 s", "59 s", "1 h 0 min", "2 h 3 min", "2 d 2 h"]);
}
