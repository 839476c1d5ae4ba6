//! What a condition says about how many elements a list has.

use cel::common::ast::{LiteralValue, operators as op};

use super::form::Form;

/// `size(list) > 0` and the like mean that the list is not empty. A comparison that says more, such as
/// `size(list) == 2`, means that as well.
pub(super) fn some_of(form: Form) -> Form {
    let (negated, compared) = match &form {
        Form::Not(compared) => (true, compared.as_ref()),
        compared => (false, compared),
    };
    let Form::Other(name, parts) = compared else { return form };
    let [one, other] = &**parts else { return form };
    let is_some = |list: &Form| Form::some(list.clone());
    let some = match (&**name, number(one).or(number(other)), sized(one), sized(other)) {
        (op::LESS, Some(0), None, Some(list)) | (op::LESS_EQUALS, Some(1), None, Some(list)) => is_some(list),
        (op::LESS, Some(1), Some(list), None) | (op::LESS_EQUALS, Some(0), Some(list), None) => {
            is_some(list).opposite()
        }
        (op::EQUALS, Some(0), Some(list), None) | (op::EQUALS, Some(0), None, Some(list)) => is_some(list).opposite(),
        (op::LESS | op::LESS_EQUALS, Some(number), None, Some(list)) if number > 0 && !negated => {
            return is_some(list).and(form.clone());
        }
        (op::EQUALS, Some(number), Some(list), None) | (op::EQUALS, Some(number), None, Some(list))
            if number > 0 && !negated =>
        {
            return is_some(list).and(form.clone());
        }
        // It is not less than this number.
        (op::LESS, Some(number), Some(list), None) if number > 1 && negated => {
            return is_some(list).and(form.clone());
        }
        (op::LESS_EQUALS, Some(number), Some(list), None) if number > 0 && negated => {
            return is_some(list).and(form.clone());
        }
        _ => return form,
    };
    if negated { some.opposite() } else { some }
}

impl Form {
    /// How many elements a list has at least, if this is true.
    pub(super) fn least_size(&self, list: &Form) -> i64 {
        let (negated, compared) = match self {
            Form::And(parts) => return parts.iter().map(|part| part.least_size(list)).max().unwrap_or_default(),
            Form::Or(parts) => return parts.iter().map(|part| part.least_size(list)).min().unwrap_or_default(),
            Form::Not(compared) => (true, compared.as_ref()),
            compared => (false, compared),
        };
        let Form::Other(name, parts) = compared else { return 0 };
        let [one, other] = &**parts else { return 0 };
        let (before, after) = (sized(one) == Some(list), sized(other) == Some(list));
        match (&**name, negated, number(one), number(other)) {
            (op::LESS, false, Some(number), _) if after => number.saturating_add(1),
            (op::LESS_EQUALS, false, Some(number), _) if after => number,
            (op::EQUALS, false, Some(number), _) if after => number,
            (op::EQUALS, false, _, Some(number)) if before => number,
            (op::LESS, true, _, Some(number)) if before => number,
            (op::LESS_EQUALS, true, _, Some(number)) if before => number.saturating_add(1),
            _ => 0,
        }
    }
}

/// The list whose size it is.
pub(super) fn sized(form: &Form) -> Option<&Form> {
    match form {
        Form::Other(name, parts) if &**name == "size" && parts.len() == 1 => parts.first(),
        _ => None,
    }
}

/// The number that a literal is.
pub(super) fn number(form: &Form) -> Option<i64> {
    let Form::Other(name, parts) = form else { return None };
    let zero = format!("{:?}", LiteralValue::Int(0.into()));
    let (before, after) = zero.split_once('0')?;
    let digits = name.strip_prefix(before)?.strip_suffix(after)?;
    digits.parse().ok().filter(|_| parts.is_empty())
}
