//! A normal form of conditions: conditions with the same meaning have the same form.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::cel::budget::spend;

/// The normal form of an expression, as far as syntax shows its meaning: `let`s are expanded, variables have no names,
/// and operands that can be swapped are sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// All of these; true if empty.
    And(BTreeSet<Form>),
    /// At least one of these.
    Or(BTreeSet<Form>),
    /// The negation.
    Not(Box<Form>),
    /// At least one element of the list matches.
    Exists(Box<Form>, Box<Form>),
    /// The elements of the list that match.
    Filter(Box<Form>, Box<Form>),
    /// Anything else: its name and its operands.
    Other(Arc<str>, Arc<[Form]>),
}

/// The name of the form of a macro that is neither `exists`, `all` nor `filter`: its list, and four parts of its loop.
pub(super) const LOOP: &str = "each";

/// A search for a matching element of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The list.
    pub list: Form,
    /// What the element must match.
    pub wanted: Form,
}

impl Form {
    /// What it implies for each element of a list, with a name for the element.
    pub(crate) fn of_each_of(&self, list: &Form, variable: &str) -> Vec<Form> {
        match self {
            Form::And(parts) => parts.iter().flat_map(|part| part.of_each_of(list, variable)).collect(),
            // `all` is written as: no element does not match.
            Form::Not(found) => {
                let Form::Exists(of, unlike) = found.as_ref() else { return Vec::new() };
                // For a filtered list, each element that passes the filter.
                let (whole, passes) = match list {
                    Form::Filter(whole, condition) => (whole.as_ref(), condition.parts()),
                    whole => (whole, BTreeSet::new()),
                };
                let unlike = unlike.parts();
                if **of != *whole || !passes.is_subset(&unlike) {
                    return Vec::new();
                }
                let unlike = one_or(unlike.difference(&passes).cloned().collect(), Form::And);
                vec![unlike.opposite().named(variable)]
            }
            _ => Vec::new(),
        }
    }

    /// The parts that must all be true.
    fn parts(&self) -> BTreeSet<Form> {
        match self {
            Form::And(parts) => parts.clone(),
            one => BTreeSet::from([one.clone()]),
        }
    }

    /// The same with a name for the enclosing loop's variable.
    pub(super) fn named(self, variable: &str) -> Form {
        self.named_from(variable, 0)
    }

    /// The same, where the variable is so many variables out. Each loop has two: the element, and what has been found.
    fn named_from(self, variable: &str, out: usize) -> Form {
        let all = |parts: BTreeSet<Form>| parts.into_iter().map(|part| part.named_from(variable, out)).collect();
        let looped = |list: Box<Form>, wanted: Box<Form>| {
            (Box::new(list.named_from(variable, out)), Box::new(wanted.named_from(variable, out + 2)))
        };
        match self {
            Form::And(parts) => Form::And(all(parts)),
            Form::Or(parts) => Form::Or(all(parts)),
            Form::Not(form) => form.named_from(variable, out).opposite(),
            Form::Exists(list, wanted) => {
                let (list, wanted) = looped(list, wanted);
                Form::Exists(list, wanted)
            }
            Form::Filter(list, wanted) => {
                let (list, wanted) = looped(list, wanted);
                Form::Filter(list, wanted)
            }
            Form::Other(name, _) if *name == format!("#{out}") => Form::other(variable, vec![]),
            Form::Other(name, parts) => {
                // Of other macros, only the list is outside of the loop.
                let inner = |at: usize| if &*name == LOOP && at > 0 { out + 2 } else { out };
                let parts = parts.iter().cloned().enumerate();
                let parts = parts.map(|(at, part)| part.named_from(variable, inner(at))).collect();
                Form::Other(name, parts)
            }
        }
    }

    /// The fields that it tests, without the values that it compares them with.
    pub fn shape(&self) -> String {
        match self {
            Form::And(parts) | Form::Or(parts) => {
                parts.iter().map(Form::shape).filter(|shape| !shape.is_empty()).collect::<Vec<_>>().join(", ")
            }
            Form::Not(form) => form.shape(),
            Form::Exists(list, _) | Form::Filter(list, _) => list.shape(),
            Form::Other(name, parts) => {
                let of: Vec<String> = parts.iter().map(Form::shape).filter(|shape| !shape.is_empty()).collect();
                match name.strip_prefix('.') {
                    Some(field) => [of, vec![field.trim_end_matches('?').to_owned()]].concat().join("."),
                    None => of.join(", "),
                }
            }
        }
    }

    /// All searches in it, required or alternative.
    pub fn sought(&self) -> Vec<Sought> {
        match self {
            Form::And(parts) | Form::Or(parts) => parts.iter().flat_map(Form::sought).collect(),
            Form::Exists(list, wanted) => vec![Sought { list: (**list).clone(), wanted: (**wanted).clone() }],
            _ => Vec::new(),
        }
    }

    /// The searches that must all succeed.
    pub(crate) fn sought_in_every_case(&self) -> Vec<Sought> {
        match self {
            Form::And(parts) => parts.iter().flat_map(Form::sought_in_every_case).collect(),
            Form::Exists(..) => self.sought(),
            _ => Vec::new(),
        }
    }

    /// Whether everything that matches this also matches the other.
    pub(crate) fn implies(&self, other: &Form) -> bool {
        spend(1);
        match (self, other) {
            (one, other) if one == other => true,
            (one, Form::And(parts)) => parts.iter().all(|part| one.implies(part)),
            (Form::Or(parts), other) => parts.iter().all(|part| part.implies(other)),
            (Form::And(parts), other) => parts.iter().any(|part| part.implies(other)),
            (one, Form::Or(parts)) => parts.iter().any(|part| one.implies(part)),
            (Form::Exists(one, wanted), Form::Exists(other, less)) => one == other && wanted.implies(less),
            _ => false,
        }
    }

    pub(super) fn and(self, other: Form) -> Form {
        let parts = |form| match form {
            Form::And(parts) => parts,
            form => BTreeSet::from([form]),
        };
        one_or([self, other].into_iter().flat_map(parts).collect(), Form::And)
    }

    pub(super) fn or(self, other: Form) -> Form {
        let parts = |form| match form {
            Form::Or(parts) => parts,
            form => BTreeSet::from([form]),
        };
        one_or([self, other].into_iter().flat_map(parts).collect(), Form::Or)
    }

    /// The list is not empty.
    pub fn some(list: Form) -> Form {
        list.exists(Form::And(BTreeSet::new()))
    }

    /// The record has the field.
    pub fn has(record: Form, field: &str) -> Form {
        Form::other(format!(".{field}?"), vec![record])
    }

    /// The negation.
    pub fn opposite(self) -> Form {
        match self {
            Form::Not(form) => *form,
            form => Form::Not(Box::new(form)),
        }
    }

    /// An element of this list matches. An element of a filtered list is an element of the list that passes the filter.
    pub(super) fn exists(self, wanted: Form) -> Form {
        match self {
            Form::Filter(list, condition) => Form::Exists(list, Box::new(condition.and(wanted))),
            list => Form::Exists(Box::new(list), Box::new(wanted)),
        }
    }

    pub(super) fn filter(self, wanted: Form) -> Form {
        match self {
            Form::Filter(list, condition) => Form::Filter(list, Box::new(condition.and(wanted))),
            list => Form::Filter(Box::new(list), Box::new(wanted)),
        }
    }

    pub(super) fn other(name: impl Into<Arc<str>>, parts: Vec<Form>) -> Form {
        Form::Other(name.into(), parts.into())
    }
}

/// A single part needs no `And` or `Or`.
pub(super) fn one_or(mut parts: BTreeSet<Form>, all: fn(BTreeSet<Form>) -> Form) -> Form {
    match parts.len() {
        1 => parts.pop_first().unwrap_or(Form::And(parts)),
        _ => all(parts),
    }
}

/// A list as the author may have written it.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::Other(name, parts) => match &**parts {
                // The part after `#` is internal. A name with nothing before it is a loop's variable.
                [] => f.write_str(name.split('#').next().filter(|name| !name.is_empty()).unwrap_or("…")),
                [of] if name.starts_with('.') => write!(f, "{of}{name}"),
                _ => f.write_str("…"),
            },
            _ => f.write_str("…"),
        }
    }
}
