//! The TOML of `checks/NAME.toml`.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::expectation::ExpectTable;
use super::lets::read_let;
use super::practice::PracticeTable;
use super::reads::{ReadTable, Reads};
use super::{Body, Check, Makes, Malformed};
use crate::fact_source::SourceTable;
use crate::places::KeyPath;
use crate::toml_schema::toml_schema;

/// The keys that are nowhere but at the top of the file.
const TOP: &[&str] = &["about", "account", "use", "steps", "makes", "costs", "removes", "allow"];

/// A check: what must hold for a step of a lesson to be done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{ "required": ["expect"] }, { "required": ["steps"] }, { "required": ["removes"] }]))]
struct File {
    /// What the check establishes, in a few words.
    title: String,
    /// What the verdict is based on, and what it cannot show. For the reference and `verify explain`.
    about: Option<String>,
    /// The account that sections and reads are about, by its name in `book.toml`. Required with `expect` and `makes`.
    account: Option<String>,
    /// Files of `checks/shared/`, without `.toml`, whose names the check uses.
    #[serde(default, rename = "use")]
    uses: Vec<String>,
    /// Names for expressions. A key in quotation marks takes parameters: `"counts(b)" = "b.amount > 0.0"`.
    #[serde(default, rename = "let")]
    lets: BTreeMap<String, String>,
    /// Reads of AWS, by the name that expressions use for the answer.
    #[serde(default, rename = "read")]
    reads: BTreeMap<String, ReadTable>,
    /// What must hold, judged and shown in order.
    #[serde(default)]
    expect: Vec<ExpectTable>,
    /// Instead of `expect`: other checks. The worst of their verdicts is the verdict.
    #[serde(default)]
    steps: Vec<String>,
    /// An expression: the list of the ids of what the step has the learner make, as far as it is there now.
    makes: Option<String>,
    /// What that costs while it is there, in words. Requires `makes`.
    costs: Option<String>,
    /// Checks with `makes`: what they made must be gone again. Such a check needs no `expect`.
    #[serde(default)]
    removes: Vec<String>,
    /// Rules of `verify lint` and `verify selftest` that the check breaks on purpose, such as `empty-account`.
    #[serde(default)]
    allow: Vec<String>,
    /// Sources of facts that may change. They decide nothing.
    #[serde(default)]
    source: Vec<SourceTable>,
    /// What does the step in the practice accounts.
    practice: Option<PracticeTable>,
}

/// The JSON Schema of `checks/NAME.toml`.
pub fn schema() -> serde_json::Value {
    toml_schema::<File>()
}

impl File {
    /// The keys that do not go together, and why.
    fn shape(&self) -> Vec<(&'static str, &'static str)> {
        let defines = !self.lets.is_empty() || !self.reads.is_empty() || !self.uses.is_empty();
        let (expects, combines, removes) = (!self.expect.is_empty(), !self.steps.is_empty(), !self.removes.is_empty());
        let mut wrong = Vec::new();
        if combines && expects {
            wrong.push(("steps", "a check has either `[[expect]]` tables or `steps`, not both"));
        } else if combines && defines {
            wrong.push(("let", "a check with `steps` cannot have `[let]` or `[read]`: nothing would use it"));
        } else if combines && (removes || self.makes.is_some()) {
            wrong.push(("steps", "a check with `steps` cannot have `makes` or `removes`: its members have them"));
        } else if !combines && !expects && !removes {
            let why = "a check needs `[[expect]]` tables, `removes`, or `steps` with the names of other checks";
            wrong.push(("title", why));
        }
        if removes && self.makes.is_some() {
            wrong.push(("removes", "a check either makes something or removes it: use two checks"));
        }
        if self.costs.is_some() && self.makes.is_none() {
            wrong.push(("costs", "`costs` requires `makes`, which says what costs this"));
        }
        for (key, text) in
            [("title", Some(&self.title)), ("about", self.about.as_ref()), ("costs", self.costs.as_ref())]
        {
            if text.is_some_and(|text| text.trim().is_empty()) {
                wrong.push((key, "this text is empty, and learners read it: write it"));
            }
        }
        if self.costs.as_ref().is_some_and(|costs| costs.contains(['{', '}'])) {
            wrong.push(("costs", "`costs` has no holes: it is shown before anything is read"));
        }
        wrong
    }
}

impl Check {
    /// Reads a check from the text of its file.
    ///
    /// # Errors
    /// Everything that is wrong, with its place.
    pub fn parse(name: &str, text: &str) -> Result<Check, Vec<Malformed>> {
        let file: File = toml::from_str(text).map_err(|error| vec![Malformed::toml(text, &error, TOP)])?;
        Check::from_file(name, file)
    }

    fn from_file(name: &str, file: File) -> Result<Check, Vec<Malformed>> {
        let mut wrong = Vec::new();
        let mut fail = |part: KeyPath, message: String| wrong.push(Malformed::at(part, message));
        let expects = !file.expect.is_empty();
        let evaluates = expects || file.makes.is_some();
        file.shape().into_iter().for_each(|(key, message)| fail(KeyPath::of([key]), message.to_owned()));
        if file.account.is_none() && evaluates && file.lets.contains_key("account") {
            let message = "`account` is below [let], where it names an expression: move it to the top of the file";
            fail(KeyPath::of(["let", "account"]), message.into());
        } else if file.account.is_none() && evaluates {
            fail(KeyPath::of(["title"]), "`account` is missing: name the account that the check is about".into());
        }
        let mut lets = BTreeMap::new();
        for (key, text) in file.lets {
            match read_let(&key, text, None) {
                Ok((name, meant)) => match lets.insert(name.clone(), meant) {
                    None => {}
                    Some(_) => fail(KeyPath::of(["let", key.as_str()]), format!("`{name}` is defined twice in [let]")),
                },
                Err(message) => fail(KeyPath::of(["let", key.as_str()]), message),
            }
        }
        let mut reads = Reads::new();
        for (name, table) in file.reads {
            let taken =
                lets.contains_key(&name).then(|| format!("`{name}` is already a let. Give the read another name"));
            match taken.map_or_else(|| table.named(&name, None), Err) {
                Ok(read) => drop(reads.insert(name, read)),
                Err(message) => fail(KeyPath::of(["read", name.as_str()]), message),
            }
        }
        let mut expectations = Vec::new();
        for (at, table) in file.expect.into_iter().enumerate() {
            match table.into_expectation() {
                Ok(expectation) => expectations.push(expectation),
                Err((key, why)) => fail(KeyPath::expectation(at).then(key), format!("[[expect]] {}: {why}", at + 1)),
            }
        }
        let mut sources = Vec::new();
        for (at, table) in file.source.into_iter().enumerate() {
            match table.into_source() {
                Ok(source) => sources.push(source),
                Err((key, why)) => fail(KeyPath::source(at).then(key), format!("[[source]] {}: {why}", at + 1)),
            }
        }
        let practice = file.practice.map(|table| {
            let (practice, mistakes) = table.read();
            mistakes.into_iter().for_each(|(part, message)| fail(part, message));
            practice
        });
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let combines = !file.steps.is_empty();
        let body = if combines { Body::Steps(file.steps) } else { Body::Expect(expectations) };
        let account = file.account.unwrap_or_default();
        Ok(Check {
            name: name.to_owned(),
            title: file.title,
            about: file.about,
            account,
            uses: file.uses,
            lets,
            reads,
            body,
            makes: file.makes.map(|list| Makes { list, costs: file.costs }),
            removes: file.removes,
            allow: file.allow,
            sources,
            practice,
        })
    }
}
