//! Three-valued logic over evidence, as a table.

mod kinds;
mod parts;
mod statements;
mod texts;

use serde_json::json;

use super::types::Type;
use super::value::{Field, Fields};
use super::{Expression, Outcome, Scope, Written, functions, names, on_a_thread, rewrite};

fn scope() -> Scope<'static> {
    let mut scope = Scope::default();
    let unread = json!({ "$unreadable": [{ "code": "denied", "message": "no" }] });
    let evidence = json!({
        "root": { "mfa": true, "password": unread, "device": null, "list": [{ "name": "a", "secret": unread }, { "name": "b", "secret": 1 }] },
        "part": [1, unread],
        "some": [{ "name": "a" }, { "name": "b" }, unread],
        "none": [unread],
        "later": [unread, 1],
    });
    for (name, value) in evidence.as_object().unwrap() {
        scope.bind(name, Field::from_json(value, &Type::Any));
    }
    scope.bind("gone", Field::from_json(&unread, &Type::Any));
    let statement = |effect: &str, conditions: serde_json::Value| {
        json!({
            "effect": effect, "principals": ["*"], "accounts": [], "others": ["*"], "not_principals": [],
            "reads": ["s3:GetObject"], "touches": ["s3:GetObject"], "unclear": [], "elsewhere": false,
            "conditions": conditions,
        })
    };
    let on = |key: &str| json!([{ "operator": "StringEquals", "key": key, "values": ["1"], "value": null }]);
    scope.bind("plain", Field::from_json(&statement("Deny", json!([])), &Type::Any));
    scope.bind("one", Field::from_json(&statement("Deny", on("aws:PrincipalAccount")), &Type::Any));
    scope.bind("member", Field::from_json(&statement("Deny", on("aws:PrincipalOrgID")), &Type::Any));
    scope.bind("somewhere", Field::from_json(&statement("Deny", on("aws:SourceIp")), &Type::Any));
    scope.bind("open", Field::from_json(&statement("Allow", json!([])), &Type::Any));
    let trust = r#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}}"#;
    scope.bind("trust", Field::from_json(&json!(trust), &Type::Any));
    scope.bind_time("now", "2026-11-26T00:00:00Z");
    scope.bind("seen", Field::from_json(&json!("2026-07-01T12:00:00.5+02:00"), &Type::Time));
    scope.bind("copy", Field::from_json(&evidence["root"], &Type::Any));
    scope.bind("same", Field::Known(Box::new(Fields::new([("a".to_owned(), Field::None)].into()))));
    scope
}

fn decide(expression: &'static str) -> String {
    on_a_thread(move || match Expression::compile(expression).unwrap().decide(&scope()) {
        Outcome::True => "true".to_owned(),
        Outcome::False => "false".to_owned(),
        Outcome::Undecided(_) => "unknown".to_owned(),
    })
    .unwrap()
}

/// Asserts what each expression is decided to be.
fn assert_decided(cases: &[(&'static str, &str)]) {
    for (expression, decided) in cases {
        assert_eq!(decide(expression), *decided, "{expression}");
    }
}

#[test]
fn what_could_not_be_read_is_never_false_and_never_absent() {
    let cases = [
        ("root.mfa", "true"),
        ("!root.mfa", "false"),
        ("root.password", "unknown"),
        ("!root.password", "unknown"),
        ("has(root.password)", "unknown"),
        ("'password' in root", "unknown"),
        ("root['password']", "unknown"),
        ("root.password == true", "unknown"),
        ("root.password != true", "unknown"),
        ("has(root.device)", "false"),
        ("'device' in root", "false"),
        ("root.device == 'x'", "unknown"),
        ("has(root.devise)", "unknown"),
        ("root.devise", "unknown"),
        ("false && root.password", "false"),
        ("root.password && false", "false"),
        ("true || root.password", "true"),
        ("root.password || true", "true"),
        ("true && root.password", "unknown"),
        ("false || root.password", "unknown"),
        ("gone.size() == 0", "unknown"),
        ("has(gone.x)", "unknown"),
        ("part.size() == 2", "unknown"),
        // Of a list that was read in part, what was read counts, and nothing else does.
        ("part[0] == 1", "true"),
        ("part[1] == 1", "unknown"),
        ("later[0] == 1", "unknown"),
        ("later[1] == 1", "unknown"),
        ("later.exists(l, l == 1)", "true"),
        ("1 in part", "true"),
        ("2 in part", "unknown"),
        ("!(2 in part)", "unknown"),
        ("part == [1]", "unknown"),
        ("(part + [2]).size() == 3", "unknown"),
        ("([2] + part).size() == 3", "unknown"),
        ("some.exists(s, s.name == 'b')", "true"),
        ("some.exists(s, s.name == 'c')", "unknown"),
        ("!some.exists(s, s.name == 'c')", "unknown"),
        ("some.all(s, s.name != 'b')", "false"),
        ("some.all(s, s.name != 'c')", "unknown"),
        ("some.exists_one(s, s.name == 'b')", "unknown"),
        ("some.filter(s, s.name == 'b').size() == 1", "unknown"),
        ("some.filter(s, s.name == 'b').size() > 0", "true"),
        ("size(some.filter(s, s.name == 'c')) == 0", "unknown"),
        ("some.map(s, s.name).exists(n, n == 'a')", "unknown"),
        ("some.map(s, 1).size() == 2", "unknown"),
        ("some.size() > 1", "unknown"),
        // Whether there are any more is not known either.
        ("none.exists(s, true)", "unknown"),
        ("none.all(s, false)", "unknown"),
        ("none.all(s, true)", "true"),
        ("none.exists(s, false)", "false"),
        ("none.map(s, 1).size() == 0", "unknown"),
        ("none.filter(s, false).size() == 0", "true"),
        ("none.filter(s, true).size() == 0", "unknown"),
        ("some.exists(s, none.exists(n, n.name == s.name))", "unknown"),
        ("none.exists(s, s == 'x')", "unknown"),
        ("none.exists(s, s == 'x') || true", "true"),
        ("root.list.exists(l, l.secret == 1)", "true"),
        ("root.list.exists(l, l.secret == 2)", "unknown"),
        ("root.list.all(l, l.secret == 2)", "false"),
        ("root.list.all(l, l.secret == 1)", "unknown"),
        ("root.list.filter(l, l.secret == 1).size() == 1", "unknown"),
        ("root.list.filter(l, l.name == 'b').size() == 1", "true"),
        ("root == copy", "unknown"),
        ("root != copy", "unknown"),
        ("root.list[0] in root.list", "unknown"),
        ("same == same", "true"),
        ("same == root", "false"),
        ("root.size() == 4", "unknown"),
        ("fold('  A  b ') == 'a B'.fold()", "unknown"),
        ("fold('  A  b ') == fold('a B')", "true"),
        ("fold('É') == fold('é') && fold('Ａ') == fold('a')", "true"),
        ("'text'", "unknown"),
        ("json(root.password) == 1", "unknown"),
        ("some.map(s, s.name).join(',') == 'a,b'", "unknown"),
        ("root.password.matches('x')", "unknown"),
        ("[[1], [2, 3], []].flatten() == [1, 2, 3]", "true"),
        ("[1, [2, [3]]].flatten() == [1, 2, [3]]", "true"),
        ("[].flatten().size() == 0", "true"),
        ("'text'.flatten() == []", "unknown"),
        ("[some].flatten().size() > 100", "unknown"),
        ("some.flatten().size() > 100", "unknown"),
    ];
    assert_decided(&cases);
}

#[test]
fn names_are_read_off_the_tree() {
    let used = |source: &'static str| {
        on_a_thread(move || {
            let names = Expression::compile(source).unwrap().names().to_vec();
            names
                .iter()
                .map(|name| [vec![name.root.clone()], name.fields.clone()].concat().join("."))
                .collect::<Vec<_>>()
        })
        .unwrap()
    };
    assert_eq!(used("budgets.filter(b, b.amount > x && root.mfa).size() > 0"), ["budgets", "root.mfa", "x"]);
    assert_eq!(used("accounts.general.root.mfa && has(contact.name)"), ["accounts.general.root.mfa", "contact.name"]);
    assert_eq!(used("a.exists(b, b.c.exists(d, d == e)) || b"), ["a", "b", "e"]);
    assert_eq!(used("{'k': v}['k'] == [w][0]"), ["v", "w"]);
}

#[test]
fn brackets_are_never_undercounted() {
    assert_eq!(names::bracket_depth("a.b(c[d])"), 2);
    assert_eq!(names::bracket_depth("'(((' + \"[[[\""), 0);
    assert_eq!(names::bracket_depth("r'\\' + (((1)))"), 3);
    assert_eq!(names::bracket_depth("'unclosed (((1"), 3);
    assert!(names::bracket_depth("'''a'b'''(((1)))") >= 3);
}

#[test]
fn behind_one_that_fails_the_others_go_on() {
    let done = super::each_on_a_thread(vec![1, 2, 3], |thing| {
        assert_ne!(*thing, 2, "this one fails");
        thing * 10
    });
    let outcomes: Vec<_> =
        done.iter().map(|one| one.as_ref().map_err(|why| why.contains("could not be evaluated"))).collect();
    assert_eq!(outcomes, [Ok(&10), Err(true), Ok(&30)]);
    assert!(super::each_on_a_thread(Vec::<i32>::new(), |_| ()).is_empty());
}

#[test]
fn what_fails_on_one_of_many_threads_moves_nothing_out_of_its_place() {
    let done = super::each_on_threads((0..50).collect(), |thing: &i32| {
        assert!(thing % 7 != 3, "one of those that fail");
        *thing
    });
    assert_eq!(done.len(), 50);
    for (thing, outcome) in (0..).zip(done) {
        assert_eq!(outcome.ok(), (thing % 7 != 3).then_some(thing));
    }
    assert!(super::each_on_threads(Vec::<i32>::new(), |_| ()).is_empty());
}

/// What an expression comes to with these `let`s.
fn with_lets(lets: &[(&str, &[&str], &str)], source: &'static str) -> Result<String, String> {
    let lets: Vec<(String, Vec<String>, String)> = lets
        .iter()
        .map(|(name, params, text)| {
            ((*name).into(), params.iter().map(|param| (*param).into()).collect(), (*text).into())
        })
        .collect();
    on_a_thread(move || {
        let read = |(name, params, text): (String, Vec<String>, String)| {
            (name, rewrite::Let { params, tree: super::read(&text).unwrap() })
        };
        let written = Written::with(source, &lets.into_iter().map(read).collect()).map_err(|it| it.message)?;
        let expression = written.expression();
        Ok(match expression.decide(&scope()) {
            Outcome::True => "true".to_owned(),
            Outcome::False => "false".to_owned(),
            Outcome::Undecided(_) => "unknown".to_owned(),
        })
    })
    .unwrap()
}

#[test]
fn a_let_with_parameters_captures_nothing() {
    let lets: &[(&str, &[&str], &str)] = &[
        ("named", &["s", "name"], "s.name == name"),
        ("like", &["s"], "root.list.exists(l, named(l, s.name))"),
        ("twice", &["l"], "l + l == 2 * l"),
        ("other", &["x"], "root.list.exists(s, s.name != x.name)"),
        ("again", &["x"], "again(x)"),
        ("ping", &["x"], "pong(x)"),
        ("pong", &["x"], "ping(x)"),
    ];
    for (source, expected) in [
        ("root.list.exists(s, named(s, 'b'))", "true"),
        ("root.list.all(l, like(l))", "true"),
        // The variables are called as those within the lets.
        ("root.list.exists(s, other(s))", "true"),
        ("root.list.exists(l, root.list.exists(s, named(l, s.name)))", "true"),
        ("[1, 2].all(l, twice(l))", "true"),
        ("[1, 2].map(l, [l].map(l, l + 1)[0]) == [2, 3]", "true"),
        ("some.exists(s, named(s, 'c'))", "unknown"),
    ] {
        assert_eq!(with_lets(lets, source).as_deref(), Ok(expected), "{source}");
    }
    for (source, why) in [
        ("again(1)", "`again` uses itself"),
        ("ping(1)", "`ping` uses itself"),
        ("named(1)", "`named` is written named(s, name)"),
    ] {
        assert_eq!(with_lets(lets, source).unwrap_err(), why, "{source}");
    }
    let doubling: Vec<(String, String)> =
        (1..40).map(|at| (format!("d{at}"), format!("d{}(x) + d{0}(x)", at - 1))).collect();
    let mut doubling: Vec<(&str, &[&str], &str)> =
        doubling.iter().map(|(name, text)| (name.as_str(), &["x"][..], text.as_str())).collect();
    doubling.push(("d0", &["x"], "x"));
    assert!(with_lets(&doubling, "d39(1) > 0").unwrap_err().contains("more than"));
}

#[test]
fn whether_a_filtered_list_has_one_is_asked_as_exists() {
    let lets: &[(&str, &[&str], &str)] = &[
        ("bs", &[], "some.filter(s, s.name == 'b')"),
        ("cs", &[], "some.filter(s, s.name == 'c')"),
        ("sub", &[], "bs.filter(s, s.name != 'a')"),
    ];
    for (source, expected) in [
        ("bs.size() > 0", "true"),
        ("0 < bs.size()", "true"),
        ("bs.size() >= 1", "true"),
        ("bs.size() != 0", "true"),
        ("bs.size() == 0", "false"),
        ("bs.size() < 1", "false"),
        ("bs.size() <= 0", "false"),
        ("sub.size() > 0", "true"),
        ("cs.size() > 0", "unknown"),
        ("cs.size() == 0", "unknown"),
        ("bs.size() > 1", "unknown"),
    ] {
        assert_eq!(with_lets(lets, source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn times_are_times() {
    for (source, expected) in [
        ("timestamp('2026-11-26T00:00:00Z') < timestamp('2026-11-26T01:00:00+00:30')", "true"),
        ("timestamp('2026-11-26T00:00:00Z') - timestamp('2026-11-25T00:00:00Z') == duration('24h')", "true"),
        ("timestamp('2026-11-26T00:00:00Z') + duration('1s') > timestamp('2026-11-26T00:00:00Z')", "true"),
        ("timestamp('2026-11-26T00:00:00Z') > '2025'", "unknown"),
        ("string(timestamp('2026-11-26T00:00:00Z')) == '2026-11-26T00:00:00Z'", "true"),
        ("now - timestamp('2026-08-01T00:00:00Z') > duration('2160h')", "true"),
        ("now - timestamp('2026-11-01T00:00:00Z') > duration('2160h')", "false"),
        ("timestamp('2026-11-01T00:00:00Z') + duration('720h') > now && duration('1h') + now > now", "true"),
        // As the evidence has them.
        ("now - seen > duration('2160h') && seen + duration('2160h') < now && seen < now && seen != now", "true"),
        ("now - seen > duration('8760h')", "false"),
        ("seen > '2025' || seen + 1 > now || now - seen > 90", "unknown"),
        ("timestamp('9999-12-31T00:00:00Z') + duration('48h') > now", "unknown"),
        ("timestamp('yesterday') > timestamp('2026-11-26T00:00:00Z')", "unknown"),
    ] {
        assert_eq!(decide(source), expected, "{source}");
    }
}

#[test]
fn optional_values_are_refused_in_words() {
    let compile = |source: &'static str| on_a_thread(move || Expression::compile(source).map(drop)).unwrap();
    for source in ["root.?mfa", "part[?0]", "[?root.mfa]", "{?'a': root}", "root.?a.?b[?0] == 1"] {
        let message = compile(source).unwrap_err();
        assert!(message.starts_with("optional values are not supported: use has(record.field)"), "{source}: {message}");
    }
    for (source, name) in [("root.mfa.hasValue()", "hasValue"), ("root.mfa.orValue(1)", "orValue")] {
        let said = on_a_thread(move || {
            let written = Written::parse(source).unwrap();
            let misused = names::misused_calls(written.tree());
            misused.into_iter().map(|(call, _)| functions::misused(call, std::iter::empty())).collect::<Vec<_>>()
        });
        let said = said.unwrap();
        assert!(
            matches!(said.as_slice(), [one] if one.starts_with(&format!("there is no function or macro `{name}`")))
        );
    }
}

#[test]
fn what_has_too_many_words_and_signs_is_refused_before_it_is_read() {
    let compile = |source: String| on_a_thread(move || Expression::compile(&source).map(drop)).unwrap();
    let list = |numbers: usize| format!("[{}]", vec!["17"; numbers].join(","));
    assert_eq!(compile(list(255)), Ok(()));
    assert_eq!(compile(list(257)).unwrap_err(), "the expression has 515 words, signs and literals; 512 are allowed");
    assert_eq!(compile(format!("'{}' == \"{}\"", "a b ".repeat(200), "(,) ".repeat(200))), Ok(()));
    for (source, tokens) in [
        ("budgets.exists(b, b.amount >= 1.5 && !(b.name in ['a b', \"c\"]))", 27),
        ("1u1u1u", 6),
        ("'a", 2),
        ("'a\\'b'", 4),
        ("a||b", 3),
        ("é é", 2),
        (" \n", 0),
    ] {
        assert_eq!(names::tokens(source), tokens, "{source}");
    }
}

#[test]
fn what_nests_without_brackets_is_refused_and_does_not_end_the_program() {
    for (begin, unit, end) in [("", "a?", "a"), ("", "a?b:", "c"), ("a", "?a:b", ""), ("", "!", "a"), ("", "- ", "a")] {
        for times in [60, 120, 500] {
            let source = format!("{begin}{}{end}", unit.repeat(times));
            let outcome = on_a_thread(move || Expression::compile(&source).map(drop)).unwrap();
            let message = outcome.err().unwrap_or_default();
            assert!(!message.contains("ParseError"), "{unit}: {message}");
            assert!(!unit.contains('?') || times < 120 || !message.is_empty(), "{unit}");
        }
    }
}

#[test]
fn why_there_is_no_value_is_said_in_plain_words() {
    for (source, said) in
        [("[1, 2][3] == 1", "the list has no element [3]"), ("1 / 0 == 1", "a number is divided by zero")]
    {
        let why =
            on_a_thread(move || Expression::compile(source).unwrap().fails(&scope())).unwrap().unwrap_or_default();
        assert!(why.starts_with(said), "{source}: {why}");
    }
}

#[test]
fn what_is_remembered_is_told_from_what_looks_alike() {
    let exact = |source: &'static str| {
        on_a_thread(move || Expression::compile(source).unwrap().exact(&scope())).unwrap().unwrap()
    };
    assert_eq!(exact("'a, b'"), "a, b");
    for (one, other) in [
        ("['a', 'b']", "['a, b']"),
        ("['a']", "'a'"),
        ("10.001", "10.004"),
        ("timestamp('2026-11-26T10:00:00.1Z')", "timestamp('2026-11-26T10:00:00.9Z')"),
    ] {
        assert_ne!(exact(one), exact(other));
    }
}
