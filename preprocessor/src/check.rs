//! What a check is, as its author writes it in `checks/NAME.toml`.
//!
//! This module reads and validates the file. What the CEL expressions in it mean is the verifier's business: here
//! they are text, and only the identifiers in them are looked at (see [`Check::mentions`] and [`Check::uses`]).

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::fact_source::{FactSource, SourceTable};
use crate::param::{Param, Params};
use crate::places::Part;
use crate::words::{holes, identifiers};

/// A check: what must hold for a step to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The name lessons use: the file's name without `.toml`.
    pub name: String,
    /// What the check establishes, in a few words.
    pub title: String,
    /// What the verdict rests on, and what it cannot show; for the reference and `verify explain`.
    pub about: Option<String>,
    /// The account whose evidence unqualified sections mean, unless a directive says `account=`.
    pub account: String,
    /// Named subexpressions, by name; they may use each other in any order.
    pub lets: BTreeMap<String, String>,
    /// How the check decides.
    pub body: Body,
    /// The rules of `verify lint` whose warnings are meant to be as they are in this check.
    pub allow: Vec<String>,
    /// Where it has the facts from that may change.
    pub sources: Vec<FactSource>,
}

/// A check decides by its own expectations, or by other checks.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Judged in order; each is shown.
    Expect(Vec<Expectation>),
    /// Names of the checks whose worst verdict is this one's.
    Steps(Vec<String>),
}

/// One thing that must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// A few words that name it, shown whatever its outcome; the expression itself where the author gave none.
    pub title: String,
    /// CEL: where it applies. `None`: everywhere.
    pub when: Option<String>,
    /// What makes it true.
    pub proof: Proof,
    /// What the learner does when it isn't met; each sentence may have `{CEL}` holes.
    pub fix: Vec<String>,
}

/// What makes an expectation true.
#[derive(Debug, Clone, PartialEq)]
pub enum Proof {
    /// Evidence from AWS.
    Evidence {
        /// CEL that must be true.
        that: String,
        /// What was found, when it is true; each sentence may have `{CEL}` holes.
        met: Vec<String>,
        /// Where false means "not visible yet": evidence that arrives late or is forgotten.
        late: Option<Late>,
    },
    /// The learner's word, for what no API can prove.
    Word {
        /// The statement that the learner confirms, see [`statement_about`].
        statement: String,
        /// CEL: an event that AWS recorded and that makes the word more than a word. It never decides.
        backed_by: Option<String>,
        /// What was found, when `backed_by` is true.
        met: Vec<String>,
    },
}

/// A statement as it is made about an account: `{account}` in it is the course's name for that.
pub fn statement_about(statement: &str, account: &str) -> String {
    statement.replace("{account}", account)
}

/// How an expectation over late evidence (`absence = "unknown"`) is remembered once it was true.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Late {
    /// CEL: the time of the event, RFC 3339.
    pub at: Option<String>,
    /// CEL: what the event was about; remembered only while this is the same.
    pub same: Option<String>,
}

/// What is wrong with a check's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// Where something is wrong in a check's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Some bytes of the text, if those are known.
    Bytes(Option<Range<usize>>),
    /// A part of it.
    Part(Part),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    about: Option<String>,
    account: Option<String>,
    #[serde(default, rename = "let")]
    lets: BTreeMap<String, String>,
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
    attest: Option<String>,
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
    /// Everything that is wrong, and where.
    pub fn parse(name: &str, text: &str) -> Result<Check, Vec<Malformed>> {
        let file: File = toml::from_str(text).map_err(|error| {
            vec![Malformed { message: error.message().to_owned(), place: Place::Bytes(error.span()) }]
        })?;
        Check::from_file(name, file)
    }

    fn from_file(name: &str, file: File) -> Result<Check, Vec<Malformed>> {
        let mut wrong = Vec::new();
        let mut fail = |part: Part, message: String| wrong.push(Malformed { message, place: Place::Part(part) });
        let expects = !file.expect.is_empty();
        match (expects, file.steps.is_empty()) {
            (true, true) => {}
            (false, false) if file.lets.is_empty() => {}
            (false, false) => {
                fail(Part::of(["let"]), "a check of `steps` has no `[let]`: nothing would use it".into());
            }
            (false, true) => {
                let message = "a check needs `[[expect]]` tables, or `steps` naming other checks";
                fail(Part::of(["title"]), message.into());
            }
            (true, false) => {
                fail(Part::of(["steps"]), "a check has either `[[expect]]` tables or `steps`, not both".into());
            }
        }
        if file.account.is_none() && expects {
            fail(Part::of(["title"]), "`account` is missing: whose account is judged?".into());
        }
        let mut expectations = Vec::new();
        for (at, table) in file.expect.into_iter().enumerate() {
            match table.into_expectation() {
                Ok(expectation) => expectations.push(expectation),
                Err((key, why)) => fail(Part::expectation(at).then(key), format!("[[expect]] {}: {why}", at + 1)),
            }
        }
        let mut sources = Vec::new();
        for (at, table) in file.source.into_iter().enumerate() {
            match table.into_source() {
                Ok(source) => sources.push(source),
                Err((key, why)) => fail(Part::source(at).then(key), format!("[[source]] {}: {why}", at + 1)),
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
            lets: file.lets,
            body,
            allow: file.allow,
            sources,
        })
    }

    /// The expectations; none for a check of checks.
    pub fn expectations(&self) -> &[Expectation] {
        match &self.body {
            Body::Expect(expectations) => expectations,
            Body::Steps(_) => &[],
        }
    }

    /// Every CEL expression that decides something, and every sentence with holes: all text that may use a parameter.
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.expressions().into_iter().chain(self.sentences())
    }

    /// Every text that is CEL.
    fn expressions(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.lets.values().map(String::as_str).collect();
        for expectation in self.expectations() {
            texts.extend(expectation.when.as_deref());
            match &expectation.proof {
                Proof::Evidence { that, late, .. } => {
                    texts.push(that);
                    texts.extend(late.iter().flat_map(|late| [late.at.as_deref(), late.same.as_deref()]).flatten());
                }
                Proof::Word { backed_by, .. } => texts.extend(backed_by.as_deref()),
            }
        }
        texts
    }

    /// Every text with holes. A statement has but one, for the account.
    fn sentences(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        for expectation in self.expectations() {
            texts.extend(expectation.fix.iter().map(String::as_str));
            match &expectation.proof {
                Proof::Evidence { met, .. } => texts.extend(met.iter().map(String::as_str)),
                Proof::Word { statement, met, .. } => {
                    texts.push(statement);
                    texts.extend(met.iter().map(String::as_str));
                }
            }
        }
        texts
    }

    /// Which of these parameters the check's expressions and holes use. Other than in [`Check::mentions`], a word of prose
    /// or of a string is none.
    pub fn uses<'p>(&self, params: &'p Params) -> BTreeSet<&'p str> {
        let holes: Vec<&str> = self.sentences().into_iter().flat_map(holes).collect();
        let used: BTreeSet<&str> = self.expressions().into_iter().chain(holes).flat_map(identifiers).collect();
        params.keys().map(String::as_str).filter(|name| used.contains(name)).collect()
    }

    /// Which of these parameters the check mentions. It looks for identifiers, so a word of a sentence may be taken
    /// for a parameter: that costs a hash that changes once too often, never a verdict.
    pub fn mentions<'p>(&self, params: &'p Params) -> BTreeSet<&'p str> {
        let words: BTreeSet<&str> = self
            .texts()
            .flat_map(|text| text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
            .filter(|word| !word.is_empty())
            .collect();
        params.keys().map(String::as_str).filter(|name| words.contains(name)).collect()
    }

    /// Identifies what decides: the check without its prose, with the values of the parameters that it mentions.
    /// A verdict found under another hash is about another question.
    pub fn hash(&self, params: &BTreeMap<&str, &Param>) -> String {
        let decides: Vec<serde_json::Value> = self
            .expectations()
            .iter()
            .map(|expectation| {
                let proof = match &expectation.proof {
                    Proof::Evidence { that, late, .. } => serde_json::json!({
                        "that": that,
                        "late": late.as_ref().map(|late| (&late.at, &late.same)),
                    }),
                    Proof::Word { statement, .. } => serde_json::json!({ "attest": statement }),
                };
                serde_json::json!([expectation.when, proof])
            })
            .collect();
        let steps = match &self.body {
            Body::Steps(steps) => steps.as_slice(),
            Body::Expect(_) => &[],
        };
        let canonical = serde_json::json!([self.account, self.lets, decides, steps, params]).to_string();
        hex(&Sha256::digest(canonical.as_bytes())[..16])
    }
}

impl ExpectTable {
    /// The expectation, or the key that is wrong, and why.
    fn into_expectation(self) -> Result<Expectation, (&'static str, &'static str)> {
        let (fix, met) = (sentences(self.fix), sentences(self.met));
        let late = [("absence", self.absence.is_some()), ("at", self.at.is_some()), ("same", self.same.is_some())];
        let late_key = late.iter().find(|(_, there)| *there).map(|(key, _)| *key);
        let proof = match (self.that, self.attest) {
            (Some(that), None) => {
                if self.backed_by.is_some() {
                    return Err(("backed_by", "`backed_by` goes with `attest`: evidence stands for itself"));
                }
                if fix.is_empty() {
                    return Err(("fix", "`fix` is missing: what does the learner do when it isn't met?"));
                }
                let late = match (self.absence, late_key) {
                    (Some(Absence::Unknown), _) => Some(Late { at: self.at, same: self.same }),
                    (None, Some(key)) => return Err((key, "`at` and `same` go with `absence = \"unknown\"`")),
                    (None, None) => None,
                };
                Proof::Evidence { that, met, late }
            }
            (None, Some(statement)) => {
                if let Some(key) = late_key {
                    return Err((key, "`absence`, `at` and `same` go with `that`: a word is not evidence"));
                }
                Proof::Word { statement, backed_by: self.backed_by, met }
            }
            (Some(_), Some(_)) => return Err(("attest", "an expectation has either `that` or `attest`, not both")),
            (None, None) => {
                return Err(("that", "an expectation needs `that` (evidence) or `attest` (the learner's word)"));
            }
        };
        let title = self.title.unwrap_or_else(|| match &proof {
            Proof::Evidence { that, .. } => that.clone(),
            Proof::Word { statement, .. } => statement.clone(),
        });
        Ok(Expectation { title, when: self.when, proof, fix })
    }
}

fn sentences(written: Option<OneOrMore>) -> Vec<String> {
    match written {
        None => Vec::new(),
        Some(OneOrMore::One(sentence)) => vec![sentence],
        Some(OneOrMore::More(sentences)) => sentences,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Check, Vec<Malformed>> {
        Check::parse("x", text)
    }

    #[test]
    fn a_word_of_prose_or_of_a_string_is_no_use_of_a_parameter() {
        let text = r#"
title = "An email"
account = "production"
[[expect]]
that = "budgets.exists(b, b.email == 'limit' && b.amount > threshold)"
met = "Your email {{limit}} is {suffix + '}' + {'a': {'b': 1}}['a'].b + ending}."
fix = "Enter your email."
"#;
        let names = ["email", "limit", "threshold", "suffix", "ending", "account"];
        let params: Params = names.into_iter().map(|name| (name.to_owned(), Param::Int(1))).collect();
        let check = check(text).unwrap();
        assert_eq!(check.uses(&params), BTreeSet::from(["ending", "suffix", "threshold"]));
        assert!(check.mentions(&params).contains("email"), "what a verdict rests on is told apart by all words");
    }

    #[test]
    fn everything_that_is_wrong_with_a_check_is_told() {
        let text = r#"
title = "x"
[[expect]]
that = "true"
[[expect]]
fix = "x"
[[expect]]
that = "true"
at = "x"
fix = "x"
"#;
        let told: Vec<String> = check(text).unwrap_err().into_iter().map(|wrong| wrong.message).collect();
        assert_eq!(told.len(), 4, "{told:?}");
        for (told, wanted) in told.iter().zip(["`account` is missing", "1: `fix`", "2: an expectation", "3: `at`"]) {
            assert!(told.contains(wanted), "{told}");
        }
    }
}
