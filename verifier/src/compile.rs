//! Compiles a course's checks. All names in them must be defined, and the expressions must fit into memory.

use course::check::{About, Check, Expectation, Let, Proof, Read, Statement};
use course::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use course::places::{KeyPath, TomlFile};
use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::cel::memory::Memory;
use crate::cel::names::{self, Name};
use crate::cel::{self, Expression, Texts, Written, functions, rewrite};
use crate::plan::{
    Compiled, CompiledAbout, CompiledCheck, CompiledExpectation, CompiledLate, CompiledProof, CompiledStatement,
    Definition, NOW, SINCE,
};
use crate::reads::{CompiledRead, EACH, MOST_DEEP, Template};
use crate::sentence::Sentence;
use evidence::Section;
use evidence::client;
use evidence::reads::{self, Missing};

/// A mistake in a check's expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckError {
    /// The check's name.
    pub check: String,
    /// The file that contains the part, relative to the course's folder.
    pub path: PathBuf,
    /// Where in the check. A parameter is in `book.toml`.
    pub part: KeyPath,
    /// Where in that text, unless it is the whole text.
    pub range: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.path.display(), self.part, self.message)
    }
}

/// Compiles all checks of a course.
///
/// # Errors
/// All mistakes in them.
pub fn compile(course: &Arc<Course>) -> Result<Compiled, Vec<CheckError>> {
    whole(compile_all(course))
}

/// Compiles the checks of these steps, and of the steps that they combine. Mistakes in other checks don't matter.
///
/// # Errors
/// All mistakes in them.
pub fn compile_steps(course: &Arc<Course>, steps: &[&Step]) -> Result<Compiled, Vec<CheckError>> {
    let members = steps.iter().flat_map(|step| &step.members).filter_map(|id| course.step(id));
    let names: BTreeSet<&String> = steps.iter().copied().chain(members).map(|step| &step.check).collect();
    whole(compile_named(course, names.into_iter().cloned().collect()))
}

fn whole((compiled, errors): (Compiled, Vec<CheckError>)) -> Result<Compiled, Vec<CheckError>> {
    if errors.is_empty() { Ok(compiled) } else { Err(errors) }
}

/// Compiles all checks of a course that can be compiled, and returns the mistakes in the others.
pub fn compile_all(course: &Arc<Course>) -> (Compiled, Vec<CheckError>) {
    compile_named(course, course.checks.keys().cloned().collect())
}

fn compile_named(course: &Arc<Course>, names: Vec<String>) -> (Compiled, Vec<CheckError>) {
    let (compiled, errors, _) = compile_each(course, names, |_, _| ());
    (compiled, errors)
}

/// Returns the mistakes in a course's checks, and calls `also` with each check and its texts.
pub(crate) fn with_each<T: Send + 'static>(
    course: &Arc<Course>,
    also: impl Fn(&Check, &Texts) -> T + Send + Sync + 'static,
) -> (Vec<CheckError>, Vec<T>) {
    let (_, errors, done) = compile_each(course, course.checks.keys().cloned().collect(), also);
    (errors, done)
}

fn compile_each<T: Send + 'static>(
    course: &Arc<Course>,
    names: Vec<String>,
    also: impl Fn(&Check, &Texts) -> T + Send + Sync + 'static,
) -> (Compiled, Vec<CheckError>, Vec<T>) {
    let memory = Arc::new(Memory::default());
    let of_thread = (Arc::clone(course), Arc::clone(&memory));
    let each = cel::each_on_threads(names.clone(), move |name| {
        let (course, memory) = &of_thread;
        let check = &course.checks[name];
        let texts = if memory.is_left() { texts(check) } else { Texts::new(rewrite::Lets::new()) };
        (Compiler::new(course, check, &texts, memory).compile(), also(check, &texts))
    });
    let (mut checks, mut errors, mut done) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (name, outcome) in names.into_iter().zip(each) {
        let compiled =
            outcome.map_err(|message| vec![of_all(course, name.clone(), message)]).and_then(|(compiled, also)| {
                done.push(also);
                compiled
            });
        match compiled {
            Ok(compiled) => drop(checks.insert(name, Arc::new(compiled))),
            Err(found) => errors.extend(found),
        }
    }
    if let Some((name, message)) = memory.exceeded() {
        (checks, errors) = (BTreeMap::new(), vec![of_all(course, name, message)]);
    }
    (Compiled::of(checks), errors, done)
}

/// A mistake that concerns all expressions of a check together.
fn of_all(course: &Course, check: String, message: String) -> CheckError {
    let part = KeyPath::of(["expressions"]);
    let path = course.checks[&check].file_of(&part);
    CheckError { check, path, part, range: None, message }
}

/// Compiles one check.
struct Compiler<'c> {
    course: &'c Course,
    check: &'c Check,
    texts: &'c Texts,
    memory: &'c Memory,
    /// Whether there is memory left.
    fits: bool,
    errors: Vec<CheckError>,
}

impl<'c> Compiler<'c> {
    fn new(course: &'c Course, check: &'c Check, texts: &'c Texts, memory: &'c Memory) -> Compiler<'c> {
        let fits = memory.take(&check.name, texts.lets().values().map(|meant| names::memory(&meant.tree)).sum());
        Compiler { course, check, texts, memory, fits, errors: Vec::new() }
    }

    fn compile(mut self) -> Result<CompiledCheck, Vec<CheckError>> {
        for (name, meant) in &self.check.lets {
            let called = !meant.params.is_empty() && functions::written(name).is_some();
            let taken = self.taken(name).or(called.then_some("a function"));
            if let Some(taken) = taken {
                let message = format!("`{name}` is already {taken}. Give the let another name");
                self.fail(&KeyPath::of(["let", meant.key.as_str()]), None, message);
            }
        }
        for name in self.check.reads.keys() {
            if let Some(taken) = self.taken(name) {
                let message = format!("`{name}` is already {taken}. Give the read another name");
                self.fail(&KeyPath::of(["read", name.as_str()]), None, message);
            }
        }
        for name in self.course.params.keys().filter(|name| is_taken(name)) {
            let message = format!("the course's parameter `{name}` has the name of a section");
            self.fail(&KeyPath::of(["preprocessor", "verify", "params", name]), None, message);
        }
        let mut definitions = Vec::new();
        for (name, meant) in &self.check.lets {
            let part = KeyPath::of(["let", meant.key.as_str()]);
            if meant.params.is_empty() {
                let expression = self.expression(&part, &meant.text);
                definitions.extend(expression.map(|expression| (name.clone(), Definition::Let(expression))));
            } else {
                self.template(&part, meant);
            }
        }
        for (name, read) in &self.check.reads {
            let read = self.read(name, read);
            definitions.extend(read.map(|read| (name.clone(), Definition::Read(Box::new(read)))));
        }
        let definitions = self.in_order(definitions);
        let expectations = self.check.expectations();
        let expectations = expectations.iter().enumerate().map(|(at, expectation)| self.expectation(at, expectation));
        let expectations: Vec<Option<CompiledExpectation>> = expectations.collect();
        let expectations = expectations.into_iter().flatten().collect();
        if self.errors.is_empty() { Ok(CompiledCheck::new(definitions, expectations)) } else { Err(self.errors) }
    }

    /// What a name is already, if it cannot be given to anything else.
    fn taken(&self, name: &str) -> Option<&'static str> {
        match name {
            name if Section::named(name).is_some() => Some("a section of evidence"),
            name if is_taken(name) => Some("a name that every check has"),
            name if self.course.params.contains_key(name) => Some("a parameter of the course"),
            _ => None,
        }
    }

    /// A read, if its operation is in the table.
    fn read(&mut self, name: &str, read: &Read) -> Option<CompiledRead> {
        let part = |key: &str| KeyPath::of(["read", name, key]);
        let found = reads::find(&read.call).map_err(|unknown| self.fail(&part("call"), None, unknown.to_string())).ok();
        if let Some(account) = read.account.as_ref().filter(|account| !self.course.accounts.contains_key(*account)) {
            let known = self.course.accounts.keys().map(String::as_str);
            let message = format!("the course has no account `{account}`{}", did_you_mean(account, known));
            self.fail(&part("account"), None, message);
        }
        let each = read.each.as_deref().and_then(|source| self.expression(&part("each"), source));
        let bound: Vec<String> = read.each.iter().map(|_| EACH.to_owned()).collect();
        let region = read.region.as_deref().and_then(|text| self.text(&part("region"), text, &bound));
        let with = read
            .with
            .iter()
            .filter_map(|(input, value)| Some((input.clone(), self.filled(&part("with").then(input), value, &bound)?)));
        let with: Vec<(String, Template)> = with.collect();
        let found = found?;
        if let Some(code) = read.none_on.iter().find(|code| !found.operation.none.contains_key(*code)) {
            let known = found.operation.none.keys().map(String::as_str);
            let hint = did_you_mean(code, known.clone());
            let known: Vec<&str> = known.collect();
            let message = match known.as_slice() {
                [] => format!("no error of {} says that there is nothing", read.call),
                known => {
                    format!("`{code}` does not say that there is nothing{hint} {} has {}", read.call, known.join(", "))
                }
            };
            self.fail(&part("none_on"), None, message);
        }
        let of_parent = |code: &&String| found.operation.none.get(*code) == Some(&Missing::NoneOrParent);
        let (account, none_on) = (read.account.clone(), read.none_on.clone());
        let compiled = CompiledRead { found, account, region, each, with, none_on };
        // The code may also mean that what it belongs to is not there, which another read has to show.
        let shows_parent = compiled.expressions().into_iter().flat_map(Expression::names).any(|name| {
            Section::named(&name.root).is_some()
                || self.check.reads.contains_key(&name.root)
                || self.check.lets.contains_key(&name.root)
                || name.root == "accounts"
        });
        if let Some(code) = read.none_on.iter().find(of_parent).filter(|_| !shows_parent) {
            let message = format!(
                "`{code}` of {} may also say that what it belongs to is not there: take its name from another read",
                read.call
            );
            self.fail(&part("none_on"), None, message);
        }
        for refused in client::misnamed(found, &read.with) {
            self.fail(&part("with"), None, refused.to_string());
        }
        Some(compiled)
    }

    /// A value of an input, with holes.
    fn filled(&mut self, part: &KeyPath, value: &serde_json::Value, bound: &[String]) -> Option<Template> {
        use serde_json::Value;
        Some(match value {
            Value::String(text) => Template::Text(self.text(part, text, bound)?),
            Value::Array(values) => {
                let filled = values.iter().enumerate().map(|(at, value)| self.filled(&part.then(at), value, bound));
                Template::List(filled.collect::<Option<Vec<_>>>()?)
            }
            Value::Object(values) => {
                let filled = values
                    .iter()
                    .map(|(name, value)| Some((name.clone(), self.filled(&part.then(name), value, bound)?)));
                Template::Map(filled.collect::<Option<Vec<_>>>()?)
            }
            value => Template::Fixed(value.clone()),
        })
    }

    fn expectation(&mut self, at: usize, expectation: &Expectation) -> Option<CompiledExpectation> {
        let part = |key: &str| KeyPath::expectation(at).then(key);
        let when = expectation.when.as_deref().map(|source| self.expression(&part("when"), source));
        let proof = match &expectation.proof {
            Proof::Evidence { that, met, late, instead } => {
                let that = self.expression(&part("that"), that);
                let met = self.sentences(&part("met"), met);
                let late = late.as_ref().map(|late| CompiledLate {
                    at: late.at.as_deref().and_then(|source| self.expression(&part("at"), source)),
                    about: late.about.as_ref().and_then(|about| self.about(at, about)),
                });
                let instead = instead.as_ref().map(|statement| self.statement(at, statement));
                that.map(|that| CompiledProof::Evidence { that, met, late, instead })
            }
            Proof::Confirmation { statement, backed_by, met } => Some(CompiledProof::Confirmation {
                statement: self.statement(at, statement),
                backed_by: backed_by.as_deref().and_then(|source| self.expression(&part("backed_by"), source)),
                met: self.sentences(&part("met"), met),
            }),
        };
        let fix = self.sentences(&part("fix"), &expectation.fix);
        Some(CompiledExpectation { title: expectation.title.clone(), when: when.flatten(), proof: proof?, fix })
    }

    fn statement(&mut self, at: usize, statement: &Statement) -> CompiledStatement {
        let about = statement.about.as_ref().and_then(|about| self.about(at, about));
        CompiledStatement { statement: statement.clone(), about }
    }

    fn about(&mut self, at: usize, about: &About) -> Option<CompiledAbout> {
        let part = |key: &str| KeyPath::expectation(at).then(key);
        let same = self.expression(&part("same"), &about.same);
        let still = about.still.iter().enumerate().map(|(at, source)| {
            let part = if about.still.len() == 1 { part("still") } else { part("still").then(at) };
            self.compiled(&part, source, &[SINCE.to_owned()])
        });
        let still = still.collect::<Vec<_>>().into_iter().collect::<Option<Vec<Expression>>>();
        Some(CompiledAbout { same: same?, still: still? })
    }

    /// A `let` with parameters. It is compiled where it is called; here, only its names are checked.
    fn template(&mut self, part: &KeyPath, meant: &Let) {
        self.compiled(part, &meant.text, &meant.params);
    }

    fn sentences(&mut self, part: &KeyPath, texts: &[String]) -> Vec<Sentence> {
        texts.iter().enumerate().filter_map(|(at, text)| self.sentence(&part.then(at), text)).collect()
    }

    fn sentence(&mut self, part: &KeyPath, text: &str) -> Option<Sentence> {
        self.text(part, text, &[])
    }

    /// A text with holes that can also use these names.
    fn text(&mut self, part: &KeyPath, text: &str, bound: &[String]) -> Option<Sentence> {
        if !self.fits {
            return None;
        }
        let sentence = Sentence::parse(text, self.texts)
            .map_err(|wrong| self.fail(part, Some(wrong.range), wrong.message))
            .ok()?;
        for (at, hole) in sentence.placed_holes() {
            self.names(part, at, hole, bound);
        }
        let sentence = sentence.compiled();
        let memory = sentence.holes().map(Expression::memory).sum();
        self.take(memory).then_some(sentence)
    }

    fn expression(&mut self, part: &KeyPath, source: &str) -> Option<Expression> {
        self.compiled(part, source, &[])
    }

    /// An expression that can also use these names.
    fn compiled(&mut self, part: &KeyPath, source: &str, bound: &[String]) -> Option<Expression> {
        if !self.fits {
            return None;
        }
        let parsed = self.texts.compiled(source);
        let written = parsed.map_err(|wrong| self.fail(part, Some(wrong.range), wrong.message)).ok()?;
        self.names(part, 0, &written, bound);
        let expression = written.expression();
        self.take(expression.memory()).then_some(expression)
    }

    /// Takes memory from the limit. Returns whether there was enough.
    fn take(&mut self, bytes: usize) -> bool {
        self.fits = self.memory.take(&self.check.name, bytes);
        self.fits
    }

    /// Checks that every free name of an expression is defined, that every call is of a function, and that a misspelled
    /// macro is reported as such. The expression begins at `begin` in its text.
    fn names(&mut self, part: &KeyPath, begin: usize, expression: &Written, bound: &[String]) {
        let place = |node: u64, word: &str| {
            let range = expression.range(node, Some(word))?;
            Some(range.start + begin..range.end + begin)
        };
        for (name, node) in names::misused_calls(expression.tree()) {
            if !self.check.lets.contains_key(&name) {
                let known = self.check.lets.keys().map(String::as_str);
                self.fail(part, place(node, &name), functions::misused(&name, known));
            }
        }
        let mut reported = BTreeSet::new();
        for (name, node) in names::places(expression.tree()) {
            if !bound.contains(&name.root)
                && let Err((word, message)) = self.meaning(&name)
                && reported.insert(message.clone())
            {
                self.fail(part, place(node, &word), message);
            }
        }
        for (name, node) in names::variables(expression.tree()) {
            let is_own = self.check.lets.contains_key(&name) || self.check.reads.contains_key(&name);
            if is_taken(&name) || self.course.params.contains_key(&name) || is_own {
                let message = format!("`{name}` is already defined. Give the variable another name");
                self.fail(part, place(node, &name), message);
            }
        }
    }

    /// The meaning of a name. If it has none: the word that is wrong, and a message.
    fn meaning(&self, name: &Name) -> Result<(), (String, String)> {
        let root = name.root.as_str();
        if let Some(meant) = self.check.lets.get(root).filter(|meant| !meant.params.is_empty()) {
            return Err((root.to_owned(), format!("`{root}` is written {}", meant.key)));
        }
        if root != "accounts" {
            let known = || {
                let sections = Section::ALL.iter().map(|section| section.name());
                let params = self.course.params.keys().map(String::as_str);
                let own = self.check.lets.keys().chain(self.check.reads.keys()).map(String::as_str);
                sections.chain(params).chain(own).chain(["accounts", NOW])
            };
            if known().any(|known| known == root) || functions::TYPES.contains(&root) {
                return Ok(());
            }
            return Err((root.to_owned(), format!("there is no `{root}`{}", did_you_mean(root, known()))));
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
        Ok(())
    }

    /// Reports definitions that use each other in a circle, because they have no value, and reads that are too deep.
    fn in_order(&mut self, definitions: Lets<Definition>) -> Lets<Definition> {
        let (ordered, circle) = in_order(definitions, Definition::roots);
        if let Some((first, _)) = circle.first() {
            let names: Vec<&str> = circle.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("these use each other in a circle: {}", names.join(", "));
            let part = self.place_of(first);
            self.fail(&part, None, message);
            return Lets::new();
        }
        let mut depths: BTreeMap<String, usize> = BTreeMap::new();
        for (name, meant) in &ordered {
            let below = meant.roots().iter().filter_map(|root| depths.get(root).copied()).max().unwrap_or_default();
            let depth = below + usize::from(matches!(meant, Definition::Read(_)));
            depths.insert(name.clone(), depth);
            if depth > MOST_DEEP && matches!(meant, Definition::Read(_)) {
                let message = format!("reads may depend on each other at most {MOST_DEEP} deep");
                let part = self.place_of(name);
                self.fail(&part, None, message);
            }
        }
        ordered
    }

    /// The place of a definition.
    fn place_of(&self, name: &str) -> KeyPath {
        match self.check.lets.get(name) {
            Some(meant) => KeyPath::of(["let", meant.key.as_str()]),
            None => KeyPath::of(["read", name]),
        }
    }

    fn fail(&mut self, part: &KeyPath, range: Option<Range<usize>>, message: String) {
        let path = match part.root() {
            "preprocessor" => "book.toml".into(),
            _ => self.check.file_of(part),
        };
        let (check, part) = (self.check.name.clone(), part.clone());
        self.errors.push(CheckError { check, path, part, range, message });
    }
}

/// A check's texts, which may use its `let`s. A `let` that CEL cannot parse is left out.
pub fn texts(check: &Check) -> Texts {
    let read = |(name, meant): (&String, &Let)| {
        let tree = cel::read(&meant.text).ok()?;
        Some((name.clone(), rewrite::Let { params: meant.params.clone(), tree }))
    };
    Texts::new(check.lets.iter().filter_map(read).collect())
}

/// Whether a name is defined in every course.
fn is_taken(name: &str) -> bool {
    Section::named(name).is_some() || ["accounts", NOW, SINCE, EACH].contains(&name)
}

/// A check's `let`s that are values.
pub(crate) type Lets<E = Expression> = Vec<(String, E)>;

/// The `let`s, each after those that it uses, by the roots of the names in them; and those that use each other in a
/// circle.
pub(crate) fn in_order<E>(mut waiting: Lets<E>, roots: impl Fn(&E) -> Vec<String>) -> (Lets<E>, Lets<E>) {
    let mut ordered = Lets::new();
    let ready = |waiting: &Lets<E>| {
        let waits =
            |expression: &E| roots(expression).iter().any(|root| waiting.iter().any(|(waiting, _)| waiting == root));
        waiting.iter().position(|(_, expression)| !waits(expression))
    };
    while let Some(ready) = ready(&waiting) {
        ordered.push(waiting.remove(ready));
    }
    (ordered, waiting)
}

/// The errors as diagnostics, with their places in the files.
pub fn located(course_root: &std::path::Path, errors: Vec<CheckError>) -> anyhow::Error {
    // A mistake in a shared file is found again for each check that uses it.
    let found: BTreeSet<Diagnostic> = errors.iter().map(|error| diagnostic(course_root, error)).collect();
    match Diagnostics::check(found.into_iter().collect()) {
        Err(diagnostics) => diagnostics.into(),
        Ok(()) => anyhow::anyhow!("the checks do not compile"),
    }
}

/// An error with its place in the file.
pub fn diagnostic(course_root: &std::path::Path, error: &CheckError) -> Diagnostic {
    let file = TomlFile::read(course_root, &error.path);
    let span = match &error.range {
        Some(range) => file.within(&error.part, range.clone()),
        None => file.value(&error.part),
    };
    Diagnostic { span, message: format!("{}: {}", error.part, error.message), help: None }
}
