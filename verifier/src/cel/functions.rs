//! The functions and macros that expressions can use, as their authors write them.

use cel::common::ast::{CallExpr, Expr};
use cel::parser::Expression;
use course::diagnostic::{misspelt, nearest};

use super::spelled::{root, spelled};

/// A function or macro, for the reference and for messages.
#[derive(Debug)]
pub(crate) struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub written: &'static str,
    /// What it returns.
    pub returns: &'static str,
    /// An expression that uses it and is true. A test evaluates all of them.
    pub example: &'static str,
}

const fn function(name: &'static str, written: &'static str, returns: &'static str, example: &'static str) -> Function {
    Function { name, written, returns, example }
}

/// CEL's functions and our own.
#[rustfmt::skip]
pub(crate) const FUNCTIONS: &[Function] = &[
    function("allows", "allows(statement, action, [account, organization])", "whether a statement of a bucket's policy allows somebody in the account s3:ListBucket or, on every object, s3:GetObject", "s3.buckets[0].policy.statements.exists(s, allows(s, 's3:GetObject', ['111122223333']))"),
    function("allows_others", "allows_others(statement, [account, organization])", "whether a statement of a bucket's policy allows access to anybody except these accounts and organizations", "s3.buckets[0].policy.statements.exists(s, allows_others(s, ['444455556666']))"),
    function("bool", "bool(text)", "true or false, from text", "bool('true')"),
    function("bytes", "bytes(text)", "the bytes of a text", "bytes('é').size() == 2"),
    function("contains", "text.contains(part)", "whether a text contains another", "'my-logs'.contains('log')"),
    function("denies", "denies(statement, action, [account, organization])", "the same as `allows` for a statement that denies, even if only on some objects", "s3.buckets[0].policy.statements.exists(s, denies(s, 's3:GetObject', ['111122223333']))"),
    function("double", "double(number)", "a number with decimals, from a number or text", "double(3) == 3.0"),
    function("duration", "duration('24h')", "a duration, in h, m, s and ms", "duration('1h30m') == duration('90m')"),
    function("dyn", "dyn(value)", "the value itself", "dyn(1) == 1"),
    function("endsWith", "text.endsWith(end)", "whether a text ends with another", "'index.html'.endsWith('.html')"),
    function("flatten", "list.flatten()", "the elements of the lists in a list as one list, one level deep", "[['a'], ['b', 'c']].flatten() == ['a', 'b', 'c']"),
    function("fold", "fold(text)", "a text without differences of case and spaces, for what people type", "fold(' Main  Street ') == fold('main street')"),
    function("getDate", "time.getDate()", "the day of the month, from 1", "timestamp('2026-11-26T12:00:00Z').getDate() == 26"),
    function("getDayOfMonth", "time.getDayOfMonth()", "the day of the month, from 0", "timestamp('2026-11-26T12:00:00Z').getDayOfMonth() == 25"),
    function("getDayOfWeek", "time.getDayOfWeek()", "the day of the week; Sunday is 0", "timestamp('2026-11-26T12:00:00Z').getDayOfWeek() == 4"),
    function("getDayOfYear", "time.getDayOfYear()", "the day of the year, from 0", "timestamp('2026-01-01T12:00:00Z').getDayOfYear() == 0"),
    function("getFullYear", "time.getFullYear()", "the year", "timestamp('2026-11-26T12:00:00Z').getFullYear() == 2026"),
    function("getHours", "time.getHours()", "the hour, or of a duration the whole hours", "timestamp('2026-11-26T12:00:00Z').getHours() == 12"),
    function("getMilliseconds", "time.getMilliseconds()", "the milliseconds of the second", "timestamp('2026-11-26T12:00:00.250Z').getMilliseconds() == 250"),
    function("getMinutes", "time.getMinutes()", "the minute, or of a duration the whole minutes", "duration('90m').getMinutes() == 90"),
    function("getMonth", "time.getMonth()", "the month; January is 0", "timestamp('2026-11-26T12:00:00Z').getMonth() == 10"),
    function("getSeconds", "time.getSeconds()", "the second, or of a duration the whole seconds", "duration('2m').getSeconds() == 120"),
    function("indexOf", "text.indexOf(part)", "the position of the first occurrence, from 0, or -1. `text.indexOf(part, 2)` searches from position 2", "'a-b-c'.indexOf('-', 2) == 3"),
    function("int", "int(number)", "a whole number, from a number, text or time", "int('12') == 12"),
    function("join", "list.join(separator)", "the texts of a list as one text. Without a separator, nothing is between them", "['a', 'b'].join(', ') == 'a, b'"),
    function("json", "json(text)", "the JSON document in a text: a map, list, text, number, true or false, or null. `in` and `has(…)` test whether a map has a key, and `null` counts as a value. Loops go over the keys of a map. A text that is not JSON, has more than 256 KB or 64 levels, or has a key twice, is an error", "json('{\"Rules\": [{\"Days\": 30}]}').Rules.exists(r, r.Days >= 30)"),
    function("lowerAscii", "text.lowerAscii()", "a text with the letters A to Z in lower case", "'WWW.Example.COM'.lowerAscii() == 'www.example.com'"),
    function("matches", "text.matches(pattern)", "whether a part of a text matches a regular expression in the syntax of RE2, without Unicode's classes. `^` and `$` mean its beginning and end", "'vpc-0a1b'.matches('^vpc-[0-9a-f]+$')"),
    function("policy", "policy(text)", "the policy document in a text, as a record with the fields below. A text that is not a policy is an error", "policy('{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\", \"Principal\": {\"Service\": \"ec2.amazonaws.com\"}}}').statements.exists(s, s.effect == 'Allow' && 'ec2.amazonaws.com' in s.services)"),
    function("replace", "text.replace(old, new)", "a text with each occurrence replaced. `text.replace(old, new, 1)` replaces only the first", "'a.b.c'.replace('.', '-') == 'a-b-c'"),
    function("size", "list.size()", "the number of elements of a list or map, or of characters of a text", "[1, 2].size() == 2"),
    function("split", "text.split(separator)", "the parts of a text between the separators. `text.split(separator, 2)` returns two parts at most, the last with the rest", "'eu-west-1'.split('-')[1] == 'west'"),
    function("startsWith", "text.startsWith(beginning)", "whether a text starts with another", "'eu-west-1'.startsWith('eu-')"),
    function("string", "string(value)", "a text, from a number, time, duration, or true or false", "string(80) == '80'"),
    function("substring", "text.substring(begin, end)", "the part of a text from one position, from 0, to another, which is excluded. Without an end, to the end of the text", "'2026-11-26'.substring(0, 4) == '2026'"),
    function("timestamp", "timestamp('2026-11-26T00:00:00Z')", "a time. Times can be compared and subtracted, and durations can be added to them", "now - timestamp('2026-11-25T00:00:00Z') > duration('2h')"),
    function("trim", "text.trim()", "a text without spaces at its beginning and end", "' a b '.trim() == 'a b'"),
    function("type", "type(value)", "the type of a value", "type('a') == string"),
    function("uint", "uint(number)", "an unsigned number, from a number or text", "uint(3) == 3u"),
    function("upperAscii", "text.upperAscii()", "a text with the letters a to z in upper case", "'cost'.upperAscii() == 'COST'"),
];

/// CEL's macros.
#[rustfmt::skip]
pub(crate) const MACROS: &[Function] = &[
    function("all", "list.all(x, condition)", "whether a condition is true for all elements of a list, or keys of a map", "[80, 443].all(port, port > 0)"),
    function("exists", "list.exists(x, condition)", "whether a condition is true for at least one element", "[80, 443].exists(port, port == 443)"),
    function("existsOne", "list.existsOne(x, condition)", "whether a condition is true for exactly one element", "[80, 443].existsOne(port, port == 443)"),
    function("exists_one", "list.exists_one(x, condition)", "the same", "[80, 443].exists_one(port, port == 443)"),
    function("filter", "list.filter(x, condition)", "the elements for which a condition is true", "[80, 443].filter(port, port > 100) == [443]"),
    function("has", "has(record.field)", "whether a record or map has a value for a field", "!has(alternate_contacts.security)"),
    function("map", "list.map(x, value)", "a value for each element", "[1, 2].map(x, x * 2) == [2, 4]"),
];

/// What other languages call something, in lower case, and how it is written here.
#[rustfmt::skip]
const ELSEWHERE: &[(&[&str], &str)] = &[
    (&["len", "length", "count"], "list.size()"),
    (&["any", "some", "anymatch"], "list.exists(x, condition)"),
    (&["every", "allmatch"], "list.all(x, condition)"),
    (&["find", "where", "select"], "list.filter(x, condition)"),
    (&["includes", "indexof"], "value in list, or text.contains(part)"),
    (&["isempty", "empty"], "list.size() == 0"),
    (&["first", "head"], "list[0], after list.size() > 0 &&"),
    (&["not"], "!condition"),
    (&["lower", "tolower", "lowercase", "tolowercase"], "text.lowerAscii()"),
    (&["upper", "toupper", "uppercase", "touppercase"], "text.upperAscii()"),
    (&["exists", "defined", "isdefined", "present", "isset"], "has(record.field)"),
    (&["str", "tostring"], "string(value)"),
    (&["float", "number", "tonumber", "parsefloat"], "double(value)"),
    (&["integer", "toint", "parseint"], "int(value)"),
    (&["date", "datetime", "time"], "timestamp('2026-11-26T00:00:00Z')"),
];

/// How something is written here that another language calls by this name.
fn written_here(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    ELSEWHERE.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, written)| *written)
}

/// What to write after a list or a text instead of a field, which they do not have: `.size()` for `.length`.
pub(crate) fn member(name: &str) -> Option<&'static str> {
    let usage = written(name).or_else(|| written_here(name))?;
    usage.strip_prefix("list").or_else(|| usage.strip_prefix("text")).filter(|member| member.starts_with('.'))
}

/// CEL's own type names, for `type(x) == string` and conversions.
pub(crate) const TYPES: &[&str] =
    &["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];

/// All functions and macros.
pub(crate) fn all() -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().chain(MACROS)
}

/// Whether there is a function of this name, which is no macro.
pub(crate) fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|known| known.name == name)
}

/// The usage of a function or macro, if there is one of this name.
pub fn written(name: &str) -> Option<&'static str> {
    all().find(|known| known.name == name).map(|known| known.written)
}

/// The message for a call of an unknown function. `lets`: the names of `let`s that may have been meant.
pub(crate) fn misused<'n>(call: &CallExpr, lets: impl Iterator<Item = &'n str>) -> String {
    let name = call.func_name.as_str();
    if let Some(written) = written(name) {
        return format!("`{name}` is written {}", filled_in(written, call));
    }
    let unknown = format!("there is no function or macro `{name}`");
    if ["now", "utcnow"].contains(&name.to_ascii_lowercase().as_str()) {
        return format!("{unknown}: write now, without brackets");
    }
    // A `let` has nothing before it.
    let lets: Vec<&str> = lets.filter(|_| call.target.is_none()).collect();
    let close = misspelt(name, lets.iter().copied());
    match (close, written_here(name)) {
        (None, Some(written)) => format!("{unknown}: write {}", filled_in(written, call)),
        _ => {
            let near = close.or_else(|| nearest(name, all().map(|known| known.name).chain(lets)));
            near.map_or(unknown.clone(), |near| format!("{unknown}: did you mean `{near}`?"))
        }
    }
}

/// A usage with the list, text or value that a call is about, and the variable of its macro.
fn filled_in(usage: &str, call: &CallExpr) -> String {
    let own = call.target.as_deref().or(call.args.first()).and_then(spelled);
    let named = |mut text: String, word: &str, own: &str| {
        if usage.strip_prefix(word).is_some_and(|rest| rest.starts_with('.')) {
            text = text.replacen(word, own, 1);
        } else if usage.strip_prefix(word).is_some_and(|rest| rest.starts_with('[')) {
            text = text.replace(word, own);
        }
        text.replace(&format!("({word})"), &format!("({own})"))
    };
    let mut filled = usage.to_owned();
    for word in ["list", "text", "value"] {
        filled = own.iter().fold(filled, |filled, own| named(filled, word, own));
    }
    match meant_for_a_macro(call) {
        Some(variable) => filled.replace("(x, ", &format!("({variable}, ")),
        None => filled,
    }
}

/// The variable of a call that was meant for a macro: `list.exist(x, …)`, `list.all(x)`, `list.filter(x.healthy)` or
/// `exists(list, x, …)`. CEL's parser has already expanded those that are macros.
pub(crate) fn meant_for_a_macro(call: &CallExpr) -> Option<&str> {
    let is_macro = MACROS.iter().any(|known| known.name == call.func_name);
    let is_named = call.func_name.starts_with(|c: char| c.is_ascii_alphabetic());
    let variable = |at: usize| match &call.args.get(at)?.expr {
        Expr::Ident(variable) => Some(variable.as_str()),
        _ => None,
    };
    match (&call.target, call.args.as_slice()) {
        (Some(_), [one]) if is_macro => first_name(one),
        (Some(_), [_, _, ..]) if is_named && (is_macro || !is_function(&call.func_name)) => variable(0),
        (None, [_, _, _]) if is_macro => variable(1),
        _ => None,
    }
}

/// The first name in an expression.
fn first_name(expression: &Expression) -> Option<&str> {
    root(expression).or_else(|| match &expression.expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).find_map(first_name),
        _ => None,
    })
}
