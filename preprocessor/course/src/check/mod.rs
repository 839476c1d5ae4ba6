//! A check as its author writes it in `checks/NAME.toml`.
//!
//! [`file`] reads and validates the file. The verifier evaluates the CEL expressions in it. Here they are text, and
//! only their identifiers are used (see [`Check::mentions`] and [`Check::uses`]).

mod file;
mod lets;
mod reads;
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
pub use reads::{Read, Reads};

/// The parameter with the region of reads that do not say one.
pub const REGION: &str = "region";

/// A check: what must hold for a step to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The name that lessons use: the file's name without `.toml`.
    pub name: String,
    /// What the check establishes, in a few words.
    pub title: String,
    /// What the verdict is based on, and what it cannot show; for the reference and `verify explain`.
    pub about: Option<String>,
    /// The account that sections without a qualifier refer to, unless a directive has `account=`.
    pub account: String,
    /// The files in `checks/shared/` whose `let`s and reads it uses.
    pub uses: Vec<String>,
    /// Named subexpressions, by name, which may use each other in any order. When the course is read, [`shared::add`]
    /// adds those of the shared files that it needs.
    pub lets: BTreeMap<String, Let>,
    /// The reads of AWS that it declares, by name, with those of the shared files that it needs.
    pub reads: Reads,
    /// How the check decides.
    pub body: Body,
    /// The rules of `verify lint` and `verify selftest` that this check breaks on purpose.
    pub allow: Vec<String>,
    /// The sources of facts that may change.
    pub sources: Vec<FactSource>,
}

/// A check decides by its own expectations, or by other checks.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Its expectations, evaluated and shown in order.
    Expect(Vec<Expectation>),
    /// The names of other checks. The worst of their verdicts is the verdict.
    Steps(Vec<String>),
}

/// A condition that must be true.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// A short title, shown with any outcome. The expression itself if the author gave no title.
    pub title: String,
    /// CEL: when it applies. `None`: always.
    pub when: Option<String>,
    /// How it is decided.
    pub proof: Proof,
    /// What the learner does if it isn't met. Each sentence may have `{CEL}` holes.
    pub fix: Vec<String>,
}

/// How an expectation is decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Proof {
    /// Evidence from AWS.
    Evidence {
        /// CEL that must be true.
        that: String,
        /// What was found, if it is true. Each sentence may have `{CEL}` holes.
        met: Vec<String>,
        /// Set if false means "not visible yet": for evidence that arrives late or expires.
        late: Option<Late>,
        /// What the learner confirms if AWS allows nobody in the account to read the evidence.
        instead: Option<Statement>,
    },
    /// A statement that the learner confirms, for what no API can prove.
    Confirmation {
        /// What the learner confirms.
        statement: Statement,
        /// CEL: a recorded event that supports the confirmation. It never decides.
        backed_by: Option<String>,
        /// What was found, if `backed_by` is true.
        met: Vec<String>,
    },
}

/// A statement that the learner confirms.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The statement, see [`Statement::about_account`].
    pub text: String,
    /// Why a confirmation is needed: because AWS has no API for it, or because this check does not use one.
    pub why: Option<String>,
    /// What it was about.
    pub about: Option<About>,
}

impl Statement {
    /// The statement for an account: replaces `{account}` with the course's name for the account.
    pub fn about_account(&self, account: &str) -> String {
        self.text.replace("{account}", account)
    }
}

/// What late evidence or a confirmation was about. It counts only while that still exists.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// CEL: identifies what it is about, evaluated when it is seen or confirmed.
    pub same: String,
    /// CEL, each a list of what exists now. `since` is the time of the event or of the confirmation.
    pub still: Vec<String>,
}

/// How an expectation about late evidence (`absence = "unknown"`) is remembered after it was true.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Late {
    /// CEL: the time of the event.
    pub at: Option<String>,
    /// What the event was about.
    pub about: Option<About>,
}

/// An error in a check's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong.
    pub message: String,
    /// Where it is.
    pub place: Place,
}

/// The place of an error in a check's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A range of bytes, if it is known.
    Bytes(Option<Range<usize>>),
    /// A key.
    KeyPath(KeyPath),
}

impl Expectation {
    /// The statement that the learner confirms for it, if any.
    pub fn statement(&self) -> Option<&Statement> {
        match &self.proof {
            Proof::Evidence { instead, .. } => instead.as_ref(),
            Proof::Confirmation { statement, .. } => Some(statement),
        }
    }

    /// What it must still be about to be remembered.
    fn abouts(&self) -> Vec<&About> {
        let late = match &self.proof {
            Proof::Evidence { late, .. } => late.as_ref().and_then(|late| late.about.as_ref()),
            Proof::Confirmation { .. } => None,
        };
        late.into_iter().chain(self.statement().and_then(|statement| statement.about.as_ref())).collect()
    }
}

impl Check {
    /// The file that contains a key of it, relative to the course's folder: its own, or the shared file of a `let` or a
    /// read.
    pub fn file_of(&self, part: &KeyPath) -> PathBuf {
        let of_let = || self.lets.values().find(|meant| Some(meant.key.as_str()) == part.let_key())?.shared.as_deref();
        let of_read = || self.reads.get(part.read_name()?)?.shared.as_deref();
        let shared = of_let().or_else(of_read);
        shared.map_or_else(|| Path::new("checks").join(format!("{}.toml", self.name)), lets::path)
    }

    /// The expectations; empty for a check of checks.
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

    /// Every CEL expression.
    fn expressions(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.lets.values().map(|meant| meant.text.as_str()).collect();
        texts.extend(self.reads.values().filter_map(|read| read.each.as_deref()));
        texts.extend(self.own_expressions());
        texts
    }

    /// Every CEL expression of the expectations.
    fn own_expressions(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        for expectation in self.expectations() {
            texts.extend(expectation.when.as_deref());
            match &expectation.proof {
                Proof::Evidence { that, late, .. } => {
                    texts.push(that);
                    texts.extend(late.as_ref().and_then(|late| late.at.as_deref()));
                }
                Proof::Confirmation { backed_by, .. } => texts.extend(backed_by.as_deref()),
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

    /// Every text with holes. A statement only has the hole `{account}`.
    fn sentences(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.reads.values().flat_map(Read::texts).collect();
        for expectation in self.expectations() {
            texts.extend(expectation.fix.iter().map(String::as_str));
            match &expectation.proof {
                Proof::Evidence { met, .. } | Proof::Confirmation { met, .. } => {
                    texts.extend(met.iter().map(String::as_str))
                }
            }
            texts.extend(expectation.statement().map(|statement| statement.text.as_str()));
        }
        texts
    }

    /// Which of these parameters the check's expressions and holes use. Unlike [`Check::mentions`], this ignores words
    /// of prose and of strings.
    pub fn uses<'p>(&self, params: &'p Params) -> BTreeSet<&'p str> {
        let holes: Vec<&str> = self.sentences().into_iter().flat_map(holes).collect();
        let used = self.expressions().into_iter().chain(holes).flat_map(identifiers);
        let used: BTreeSet<&str> = used.chain(self.is_in_the_courses_region().then_some(REGION)).collect();
        params.keys().map(String::as_str).filter(|name| used.contains(name)).collect()
    }

    /// Which of these parameters the check mentions. A word of a sentence may be taken for a parameter: then the hash
    /// changes more often than necessary, but no verdict is wrong.
    pub fn mentions<'p>(&self, params: &'p Params) -> BTreeSet<&'p str> {
        let words: BTreeSet<&str> = self
            .texts()
            .flat_map(|text| text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
            .filter(|word| !word.is_empty())
            .chain(self.is_in_the_courses_region().then_some(REGION))
            .collect();
        params.keys().map(String::as_str).filter(|name| words.contains(name)).collect()
    }

    /// Whether it has a read that does not say in which region.
    fn is_in_the_courses_region(&self) -> bool {
        self.reads.values().any(|read| read.region.is_none())
    }

    /// Identifies what decides the verdict: the check without its prose, with the values of the parameters that it
    /// mentions. A verdict with another hash no longer counts.
    pub fn hash(&self, params: &BTreeMap<&str, &Param>) -> String {
        let decides: Vec<serde_json::Value> = self
            .expectations()
            .iter()
            .map(|expectation| {
                let proof = match &expectation.proof {
                    Proof::Evidence { that, late, .. } => {
                        serde_json::json!({ "that": that, "late": late.as_ref().map(|late| &late.at) })
                    }
                    Proof::Confirmation { .. } => serde_json::Value::Null,
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
        let reads: BTreeMap<&String, _> = self.reads.iter().map(|(name, read)| (name, read.decides())).collect();
        let canonical = serde_json::json!([self.account, lets, reads, decides, steps, params]).to_string();
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
    fn a_word_of_prose_or_of_a_string_does_not_use_a_parameter() {
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
        assert!(check.mentions(&params).contains("email"), "the hash covers the parameters that any word names");
    }

    /// A verdict about another region must not count.
    #[test]
    fn a_read_without_a_region_uses_the_parameter_with_the_courses() {
        let params: Params = [(REGION.to_owned(), Param::Text("eu-west-1".to_owned()))].into();
        for (region, uses) in [("", true), ("region = 'us-east-1'", false), ("region = '{region}'", true)] {
            let read = format!("[read.vpcs]\ncall = 'ec2:DescribeVpcs'\n{region}");
            let expect = "[[expect]]\nthat = 'vpcs.Vpcs.size() > 0'\nfix = 'Do.'";
            let check = check(&format!("title = 'x'\naccount = 'x'\n{read}\n{expect}")).unwrap();
            assert_eq!(check.uses(&params).contains(REGION), uses, "{region}");
            assert_eq!(check.mentions(&params).contains(REGION), uses, "{region}");
        }
    }

    #[test]
    fn all_errors_in_a_check_are_reported() {
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
        let message: Vec<String> = check(text).unwrap_err().into_iter().map(|wrong| wrong.message).collect();
        assert_eq!(message.len(), 4, "{message:?}");
        for (message, wanted) in
            message.iter().zip(["`account` is missing", "1: `fix`", "2: an expectation", "3: `at`"])
        {
            assert!(message.contains(wanted), "{message}");
        }
    }
}
