//! The HTML of a widget in different places.
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use crate::support::{TestBook, expectation, first_page, reason};
use course::results::{Outcome, Results, Verdict};
use course::step_view::StepView;
use mdbook_verify::widget::{self, live};
use pulldown_cmark::{Event, Parser};

const VERDICTS: [Verdict; 6] = [
    Verdict::NotYet,
    Verdict::Unknown,
    Verdict::Unchecked,
    Verdict::Confirmed,
    Verdict::Verified,
    Verdict::NotApplicable,
];

/// HTML without its tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut tag = false;
    for c in html.chars() {
        match c {
            '<' => tag = true,
            '>' => tag = false,
            c if !tag => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn a_widget_has_no_text_for_the_search_index() {
    let book = TestBook::new().chapter("a.md", "- One <!-- verify: cost-budget optional -->\n");
    let course = book.course();
    let step = &course.steps[0];
    for verdict in VERDICTS {
        book.results("cost-budget", |result| {
            result.verdict = verdict;
            result.held_until = Some("2026-11-20T08:00:00Z".into());
            result.reasons.push(reason("Sign in again."));
            for outcome in [Outcome::Met, Outcome::NotMet, Outcome::Unknown, Outcome::Unconfirmed, Outcome::Confirmed] {
                result.expectations.push(expectation(outcome, "Create a budget."));
            }
        });
        let page = first_page(&book.binary("html", "0.5.4"));
        assert_eq!(text(&page).trim(), "- One", "{page}");
        assert!(page.contains(&format!("data-text=\"{}\"", verdict.label())), "{page}");
    }
    for practice in [true, false] {
        let waiting = live::waiting(step, practice);
        assert_eq!(text(&waiting).trim(), "", "{waiting}");
        let results = Results::empty(practice);
        let view = StepView::new(&course, step, &results);
        let page = widget::first(&widget::html(&view), &widget::published::hint(None, false));
        assert_eq!(text(&page).trim(), "", "{page}");
    }
    assert_eq!(text(&widget::open(true)).trim(), "");
}

#[test]
fn a_widget_that_waits_says_for_what() {
    let course = TestBook::new().chapter("a.md", "- One <!-- verify: cost-budget -->\n").course();
    insta::assert_snapshot!(live::waiting(&course.steps[0], true));
}

#[test]
fn a_card_stands_where_its_comment_stood_and_nothing_around_it_changes() {
    let card = widget::card("A *title* with <b> & \"quotes\"", "<verify-step data-step=\"a\"></verify-step>");
    insta::assert_snapshot!(card);
    for around in [
        "Text.\n\nX\n\nMore *text*.\n",
        "Text.\nX\nMore *text* in the next line.\n",
        "> A quote.\n>\n> X\n> *more*\n\nText.\n",
        "- An item.\n\n  X\n  *more*\n- Another.\n",
        "1. One.\n\n   X\n\n   ```sh\n   a\n   ```\n2. Two.\n",
        "# A\n\nX\n## B\n\n| a |\n|---|\n| b |\n",
    ] {
        let events = |block: &str| {
            let page = around.replace('X', block);
            let events = Parser::new_ext(&page, pulldown_cmark::Options::ENABLE_TABLES).map(|event| match event {
                Event::Html(_) => Event::Html("".into()),
                other => other.into_static(),
            });
            events.collect::<Vec<_>>()
        };
        assert_eq!(events(&card), events("<!-- verify: cost-budget -->"), "{around}");
    }
}

#[test]
fn the_style_sheet_has_a_sign_for_every_verdict() {
    let (_, rules) = mdbook_verify::CSS.split_once("verify-step, :is(li").unwrap();
    for verdict in VERDICTS {
        let of = match verdict {
            Verdict::Unchecked => rules,
            other => rules.split_once(&format!("\nverify-step[data-verdict=\"{}\"]", other.name())).unwrap().1,
        };
        let sign = of.split_once("--verify-sign: \"").unwrap().1;
        assert!(sign.starts_with(&format!("{} \"", verdict.icon())), "{}: {}", verdict.name(), &sign[..8]);
    }
    assert!(mdbook_verify::CSS.starts_with("/* "), "its first line is a comment");
}
