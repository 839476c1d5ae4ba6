//! The step that a learner does next: the one rule for the pages' bar and the terminal.

use std::collections::BTreeSet;

use crate::course::{Course, Step};
use crate::results::Results;

/// Which of these steps, in the order of the course, to do next; `None` if all are done. It is the first that is open, or
/// what must come before it. While some accounts cannot be read, steps in the others come first.
pub fn next_step<'c>(course: &'c Course, results: &Results, steps: &[&'c Step]) -> Option<&'c Step> {
    let mut open = steps.iter().copied().filter(|step| is_open(results, step)).peekable();
    let first = open.peek().copied()?;
    Some(first_to_do(course, results, open.find(|step| can_be_read(results, step)).unwrap_or(first)))
}

fn is_open(results: &Results, step: &Step) -> bool {
    results.view(step).verdict.blocks()
}

fn can_be_read(results: &Results, step: &Step) -> bool {
    let reasons = results.view(step).result.map_or(&[][..], |result| &result.reasons);
    !reasons.iter().any(|reason| reason.is_about_access())
}

/// The step with which an open step begins: itself, or an open step of the lessons that must come before it. The order
/// is that of the practice actions, which is also the order in real accounts.
fn first_to_do<'c>(course: &'c Course, results: &Results, step: &'c Step) -> &'c Step {
    let (mut first, mut passed) = (step, BTreeSet::from([step.id.as_str()]));
    loop {
        let before = course.check(first).practised_after().filter_map(|check| course.step_for_practice(check, first));
        // What was not made is not removed.
        let made = first.removes.iter().filter_map(|id| course.step(id));
        let before = before.filter_map(|before| course.step(&before.id)).chain(made);
        let listed = before.filter(|step| step.is_listed());
        match listed.into_iter().find(|step| is_open(results, step) && passed.insert(step.id.as_str())) {
            Some(before) => first = before,
            None => return first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::course::Occurrence;
    use crate::testing;

    /// A course of these checks.
    fn course(checks: &[(&str, &str)]) -> Course {
        let body = "title = \"t\"\naccount = \"a\"\n";
        let expect = "expect = [{ title = \"t\", that = \"true\", fix = \"f\" }]\n";
        let check = |(name, more): &(&str, &str)| {
            let text = format!("{body}{}{more}", if more.contains("steps") { "" } else { expect });
            ((*name).to_owned(), Check::parse(name, &text).unwrap())
        };
        testing::course(checks.iter().map(check))
    }

    fn with_steps(all: Course, listed: &[&str]) -> Course {
        let place = |name: &str| Occurrence {
            chapter: "a/lesson.md".into(),
            chapter_name: "Lesson".into(),
            text: name.to_owned(),
        };
        let step = |name: &&str| {
            let step = all.step(name).unwrap().clone();
            Step { occurrences: vec![place(name)], ..step }
        };
        Course { steps: listed.iter().map(step).collect(), ..all }
    }

    fn next(course: &Course) -> Option<String> {
        let steps: Vec<&Step> = course.required().collect();
        next_step(course, &Results::empty(true), &steps).map(|step| step.id.clone())
    }

    #[test]
    fn the_next_step_is_the_one_that_others_need() {
        let needs =
            |name: &str| format!("[practice]\nneeds = [\"{name}\"]\ndo = [{{ switch = \"sign-up\", to = true }}]\n");
        let course = course(&[("b", &needs("c")), ("c", &needs("d")), ("d", ""), ("e", "")]);
        assert_eq!(next(&with_steps(course.clone(), &["b", "c", "d", "e"])), Some("d".into()));
        assert_eq!(next(&with_steps(course.clone(), &["e", "b", "c", "d"])), Some("e".into()));
        assert_eq!(next(&with_steps(course, &["b", "c", "e"])), Some("c".into()), "no lesson has d");
    }

    #[test]
    fn a_combined_step_begins_with_its_first_member() {
        let course = course(&[("all", "steps = [\"one\", \"two\"]\n"), ("one", ""), ("two", "")]);
        assert_eq!(next(&with_steps(course.clone(), &["all", "two"])), Some("two".into()));
        assert_eq!(next(&with_steps(course, &["all"])), Some("all".into()));
    }

    #[test]
    fn what_was_not_made_is_not_removed_first() {
        let course = course(&[("gone", "removes = [\"made\"]\n"), ("made", "makes = \"[]\"\n")]);
        let mut listed = with_steps(course, &["gone", "made"]);
        listed.steps[0].removes = vec!["made".into()];
        assert_eq!(next(&listed), Some("made".into()));
    }

    #[test]
    fn steps_that_need_each_other_are_no_circle() {
        let needs =
            |name: &str| format!("[practice]\nneeds = [\"{name}\"]\ndo = [{{ switch = \"sign-up\", to = true }}]\n");
        let course = course(&[("b", &needs("c")), ("c", &needs("b"))]);
        assert_eq!(next(&with_steps(course, &["b", "c"])), Some("c".into()));
    }

    #[test]
    fn a_step_that_cannot_be_read_waits_while_another_can_be_done() {
        let course = with_steps(course(&[("one", ""), ("two", "")]), &["one", "two"]);
        let steps: Vec<&Step> = course.required().collect();
        let denied = serde_json::json!([{ "code": "denied", "account": "a", "message": "AWS denies it." }]);
        let results = |verdict: &str, of_two: &serde_json::Value| {
            let mut results = Results::empty(false);
            for (step, verdict, reasons) in [("one", "unknown", &denied), ("two", verdict, of_two)] {
                let result = serde_json::json!({
                    "verdict": verdict, "reasons": reasons, "expectations": [], "checked": "", "by": "",
                    "check_hash": course.step(step).unwrap().hash,
                });
                results.steps.insert(step.to_owned(), serde_json::from_value(result).unwrap());
            }
            results
        };
        let next = |results: &Results| next_step(&course, results, &steps).map(|step| step.id.as_str());
        assert_eq!(next(&results("not-yet", &serde_json::json!([]))), Some("two"));
        assert_eq!(next(&results("verified", &serde_json::json!([]))), Some("one"));
        assert_eq!(next(&results("unknown", &denied)), Some("one"), "the order decides where none can be read");
    }
}
