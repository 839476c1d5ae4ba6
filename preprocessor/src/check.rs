//! What a check is, as its author writes it in `checks/NAME.toml`.
//!
//! This module reads and validates the file. What the CEL expressions in it mean is the verifier's business: here
//! they are text, and only the identifiers in them are looked at (see [`Check::mentions`]).

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::param::{Param, Params};

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
    /// Where in the text, in bytes.
    pub span: Option<Range<usize>>,
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
    /// What is wrong, and where in the text if that is known.
    pub fn parse(name: &str, text: &str) -> Result<Check, Malformed> {
        let file: File = toml::from_str(text)
            .map_err(|error| Malformed { message: error.message().to_owned(), span: error.span() })?;
        Check::from_file(name, file).map_err(|message| Malformed { message, span: None })
    }

    fn from_file(name: &str, file: File) -> Result<Check, String> {
        let body = match (file.expect.is_empty(), file.steps.is_empty()) {
            (false, true) => Body::Expect(
                file.expect
                    .into_iter()
                    .enumerate()
                    .map(|(at, table)| table.into_expectation().map_err(|why| format!("[[expect]] {}: {why}", at + 1)))
                    .collect::<Result<_, _>>()?,
            ),
            (true, false) if file.lets.is_empty() => Body::Steps(file.steps),
            (true, false) => return Err("a check of `steps` has no `[let]`: nothing would use it".into()),
            (true, true) => return Err("a check needs `[[expect]]` tables, or `steps` naming other checks".into()),
            (false, false) => return Err("a check has either `[[expect]]` tables or `steps`, not both".into()),
        };
        let account = match (file.account, &body) {
            (Some(account), _) => account,
            (None, Body::Steps(_)) => String::new(),
            (None, Body::Expect(_)) => return Err("`account` is missing: whose account is judged?".into()),
        };
        Ok(Check { name: name.to_owned(), title: file.title, about: file.about, account, lets: file.lets, body })
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
        let expectations = self.expectations().iter().flat_map(|expectation| {
            let mut texts: Vec<&str> = expectation.fix.iter().map(String::as_str).collect();
            texts.extend(expectation.when.as_deref());
            match &expectation.proof {
                Proof::Evidence { that, met, late } => {
                    texts.push(that);
                    texts.extend(met.iter().map(String::as_str));
                    texts.extend(late.iter().flat_map(|late| [late.at.as_deref(), late.same.as_deref()]).flatten());
                }
                Proof::Word { statement, backed_by, met } => {
                    texts.push(statement);
                    texts.extend(backed_by.as_deref());
                    texts.extend(met.iter().map(String::as_str));
                }
            }
            texts
        });
        self.lets.values().map(String::as_str).chain(expectations)
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
    fn into_expectation(self) -> Result<Expectation, String> {
        let (fix, met) = (sentences(self.fix), sentences(self.met));
        let proof = match (self.that, self.attest) {
            (Some(that), None) => {
                if self.backed_by.is_some() {
                    return Err("`backed_by` goes with `attest`: evidence stands for itself".into());
                }
                if fix.is_empty() {
                    return Err("`fix` is missing: what does the learner do when it isn't met?".into());
                }
                let late = match self.absence {
                    Some(Absence::Unknown) => Some(Late { at: self.at, same: self.same }),
                    None if self.at.is_some() || self.same.is_some() => {
                        return Err("`at` and `same` go with `absence = \"unknown\"`".into());
                    }
                    None => None,
                };
                Proof::Evidence { that, met, late }
            }
            (None, Some(statement)) => {
                if self.absence.is_some() || self.at.is_some() || self.same.is_some() {
                    return Err("`absence`, `at` and `same` go with `that`: a word is not evidence".into());
                }
                Proof::Word { statement, backed_by: self.backed_by, met }
            }
            (Some(_), Some(_)) => return Err("an expectation has either `that` or `attest`, not both".into()),
            (None, None) => {
                return Err("an expectation needs `that` (evidence) or `attest` (the learner's word)".into());
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
