//! A compiled expression, the names that it can use, and what it comes to.

use cel::common::types::{CelBool, CelList, CelString, CelTimestamp};
use cel::common::value::{CowVal, Val};
use cel::parser::Expression as Tree;
use cel::{Context, ExecutionError, Value};
use std::fmt::{self, Write as _};

use super::environment::env;
use super::own_value::noting_comparisons;
use super::partial::{self, PartialList};
use super::{budget, counted, names, rewrite, value};

/// The longest text that a `let` may come to, so that lets that double each other stay small.
const MAX_TEXT: usize = 4096;
/// The longest list that a `let` may come to.
const MAX_LIST: usize = 20_000;
/// What the `let`s of a check may come to together, in steps of copying them.
const MOST_HELD: u64 = 1_000_000;
/// The longest message about what could not be evaluated, in bytes.
const MAX_MESSAGE: usize = 500;

/// A compiled expression: what evaluating it takes, and what it reads.
#[derive(Debug)]
pub struct Expression {
    pub(super) source: String,
    /// What is evaluated.
    pub(super) guarded: Box<Tree>,
    /// What evaluating it takes at least.
    pub(super) steps: u64,
    pub(super) names: Box<[names::Name]>,
    pub(super) literals: Box<[String]>,
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

/// Why an expression came to nothing.
enum Failure {
    /// It takes too many steps.
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
    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names it uses, see [`names`], with those of the `let`s that are written out in it.
    pub fn names(&self) -> &[names::Name] {
        &self.names
    }

    /// The texts in it.
    pub fn literals(&self) -> &[String] {
        &self.literals
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

    /// Evaluates it as it is remembered: `None` where it cannot be evaluated or is no text, number or time.
    pub fn exact(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope, |value| value::exact(value.as_ref())).ok().flatten()
    }

    /// Evaluates it as a list whose elements can be shown.
    ///
    /// # Errors
    /// In CEL's words, why it is none.
    pub fn list(&self, scope: &Scope) -> Result<Vec<String>, String> {
        let shown = |(elements, whole): (&[Box<dyn Val>], bool)| {
            elements.iter().map(|one| value::exact(one.as_ref())).collect::<Option<Vec<String>>>().filter(|_| whole)
        };
        let list = self.evaluate(scope, |value| partial::elements(value.as_ref()).and_then(shown))?;
        list.ok_or_else(|| format!("`{}` is no list of text", self.source))
    }

    /// Of a filtered list that cannot be told as a whole, those elements that certainly belong to it.
    fn certain(&self, scope: &Scope) -> Option<PartialList> {
        let (list, variable, condition) = rewrite::filter(&self.guarded)?;
        let known = scope.1.within(|| {
            budget::spend(self.steps);
            let list = Value::resolve_val(list, &scope.0).ok()?;
            let (elements, _) = partial::elements(list.as_ref())?;
            let belongs = |element: &(dyn Val + 'static)| {
                let mut within = scope.0.new_inner_scope();
                within.add_variable_as_val(variable, element.clone_as_boxed());
                let (decided, compared_unreadable) =
                    noting_comparisons(|| Value::resolve_val(condition, &within).map(CowVal::into_owned));
                let is = decided.is_ok_and(|value| value.downcast_ref::<CelBool>().is_some_and(|is| *is.inner()));
                is && !compared_unreadable
            };
            let known = elements.iter().filter(|element| belongs(element.as_ref()));
            Some(known.map(|element| element.clone_as_boxed()).collect::<Vec<Box<dyn Val>>>())
        });
        let known = known.ok().flatten()?;
        // Any of them will do as the first.
        let placed = known.len();
        Some(PartialList::new(known, placed))
    }

    /// Evaluates it for a sentence: `None` where it cannot be evaluated or shown.
    pub fn words(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope, |value| value::words(value.as_ref())).ok().flatten()
    }

    /// Why it comes to nothing, if it does.
    #[cfg(test)]
    pub(crate) fn fails(&self, scope: &Scope) -> Option<String> {
        self.evaluate(scope, |_| ()).err().map(String::from)
    }

    /// Makes something of its value, within the budget.
    fn evaluate<T>(&self, scope: &Scope, make: impl FnOnce(CowVal<'_, 'static>) -> T) -> Result<T, Failure> {
        let made = scope.1.within(|| {
            budget::spend(self.steps);
            let (value, compared_unreadable) = noting_comparisons(|| Value::resolve_val(&self.guarded, &scope.0));
            match value {
                Ok(_) if compared_unreadable => Err("it compares evidence that could not be read".to_owned()),
                Ok(value) => Ok(make(value)),
                Err(error) => Err(brief(&error)),
            }
        });
        made.map_err(Failure::Costs)?.map_err(Failure::Undecided)
    }
}

/// What an error says, not longer than somebody reads: it may show whole values.
fn brief(error: &ExecutionError) -> String {
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
    /// A scope without names, in which evaluating costs of this budget.
    pub fn new(budget: budget::Budget) -> Self {
        Scope(Context::with_env(env()), budget, MOST_HELD)
    }

    /// Binds a name. An unreadable or absent value stays unbound: using it is then an error, as it should be.
    pub fn bind(&mut self, name: &str, field: value::Field) {
        if let value::Field::Known(value) = field {
            self.0.add_variable_as_val(name, value);
        }
    }

    /// A scope within this one.
    pub fn within(&self) -> Scope<'_> {
        Scope(self.0.new_inner_scope(), self.1.clone(), self.2)
    }

    /// A scope within this one, in which evaluating costs of another budget.
    pub(crate) fn within_budget(&self, budget: budget::Budget) -> Scope<'_> {
        Scope(self.0.new_inner_scope(), budget, MOST_HELD)
    }

    /// Binds a time.
    pub(crate) fn bind_time(&mut self, name: &str, rfc3339: &str) {
        if let Some(time) = value::time(rfc3339) {
            self.0.add_variable_as_val(name, Box::new(time));
        }
    }

    /// Evaluates a `let` and binds it. One that fails stays unbound; but where nothing is decided, only told (`certain`),
    /// a filtered list of which something could not be read holds what certainly belongs to it. Tells whether its whole
    /// value is bound.
    ///
    /// # Errors
    /// When its value is larger than any `let` needs to be, or takes too long.
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
            return Err(format!("`{name}` comes to more than {MAX_TEXT} bytes of text or {MAX_LIST} list entries"));
        }
        let left = self.2.checked_sub(size).ok_or_else(|| format!("with `{name}`, the lets hold too much"))?;
        self.2 = left;
        self.0.add_variable_as_val(name, value);
        Ok(true)
    }
}
