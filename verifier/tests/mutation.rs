//! Breaks each check of the course in every small way, and tests that the self-test notices.

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "a test tells its reader what it measured")]

mod equivalent;

use crate::common::COURSE;
use course::Course;
use course::check::{About, Body, Check, Late, Let, Proof};
use equivalent::EQUIVALENT;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;
use verify::compile;
use verify::selftest::{self, Situations, cases};

/// One way to break a check.
struct Mutant {
    what: String,
    check: Check,
}

/// A text with a range replaced.
fn replaced(text: &str, range: Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..range.start], &text[range.end..])
}

/// Every small way to break an expression, each with the new expression.
fn broken(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let swaps: [(&str, &[&str]); 12] = [
        ("==", &["!="]),
        ("!=", &["=="]),
        (">=", &[">", "<"]),
        ("<=", &["<", ">"]),
        (">", &[">=", "<="]),
        ("<", &["<=", ">="]),
        (".exists(", &[".all("]),
        (".all(", &[".exists("]),
        (".endsWith(", &[".startsWith(", ".contains("]),
        (".startsWith(", &[".endsWith(", ".contains("]),
        (".contains(", &[".startsWith(", ".endsWith("]),
        ("fold(", &["string("]),
    ];
    let quoted = quoted(source);
    let code = |at: usize| !quoted.iter().any(|range| range.contains(&at));
    for at in (0..source.len()).filter(|at| source.is_char_boundary(*at) && code(*at)) {
        let rest = &source[at..];
        // The longest operator that begins here, unless it is in the middle of another.
        let before = source[..at].chars().next_back();
        let swap =
            swaps.iter().find(|(from, _)| rest.starts_with(from) && !(before.is_some_and(|c| "=!<>".contains(c))));
        for to in swap.into_iter().flat_map(|(_, to)| *to) {
            let from = swap.unwrap().0;
            found.push(replaced(source, at..at + from.len(), to));
        }
        if rest.starts_with('!') && !rest.starts_with("!=") {
            found.push(replaced(source, at..at + 1, ""));
        }
        if rest.starts_with("&&") || rest.starts_with("||") {
            let neutral = if rest.starts_with("&&") { "true" } else { "false" };
            let (left, right) = operands(source, at, &code);
            found.push(replaced(source, left, &format!(" {neutral} ")));
            found.push(replaced(source, right, &format!(" {neutral}")));
        }
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let part = before.is_some_and(|c| c.is_alphanumeric() || "_.[".contains(c));
        if let (false, Ok(number)) = (part, digits.parse::<i64>()) {
            found.push(replaced(source, at..at + digits.len(), &(number + 1).to_string()));
        }
    }
    for literal in quoted {
        found.push(replaced(source, literal.end - 1..literal.end - 1, "x"));
    }
    found.sort();
    found.dedup();
    found
}

/// The string literals of an expression.
fn quoted(source: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in source.char_indices() {
        match open {
            Some((start, quote)) if c == quote => {
                ranges.push(start..at + 1);
                open = None;
            }
            None if c == '\'' || c == '"' => open = Some((at, c)),
            _ => {}
        }
    }
    ranges
}

/// The operands of the `&&` or `||` at a place.
fn operands(source: &str, at: usize, code: &dyn Fn(usize) -> bool) -> (Range<usize>, Range<usize>) {
    let bytes = source.as_bytes();
    let ends = |at: usize| {
        code(at) && (b",?:".contains(&bytes[at]) || source[at..].starts_with("&&") || source[at..].starts_with("||"))
    };
    let (mut depth, mut right) = (0, at + 2);
    while right < bytes.len() {
        match bytes[right] {
            _ if !code(right) => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => break,
            b')' | b']' | b'}' => depth -= 1,
            _ if depth == 0 && ends(right) => break,
            _ => {}
        }
        right += 1;
    }
    let (mut depth, mut left) = (0, at);
    while left > 0 {
        let before = left - 1;
        match bytes[before] {
            _ if !code(before) => {}
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth == 0 => break,
            b'(' | b'[' | b'{' => depth -= 1,
            b',' | b'?' | b':' if depth == 0 => break,
            b'&' | b'|' if depth == 0 => break,
            _ => {}
        }
        left = before;
    }
    (left..at, at + 2..right)
}

fn broken_about(about: &About) -> Vec<(String, About)> {
    let same = |text: String| (format!("same: {text}"), About { same: text, ..about.clone() });
    let mut all: Vec<(String, About)> = broken(&about.same).into_iter().map(same).collect();
    for (at, still) in about.still.iter().enumerate() {
        for text in broken(still) {
            let mut about = about.clone();
            about.still[at].clone_from(&text);
            all.push((format!("still: {text}"), about));
        }
    }
    all
}

fn mutants(check: &Check) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let mut add = |what: String, change: &dyn Fn(&mut Check)| {
        let mut check = check.clone();
        change(&mut check);
        mutants.push(Mutant { what: what.split_whitespace().collect::<Vec<_>>().join(" "), check });
    };
    for (name, meant) in check.lets.iter().filter(|(_, meant)| meant.shared.is_none()) {
        for text in broken(&meant.text) {
            let broken = Let { text: text.clone(), ..meant.clone() };
            add(format!("let {name}: {text}"), &|check| drop(check.lets.insert(name.clone(), broken.clone())));
        }
    }
    for (at, expectation) in check.expectations().iter().enumerate() {
        let number = at + 1;
        let expect = |check: &mut Check, change: &dyn Fn(&mut course::check::Expectation)| match &mut check.body {
            Body::Expect(all) => change(&mut all[at]),
            Body::Steps(_) => {}
        };
        if check.expectations().len() > 1 {
            add(format!("{number} left out"), &|check| match &mut check.body {
                Body::Expect(all) => drop(all.remove(at)),
                Body::Steps(_) => {}
            });
        }
        if let Some(when) = &expectation.when {
            add(format!("{number} when: always"), &|check| expect(check, &|it| it.when = None));
            for text in broken(when) {
                add(format!("{number} when: {text}"), &|check| expect(check, &|it| it.when = Some(text.clone())));
            }
        }
        if let Proof::Evidence { late: Some(late), .. } = &expectation.proof {
            let mut late_is = |what: String, changed: Option<Late>| {
                add(format!("{number} {what}"), &|check| {
                    expect(check, &|it| {
                        if let Proof::Evidence { late, .. } = &mut it.proof {
                            late.clone_from(&changed);
                        }
                    });
                });
            };
            late_is("absence: false".into(), None);
            late_is("at: none".into(), late.at.as_ref().map(|_| Late { at: None, ..late.clone() }));
            late_is("same: none".into(), late.about.as_ref().map(|_| Late { about: None, ..late.clone() }));
            for text in late.at.iter().flat_map(|at| broken(at)) {
                late_is(format!("at: {text}"), Some(Late { at: Some(text), ..late.clone() }));
            }
            for (what, about) in late.about.iter().flat_map(broken_about) {
                late_is(what, Some(Late { about: Some(about), ..late.clone() }));
            }
        }
        if let Some(about) = expectation.statement().and_then(|statement| statement.about.as_ref()) {
            let all = broken_about(about).into_iter().map(|(what, about)| (what, Some(about)));
            for (what, changed) in all.chain([("same: none".to_owned(), None)]) {
                add(format!("{number} {what}"), &|check| {
                    expect(check, &|it| match &mut it.proof {
                        Proof::Confirmation { statement, .. } | Proof::Evidence { instead: Some(statement), .. } => {
                            statement.about.clone_from(&changed);
                        }
                        Proof::Evidence { .. } => {}
                    });
                });
            }
        }
        if let Proof::Confirmation { backed_by: Some(event), .. } = &expectation.proof {
            let all = broken(event).into_iter().map(Some).chain([None]);
            for changed in all {
                add(format!("{number} backed_by: {}", changed.as_deref().unwrap_or("none")), &|check| {
                    expect(check, &|it| {
                        if let Proof::Confirmation { backed_by, .. } = &mut it.proof {
                            backed_by.clone_from(&changed);
                        }
                    });
                });
            }
        }
        if let Proof::Evidence { that, .. } = &expectation.proof {
            for text in broken(that) {
                add(format!("{number} that: {text}"), &|check| {
                    expect(check, &|it| {
                        if let Proof::Evidence { that, .. } = &mut it.proof {
                            that.clone_from(&text);
                        }
                    });
                });
            }
        }
    }
    for account in COURSE.0.accounts.keys().filter(|account| **account != check.account && !check.account.is_empty()) {
        add(format!("account: {account}"), &|check| check.account.clone_from(account));
    }
    if let Body::Steps(steps) = &check.body {
        for step in steps {
            add(format!("without {step}"), &|check| {
                if let Body::Steps(steps) = &mut check.body {
                    steps.retain(|other| other != step);
                }
            });
        }
    }
    mutants
}

/// The ways to break a `let` of a shared file, each with the checks that it breaks.
fn shared_mutants(course: &Course) -> BTreeMap<String, Vec<(String, Check)>> {
    let mut mutants: BTreeMap<String, Vec<(String, Check)>> = BTreeMap::new();
    for (check_name, check) in &course.checks {
        for (name, meant) in &check.lets {
            let Some(file) = &meant.shared else { continue };
            for text in broken(&meant.text) {
                let what = format!("shared/{file}: let {name}: {text}");
                let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
                let mut check = check.clone();
                check.lets.insert(name.clone(), Let { text, ..meant.clone() });
                mutants.entry(what).or_default().push((check_name.clone(), check));
            }
        }
    }
    mutants
}

#[tokio::test]
async fn whatever_breaks_a_check_is_noticed() {
    let whole = COURSE.0.with_a_step_for_each_check();
    let compiled = Arc::new(compile::compile(&Arc::new(whole.clone())).unwrap());
    let situations = Situations::gather(&Arc::new(whole.clone()), &compiled).await.unwrap();
    // `None` if it does not compile, which is noticed before any test.
    let survives = |name: &str, check: Check| {
        let mut course: Course = whole.clone();
        course.checks.insert(name.to_owned(), check);
        let course = Arc::new(course.with_a_step_for_each_check());
        let step = course.step(name).unwrap();
        let compiled = Arc::new(compile::compile_steps(&course, &[step]).ok()?);
        let cases = cases::read(&course, name).unwrap();
        Some(selftest::prove(&course, &compiled, step, &situations, &cases).problems.is_empty())
    };
    let (mut survivors, mut tried) = (BTreeSet::new(), 0);
    for (name, check) in &whole.checks {
        for mutant in mutants(check) {
            let survived = survives(name, mutant.check);
            tried += usize::from(survived.is_some());
            if survived == Some(true) {
                survivors.insert(format!("{name}: {}", mutant.what));
            }
        }
    }
    for (what, checks) in shared_mutants(&whole) {
        // One check that notices is enough.
        tried += 1;
        if checks.into_iter().all(|(name, check)| survives(&name, check) == Some(true)) {
            survivors.insert(what);
        }
    }
    let mut table = String::new();
    for survivor in &survivors {
        let why = EQUIVALENT.iter().find(|(mutant, _)| mutant == survivor).map(|(_, why)| *why);
        let _ = writeln!(table, "{survivor}\n    {}", why.unwrap_or("NOT NOTICED"));
    }
    println!("{tried} mutants, {} survive:\n{table}", survivors.len());
    for (mutant, _) in EQUIVALENT {
        assert!(survivors.contains(*mutant), "{mutant} is noticed now: take it off the list");
    }
    assert!(!table.contains("NOT NOTICED"), "{tried} mutants, these survive:\n{table}");
    assert!(tried > 100, "{tried}");
}
