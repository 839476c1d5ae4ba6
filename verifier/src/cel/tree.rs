//! Creates and changes expressions' trees.

use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedEntryExpr, ListExpr, MapEntryExpr, MapExpr, SelectExpr,
    StructExpr, StructFieldExpr,
};
use cel::parser::Expression as Tree;

/// A node with changed children.
pub(super) fn map<E>(tree: &Tree, change: &mut dyn FnMut(&Tree) -> Result<Tree, E>) -> Result<Tree, E> {
    let expr = match &tree.expr {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => tree.expr.clone(),
        Expr::Select(it) => {
            Expr::Select(SelectExpr { operand: Box::new(change(&it.operand)?), field: it.field.clone(), test: it.test })
        }
        Expr::Call(call) => Expr::Call(CallExpr {
            func_name: call.func_name.clone(),
            target: call.target.as_ref().map(|target| change(target).map(Box::new)).transpose()?,
            args: each(&call.args, change)?,
        }),
        Expr::List(list) => Expr::List(ListExpr {
            elements: each(&list.elements, change)?,
            optional_indices: list.optional_indices.clone(),
        }),
        Expr::Map(map) => Expr::Map(MapExpr { entries: entries(&map.entries, change)? }),
        Expr::Struct(it) => {
            Expr::Struct(StructExpr { type_name: it.type_name.clone(), entries: entries(&it.entries, change)? })
        }
        Expr::Comprehension(it) => Expr::Comprehension(Box::new(ComprehensionExpr {
            iter_range: change(&it.iter_range)?,
            iter_var: it.iter_var.clone(),
            iter_var2: it.iter_var2.clone(),
            accu_var: it.accu_var.clone(),
            accu_init: change(&it.accu_init)?,
            loop_cond: change(&it.loop_cond)?,
            loop_step: change(&it.loop_step)?,
            result: change(&it.result)?,
        })),
    };
    Ok(Tree { id: tree.id, expr })
}

fn each<E>(trees: &[Tree], change: &mut dyn FnMut(&Tree) -> Result<Tree, E>) -> Result<Vec<Tree>, E> {
    trees.iter().map(change).collect()
}

fn entries<E>(
    entries: &[IdedEntryExpr],
    change: &mut dyn FnMut(&Tree) -> Result<Tree, E>,
) -> Result<Vec<IdedEntryExpr>, E> {
    let changed = entries.iter().map(|entry| {
        let expr = match &entry.expr {
            EntryExpr::StructField(it) => EntryExpr::StructField(StructFieldExpr {
                field: it.field.clone(),
                value: change(&it.value)?,
                optional: it.optional,
            }),
            EntryExpr::MapEntry(it) => EntryExpr::MapEntry(MapEntryExpr {
                key: change(&it.key)?,
                value: change(&it.value)?,
                optional: it.optional,
            }),
        };
        Ok(IdedEntryExpr { id: entry.id, expr })
    });
    changed.collect()
}

pub(super) fn ident(id: u64, name: &str) -> Tree {
    Tree { id, expr: Expr::Ident(name.to_owned()) }
}

pub(super) fn is_ident(tree: &Tree, name: &str) -> bool {
    matches!(&tree.expr, Expr::Ident(other) if other == name)
}

pub(super) fn calls(id: u64, name: &str, args: Vec<Tree>) -> Tree {
    Tree { id, expr: Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args }) }
}
