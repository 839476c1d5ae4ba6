//! CEL expressions over evidence: compiling them within limits, and evaluating them in three-valued logic.
//!
//! What an expression reads is `plan`'s business, what it decides `verdict`'s.

pub mod bound;
pub mod cost;
pub mod functions;
pub mod names;
mod policies;
#[cfg(test)]
mod tests;
mod thread;
pub mod trial;
pub mod value;

pub use thread::{DEADLINE, each_on_a_thread, each_on_threads, on_a_thread};

use cel::common::types::{CelBool, CelList, CelString, STRING_TYPE};
use cel::common::value::{CowVal, Val};
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

    /// Compiles an expression. Call it [`on_a_thread`].
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(source: &str) -> Result<Expression, Malformed> {
        let fail = |message: String| Err(Malformed { message, range: 0..source.len() });
        if source.len() > MAX_BYTES {
            return fail(format!("the expression has {} bytes; {MAX_BYTES} are allowed", source.len()));
        }
        let depth = names::bracket_depth(source);
        if depth > MAX_DEPTH {
            return fail(format!("the expression nests brackets {depth} deep; {MAX_DEPTH} are allowed"));
        }
        let program = env()
            .compile(source)
            .map_err(|errors| Malformed { message: draw(source, &errors), range: place(source, &errors) })?;
        let nested = names::comprehension_depth(program.expression());
        if nested > MAX_COMPREHENSIONS {
            return fail(format!(
                "the expression nests `exists`, `map` and the like {nested} deep; {MAX_COMPREHENSIONS} are allowed"
            ));
        }
        let names = names::used(program.expression());
        Ok(Expression { source: source.to_owned(), program: Box::new(program), names })
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its syntax tree. Walk it [`on_a_thread`].
    pub fn tree(&self) -> &cel::parser::Expression {
        self.program.expression()
    }

    /// The names it uses, see [`names`].
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
        let (result, compared_unreadable) = value::noting_comparisons(|| {
            Value::resolve_val(self.program.expression(), &scope.0).map(CowVal::into_owned)
        });
        match result {
            Ok(_) if compared_unreadable => Err("it compares evidence that could not be read".into()),
            Ok(value) => Ok(value),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The names that expressions can use, with their values.
pub struct Scope(Context<'static, 'static>);

impl Default for Scope {
    fn default() -> Scope {
        Scope(Context::with_env(env()))
    }
}

impl Scope {
    /// Binds a name. An unreadable or absent value stays unbound: using it is then an error, as it should be.
    pub fn bind(&mut self, name: &str, field: value::Field) {
        if let value::Field::Known(value) = field {
            self.0.add_variable_as_val(name, value);
        }
    }

    /// Evaluates a `let` and binds it. One that fails stays unbound.
    ///
    /// # Errors
    /// When its value is larger than any `let` needs to be.
    pub fn bind_let(&mut self, name: &str, expression: &Expression) -> Result<(), String> {
        let Ok(value) = expression.evaluate(self) else { return Ok(()) };
        let too_long = value.downcast_ref::<CelString>().is_some_and(|text| text.inner().len() > MAX_TEXT)
            || value.downcast_ref::<CelList>().is_some_and(|list| list.inner().len() > MAX_LIST);
        if too_long {
            return Err(format!("`{name}` comes to more than {MAX_TEXT} bytes of text or {MAX_LIST} list entries"));
        }
        self.0.add_variable_as_val(name, value);
        Ok(())
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
            let folded = text.inner().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            Ok(CowVal::owned(CelString::from(folded)))
        });
        debug_assert!(declared.is_ok());
        policies::declare(&mut env);
        Arc::new(env)
    }))
}

/// Parse errors with the line and a caret under the place.
fn draw(source: &str, errors: &cel::ParseErrors) -> String {
    let drawn = errors.errors.iter().map(|error| {
        let (line, column) = (usize::try_from(error.pos.0).unwrap_or(1), usize::try_from(error.pos.1).unwrap_or(1));
        let text = source.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let message = error.msg.lines().next().unwrap_or_default();
        format!("{message}\n    {text}\n    {}^", " ".repeat(column.saturating_sub(1)))
    });
    drawn.collect::<Vec<_>>().join("\n")
}

/// Where the first parse error is.
fn place(source: &str, errors: &cel::ParseErrors) -> Range<usize> {
    let Some((line, column)) = errors.errors.first().map(|error| error.pos) else { return 0..source.len() };
    let (Ok(line), Ok(column)) = (usize::try_from(line), usize::try_from(column)) else { return 0..source.len() };
    // What is missing at the end is told at the last character.
    let at = byte_at(source, line, column);
    at..at + source[at..].chars().next().map_or(0, char::len_utf8)
}
