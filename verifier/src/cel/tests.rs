//! Three-valued logic over evidence, as a table.

use serde_json::json;

use super::value::{Field, Fields};
use super::{Expression, Outcome, Scope, names, on_a_thread};

fn scope() -> Scope {
    let mut scope = Scope::default();
    let unread = json!({ "$unreadable": [{ "code": "denied", "message": "no" }] });
    let evidence = json!({
        "root": { "mfa": true, "password": unread, "device": null, "list": [{ "name": "a", "secret": unread }, { "name": "b", "secret": 1 }] },
        "part": [1, unread],
    });
    for (name, value) in evidence.as_object().unwrap() {
        scope.bind(name, Field::from_json(value));
    }
    scope.bind("gone", Field::from_json(&unread));
    let statement = |effect: &str, conditions: serde_json::Value| {
        json!({
            "effect": effect, "principals": ["*"], "accounts": [], "others": ["*"], "not_principals": [],
            "reads": ["s3:GetObject"], "touches": ["s3:GetObject"], "unclear": [], "elsewhere": false,
            "conditions": conditions,
        })
    };
    let on = |key: &str| json!([{ "operator": "StringEquals", "key": key, "values": ["1"], "value": null }]);
    scope.bind("plain", Field::from_json(&statement("Deny", json!([]))));
    scope.bind("one", Field::from_json(&statement("Deny", on("aws:PrincipalAccount"))));
    scope.bind("member", Field::from_json(&statement("Deny", on("aws:PrincipalOrgID"))));
    scope.bind("somewhere", Field::from_json(&statement("Deny", on("aws:SourceIp"))));
    scope.bind("open", Field::from_json(&statement("Allow", json!([]))));
    scope.bind("copy", Field::from_json(&evidence["root"]));
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
        ("same == root", "unknown"),
        ("root.size() == 4", "unknown"),
        ("fold('  A  b ') == 'a B'.fold()", "unknown"),
        ("fold('  A  b ') == fold('a B')", "true"),
        ("'text'", "unknown"),
        ("denies(plain, 's3:GetObject', ['1'])", "true"),
        ("denies(plain, 's3:ListBucket', ['1'])", "false"),
        ("allows(plain, 's3:GetObject', ['1'])", "false"),
        ("denies(one, 's3:GetObject', ['1'])", "true"),
        ("denies(one, 's3:GetObject', ['2'])", "false"),
        ("denies(somewhere, 's3:GetObject', ['1'])", "unknown"),
        ("denies(somewhere, 's3:ListBucket', ['1'])", "false"),
        ("[somewhere, plain].exists(s, denies(s, 's3:GetObject', ['1']))", "true"),
        ("[somewhere, open].exists(s, denies(s, 's3:GetObject', ['1']))", "unknown"),
        ("denies(member, 's3:GetObject', ['1'])", "unknown"),
        ("denies(member, 's3:GetObject', ['1', ''])", "false"),
        ("denies(member, 's3:GetObject', ['1', '1'])", "true"),
        ("denies(member, 's3:GetObject', ['1', '2'])", "false"),
        ("allows(open, 's3:GetObject', ['1'])", "true"),
        ("allows_others(open, ['1'])", "true"),
        ("allows_others(plain, ['1'])", "false"),
        ("denies(plain, 's3:GetObject', [])", "unknown"),
        ("denies(plain, 's3:GetObject', [1])", "unknown"),
        ("denies(root, 's3:GetObject', ['1'])", "unknown"),
        ("denies('plain', 's3:GetObject', ['1'])", "unknown"),
    ];
    for (expression, expected) in cases {
        assert_eq!(decide(expression), expected, "{expression}");
    }
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
    let words: Vec<_> =
        done.iter().map(|one| one.as_ref().map_err(|why| why.contains("could not be evaluated"))).collect();
    assert_eq!(words, [Ok(&10), Err(true), Ok(&30)]);
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
