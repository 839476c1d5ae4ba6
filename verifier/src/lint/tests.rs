//! Lint and the evaluator agree about each expression.

use serde_json::json;

use super::infer::{self, Names};
use crate::cel::functions::{FUNCTIONS, MACROS};
use crate::cel::rewrite::Lets;
use crate::cel::types::{self, Type};
use crate::cel::value::Field;
use crate::cel::{Scope, Written, names, on_a_thread};

/// What lint finds in an expression, and the evaluator's error, if any.
fn lint_and_evaluate(source: &str) -> (Vec<String>, Option<String>) {
    let source = source.to_owned();
    on_a_thread(move || {
        let expression = Written::parse(&source).unwrap();
        let mut names: Names = types::sections().clone();
        names.extend([("whole".to_owned(), Type::Int), ("broken".to_owned(), Type::Double)]);
        names.extend([("word".to_owned(), Type::Text), ("anything".to_owned(), Type::Any)]);
        let mut found: Vec<String> = infer::infer(expression.tree(), &names, &Lets::new())
            .1
            .into_iter()
            .map(|mistake| mistake.message)
            .collect();
        let free = names::used(expression.tree()).into_iter().filter(|name| !names.contains_key(&name.root));
        found.extend(free.filter(|name| name.root != "string").map(|name| format!("there is no {}", name.root)));
        let mut scope = Scope::default();
        let budget =
            json!({ "name": "b", "type": "COST", "amount": 10.0, "unit": "USD", "healthy": true, "alerts": [] });
        let contacts = json!({ "security": null, "billing": null, "operations": null });
        let statement = json!({
            "sid": null, "effect": "Deny", "principals": ["*"], "accounts": [], "others": ["*"], "not_principals": [],
            "actions": ["s3:*"], "not_actions": [], "resources": ["*"], "not_resources": [], "conditions": [],
            "reads": ["s3:GetObject"], "touches": ["s3:GetObject"], "unclear": [], "elsewhere": false,
            "by_organization": false, "clear": true,
        });
        for (name, value) in [
            ("budgets", json!([budget, budget])),
            ("s3", json!({ "buckets": [{ "policy": { "statements": [statement] } }] })),
            ("alternate_contacts", contacts),
            ("account", json!({ "name": "x" })),
            ("root", json!({ "mfa": true })),
            ("whole", json!(10)),
            ("broken", json!(2.5)),
            ("word", json!("1")),
            ("anything", json!("1")),
        ] {
            scope.bind(name, Field::from_json(&value, &Type::Any));
        }
        (found, expression.expression().fails(&scope))
    })
    .unwrap()
}

#[test]
fn lint_rejects_exactly_what_the_evaluator_rejects() {
    let right = [
        "budgets[0].amount > whole",
        "budgets[0].amount == 10",
        "whole in [1.5, 10]",
        "budgets[0].amount * double(whole)",
        "budgets[0].amount + 1.0",
        "whole % 2",
        "-whole + -1",
        "-broken",
        "word + 'x' == '1x'",
        "[1] + [2]",
        "budgets[1].name",
        "budgets[1].name < 'x'",
        "true > false",
        "account.name.startsWith('x') && account.name.endsWith('x') && account.name.contains('x')",
        "account['name'] == 'x'",
        "'security' in alternate_contacts",
        "has(alternate_contacts.security)",
        "budgets.size() == size(budgets) && size(account.name) == account.name.size()",
        "{'a': 1}.size() == 1",
        "[1, 2, 3].exists_one(x, x == 1)",
        "budgets.existsOne(b, b.amount == 1.0)",
        "budgets.map(b, b.amount)[0] + 1.0",
        "budgets.filter(b, b.amount > 1).size() + 1",
        "budgets.all(b, b.amount > 1) || budgets.exists(b, b.healthy)",
        "string(whole) + string(broken) + string(true)",
        "int(word) + int(broken) + 1",
        "uint(whole) + 1u",
        "double(word) + 0.5",
        "bool('true') && true",
        "s3.buckets[0].policy.statements.exists(s, denies(s, 's3:GetObject', [word]))",
        "allows_others(s3.buckets[0].policy.statements[0], [word, 'x']) && true",
        "bytes(word).size()",
        "type(word) == string",
        "fold(word) == '1'",
        "dyn(word) == '1'",
        "anything + '1'",
        "anything.size()",
        "root.mfa ? 1 : 2",
        "s3.buckets[0].policy.statements.exists(s, denies(s, 's3:GetObject', [word]))",
        "allows_others(s3.buckets[0].policy.statements[0], [word, 'x']) && true",
        "timestamp('2026-01-01T00:00:00Z') - duration('1h') < timestamp(whole)",
        "timestamp('2026-01-01T00:00:00Z') - timestamp(whole) > duration('1h')",
    ];
    for source in right {
        assert_eq!(lint_and_evaluate(source), (Vec::new(), None), "{source}");
    }
    let wrong = [
        "account.name.matches('x')",
        "matches(account.name, 'x')",
        "timestamp('2026-01-01T00:00:00Z') > '2025'",
        "timestamp('2026-01-01T00:00:00Z') > duration('1h')",
        "timestamp(whole) + timestamp(whole)",
        "budgets[0].amount * whole",
        "budgets[0].amount + 1",
        "whole - 1.0",
        "whole / broken",
        "broken % 2.0",
        "1u + 1",
        "-1u",
        "-word",
        "word - word",
        "account.name.startsWith()",
        "account.name.startsWith('a', 'b')",
        "size(anything, anything, anything, anything, anything, anything, anything, anything)",
        "account.name.contains(1)",
        "startsWith(account.name, 'a')",
        "account.name.fold()",
        "fold('a', 'b')",
        "fold(whole)",
        "size(1)",
        "size(budgets, 1)",
        "size(alternate_contacts)",
        "alternate_contacts.size()",
        "account.name[0]",
        "budgets['0']",
        "budgets[0]['nam']",
        "\"secrity\" in alternate_contacts",
        "1 in alternate_contacts",
        "'a' in account.name",
        "'a' < 1",
        "budgets < budgets",
        "root < root",
        "!whole",
        "whole && true",
        "whole ? 1 : 2",
        "account.name.all(c, c == 'x')",
        "account.all(c, c == 'x')",
        "lowercase(word)",
        "anything.lowercase()",
        "anything.startsWith()",
        "account.nam",
        "budgets.map(b, b.amount)[0] + 1",
        "[1].exists_one(x, x)",
        "string(budgets)",
        "int(true)",
        "budgets.all(1)",
        "uint('a', 1)",
    ];
    for source in wrong {
        let (found, failed) = lint_and_evaluate(source);
        assert!(failed.is_some(), "{source} has a value");
        assert!(!found.is_empty(), "lint accepts {source}: {failed:?}");
    }
}

/// The evaluator compares values of any types, and values of different types differ. No author intends that.
#[test]
fn values_that_can_never_be_equal_are_reported() {
    for source in ["broken == '10'", "root.mfa == null", "word in [1]", "word != whole"] {
        let (found, failed) = lint_and_evaluate(source);
        assert_eq!((found.len(), failed), (1, None), "{source}");
    }
}

#[test]
fn the_documented_form_of_every_function_is_valid() {
    for (name, written) in FUNCTIONS.iter().chain(MACROS) {
        let source = ["text", "part", "number", "value", "end", "beginning", "other", "time"]
            .iter()
            .fold((*written).to_owned(), |source, word| match *word {
                // Not the argument, but the function of the same name.
                "value" if source.contains(".value()") => source,
                "number" => source.replace("(number", "(1"),
                "time" => source.replace("time.", "timestamp(1)."),
                word => source.replace(&format!("({word}"), "('1'").replace(&format!("{word}."), "'1'."),
            })
            .replace("list", "['1', '1']")
            .replace("statement", "s3.buckets[0].policy.statements[0]")
            .replace("action", "'s3:GetObject'")
            .replace("[account, organization]", "['1', '1']")
            .replace("condition", "x == '1'")
            .replace(", value", ", x")
            .replace("record.field", "account.name");
        assert_eq!(lint_and_evaluate(&source), (Vec::new(), None), "{name}: {source}");
    }
}

#[test]
fn a_misspelt_macro_is_reported() {
    let misused = |source: &'static str| {
        on_a_thread(move || {
            let expression = Written::parse(source).unwrap();
            let meant = names::misused_calls(expression.tree());
            let messages = meant.iter().map(|(name, node)| {
                (
                    crate::cel::functions::misused(name, std::iter::empty()),
                    source[expression.range(*node, Some(name)).unwrap()].to_owned(),
                )
            });
            (messages.collect::<Vec<_>>(), expression.names().iter().map(|name| name.root.clone()).collect::<Vec<_>>())
        })
        .unwrap()
    };
    let exist = ("there is no function or macro `exist`: did you mean `exists`?".to_owned(), "exist".to_owned());
    assert_eq!(misused("budgets.exist(b, b.amount > 1.0)"), (vec![exist], vec!["budgets".to_owned()]));
    let all = ("`all` is written list.all(x, condition)".to_owned(), "all".to_owned());
    assert_eq!(misused("budgets.all(b)"), (vec![all], vec!["budgets".to_owned()]));
    assert_eq!(misused("account.name.contains(word)").0, Vec::new());
}

#[test]
fn a_mistake_is_located_at_its_name() {
    for (source, at) in [
        ("account.name == 'nam' || account.nam == 'x'", 33..36),
        ("'é' == account.nam", 16..19),
        ("budgets.exists(b, b.type == 'ä' && b.typ == 'x')", 38..41),
        ("budgets[0].amount  * whole", 19..20),
        ("account.name.startWith('x')", 13..22),
    ] {
        let place = on_a_thread(move || {
            let expression = Written::parse(source).unwrap();
            let mut names: Names = types::sections().clone();
            names.insert("whole".to_owned(), Type::Int);
            let (_, mistakes) = infer::infer(expression.tree(), &names, &Lets::new());
            mistakes.iter().map(|it| expression.range(it.node, it.word.as_deref()).unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(place.unwrap(), vec![at], "{source}");
    }
}
