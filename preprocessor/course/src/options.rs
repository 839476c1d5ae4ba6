//! Reads `[preprocessor.verify]` from `book.toml` and the environment.

mod inputs;
mod names;
mod settings;

use mdbook_preprocessor::config::Config;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::{Table, Value};

use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest, suggest};
use crate::environment::{Environment, Variable};
use crate::files;
use crate::param::{LONGEST, Param};
use crate::places::{KeyPath, TomlFile};
pub use names::can_name_account;
pub(crate) use names::{is_name, is_reserved};
use settings::keys;
pub use settings::{Options, Source, schema};

impl Options {
    /// Reads the options from mdBook's configuration of the book in this folder.
    ///
    /// # Errors
    /// All errors in them.
    pub fn read(root: &Path, config: &Config) -> Result<Options, Diagnostics> {
        let reader = Reader::read(root, config);
        Diagnostics::check(reader.errors).map(|()| reader.options)
    }
}

/// The options as far as they can be read, and all errors in them.
pub(crate) struct Reader {
    pub(crate) options: Options,
    /// Parameters whose values cannot be read. They get placeholder values, so that there are no further errors.
    pub(crate) unread: BTreeSet<String>,
    pub(crate) errors: Vec<Diagnostic>,
    file: TomlFile,
    /// `[preprocessor.verify]` in the file, without the environment.
    written: Table,
    environment: Environment,
}

impl Reader {
    pub(crate) fn read(root: &Path, config: &Config) -> Reader {
        Reader::with(root, config, Environment::read())
    }

    fn with(root: &Path, config: &Config, environment: Environment) -> Reader {
        let text = files::read_text(&root.join("book.toml")).unwrap_or_default();
        let mut reader = Reader {
            options: Options::default(),
            unread: BTreeSet::new(),
            errors: Vec::new(),
            written: written(&text).unwrap_or_default(),
            file: TomlFile::of("book.toml", text),
            environment,
        };
        match config.get::<Table>("preprocessor.verify") {
            Ok(table) => {
                // A variable that sets the whole table removes nothing that the file sets.
                let mut table = table.unwrap_or_default();
                reader.written.iter().for_each(|(key, value)| {
                    table.entry(key).or_insert_with(|| value.clone());
                });
                reader.table(table);
            }
            Err(_) => reader.must(&ours(), "a table"),
        }
        reader
    }

    fn table(&mut self, table: Table) {
        let keys = keys();
        let keys = || keys.iter().map(String::as_str);
        for (key, value) in table {
            let part = ours().then(&key);
            if keys().any(|known| known == key) {
                self.option(&key, &part, value);
                continue;
            }
            let message = format!("[preprocessor.verify] has no option `{key}`");
            self.fail(self.key(&part), message, suggest(&key, keys()));
            // What it defines is not missing, too.
            if let Some(meant) = nearest(&key, keys()) {
                let errors = self.errors.len();
                self.option(meant, &part, value);
                self.errors.truncate(errors);
            }
        }
    }

    fn option(&mut self, key: &str, part: &KeyPath, value: Value) {
        match key {
            "results" => self.options.results = self.value(part, value, "`real` or `practice`").unwrap_or_default(),
            "serve" => self.options.serve = self.value(part, value, "text"),
            "allow" => self.options.allow = self.value(part, value, "a list of rules").unwrap_or_default(),
            "params" => self.params(part, value),
            "accounts" => {
                for Entry { name, part, value, .. } in self.entries(part, value, "account") {
                    let what = self.value(&part, value, "text that describes it").unwrap_or_default();
                    self.options.accounts.insert(name, what);
                }
            }
            "inputs" => self.inputs(part, value),
            // mdBook's own.
            _ => {}
        }
    }

    fn params(&mut self, part: &KeyPath, value: Value) {
        for Entry { name, part, value, declared } in self.entries(part, value, "parameter") {
            let declared = declared.and_then(|declared| declared.try_into::<Param>().ok());
            let param = match declared {
                Some(declared) => self.set(&part, value, &declared),
                None if value.is_array() => {
                    let span = self.set_by(&part).unwrap_or_else(|| self.file.value(&part));
                    let message = format!("the parameter `{name}` must be one value: true or false, a number, or text");
                    self.fail(span, message, Some("for several values, name a table of a lesson".to_owned()));
                    None
                }
                None => self.value(&part, value, "true or false, a number, or text"),
            };
            let param = param.unwrap_or_else(|| {
                self.unread.insert(name.clone());
                Param::Text(String::new())
            });
            if let Param::Text(text) = &param
                && text.len() > LONGEST
            {
                let message = format!("`{part}` has {} bytes; {LONGEST} are allowed", text.len());
                let span = self.set_by(&part).unwrap_or_else(|| self.file.value(&part));
                self.fail(span, message, Some("write long text directly in the lessons that show it".into()));
            }
            self.options.params.insert(name, param);
        }
    }

    /// The value of a parameter in the environment, as the type that it has in `book.toml`.
    fn set(&mut self, part: &KeyPath, value: Value, declared: &Param) -> Option<Param> {
        let keys = part.keys();
        let own = self.environment.variable(&keys).filter(|variable| variable.is_for(&keys));
        let text = match (value, own) {
            (Value::Table(_) | Value::Array(_), _) => None,
            // As it was written, because 1.10 may be text.
            (_, Some(own)) => Some(own.text()),
            (Value::String(text), None) => Some(text),
            (value, None) => Some(value.to_string()),
        };
        let param = text.map_or(Err("true or false, a number, or text"), |text| declared.parse_like(&text));
        param.map_err(|wanted| self.must(part, wanted)).ok()
    }

    /// The entries of a table of names. `book.toml` declares the names, and the environment can set their values.
    /// mdBook converts underscores in variables to hyphens, so both spellings are accepted.
    fn entries(&mut self, part: &KeyPath, value: Value, what: &str) -> Vec<Entry> {
        let Some(table) = self.value::<Table>(part, value, "a table") else { return Vec::new() };
        let written = self.written.get(part.last()).and_then(Value::as_table).cloned().unwrap_or_default();
        let mut declared: BTreeMap<String, (String, Value)> = BTreeMap::new();
        for (key, value) in written {
            if let Some((other, _)) = declared.get(&folded(&key)) {
                let message = format!("`{other}` and `{key}` are the same {what}");
                let help = format!("remove one, and write `{}`", folded(&key));
                self.fail(self.key(&part.then(&key)), message, Some(help));
            } else {
                declared.insert(folded(&key), (key, value));
            }
        }
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for (key, value) in table {
            let (name, part) = (folded(&key), part.then(&key));
            let set = self.environment.variable(&part.keys()).is_some();
            match declared.get(&name) {
                _ if !set => {
                    self.name(&name, &key, &part, what);
                    // The environment's value wins, whichever of the two comes first.
                    entries.entry(name.clone()).or_insert(Entry { name, part, value, declared: None });
                }
                Some((_, declared)) => {
                    let declared = Some(declared.clone());
                    entries.insert(name.clone(), Entry { name, part, value, declared });
                }
                None => {
                    let help = suggest(&name, declared.keys().map(String::as_str));
                    self.fail(self.key(&part), format!("the course has no {what} `{name}` to set"), help);
                }
            }
        }
        // Neither does a variable that sets this table.
        for (name, (key, value)) in declared {
            let part = part.then(&key);
            entries.entry(name.clone()).or_insert(Entry { name, part, value, declared: None });
        }
        entries.into_values().collect()
    }

    fn name(&mut self, name: &str, key: &str, part: &KeyPath, what: &str) {
        if !is_name(name) || is_reserved(name) {
            let article = if what.starts_with('a') { "an" } else { "a" };
            let help = "use lower-case letters, digits and _, and no reserved word of expressions".to_owned();
            self.fail(self.key(part), format!("`{key}` cannot name {article} {what}"), Some(help));
            self.unread.insert(name.to_owned());
        }
    }

    fn value<T: DeserializeOwned>(&mut self, part: &KeyPath, value: Value, wanted: &str) -> Option<T> {
        let read = value.try_into().ok();
        if read.is_none() {
            self.must(part, wanted);
        }
        read
    }

    /// Reports what a value must be.
    fn must(&mut self, part: &KeyPath, wanted: &str) {
        let span = self.set_by(part).unwrap_or_else(|| self.file.value(part));
        self.fail(span, format!("`{part}` must be {wanted}"), None);
    }

    fn fail(&mut self, span: Span, message: String, help: Option<String>) {
        self.errors.push(Diagnostic { span, message, help });
    }

    /// The place of a key.
    fn key(&self, part: &KeyPath) -> Span {
        self.set_by(part).unwrap_or_else(|| self.file.key(part))
    }

    /// The variable that sets a key, as a place.
    fn set_by(&self, part: &KeyPath) -> Option<Span> {
        self.environment.variable(&part.keys()).map(Variable::span)
    }
}

/// An entry of a table of names.
struct Entry {
    name: String,
    part: KeyPath,
    value: Value,
    /// The value in the file, if the environment overrides it.
    declared: Option<Value>,
}

/// `[preprocessor.verify]` of `book.toml`.
fn written(text: &str) -> Option<Table> {
    let mut file: Table = toml::from_str(text).ok()?;
    let Some(Value::Table(mut preprocessors)) = file.remove("preprocessor") else { return None };
    let Some(Value::Table(ours)) = preprocessors.remove("verify") else { return None };
    Some(ours)
}

fn ours() -> KeyPath {
    KeyPath::of(["preprocessor", "verify"])
}

/// A name as it is written in lessons and checks.
fn folded(key: &str) -> String {
    key.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
[preprocessor.verify.params]
budget_amount = 10
label = "ten"
share = 0.5
strict = false
kebab-name = 1

[preprocessor.verify.accounts]
first_account = "the first"
"#;

    /// The options with these variables, or their errors.
    fn read(file: &str, variables: &[(&str, &str)]) -> Result<Options, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("book.toml"), file).unwrap();
        let name = |key: &str| format!("MDBOOK_PREPROCESSOR__VERIFY{key}");
        let environment = Environment::of(variables.iter().map(|(key, text)| (name(key), (*text).to_owned())));
        let mut config: Config = file.parse().unwrap();
        environment.apply(&mut config).unwrap();
        let reader = Reader::with(dir.path(), &config, environment);
        Diagnostics::check(reader.errors).map(|()| reader.options).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn the_environment_sets_what_the_file_declares_as_its_type() {
        let set = [
            ("__PARAMS__BUDGET_AMOUNT", "5"),
            ("__PARAMS__LABEL", "1.10"),
            ("__PARAMS__SHARE", "1"),
            ("__PARAMS__STRICT", "true"),
            ("__PARAMS__KEBAB_NAME", "2"),
            ("__ACCOUNTS__FIRST_ACCOUNT", "mine"),
            ("__RESULTS", "practice"),
            ("__SERVE", "make live"),
        ];
        let options = read(FILE, &set).unwrap();
        let params: Vec<(&str, &Param)> = options.params.iter().map(|(name, param)| (name.as_str(), param)).collect();
        let expected = [
            ("budget_amount", &Param::Int(5)),
            ("kebab_name", &Param::Int(2)),
            ("label", &Param::Text("1.10".into())),
            ("share", &Param::Float(1.0)),
            ("strict", &Param::Bool(true)),
        ];
        assert_eq!(params, expected);
        assert_eq!(options.accounts, BTreeMap::from([("first_account".into(), "mine".into())]));
        assert_eq!((options.results, options.serve.as_deref()), (Source::Practice, Some("make live")));
    }

    #[test]
    fn a_table_from_the_environment_leaves_what_it_does_not_set() {
        for set in [
            ("__PARAMS", r#"{"budget_amount": 5, "label": "five"}"#),
            ("", r#"{"params": {"budget-amount": "5", "label": "five"}}"#),
        ] {
            let Options { params, accounts, .. } = read(FILE, &[set]).unwrap();
            assert_eq!(accounts["first_account"], "the first");
            assert_eq!(params["budget_amount"], Param::Int(5));
            assert_eq!(params["label"], Param::Text("five".into()));
            assert_eq!(params["share"], Param::Float(0.5));
        }
    }

    #[test]
    fn what_is_wrong_with_a_variable_names_it_and_not_the_file() {
        for (key, text, wanted) in [
            ("__PARAMS__BUDGET_AMONT", "5", "the course has no parameter `budget_amont` to set"),
            ("__PARAMS__BUDGET_AMOUNT", "five", "must be a whole number"),
            ("__PARAMS__BUDGET_AMOUNT", "{}", "must be true or false, a number, or text"),
            ("__PARAMS__BUDGET_AMOUNT__X", "5", "must be true or false, a number, or text"),
            ("__PARAMS", "5", "`preprocessor.verify.params` must be a table"),
            ("__ACCOUNTS__SECOND", "x", "the course has no account `second` to set"),
            ("__ACCOUNTS__FIRST_ACCOUNT", "5", "must be text"),
            ("__RESULTS", "practise", "must be `real` or `practice`"),
            ("__RESULT", "practice", "has no option `result`"),
            ("__SERVE", "5", "must be text"),
            ("", "x", "`preprocessor.verify` must be a table"),
        ] {
            let wrong = read(FILE, &[(key, text)]).unwrap_err();
            let place = format!(" --> the environment variable MDBOOK_PREPROCESSOR__VERIFY{key}\n");
            assert!(wrong.contains(wanted) && wrong.contains(&place), "{key}={text}: {wrong}");
            assert!(!wrong.contains("book.toml"), "{key}={text}: {wrong}");
        }
    }

    #[test]
    fn two_spellings_of_a_name_are_an_error_of_the_file() {
        for (from, to) in
            [("kebab-name", "kebab-name = 1\nkebab_name"), ("first_account", "first-account = \"x\"\nfirst_account")]
        {
            let wrong = read(&FILE.replace(from, to), &[]).unwrap_err();
            assert!(wrong.contains("are the same") && wrong.contains("book.toml:"), "{wrong}");
            assert!(wrong.contains("1 error"), "{wrong}");
        }
    }
}
