//! Infers the type of an expression and finds type errors. Unknown types are accepted.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression;
use std::collections::BTreeMap;

use super::advice::{self, is_always_there, listed, operator};
use super::trial;
use crate::cel::budget::spend;
use crate::cel::rewrite::{Let, Lets};
use crate::cel::spelled::spelled;
use crate::cel::types::{self, Doubt, Record, Type};
use crate::cel::{functions, policies};

/// A type error in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The name of its rule.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// The node of the expression that is wrong.
    pub node: u64,
    /// The name in question, at or after the node: a field or a function.
    pub word: Option<String>,
    /// The `let` with parameters whose expression has the node.
    pub within: Option<String>,
    /// What to do.
    pub help: Option<String>,
}

/// The names that an expression can use, with their types.
pub type Names = BTreeMap<String, Type>;

/// The type of an expression that may call these `let`s, and its mistakes.
pub(crate) fn infer(expression: &Expression, names: &Names, lets: &Lets) -> (Type, Vec<Mistake>) {
    let mut inference = Inference::new(names, lets);
    let kind = inference.of(expression);
    (kind, inference.mistakes)
}

/// The variables of an expression's loops with their types. With `let`s expanded, each has a unique name.
pub fn variables(expression: &Expression, names: &Names, lets: &Lets) -> Names {
    let mut inference = Inference::new(names, lets);
    inference.of(expression);
    inference.variables
}

struct Inference<'l> {
    /// The names that all of it can use.
    given: &'l Names,
    /// The variables and parameters in scope.
    names: Names,
    lets: &'l Lets,
    /// The `let`s that are being called.
    open: Vec<String>,
    variables: Names,
    mistakes: Vec<Mistake>,
}

impl<'l> Inference<'l> {
    fn new(given: &'l Names, lets: &'l Lets) -> Inference<'l> {
        Inference { given, names: Names::new(), lets, open: Vec::new(), variables: Names::new(), mistakes: Vec::new() }
    }

    fn of(&mut self, expression: &Expression) -> Type {
        spend(1);
        let node = expression.id;
        match &expression.expr {
            Expr::Ident(name) => {
                let name = name.trim_start_matches('.');
                self.names.get(name).or_else(|| self.given.get(name)).cloned().unwrap_or(Type::Any)
            }
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Type::Bool,
                LiteralValue::Int(_) => Type::Int,
                LiteralValue::UInt(_) => Type::Uint,
                LiteralValue::Double(_) => Type::Double,
                LiteralValue::String(_) => Type::Text,
                LiteralValue::Null => Type::Null,
                LiteralValue::Bytes(_) => Type::Any,
            },
            Expr::Select(select) => {
                let operand = self.of(&select.operand);
                let field = self.field(node, &select.operand, &operand, &select.field, select.test);
                if select.test { Type::Bool } else { field }
            }
            Expr::List(list) => {
                let elements = list.elements.iter().map(|element| self.of(element)).reduce(Type::or);
                Type::list(elements.unwrap_or(Type::Any))
            }
            Expr::Comprehension(comprehension) => self.comprehension(node, comprehension),
            Expr::Call(call) => self.call(node, call),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => Type::Any,
        }
    }

    /// A field. `test`: whether it is only asked for, as in `has(…)`.
    fn field(&mut self, node: u64, of: &Expression, operand: &Type, field: &str, test: bool) -> Type {
        match operand {
            Type::Record(record) => match record.fields.get(field) {
                Some(known) => {
                    if test && is_always_there(record, field) {
                        let whole = spelled(of).map_or(field.to_owned(), |of| format!("{of}.{field}"));
                        let message = format!("`{whole}` is always there, so has({whole}) is always true");
                        let help = advice::instead_of_has(&whole, known);
                        self.mistake("always-there", node, Some(field), message, Some(help));
                    }
                    record.doubts.get(field).into_iter().for_each(|doubt| self.doubt(node, field, doubt, test));
                    known.clone()
                }
                // `compile` reports these.
                None if ["input", "accounts"].contains(&record.name.split('.').next().unwrap_or_default()) => Type::Any,
                None => {
                    let (message, help) = advice::no_field(record, field);
                    self.mistake("unknown-field", node, Some(field), message, help);
                    Type::Any
                }
            },
            Type::Map(map) => {
                let doubt = map.asked.as_ref().and_then(|asked| asked.doubt(field));
                doubt.iter().for_each(|doubt| self.doubt(node, field, doubt, test));
                map.of.clone()
            }
            Type::Any => Type::Any,
            other => {
                let help = advice::instead_of_field(of, other, field);
                let message = format!("{other} has no fields, so it has no `{field}`");
                self.mistake("wrong-type", node, Some(field), message, help);
                Type::Any
            }
        }
    }

    /// `exists`, `all`, `filter`, `map` and the like, which the parser has expanded.
    fn comprehension(&mut self, node: u64, comprehension: &ComprehensionExpr) -> Type {
        let element = match self.of(&comprehension.iter_range) {
            Type::List(element) => *element,
            Type::Map(_) => Type::Text,
            Type::Any => Type::Any,
            other => {
                self.wrong("wrong-type", node, None, format!("{other} is not a list"));
                Type::Any
            }
        };
        let begin = self.of(&comprehension.accu_init);
        let before = self.names.clone();
        self.variables.insert(comprehension.iter_var.clone(), element.clone());
        self.names.insert(comprehension.iter_var.clone(), element);
        self.names.extend(comprehension.iter_var2.iter().map(|name| (name.clone(), Type::Any)));
        self.names.insert(comprehension.accu_var.clone(), begin);
        let step = self.of(&comprehension.loop_step);
        self.names.insert(comprehension.accu_var.clone(), step);
        let result = self.of(&comprehension.result);
        self.names = before;
        result
    }

    fn call(&mut self, node: u64, call: &CallExpr) -> Type {
        let name = call.func_name.as_str();
        let target = call.target.as_ref().map(|target| self.of(target));
        let mut args: Vec<Type> = target.into_iter().collect();
        args.extend(call.args.iter().map(|arg| self.of(arg)).collect::<Vec<_>>());
        if let Some(called) = self.lets.get(name).filter(|called| !called.params.is_empty() && call.target.is_none()) {
            return self.called(name, called, &args);
        }
        match (name, args.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR | op::LOGICAL_NOT | op::NOT_STRICTLY_FALSE, all) => {
                let are_conditions =
                    all.iter().filter(|arg| self.expect(node, arg, &Type::Bool, name)).count() == all.len();
                // What is compared with it is not wrong, too.
                if are_conditions { Type::Bool } else { Type::Any }
            }
            (op::CONDITIONAL, [condition, yes, no]) => {
                self.expect(node, condition, &Type::Bool, name);
                yes.clone().or(no.clone())
            }
            (op::EQUALS | op::NOT_EQUALS, [one, other]) => {
                self.comparable(node, one, other, call);
                self.folded_key(call);
                self.unlisted(node, call);
                Type::Bool
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [one, other]) => {
                if self.comparable(node, one, other, call) {
                    self.tried(node, call, &args);
                }
                if let (Type::Text, Type::Text, Some(help)) = (one, other, advice::numbers_as_texts(call)) {
                    let message =
                        format!("`{}` compares two texts letter by letter, and not their numbers", operator(name));
                    self.mistake("wrong-type", node, None, message, Some(help));
                }
                Type::Bool
            }
            (op::IN, [one, Type::List(of)]) => {
                self.comparable(node, one, of, call);
                self.folded_key(call);
                self.unlisted(node, call);
                Type::Bool
            }
            (op::IN, [field @ (Type::Text | Type::Any), record @ (Type::Record(_) | Type::Map(_))]) => {
                self.named(record, field, &call.args, true);
                Type::Bool
            }
            (op::INDEX, [record @ Type::Record(_), field @ (Type::Text | Type::Any)]) => {
                self.named(record, field, &call.args, false)
            }
            (op::INDEX, [Type::Map(map), field @ (Type::Text | Type::Any)]) => {
                self.named(&args[0], field, &call.args, false);
                map.of.clone()
            }
            (op::INDEX, [Type::List(of), _]) => {
                self.tried(node, call, &args);
                (**of).clone()
            }
            ("flatten", [Type::List(of)]) => match &**of {
                Type::List(_) => (**of).clone(),
                Type::Any => Type::list(Type::Any),
                _ => args[0].clone(),
            },
            (op::ADD, [Type::Time, Type::Duration] | [Type::Duration, Type::Time]) => self.tried(node, call, &args),
            (op::ADD, [one, other]) => {
                if !self.comparable(node, one, other, call) {
                    return Type::Any;
                }
                let sum = self.tried(node, call, &args);
                if matches!(one, Type::List(_)) { one.clone().or(other.clone()) } else { sum }
            }
            (op::OPT_INDEX | op::OPT_SELECT, _) => Type::Any,
            ("allows" | "denies" | "allows_others", [Type::Record(statement), ..]) if is_of_any_service(statement) => {
                self.wrong("wrong-type", node, Some(name), format!("`{name}`: {}", policies::NOT_OF_A_BUCKET));
                Type::Bool
            }
            // A document can be of any type, and a policy is always of its own.
            ("json", _) => {
                self.tried(node, call, &args);
                Type::Any
            }
            ("policy", _) => {
                self.tried(node, call, &args);
                types::policy().clone()
            }
            _ => self.tried(node, call, &args),
        }
    }

    /// A call of a `let` with arguments of these types.
    fn called(&mut self, name: &str, called: &Let, args: &[Type]) -> Type {
        if self.open.iter().any(|open| open == name) || called.params.len() != args.len() {
            return Type::Any;
        }
        let before = self.names.clone();
        self.names.extend(called.params.iter().cloned().zip(args.iter().cloned()));
        self.open.push(name.to_owned());
        let found = self.mistakes.len();
        let kind = self.of(&called.tree);
        for mistake in &mut self.mistakes[found..] {
            mistake.within.get_or_insert_with(|| name.to_owned());
        }
        self.open.pop();
        self.names = before;
        kind
    }

    /// The type of a call, by trial.
    fn tried(&mut self, node: u64, call: &CallExpr, args: &[Type]) -> Type {
        let name = call.func_name.as_str();
        if let Some(wrong) = trial::literal(call) {
            self.wrong("wrong-type", node, Some(name), wrong);
        }
        if let Some(result) = trial::call(name, call.target.is_some(), args) {
            return result;
        }
        let (word, message) = match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            // `compile` reports macros, and functions that do not exist.
            true if functions::meant_for_a_macro(call).is_some() || !functions::is_function(name) => return Type::Any,
            true => (Some(name), advice::refused_function(call, args)),
            false => (None, format!("`{}` cannot take {}", operator(name), listed(args))),
        };
        let help = if word.is_none() { advice::for_operands(call, args) } else { None };
        self.mistake("wrong-type", node, word, message, help);
        Type::Any
    }

    /// The field of a record that is named by a literal: `'field' in record`, or `record['field']`.
    fn named(&mut self, record: &Type, by: &Type, args: &[Expression], test: bool) -> Type {
        let [one, other] = args else { return Type::Any };
        let (literal, of) = if test { (one, other) } else { (other, one) };
        match &literal.expr {
            Expr::Literal(LiteralValue::String(field)) if *by == Type::Text => {
                self.field(literal.id, of, record, field.inner(), test)
            }
            _ => Type::Any,
        }
    }

    fn expect(&mut self, node: u64, found: &Type, wanted: &Type, by: &str) -> bool {
        let agrees = found.agrees(wanted);
        if !agrees {
            let message = format!("`{}` takes {wanted}, but gets {found}", operator(by));
            let help = match by {
                op::LOGICAL_NOT => "put what it negates between brackets, as in !(a == b)".to_owned(),
                _ => advice::condition(found, None),
            };
            self.mistake("wrong-type", node, None, message, Some(help));
        }
        agrees
    }

    fn comparable(&mut self, node: u64, one: &Type, other: &Type, call: &CallExpr) -> bool {
        let agree = one.agrees(other);
        if !agree {
            let by = operator(&call.func_name);
            let message = format!("`{by}` has {one} on one side and {other} on the other");
            let help = match [one, other].iter().position(|side| **side == Type::Null) {
                Some(null) => self.instead_of_null(call, 1 - null),
                None => advice::for_comparison(call, [one, other]),
            };
            self.mistake("wrong-type", node, None, message, help);
        }
        agree
    }

    /// What to write instead of a comparison of the value at this side with `null`.
    fn instead_of_null(&mut self, call: &CallExpr, side: usize) -> Option<String> {
        let value = call.args.get(side)?;
        let always = match &value.expr {
            Expr::Select(select) => match self.of(&select.operand) {
                Type::Record(record) => is_always_there(&record, &select.field),
                _ => false,
            },
            _ => true,
        };
        let kind = self.of(value);
        Some(advice::instead_of_null(value, call.func_name == op::EQUALS, always, &kind))
    }

    /// A comparison of a member of an answer with a value that AWS does not give it.
    fn unlisted(&mut self, node: u64, call: &CallExpr) {
        let [one, other] = call.args.as_slice() else { return };
        for (member, texts) in [(one, other), (other, one)] {
            let Expr::Select(select) = &member.expr else { continue };
            let Type::Record(record) = self.of(&select.operand) else { continue };
            for text in advice::literals(texts) {
                if let Some((message, help)) = advice::unlisted(&record, &select.field, text) {
                    self.mistake("unlisted-value", node, None, message, Some(help));
                }
            }
        }
    }

    /// A comparison of the key of a policy's condition, which is in lower case, with a text that is not.
    fn folded_key(&mut self, call: &CallExpr) {
        let is_key = |this: &mut Self, side: &Expression| match &side.expr {
            Expr::Select(select) if select.field == "key" => {
                matches!(this.of(&select.operand), Type::Record(record) if record.name == "PolicyCondition")
            }
            _ => false,
        };
        let [one, other] = call.args.as_slice() else { return };
        for (key, texts) in [(one, other), (other, one)] {
            let literals = advice::literals(texts).into_iter().map(|text| (text, text.to_ascii_lowercase()));
            let written: Vec<(&str, String)> = literals.filter(|(text, folded)| text != folded).collect();
            if !written.is_empty() && is_key(self, key) {
                for (text, folded) in written {
                    let message = format!("the keys of conditions are in lower case: write '{folded}' for '{text}'");
                    self.wrong("wrong-type", key.id, None, message);
                }
            }
        }
    }

    fn doubt(&mut self, node: u64, word: &str, doubt: &Doubt, test: bool) {
        if test || !doubt.of_tests {
            self.mistake(doubt.rule, node, Some(word), doubt.message.clone(), Some(doubt.help.clone()));
        }
    }

    fn wrong(&mut self, rule: &'static str, node: u64, word: Option<&str>, message: String) {
        self.mistake(rule, node, word, message, None);
    }

    fn mistake(&mut self, rule: &'static str, node: u64, word: Option<&str>, message: String, help: Option<String>) {
        let mistake = Mistake { rule, message, node, word: word.map(str::to_owned), within: None, help };
        if !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }
}

/// Whether it is a statement that `policy(text)` returns.
fn is_of_any_service(record: &Record) -> bool {
    record.name == "PolicyStatement"
}
