//! The functions and macros that expressions can use, as their authors write them.

use cel::common::ast::{CallExpr, Expr};
use course::diagnostic::{misspelt, nearest};

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
pub(crate) fn written_here(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    ELSEWHERE.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, written)| *written)
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

/// The message for a call of an unknown function. `known`: the names of `let`s that may have been meant.
pub fn misused<'n>(name: &str, lets: impl Iterator<Item = &'n str>) -> String {
    match written(name) {
        Some(written) => format!("`{name}` is written {written}"),
        None => {
            let lets: Vec<&str> = lets.collect();
            let close = misspelt(name, lets.iter().copied());
            let hint = match (close, written_here(name)) {
                (None, Some(written)) => format!(": write {written}"),
                _ => {
                    let near = close.or_else(|| nearest(name, all().map(|known| known.name).chain(lets)));
                    near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default()
                }
            };
            format!("there is no function or macro `{name}`{hint}")
        }
    }
}

/// The variable of a call that was meant for a macro: `list.exist(x, …)`, or `list.all(x)`. CEL's parser has already
/// expanded those that are macros.
pub(crate) fn meant_for_a_macro(call: &CallExpr) -> Option<&str> {
    call.target.as_ref()?;
    let Expr::Ident(variable) = &call.args.first()?.expr else { return None };
    let is_macro = MACROS.iter().any(|known| known.name == call.func_name);
    let named = call.func_name.starts_with(|c: char| c.is_ascii_alphabetic());
    (named && (is_macro || call.args.len() > 1 && !is_function(&call.func_name))).then_some(variable)
}
