//! CEL expressions over evidence: compiling them within limits, and evaluating them in three-valued logic.
//!
//! What an expression reads is `plan`'s business, what it decides `verdict`'s.

pub mod bound;
pub mod budget;
pub mod cost;
pub mod functions;
#[cfg(test)]
mod hostile;
pub mod names;
mod policies;
pub mod rewrite;
#[cfg(test)]
mod tests;
mod thread;
pub mod trial;
pub mod types;
pub mod value;

pub use thread::{each_on_a_thread, each_on_threads, on_a_thread};

use cel::common::types::{CelBool, CelList, CelString, CelTimestamp, DYN_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::parser::Expression as Tree;
use cel::{Context, Env, ExecutionError, Program, Value};
use mdbook_verify::diagnostic::byte_at;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The longest expression. Ours are a tenth of it.
pub const MAX_BYTES: usize = 2048;
/// The deepest nesting of brackets: cel's parser takes more than 100 KB of stack a level in a debug build.
pub const MAX_DEPTH: usize = 10;
/// The deepest nesting of `exists`, `map` and the like: what they cost multiplies.
pub const MAX_COMPREHENSIONS: usize = 3;
/// The longest text that a `let` may come to, so that lets that double each other stay small.
const MAX_TEXT: usize = 4096;
/// The longest list that a `let` may come to.
const MAX_LIST: usize = 20_000;

/// A compiled expression.
#[derive(Debug)]
pub struct Expression {
    source: String,
    program: Box<Program>,
    /// Its tree with `let`s written out.
    expanded: Box<Tree>,
    /// What is evaluated.
    guarded: Box<Tree>,
    names: Vec<names::Name>,
}

/// What an expression came to.
#[derive(Debug)]
pub enum Outcome {
    /// True.
    True,
    /// False.
    False,
    /// Not decided, with CEL's words for why.
    Undecided(String),
}

/// What is wrong with an expression that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What, with the line and a caret where CEL's parser tells.
    pub message: String,
    /// Where in its text, in bytes.
    pub range: Range<usize>,
}

impl Malformed {
    /// The same in a text in which the expression begins there.
    pub fn moved(self, by: usize) -> Malformed {
        Malformed { range: self.range.start + by..self.range.end + by, ..self }
    }
}

impl Expression {
    /// Compiles an expression. Call it [`on_a_thread`].
    ///
    /// # Errors
    /// What is wrong.
    pub fn compile(source: &str) -> Result<Expression, String> {
        Expression::parse(source).map_err(|wrong| wrong.message)
    }

    /// Compiles an expression without `let`s. Call it [`on_a_thread`].
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(source: &str) -> Result<Expression, Malformed> {
        Expression::with(source, &rewrite::Lets::new())
    }

    /// Reads an expression's tree as it is written. Call it [`on_a_thread`].
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(source: &str) -> Result<Tree, Malformed> {
        Expression::program(source).map(|program| program.expression().clone())
    }

    /// Compiles an expression that may use these `let`s. Call it [`on_a_thread`].
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn with(source: &str, lets: &rewrite::Lets) -> Result<Expression, Malformed> {
        let program = Expression::program(source)?;
        let fail = |message| Malformed { message, range: 0..source.len() };
        let expanded = rewrite::expand(program.expression(), lets).map_err(fail)?;
        let nested = names::comprehension_depth(&expanded);
        if nested > MAX_COMPREHENSIONS {
            return Err(fail(format!(
                "the expression nests `exists`, `map` and the like {nested} deep; {MAX_COMPREHENSIONS} are allowed"
            )));
        }
        let names = names::used(&expanded);
        let guarded = Box::new(rewrite::guard(&expanded));
        Ok(Expression {
            source: source.to_owned(),
            program: Box::new(program),
            expanded: Box::new(expanded),
            guarded,
            names,
        })
    }

    fn program(source: &str) -> Result<Program, Malformed> {
        let fail = |message: String| Err(Malformed { message, range: 0..source.len() });
        if source.len() > MAX_BYTES {
            return fail(format!("the expression has {} bytes; {MAX_BYTES} are allowed", source.len()));
        }
        let depth = names::bracket_depth(source);
        if depth > MAX_DEPTH {
            return fail(format!("the expression nests brackets {depth} deep; {MAX_DEPTH} are allowed"));
        }
        env().compile(source).map_err(|errors| Malformed { message: told(&errors), range: place(source, &errors) })
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its syntax tree, as it is written. Walk it [`on_a_thread`].
    pub fn tree(&self) -> &Tree {
        self.program.expression()
    }

    /// Its syntax tree with `let`s written out, whose nodes stand in other texts too. Walk it [`on_a_thread`].
    pub fn expanded(&self) -> &Tree {
        &self.expanded
    }

    /// The names it uses, see [`names`], with those of the `let`s that are written out in it.
    pub fn names(&self) -> &[names::Name] {
        &self.names
    }

    /// Where a node of its tree stands in the text: this word, right before the node's sign or behind it, or the sign
    /// itself.
    pub fn range(&self, node: u64, word: Option<&str>) -> Option<Range<usize>> {
        let (start, stop) = self.program.source_info().offset_for(node)?;
        // CEL's parser counts characters.
        let byte = |at: u32| self.source.char_indices().nth(at as usize).map_or(self.source.len(), |(byte, _)| byte);
        let sign = byte(start)..byte(stop.saturating_add(1)).max(byte(start));
        let Some(word) = word else { return Some(sign) };
        // A call's sign is its bracket.
        let before = self.source[..sign.start].trim_end();
        if self.source[sign.clone()].starts_with('(') && before.ends_with(word) {
            return Some(before.len() - word.len()..before.len());
        }
        let found = self.source[sign.start..].find(word).map(|at| sign.start + at);
        Some(found.map_or(sign, |at| at..at + word.len()))
    }

    /// Evaluates it as a condition.
    pub fn decide(&self, scope: &Scope) -> Outcome {
        match self.evaluate(scope) {
            Ok(value) => match value.downcast_ref::<CelBool>() {
                Some(value) if *value.inner() => Outcome::True,
                Some(_) => Outcome::False,
                None => Outcome::Undecided(format!("`{}` is neither true nor false", self.source)),
            },
            Err(error) => Outcome::Undecided(error),
        }
    }

    /// Evaluates it as a time, in RFC 3339.
    pub fn time(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope).ok()?.downcast_ref::<CelTimestamp>().map(value::rfc3339)
    }

    /// Evaluates it as it is remembered: `None` where it cannot be evaluated or is no text, number or time.
    pub fn exact(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope).ok().and_then(|value| value::exact(value.as_ref()))
    }

    /// Evaluates it as a list whose elements can be shown.
    ///
    /// # Errors
    /// In CEL's words, why it is none.
    pub fn list(&self, scope: &Scope) -> Result<Vec<String>, String> {
        let value = self.evaluate(scope)?;
        let shown = |(elements, whole): (&[Box<dyn Val>], bool)| {
            elements.iter().map(|one| value::exact(one.as_ref())).collect::<Option<Vec<String>>>().filter(|_| whole)
        };
        let list = value::elements(value.as_ref()).and_then(shown);
        list.ok_or_else(|| format!("`{}` is no list of text", self.source))
    }

    /// Of a filtered list that cannot be told as a whole, those elements that certainly belong to it.
    fn certain(&self, scope: &Scope) -> Option<value::PartialList> {
        let (list, variable, condition) = rewrite::filter(&self.expanded)?;
        let list = scope.resolve(&rewrite::guard(list)).ok()?;
        let (elements, _) = value::elements(list.as_ref())?;
        let condition = rewrite::guard(condition);
        let belongs = |element: &(dyn Val + 'static)| {
            let mut within = scope.within();
            within.0.add_variable_as_val(variable, element.clone_as_boxed());
            let decided = within.resolve(&condition);
            decided.is_ok_and(|value| value.downcast_ref::<CelBool>().is_some_and(|is| *is.inner()))
        };
        let known: Vec<Box<dyn Val>> = elements
            .iter()
            .filter(|element| belongs(element.as_ref()))
            .map(|element| element.clone_as_boxed())
            .collect();
        // Any of them will do as the first.
        let placed = known.len();
        Some(value::PartialList::new(known, placed))
    }

    /// Evaluates it for a sentence: `None` where it cannot be evaluated or shown.
    pub fn words(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope).ok().and_then(|value| value::words(value.as_ref()))
    }

    /// Why it comes to nothing, if it does.
    #[cfg(test)]
    pub(crate) fn fails(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope).err()
    }

    fn evaluate(&self, scope: &Scope) -> Result<Box<dyn Val>, String> {
        let (result, compared_unreadable) = value::noting_comparisons(|| scope.resolve(&self.guarded));
        match result {
            Ok(_) if compared_unreadable => Err("it compares evidence that could not be read".into()),
            other => other,
        }
    }
}

/// The names that expressions can use, with their values.
pub struct Scope<'s>(Context<'s, 'static>, budget::Budget);

impl Default for Scope<'_> {
    fn default() -> Self {
        Scope::new(budget::Budget::default())
    }
}

impl Scope<'_> {
    /// Binds a name. An unreadable or absent value stays unbound: using it is then an error, as it should be.
    pub fn bind(&mut self, name: &str, field: value::Field) {
        if let value::Field::Known(value) = field {
            self.0.add_variable_as_val(name, value);
        }
    }

    /// A scope without names, in which evaluating costs of this budget.
    pub fn new(budget: budget::Budget) -> Self {
        Scope(Context::with_env(env()), budget)
    }

    /// What a tree comes to, within the budget.
    fn resolve(&self, tree: &Tree) -> Result<Box<dyn Val>, String> {
        let resolved = self.1.within(|| Value::resolve_val(tree, &self.0).map(CowVal::into_owned));
        resolved?.map_err(|error| error.to_string())
    }

    /// A scope within this one.
    pub fn within(&self) -> Scope<'_> {
        Scope(self.0.new_inner_scope(), self.1.clone())
    }

    /// Binds a time.
    pub fn bind_time(&mut self, name: &str, rfc3339: &str) {
        if let Some(time) = value::time(rfc3339) {
            self.0.add_variable_as_val(name, Box::new(time));
        }
    }

    /// Evaluates a `let` and binds it. One that fails stays unbound; but where nothing is decided, only told (`certain`),
    /// a filtered list of which something could not be read holds what certainly belongs to it. Tells whether its whole
    /// value is bound.
    ///
    /// # Errors
    /// When its value is larger than any `let` needs to be.
    pub fn bind_let(&mut self, name: &str, expression: &Expression, certain: bool) -> Result<bool, String> {
        let Ok(value) = expression.evaluate(self) else {
            if let Some(known) = certain.then(|| expression.certain(self)).flatten() {
                self.0.add_variable_as_val(name, Box::new(known));
            }
            return Ok(false);
        };
        let too_long = value.downcast_ref::<CelString>().is_some_and(|text| text.inner().len() > MAX_TEXT)
            || value.downcast_ref::<CelList>().is_some_and(|list| list.inner().len() > MAX_LIST);
        if too_long {
            return Err(format!("`{name}` comes to more than {MAX_TEXT} bytes of text or {MAX_LIST} list entries"));
        }
        self.0.add_variable_as_val(name, value);
        Ok(true)
    }
}

/// Makes cel's parser build its tables, which it does once in a process, on a thread of its own, while there is something
/// else to do before the first expression is compiled.
pub fn warm_up() {
    // Without the thread, the first expression builds them.
    drop(thread::begin(Box::new(|| drop(Expression::compile("true")))));
}

/// CEL's standard library and our own functions, which the course's reference documents.
fn env() -> Arc<Env> {
    static ENV: OnceLock<Arc<Env>> = OnceLock::new();
    Arc::clone(ENV.get_or_init(|| {
        let mut env = Env::stdlib();
        // The only way that declaring an overload fails is declaring it twice.
        let declared = env.add_overload("fold", "fold_string", vec![STRING_TYPE], |args| {
            let Some(text) = args.first().and_then(|arg| arg.downcast_ref::<CelString>()) else {
                return Err(ExecutionError::FunctionError { function: "fold".into(), message: "takes text".into() });
            };
            Ok(CowVal::owned(CelString::from(crate::fold::fold(text.inner()))))
        });
        let each = env.add_overload(rewrite::EACH, "each_dyn", vec![DYN_TYPE], |args| {
            args.first().map_or(Ok(()), |element| value::each(element.as_ref()))?;
            Ok(CowVal::owned(CelBool::from(true)))
        });
        let add = env.add_overload(rewrite::ADD, "add_dyn", vec![DYN_TYPE, DYN_TYPE], |args| match args.as_slice() {
            [one, other] => value::add(one.as_ref(), other.as_ref()).map(|sum| CowVal::Owned(sum.into_owned())),
            _ => Err(takes_two("+")),
        });
        let two = || vec![DYN_TYPE, DYN_TYPE];
        let [equals, differs, is_in] = rewrite::COMPARISONS.map(|(_, ours)| ours);
        let equals = env.add_overload(equals, "equals_dyn", two(), |args| match args.as_slice() {
            [one, other] => Ok(CowVal::owned(CelBool::from(value::equals(one.as_ref(), other.as_ref())))),
            _ => Err(takes_two("==")),
        });
        let differs = env.add_overload(differs, "differs_dyn", two(), |args| match args.as_slice() {
            [one, other] => Ok(CowVal::owned(CelBool::from(!value::equals(one.as_ref(), other.as_ref())))),
            _ => Err(takes_two("!=")),
        });
        let is_in = env.add_overload(is_in, "in_dyn", two(), |args| match args.as_slice() {
            [one, other] => value::is_in(one.as_ref(), other.as_ref()).map(|is| CowVal::owned(CelBool::from(is))),
            _ => Err(takes_two("in")),
        });
        debug_assert!(declared.is_ok() && each.is_ok() && add.is_ok());
        debug_assert!(equals.is_ok() && differs.is_ok() && is_in.is_ok());
        policies::declare(&mut env);
        Arc::new(env)
    }))
}

fn takes_two(function: &str) -> ExecutionError {
    ExecutionError::FunctionError { function: function.to_owned(), message: "takes two".to_owned() }
}

/// Parse errors in one line: whoever tells them draws the place.
fn told(errors: &cel::ParseErrors) -> String {
    let told = errors.errors.iter().map(|error| error.msg.lines().next().unwrap_or_default());
    told.collect::<Vec<_>>().join("; ")
}

/// Where the first parse error is.
fn place(source: &str, errors: &cel::ParseErrors) -> Range<usize> {
    let Some((line, column)) = errors.errors.first().map(|error| error.pos) else { return 0..source.len() };
    let (Ok(line), Ok(column)) = (usize::try_from(line), usize::try_from(column)) else { return 0..source.len() };
    // What is missing at the end is told at the last character.
    let at = byte_at(source, line, column);
    at..at + source[at..].chars().next().map_or(0, char::len_utf8)
}
