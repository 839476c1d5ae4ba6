//! Compiled expressions, the names that they can use, and their results.

use cel::common::types::{CelBool, CelList, CelString, CelTimestamp};
use cel::common::value::{CowVal, Val};
use cel::parser::Expression as Tree;
use cel::{Context, ExecutionError, Value};
use std::fmt::{self, Write as _};

use super::environment::env;
use super::partial::{self, PartialList};
use super::{budget, counted, names, rewrite, value};

/// The longest text in a `let`, so that lets that double each other stay small.
const MAX_TEXT: usize = 4096;
/// The longest list in a `let`.
const MAX_LIST: usize = 20_000;
/// The limit for the values of all `let`s of a check together, in steps for copying them.
const MOST_HELD: u64 = 1_000_000;
/// The longest message about an expression that cannot be evaluated, in bytes.
const MAX_MESSAGE: usize = 500;

/// A compiled expression, with its cost and what it reads.
///
/// An expression is decided only if the evidence for it could be read:
///
/// ```
/// use evidence::Section;
/// use serde_json::json;
/// use verify::cel::{self, Expression, Outcome, bound::Bound, budget::Budget};
///
/// let unreadable = json!({ "$unreadable": [{ "code": "denied", "message": "no permission" }] });
/// let root = json!({ "mfa": true, "password": unreadable });
/// let evidence = [("general".to_owned(), [(Section::Root, root)].into())].into();
///
/// let outcomes = cel::on_a_thread(move || {
///     let bound = Bound::new(&evidence, &Default::default());
///     let scope = bound.scope("general", Budget::default());
///     ["root.mfa", "!root.mfa && root.password", "root.password"]
///         .map(|source| Expression::compile(source).unwrap().decide(&scope))
/// });
/// let [read, decided_anyway, unread] = outcomes.unwrap();
/// assert!(matches!(read, Outcome::True));
/// assert!(matches!(decided_anyway, Outcome::False));
/// assert!(matches!(unread, Outcome::Undecided(_)));
/// ```
#[derive(Debug)]
pub struct Expression {
    pub(super) source: String,
    /// The tree that is evaluated.
    pub(super) guarded: Box<Tree>,
    /// The minimum number of steps to evaluate it.
    pub(super) steps: u64,
    pub(super) names: Box<[names::Name]>,
    pub(super) literals: Box<[String]>,
    /// The names of all fields that are selected in it.
    pub(super) fields: Box<[String]>,
}

/// The result of a condition.
#[derive(Debug)]
pub enum Outcome {
    /// True.
    True,
    /// False.
    False,
    /// Not decided, with CEL's message.
    Undecided(String),
}

/// Why an expression has no result.
enum Failure {
    /// It exceeds the budget.
    Costs(String),
    /// It has no value.
    Undecided(String),
}

impl From<Failure> for String {
    fn from(failure: Failure) -> String {
        match failure {
            Failure::Costs(why) | Failure::Undecided(why) => why,
        }
    }
}

impl Expression {
    /// The text that it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it uses, see [`names`], including those of the `let`s that are written out in it.
    pub fn names(&self) -> &[names::Name] {
        &self.names
    }

    /// The strings in it.
    pub fn literals(&self) -> &[String] {
        &self.literals
    }

    /// What it can look up in a map: the names of fields and the strings in it.
    pub fn looked_up(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().chain(&self.literals).map(String::as_str)
    }

    /// How much memory it takes, in bytes.
    pub fn memory(&self) -> usize {
        let texts = |texts: &[String]| -> usize {
            texts.iter().map(|text| size_of::<String>() + names::BLOCK + text.len()).sum()
        };
        let names = self.names.iter().map(|name| size_of_val(name) + name.root.len() + texts(&name.fields));
        size_of_val(self)
            + names::memory(&self.guarded)
            + self.source.len()
            + texts(&self.literals)
            + texts(&self.fields)
            + names.sum::<usize>()
    }

    /// Evaluates it as a condition.
    pub fn decide(&self, scope: &Scope) -> Outcome {
        let is = |value: &dyn Val| value.downcast_ref::<CelBool>().map(|value| *value.inner());
        match self.evaluate(scope, |value| is(value.as_ref())) {
            Ok(Some(true)) => Outcome::True,
            Ok(Some(false)) => Outcome::False,
            Ok(None) => Outcome::Undecided(format!("`{}` is neither true nor false", self.source)),
            Err(failure) => Outcome::Undecided(failure.into()),
        }
    }

    /// Evaluates it as a time, in RFC 3339.
    pub fn time(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope, |value| value.downcast_ref::<CelTimestamp>().map(value::rfc3339)).ok().flatten()
    }

    /// Evaluates it for remembering: `None` if it cannot be evaluated, or is not a text, number or time.
    pub fn exact(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope, |value| value::exact(value.as_ref())).ok().flatten()
    }

    /// Evaluates it as a value of an input.
    ///
    /// # Errors
    /// CEL's message, or that it is a record.
    pub(crate) fn json(&self, scope: &Scope, records: value::Records) -> Result<serde_json::Value, String> {
        let json = self.evaluate(scope, |value| value::to_json(value.as_ref(), records))?;
        json.ok_or_else(|| format!("`{}` is not a text, a number or a list of these", self.source))
    }

    /// Evaluates it as a list.
    ///
    /// # Errors
    /// CEL's message, that it is no list, or that not all of it was read.
    pub(crate) fn elements(&self, scope: &Scope) -> Result<Vec<Box<dyn Val>>, String> {
        let elements = self.evaluate(scope, |value| {
            let (elements, whole) = partial::elements(value.as_ref())?;
            budget::spend(elements.len() as u64);
            Some(elements.iter().map(|one| one.clone_as_boxed()).collect::<Vec<Box<dyn Val>>>()).filter(|_| whole)
        })?;
        elements.ok_or_else(|| format!("`{}` is not a list that was read to its end", self.source))
    }

    /// Evaluates it as a list whose elements can be displayed.
    ///
    /// # Errors
    /// CEL's message, if it is not such a list.
    pub fn list(&self, scope: &Scope) -> Result<Vec<String>, String> {
        let shown = |(elements, whole): (&[Box<dyn Val>], bool)| {
            elements.iter().map(|one| value::exact(one.as_ref())).collect::<Option<Vec<String>>>().filter(|_| whole)
        };
        let list = self.evaluate(scope, |value| partial::elements(value.as_ref()).and_then(shown))?;
        list.ok_or_else(|| format!("`{}` is not a list of text", self.source))
    }

    /// The elements that certainly belong to a filtered list, if the whole list cannot be determined.
    fn certain(&self, scope: &Scope) -> Option<PartialList> {
        let (list, variable, condition) = rewrite::filter(&self.guarded)?;
        let known = scope.1.within(|| {
            budget::spend(self.steps);
            let list = Value::resolve_val(list, &scope.0).ok()?;
            let (elements, _) = partial::elements(list.as_ref())?;
            let belongs = |element: &(dyn Val + 'static)| {
                let mut within = scope.0.new_inner_scope();
                within.add_variable_as_val(variable, element.clone_as_boxed());
                let decided = Value::resolve_val(condition, &within);
                decided.is_ok_and(|value| value.downcast_ref::<CelBool>().is_some_and(|is| *is.inner()))
            };
            let known = elements.iter().filter(|element| belongs(element.as_ref()));
            Some(known.map(|element| element.clone_as_boxed()).collect::<Vec<Box<dyn Val>>>())
        });
        let known = known.ok().flatten()?;
        // If the first element is used, any of them will do.
        let placed = known.len();
        Some(PartialList::new(known, placed))
    }

    /// Evaluates it for a sentence: `None` if it cannot be evaluated or displayed.
    pub fn display(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope, |value| value::display(value.as_ref())).ok().flatten()
    }

    /// Why it has no value, if it has none.
    #[cfg(test)]
    pub(crate) fn fails(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope, |_| ()).err().map(String::from)
    }

    /// Evaluates it within the budget, and converts its value.
    fn evaluate<T>(&self, scope: &Scope, make: impl FnOnce(CowVal<'_, 'static>) -> T) -> Result<T, Failure> {
        let made = scope.1.within(|| {
            budget::spend(self.steps);
            match Value::resolve_val(&self.guarded, &scope.0) {
                Ok(value) => Ok(make(value)),
                Err(ExecutionError::NoSuchKey(key)) => Err(brief(&AbsentKey(&key))),
                Err(error) => Err(brief(&in_words(&error).unwrap_or_else(|| error.to_string()))),
            }
        });
        made.map_err(Failure::Costs)?.map_err(Failure::Undecided)
    }
}

/// An expression uses a value that is not there.
struct AbsentKey<'k>(&'k str);

impl fmt::Display for AbsentKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no `{}` in what was read: test it with `has(….{})` first", self.0, self.0)
    }
}

/// What went wrong with a value, if CEL says it in terms of its own.
fn in_words(error: &ExecutionError) -> Option<String> {
    match error {
        ExecutionError::IndexOutOfBounds(Value::Int(at)) => {
            Some(format!("the list has no element [{at}]: test first that its size() is more than {at}"))
        }
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            Some("a number is divided by zero".to_owned())
        }
        ExecutionError::Overflow(..) => Some("a number is too large".to_owned()),
        _ => None,
    }
}

/// The message of an error, cut to a readable length: it may contain whole values.
fn brief(error: &impl fmt::Display) -> String {
    struct Brief(String);
    impl fmt::Write for Brief {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let room = MAX_MESSAGE - self.0.len();
            self.0.push_str(&text[..text.floor_char_boundary(room)]);
            if text.len() > room { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut message = Brief(String::new());
    let whole = write!(message, "{error}");
    message.0 + if whole.is_ok() { "" } else { "…" }
}

/// The names that expressions can use, with their values.
pub struct Scope<'s>(Context<'s, 'static>, budget::Budget, u64);

impl Default for Scope<'_> {
    fn default() -> Self {
        Scope::new(budget::Budget::default())
    }
}

impl Scope<'_> {
    /// A scope without names. Evaluating in it uses this budget.
    pub fn new(budget: budget::Budget) -> Self {
        Scope(Context::with_env(env()), budget, MOST_HELD)
    }

    /// Binds a name. An unreadable or absent value stays unbound, so that using it is an error.
    pub fn bind(&mut self, name: &str, field: value::Field) {
        if let value::Field::Known(value) = field {
            self.0.add_variable_as_val(name, value);
        }
    }

    /// A scope within this one.
    pub fn within(&self) -> Scope<'_> {
        Scope(self.0.new_inner_scope(), self.1.clone(), self.2)
    }

    /// A scope within this one. Evaluating in it uses another budget.
    pub(crate) fn within_budget(&self, budget: budget::Budget) -> Scope<'_> {
        Scope(self.0.new_inner_scope(), budget, MOST_HELD)
    }

    /// Binds a time.
    pub(crate) fn bind_time(&mut self, name: &str, rfc3339: &str) {
        if let Some(time) = value::time(rfc3339) {
            self.0.add_variable_as_val(name, Box::new(time));
        }
    }

    /// Evaluates a `let` and binds it. If it fails, it stays unbound. With `certain`, which is for sentences and not
    /// for decisions, a filtered list that was read in part is bound to the elements that certainly belong to it.
    /// Returns whether the whole value is bound.
    ///
    /// # Errors
    /// When its value is too large, or evaluating it exceeds the budget.
    pub(crate) fn bind_let(&mut self, name: &str, expression: &Expression, certain: bool) -> Result<bool, String> {
        let held = expression.evaluate(self, |value| {
            let (value, size) = budget::counting(|| {
                counted::copied(value.as_ref());
                value.into_owned()
            });
            (value, size)
        });
        let (value, size) = match held {
            Ok(held) => held,
            Err(Failure::Costs(why)) => return Err(format!("`{name}`: {why}")),
            Err(Failure::Undecided(_)) => {
                if let Some(known) = certain.then(|| expression.certain(self)).flatten() {
                    self.0.add_variable_as_val(name, Box::new(known));
                }
                return Ok(false);
            }
        };
        let too_long = value.downcast_ref::<CelString>().is_some_and(|text| text.inner().len() > MAX_TEXT)
            || value.downcast_ref::<CelList>().is_some_and(|list| list.inner().len() > MAX_LIST);
        if too_long {
            return Err(format!("`{name}` is longer than {MAX_TEXT} bytes of text or {MAX_LIST} list entries"));
        }
        let left = self.2.checked_sub(size).ok_or_else(|| format!("with `{name}`, the lets hold too much"))?;
        self.2 = left;
        self.0.add_variable_as_val(name, value);
        Ok(true)
    }
}
