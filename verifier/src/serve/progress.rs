//! The progress of the course, and the step to do next.

use course::results::Results;
use course::{Course, Occurrence, Step};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many of the required steps are done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    done: usize,
    of: usize,
    /// The id of the step to do next.
    next: Option<String>,
}

/// The progress of the course.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// In the whole course.
    course: Count,
    /// By page: the path in the book.
    pages: BTreeMap<String, Count>,
}

impl Progress {
    /// Counts each step once in the whole course, and once in each chapter that names it.
    pub fn of(course: &Course, results: &Results) -> Progress {
        let mut progress = Progress::default();
        for step in course.required() {
            let is_open = is_open(results, step);
            // The order of the course decides, so the first one that is open is looked at only once.
            let next = |count: &Count| {
                (is_open && count.next.is_none()).then(|| first_to_do(course, results, step).id.clone())
            };
            progress.course.add(is_open, next(&progress.course));
            let pages: BTreeSet<String> = step.occurrences.iter().map(Occurrence::page).collect();
            for page in pages {
                let count = progress.pages.entry(page).or_default();
                count.add(is_open, next(count));
            }
        }
        progress
    }
}

impl Count {
    fn add(&mut self, is_open: bool, next: Option<String>) {
        self.of += 1;
        self.done += usize::from(!is_open);
        self.next = self.next.take().or(next);
    }
}

fn is_open(results: &Results, step: &Step) -> bool {
    results.view(step).verdict.blocks()
}

/// The step with which an open step begins: itself, or an open step of the lessons that must come before it. The order
/// is that of the practice actions, which is also the order in real accounts.
fn first_to_do<'c>(course: &'c Course, results: &Results, step: &'c Step) -> &'c Step {
    let (mut first, mut passed) = (step, BTreeSet::from([step.id.as_str()]));
    loop {
        let before = course.check(first).practised_after().filter_map(|check| course.step_for_practice(check, first));
        let listed = before.filter_map(|before| course.step(&before.id)).filter(|step| step.is_listed());
        match listed.into_iter().find(|step| is_open(results, step) && passed.insert(step.id.as_str())) {
            Some(before) => first = before,
            None => return first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::check::Check;
    use course::param::Params;

    /// A course of one chapter with a step for each check, in this order.
    fn course(checks: &[(&str, &str)]) -> Course {
        let body = "title = \"t\"\naccount = \"a\"\n";
        let expect = "expect = [{ title = \"t\", that = \"true\", fix = \"f\" }]\n";
        let check = |(name, more): &(&str, &str)| {
            let text = format!("{body}{}{more}", if more.contains("steps") { "" } else { expect });
            ((*name).to_owned(), Check::parse(name, &text).unwrap())
        };
        let checks: BTreeMap<String, Check> = checks.iter().map(check).collect();
        Course {
            root: "book".into(),
            title: "A course".into(),
            params: Params::new(),
            accounts: BTreeMap::new(),
            inputs: BTreeMap::new(),
            given: BTreeMap::new(),
            tables: BTreeMap::new(),
            checks,
            steps: Vec::new(),
        }
    }

    fn with_steps(course: Course, listed: &[&str]) -> Course {
        let all = course.with_a_step_for_each_check();
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
        Progress::of(course, &Results::empty(true)).pages["a/lesson.html"].next.clone()
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
    fn steps_that_need_each_other_are_no_circle() {
        let needs =
            |name: &str| format!("[practice]\nneeds = [\"{name}\"]\ndo = [{{ switch = \"sign-up\", to = true }}]\n");
        let course = course(&[("b", &needs("c")), ("c", &needs("b"))]);
        assert_eq!(next(&with_steps(course, &["b", "c"])), Some("c".into()));
    }
}
