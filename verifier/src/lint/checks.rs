//! Finds mistakes in a check's expressions, sentences, reads and practice action.

mod actions;
mod conditions;
mod expressions;
mod reads;

use cel::common::ast::Expr;
use course::Course;
use course::check::{About, Check, Expectation, INPUT, Let, Proof, REGION, ROW, Read, Statement};
use course::diagnostic::{Diagnostic, Span, nearest};
use course::places::{KeyPath, TomlFile};
use course::table::Table;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use super::advice::ROW_OF;
use super::infer::Names;
use super::rules::{RULES, nearest_rule};
use super::text::identifiers;
use crate::cel::budget::Budget;
use crate::cel::types::{self, Type};
use crate::cel::{Texts, Written, functions, names};
use crate::compile::{self, Lets};
use crate::plan::{NOW, SINCE};
use crate::sentence::Sentence;

/// All findings of one check, each with the name of its rule. Skips what cannot be compiled, which `compile` reports,
/// and uses of parameters whose values could not be read (`unread`). Call it [`crate::cel::on_a_thread`].
pub fn check(
    course: &Course,
    check: &Check,
    texts: &Texts,
    unread: &BTreeSet<String>,
) -> Vec<(&'static str, Diagnostic)> {
    let path = Path::new("checks").join(format!("{}.toml", check.name));
    let file = TomlFile::read(&course.root, path);
    let names = names(course, unread);
    let parts = 1 + check.lets.len() + check.reads.len() + check.expectations().len();
    let budget = Budget::of(OF_A_PART * parts as u64);
    let (used, reported, found) = Default::default();
    let constants = course.params.keys().chain(course.tables.keys()).map(String::as_str).collect();
    let region = course.inputs.get(REGION).and_then(|region| region.default.clone());
    let rows: BTreeMap<&str, Type> =
        course.tables.iter().map(|(name, table)| (name.as_str(), row_of(name, table))).collect();
    let mut linter = Linter {
        check,
        region,
        rows,
        root: &course.root,
        file,
        names,
        texts,
        budget,
        constants,
        used,
        reported,
        found,
    };
    let lets = linter.definitions();
    let values = lets.iter().map(|(name, written)| (name.as_str(), written.expanded())).collect();
    if let Some(made) = &check.makes {
        linter.ids(&made.list);
    }
    for (at, expectation) in check.expectations().iter().enumerate() {
        linter.expectation(at, expectation);
        linter.fix(at, &expectation.fix);
        expectation.statement().iter().for_each(|statement| linter.statement(at, statement));
    }
    linter.action();
    linter.unused();
    linter.constant(&values);
    linter.apart(&values);
    linter.unasked(&values);
    linter.copied(&values);
    linter.allowed();
    linter.looked_through();
    linter.found
}

/// The budget for linting a check: this many nodes of expressions for the check, and for each expectation and `let`.
/// The checks of this course use a twentieth of it at most.
const OF_A_PART: u64 = 10_000;

/// The names that every check can use: sections, parameters, and `accounts`.
fn names(course: &Course, unread: &BTreeSet<String>) -> Names {
    let mut names: Names = types::sections().clone();
    let kind = |name: &String, param| if unread.contains(name) { Type::Any } else { Type::of_param(param) };
    for (name, param) in &course.params {
        names.entry(name.clone()).or_insert_with(|| kind(name, param));
    }
    let account = |name: &String| (name.clone(), Type::record(&format!("accounts.{name}"), types::sections().clone()));
    names.extend(course.tables.iter().map(|(name, table)| (name.clone(), Type::list(row_of(name, table)))));
    let inputs = course.inputs.keys().map(|name| (name.clone(), Type::Text)).collect();
    names.insert(INPUT.into(), Type::record("input", inputs));
    names.insert(NOW.into(), Type::Time);
    names.insert("accounts".into(), Type::record("accounts", course.accounts.keys().map(account).collect()));
    names
}

/// The type of a row of a table: its cells are texts.
fn row_of(name: &str, table: &Table) -> Type {
    let fields = table.columns.iter().map(|column| (column.clone(), Type::Text)).collect();
    Type::record(&format!("{ROW_OF}{name}"), fields)
}

/// What a check defines for its expressions.
enum Defined<'l> {
    Let(Rc<Written>),
    Read(&'l Read),
}

struct Linter<'l> {
    check: &'l Check,
    /// The region of reads that do not say one.
    region: Option<String>,
    /// The types of the rows of tables.
    rows: BTreeMap<&'l str, Type>,
    root: &'l Path,
    file: TomlFile,
    names: Names,
    texts: &'l Texts,
    budget: Budget,
    /// The names that the course gives to values: parameters and tables.
    constants: BTreeSet<&'l str>,
    /// The names that its expressions use. If an expression cannot be compiled, everything in it that may be a name.
    used: BTreeSet<String>,
    /// The mistakes that were reported: the part, the node, and the message.
    reported: BTreeSet<(String, u64, String)>,
    found: Vec<(&'static str, Diagnostic)>,
}

impl Linter<'_> {
    /// The `let`s that can be compiled, each after those that it uses. Those in a cycle are left out. Reads are looked at
    /// where their turn comes.
    fn definitions(&mut self) -> Lets<Rc<Written>> {
        let (values, templates): (Vec<_>, Vec<_>) =
            self.check.lets.iter().partition(|(_, meant)| meant.params.is_empty());
        let compiled = values.into_iter().map(|(name, meant)| (name.clone(), self.compiled(&meant.text)));
        let compiled: Vec<(String, Option<Rc<Written>>)> = compiled.collect();
        let compiled = compiled.into_iter().filter_map(|(name, it)| Some((name, Defined::Let(it?))));
        let reads = self.check.reads.iter().map(|(name, read)| (name.clone(), Defined::Read(read)));
        let (defined, circle) = compile::in_order(compiled.chain(reads).collect(), |defined| match defined {
            Defined::Let(written) => written.names().iter().map(|name| name.root.clone()).collect(),
            Defined::Read(read) => self.roots_of(read),
        });
        let mut lets = Lets::new();
        for (name, defined) in defined {
            match defined {
                Defined::Let(expression) => {
                    let kind = self.infer(&self.part_of(&name), 0, &expression);
                    self.names.insert(name.clone(), kind);
                    lets.push((name, expression));
                }
                Defined::Read(read) => self.read(&name, read),
            }
        }
        for (name, defined) in circle {
            if let Defined::Read(read) = defined {
                self.read(&name, read);
            }
        }
        for (_, meant) in templates {
            self.template(meant);
        }
        lets
    }

    /// A `let`'s key in the check's file.
    fn part_of(&self, name: &str) -> KeyPath {
        KeyPath::of(["let", self.check.lets.get(name).map_or(name, |meant| meant.key.as_str())])
    }

    /// A `let` with parameters. The types of its parameters are not known here.
    fn template(&mut self, meant: &Let) {
        let Some(expression) = self.compiled(&meant.text) else { return };
        let before = self.names.clone();
        self.names.extend(meant.params.iter().map(|param| (param.clone(), Type::Any)));
        self.infer(&KeyPath::of(["let", meant.key.as_str()]), 0, &expression);
        self.names = before;
    }

    fn compiled(&mut self, source: &str) -> Option<Rc<Written>> {
        let compiled = self.texts.compiled(source).ok();
        match &compiled {
            Some(expression) => self.uses(expression),
            None => self.used.extend(identifiers(source)),
        }
        compiled
    }

    /// Records the names that an expression uses in its source.
    fn uses(&mut self, expression: &Written) {
        let mut used: Vec<String> = names::places(expression.tree()).into_iter().map(|(name, _)| name.root).collect();
        names::each(expression.tree(), &mut |node| {
            if let Expr::Call(call) = &node.expr {
                used.push(call.func_name.clone());
            }
        });
        for name in used {
            // A name that is misspelt means another one.
            let own = || self.check.lets.keys().chain(self.check.reads.keys()).map(String::as_str);
            let is_known = self.names.contains_key(&name) || functions::is_function(&name);
            let meant = if is_known { None } else { nearest(&name, own()).map(str::to_owned) };
            self.used.extend(meant);
            self.used.insert(name);
        }
    }

    fn unused(&mut self) {
        let own = self.check.lets.iter().filter(|(_, meant)| meant.shared.is_none());
        let unused = own.map(|(name, _)| name).filter(|name| !self.used.contains(*name));
        for name in unused.cloned().collect::<Vec<_>>() {
            let span = self.file.key(&self.part_of(&name));
            self.warn("unused-let", span, format!("nothing uses `{name}`"), "remove it from [let]");
        }
        let own = self.check.reads.iter().filter(|(_, read)| read.shared.is_none());
        let unused = own.map(|(name, _)| name).filter(|name| !self.used.contains(*name));
        for name in unused.cloned().collect::<Vec<_>>() {
            let span = self.file.key(&KeyPath::of(["read", name.as_str()]));
            self.warn("unused-read", span, format!("nothing uses the read `{name}`"), "remove it, with its inputs");
        }
    }

    fn expectation(&mut self, at: usize, expectation: &Expectation) {
        let part = |key: &str| KeyPath::expectation(at).then(key);
        expectation.console.iter().for_each(|link| self.sentence(&part("console"), link));
        let before = self.names.clone();
        if let Some(row) = expectation.rows.as_deref().and_then(|table| self.rows.get(table)) {
            self.names.insert(ROW.to_owned(), row.clone());
        }
        self.condition(&part("when"), expectation.when.as_deref());
        let met = match &expectation.proof {
            Proof::Evidence { that, met, late, pending, .. } => {
                self.condition(&part("that"), Some(that));
                self.condition(&part("pending"), pending.as_deref());
                self.typed(&part("at"), late.as_ref().and_then(|late| late.at.as_deref()), &Type::Time);
                if let Some(about) = late.as_ref().and_then(|late| late.about.as_ref()) {
                    self.about(&part, about);
                }
                met
            }
            Proof::Confirmation { backed_by, met, .. } => {
                self.condition(&part("backed_by"), backed_by.as_deref());
                met
            }
        };
        if let Some(about) = expectation.statement().and_then(|statement| statement.about.as_ref()) {
            self.about(&part, about);
        }
        for (key, texts) in [("met", met), ("fix", &expectation.fix)] {
            for (at, text) in texts.iter().enumerate() {
                self.sentence(&part(key).then(at), text);
            }
        }
        self.names = before;
    }

    /// The keys `same`, a text or a number, and `still`, a list of them.
    fn about(&mut self, part: &dyn Fn(&str) -> KeyPath, about: &About) {
        self.stored(&part("same"), Some(&about.same));
        let before = self.names.clone();
        self.names.insert(SINCE.to_owned(), Type::Time);
        for (at, still) in about.still.iter().enumerate() {
            self.typed(&part("still").then(at), Some(still), &Type::list(Type::Any));
        }
        self.names = before;
    }

    /// The file that contains a key: the check's, or a shared one.
    fn file_of(&self, part: &KeyPath) -> Cow<'_, TomlFile> {
        let path = self.check.file_of(part);
        match path.parent().is_some_and(|folder| folder.ends_with("shared")) {
            true => Cow::Owned(TomlFile::read(self.root, &path)),
            false => Cow::Borrowed(&self.file),
        }
    }

    /// In a statement, only `{account}` is replaced.
    fn statement(&mut self, at: usize, statement: &Statement) {
        let filled = statement.about_account("");
        if let Some(begin) = filled.find('{') {
            let hole = filled[begin..].split_inclusive('}').next().unwrap_or_default();
            let message = format!("[[expect]] {}: {hole} is not replaced in a statement", at + 1);
            let part = KeyPath::expectation(at).then("confirm");
            let span = match statement.text.find(hole) {
                Some(begin) => self.file.within(&part, begin..begin + hole.len()),
                None => self.file.value(&part),
            };
            let help = "only `{account}` is replaced, with the course's name for the account";
            self.warn("statement", span, message, help);
        }
    }

    /// A fix needs a sentence that is always shown.
    fn fix(&mut self, at: usize, fix: &[String]) {
        // A parameter always has a value.
        let may_fail = |hole: &Rc<Written>| !self.constants.contains(hole.source().trim());
        let has_hole =
            |text: &String| Sentence::parse(text, self.texts).is_ok_and(|sentence| sentence.holes().any(may_fail));
        if !fix.is_empty() && fix.iter().all(has_hole) {
            let message = format!("[[expect]] {}: every sentence of `fix` contains an expression", at + 1);
            let help = "a sentence whose expression has no value is not shown: add a sentence without an expression";
            let span = self.file.value(&KeyPath::expectation(at).then("fix").then(0));
            self.warn("fix", span, message, help);
        }
    }

    /// Warns if the budget ran out, so that no warnings does not mean no mistakes.
    fn looked_through(&mut self) {
        if self.budget.left() == 0 {
            let message = "the expressions are too long for lint to check all of them".to_owned();
            let help = "use [let] for repeated conditions, or split the check";
            self.warn("too-long", self.file.value(&KeyPath::of(["expressions"])), message, help);
        }
    }

    /// `allow` must name existing rules.
    fn allowed(&mut self) {
        for (at, rule) in self.check.allow.iter().enumerate().filter(|(_, rule)| !RULES.contains(&rule.as_str())) {
            let span = self.file.value(&KeyPath::of(["allow"]).then(at));
            let message = format!("`{rule}` is not a rule that a check can allow");
            self.warn("allow", span, message, nearest_rule(rule));
        }
    }

    /// A finding, unless the check allows it. What it uses of a shared file is its own as well.
    fn warn(&mut self, rule: &'static str, span: Span, message: String, help: impl Into<String>) {
        self.found_at(rule, span, message, Some(help.into()));
    }

    /// The same, if there may be nothing to advise.
    fn found_at(&mut self, rule: &'static str, span: Span, message: String, help: Option<String>) {
        if RULES.contains(&rule) && self.check.allow.iter().any(|allowed| allowed == rule) {
            return;
        }
        self.found.push((rule, Diagnostic { span, message, help }));
    }
}
