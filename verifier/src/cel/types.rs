//! The types of expressions, from the evidence's schema and the course's parameters.

use course::diagnostic::nearest;
use course::param::Param;
use schemars::SchemaGenerator;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use evidence::Section;
use evidence::policy::PolicyDocument;
use evidence::reads::{Found, Kind, Member, Shape};

/// A type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Unknown. Every use of it may be right.
    Any,
    /// `null`.
    Null,
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A whole number without a sign, such as `1u`.
    Uint,
    /// A number with decimals.
    Double,
    /// Text.
    Text,
    /// A time.
    Time,
    /// A duration.
    Duration,
    /// A list.
    List(Box<Type>),
    /// A map of texts to values.
    Map(Arc<Entries>),
    /// A record with named fields.
    Record(Arc<Record>),
}

/// A record type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Record {
    /// Its name in messages.
    pub name: String,
    /// The fields.
    pub fields: BTreeMap<String, Type>,
    /// The fields that may be known to be absent. AWS's models hardly say which members of an answer are always there, so
    /// a member of an answer is one of these only if the read accepts that there is nothing.
    pub optional: BTreeSet<String>,
    /// The fields that may not be known.
    pub doubts: BTreeMap<String, Doubt>,
    /// The operation whose answer it is from.
    pub call: Option<String>,
}

/// The type of a map.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Entries {
    /// What its keys have.
    pub of: Type,
    /// The keys that it can have, if not any.
    pub asked: Option<Asked>,
}

/// The keys of a map that AWS was asked for, of those that it has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asked {
    /// The keys.
    pub keys: BTreeSet<String>,
    /// What is wrong with another key.
    pub doubt: Doubt,
}

impl Asked {
    /// Why the map may not have a key. A key that is almost the same may be meant.
    pub(crate) fn doubt(&self, key: &str) -> Option<Doubt> {
        let other = (!self.keys.contains(key)).then(|| self.doubt.clone())?;
        Some(match nearest(key, self.keys.iter().map(String::as_str)) {
            Some(near) => Doubt { help: format!("did you mean `{near}`? Otherwise {}", other.help), ..other },
            None => other,
        })
    }
}

/// Why a value may not be known, however often it is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Doubt {
    /// The rule of lint.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether only `has(…)` and `in` are wrong. They are not false where a value is not known.
    pub of_tests: bool,
}

/// What is doubtful in an operation's answer.
pub(crate) trait Doubts {
    /// Why a member may not be known. `in_list`: whether it is in an element of a list.
    fn member(&self, name: &str, member: &Member, kind: Kind, in_list: bool) -> Option<Doubt>;
    /// The keys that a map can have, if not any.
    fn keys(&self, name: &str) -> Option<Asked>;
}

impl Type {
    /// A list of these.
    pub fn list(of: Type) -> Type {
        Type::List(Box::new(of))
    }

    /// A record.
    pub fn record(name: &str, fields: BTreeMap<String, Type>) -> Type {
        Type::fields(name, fields, BTreeSet::new())
    }

    /// A record, some of whose fields may be absent.
    fn fields(name: &str, fields: BTreeMap<String, Type>, optional: BTreeSet<String>) -> Type {
        Type::Record(Arc::new(Record { name: name.to_owned(), fields, optional, doubts: BTreeMap::new(), call: None }))
    }

    /// A parameter's type.
    pub(crate) fn of_param(param: &Param) -> Type {
        match param {
            Param::Bool(_) => Type::Bool,
            Param::Int(_) => Type::Int,
            Param::Float(_) => Type::Double,
            Param::Text(_) => Type::Text,
        }
    }

    /// Whether it is a number of any kind.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Uint | Type::Double)
    }

    /// Whether values of the two types can be equal. CEL compares numbers of all kinds.
    pub(crate) fn agrees(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Any, _) | (_, Type::Any) => true,
            (one, other) if one.is_number() && other.is_number() => true,
            (Type::List(one), Type::List(other)) => one.agrees(other),
            (Type::Map(one), Type::Map(other)) => one.of.agrees(&other.of),
            (Type::Record(one), Type::Record(other)) => one.name == other.name,
            (one, other) => one == other,
        }
    }

    /// The type of a value that has one type or the other.
    pub fn or(self, other: Type) -> Type {
        match (self, other) {
            (Type::List(one), Type::List(other)) => Type::list(one.or(*other)),
            (Type::Any, known) | (known, Type::Any) => known,
            (one, other) if one == other => one,
            _ => Type::Any,
        }
    }

    /// Whether a sentence can display it.
    pub(crate) fn can_be_shown(&self) -> bool {
        match self {
            Type::Null | Type::Record(_) | Type::Map(_) | Type::Duration => false,
            Type::List(of) => of.can_be_shown(),
            Type::Any | Type::Bool | Type::Int | Type::Uint | Type::Double | Type::Text | Type::Time => true,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("anything"),
            Type::Null => f.write_str("null"),
            Type::Bool => f.write_str("true or false"),
            Type::Int => f.write_str("a whole number"),
            Type::Uint => f.write_str("an unsigned number"),
            Type::Double => f.write_str("a number with decimals"),
            Type::Text => f.write_str("text"),
            Type::Time => f.write_str("a time"),
            Type::Duration => f.write_str("a duration"),
            Type::List(_) => f.write_str("a list"),
            Type::Map(_) => f.write_str("a map"),
            Type::Record(record) => write!(f, "a whole {}", record.name),
        }
    }
}

/// The evidence of one account: its sections by name.
pub fn sections() -> &'static BTreeMap<String, Type> {
    static SECTIONS: LazyLock<BTreeMap<String, Type>> = LazyLock::new(|| {
        let mut generator = SchemaGenerator::default();
        let schemas = Section::ALL.iter().map(|section| (section.name(), section.schema(&mut generator).to_value()));
        let schemas: Vec<(&str, Value)> = schemas.collect();
        let definitions = Value::Object(generator.definitions().clone());
        schemas.into_iter().map(|(name, schema)| (name.to_owned(), of_schema(name, &schema, &definitions))).collect()
    });
    &SECTIONS
}

/// The record that `policy(text)` returns.
pub(crate) fn policy() -> &'static Type {
    static POLICY: LazyLock<Type> = LazyLock::new(|| {
        let mut generator = SchemaGenerator::default();
        let schema = generator.subschema_for::<PolicyDocument>().to_value();
        of_schema("policy", &schema, &Value::Object(generator.definitions().clone()))
    });
    &POLICY
}

/// The type of an operation's answer. A shape that contains itself is of any type within itself.
pub fn answer(found: Found) -> Arc<Type> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Type>>>> = LazyLock::new(Mutex::default);
    let call = call(found);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(known.entry(call).or_insert_with(|| Arc::new(doubtful_answer(found, None))))
}

/// The type of an operation's answer with what is doubtful in it.
pub(crate) fn doubtful_answer(found: Found, doubts: Option<&dyn Doubts>) -> Type {
    match &found.operation.output {
        Some(output) => Shapes { found, doubts, within: Vec::new() }.of(output, output, false),
        None => Type::record(&call(found), BTreeMap::new()),
    }
}

/// The type of an answer that may also be that there is nothing: each of its members may be absent, or has no elements.
pub(crate) fn or_nothing(answer: Type) -> Type {
    let Type::Record(record) = &answer else { return answer };
    let one = |kind: &Type| !matches!(kind, Type::List(_) | Type::Map(_));
    let optional = record.fields.iter().filter(|(_, kind)| one(kind)).map(|(name, _)| name.clone()).collect();
    Type::Record(Arc::new(Record { optional, ..(**record).clone() }))
}

fn call(found: Found) -> String {
    found.to_string()
}

/// A walk through the shapes of an answer.
struct Shapes<'d> {
    found: Found,
    doubts: Option<&'d dyn Doubts>,
    /// The shapes that it is in.
    within: Vec<&'static str>,
}

impl Shapes<'_> {
    /// The type of a shape, which a member has. `in_list`: whether it is in an element of a list.
    fn of(&mut self, member: &str, name: &'static str, in_list: bool) -> Type {
        let Some(shape) = self.found.service.shape(name).filter(|_| !self.within.contains(&name)) else {
            return Type::Any;
        };
        self.within.push(name);
        let kind = match shape.kind {
            Kind::Structure => self.structure(name, shape, in_list),
            Kind::List => Type::list(self.inner(member, shape, true)),
            Kind::Map => {
                let of = self.inner(member, shape, in_list);
                Type::Map(Arc::new(Entries { of, asked: self.doubts.and_then(|doubts| doubts.keys(member)) }))
            }
            Kind::String | Kind::Blob => Type::Text,
            Kind::Boolean => Type::Bool,
            Kind::Integer | Kind::Long => Type::Int,
            Kind::Float | Kind::Double => Type::Double,
            Kind::Timestamp => Type::Time,
            Kind::Document => Type::Any,
        };
        self.within.pop();
        kind
    }

    fn structure(&mut self, name: &str, shape: &'static Shape, in_list: bool) -> Type {
        let (mut fields, mut doubts) = (BTreeMap::new(), BTreeMap::new());
        for (name, member) in &shape.members {
            fields.insert(name.clone(), self.of(name, &member.shape, in_list));
            let kind = self.found.service.shape(&member.shape).map(|shape| shape.kind);
            let doubt = self.doubts.zip(kind).and_then(|(doubts, kind)| doubts.member(name, member, kind, in_list));
            doubts.extend(doubt.map(|doubt| (name.clone(), doubt)));
        }
        let (name, call) = (name.to_owned(), Some(call(self.found)));
        Type::Record(Arc::new(Record { name, fields, optional: BTreeSet::new(), doubts, call }))
    }

    /// What a list or a map has.
    fn inner(&mut self, member: &str, shape: &'static Shape, in_list: bool) -> Type {
        shape.of.as_ref().map_or(Type::Any, |of| self.of(member, &of.shape, in_list))
    }
}

/// The type that a JSON Schema of ours describes. In `anyOf`, the alternatives for unreadable and absent are ignored,
/// because using such a value fails whatever its type.
fn of_schema(name: &str, schema: &Value, definitions: &Value) -> Type {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return match name {
            "Unreadable" => Type::Null,
            name => of_schema(name, &definitions[name], definitions),
        };
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let known = any.iter().map(|one| of_schema(name, one, definitions)).filter(|one| *one != Type::Null);
        return known.reduce(Type::or).unwrap_or(Type::Any);
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        kind => Vec::from_iter(kind.as_str()),
    };
    match kinds.as_slice() {
        ["null"] => Type::Null,
        ["boolean"] => Type::Bool,
        ["integer"] => Type::Int,
        ["number"] => Type::Double,
        ["string"] if schema["format"] == "date-time" => Type::Time,
        ["string"] => Type::Text,
        ["array"] => Type::list(of_schema(name, &schema["items"], definitions)),
        ["object"] if schema["properties"].is_object() => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let fields =
                properties.clone().map(|(field, schema)| (field.clone(), of_schema(field, schema, definitions)));
            let fields = fields.collect();
            let optional = properties.filter(|(_, schema)| may_be_none(schema, definitions));
            let optional = optional.map(|(field, _)| field.clone()).collect();
            Type::fields(name, fields, optional)
        }
        _ => Type::Any,
    }
}

/// Whether a JSON Schema of ours allows an absent value.
fn may_be_none(schema: &Value, definitions: &Value) -> bool {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return name != "Unreadable" && may_be_none(&definitions[name], definitions);
    }
    let any = schema["anyOf"].as_array().into_iter().flatten();
    let kinds = schema["type"].as_array().into_iter().flatten();
    any.into_iter().any(|one| may_be_none(one, definitions))
        || schema["type"] == "null"
        || kinds.into_iter().any(|kind| kind == "null")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_tells_the_types_of_evidence() {
        let Type::List(budget) = &sections()["budgets"] else { panic!("{:?}", sections()["budgets"]) };
        let Type::Record(budget) = budget.as_ref() else { panic!("{budget:?}") };
        assert_eq!((&budget.fields["amount"], &budget.fields["name"]), (&Type::Double, &Type::Text));
        assert!(matches!(&budget.fields["alerts"], Type::List(alert) if matches!(alert.as_ref(), Type::Record(_))));
        assert!(budget.optional.contains("end") && !budget.optional.contains("name"), "{:?}", budget.optional);
        for (name, section) in sections() {
            assert!(matches!(section, Type::List(_) | Type::Record(_)), "{name}: {section:?}");
        }
    }
}
