//! Finds mistakes in a check's expressions, sentences and reads.

mod conditions;
mod reads;

use cel::common::ast::Expr;
use course::Course;
use course::check::{About, Check, Expectation, INPUT, Let, Proof, REGION, ROW, Read, Statement};
use course::diagnostic::{Diagnostic, Span};
use course::places::{KeyPath, TomlFile};
use course::table::Table;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use super::infer::{self, Names};
use super::rules::{RULES, nearest_rule};
use super::text::{doubled, identifiers};
use crate::cel::budget::Budget;
use crate::cel::types::{self, Type};
use crate::cel::{Texts, Written, names};
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
    let (used, found) = Default::default();
    let region = course.inputs.get(REGION).and_then(|region| region.default.clone());
    let rows: BTreeMap<&str, Type> =
        course.tables.iter().map(|(name, table)| (name.as_str(), row_of(name, table))).collect();
    let mut linter = Linter { check, region, rows, root: &course.root, file, names, texts, budget, used, found };
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
    linter.unused();
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
    names.extend(course.params.iter().map(|(name, param)| (name.clone(), kind(name, param))));
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
    Type::record(&format!("a row of {name}"), fields)
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
    /// The names that its expressions use. If an expression cannot be compiled, everything in it that may be a name.
    used: BTreeSet<String>,
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
        self.used.extend(names::places(expression.tree()).into_iter().map(|(name, _)| name.root));
        names::each(expression.tree(), &mut |node| {
            if let Expr::Call(call) = &node.expr {
                self.used.insert(call.func_name.clone());
            }
        });
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

    /// An expression that must be true or false.
    fn condition(&mut self, part: &KeyPath, source: Option<&str>) {
        self.typed(part, source, &Type::Bool);
    }

    /// The list of what is made must be one of texts: the ids.
    fn ids(&mut self, list: &str) {
        let Some(expression) = self.compiled(list) else { return };
        let part = KeyPath::of(["makes"]);
        let kind = self.infer(&part, 0, &expression);
        if !kind.agrees(&Type::list(Type::Text)) {
            let message = "makes: this must be a list of texts, the ids of what is there".to_owned();
            self.warn("wrong-type", self.file.value(&part), message, "take the id of each, as in list.map(x, x.Id)");
        }
    }

    /// An expression that must have a type.
    fn typed(&mut self, part: &KeyPath, source: Option<&str>, wanted: &Type) {
        let Some(expression) = source.and_then(|source| self.compiled(source)) else { return };
        let kind = self.infer(part, 0, &expression);
        if !kind.agrees(wanted) {
            let message = format!("{part}: this is {kind}, but must be {wanted}");
            let help = if *wanted == Type::Bool { "compare it with a value" } else { "use one of its fields" };
            self.warn("wrong-type", self.file.value(part), message, help);
        }
    }

    /// An expression whose value is stored as text.
    fn stored(&mut self, part: &KeyPath, source: Option<&str>) {
        let Some(expression) = source.and_then(|source| self.compiled(source)) else { return };
        let kind = self.infer(part, 0, &expression);
        if !kind.can_be_shown() {
            let message = format!("{part}: this is {kind}, but must be text or a number");
            self.warn("wrong-type", self.file.value(part), message, "use one of its fields");
        }
    }

    fn sentence(&mut self, part: &KeyPath, text: &str) {
        let Ok(sentence) = Sentence::parse(text, self.texts) else {
            self.used.extend(identifiers(text));
            return;
        };
        for (at, hole) in sentence.placed_holes() {
            self.uses(hole);
            let kind = self.infer(part, at, hole);
            if !kind.can_be_shown() {
                let message = format!("{part}: a sentence cannot show {kind}");
                let span = self.file.within(part, at..at + hole.source().len());
                self.warn("hole", span, message, "use one of its fields, as in {b.name}");
            }
        }
        for (range, name) in doubled(text) {
            if !self.names.contains_key(name) {
                continue;
            }
            let message = format!("{part}: double braces are shown as one brace, and `{name}` is not replaced");
            let span = self.file.within(part, range);
            self.warn("braces", span, message, format!("write {{{name}}}: double braces are only for lessons"));
        }
    }

    /// The type of an expression that begins at `begin` in a text of the check.
    fn infer(&mut self, part: &KeyPath, begin: usize, expression: &Written) -> Type {
        let inferred = self.budget.within(|| infer::infer(expression.tree(), &self.names, self.texts.lets()));
        let (kind, mistakes) = inferred.unwrap_or((Type::Any, Vec::new()));
        for mistake in mistakes {
            let range = expression.range(mistake.node, mistake.word.as_deref());
            let range = range.unwrap_or(0..expression.source().len());
            let range = begin + range.start..begin + range.end;
            let span = self.file_of(part).within(part, range);
            let help = mistake.help.unwrap_or_else(|| {
                let help = match self.check.reads.is_empty() {
                    true => "`verify schema evidence` and the reference chapter list every section and field",
                    false => {
                        "`verify schema evidence` lists every section and field, and `verify schema reads` every answer"
                    }
                };
                help.to_owned()
            });
            self.warn(mistake.rule, span, format!("{part}: {}", mistake.message), help);
        }
        kind
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
        let has_hole =
            |text: &String| Sentence::parse(text, self.texts).is_ok_and(|sentence| sentence.holes().next().is_some());
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
        if RULES.contains(&rule) && self.check.allow.iter().any(|allowed| allowed == rule) {
            return;
        }
        self.found.push((rule, Diagnostic { span, message, help: Some(help.into()) }));
    }
}
