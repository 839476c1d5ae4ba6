//! Lint and the evaluator agree about each expression.

use serde_json::json;

use super::infer::{self, Names};
use crate::cel::functions::{self, Function};
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
        names.extend([("now".to_owned(), Type::Time), ("document".to_owned(), Type::Text)]);
        let mut found: Vec<String> = infer::infer(expression.tree(), &names, &Lets::new())
            .1
            .into_iter()
            .map(|mistake| mistake.message)
            .collect();
        let free = names::used(expression.tree()).into_iter().filter(|name| !names.contains_key(&name.root));
        found.extend(free.filter(|name| name.root != "string").map(|name| format!("there is no {}", name.root)));
        // `compile` reports these.
        found.extend(names::misused_calls(expression.tree()).into_iter().map(|(call, _)| format!("there is no {}", call.func_name)));
        let mut scope = Scope::default();
        let budget =
            json!({ "name": "b", "type": "COST", "amount": 10.0, "unit": "USD", "healthy": true, "alerts": [] });
        let contacts = json!({ "security": null, "billing": null, "operations": null });
        let statement = |effect: &str| json!({
            "sid": null, "effect": effect, "principals": ["*"], "accounts": [], "others": ["*"], "not_principals": [],
            "actions": ["s3:*"], "not_actions": [], "resources": ["*"], "not_resources": [], "conditions": [],
            "reads": ["s3:GetObject"], "touches": ["s3:GetObject"], "unclear": [], "elsewhere": false,
            "by_organization": false, "clear": true,
        });
        for (name, value) in [
            ("budgets", json!([budget, budget])),
            ("s3", json!({ "buckets": [{ "policy": { "statements": [statement("Deny"), statement("Allow")] } }] })),
            ("alternate_contacts", contacts),
            ("account", json!({ "name": "x" })),
            ("root", json!({ "mfa": true })),
            ("whole", json!(10)),
            ("broken", json!(2.5)),
            ("word", json!("1")),
            ("anything", json!("1")),
            ("document", json!(r#"{"Statement": [{"Effect": "Allow", "Action": "a:b", "Condition": {"StringEquals": {"aws:X": "1"}}}]}"#)),
        ] {
            scope.bind(name, Field::from_json(&value, &Type::Any));
        }
        scope.bind_time("now", "2026-11-26T00:00:00Z");
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
        "now - timestamp(whole) > duration('2160h') && now + duration('1h') > now",
        "duration('1h') + now < timestamp('2030-01-01T00:00:00Z')",
        "now - duration('24h') >= timestamp(whole)",
        "word.split(',')[0].size() > 0 && word.split(',', 2) == ['1']",
        "word.split(',').exists(part, part == '1')",
        "word.split(',').map(part, part + 'x').join('-') == '1x'",
        "[anything, '2'].join() == '12' && anything.split('').join(',') == '1'",
        "word.matches('^[0-9]$') && matches(word, '1')",
        "word.lowerAscii() + word.upperAscii().trim() == '11'",
        "word.replace('1', '2').replace('2', '3', 1).indexOf('3') + 1",
        "word.substring(0) + word.substring(0, whole - 9) == '11'",
        "word.indexOf('1', 0) == 0",
        "json(document).Statement[0].Effect == 'Allow' && json(word) + 1 == 2",
        "json(document).exists(k, k == 'Statement') && json(document).size() == 1",
        "!has(json(document).Version) && 'Statement' in json(document)",
        "policy(document).statements.all(s, s.effect == 'Allow' && s.principals.size() == 0 && !has(s.sid))",
        "policy(document).statements[0].conditions.exists(c, c.key == 'aws:x' && '1' in c.values)",
        "policy(anything == '1' ? document : document).statements[0].actions[0].startsWith('a:')",
    ];
    for source in right {
        assert_eq!(lint_and_evaluate(source), (Vec::new(), None), "{source}");
    }
    let wrong = [
        "account.name.matches('[')",
        "matches(account.name, 'x{1000}{1000}')",
        "account.name.matches(whole)",
        "word.matches('x', 'y')",
        "account.name.split()",
        "account.name.split(1)",
        "split(word, '1')",
        "[1, 2].join(',')",
        "budgets.join(',')",
        "word.join(',')",
        "word.lowerAscii('x')",
        "whole.trim()",
        "word.replace('1')",
        "word.substring('1')",
        "word.indexOf(1)",
        "json(whole)",
        "json()",
        "policy(budgets)",
        "policy(document).statement",
        "policy(document).statements[0].reads",
        "policy(document).statements.exists(s, allows(s, 's3:GetObject', ['1']))",
        "denies(policy(document).statements[0], 's3:GetObject', ['1'])",
        "allows_others(policy(document).statements[0], ['1'])",
        "console_sign_ins.exists(s, s.time > '2026-01-01')",
        "console_sign_ins.exists(s, now - s.time > 90)",
        "now > word",
        "now < 'x'",
        "now + now",
        "duration('1h') < whole",
        "duration('90d') > duration('1h')",
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

/// What lint finds in an expression over an answer of AWS, and the evaluator's error, if any.
fn lint_and_evaluate_answer(source: &'static str) -> (Vec<String>, Option<String>) {
    on_a_thread(move || {
        let kind = types::answer(evidence::reads::find("lambda:GetFunctionConfiguration").unwrap());
        let expression = Written::parse(source).unwrap();
        let names: Names = [("f".to_owned(), (*kind).clone()), ("word".to_owned(), Type::Text)].into();
        let (_, mistakes) = infer::infer(expression.tree(), &names, &Lets::new());
        let answer = json!({
            "FunctionName": "x", "Role": null, "MemorySize": 128, "CodeSize": 5, "LastModified": "2026-01-01", "Layers": [{ "Arn": "a", "CodeSize": 1 }],
            "Environment": { "Variables": { "A": "x" } }, "VpcConfig": { "SubnetIds": ["s"] },
        });
        let mut scope = Scope::default();
        scope.bind("f", Field::from_json(&answer, &kind));
        scope.bind("word", Field::from_json(&json!("A"), &Type::Text));
        (mistakes.into_iter().map(|mistake| mistake.message).collect(), expression.expression().fails(&scope))
    })
    .unwrap()
}

#[test]
fn lint_and_the_evaluator_agree_about_answers() {
    for source in [
        "f.FunctionName == 'x' && f.MemorySize >= 128 && f.MemorySize == 128.0",
        "f.Environment.Variables.A == 'x'",
        "f.Environment.Variables['A'] == f.Environment.Variables[word]",
        "'A' in f.Environment.Variables && word in f.Environment.Variables",
        "has(f.Environment.Variables.B) || has(f.Environment.Variables.A)",
        "f.Environment.Variables.exists(k, k.startsWith('A') && f.Environment.Variables[k] == 'x')",
        "f.Environment.Variables.size() == 1 && size(f.Environment.Variables) == 1",
        "f.Layers.exists(l, l.CodeSize > 0) && f.Layers[0].Arn == 'a'",
        "f.Layers.size() == 1 && f.VpcConfig.SubnetIds.size() == 1",
        "f.VpcConfig.SubnetIds.all(s, s == 's') && f.VpcConfig.SubnetIds + ['t'] != []",
        "f['FunctionName'] == 'x' && 'FunctionName' in f",
        "!has(f.Role)",
    ] {
        assert_eq!(lint_and_evaluate_answer(source), (Vec::new(), None), "{source}");
    }
    for source in [
        "f.FunctionNam == 'x'",
        "f.MemorySize.startsWith('x')",
        "f.MemorySize > '1'",
        "f.Environment.Variables.A > 1",
        "f.Layers.Arn == 'a'",
        "f.Layers[0].Arm == 'a'",
        "f.Layers.exists(l, l.Arm == 'a')",
        "f.exists(k, k == 'FunctionName')",
        "f.Layers[0] < f.Layers[0]",
        "f.Environment.Variables + 1",
        "'FunctionNam' in f",
    ] {
        let (found, failed) = lint_and_evaluate_answer(source);
        assert!(failed.is_some() && !found.is_empty(), "{source}: {found:?} {failed:?}");
    }
}

#[test]
fn instead_of_a_comparison_with_null_it_says_what_to_write() {
    let cases = [
        ("f.FunctionName != null", "write has(f.FunctionName)"),
        ("f.Environment.Variables.A == null", "write !has(f.Environment.Variables.A)"),
        ("f.Environment.Variables['a-b'] == null", "write !('a-b' in f.Environment.Variables)"),
        ("null != f.Environment.Variables['a-b']", "write 'a-b' in f.Environment.Variables"),
        ("f.Layers[0].Arn == null", "compare it with a value, or test it with has(…)"),
        ("f.VpcConfig.SubnetIds[0] != null", "write f.VpcConfig.SubnetIds.size() > 0"),
        ("f.VpcConfig.SubnetIds[1] == null", "write f.VpcConfig.SubnetIds.size() <= 1"),
        ("word == null", "`word` is always there: compare it with a value, as in word != ''"),
    ];
    on_a_thread(move || {
        let kind = types::answer(evidence::reads::find("lambda:GetFunctionConfiguration").unwrap());
        let names: Names = [("f".to_owned(), (*kind).clone()), ("word".to_owned(), Type::Text)].into();
        for (source, help) in cases {
            let expression = Written::parse(source).unwrap();
            let (_, mistakes) = infer::infer(expression.tree(), &names, &Lets::new());
            let found: Vec<Option<String>> = mistakes.into_iter().map(|mistake| mistake.help).collect();
            assert_eq!(found, [Some(help.to_owned())], "{source}");
        }
    })
    .unwrap();
}

/// The evaluator does not compare values of different kinds, or finds that they differ. No author intends either.
#[test]
fn values_that_can_never_be_equal_are_reported() {
    for source in ["now == word", "broken == '10'", "word != whole", "word in [1]", "word.split(',') == word"] {
        let (found, failed) = lint_and_evaluate(source);
        assert!(found.len() == 1 && failed.is_some(), "{source}: {found:?} {failed:?}");
    }
    for source in [
        "policy(document).statements[0].conditions[0].key == 'aws:SourceArn'",
        "policy(document).statements[0].conditions.exists(c, c.key in ['aws:x', 'AWS:SourceArn'])",
        "policy(document).statements[0].conditions.exists(c, 'aws:X' != c.key)",
        "policy(document).statements[0].sid == 1 || true",
        "root.mfa == null",
    ] {
        let (found, failed) = lint_and_evaluate(source);
        assert_eq!((found.len(), failed), (1, None), "{source}");
    }
}

#[test]
fn the_example_of_every_function_is_valid_and_true() {
    for Function { name, written, example, .. } in functions::all() {
        assert!(example.contains(&format!("{name}(")) && written.contains(&format!("{name}(")), "{name}");
        assert_eq!(lint_and_evaluate(example), (Vec::new(), None), "{name}: {example}");
        // In a list with one element if it is true.
        let found = lint_and_evaluate(&format!("[1].filter(i, {example})[0] == 1"));
        assert_eq!(found, (Vec::new(), None), "{name}: {example} is not true");
    }
}

#[test]
fn a_misspelt_macro_is_reported() {
    let misused = |source: &'static str| {
        on_a_thread(move || {
            let expression = Written::parse(source).unwrap();
            let meant = names::misused_calls(expression.tree());
            let messages = meant.iter().map(|(call, node)| {
                (
                    functions::misused(call, std::iter::empty()),
                    source[expression.range(*node, Some(&call.func_name)).unwrap()].to_owned(),
                )
            });
            (messages.collect::<Vec<_>>(), expression.names().iter().map(|name| name.root.clone()).collect::<Vec<_>>())
        })
        .unwrap()
    };
    let exist = ("there is no function or macro `exist`: did you mean `exists`?".to_owned(), "exist".to_owned());
    assert_eq!(misused("budgets.exist(b, b.amount > 1.0)"), (vec![exist], vec!["budgets".to_owned()]));
    let all = ("`all` is written budgets.all(b, condition)".to_owned(), "all".to_owned());
    assert_eq!(misused("budgets.all(b)"), (vec![all], vec!["budgets".to_owned()]));
    assert_eq!(misused("account.name.contains(word)").0, Vec::new());
    let split = ("there is no function or macro `splt`: did you mean `split`?".to_owned(), "splt".to_owned());
    assert_eq!(misused("account.name.splt(',')").0, vec![split]);
}

#[test]
fn a_mistake_is_located_at_its_name() {
    for (source, at) in [
        ("account.name == 'nam' || account.nam == 'x'", 33..36),
        ("'é' == account.nam", 16..19),
        ("budgets.exists(b, b.type == 'ä' && b.typ == 'x')", 38..41),
        ("budgets[0].amount  * whole", 19..20),
        ("account.name.startsWith(1)", 13..23),
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
