//! Hostile expressions that would take forever, or all memory: each ends within the budget of a run.

mod generator;

use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::budget::{Budget, OF_A_RUN};
use super::types::Type;
use super::value::Field;
use super::{Expression, Scope, Written, on_a_thread, rewrite};
use generator::{Generator, LETS};

/// The values that the generated expressions use.
fn bind(scope: &mut Scope) {
    let row = |at: usize| json!({ "name": format!("row {at}"), "sizes": [at, at + 1], "text": "x".repeat(1000) });
    let text = "x".repeat(4096);
    for (name, value) in [
        ("big", json!(text)),
        ("long", json!((0..5_000).collect::<Vec<_>>())),
        ("words", json!(vec![text.clone(); 20])),
        ("rows", json!((0..200).map(row).collect::<Vec<_>>())),
    ] {
        scope.bind(name, Field::from_json(&value, &Type::Any));
    }
    scope.bind_time("now", "2026-11-26T00:00:00Z");
}

/// The `let`s that they can call.
fn lets() -> rewrite::Lets {
    let read = |(key, text): (&str, &str)| {
        let (name, params) = key.trim_end_matches(')').split_once('(').unwrap();
        let params = params.split(", ").map(str::to_owned).collect();
        (name.to_owned(), rewrite::Let { params, tree: super::read(text).unwrap() })
    };
    LETS.into_iter().map(read).collect::<BTreeMap<_, _>>()
}

#[test]
fn a_thousand_hostile_expressions_end_within_what_a_run_may_cost() {
    let (whys, left) = on_a_thread(|| {
        let (mut generator, lets, budget) = (Generator::new(20_261_126), lets(), Budget::default());
        let mut scope = Scope::new(budget.clone());
        bind(&mut scope);
        let whys = (0..1000).map(|at| {
            let source = match at % 4 {
                0 => generator.expression(),
                1 => generator.condition(),
                2 => generator.list(),
                _ => generator.text(),
            };
            let written = Written::with(&source, &lets).unwrap_or_else(|wrong| panic!("{source}: {}", wrong.message));
            written.expression().fails(&scope)
        });
        (whys.collect::<Vec<_>>(), budget.left())
    })
    .unwrap();
    let ends = |why: &str| whys.iter().flatten().filter(|it| it.starts_with(why)).count();
    assert!(whys.iter().filter(|why| why.is_none()).count() > 20, "some come to something");
    assert!(ends("it takes too many steps") >= 1, "some cost too much");
    assert!(ends("the course's expressions take too many steps") > 100, "and all of them together: {left}");
    assert!(whys.iter().flatten().all(|why| why.len() < 600), "what is said of them is short");
}

/// The steps that an expression takes, and why it fails.
fn spent(source: &str) -> (u64, Option<String>) {
    let source = source.to_owned();
    on_a_thread(move || {
        let budget = Budget::default();
        let mut scope = Scope::new(budget.clone());
        bind(&mut scope);
        let expression = Expression::compile(&source).unwrap_or_else(|wrong| panic!("{source}: {wrong}"));
        let why = expression.fails(&scope);
        (OF_A_RUN - budget.left(), why)
    })
    .unwrap()
}

#[test]
fn what_is_copied_compared_or_worked_through_counts() {
    // Each of these does so with a text of 4,096 bytes, or with 20 of them.
    for (body, bytes) in [
        ("[big]", 4096),
        ("[1, [big, big]]", 2 * 4096),
        ("{'a': big}", 4096),
        ("{big: 1}", 4096),
        ("words", 20 * 4096),
        ("true ? big : ''", 4096),
        ("big", 4096),
        ("size(big)", 4096),
        ("big.size()", 4096),
        ("bytes(big)", 4096),
        ("string(big)", 4096),
        ("string(bytes(big))", 2 * 4096),
        ("fold(big)", 2 * 4096),
        ("big.contains('y')", 4096),
        ("'x'.contains(big)", 4096),
        ("big.startsWith(big)", 2 * 4096),
        ("big.endsWith(big)", 2 * 4096),
        ("int(big)", 4096),
        ("double(big)", 4096),
        ("timestamp(big)", 4096),
        ("duration(big)", 4096),
        ("big < big", 2 * 4096),
        ("big <= big", 2 * 4096),
        ("big > big", 2 * 4096),
        ("big >= big", 2 * 4096),
        ("big == big", 2 * 4096),
        ("big != big", 2 * 4096),
        ("big in words", 40 * 4096),
        ("words == words", 40 * 4096),
        ("big + big", 2 * 4096),
        ("words + words", 40 * 4096),
        ("1 - big", 4096),
        ("big * 1", 4096),
        ("big / 1", 4096),
        ("big % 1", 4096),
        ("rows[0] == rows[1]", 2 * 1000),
        ("rows[0] in rows", 200 * 1000),
        ("[rows][0][0].text", 1000),
        ("dyn(rows)[0].text", 1000),
        ("long[big]", 4096),
        ("rows[0][big]", 4096),
        ("type(words)", 20 * 4096),
        ("words.exists(w, w == 'y')", 20 * 4096),
        ("words.map(w, w)", 20 * 4096),
        ("words.filter(w, true)", 2 * 20 * 4096),
        ("allows(rows[0], big, words)", 20 * 4096),
        ("denies(rows[0], big, [big])", 2 * 4096),
        ("allows_others(rows[0], words)", 20 * 4096),
        ("big.split('')", 4096 * 16 * 4),
        ("big.split('y')", 2 * 4096),
        ("big.replace('x', 'yy')", 4096 * 16 + 3 * 4096),
        ("big.replace('', big)", 4096 * 4096),
        ("big.join('')", 4096),
        ("words.join('')", 2 * 20 * 4096),
        ("words.join(big)", 3 * 20 * 4096),
        ("big.lowerAscii()", 2 * 4096),
        ("big.upperAscii()", 2 * 4096),
        ("big.trim()", 2 * 4096),
        ("big.substring(4096)", 2 * 4096),
        ("big.indexOf('y')", 2 * 4096),
        ("big.indexOf(big)", 3 * 4096),
        ("big.matches('xy')", 4096),
        ("matches('x', big)", 4096),
        ("json(big)", 16 * 4096),
        ("policy(big)", 16 * 4096),
        ("json('[' + big + ']')", 16 * 4096),
        ("json('[\"' + big + '\"]')", 16 * 4096),
        ("'LITERAL'", 1600),
    ] {
        let body = body.replace("LITERAL", &"x".repeat(1600));
        let (steps, _) = spent(&format!("[1].exists(i, dyn({body}) == dyn(1) && false)"));
        assert!(steps >= bytes / 16, "{body}: {steps} steps");
    }
}

#[test]
fn each_part_of_an_expression_counts_where_it_is_evaluated() {
    let many = ["i != 0"; 100].join(" && ");
    let (all, _) = spent(&format!("long.all(i, i == 0 || {many})"));
    let (none, _) = spent(&format!("long.all(i, i >= 0 || {many})"));
    assert!(all > 5_000 * 100 && none < 5_000 * 20, "{all}, {none}");
}

#[test]
fn what_is_shown_kept_or_remembered_counts() {
    let (spent, display) = on_a_thread(|| {
        let budget = Budget::default();
        let mut scope = Scope::new(budget.clone());
        bind(&mut scope);
        let compile = |source| Expression::compile(source).unwrap();
        let mut before = budget.left();
        let mut spent = || {
            let spent = before - budget.left();
            before = budget.left();
            spent
        };
        let display = compile("words").display(&scope).unwrap();
        let shown = spent();
        compile("big").exact(&scope).unwrap();
        let remembered = spent();
        compile("words").list(&scope).unwrap();
        let listed = spent();
        scope.bind_let("kept", &compile("words"), false).unwrap();
        let kept = spent();
        compile("big").decide(&scope);
        ([shown, remembered, listed, kept, spent()], display)
    })
    .unwrap();
    let [shown, remembered, listed, kept, decided] = spent;
    assert!(shown > 2 * 20 * 4096 / 8 && remembered > 4096 / 8 && listed > 20 * 4096 / 8, "{spent:?}");
    assert!(kept > 20 * 4096 / 16 && decided < 10, "{spent:?}");
    assert!(display.len() < 4096 + 10 && display.ends_with('…'), "a sentence shows no more than that");
}

#[test]
fn lets_hold_no_more_than_there_is_room_for() {
    let bound = on_a_thread(|| {
        let mut scope = Scope::default();
        bind(&mut scope);
        let compile = |source: &str| Expression::compile(source).unwrap();
        assert_eq!(
            scope.bind_let("loops", &compile("long.map(x, long.map(y, x))"), false).unwrap_err().split(':').count(),
            3
        );
        assert!(scope.bind_let("long_text", &compile("big + big"), false).unwrap_err().contains("4096 bytes"));
        let kept = compile("long.map(x, [x, x, x, x, x])");
        (0..100).map(|at| scope.bind_let(&format!("kept{at}"), &kept, false)).collect::<Result<Vec<bool>, String>>()
    });
    assert!(bound.unwrap().unwrap_err().contains("the lets hold too much"));
}

#[test]
fn lets_hold_no_more_of_texts_and_documents_than_there_is_room_for() {
    let kept = |source: &'static str| {
        on_a_thread(move || {
            let mut scope = Scope::default();
            bind(&mut scope);
            let document = format!("[{}]", vec![r#"{"a":[1,2,3]}"#; 5_000].join(","));
            scope.bind("document", Field::from_json(&json!(document), &Type::Any));
            let policy = json!({ "Statement": vec![json!({ "Effect": "Deny", "Action": "*" }); 500] }).to_string();
            scope.bind("a_policy", Field::from_json(&json!(policy), &Type::Any));
            let kept = Expression::compile(source).unwrap();
            let bind = |at: usize| scope.bind_let(&format!("kept{at}"), &kept, false);
            (0..100).map(bind).collect::<Result<Vec<bool>, String>>()
        })
        .unwrap()
        .unwrap_err()
    };
    for source in ["json(document)", "{'a': json(document)}", "words.map(w, w.split(''))"] {
        let why = kept(source);
        assert!(why.contains("the lets hold too much") || why.contains("too many steps"), "{source}: {why}");
    }
    assert!(kept("big.replace('x', 'yy')").contains("longer than 4096 bytes"));
    assert!(kept("document.split('')").contains("20000 list entries"));
    assert!(kept("policy(a_policy)").contains("the lets hold too much"));
    assert!(kept("policy(a_policy).statements").contains("the lets hold too much"));
}

#[test]
fn what_multiplies_costs_too_much_and_what_a_check_asks_does_not() {
    for source in [
        "rows.filter(r, r.sizes.exists(s, r.name.contains('9')))",
        "rows.map(r, r.name + ' ' + r.text).all(x, x != '')",
        "rows.map(r, r.name).all(x, rows.exists(y, y.name == x))",
        "long.exists(x, x == 9)",
    ] {
        assert_eq!(spent(source).1, None, "{source}");
    }
    for source in [
        "long.map(x, long.map(y, long)).size() > 0",
        "long.all(x, long.all(y, long.all(z, x + y + z >= 0)))",
        "long.all(x, long.all(y, x != -1))",
        "long.map(x, long)",
        "long.map(x, [big, big, big])",
        "{'k': long.all(x, long.all(y, x != -1))}.k",
        "[{'k': long}][0].k.all(x, long.all(y, x != -1))",
        "long.map(x, {'k': words}).size() > 0",
        "long.exists(x, rows == [] || rows.map(r, r.text) == words)",
    ] {
        assert!(spent(source).1.is_some_and(|why| why.contains("too many steps")), "{source}");
    }
}

#[test]
fn the_deepest_tree_is_evaluated_and_a_deeper_one_is_refused() {
    let deep = |levels: usize| {
        let source = format!("1{}", "+1".repeat(levels));
        on_a_thread(move || Expression::compile(&source).map(|it| it.fails(&Scope::default()))).unwrap()
    };
    assert_eq!(deep(190), Ok(None));
    assert!(deep(250).unwrap_err().contains("nests more than 200 parts"));
}

#[test]
fn a_run_of_hostile_expressions_costs_no_more_than_one_budget() {
    let outcomes = on_a_thread(|| {
        let budget = Budget::default();
        let expression = Expression::compile("long.all(x, long.all(y, long.all(z, x + y + z >= 0)))").unwrap();
        let mut scope = Scope::new(budget.clone());
        bind(&mut scope);
        let outcomes = (0..50).map(|_| expression.fails(&scope).unwrap()).collect::<Vec<String>>();
        assert_eq!(budget.left(), 0);
        outcomes
    })
    .unwrap();
    assert!(outcomes[0].starts_with("it takes too many steps"), "{}", outcomes[0]);
    assert!(outcomes[49].starts_with("the course's expressions take too many steps"), "{}", outcomes[49]);
}

/// A text as a parameter or a read can have it, which is larger than any `let`.
fn with_a_text(text: String, source: &str) -> (u64, Result<String, String>, Duration) {
    let source = source.to_owned();
    on_a_thread(move || {
        let budget = Budget::default();
        let mut scope = Scope::new(budget.clone());
        bind(&mut scope);
        scope.bind("huge", Field::from_json(&json!(text), &Type::Any));
        let expression = Expression::compile(&source).unwrap_or_else(|wrong| panic!("{source}: {wrong}"));
        let begin = Instant::now();
        let value = expression.fails(&scope).map_or_else(|| Ok(format!("{:?}", expression.exact(&scope))), Err);
        (OF_A_RUN - budget.left(), value, begin.elapsed())
    })
    .unwrap()
}

#[test]
fn what_texts_become_ends_within_the_budget() {
    let mega = 1 << 20;
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let many = |part: &str, bytes: usize| vec![part; bytes / part.len()].join(",");
    for (text, source, why) in [
        ("x".repeat(mega), "huge.split('').size() > 0", "too many steps"),
        ("x".repeat(mega), "huge.split('x').size() > 0", "too many steps"),
        (
            "x".repeat(mega),
            "huge.replace('x', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy') == ''",
            "too many steps",
        ),
        ("x".repeat(mega), "huge.replace('', huge) == ''", "too many steps"),
        ("x".repeat(mega), "huge.matches('(x+x+)+(x+x+)+y')", "too many steps"),
        ("x".repeat(mega), "huge.matches('((x{1,30}){1,9})y')", "too many steps"),
        ("x".repeat(mega), "long.exists(n, huge.indexOf(string(n)) > 0)", "too many steps"),
        ("x".repeat(mega), "long.map(n, huge.lowerAscii()).size() > 0", "too many steps"),
        ("x".repeat(mega), "huge.matches(huge)", "512 are allowed"),
        ("x".repeat(mega), "huge.matches('((x{1,30}){1,30}){1,30}y')", "not valid"),
        ("x".repeat(mega), "json(huge) == 1", "262144 are allowed"),
        ("x".repeat(mega), "policy(huge).statements.size() > 0", "262144 are allowed"),
        (deep(100_000), "json(huge).size() > 0", "nested more than 64 deep"),
        (deep(65), "json(huge).size() > 0", "nested more than 64 deep"),
        (format!("[{}]", many("1", 125_000)), "long.exists(n, json(huge).size() < n)", "too many steps"),
        (format!("[{}]", many("{\"a\":{}}", 200_000)), "long.exists(n, json(huge) == [n])", "too many steps"),
        ("x".repeat(4096), "long.map(n, huge.split('')).size() > 0", "too many steps"),
        ("[1]".to_owned(), "[words, [words]].join(',') == ''", "a list of text"),
    ] {
        let (steps, value, _) = with_a_text(text, source);
        let value = value.err().unwrap_or_default();
        assert!(value.contains(why), "{source}: {value} after {steps} steps");
    }
    for (text, source) in [
        (deep(64), "json(huge).size() == 1"),
        (format!("[{}]", many("1", 125_000)), "json(huge).size() > 0"),
        ("x".repeat(4096), "huge.split('').size() == 4096"),
        ("x".repeat(4096), "!huge.matches('^[a-wy-z]+$') && huge.matches('x{3,5}$')"),
        ("x".repeat(mega), "huge.indexOf('y') == -1 && huge.lowerAscii().trim() == huge"),
    ] {
        let (steps, value, _) = with_a_text(text, source);
        assert!(value.is_ok(), "{source}: {value:?} after {steps} steps");
    }
}

#[test]
fn a_step_of_a_function_takes_no_longer_than_one_of_a_loop() {
    let a_step = |source: &str| {
        let (steps, _, took) = with_a_text("x".repeat(300_000), source);
        assert!(steps > 200_000, "{source}: {steps} steps");
        took.as_nanos() / u128::from(steps)
    };
    let of_a_loop = a_step("long.all(x, x != -1 && x != -2 && x != -3 && x != -4 && x != -5 && x != -6)");
    for source in [
        "huge.matches('(x+x+)+y')",
        "huge.matches('(.*)(.*)[^x]$')",
        "huge.matches('[^a]{0,9}y')",
        "huge.split('').size() > 0",
        "huge.replace('x', 'yyyyyyyy') == ''",
        "long.exists(n, json('[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]').size() == n + 90)",
        "long.exists(n, policy('{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"a:b\"}}').statements.size() > n + 9)",
        "long.exists(n, 'x'.matches('y{1,20}' + string(n)))",
        "long.exists(n, 'x'.matches('y{1,20}{1,' + string(n + 1) + '}'))",
    ] {
        // They take about the same, and sometimes the machine has other things to do.
        let taken = a_step(source);
        assert!(taken < 10 * of_a_loop, "{source}: {taken} ns, of a loop {of_a_loop} ns");
    }
}
