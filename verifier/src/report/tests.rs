//! Every output format has exactly the sentences of the [`StepView`], in its order.

use course::Course;
use course::results::{ExpectationResult, Kept, Outcome, Reason, ReasonCode, Results, StepResult, Verdict};
use course::step_view::StepView;
use mdbook_verify::widget;
use mdbook_verify::widget::live::{Live, Practice};
use std::fs;
use std::path::Path;

use super::{csv, junit, summary, text};
use crate::book;

const OUTCOMES: [Outcome; 6] =
    [Outcome::Met, Outcome::NotMet, Outcome::Unknown, Outcome::Confirmed, Outcome::Unconfirmed, Outcome::NotApplicable];

fn course(folder: &Path) -> Course {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("book.toml", "[book]\ntitle = \"A\"\n\n[preprocessor.verify.accounts]\nmine = \"Yours\"\n");
    write("src/SUMMARY.md", "- [One](one.md)\n");
    write("src/one.md", "# One\n\n- [ ] Turn MFA on <!-- verify: mfa -->\n");
    write(
        "checks/mfa.toml",
        "title = \"MFA\"\naccount = \"mine\"\n\n[[expect]]\nthat = \"root.mfa\"\nfix = \"Do it.\"\n",
    );
    book::read(folder, false).unwrap()
}

/// Results in which every sentence and time is a unique mark, such as `§1§`.
fn results(course: &Course, verdict: Verdict, outcomes: [Outcome; 2]) -> Results {
    let mut count = 0;
    let mut mark = || {
        count += 1;
        format!("§{count}§")
    };
    let expectations = outcomes.map(|outcome| ExpectationResult {
        title: "title".into(),
        outcome,
        sentences: vec![mark(), mark()],
        statement: Some(mark()),
        rows: Vec::new(),
        console: None,
    });
    let reasons = [ReasonCode::Denied, ReasonCode::NeedsConfirmation].map(|code| Reason {
        code,
        account: None,
        action: None,
        message: mark(),
    });
    let result = StepResult {
        verdict,
        reasons: reasons.into(),
        expectations: expectations.into(),
        evidence: Kept::default(),
        checked: "2026-11-24T12:00:00Z".into(),
        attempts: None,
        first_checked: None,
        first_verified: None,
        held_until: Some(mark()),
        lapsed: None,
        removed: None,
        inputs: None,
        by: "0.1.0".into(),
        check_hash: course.step("mfa").unwrap().hash.clone(),
        accounts: Default::default(),
    };
    let mut results = Results::empty(true);
    results.steps.insert("mfa".into(), result);
    results
}

/// The marks in a text, in order.
fn marks(text: &str) -> Vec<String> {
    let parts = text.split('§').enumerate();
    parts.filter(|(at, _)| at % 2 == 1).map(|(_, mark)| mark.to_owned()).collect()
}

fn sorted(mut marks: Vec<String>) -> Vec<String> {
    marks.sort();
    marks
}

#[test]
fn a_steps_sentences_are_the_same_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path());
    let step = course.step("mfa").unwrap();
    for verdict in Verdict::ALL {
        for first in OUTCOMES {
            for second in OUTCOMES {
                let results = results(&course, verdict, [first, second]);
                let view = StepView::new(&course, step, &results);
                let case = format!("{verdict} with {first:?} and {second:?}");
                let sentences: Vec<String> = view.sentences().into_iter().map(|sentence| sentence.text).collect();
                let short = marks(&view.lines().join(" "));
                let drift = marks(&view.drift.clone().unwrap());
                assert_eq!(short, [marks(&sentences.join(" ")), drift.clone()].concat(), "{case}");

                // In JUnit XML, the first line is also the message.
                let xml = junit::xml(&course, &results, &[step]).unwrap();
                let xml = xml.split_once("<testcase").unwrap().1;
                let first_again = usize::from(verdict.blocks());
                assert_eq!(marks(xml)[first_again.min(marks(xml).len())..], short, "{case}: {xml}");
                let table = csv::table(&course, &results, &[step]).unwrap();
                let cell = table.lines().nth(1).unwrap().split(",2026-").next().unwrap().to_owned();
                assert_eq!(marks(&cell), short, "{case}: {table}");
                let page = widget::html(&view).replace("&#167;", "§");
                assert_eq!(marks(&page), [drift.clone(), marks(&sentences.join(" "))].concat(), "{case}: {page}");
                let summary = summary::summary(&course, &results);
                let wanted = if verdict.blocks() { short.clone() } else { Vec::new() };
                assert_eq!(marks(summary.as_str()), wanted, "{case}: {}", summary.as_str());

                // The details, which list each expectation.
                let each = view.expectations.iter().flat_map(|expectation| {
                    let sentences = expectation.sentences.iter().map(|sentence| sentence.clone().into_owned());
                    sentences.chain(expectation.statements.iter().map(ToString::to_string))
                });
                let each: Vec<String> = each.flat_map(|sentence| marks(&sentence)).collect();
                let reasons = marks(&view.messages(Reason::message).collect::<Vec<_>>().join(" "));
                let details = text::details(&course, &results, step);
                let whole = [each.clone(), reasons.clone(), drift.clone()].concat();
                assert_eq!(marks(details.as_str()), whole, "{case}: {}", details.as_str());
                let live = Live::of(&course, step, &results, Practice::ToDo);
                // What was required of a step that is done is with its evidence.
                let html = format!("{}{}", live.html, live.evidence).replace("&#167;", "§");
                assert_eq!(marks(&html), [drift, reasons, each].concat(), "{case}: {html}");
                assert_eq!(live.label, view.label());

                // The details contain everything that a list shows.
                let (short, whole) = (sorted(short), sorted(whole));
                assert!(short.iter().all(|mark| whole.contains(mark)), "{case}: {short:?} {whole:?}");
            }
        }
    }
}

#[test]
fn every_format_gives_the_same_command() {
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path());
    let step = course.step("mfa").unwrap();
    let results = results(&course, Verdict::Unknown, [Outcome::Met, Outcome::Unconfirmed]);
    let xml = junit::xml(&course, &results, &[step]).unwrap();
    let forms = [
        text::details(&course, &results, step).as_str().to_owned(),
        summary::summary(&course, &results).as_str().to_owned(),
        csv::table(&course, &results, &[step]).unwrap(),
        xml.replace("&#45;", "-"),
        widget::html(&StepView::new(&course, step, &results)).replace("&#45;", "-"),
    ];
    for form in forms {
        let command = anstream::adapter::strip_str(&form).to_string();
        assert!(command.contains("If this is true, confirm it:"), "{form}");
        assert!(command.contains("verify --practice confirm mfa"), "{form}");
    }
}

#[test]
fn what_two_open_expectations_have_in_common_is_shown_once() {
    let folder = tempfile::tempdir().unwrap();
    let course = course(folder.path());
    let step = course.step("mfa").unwrap();
    for (verdict, outcomes) in [
        (Verdict::NotYet, [Outcome::NotMet, Outcome::NotMet]),
        (Verdict::Unknown, [Outcome::Unknown, Outcome::Unknown]),
        (Verdict::Unknown, [Outcome::Unconfirmed, Outcome::Unconfirmed]),
    ] {
        let mut results = results(&course, verdict, outcomes);
        for expectation in &mut results.steps.get_mut("mfa").unwrap().expectations {
            expectation.sentences[0] = "Sign in again.".to_owned();
        }
        let table = csv::table(&course, &results, &[step]).unwrap();
        let live = Live::of(&course, step, &results, Practice::ToDo);
        let details = text::details(&course, &results, step);
        for report in [details.as_str(), table.as_str(), live.html.as_str()] {
            assert_eq!(report.matches("Sign in again.").count(), 1, "{verdict} with {outcomes:?}: {report}");
        }
    }
}
