//! Compiles a course's checks. All names in them must be defined, and the expressions must fit into memory.

mod actions;
mod error;
mod names;
mod reads;

pub use error::{CheckError, diagnostic, located};
pub(crate) use reads::{filled, instead_of_region, is_region, not_offered, regions};

use course::check::{About, Check, Expectation, Let, Proof, Statement};
use course::diagnostic::did_you_mean;
use course::places::KeyPath;
use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::cel::memory::Memory;
use crate::cel::{self, Expression, Malformed, Texts, rewrite};
use crate::plan::{
    Compiled, CompiledAbout, CompiledCheck, CompiledExpectation, CompiledLate, CompiledProof, CompiledStatement,
    Definition, SINCE,
};
use crate::reads::MOST_DEEP;
use crate::sentence::Sentence;

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
    whole(compile_named(course, needed(course, steps).into_iter().cloned().collect()))
}

/// Compiles the checks of these steps, and all others that can be compiled: what was done in the practice accounts depends
/// on the actions of all. Mistakes in others don't matter.
///
/// # Errors
/// All mistakes in the checks of the steps.
pub fn compile_for_practice(course: &Arc<Course>, steps: &[&Step]) -> Result<Compiled, Vec<CheckError>> {
    let own = needed(course, steps);
    let (compiled, mut errors) = compile_all(course);
    errors.retain(|error| own.contains(&error.check));
    whole((compiled, errors))
}

/// The checks that judging steps needs.
fn needed<'c>(course: &'c Course, steps: &[&'c Step]) -> BTreeSet<&'c String> {
    // What a step makes may be there again, after another step has removed it.
    let removers = steps.iter().filter_map(|step| course.remover(step));
    let own: Vec<&Step> = steps.iter().copied().chain(removers).collect();
    let behind = own.iter().flat_map(|step| course.behind(step));
    own.iter().copied().chain(behind).map(|step| &step.check).collect()
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
    CheckError { check, path, part, of_key: false, range: None, message, help: None, undefined: None }
}

/// Compiles one check.
struct Compiler<'c> {
    course: &'c Course,
    check: &'c Check,
    texts: &'c Texts,
    memory: &'c Memory,
    /// Whether there is memory left.
    fits: bool,
    /// Whether the row of a table can be used.
    row: bool,
    errors: Vec<CheckError>,
}

impl<'c> Compiler<'c> {
    fn new(course: &'c Course, check: &'c Check, texts: &'c Texts, memory: &'c Memory) -> Compiler<'c> {
        let fits = memory.take(&check.name, texts.lets().values().map(|meant| cel::names::memory(&meant.tree)).sum());
        Compiler { course, check, texts, memory, fits, row: false, errors: Vec::new() }
    }

    fn compile(mut self) -> Result<CompiledCheck, Vec<CheckError>> {
        self.own_names();
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
        let makes = self.check.makes.as_ref();
        let makes = makes.and_then(|made| self.expression(&KeyPath::of(["makes"]), &made.list));
        let practice = self.action(&definitions);
        let mut compiled = CompiledCheck::new(definitions, expectations, makes);
        compiled.practice = practice;
        if let Some(makes) = &compiled.makes {
            let reached = compiled.reached(makes).into_iter().map(|(root, _)| root).collect();
            self.lists_everything(&reached);
        }
        if self.errors.is_empty() { Ok(compiled) } else { Err(self.errors) }
    }

    fn expectation(&mut self, at: usize, expectation: &Expectation) -> Option<CompiledExpectation> {
        let part = |key: &str| KeyPath::expectation(at).then(key);
        if let Some(rows) = expectation.rows.as_ref().filter(|rows| !self.course.tables.contains_key(*rows)) {
            let hint = did_you_mean(rows, self.course.tables.keys().map(String::as_str));
            self.undefined(&part("rows"), None, rows, format!("no lesson has a table `{rows}`{hint}"));
        }
        self.row = expectation.rows.is_some();
        let when = expectation.when.as_deref().map(|source| self.expression(&part("when"), source));
        let proof = match &expectation.proof {
            Proof::Evidence { that, met, pending, late, instead } => {
                let pending =
                    pending.as_deref().and_then(|source| self.expression(&part("pending"), source)).map(Box::new);
                let that = self.expression(&part("that"), that);
                let met = self.sentences(&part("met"), met);
                let late = late.as_ref().map(|late| CompiledLate {
                    at: late.at.as_deref().and_then(|source| self.expression(&part("at"), source)),
                    about: late.about.as_ref().and_then(|about| self.about(at, about)),
                });
                let instead = instead.as_ref().map(|statement| Box::new(self.statement(at, statement)));
                that.map(|that| CompiledProof::Evidence { that, met, pending, late, instead })
            }
            Proof::Confirmation { statement, backed_by, met } => Some(CompiledProof::Confirmation {
                statement: self.statement(at, statement),
                backed_by: backed_by.as_deref().and_then(|source| self.expression(&part("backed_by"), source)),
                met: self.sentences(&part("met"), met),
            }),
        };
        let fix = self.sentences(&part("fix"), &expectation.fix);
        self.row = false;
        let console = expectation.console.as_deref().and_then(|text| self.sentence(&part("console"), text));
        let (title, rows) = (expectation.title.clone(), expectation.rows.clone());
        Some(CompiledExpectation { title, when: when.flatten(), rows, proof: proof?, fix, console })
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
        let sentence = Sentence::parse(text, self.texts).map_err(|wrong| self.malformed(part, wrong)).ok()?;
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
        let written = parsed.map_err(|wrong| self.malformed(part, wrong)).ok()?;
        self.names(part, 0, &written, bound);
        let expression = written.expression();
        self.take(expression.memory()).then_some(expression)
    }

    /// Takes memory from the limit. Returns whether there was enough.
    fn take(&mut self, bytes: usize) -> bool {
        self.fits = self.memory.take(&self.check.name, bytes);
        self.fits
    }

    /// Reports definitions that use each other in a circle, because they have no value, and reads that are too deep.
    fn in_order(&mut self, definitions: Lets<Definition>) -> Lets<Definition> {
        let (ordered, circle) = in_order(definitions, Definition::roots);
        if let Some((first, _)) = circle.first() {
            let names: Vec<&str> = circle.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("these use each other in a circle: {}", names.join(", "));
            let part = self.place_of(first);
            self.fail_key(&part, message);
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
                self.fail_key(&part, message);
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
        self.fail_at(part, false, range, message);
    }

    /// A text that is no expression.
    fn malformed(&mut self, part: &KeyPath, wrong: Malformed) {
        self.fail(part, Some(wrong.range), wrong.message);
        self.errors.last_mut().into_iter().for_each(|error| error.help.clone_from(&wrong.help));
    }

    /// A name that nothing defines.
    fn undefined(&mut self, part: &KeyPath, range: Option<Range<usize>>, name: &str, message: String) {
        self.fail(part, range, message);
        self.errors.last_mut().into_iter().for_each(|error| error.undefined = Some(name.to_owned()));
    }

    /// A mistake in a key.
    fn fail_key(&mut self, part: &KeyPath, message: String) {
        self.fail_at(part, true, None, message);
    }

    fn fail_at(&mut self, part: &KeyPath, of_key: bool, range: Option<Range<usize>>, message: String) {
        let path = match part.root() {
            "preprocessor" => "book.toml".into(),
            _ => self.check.file_of(part),
        };
        let (check, part) = (self.check.name.clone(), part.clone());
        self.errors.push(CheckError { check, path, part, of_key, range, message, help: None, undefined: None });
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
