//! How much an expression may come to, worked out before it is evaluated: a deadline can abandon a thread, and neither
//! stop it nor take its memory back.

use cel::common::ast::{EntryExpr, Expr, IdedEntryExpr, LiteralValue, operators as op};
use cel::parser::Expression as Tree;
use std::collections::BTreeMap;

/// The most steps that an expression may take: those of three loops over evidence, one in another. Ours take some
/// thousands.
const MOST_WORK: f64 = 5e6;
/// The largest value that it may come to, in elements of lists and kilobytes of text.
const MOST_SIZE: f64 = 1e6;
/// How long lists of evidence are taken to be. Longer ones are AWS's own, and are what they are.
const EVIDENCE: f64 = 64.0;

/// What an expression may come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// The length of its value, if that is a list.
    len: f64,
    /// The size of its value.
    size: f64,
    /// The steps that it takes.
    work: f64,
}

/// What comes to one small value, whatever it is given.
const SCALAR: &[&str] = &[
    op::LOGICAL_AND,
    op::LOGICAL_OR,
    op::LOGICAL_NOT,
    op::NOT_STRICTLY_FALSE,
    op::LESS,
    op::LESS_EQUALS,
    op::GREATER,
    op::GREATER_EQUALS,
    "size",
    "allows",
    "allows_others",
    "denies",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "int",
    "double",
    "bool",
];

const ONE: Cost = Cost { len: 1.0, size: 1.0, work: 1.0 };

/// What an expression may come to, with the costs of the names that it uses; evidence where a name has none.
///
/// # Errors
/// That it is too much.
pub fn of(tree: &Tree, names: &BTreeMap<String, Cost>) -> Result<Cost, String> {
    let cost = Estimate { names: names.clone() }.of(tree);
    if cost.work > MOST_WORK || cost.size > MOST_SIZE {
        return Err("it goes through lists too long or too deeply nested to be evaluated".to_owned());
    }
    Ok(cost)
}

struct Estimate {
    names: BTreeMap<String, Cost>,
}

impl Estimate {
    fn of(&mut self, tree: &Tree) -> Cost {
        match &tree.expr {
            Expr::Unspecified => ONE,
            Expr::Literal(LiteralValue::String(text)) => Cost { size: 1.0 + text.inner().len() as f64 / 1024.0, ..ONE },
            Expr::Literal(_) => ONE,
            Expr::Ident(name) => {
                let known = self.names.get(name.trim_start_matches('.'));
                let evidence = Cost { len: EVIDENCE, size: EVIDENCE, work: 1.0 };
                Cost { work: 1.0, ..known.copied().unwrap_or(evidence) }
            }
            Expr::Select(select) => {
                // A field is as large as all of its record at most.
                let operand = self.of(&select.operand);
                let large = operand.size.max(operand.len).max(EVIDENCE);
                Cost { len: large, size: large, work: operand.work + 1.0 }
            }
            Expr::List(list) => self.all(&list.elements, list.elements.len() as f64),
            Expr::Map(map) => self.entries(&map.entries),
            Expr::Struct(message) => self.entries(&message.entries),
            Expr::Call(call) => {
                let target = call.target.as_ref().map(|target| self.of(target));
                let args: Vec<Cost> =
                    target.into_iter().chain(call.args.iter().map(|arg| self.of(arg)).collect::<Vec<_>>()).collect();
                let work = args.iter().map(|arg| arg.work).sum::<f64>() + 1.0;
                let sum = |part: fn(&Cost) -> f64| args.iter().map(part).sum::<f64>();
                let most = |part: fn(&Cost) -> f64| args.iter().map(part).fold(0.0, f64::max);
                let least = |part: fn(&Cost) -> f64| args.iter().map(part).fold(f64::INFINITY, f64::min);
                match call.func_name.as_str() {
                    // The whole of both is copied.
                    op::ADD => Cost { len: sum(|it| it.len), size: sum(|it| it.size), work: work + sum(|it| it.size) },
                    // What differs in length is told apart at once, so the smaller one bounds what is compared.
                    op::EQUALS | op::NOT_EQUALS => Cost { work: work + least(|it| it.size), ..ONE },
                    op::IN => Cost { work: work + most(|it| it.size), ..ONE },
                    name if SCALAR.contains(&name) => Cost { work, ..ONE },
                    // A list's element may be as long as all of it is large.
                    op::INDEX => {
                        Cost { len: most(|it| it.size).max(EVIDENCE), size: most(|it| it.size).max(EVIDENCE), work }
                    }
                    _ => Cost { len: most(|it| it.len), size: most(|it| it.size), work },
                }
            }
            Expr::Comprehension(each) => {
                let range = self.of(&each.iter_range);
                let before = self.names.clone();
                // An element of a list is as large as all of it at most, and as long.
                let element = Cost {
                    len: (range.size / range.len.max(1.0)).max(EVIDENCE),
                    size: (range.size / range.len.max(1.0)).max(1.0),
                    work: 1.0,
                };
                self.names.insert(each.iter_var.clone(), element);
                self.names.extend(each.iter_var2.iter().map(|name| (name.clone(), element)));
                let begin = self.of(&each.accu_init);
                let nothing = Cost { len: 0.0, size: 0.0, work: 1.0 };
                let begin = if matches!(each.accu_init.expr, Expr::List(_)) { nothing } else { begin };
                self.names.insert(each.accu_var.clone(), begin);
                let step = self.of(&each.loop_step);
                let condition = self.of(&each.loop_cond);
                self.names = before;
                let gathers = matches!(each.accu_init.expr, Expr::List(_));
                let (len, size) = if gathers { (range.len, range.len * step.size) } else { (1.0, 1.0) };
                // A list that grows is copied each time.
                let copies = if gathers { range.len * size / 2.0 } else { 0.0 };
                Cost { len, size, work: range.work + range.len * (step.work + condition.work) + copies }
            }
        }
    }

    fn entries(&mut self, entries: &[IdedEntryExpr]) -> Cost {
        let trees = entries.iter().flat_map(|entry| match &entry.expr {
            EntryExpr::StructField(field) => vec![field.value.clone()],
            EntryExpr::MapEntry(entry) => vec![entry.key.clone(), entry.value.clone()],
        });
        let trees: Vec<Tree> = trees.collect();
        self.all(&trees, trees.len() as f64)
    }

    fn all(&mut self, trees: &[Tree], len: f64) -> Cost {
        let costs: Vec<Cost> = trees.iter().map(|tree| self.of(tree)).collect();
        let sum = |part: fn(&Cost) -> f64| costs.iter().map(part).sum::<f64>();
        Cost { len, size: sum(|it| it.size) + 1.0, work: sum(|it| it.work) + 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cel::{Expression, on_a_thread};

    /// Whether the last of some `let`s may be evaluated.
    fn allowed(lets: &[(&str, &str)]) -> bool {
        let lets: Vec<(String, String)> = lets.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
        let allowed = on_a_thread(move || {
            let mut names = BTreeMap::new();
            lets.into_iter().all(|(name, text)| {
                let expression = Expression::compile(&text).unwrap();
                of(expression.tree(), &names).map(|cost| names.insert(name, cost)).is_ok()
            })
        });
        allowed.unwrap()
    }

    #[test]
    fn what_a_check_asks_is_allowed() {
        assert!(allowed(&[("a", "budgets.filter(b, b.alerts.exists(a, a.emails.exists(e, e.contains('@'))))")]));
        assert!(allowed(&[("a", "budgets.map(b, b.name + ' ' + b.unit)"), ("b", "a.all(x, a.exists(y, y == x))")]));
        assert!(allowed(&[("a", "accounts.general.root.devices.map(d, d.serial).size() > 0")]));
    }

    #[test]
    fn what_multiplies_is_not() {
        let nines = format!("[{}]", ["9"; 900].join(","));
        let ten = ["a"; 10].join(" + ");
        let lists = [("a", nines.as_str()), ("b", ten.as_str())];
        let with = |last: &'static str| [lists.as_slice(), &[("c", last)]].concat();
        assert!(allowed(&[("a", nines.as_str()), ("c", "a.exists(x, x == 9)")]));
        for last in [
            "b.map(x, b.map(y, b)).size() > 0",
            "b.all(x, b.all(y, b.all(z, x + y + z > 0)))",
            "b.all(x, b.all(y, x == y))",
            "b.map(x, b)",
            "{'k': b.all(x, b.all(y, b.all(z, x == z)))}.k",
            "{'k': b.map(x, b.map(y, [x]))}.k.size() > 0",
            "[{'k': b}][0].k.all(x, b.all(y, x == y))",
        ] {
            assert!(!allowed(&with(last)), "{last}");
        }
    }
}
