//! Rewrites an expression's tree between parsing and evaluating it.
//!
//! 1. `let`s with parameters are written out where they are called, and every variable of `exists` and the like gets a
//!    name that authors cannot write, so that a call cannot capture a variable.
//! 2. The question whether a filtered list has an element becomes `exists`, so that an unread element does not hide the
//!    elements that were read.
//! 3. Loops look at each element through `guard::EACH`, which refuses the unread part of a list. Everything that takes
//!    longer for a larger value counts its cost, see `guard`.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression as Tree;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::tree::{calls, ident, is_ident, map};

/// The largest tree of an expression with its `let`s written out, in nodes.
const LARGEST: usize = 5_000;
/// The deepest such tree. Functions that walk a tree call themselves for each level.
const DEEPEST: usize = 200;

/// A parsed `let`.
#[derive(Debug, Clone)]
pub struct Let {
    /// The names of its parameters; empty if it is a value.
    pub params: Vec<String>,
    /// Its tree, before rewriting.
    pub tree: Tree,
}

/// The `let`s that an expression can use, by name.
pub type Lets = BTreeMap<String, Let>;

/// An expression with its `let`s written out.
///
/// # Errors
/// A `let` that calls itself, a call with the wrong number of arguments, and a tree that is too large or too deep.
pub fn expand(tree: &Tree, lets: &Lets) -> Result<Tree, String> {
    let mut expansion = Expansion { lets, open: Vec::new(), next: 0, left: LARGEST, levels: DEEPEST };
    expansion.of(tree, &Variables::new())
}

/// The list, the variable and the condition of an expanded `filter`, whether it is guarded or not.
pub fn filter(tree: &Tree) -> Option<(&Tree, &str, &Tree)> {
    let Expr::Comprehension(each) = &tree.expr else { return None };
    let Expr::Call(step) = &each.loop_step.expr else { return None };
    let [condition, grown, _] = step.args.as_slice() else { return None };
    let Expr::List(begin) = &each.accu_init.expr else { return None };
    let Expr::Call(grown) = &grown.expr else { return None };
    let Expr::List(added) = &grown.args.last()?.expr else { return None };
    let itself = matches!(added.elements.as_slice(), [one] if is_ident(super::guard::uncounted(one), &each.iter_var));
    let filters = step.func_name == op::CONDITIONAL && begin.elements.is_empty() && itself;
    filters.then_some((&each.iter_range, each.iter_var.as_str(), condition))
}

/// Replacements for variables: their new names, or the arguments of the `let` that is written out.
type Variables = BTreeMap<String, Rc<Tree>>;

struct Expansion<'l> {
    lets: &'l Lets,
    /// The `let`s that are being written out.
    open: Vec<String>,
    /// The number for the next variable.
    next: u64,
    /// How many more nodes are allowed.
    left: usize,
    /// How many more levels are allowed.
    levels: usize,
}

impl Expansion<'_> {
    fn of(&mut self, tree: &Tree, variables: &Variables) -> Result<Tree, String> {
        self.left = self.left.checked_sub(1).ok_or_else(too_large)?;
        self.levels = self.levels.checked_sub(1).ok_or_else(too_deep)?;
        let written_out = self.node(tree, variables);
        self.levels += 1;
        written_out
    }

    fn node(&mut self, tree: &Tree, variables: &Variables) -> Result<Tree, String> {
        match &tree.expr {
            Expr::Ident(name) => match variables.get(name) {
                Some(meant) => {
                    let (nodes, levels) = size(meant);
                    self.left = self.left.checked_sub(nodes).ok_or_else(too_large)?;
                    if levels > self.levels {
                        return Err(too_deep());
                    }
                    Ok(Tree::clone(meant))
                }
                None => Ok(tree.clone()),
            },
            Expr::Call(call) => {
                if let Some(looked_for) = self.some_of_filtered(tree.id, call, variables)? {
                    return Ok(looked_for);
                }
                match self.lets.get(&call.func_name).filter(|_| call.target.is_none()) {
                    Some(called) => self.call(call, called, variables),
                    None => map(tree, &mut |child| self.of(child, variables)),
                }
            }
            Expr::Comprehension(each) => self.each(tree.id, each, variables),
            _ => map(tree, &mut |child| self.of(child, variables)),
        }
    }

    fn call(&mut self, call: &CallExpr, called: &Let, variables: &Variables) -> Result<Tree, String> {
        let name = &call.func_name;
        if called.params.is_empty() {
            return Err(format!("`{name}` has no parameters: write it without brackets"));
        }
        if called.params.len() != call.args.len() {
            return Err(format!("`{name}` is written {name}({})", called.params.join(", ")));
        }
        if self.open.contains(name) {
            return Err(format!("`{name}` uses itself"));
        }
        let args = call.args.iter().map(|arg| self.of(arg, variables).map(Rc::new));
        let args = args.collect::<Result<Vec<Rc<Tree>>, String>>()?;
        let meant: Variables = called.params.iter().cloned().zip(args).collect();
        self.open.push(name.clone());
        let written_out = self.of(&called.tree, &meant);
        self.open.pop();
        written_out
    }

    fn each(&mut self, id: u64, each: &ComprehensionExpr, variables: &Variables) -> Result<Tree, String> {
        let (iter_range, accu_init) = (self.of(&each.iter_range, variables)?, self.of(&each.accu_init, variables)?);
        let mut within = variables.clone();
        // The accumulator's name is the parser's own. An inner loop's accumulator hides the outer one, as in the
        // parser.
        within.remove(&each.accu_var);
        let mut rename = |name: &str| {
            self.next += 1;
            let new = format!("{name}#{}", self.next);
            within.insert(name.to_owned(), Rc::new(ident(id, &new)));
            new
        };
        let iter_var = rename(&each.iter_var);
        let iter_var2 = each.iter_var2.as_deref().map(&mut rename);
        let renamed = ComprehensionExpr {
            iter_range,
            iter_var,
            iter_var2,
            accu_var: each.accu_var.clone(),
            accu_init,
            loop_cond: self.of(&each.loop_cond, &within)?,
            loop_step: self.of(&each.loop_step, &within)?,
            result: self.of(&each.result, &within)?,
        };
        Ok(Tree { id, expr: Expr::Comprehension(Box::new(renamed)) })
    }

    /// Rewrites `list.filter(x, …).size() > 0` and the like to `exists`.
    fn some_of_filtered(&mut self, id: u64, call: &CallExpr, variables: &Variables) -> Result<Option<Tree>, String> {
        let [one, other] = call.args.as_slice() else { return Ok(None) };
        let (counted, there) = match (call.func_name.as_str(), sized(one), number(one), sized(other), number(other)) {
            (op::GREATER, Some(list), _, _, Some(0))
            | (op::GREATER_EQUALS, Some(list), _, _, Some(1))
            | (op::NOT_EQUALS, Some(list), _, _, Some(0))
            | (op::LESS, _, Some(0), Some(list), _)
            | (op::LESS_EQUALS, _, Some(1), Some(list), _)
            | (op::NOT_EQUALS, _, Some(0), Some(list), _) => (list, true),
            (op::EQUALS, Some(list), _, _, Some(0))
            | (op::EQUALS, _, Some(0), Some(list), _)
            | (op::LESS, Some(list), _, _, Some(1))
            | (op::LESS_EQUALS, Some(list), _, _, Some(0))
            | (op::GREATER, _, Some(1), Some(list), _)
            | (op::GREATER_EQUALS, _, Some(0), Some(list), _) => (list, false),
            _ => return Ok(None),
        };
        let Some(filtered) = self.filtered(counted, variables)? else { return Ok(None) };
        let Some((list, variable, condition)) = filter(&filtered) else { return Ok(None) };
        let found = exists(id, list.clone(), variable, condition.clone());
        Ok(Some(if there { found } else { calls(id, op::LOGICAL_NOT, vec![found]) }))
    }

    /// A filtered list, written out; `None` for another list.
    fn filtered(&mut self, tree: &Tree, variables: &Variables) -> Result<Option<Tree>, String> {
        if let Expr::Ident(name) = &tree.expr
            && !variables.contains_key(name)
            && let Some(meant) = self.lets.get(name).filter(|meant| meant.params.is_empty())
        {
            if self.open.contains(name) {
                return Ok(None);
            }
            self.open.push(name.clone());
            let written_out = self.filtered(&meant.tree, &Variables::new());
            self.open.pop();
            return written_out;
        }
        if filter(tree).is_none() {
            return Ok(None);
        }
        let filtered = self.of(tree, variables)?;
        // The filtered list may itself be filtered.
        let Some((list, variable, condition)) = filter(&filtered) else { return Ok(None) };
        let Some(before) = self.filtered(list, &Variables::new())? else { return Ok(Some(filtered)) };
        let Some((whole, of_before, also)) = filter(&before) else { return Ok(Some(filtered)) };
        let renamed = Variables::from([(of_before.to_owned(), Rc::new(ident(list.id, variable)))]);
        let also = self.of(also, &renamed)?;
        let both = calls(condition.id, op::LOGICAL_AND, vec![also, condition.clone()]);
        Ok(Some(with_condition(&filtered, whole.clone(), both)))
    }
}

/// A filter of another list, with another condition.
fn with_condition(filtered: &Tree, list: Tree, condition: Tree) -> Tree {
    let mut changed = filtered.clone();
    if let Expr::Comprehension(each) = &mut changed.expr
        && let Expr::Call(step) = &mut each.loop_step.expr
    {
        each.iter_range = list;
        step.args[0] = condition;
    }
    changed
}

/// `list.exists(variable, condition)`, as CEL's parser expands it.
fn exists(id: u64, list: Tree, variable: &str, condition: Tree) -> Tree {
    let accu = || ident(id, "@result");
    let going_on = calls(id, op::NOT_STRICTLY_FALSE, vec![calls(id, op::LOGICAL_NOT, vec![accu()])]);
    Tree {
        id,
        expr: Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range: list,
            iter_var: variable.to_owned(),
            iter_var2: None,
            accu_var: "@result".to_owned(),
            accu_init: Tree { id, expr: Expr::Literal(LiteralValue::Boolean(false.into())) },
            loop_cond: going_on,
            loop_step: calls(id, op::LOGICAL_OR, vec![accu(), condition]),
            result: accu(),
        })),
    }
}

/// The list whose size this expression is.
fn sized(tree: &Tree) -> Option<&Tree> {
    match &tree.expr {
        Expr::Call(CallExpr { func_name, target, args }) if func_name == "size" => match (target, args.as_slice()) {
            (Some(list), []) => Some(list),
            (None, [list]) => Some(list),
            _ => None,
        },
        _ => None,
    }
}

fn number(tree: &Tree) -> Option<i64> {
    match &tree.expr {
        Expr::Literal(LiteralValue::Int(number)) => Some(*number.inner()),
        _ => None,
    }
}

/// The numbers of nodes and of levels of a tree.
fn size(tree: &Tree) -> (usize, usize) {
    let (mut nodes, mut levels) = (1, 0);
    super::names::children(tree, &mut |child| {
        let (below, deep) = size(child);
        nodes += below;
        levels = levels.max(deep);
    });
    (nodes, levels + 1)
}

fn too_large() -> String {
    format!("with its lets written out, it has more than {LARGEST} parts")
}

fn too_deep() -> String {
    format!("with its lets written out, it nests more than {DEEPEST} parts in one another")
}
