//! Expressions that would take for ever, or all memory: each ends, within what a run may cost.

use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::budget::Budget;
use super::types::Type;
use super::value::Field;
use super::{Expression, MAX_DEPTH, Scope, names, on_a_thread};

/// Numbers that follow from a seed (Knuth's MMIX generator): the same ones on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// An expression over large lists and texts: loops in loops, sums that double, comparisons of all with all.
fn expression(numbers: &mut Numbers, depth: usize, variables: &mut Vec<String>) -> String {
    let mut part = |numbers: &mut Numbers| match (depth, numbers.below(4)) {
        (0, _) | (_, 0) => match numbers.below(variables.len() + 4) {
            at if at < variables.len() => variables[at].clone(),
            _ => ["big", "long", "words", "rows"][numbers.below(4)].to_owned(),
        },
        _ => expression(numbers, depth - 1, variables),
    };
    let (one, other) = (part(numbers), part(numbers));
    let variable = format!("v{depth}");
    variables.push(variable.clone());
    let body = if depth == 0 { variable.clone() } else { expression(numbers, depth - 1, variables) };
    variables.pop();
    match numbers.below(10) {
        0 => format!("({one} + {other})"),
        1 => format!("({one} == {other})"),
        2 => format!("({one} in {other})"),
        3 => format!("{one}.map({variable}, {body})"),
        4 => format!("{one}.filter({variable}, {body} == {other})"),
        5 => format!("{one}.exists({variable}, {body} == {other})"),
        6 => format!("{one}.all({variable}, {body} != {other})"),
        7 => format!("[{one}, {other}].map({variable}, {variable} + {variable})"),
        8 => format!("{one}.map({variable}, {other}.map(w, {variable} + w))"),
        _ => format!("string({one}).contains({variable}_)").replace(&format!("{variable}_"), "'x'"),
    }
}

#[test]
fn a_thousand_hostile_expressions_end() {
    let mut numbers = Numbers(20_261_126);
    let mut sources = Vec::new();
    while sources.len() < 1000 {
        let source = expression(&mut numbers, 3, &mut Vec::new());
        if source.len() < super::MAX_BYTES && names::bracket_depth(&source) <= MAX_DEPTH {
            sources.push(source);
        }
    }
    let ended = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ended);
    let spent = on_a_thread(move || {
        let mut spent = 0;
        for source in sources {
            let Ok(expression) = Expression::compile(&source) else { continue };
            let mut scope = Scope::new(Budget::default());
            let rows: Vec<_> =
                (0..200).map(|at| json!({ "name": format!("row {at}"), "sizes": [at, at + 1] })).collect();
            let text = "x".repeat(100_000);
            for (name, value) in [
                ("big", json!(text)),
                ("long", json!((0..5_000).collect::<Vec<_>>())),
                ("words", json!(vec![text.clone(); 20])),
                ("rows", json!(rows)),
            ] {
                scope.bind(name, Field::from_json(&value, &Type::Any));
            }
            spent += usize::from(expression.fails(&scope).is_some_and(|why| why.contains("too many steps")));
            count.fetch_add(1, Ordering::Relaxed);
        }
        spent
    });
    let spent = spent.unwrap();
    assert!(ended.load(Ordering::Relaxed) > 300, "many compile: {ended:?}");
    assert!(spent > 50, "some cost too much");
}

#[test]
fn a_run_of_hostile_expressions_costs_no_more_than_one_budget() {
    let outcomes = on_a_thread(|| {
        let budget = Budget::default();
        let expression = Expression::compile("long.all(x, long.all(y, long.all(z, x + y + z >= 0)))").unwrap();
        (0..50)
            .map(|_| {
                let mut scope = Scope::new(budget.clone());
                scope.bind("long", Field::from_json(&json!((0..5_000).collect::<Vec<_>>()), &Type::Any));
                expression.fails(&scope).unwrap()
            })
            .collect::<Vec<String>>()
    })
    .unwrap();
    assert!(outcomes[0].starts_with("it takes too many steps"), "{}", outcomes[0]);
    assert!(outcomes[49].starts_with("the course's expressions take too many steps"), "{}", outcomes[49]);
}
