//! The functions and macros that expressions can use, as their authors write them.

use cel::common::ast::{CallExpr, Expr};
use course::diagnostic::nearest;

/// CEL's functions and our own, with their usage. A test evaluates all of them.
pub(crate) const FUNCTIONS: &[(&str, &str)] = &[
    ("allows", "allows(statement, action, [account, organization])"),
    ("allows_others", "allows_others(statement, [account, organization])"),
    ("bool", "bool(text)"),
    ("bytes", "bytes(text)"),
    ("contains", "text.contains(part)"),
    ("denies", "denies(statement, action, [account, organization])"),
    ("double", "double(number)"),
    ("duration", "duration('24h')"),
    ("dyn", "dyn(value)"),
    ("endsWith", "text.endsWith(end)"),
    ("fold", "fold(text)"),
    ("getDate", "time.getDate()"),
    ("getDayOfMonth", "time.getDayOfMonth()"),
    ("getDayOfWeek", "time.getDayOfWeek()"),
    ("getDayOfYear", "time.getDayOfYear()"),
    ("getFullYear", "time.getFullYear()"),
    ("getHours", "time.getHours()"),
    ("getMilliseconds", "time.getMilliseconds()"),
    ("getMinutes", "time.getMinutes()"),
    ("getMonth", "time.getMonth()"),
    ("getSeconds", "time.getSeconds()"),
    ("int", "int(number)"),
    ("size", "list.size()"),
    ("startsWith", "text.startsWith(beginning)"),
    ("string", "string(value)"),
    ("timestamp", "timestamp('2026-11-26T00:00:00Z')"),
    ("type", "type(value)"),
    ("uint", "uint(number)"),
];

/// CEL's macros, with their usage.
pub(crate) const MACROS: &[(&str, &str)] = &[
    ("all", "list.all(x, condition)"),
    ("exists", "list.exists(x, condition)"),
    ("existsOne", "list.existsOne(x, condition)"),
    ("exists_one", "list.exists_one(x, condition)"),
    ("filter", "list.filter(x, condition)"),
    ("has", "has(record.field)"),
    ("map", "list.map(x, value)"),
];

/// CEL's own type names, for `type(x) == string` and conversions.
pub(crate) const TYPES: &[&str] =
    &["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];

/// The usage of a function or macro, if there is one of this name.
pub fn written(name: &str) -> Option<&'static str> {
    let known = FUNCTIONS.iter().chain(MACROS);
    known.clone().find(|(known, _)| *known == name).map(|(_, written)| *written)
}

/// The message for a call of an unknown function. `known`: the names of `let`s that may have been meant.
pub fn misused<'n>(name: &str, lets: impl Iterator<Item = &'n str>) -> String {
    match written(name) {
        Some(written) => format!("`{name}` is written {written}"),
        None => {
            let near = nearest(name, FUNCTIONS.iter().chain(MACROS).map(|(known, _)| *known).chain(lets));
            let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            format!("there is no function or macro `{name}`{hint}")
        }
    }
}

/// The variable of a call that was meant for a macro: `list.exist(x, …)`, or `list.all(x)`. CEL's parser has already
/// expanded those that are macros.
pub(crate) fn meant_for_a_macro(call: &CallExpr) -> Option<&str> {
    call.target.as_ref()?;
    let Expr::Ident(variable) = &call.args.first()?.expr else { return None };
    let is = |known: &[(&str, &str)]| known.iter().any(|(known, _)| *known == call.func_name);
    let named = call.func_name.starts_with(|c: char| c.is_ascii_alphabetic());
    (named && (is(MACROS) || call.args.len() > 1 && !is(FUNCTIONS))).then_some(variable)
}
