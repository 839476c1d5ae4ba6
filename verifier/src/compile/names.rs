//! Names: those that an expression uses are defined, and those that a check defines mean nothing else.

use ::cel::common::ast::Expr;
use course::check::{INPUT, ROW};
use course::diagnostic::did_you_mean;
use course::places::KeyPath;
use course::table::Table;
use evidence::Section;
use std::collections::BTreeSet;

use super::Compiler;
use crate::cel::names::{self, Name};
use crate::cel::{self, Written, functions};
use crate::plan::{NOW, SINCE};
use crate::reads::EACH;

impl Compiler<'_> {
    /// Reports names of the check's own that mean something else already.
    pub(super) fn own_names(&mut self) {
        for (name, meant) in &self.check.lets {
            let called = !meant.params.is_empty() && functions::written(name).is_some();
            let taken = self.taken(name).or(called.then_some("a function"));
            if let Some(taken) = taken {
                let message = format!("`{name}` is already {taken}. Give the let another name");
                self.fail_key(&KeyPath::of(["let", meant.key.as_str()]), message);
            }
        }
        for name in self.check.reads.keys() {
            // A function is called, so that a value may have its name.
            let is_type = functions::TYPES.contains(&name.as_str());
            if let Some(taken) = self.taken(name).or(is_type.then_some("a type of CEL's own")) {
                let message = format!("`{name}` is already {taken}. Give the read another name");
                self.fail_key(&KeyPath::of(["read", name.as_str()]), message);
            }
        }
        for (name, taken) in self.course.params.keys().filter_map(|name| Some((name, given(name)?))) {
            let message = format!("`{name}` is already {taken}. Give the parameter another name");
            self.fail_key(&KeyPath::of(["preprocessor", "verify", "params", name]), message);
        }
        for (name, taken) in self.course.tables.keys().filter_map(|name| Some((name, given(name)?))) {
            let message = format!("the table `{name}` of a lesson is called like {taken}. Give it another name");
            self.fail_key(&KeyPath::of(["title"]), message);
        }
        for name in self.course.inputs.keys() {
            let param = self.course.params.contains_key(name).then_some("a parameter of the course");
            if let Some(taken) = param.or_else(|| self.table(name)) {
                let message = format!("`{name}` is already {taken}. Give the input another name");
                self.fail_key(&KeyPath::of(["preprocessor", "verify", "inputs", name]), message);
            }
        }
    }

    /// What a name is already, if it cannot be given to anything else.
    pub(super) fn taken(&self, name: &str) -> Option<&'static str> {
        let param = || self.course.params.contains_key(name).then_some("a parameter of the course");
        given(name)
            .or_else(param)
            .or_else(|| self.table(name))
            .or_else(|| self.input(name))
            .or_else(|| is_word(name).then_some("a word of CEL's own"))
    }

    fn table(&self, name: &str) -> Option<&'static str> {
        self.course.tables.contains_key(name).then_some("a table of a lesson")
    }

    fn input(&self, name: &str) -> Option<&'static str> {
        self.course.inputs.contains_key(name).then_some("an input of the course")
    }

    /// Checks that every free name of an expression is defined, that every call is of a function, and that a misspelled
    /// macro is reported as such. The expression begins at `begin` in its text.
    pub(super) fn names(&mut self, part: &KeyPath, begin: usize, expression: &Written, bound: &[String]) {
        let place = |node: u64, word: &str| {
            let range = expression.range(node, Some(word))?;
            Some(range.start + begin..range.end + begin)
        };
        for (call, node) in names::misused_calls(expression.tree()) {
            let name = call.func_name.as_str();
            if !self.check.lets.contains_key(name) {
                let known = self.check.lets.keys().map(String::as_str);
                self.undefined(part, place(node, name), name, functions::misused(call, known));
            }
        }
        let mut reported = BTreeSet::new();
        let compared = names::compared(expression.tree());
        for (name, node) in names::places(expression.tree()).into_iter().filter(|(name, _)| !bound.contains(&name.root))
        {
            let wrong = match self.meaning(&name, part) {
                Ok(Meaning::Type) if !compared.contains(&node) => {
                    let root = name.root;
                    let own = if ["list", "map"].contains(&root.as_str()) { root.as_str() } else { "value" };
                    let message = format!("`{root}` is the name of a type: write the name of your {own}");
                    Some((root, message))
                }
                Ok(_) => None,
                Err(wrong) => Some(wrong),
            };
            // A row that is missing is missing everywhere.
            let known =
                |word: &str, message: &str| word == ROW && self.errors.iter().any(|error| error.message == message);
            let new = wrong.filter(|(word, message)| !known(word, message) && reported.insert(message.clone()));
            if let Some((word, message)) = new {
                self.undefined(part, place(node, &word), &word, message);
            }
        }
        for (name, node) in names::variables(expression.tree()) {
            let is_own = self.check.lets.contains_key(&name) || self.check.reads.contains_key(&name);
            let is_table = self.course.tables.contains_key(&name);
            if given(&name).is_some() || self.course.params.contains_key(&name) || is_table || is_own {
                let message = format!("`{name}` is already defined. Give the variable another name");
                self.fail(part, place(node, &name), message);
            }
        }
    }

    /// What was meant by a name that is not defined.
    fn instead<'n>(&self, name: &Name, known: impl Iterator<Item = &'n str>) -> String {
        let root = name.root.as_str();
        match root.to_ascii_lowercase().as_str() {
            known @ ("true" | "false") => format!(": write {known}"),
            "none" | "nil" | "undefined" => {
                ": has(record.field) tests what may be absent, and what is always there needs no test".into()
            }
            "params" | "param" | "parameters" if self.has_param(name.fields.first()) => {
                format!(": write {}", name.fields[0])
            }
            "inputs" => ": write input".into(),
            _ if self.course.inputs.contains_key(root) => format!(": write input.{root}"),
            _ if self.course.accounts.contains_key(root) => format!(": write accounts.{root}"),
            _ => did_you_mean(root, known),
        }
    }

    fn has_param(&self, name: Option<&String>) -> bool {
        name.is_some_and(|name| self.course.params.contains_key(name))
    }

    /// The meaning of a name in a part of the check. If it has none: the word that is wrong, and a message.
    fn meaning(&self, name: &Name, part: &KeyPath) -> Result<Meaning, (String, String)> {
        let root = name.root.as_str();
        if let Some(meant) = self.check.lets.get(root).filter(|meant| !meant.params.is_empty()) {
            return Err((root.to_owned(), format!("`{root}` is written {}", meant.key)));
        }
        if root == EACH {
            let message = match part.root() {
                "practice" => {
                    "`each` has a value only in an entry that has an `each`: the list for whose elements it is done"
                }
                _ => "`each` has a value only in the region and the inputs of a read that has `each`",
            };
            return Err((root.to_owned(), message.to_owned()));
        }
        if root == ROW {
            return if self.row { Ok(Meaning::Value) } else { Err((root.to_owned(), self.no_row(name, part))) };
        }
        if root == INPUT {
            let known = || self.course.inputs.keys().map(String::as_str);
            return match name.fields.first() {
                Some(input) if self.course.inputs.contains_key(input) => Ok(Meaning::Value),
                Some(input) => {
                    let hint = did_you_mean(input, known());
                    Err((input.clone(), format!("the course has no input `{input}`{hint}")))
                }
                None => Err((root.to_owned(), "`input` is always written out as input.NAME".to_owned())),
            };
        }
        if root != "accounts" {
            let known = || {
                let tables = self.course.tables.keys().map(String::as_str);
                let sections = Section::ALL.iter().map(|section| section.name());
                let params = self.course.params.keys().map(String::as_str);
                let own = self.check.lets.keys().chain(self.check.reads.keys()).map(String::as_str);
                sections.chain(params).chain(tables).chain(own).chain(["accounts", NOW])
            };
            if known().any(|known| known == root) {
                return Ok(Meaning::Value);
            }
            if functions::TYPES.contains(&root) {
                return Ok(Meaning::Type);
            }
            return Err((root.to_owned(), format!("there is no `{root}`{}", self.instead(name, known()))));
        }
        let [account, section, ..] = name.fields.as_slice() else {
            return Err((root.to_owned(), "`accounts` is always written out as accounts.NAME.SECTION".to_owned()));
        };
        if !self.course.accounts.contains_key(account) {
            let known = self.course.accounts.keys().map(String::as_str);
            let message = format!("the course has no account `{account}`{}", did_you_mean(account, known));
            return Err((account.clone(), message));
        }
        if Section::named(section).is_none() {
            let known = Section::ALL.iter().map(|section| section.name());
            return Err((section.clone(), format!("there is no section `{section}`{}", did_you_mean(section, known))));
        }
        Ok(Meaning::Value)
    }

    /// Why `row` has no value in a part of the check.
    fn no_row(&self, name: &Name, part: &KeyPath) -> String {
        let in_expectation = part.root() == "expect" && part.last() != "console";
        let has_column = |table: &Table| name.fields.first().is_none_or(|column| table.columns.contains(column));
        match self.course.tables.iter().find(|(_, table)| in_expectation && has_column(table)) {
            Some((table, _)) => {
                format!("`row` is a row of a table, and this expectation has none: add rows = \"{table}\"")
            }
            None => {
                "`row` has a value only in an expectation with `rows`, and not in `console`, [let] or [read]".to_owned()
            }
        }
    }
}

/// What a name can stand for.
enum Meaning {
    Value,
    Type,
}

/// What a name is in every course.
fn given(name: &str) -> Option<&'static str> {
    match name {
        name if Section::named(name).is_some() => Some("a section of evidence"),
        "accounts" | NOW | SINCE | EACH | INPUT | ROW => Some("a name that every check has"),
        _ => None,
    }
}

/// Whether CEL reserves a word, which no expression can use as a name.
fn is_word(name: &str) -> bool {
    !cel::read(name).is_ok_and(|tree| matches!(tree.expr, Expr::Ident(_)))
}
