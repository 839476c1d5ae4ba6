//! What lint advises about the types of an expression: what is wrong with a field, an operand or a comparison, and what to
//! write instead.

use cel::common::ast::{CallExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression;
use course::diagnostic::{did_you_mean, nearest};
use evidence::reads;
use practice::writes;

use crate::cel::functions;
use crate::cel::spelled::spelled;
use crate::cel::types::{Record, Type};

/// What the name of the type of a table's rows begins with.
pub(super) const ROW_OF: &str = "a row of ";

/// Whether a record always has a field. AWS's models do not say it of the members of an answer, and an input has no value
/// before the learner gives it.
pub(super) fn is_always_there(record: &Record, field: &str) -> bool {
    record.call.is_none()
        && record.name != "input"
        && record.fields.contains_key(field)
        && !record.optional.contains(field)
}

/// What to write instead of `has(value)` for a value that is always there.
pub(super) fn instead_of_has(value: &str, kind: &Type) -> String {
    match kind {
        Type::Bool => format!("write {value} alone"),
        Type::List(_) | Type::Map(_) => format!("write {value}.size() > 0"),
        Type::Text => format!("compare it with a value, as in {value} != ''"),
        Type::Record(_) => "test one of its fields".to_owned(),
        _ => "compare it with a value".to_owned(),
    }
}

/// What to write instead of a comparison of a value with `null`. `absent`: whether it is to be absent. `always`: whether it
/// is always there.
pub(super) fn instead_of_null(value: &Expression, absent: bool, always: bool, kind: &Type) -> String {
    if let Expr::Call(call) = &value.expr
        && let (op::INDEX, [of, at]) = (call.func_name.as_str(), call.args.as_slice())
        && let (Some(of), Expr::Literal(at)) = (spelled(of), &at.expr)
    {
        match (at, absent) {
            (LiteralValue::String(key), true) => return format!("write !('{}' in {of})", key.inner()),
            (LiteralValue::String(key), false) => return format!("write '{}' in {of}", key.inner()),
            (LiteralValue::Int(at), true) => return format!("write {of}.size() <= {}", at.inner()),
            (LiteralValue::Int(at), false) => return format!("write {of}.size() > {}", at.inner()),
            _ => {}
        }
    }
    match spelled(value) {
        Some(whole) if always => format!("`{whole}` is always there: {}", instead_of_has(&whole, kind)),
        Some(whole) if absent => format!("write !has({whole})"),
        Some(whole) => format!("write has({whole})"),
        None => "compare it with a value, or test it with has(…)".to_owned(),
    }
}

/// What is wrong with a field that a record does not have, and what to do.
pub(super) fn no_field(record: &Record, field: &str) -> (String, Option<String>) {
    let known: Vec<&str> = record.fields.keys().map(String::as_str).collect();
    let (has_none, help) = match (&record.call, record.name.strip_prefix(ROW_OF)) {
        (Some(call), _) => {
            // A call that writes is not in the table of reads.
            let help = reads::find(call).is_ok().then(|| format!("`verify schema reads {call}` lists its members"));
            match is_whole_answer(call, &record.name) {
                true => (format!("the answer of {call} has no `{field}`"), help),
                false => (format!("{} of {call} has no `{field}`", record.name), help),
            }
        }
        (None, Some(table)) => {
            let help = Some(format!("the columns of `{table}` are {}", known.join(", ")));
            (format!("the table `{table}` has no column `{field}`"), help)
        }
        (None, None) => (format!("{} has no field `{field}`", record.name), None),
    };
    let has = |kind: &Type| matches!(kind, Type::Record(inner) if inner.fields.contains_key(field));
    let inside = record.fields.iter().find(|(_, kind)| has(kind));
    let hint = match (did_you_mean(field, known.iter().copied()), inside) {
        (hint, Some((name, _))) if hint.is_empty() => format!(": did you mean `{name}.{field}`?"),
        (hint, None) if hint.is_empty() && !record.name.starts_with(ROW_OF) => format!("; it has {}", known.join(", ")),
        (hint, _) => hint,
    };
    (format!("{has_none}{hint}"), help)
}

fn is_whole_answer(call: &str, shape: &str) -> bool {
    writes::find(call).is_ok_and(|found| found.operation.output.as_deref() == Some(shape))
}

/// What to write instead of a field of a value that has none.
pub(super) fn instead_of_field(of: &Expression, kind: &Type, field: &str) -> Option<String> {
    let own = spelled(of).unwrap_or_else(|| "list".to_owned());
    let Type::List(element) = kind else { return functions::member(field).map(|member| format!("write {member}")) };
    let Type::Record(record) = element.as_ref() else {
        return functions::member(field).map(|member| format!("write {member}"));
    };
    let answer = record.fields.get("answer").filter(|_| record.fields.contains_key("each"));
    if matches!(answer, Some(Type::Record(answer)) if answer.fields.contains_key(field)) {
        return Some(format!(
            "it has an `answer` for each element of `each`: write {own}.exists(x, x.answer.{field} …)"
        ));
    }
    if record.fields.contains_key(field) {
        return Some(format!("its elements have it: write {own}.exists(x, x.{field} …)"));
    }
    if let Some(member) = functions::member(field) {
        return Some(format!("write {member}"));
    }
    let is_tags = record.fields.contains_key("Key") && record.fields.contains_key("Value");
    is_tags.then(|| format!("write {own}.exists(t, t.Key == '{field}' && t.Value == …)"))
}

/// What to do with a value that must be true or false. `source`: the text of its expression.
pub(super) fn condition(kind: &Type, source: Option<&str>) -> String {
    match kind {
        Type::List(_) if source.is_some_and(|source| source.contains(".filter(")) => {
            "add .size() > 0, or write exists instead of filter".to_owned()
        }
        Type::List(_) | Type::Map(_) => "add .size() > 0, or write exists(x, condition) after it".to_owned(),
        Type::Text => "compare it with a text, as in == '…'".to_owned(),
        kind if kind.is_number() => "compare it with a number, as in > 0".to_owned(),
        Type::Time => "compare it with a time, as in < now".to_owned(),
        Type::Record(record) => format!("compare one of its fields: {}", fields(record)),
        _ => "compare it with a value".to_owned(),
    }
}

/// The first fields of a record.
fn fields(record: &Record) -> String {
    let names: Vec<&str> = record.fields.keys().map(String::as_str).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    names.into_iter().take(SHOWN).collect::<Vec<_>>().join(", ") + more
}

/// How many fields are listed.
const SHOWN: usize = 8;

/// How a sentence can show something of a value that it cannot show.
pub(super) fn in_sentence(kind: &Type, source: &str) -> String {
    let text = |record: &Record| {
        let shown = record.fields.iter().find(|(_, kind)| kind.can_be_shown());
        shown.map_or("name".to_owned(), |(name, _)| name.clone())
    };
    match kind {
        Type::Duration => format!("show a number of it, as in {{({source}).getHours()}}"),
        Type::Record(record) => format!("use one of its fields, as in {{{source}.{}}}", text(record)),
        Type::List(of) => match of.as_ref() {
            Type::Record(record) => {
                format!("use one field of each, as in {{{source}.map(x, x.{})}}, or {{{source}.size()}}", text(record))
            }
            _ => format!("show how many there are, as in {{{source}.size()}}"),
        },
        Type::Map(_) => format!("show how many there are, as in {{{source}.size()}}"),
        _ => "use another value".to_owned(),
    }
}

/// What to do with the sides of a comparison that have different types.
pub(super) fn for_comparison(call: &CallExpr, types: [&Type; 2]) -> Option<String> {
    let [one, other] = call.args.as_slice() else { return None };
    let sides = [(one, types[0], other, types[1]), (other, types[1], one, types[0])];
    let found = sides.into_iter().find_map(|(value, kind, with, other)| {
        let own = spelled(value);
        match (kind, other, literal(with)) {
            (Type::Time, Type::Text, _) => Some("write a time as timestamp('2026-11-26T00:00:00Z')".to_owned()),
            (kind, Type::Text, Some(text)) if kind.is_number() && is_number(text) => {
                Some(format!("write {text} without quotation marks"))
            }
            (Type::Text, other, _) if other.is_number() => {
                own.map(|own| format!("write double({own}), if it is a number"))
            }
            (Type::Bool, Type::Text, Some("true" | "false" | "yes" | "no")) => {
                Some("write true or false without quotation marks".to_owned())
            }
            (Type::Bool, other, _) if other.is_number() && is_comparison(value) => {
                Some("compare twice, as in 0 < x && x < 5".to_owned())
            }
            (Type::List(_), other, _) if other.is_number() => {
                Some(format!("compare how many it has: {}.size()", own.unwrap_or_else(|| "list".to_owned())))
            }
            (Type::List(_), Type::Text | Type::Record(_), _) if call.func_name == op::EQUALS => {
                Some(format!("write in instead of ==, as in '…' in {}", own.unwrap_or_else(|| "list".to_owned())))
            }
            _ => None,
        }
    });
    let converts = |kind: &Type| kind.is_number() || *kind == Type::Text;
    found.or_else(|| {
        let help = "compare and combine values of one type; string(…), double(…) and int(…) convert";
        types.iter().all(|kind| converts(kind)).then(|| help.to_owned())
    })
}

/// What to do with the operands that an operator does not take.
pub(super) fn for_operands(call: &CallExpr, types: &[Type]) -> Option<String> {
    match (call.func_name.as_str(), types, call.args.as_slice()) {
        (op::IN, [Type::Text, Type::Text], [part, text]) => {
            let text = spelled(text).unwrap_or_else(|| "text".to_owned());
            let part = literal(part).map(|part| format!("'{part}'")).or_else(|| spelled(part));
            Some(format!("write {text}.contains({})", part.unwrap_or_else(|| "part".to_owned())))
        }
        (_, [one, other], _) if one.is_number() && other.is_number() && one != other => {
            Some("convert one of them, as in double(…)".to_owned())
        }
        (_, [one, other], _) if [one, other].iter().all(|kind| kind.is_number() || **kind == Type::Text) => {
            Some("string(…), double(…) and int(…) convert".to_owned())
        }
        _ => None,
    }
}

/// The message for a function that does not take values of these types.
pub(super) fn refused_function(call: &CallExpr, types: &[Type]) -> String {
    let name = call.func_name.as_str();
    match functions::written(name) {
        Some(written) if !types.is_empty() && !types.contains(&Type::Any) => {
            format!("`{name}` cannot take {}; write {written}", listed(types))
        }
        _ => functions::misused(call, std::iter::empty()),
    }
}

/// Types in a message.
pub(super) fn listed(types: &[Type]) -> String {
    types.iter().map(Type::to_string).collect::<Vec<_>>().join(" and ")
}

/// An operator as it is written in source.
pub(super) fn operator(function: &str) -> String {
    match function {
        op::CONDITIONAL => "… ? … : …".to_owned(),
        op::INDEX => "[…]".to_owned(),
        other => other.trim_matches(['_', '@']).to_owned(),
    }
}

/// The texts that an expression is or lists.
pub(super) fn literals(expression: &Expression) -> Vec<&str> {
    match &expression.expr {
        Expr::List(list) => list.elements.iter().filter_map(literal).collect(),
        _ => literal(expression).into_iter().collect(),
    }
}

fn literal(expression: &Expression) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// What to do with a comparison of texts of which one is a number.
pub(super) fn numbers_as_texts(call: &CallExpr) -> Option<String> {
    let [one, other] = call.args.as_slice() else { return None };
    let (number, with) = [(one, other), (other, one)]
        .into_iter()
        .find_map(|(text, with)| Some((literal(text).filter(|text| is_number(text))?, with)))?;
    let own = match &with.expr {
        Expr::Call(call) if call.func_name == "string" => call.args.first().and_then(spelled),
        _ => spelled(with).map(|own| format!("double({own})")),
    };
    let own = own.unwrap_or_else(|| "double(…)".to_owned());
    Some(format!("compare {own} with {number}, without quotation marks"))
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

fn is_comparison(expression: &Expression) -> bool {
    let signs = [op::LESS, op::LESS_EQUALS, op::GREATER, op::GREATER_EQUALS];
    matches!(&expression.expr, Expr::Call(call) if signs.contains(&call.func_name.as_str()))
}

/// What is wrong with a text that a member of an answer is compared with, and what to write: AWS does not give it.
pub(super) fn unlisted(record: &Record, field: &str, text: &str) -> Option<(String, String)> {
    let call = record.call.as_deref()?;
    let service = reads::find(call).ok()?.service;
    let member = service.shape(&record.name)?.members.get(field)?;
    let values = &service.shape(&member.shape)?.values;
    // A comparison with an empty text is about what is absent.
    if values.is_empty() || text.is_empty() || values.iter().any(|value| value == text) {
        return None;
    }
    if let Some(meant) = values.iter().find(|value| value.eq_ignore_ascii_case(text)) {
        return Some((format!("`{field}` is never '{text}': AWS writes '{meant}'"), format!("write '{meant}'")));
    }
    let near = nearest(text, values.iter().map(String::as_str));
    let near = near.map(|near| format!(": did you mean '{near}'?")).unwrap_or_default();
    let help = format!(
        "`verify schema reads {call}` lists the values; if AWS has added this one since, add allow = \
         [\"unlisted-value\"] at the top of the check"
    );
    Some((format!("AWS has no value '{text}' for `{field}`{near}"), help))
}
