//! The names in an expression, from its tree.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedEntryExpr, LiteralValue, operators as op};
use cel::parser::Expression;
use std::collections::BTreeSet;

use super::functions;

/// A free name with the fields that are selected from it: `accounts.NAME.root.mfa`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// The free name.
    pub root: String,
    /// The fields selected from it, as far as the expression names them.
    pub fields: Vec<String>,
}

/// The free names of an expression, each once; variables of `exists` and the like are not free.
pub fn used(expression: &Expression) -> Vec<Name> {
    let mut names: Vec<Name> = places(expression).into_iter().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    names
}

/// The free names of an expression in order, each with its first node.
pub fn places(expression: &Expression) -> Vec<(Name, u64)> {
    let mut names = Vec::new();
    walk(expression, &mut Vec::new(), &mut names);
    names
}

/// The variables of `exists` and the like, each with the node of its loop.
pub fn variables(expression: &Expression) -> Vec<(String, u64)> {
    let mut variables = Vec::new();
    each(expression, &mut |node| {
        if let Expr::Comprehension(it) = &node.expr {
            variables.extend(
                [Some(&it.iter_var), it.iter_var2.as_ref()].into_iter().flatten().map(|name| (name.clone(), node.id)),
            );
        }
    });
    variables
}

/// The strings in an expression.
pub fn literals(expression: &Expression) -> Vec<String> {
    let mut literals = Vec::new();
    each(expression, &mut |node| {
        if let Expr::Literal(LiteralValue::String(text)) = &node.expr {
            literals.push(text.inner().to_owned());
        }
    });
    literals
}

/// The names of the fields that are selected in an expression.
pub(crate) fn fields(expression: &Expression) -> Vec<String> {
    let mut fields = Vec::new();
    each(expression, &mut |node| {
        if let Expr::Select(select) = &node.expr {
            fields.push(select.field.clone());
        }
    });
    fields.sort();
    fields.dedup();
    fields
}

/// The calls of unknown functions in an expression, including misspelled macros, with their nodes.
pub(crate) fn misused_calls(expression: &Expression) -> Vec<(&CallExpr, u64)> {
    let mut found = Vec::new();
    each(expression, &mut |node| {
        if let Expr::Call(call) = &node.expr
            && call.func_name.starts_with(|c: char| c.is_ascii_alphabetic())
            && (functions::meant_for_a_macro(call).is_some() || !functions::is_function(&call.func_name))
        {
            found.push((call, node.id));
        }
    });
    found
}

/// The nodes that are compared or listed. Only they can be the name of a type.
pub(crate) fn compared(expression: &Expression) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    each(expression, &mut |node| match &node.expr {
        Expr::Call(call) if [op::EQUALS, op::NOT_EQUALS].contains(&call.func_name.as_str()) => {
            found.extend(call.args.iter().map(|arg| arg.id));
        }
        Expr::List(list) => found.extend(list.elements.iter().map(|element| element.id)),
        _ => {}
    });
    found
}

/// Visits every node of a tree.
pub fn each<'e>(expression: &'e Expression, visit: &mut dyn FnMut(&'e Expression)) {
    visit(expression);
    children(expression, &mut |child| each(child, visit));
}

/// How deeply `exists`, `map` and the like are nested.
pub(crate) fn comprehension_depth(expression: &Expression) -> usize {
    let own = usize::from(matches!(expression.expr, Expr::Comprehension(_)));
    let mut deepest = 0;
    children(expression, &mut |child| deepest = deepest.max(comprehension_depth(child)));
    own + deepest
}

/// How deeply brackets are nested outside string literals, never less than in the parser. The parser continues after a
/// broken literal, so only a literal that is closed on its line and has no escapes is skipped.
pub(crate) fn bracket_depth(source: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        match c {
            '"' | '\'' => {
                if let Some(after) = plain_literal(rest, c) {
                    rest = after;
                    continue;
                }
            }
            '(' | '[' | '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
    }
    deepest
}

/// How many words, signs and literals an expression has, never fewer than in the parser, which takes time for each.
pub fn tokens(source: &str) -> usize {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut tokens, mut rest) = (0, source);
    while let Some(c) = rest.chars().next() {
        let doubled = ["&&", "||", "==", "!=", "<=", ">="].iter().find_map(|sign| rest.strip_prefix(sign));
        let word = &rest[..rest.len() - rest.trim_start_matches(is_word).len()];
        let after = match c {
            '"' | '\'' => plain_literal(rest, c),
            c if is_word(c) => Some(&rest[word.len()..]),
            _ => doubled,
        };
        tokens += match c {
            c if c.is_whitespace() => 0,
            // Numbers with type suffixes may follow each other without a separator, as in `1u1u`.
            '0'..='9' if word.contains(|c: char| !c.is_ascii_digit()) => word.len(),
            _ => 1,
        };
        rest = after.unwrap_or(&rest[c.len_utf8()..]);
    }
    tokens
}

/// The rest of `source` after the literal without escapes that it begins with.
fn plain_literal(source: &str, quote: char) -> Option<&str> {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    if source.starts_with(&triple) {
        // Rare enough that its brackets may be counted.
        return None;
    }
    let content = &source[1..];
    let end = content.find([quote, '\\', '\n', '\r'])?;
    content[end..].starts_with(quote).then(|| &content[end + 1..])
}

fn walk(expression: &Expression, bound: &mut Vec<String>, names: &mut Vec<(Name, u64)>) {
    if let Some((name, node)) = chain(expression) {
        if !bound.contains(&name.root) {
            names.push((name, node));
        }
        return;
    }
    if let Expr::Call(call) = &expression.expr
        && let Some(variable) = functions::meant_for_a_macro(call)
    {
        // Report the macro, not its variable as an undefined name.
        call.target.iter().for_each(|target| walk(target, bound, names));
        bound.push(variable.to_owned());
        call.args.iter().for_each(|arg| walk(arg, bound, names));
        bound.pop();
        return;
    }
    if let Expr::Comprehension(comprehension) = &expression.expr {
        walk(&comprehension.iter_range, bound, names);
        walk(&comprehension.accu_init, bound, names);
        let before = bound.len();
        bound.push(comprehension.iter_var.clone());
        bound.extend(comprehension.iter_var2.clone());
        bound.push(comprehension.accu_var.clone());
        walk(&comprehension.loop_cond, bound, names);
        walk(&comprehension.loop_step, bound, names);
        walk(&comprehension.result, bound, names);
        bound.truncate(before);
        return;
    }
    children(expression, &mut |child| walk(child, bound, names));
}

/// The name and its selected fields, if the expression consists only of these, and the node of the name.
fn chain(expression: &Expression) -> Option<(Name, u64)> {
    match &expression.expr {
        Expr::Ident(root) => {
            Some((Name { root: root.trim_start_matches('.').to_owned(), fields: Vec::new() }, expression.id))
        }
        Expr::Select(select) => {
            let (mut name, node) = chain(&select.operand)?;
            name.fields.push(select.field.clone());
            Some((name, node))
        }
        _ => None,
    }
}

/// How much memory a tree takes, in bytes.
pub fn memory(expression: &Expression) -> usize {
    let mut bytes = 0;
    each(expression, &mut |node| {
        bytes += size_of::<Expression>()
            + match &node.expr {
                Expr::Unspecified => 0,
                Expr::Ident(name) => BLOCK + name.len(),
                Expr::Literal(LiteralValue::String(text)) => BLOCK + text.inner().len(),
                Expr::Literal(LiteralValue::Bytes(bytes)) => BLOCK + bytes.inner().len(),
                Expr::Literal(_) => 0,
                Expr::Select(select) => 2 * BLOCK + select.field.len(),
                Expr::Call(call) => 3 * BLOCK + call.func_name.len(),
                Expr::List(_) => BLOCK,
                Expr::Map(map) => BLOCK + map.entries.len() * size_of::<IdedEntryExpr>(),
                Expr::Struct(record) => BLOCK + record.entries.len() * size_of::<IdedEntryExpr>(),
                Expr::Comprehension(it) => {
                    size_of::<ComprehensionExpr>() + 3 * BLOCK + it.iter_var.len() + it.accu_var.len()
                }
            };
    });
    bytes
}

/// The overhead of the allocator for a block of memory.
pub const BLOCK: usize = 16;

/// Visits the parts of a node.
pub(crate) fn children<'e>(expression: &'e Expression, visit: &mut dyn FnMut(&'e Expression)) {
    let entries = match &expression.expr {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => return,
        Expr::Select(select) => return visit(&select.operand),
        Expr::Call(call) => {
            call.target.iter().for_each(|target| visit(target));
            return call.args.iter().for_each(visit);
        }
        Expr::List(list) => return list.elements.iter().for_each(visit),
        Expr::Comprehension(comprehension) => {
            let parts = [
                &comprehension.iter_range,
                &comprehension.accu_init,
                &comprehension.loop_cond,
                &comprehension.loop_step,
                &comprehension.result,
            ];
            return parts.into_iter().for_each(visit);
        }
        Expr::Map(map) => &map.entries,
        Expr::Struct(message) => &message.entries,
    };
    for entry in entries {
        match &entry.expr {
            EntryExpr::StructField(field) => visit(&field.value),
            EntryExpr::MapEntry(entry) => {
                visit(&entry.key);
                visit(&entry.value);
            }
        }
    }
}
