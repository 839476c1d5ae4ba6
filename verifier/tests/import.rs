//! `verify import` on the lesson that this course was made from, and on generated lessons.

use course::Course;
use course::annotate;
use course::param::Params;
use course::scan;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use verify::import::split::{self, Split};
use verify::import::{self, Import, Order};
use verify::{book, report};

fn course() -> Course {
    book::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../book").canonicalize().unwrap(), false).unwrap()
}

/// A chapter without directives, and with values in place of parameters.
fn plain(chapter: &str, params: &Params) -> String {
    let (mark, chapter) = annotate::byte_order_mark(chapter);
    let scan = scan::scan(chapter, params);
    let directives = scan.marked().map(|marked| {
        let before = &chapter[..marked.comment.start];
        let space = match marked.at {
            scan::At::Card { .. } if before.ends_with("\r\n\r\n") => 4,
            scan::At::Card { .. } if before.ends_with("\n\n") => 2,
            _ => usize::from(before.ends_with(' ')),
        };
        (before.len() - space..marked.comment.end, String::new())
    });
    let holes = scan.holes.iter().filter(|hole| !hole.escaped);
    let holes = holes.map(|hole| (hole.range.clone(), params[&hole.name].to_string()));
    let mut edits: Vec<_> = directives.chain(holes).collect();
    edits.sort_by_key(|(range, _)| range.start);
    let mut plain = chapter.to_owned();
    edits.into_iter().rev().for_each(|(range, text)| plain.replace_range(range, &text));
    format!("{mark}{plain}")
}

/// The original lesson, before it was imported into the book and got a step more.
fn original(course: &Course) -> String {
    let mut chapter = fs::read_to_string(course.root.join("src/production-account.md")).unwrap();
    let added = [
        "- Create the account, and sign in to it <!-- verify: account-created -->\n",
        "<!-- verify: allow duplicate-step -->\n\n",
    ];
    for added in added {
        assert_eq!(chapter.matches(added).count(), 1, "{added}");
        chapter = chapter.replace(added, "");
    }
    plain(&chapter, &course.params)
}

fn order(lesson: &str) -> Order<'_> {
    Order { lesson, shown: Path::new("lesson.md"), name: "lesson", split: None, replace: false }
}

fn write(sources: &Path, import: &Import) {
    for change in &import.changes {
        fs::write(sources.join(&change.file), &change.after).unwrap();
    }
}

#[test]
fn the_items_of_the_original_lesson_get_their_checks_or_none() {
    let course = course();
    let lesson = original(&course);
    assert!(!lesson.contains("verify:") && !lesson.contains("{{"), "it is raw");
    let sources = TempDir::new().unwrap();
    let import = import::plan(&course, sources.path(), &order(&lesson), &[]).unwrap();
    let table: Vec<String> =
        import.steps.iter().map(|item| format!("{}: {}", item.text, item.proposal.args())).collect();
    insta::assert_snapshot!(table.join("\n"));
    // What was added to the book by hand. The heading on the address has no directive, since the summary has it.
    let is_by_hand = |text: &str, check: &str| {
        let step = course.steps.iter().find(|step| step.occurrences.iter().any(|place| place.text == text));
        step.map_or("unique-email", |step| step.check.as_str()) == check
    };
    let summary = import.steps.iter().rev().take(7);
    let sure = summary.filter(|item| item.proposal.sure.is_some()).count();
    assert!(sure >= 6, "{table:?}");
    for item in import.steps.iter().filter(|item| item.proposal.sure.is_some()) {
        assert!(is_by_hand(&item.text, &item.proposal.candidates[0].0), "{}", item.text);
    }
    assert_eq!(import.parameters, 2);
}

#[test]
fn an_item_is_about_the_account_that_it_or_its_heading_names() {
    let course = course();
    let chapter = fs::read_to_string(course.root.join("src/general-account.md")).unwrap();
    let lesson = plain(&chapter, &course.params);
    let sources = TempDir::new().unwrap();
    let import = import::plan(&course, sources.path(), &order(&lesson), &[]).unwrap();
    let sure: Vec<String> =
        import.steps.iter().filter(|item| item.proposal.sure.is_some()).map(|item| item.proposal.args()).collect();
    assert!(sure.len() >= 5 && sure.iter().all(|words| words.contains("account=general")), "{sure:?}");
    for words in &sure {
        assert!(chapter.contains(&format!("<!-- verify: {words} -->")), "{words}: as by hand");
    }
}

#[test]
fn importing_again_changes_nothing_whatever_the_author_did_to_directives_and_parameters() {
    let mut course = course();
    let lesson = original(&course);
    let sources = TempDir::new().unwrap();
    write(sources.path(), &import::plan(&course, sources.path(), &order(&lesson), &[]).unwrap());
    let again = import::plan(&course, sources.path(), &order(&lesson), &[]).unwrap();
    assert!(again.changes.is_empty(), "{:?}", again.changes);
    // The author names the check that was open, removes another, and changes a parameter.
    let file = sources.path().join("lesson.md");
    let chapter = fs::read_to_string(&file).unwrap();
    let chapter = chapter.replace("? alternate-contacts contact-matches", "alternate-contacts optional");
    fs::write(&file, chapter.replace(" <!-- verify: mfa -->", "")).unwrap();
    course.params.insert("budget_amount".into(), course::param::Param::Int(20));
    assert!(import::plan(&course, sources.path(), &order(&lesson), &[]).unwrap().changes.is_empty());
    // A lesson with another text is another lesson. Imported again, it keeps what the author wrote.
    let changed = lesson.replace("## Overview", "## What this is about");
    let refused = import::plan(&course, sources.path(), &order(&changed), &[]).unwrap_err().to_string();
    assert!(refused.contains("lesson.md exists and differs") && refused.contains("--replace"), "{refused}");
    let again = import::plan(&course, sources.path(), &Order { replace: true, ..order(&changed) }, &[]).unwrap();
    assert_eq!(again.changes.len(), 1);
    assert!(again.changes[0].after.contains("## What this is about"));
    assert!(again.changes[0].after.contains("<!-- verify: alternate-contacts optional -->"));
}

#[test]
fn a_lesson_in_sections_loses_nothing() {
    let course = course();
    let lesson = original(&course);
    let sources = TempDir::new().unwrap();
    let order = Order { split: Some(Split::H2), ..order(&lesson) };
    let import = import::plan(&course, sources.path(), &order, &[]).unwrap();
    write(sources.path(), &import);
    let files: Vec<&str> = import.changes.iter().map(|change| change.file.as_str()).collect();
    insta::assert_snapshot!(format!("{}\n\n{}", files.join("\n"), import.changes.last().unwrap().after));
    let chapters = import.changes.iter().filter(|change| change.file != "SUMMARY.md");
    let whole: String = chapters.map(|change| plain(&change.after, &course.params)).collect();
    assert_eq!(whole, lesson);
    assert!(import::plan(&course, sources.path(), &order, &[]).unwrap().changes.is_empty());
    assert_eq!(
        import.steps.iter().map(|item| item.line).collect::<Vec<_>>(),
        [24, 38, 44, 51, 61, 62, 63, 70, 72, 77, 81, 85, 95, 96, 97, 101, 102, 103, 104, 105, 106, 107]
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_lesson() {
    let course = course();
    for lesson in ["\u{feff}- [ ] Budget created\n", "\u{feff}\u{feff}budget amount 10 \n"] {
        let sources = TempDir::new().unwrap();
        let import = import::plan(&course, sources.path(), &order(lesson), &[]).unwrap();
        assert_ne!(import.changes[0].after, lesson);
        assert_eq!(plain(&import.changes[0].after, &course.params), lesson);
        write(sources.path(), &import);
        assert!(import::plan(&course, sources.path(), &order(lesson), &[]).unwrap().changes.is_empty());
    }
}

/// The program whose instructions `instructions` counts.
#[test]
#[ignore = "run by `instructions`"]
fn one_size() {
    let Ok(size) = std::env::var("SIZE") else { return };
    let size: usize = size.parse().unwrap();
    let course = course();
    let items = "- [ ] Budget created for $10, the budget amount\n- [ ] MFA configured\n\n1. Create the VPC\n2. Create a role\n\n";
    let lesson = items.repeat(size);
    let import = import::plan(&course, TempDir::new().unwrap().path(), &order(&lesson), &[]).unwrap();
    let shown = report::import::text(&import, true);
    assert_eq!(import.parameters, size);
    assert_eq!(shown.as_str().lines().filter(|line| line.contains("+- [ ]")).count(), 2 * size);
}

fn instructions(size: usize) -> f64 {
    let mut counting = Command::new("valgrind");
    counting.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().unwrap());
    counting.args(["--exact", "import::one_size", "--ignored"]).env("SIZE", size.to_string());
    let counted = counting.output().expect("valgrind is missing: run tests/run, which installs it");
    let log = String::from_utf8_lossy(&counted.stderr);
    let (_, count) = log.split_once("Collected : ").unwrap_or_else(|| panic!("{log}"));
    assert!(counted.status.success(), "{}", String::from_utf8_lossy(&counted.stdout));
    count.split_whitespace().next().unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn the_cost_of_an_import_is_linear() {
    let [none, once, four_times] = [0, 5, 20].map(instructions);
    let ratio = (four_times - none) / (once - none);
    assert!(ratio < 5.0, "{ratio:.2} times as many instructions for four times as many items");
    // A few milliseconds for each item, without optimisation: a lesson of an hour has some ten.
    let each = (four_times - once) / 15.0 / 4.0;
    assert!(each < 20e6, "{each:.0} instructions for each item");
}

/// Pieces that lessons are made of.
fn lesson() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("## Section\n"),
        Just("Setext\n---\n"),
        Just("# Title\n"),
        Just("\n"),
        Just("\r\n"),
        Just("- [ ] Budget created\n"),
        Just("> ## quoted\n"),
        Just("- [x] Billing alerts"),
        Just("  - [ ] MFA\n"),
        Just("```\n"),
        Just("| a | b |\n|---|---|\n"),
        Just("budget amount 10 "),
        Just("[a]: b\n"),
        Just("<!-- "),
        Just("- [ ] Mine <!-- verify: cost-budget -->\n"),
        Just("- [ ] Open  <!--verify: ? mfa -->\n"),
        Just("{{ budget_amount }} "),
        Just("{{ user.name }} {{ user }} \\{{ user  }} "),
        Just("`{{ budget_amoun }}` "),
        Just("\\"),
        Just("é"),
        Just("\u{feff}"),
        Just("    "),
    ];
    prop::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_lesson_is_whole_in_its_chapters(lesson in lesson(), in_sections in any::<bool>()) {
        let course = course();
        let split = in_sections.then_some(Split::H2);
        if split::pieces(annotate::byte_order_mark(&lesson).1, split).is_ok() {
            let sources = TempDir::new().unwrap();
            let order = Order { split, ..order(&lesson) };
            // Something in the lesson may be wrong in the book. Then nothing is written, and the place is named.
            let import = match import::plan(&course, sources.path(), &order, &[]) {
                Ok(import) => import,
                Err(error) => {
                    prop_assert!(lesson.contains("verify:"), "{error}");
                    prop_assert!(error.to_string().contains("lesson.md"), "{error}");
                    return Ok(());
                }
            };
            let chapters = import.changes.iter().filter(|change| change.file != "SUMMARY.md");
            let whole: String = chapters.map(|change| change.after.as_str()).collect();
            prop_assert_eq!(plain(&whole, &course.params), plain(&lesson, &course.params));
            write(sources.path(), &import);
            prop_assert!(import::plan(&course, sources.path(), &order, &[]).unwrap().changes.is_empty());
        }
    }
}

#[test]
fn a_section_that_begins_with_a_byte_order_mark_is_imported_as_it_is_read() {
    let course = course();
    for (lesson, split) in [
        ("## Section\n\u{feff}<!-- Setext\n---\nbudget amount 10 ", Some(Split::H2)),
        ("## Section\n\u{feff}Setext\n---\n- [ ] Budget created\n", Some(Split::H2)),
        ("\u{feff}\u{feff}<!-- Section\n---\nbudget amount 10 ", Some(Split::H2)),
        ("---\nlayout: page\n---\n\u{feff}<!-- budget amount 10\n", None),
    ] {
        let sources = TempDir::new().unwrap();
        let order = Order { split, ..order(lesson) };
        let import = import::plan(&course, sources.path(), &order, &[]).unwrap();
        write(sources.path(), &import);
        assert!(import::plan(&course, sources.path(), &order, &[]).unwrap().changes.is_empty(), "{lesson:?}");
    }
}

#[test]
fn a_row_is_sure_only_where_no_other_column_can_say_something_else() {
    let course = course();
    let sure = |header: &str, cells: &str| {
        let lesson = format!(
            "# Money\n\n## Preferences\n\n| {header} |\n|{}\n| CloudWatch billing alerts | {cells} |\n| Invoices | on |\n",
            "---|".repeat(header.split('|').count())
        );
        let sources = TempDir::new().unwrap();
        let import = import::plan(&course, sources.path(), &order(&lesson), &[]).unwrap();
        import.steps.iter().find(|step| step.line == 7).and_then(|step| step.proposal.sure.clone())
    };
    assert_eq!(sure("Preference | We want", "on").as_deref(), Some("billing-alerts"));
    for (header, cells) in [
        ("Preference | Sandbox", "on"),
        ("Preference | Sandbox account", "on"),
        ("Preference | General account | Production account", "on | –"),
        ("Preference | Now | Wanted", "on | off"),
        ("Preference | We want", "off"),
        ("Preference | We want", "on, in all accounts"),
        ("Preference | We want", "on in both"),
    ] {
        assert_eq!(sure(header, cells), None, "{header}: {cells}");
    }
}
