//! What a check is, as its author writes it in `checks/NAME.toml`.
//!
//! [`file`] reads and validates the file. What the CEL expressions in it mean is the verifier's business: here they are
//! text, and only the identifiers in them are looked at (see [`Check::mentions`] and [`Check::uses`]).

mod file;
mod lets;
pub mod shared;

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::fact_source::FactSource;
use crate::param::{Param, Params};
use crate::places::KeyPath;
use crate::words::{holes, identifiers};
pub use lets::Let;

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
    /// Names of files of `checks/shared/` whose `let`s it uses.
    pub uses: Vec<String>,
    /// Named subexpressions, by name; they may use each other in any order. Those of shared files that it needs are among
    /// them once the course is read, see [`shared::add`].
    pub lets: BTreeMap<String, Let>,
    /// How the check decides.
    pub body: Body,
    /// The rules of `verify lint` and `verify selftest` that this check breaks on purpose.
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
        /// What the learner confirms where AWS refuses to everybody in the account what `that` reads.
        instead: Option<Statement>,
    },
    /// A statement that the learner confirms, for what no API can prove.
    Word {
        /// What the learner confirms.
        statement: Statement,
        /// CEL: an event that AWS recorded and that makes the word more than a word. It never decides.
        backed_by: Option<String>,
        /// What was found, when `backed_by` is true.
        met: Vec<String>,
    },
}

/// Something that the learner confirms.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The statement, see [`Statement::about_account`].
    pub text: String,
    /// Why it takes a confirmation: whether AWS has no way to read it, or this check does not.
    pub why: Option<String>,
    /// What it was about.
    pub about: Option<About>,
}

impl Statement {
    /// The statement as it is made about an account: `{account}` in it is the course's name for that.
    pub fn about_account(&self, account: &str) -> String {
        self.text.replace("{account}", account)
    }
}

/// What late evidence or a confirmation was about: it counts only while that is still there.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// CEL: what it is about, evaluated when it is seen or confirmed.
    pub same: String,
    /// CEL, each a list of what is there now. `since` in them is the time of the event or of the confirmation.
    pub still: Vec<String>,
}

/// How an expectation over late evidence (`absence = "unknown"`) is remembered once it was true.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Late {
    /// CEL: the time of the event.
    pub at: Option<String>,
    /// What the event was about.
    pub about: Option<About>,
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
    KeyPath(KeyPath),
}

impl Expectation {
    /// What the learner confirms for it, if anything.
    pub fn statement(&self) -> Option<&Statement> {
        match &self.proof {
            Proof::Evidence { instead, .. } => instead.as_ref(),
            Proof::Word { statement, .. } => Some(statement),
        }
    }

    /// What is remembered of it must still be there.
    fn abouts(&self) -> Vec<&About> {
        let late = match &self.proof {
            Proof::Evidence { late, .. } => late.as_ref().and_then(|late| late.about.as_ref()),
            Proof::Word { .. } => None,
        };
        late.into_iter().chain(self.statement().and_then(|statement| statement.about.as_ref())).collect()
    }
}

impl Check {
    /// The file that a part of it stands in, below the course's folder: its own, or the shared one of a `let`.
    pub fn file_of(&self, part: &KeyPath) -> PathBuf {
        let shared =
            part.let_key().and_then(|key| self.lets.values().find(|meant| meant.key == key)?.shared.as_deref());
        shared.map_or_else(|| Path::new("checks").join(format!("{}.toml", self.name)), lets::path)
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
        let mut texts: Vec<&str> = self.lets.values().map(|meant| meant.text.as_str()).collect();
        texts.extend(self.own_expressions());
        texts
    }

    /// Every text of the expectations that is CEL.
    fn own_expressions(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        for expectation in self.expectations() {
            texts.extend(expectation.when.as_deref());
            match &expectation.proof {
                Proof::Evidence { that, late, .. } => {
                    texts.push(that);
                    texts.extend(late.as_ref().and_then(|late| late.at.as_deref()));
                }
                Proof::Word { backed_by, .. } => texts.extend(backed_by.as_deref()),
            }
            texts.extend(
                expectation
                    .abouts()
                    .into_iter()
                    .flat_map(|about| [&about.same].into_iter().chain(&about.still).map(String::as_str)),
            );
        }
        texts
    }

    /// Every text with holes. A statement has but one, for the account.
    fn sentences(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        for expectation in self.expectations() {
            texts.extend(expectation.fix.iter().map(String::as_str));
            match &expectation.proof {
                Proof::Evidence { met, .. } | Proof::Word { met, .. } => texts.extend(met.iter().map(String::as_str)),
            }
            texts.extend(expectation.statement().map(|statement| statement.text.as_str()));
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
                    Proof::Evidence { that, late, .. } => {
                        serde_json::json!({ "that": that, "late": late.as_ref().map(|late| &late.at) })
                    }
                    Proof::Word { .. } => serde_json::Value::Null,
                };
                let statement = expectation.statement().map(|statement| &statement.text);
                let abouts = expectation.abouts().into_iter().map(|about| (&about.same, &about.still));
                serde_json::json!([expectation.when, proof, statement, abouts.collect::<Vec<_>>()])
            })
            .collect();
        let steps = match &self.body {
            Body::Steps(steps) => steps.as_slice(),
            Body::Expect(_) => &[],
        };
        let lets: BTreeMap<&String, _> =
            self.lets.iter().map(|(name, meant)| (name, (&meant.params, &meant.text))).collect();
        let canonical = serde_json::json!([self.account, lets, decides, steps, params]).to_string();
        hex(&Sha256::digest(canonical.as_bytes())[..16])
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
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
