//! `[preprocessor.verify]` in `book.toml`.

use mdbook_preprocessor::config::Config;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::Value;

use crate::diagnostic::{Diagnostic, Diagnostics, suggest};
use crate::param::{LONGEST, Param, Params};
use crate::places::{Part, TomlFile};

/// `[preprocessor.verify]`.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which results the book shows.
    pub results: Source,
    /// The course's parameters.
    pub params: Params,
    /// The course's names for accounts, each with what it is.
    pub accounts: BTreeMap<String, String>,
    /// What serves the live book in a clone of the course's repository, if `verify serve --open` doesn't.
    pub serve: Option<String>,
}

/// Which results a book shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Those of the learner's own accounts.
    #[default]
    Real,
    /// Those of the practice account.
    Practice,
}

/// Keys of `[preprocessor.verify]`: ours and mdBook's.
const KEYS: &[&str] =
    &["results", "params", "accounts", "serve", "command", "renderer", "renderers", "before", "after", "optional"];

/// Words that mean something else in an expression.
const RESERVED: &[&str] = &[
    "accounts",
    "account",
    "optional",
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

impl Options {
    /// Reads the options from mdBook's configuration of the book in this folder.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(root: &Path, config: &Config) -> Result<Options, Diagnostics> {
        let reader = Reader::read(root, config);
        Diagnostics::check(reader.errors).map(|()| reader.options)
    }
}

/// The options as far as they can be read, and all that is wrong with them.
pub(crate) struct Reader {
    pub(crate) options: Options,
    /// Parameters whose values cannot be read. Something stands for them, so that what uses them is not wrong as well.
    pub(crate) unread: BTreeSet<String>,
    pub(crate) errors: Vec<Diagnostic>,
    file: TomlFile,
}

impl Reader {
    pub(crate) fn read(root: &Path, config: &Config) -> Reader {
        let file = TomlFile::read(root, "book.toml");
        let mut reader = Reader { options: Options::default(), unread: BTreeSet::new(), errors: Vec::new(), file };
        match config.get::<toml::Table>("preprocessor.verify") {
            Ok(table) => reader.table(table.unwrap_or_default()),
            Err(_) => reader.fail(&ours(), "[preprocessor.verify] must be a table".into(), None),
        }
        reader
    }

    fn table(&mut self, table: toml::Table) {
        for (key, value) in table {
            match key.as_str() {
                "results" => {
                    let wanted = "`real` or `practice`";
                    self.options.results = self.value(&ours().then(&key), value, wanted).unwrap_or_default();
                }
                "serve" => self.options.serve = self.value(&ours().then(&key), value, "text"),
                "params" => {
                    for (name, value) in self.entries(&key, value) {
                        let part = ours().then("params").then(&name);
                        let param = self.value(&part, value, "true or false, a number, or text").unwrap_or_else(|| {
                            self.unread.insert(name.clone());
                            Param::Text(String::new())
                        });
                        if let Param::Text(text) = &param
                            && text.len() > LONGEST
                        {
                            let message = format!("`{part}` has {} bytes; {LONGEST} are allowed", text.len());
                            self.fail(&part, message, Some("put a long text into the lessons that show it".into()));
                        }
                        self.options.params.insert(name, param);
                    }
                }
                "accounts" => {
                    for (name, value) in self.entries(&key, value) {
                        let part = ours().then("accounts").then(&name);
                        let what = self.value(&part, value, "text that says what it is").unwrap_or_default();
                        self.options.accounts.insert(name, what);
                    }
                }
                key if KEYS.contains(&key) => {}
                key => {
                    let message = format!("[preprocessor.verify] has no option `{key}`");
                    let spot = self.file.key(&ours().then(key));
                    self.errors.push(Diagnostic { spot, message, help: suggest(key, KEYS.iter().copied()) });
                }
            }
        }
    }

    /// The entries of a table of names.
    fn entries(&mut self, key: &str, value: Value) -> toml::Table {
        let part = ours().then(key);
        let entries: toml::Table = self.value(&part, value, "a table").unwrap_or_default();
        let what = if key == "params" { "a parameter" } else { "an account" };
        for name in entries.keys().filter(|name| !is_name(name) || RESERVED.contains(&name.as_str())) {
            let help = "names are lower-case words with digits and _, and none that expressions use".to_owned();
            let (spot, message) = (self.file.key(&part.then(name)), format!("`{name}` cannot name {what}"));
            self.errors.push(Diagnostic { spot, message, help: Some(help) });
        }
        entries
    }

    fn value<T: DeserializeOwned>(&mut self, part: &Part, value: Value, wanted: &str) -> Option<T> {
        let read = value.try_into().ok();
        if read.is_none() {
            self.fail(part, format!("`{part}` must be {wanted}"), None);
        }
        read
    }

    fn fail(&mut self, part: &Part, message: String, help: Option<String>) {
        self.errors.push(Diagnostic { spot: self.file.value(part), message, help });
    }
}

fn ours() -> Part {
    Part::of(["preprocessor", "verify"])
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
