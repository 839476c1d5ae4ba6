//! The TOML of `checks/NAME.toml`.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::lets::read_let;
use super::reads::{ReadTable, Reads};
use super::{About, Body, Check, Expectation, Late, Malformed, Place, Proof, Statement};
use crate::fact_source::SourceTable;
use crate::places::KeyPath;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    about: Option<String>,
    account: Option<String>,
    #[serde(default, rename = "use")]
    uses: Vec<String>,
    #[serde(default, rename = "let")]
    lets: BTreeMap<String, String>,
    #[serde(default, rename = "read")]
    reads: BTreeMap<String, ReadTable>,
    #[serde(default)]
    expect: Vec<ExpectTable>,
    #[serde(default)]
    steps: Vec<String>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    source: Vec<SourceTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectTable {
    title: Option<String>,
    when: Option<String>,
    that: Option<String>,
    met: Option<OneOrMore>,
    fix: Option<OneOrMore>,
    absence: Option<Absence>,
    at: Option<String>,
    same: Option<String>,
    still: Option<OneOrMore>,
    confirm: Option<String>,
    why: Option<String>,
    backed_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Absence {
    Unknown,
}

impl Check {
    /// Reads a check from the text of its file.
    ///
    /// # Errors
    /// Everything that is wrong, with its place.
    pub fn parse(name: &str, text: &str) -> Result<Check, Vec<Malformed>> {
        let file: File = toml::from_str(text).map_err(|error| {
            vec![Malformed { message: error.message().to_owned(), place: Place::Bytes(error.span()) }]
        })?;
        Check::from_file(name, file)
    }

    fn from_file(name: &str, file: File) -> Result<Check, Vec<Malformed>> {
        let mut wrong = Vec::new();
        let mut fail = |part: KeyPath, message: String| wrong.push(Malformed { message, place: Place::KeyPath(part) });
        let expects = !file.expect.is_empty();
        match (expects, file.steps.is_empty()) {
            (true, true) => {}
            (false, false) if file.lets.is_empty() && file.reads.is_empty() && file.uses.is_empty() => {}
            (false, false) => {
                fail(
                    KeyPath::of(["let"]),
                    "a check with `steps` cannot have `[let]` or `[read]`: nothing would use it".into(),
                );
            }
            (false, true) => {
                let message = "a check needs `[[expect]]` tables, or `steps` with the names of other checks";
                fail(KeyPath::of(["title"]), message.into());
            }
            (true, false) => {
                fail(KeyPath::of(["steps"]), "a check has either `[[expect]]` tables or `steps`, not both".into());
            }
        }
        if file.account.is_none() && expects {
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
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let body = if expects { Body::Expect(expectations) } else { Body::Steps(file.steps) };
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
            allow: file.allow,
            sources,
        })
    }
}

impl ExpectTable {
    /// The expectation, or the key that is wrong, and why.
    fn into_expectation(self) -> Result<Expectation, (&'static str, &'static str)> {
        let (fix, met) = (all(self.fix), all(self.met));
        let about = match (self.same, self.still) {
            (Some(same), Some(still)) => Some(About { same, still: all(Some(still)) }),
            (Some(_), None) => return Err(("same", "`same` requires `still`, a list of what exists now")),
            (None, Some(_)) => {
                return Err(("still", "`still` requires `same`, which identifies what was seen or confirmed"));
            }
            (None, None) => None,
        };
        if about.is_some() && self.absence.is_none() && self.confirm.is_none() {
            return Err((
                "same",
                "`same` and `still` require `absence = \"unknown\"` or `confirm`: nothing else is remembered",
            ));
        }
        if self.why.is_some() && self.confirm.is_none() {
            return Err(("why", "`why` requires `confirm`: it says why the learner must confirm the statement"));
        }
        let statement = self.confirm.map(|text| Statement { text, why: self.why, about: about.clone() });
        let proof = match (self.that, statement) {
            (Some(that), instead) => {
                if self.backed_by.is_some() {
                    return Err((
                        "backed_by",
                        "`backed_by` requires `confirm` without `that`: with `that`, the evidence decides",
                    ));
                }
                if fix.is_empty() {
                    return Err(("fix", "`fix` is missing: say what the learner does if it isn't met"));
                }
                let late = match self.absence {
                    Some(Absence::Unknown) => Some(Late { at: self.at, about }),
                    None if self.at.is_some() => return Err(("at", "`at` requires `absence = \"unknown\"`")),
                    None => None,
                };
                Proof::Evidence { that, met, late, instead }
            }
            (None, Some(statement)) => {
                let late = [("absence", self.absence.is_some()), ("at", self.at.is_some())];
                if let Some((key, _)) = late.into_iter().find(|(_, there)| *there) {
                    return Err((key, "`absence` and `at` require `that`: a confirmation is not evidence"));
                }
                Proof::Confirmation { statement, backed_by: self.backed_by, met }
            }
            (None, None) => {
                return Err((
                    "that",
                    "an expectation needs `that` (evidence) or `confirm` (a statement that the learner confirms)",
                ));
            }
        };
        let title = self.title.unwrap_or_else(|| match &proof {
            Proof::Evidence { that, .. } => that.clone(),
            Proof::Confirmation { statement, .. } => statement.text.clone(),
        });
        Ok(Expectation { title, when: self.when, proof, fix })
    }
}

fn all(written: Option<OneOrMore>) -> Vec<String> {
    match written {
        None => Vec::new(),
        Some(OneOrMore::One(sentence)) => vec![sentence],
        Some(OneOrMore::More(sentences)) => sentences,
    }
}
