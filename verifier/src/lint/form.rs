//! Conditions in a form that is the same for those that mean the same.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::cel::budget::spend;

/// An expression in a form that is the same for expressions that mean the same, as far as their shapes tell: `let`s are
/// written out, variables have no names, and what may be swapped is sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// All of these; nothing is asked where there are none.
    And(BTreeSet<Form>),
    /// One of these.
    Or(BTreeSet<Form>),
    /// Not this.
    Not(Box<Form>),
    /// One of a list is so.
    Exists(Box<Form>, Box<Form>),
    /// Those of a list that are so.
    Filter(Box<Form>, Box<Form>),
    /// Anything else: its name, and what it is made of.
    Other(Arc<str>, Arc<[Form]>),
}

/// Something that a condition looks for: one of a list that is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The list.
    pub list: Form,
    /// What one of it must be.
    pub wanted: Form,
}

impl Form {
    /// What it says of each one of a list, by the name that a loop has for it.
    pub(crate) fn of_each_of(&self, list: &Form, variable: &str) -> Vec<Form> {
        match self {
            Form::And(parts) => parts.iter().flat_map(|part| part.of_each_of(list, variable)).collect(),
            // Each is so: there is none that is not.
            Form::Not(found) => {
                let Form::Exists(of, unlike) = found.as_ref() else { return Vec::new() };
                // Of a filtered list, each that passes the filter.
                let (whole, passes) = match list {
                    Form::Filter(whole, condition) => (whole.as_ref(), condition.parts()),
                    whole => (whole, BTreeSet::new()),
                };
                let unlike = unlike.parts();
                if **of != *whole || !passes.is_subset(&unlike) {
                    return Vec::new();
                }
                let unlike = one_or(unlike.difference(&passes).cloned().collect(), Form::And);
                unlike.opposite().named(variable).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Its parts that all must be so.
    fn parts(&self) -> BTreeSet<Form> {
        match self {
            Form::And(parts) => parts.clone(),
            one => BTreeSet::from([one.clone()]),
        }
    }

    /// The same with a name for the variable of the loop that it stood in; none where there is a loop in it.
    fn named(self, variable: &str) -> Option<Form> {
        let all = |parts: BTreeSet<Form>| {
            parts.into_iter().map(|part| part.named(variable)).collect::<Option<BTreeSet<Form>>>()
        };
        match self {
            Form::And(parts) => all(parts).map(Form::And),
            Form::Or(parts) => all(parts).map(Form::Or),
            Form::Not(form) => form.named(variable).map(Form::opposite),
            Form::Exists(..) | Form::Filter(..) => None,
            Form::Other(name, _) if &*name == "#0" => Some(Form::other(variable, vec![])),
            Form::Other(name, parts) => {
                let parts = parts.iter().cloned().map(|part| part.named(variable)).collect::<Option<Arc<[Form]>>>();
                parts.map(|parts| Form::Other(name, parts))
            }
        }
    }

    /// What it looks at, whatever the values that it compares it with.
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

    /// What is looked for, beside and instead of each other.
    pub fn sought(&self) -> Vec<Sought> {
        match self {
            Form::And(parts) | Form::Or(parts) => parts.iter().flat_map(Form::sought).collect(),
            Form::Exists(list, wanted) => vec![Sought { list: (**list).clone(), wanted: (**wanted).clone() }],
            _ => Vec::new(),
        }
    }

    /// What is looked for in any case, each for itself.
    pub(crate) fn sought_beside(&self) -> Vec<Sought> {
        match self {
            Form::And(parts) => parts.iter().flat_map(Form::sought_beside).collect(),
            Form::Exists(..) => self.sought(),
            _ => Vec::new(),
        }
    }

    /// Whether whatever meets this also meets another.
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

    /// That a list has one.
    pub fn some(list: Form) -> Form {
        list.exists(Form::And(BTreeSet::new()))
    }

    /// That a record has a field.
    pub fn has(record: Form, field: &str) -> Form {
        Form::other(format!(".{field}?"), vec![record])
    }

    /// The opposite.
    pub fn opposite(self) -> Form {
        match self {
            Form::Not(form) => *form,
            form => Form::Not(Box::new(form)),
        }
    }

    /// One of this list is so. One of those of a list that are so is one of the list.
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

/// One part is what it is.
pub(super) fn one_or(mut parts: BTreeSet<Form>, all: fn(BTreeSet<Form>) -> Form) -> Form {
    match parts.len() {
        1 => parts.pop_first().unwrap_or(Form::And(parts)),
        _ => all(parts),
    }
}

/// A list as its author may have written it.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::Other(name, parts) => match &**parts {
                // What stands behind a variable's name is ours, and one without a name is the loop's.
                [] => f.write_str(name.split('#').next().filter(|name| !name.is_empty()).unwrap_or("…")),
                [of] if name.starts_with('.') => write!(f, "{of}{name}"),
                _ => f.write_str("…"),
            },
            _ => f.write_str("…"),
        }
    }
}
