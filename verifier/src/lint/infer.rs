//! Reads the type of an expression off its tree, and what in it cannot be right. What is not known is let pass.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression;
use std::collections::BTreeMap;

use super::types::{Record, Type};
use crate::compile::did_you_mean;

/// Something in an expression that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What.
    pub message: String,
    /// The text that is meant, as far as it is known: a field or a function's name.
    pub word: Option<String>,
}

/// The names that an expression can use, with their types.
pub type Names = BTreeMap<String, Type>;

/// CEL's functions and ours, with what they come to.
const FUNCTIONS: &[(&str, Type)] = &[
    ("size", Type::Number),
    ("contains", Type::Bool),
    ("startsWith", Type::Bool),
    ("endsWith", Type::Bool),
    ("matches", Type::Bool),
    ("fold", Type::Text),
    ("string", Type::Text),
    ("int", Type::Number),
    ("uint", Type::Number),
    ("double", Type::Number),
    ("bool", Type::Bool),
    ("bytes", Type::Any),
    ("timestamp", Type::Any),
    ("duration", Type::Any),
    ("type", Type::Any),
    ("dyn", Type::Any),
];

/// An expression's type, and its mistakes.
pub fn infer(expression: &Expression, names: &Names) -> (Type, Vec<Mistake>) {
    let mut inference = Inference { names: names.clone(), mistakes: Vec::new() };
    let kind = inference.of(expression);
    (kind, inference.mistakes)
}

struct Inference {
    names: Names,
    mistakes: Vec<Mistake>,
}

impl Inference {
    fn of(&mut self, expression: &Expression) -> Type {
        match &expression.expr {
            Expr::Ident(name) => self.names.get(name.trim_start_matches('.')).cloned().unwrap_or(Type::Any),
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Type::Bool,
                LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => Type::Number,
                LiteralValue::String(_) => Type::Text,
                LiteralValue::Null => Type::Null,
                LiteralValue::Bytes(_) => Type::Any,
            },
            Expr::Select(select) => {
                let operand = self.of(&select.operand);
                let field = self.field(&operand, &select.field);
                if select.test { Type::Bool } else { field }
            }
            Expr::List(list) => {
                let elements = list.elements.iter().map(|element| self.of(element)).reduce(Type::or);
                Type::list(elements.unwrap_or(Type::Any))
            }
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Call(call) => self.call(call),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => Type::Any,
        }
    }

    fn field(&mut self, operand: &Type, field: &str) -> Type {
        match operand {
            Type::Record(record) => match record.fields.get(field) {
                Some(known) => known.clone(),
                None => {
                    self.wrong(no_field(record, field), Some(field));
                    Type::Any
                }
            },
            Type::Any => Type::Any,
            other => {
                self.wrong(format!("{other} has no fields, and `{field}` is asked of it"), Some(field));
                Type::Any
            }
        }
    }

    /// `exists`, `all`, `filter`, `map` and the like, which the parser has written out.
    fn comprehension(&mut self, comprehension: &ComprehensionExpr) -> Type {
        let element = match self.of(&comprehension.iter_range) {
            Type::List(element) => *element,
            Type::Any | Type::Record(_) => Type::Any,
            other => {
                self.wrong(format!("{other} is no list, and cannot be gone through"), None);
                Type::Any
            }
        };
        let begin = self.of(&comprehension.accu_init);
        let condition = matches!(begin, Type::Bool);
        let before = self.names.clone();
        self.names.insert(comprehension.iter_var.clone(), element);
        self.names.extend(comprehension.iter_var2.iter().map(|name| (name.clone(), Type::Any)));
        self.names.insert(comprehension.accu_var.clone(), begin);
        let step = self.of(&comprehension.loop_step);
        self.names = before;
        if condition { Type::Bool } else { step }
    }

    fn call(&mut self, call: &CallExpr) -> Type {
        let name = call.func_name.as_str();
        let target = call.target.as_ref().map(|target| self.of(target));
        let mut args: Vec<Type> = target.into_iter().collect();
        args.extend(call.args.iter().map(|arg| self.of(arg)).collect::<Vec<_>>());
        match (name, args.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR | op::LOGICAL_NOT | op::NOT_STRICTLY_FALSE, all) => {
                all.iter().for_each(|arg| self.expect(arg, &Type::Bool, name));
                Type::Bool
            }
            (op::CONDITIONAL, [condition, yes, no]) => {
                self.expect(condition, &Type::Bool, name);
                yes.clone().or(no.clone())
            }
            (op::EQUALS | op::NOT_EQUALS, [one, other]) => {
                self.comparable(one, other, name);
                Type::Bool
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [one, other]) => {
                self.comparable(one, other, name);
                for arg in [one, other].into_iter().filter(|arg| matches!(arg, Type::List(_) | Type::Record(_))) {
                    self.wrong(format!("{arg} is neither less nor more than anything"), None);
                }
                Type::Bool
            }
            (op::IN, [one, Type::List(of)]) => {
                self.comparable(one, of, name);
                Type::Bool
            }
            (op::ADD, [one, other]) => {
                self.comparable(one, other, name);
                one.clone().or(other.clone())
            }
            (op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO | op::NEGATE, all) => {
                all.iter().for_each(|arg| self.expect(arg, &Type::Number, name));
                Type::Number
            }
            (op::INDEX, [Type::List(of), at]) => {
                self.expect(at, &Type::Number, name);
                (**of).clone()
            }
            (op::INDEX, [record @ Type::Record(_), Type::Text]) => match call.args.last().map(|arg| &arg.expr) {
                Some(Expr::Literal(LiteralValue::String(field))) => self.field(record, field.inner()),
                _ => Type::Any,
            },
            (name, all) if name.starts_with(|c: char| c.is_ascii_alphabetic()) => self.function(name, all),
            _ => Type::Any,
        }
    }

    fn function(&mut self, name: &str, args: &[Type]) -> Type {
        let Some((_, result)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            let hint = did_you_mean(name, FUNCTIONS.iter().map(|(known, _)| *known));
            self.wrong(format!("there is no function `{name}`{hint}"), Some(name));
            return Type::Any;
        };
        match (name, args) {
            ("size", [arg]) if matches!(arg, Type::Bool | Type::Number | Type::Null) => {
                self.wrong(format!("{arg} has no size"), Some(name));
            }
            ("contains" | "startsWith" | "endsWith" | "matches" | "fold", args) => {
                args.iter().for_each(|arg| self.expect(arg, &Type::Text, name));
            }
            _ => {}
        }
        result.clone()
    }

    fn expect(&mut self, found: &Type, wanted: &Type, by: &str) {
        if !found.agrees(wanted) {
            self.wrong(format!("`{}` takes {wanted}, and gets {found}", shown(by)), None);
        }
    }

    fn comparable(&mut self, one: &Type, other: &Type, by: &str) {
        if !one.agrees(other) {
            let null =
                if [one, other].contains(&&Type::Null) { "; ask `has(…)` whether something is there" } else { "" };
            self.wrong(format!("`{}` has {one} on one side and {other} on the other{null}", shown(by)), None);
        }
    }

    fn wrong(&mut self, message: String, word: Option<&str>) {
        let mistake = Mistake { message, word: word.map(str::to_owned) };
        if !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }
}

fn no_field(record: &Record, field: &str) -> String {
    let hint = did_you_mean(field, record.fields.keys().map(String::as_str));
    let known: Vec<&str> = record.fields.keys().map(String::as_str).collect();
    match hint.is_empty() {
        true => format!("{} has no field `{field}`; it has {}", record.name, known.join(", ")),
        false => format!("{} has no field `{field}`{hint}", record.name),
    }
}

/// An operator as its author writes it.
fn shown(operator: &str) -> String {
    match operator {
        op::CONDITIONAL => "… ? … : …".to_owned(),
        op::INDEX => "[…]".to_owned(),
        other => other.trim_matches(['_', '@']).to_owned(),
    }
}
