//! The part of a book's configuration that comes from environment variables.
//!
//! mdBook sets any key of `book.toml` from a variable: `MDBOOK_PREPROCESSOR__VERIFY__RESULTS` sets
//! `preprocessor.verify.results`. Two underscores separate keys, one becomes a hyphen, and a value that is JSON is read
//! as JSON. `verify`, which builds books without the `mdbook` program, does the same with [`Environment::apply`].
//! [`Environment::variable`] says which variable set a value, so that messages name the variable instead of
//! `book.toml`.

use anyhow::{Context, Result};
use mdbook_preprocessor::config::Config;
use serde_json::Value;

use crate::diagnostic::Span;

/// The tables whose keys mdBook sets. Other variables that begin with `MDBOOK_` are not configuration.
const TABLES: &[&str] = &["book", "build", "rust", "output", "preprocessor"];

/// A variable that sets a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The key that it sets.
    keys: Vec<String>,
    /// Its value.
    text: String,
}

impl Variable {
    fn of(name: &str, text: &str) -> Option<Variable> {
        let key = name.strip_prefix("MDBOOK_")?.to_lowercase().replace("__", ".").replace('_', "-");
        let keys: Vec<String> = key.split('.').map(str::to_owned).collect();
        let known = TABLES.contains(&keys.first()?.as_str());
        known.then(|| Variable { name: name.to_owned(), keys, text: text.to_owned() })
    }

    /// Its value, as mdBook reads it.
    fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| Value::String(self.text.clone()))
    }

    /// Whether it sets exactly this key, and not a table that the key is in.
    pub(crate) fn is_for(&self, keys: &[&str]) -> bool {
        self.keys == keys
    }

    /// The variable as the place of an error in its value.
    pub fn span(&self) -> Span {
        Span::file(format!("the environment variable {}", self.name))
    }

    /// The value as it was written, without the quotes of a JSON string.
    pub fn text(&self) -> String {
        match self.value() {
            Value::String(text) => text,
            _ => self.text.trim().to_owned(),
        }
    }
}

/// The variables that set keys of mdBook's configuration.
#[derive(Debug, Clone, Default)]
pub struct Environment(Vec<Variable>);

impl Environment {
    /// The variables of this process.
    pub fn read() -> Environment {
        let variables = std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text)));
        Environment::of(variables.map(|(name, text)| (name, text.to_string_lossy().into_owned())))
    }

    pub(crate) fn of(variables: impl IntoIterator<Item = (String, String)>) -> Environment {
        let variables = variables.into_iter().filter_map(|(name, text)| Variable::of(&name, &text));
        let mut variables: Vec<Variable> = variables.collect();
        // A table first, then the keys in it.
        variables.sort_by(|one, other| (one.keys.len(), &one.name).cmp(&(other.keys.len(), &other.name)));
        Environment(variables)
    }

    /// Sets the keys in a configuration that was read from `book.toml`.
    ///
    /// # Errors
    /// The variable that does not fit mdBook's configuration.
    pub fn apply(&self, config: &mut Config) -> Result<()> {
        self.0.iter().try_for_each(|variable| {
            let set = config.set(variable.keys.join("."), variable.value());
            set.with_context(|| format!("the environment variable {} cannot be used", variable.name))
        })
    }

    /// The variable that sets a key, a table that it is in, or something in it.
    pub fn variable(&self, keys: &[&str]) -> Option<&Variable> {
        let sets = |variable: &&Variable| variable.keys.iter().zip(keys).all(|(one, other)| one == other);
        // The one that is closest to the key was applied last.
        self.0.iter().rev().find(sets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::of(variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    #[test]
    fn keys_and_values_are_read_as_mdbook_reads_them() {
        let environment = environment(&[
            ("MDBOOK_PREPROCESSOR__VERIFY__PARAMS__A_B", "5"),
            ("MDBOOK_PREPROCESSOR__VERIFY__PARAMS", r#"{"a-b": 4, "c": "x"}"#),
            ("MDBOOK_BOOK__TITLE", "A title"),
            ("MDBOOK_VERSION", "0.5.4"),
            ("PATH", "/bin"),
        ]);
        let mut config = Config::default();
        environment.apply(&mut config).unwrap();
        let params: toml::Table = config.get("preprocessor.verify.params").unwrap().unwrap();
        assert_eq!(
            params,
            toml::toml! { a-b = 5
            c = "x" }
        );
        assert_eq!(config.book.title.as_deref(), Some("A title"));
    }

    #[test]
    fn a_key_has_the_variable_that_is_closest_to_it() {
        let environment = environment(&[
            ("MDBOOK_PREPROCESSOR__VERIFY__PARAMS__A_B", "\"five\""),
            ("MDBOOK_PREPROCESSOR__VERIFY__ACCOUNTS", "{}"),
        ]);
        let variable = |keys: &[&str]| environment.variable(keys).map(|variable| variable.name.as_str());
        let verify = ["preprocessor", "verify"];
        let of = |rest: &[&'static str]| variable(&[&verify[..], rest].concat());
        assert_eq!(of(&["params", "a-b"]), Some("MDBOOK_PREPROCESSOR__VERIFY__PARAMS__A_B"));
        assert_eq!(of(&["params", "a-c"]), None);
        assert_eq!(of(&["accounts", "general"]), Some("MDBOOK_PREPROCESSOR__VERIFY__ACCOUNTS"));
        assert_eq!(of(&["results"]), None);
        let set = environment.variable(&["preprocessor", "verify", "params", "a-b"]).unwrap();
        assert!(set.is_for(&["preprocessor", "verify", "params", "a-b"]) && set.text() == "five");
    }

    #[test]
    fn a_variable_that_does_not_fit_is_named() {
        for name in ["MDBOOK_BOOK__TITEL", "MDBOOK_BUILD__CREATE_MISSING"] {
            let error = environment(&[(name, "x")]).apply(&mut Config::default()).unwrap_err();
            assert!(error.to_string().contains(name), "{error:#}");
        }
    }
}
