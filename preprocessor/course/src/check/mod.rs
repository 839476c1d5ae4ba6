//! A check as its author writes it in `checks/NAME.toml`.
//!
//! [`file`] reads and validates the file. The verifier evaluates the CEL expressions in it. Here they are text, and
//! only their identifiers are used (see [`Check::mentions`] and [`Check::uses`]).

mod console;
mod expectation;
mod file;
mod lets;
mod malformed;
mod practice;
mod reads;
pub mod shared;

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::fact_source::FactSource;
use crate::input::DeclaredInputs;
use crate::param::Params;
use crate::places::KeyPath;
use crate::table::Tables;
use crate::words::{holes, identifiers};
pub use console::is_console;
pub use expectation::{About, Expectation, Late, Proof, Statement};
pub use file::schema;
pub use lets::Let;
pub use malformed::{Malformed, Place};
pub use practice::{Practice, PracticeCall, PracticeOperation, PracticeOperationKind};
pub use reads::{GLOBAL_SERVICES, Read, Reads};

/// The input with the region of reads that do not say one.
pub const REGION: &str = "region";
/// What expressions call the learner's inputs.
pub const INPUT: &str = "input";
/// What an expectation with `rows` calls the row of its table.
pub const ROW: &str = "row";

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
    /// What it has the learner make, which a later step removes.
    pub makes: Option<Makes>,
    /// The checks whose steps made what this one wants removed.
    pub removes: Vec<String>,
    /// The rules of `verify lint` and `verify selftest` that this check breaks on purpose.
    pub allow: Vec<String>,
    /// The sources of facts that may change.
    pub sources: Vec<FactSource>,
    /// What does its step in the practice accounts.
    pub practice: Option<Practice>,
}

/// A check decides by its own expectations, or by other checks.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Its expectations, evaluated and shown in order.
    Expect(Vec<Expectation>),
    /// The names of other checks. The worst of their verdicts is the verdict.
    Steps(Vec<String>),
}

/// What a step has the learner make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Makes {
    /// CEL: a list of the ids of what is there now.
    pub list: String,
    /// What it costs while it is there, in words.
    pub costs: Option<String>,
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
        let mut texts: Vec<&str> = self.makes.iter().map(|made| made.list.as_str()).collect();
        for expectation in self.expectations() {
            texts.extend(expectation.when.as_deref());
            texts.extend(expectation.rows.as_deref());
            match &expectation.proof {
                Proof::Evidence { that, late, pending, .. } => {
                    texts.push(that);
                    texts.extend(pending.as_deref());
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

    /// Whether it asks learners to confirm what evidence cannot prove.
    pub fn asks_for_confirmation(&self) -> bool {
        self.expectations().iter().any(|expectation| matches!(expectation.proof, Proof::Confirmation { .. }))
    }

    /// Every text with holes. A statement only has the hole `{account}`.
    fn sentences(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.reads.values().flat_map(Read::texts).collect();
        for expectation in self.expectations() {
            texts.push(&expectation.title);
            texts.extend(expectation.fix.iter().map(String::as_str));
            texts.extend(expectation.console.as_deref());
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
        let texts = self.sentences().into_iter().chain(self.practice_operations().flat_map(PracticeOperation::texts));
        let holes: Vec<&str> = texts.flat_map(holes).collect();
        let lists = self.practice_operations().flat_map(PracticeOperation::expressions);
        let used: BTreeSet<&str> =
            self.expressions().into_iter().chain(lists).chain(holes).flat_map(identifiers).collect();
        params.keys().map(String::as_str).filter(|name| used.contains(name)).collect()
    }

    /// What is done in the practice accounts. It decides no verdict.
    fn practice_operations(&self) -> impl Iterator<Item = &PracticeOperation> {
        self.practice.iter().flat_map(|practice| practice.given.iter().chain(&practice.operations))
    }

    /// Whether the practice accounts have an action for it, among these checks.
    pub fn has_practice(&self, checks: &BTreeMap<String, Check>) -> bool {
        match &self.body {
            Body::Steps(members) if self.practice.is_none() => {
                members.iter().all(|name| checks.get(name).is_some_and(|member| member.practice.is_some()))
            }
            _ => self.practice.is_some(),
        }
    }

    /// The checks whose practice actions do this one's step, too: those of a check of checks are its members.
    pub fn practised_by(&self) -> &[String] {
        match (&self.practice, &self.body) {
            (Some(practice), _) => &practice.same_as,
            (None, Body::Steps(members)) => members,
            (None, Body::Expect(_)) => &[],
        }
    }

    /// The checks whose practice actions come before its own.
    pub fn practised_after(&self) -> impl Iterator<Item = &String> {
        self.practice.iter().flat_map(|practice| &practice.needs).chain(self.practised_by())
    }

    /// Which of these inputs it uses, as `input.NAME` or as the region of its reads.
    pub fn uses_inputs<'i>(&self, inputs: &'i DeclaredInputs) -> BTreeSet<&'i str> {
        if inputs.is_empty() {
            return BTreeSet::new();
        }
        let words: BTreeSet<&str> = self.words().collect();
        let in_region = self.reads.values().any(Read::is_regional);
        let used = |name: &&str| words.contains(INPUT) && words.contains(name) || in_region && *name == REGION;
        inputs.keys().map(String::as_str).filter(used).collect()
    }

    /// Which of these tables it uses.
    pub fn uses_tables<'t>(&self, tables: &'t Tables) -> BTreeSet<&'t str> {
        self.keys_in_words(tables)
    }

    /// Which of these parameters the check mentions. A word of a sentence may be taken for a parameter: then the hash
    /// changes more often than necessary, but no verdict is wrong.
    pub fn mentions<'p>(&self, params: &'p Params) -> BTreeSet<&'p str> {
        self.keys_in_words(params)
    }

    fn keys_in_words<'k, T>(&self, all: &'k BTreeMap<String, T>) -> BTreeSet<&'k str> {
        if all.is_empty() {
            return BTreeSet::new();
        }
        self.words().filter_map(|word| all.get_key_value(word)).map(|(name, _)| name.as_str()).collect()
    }

    /// Whether a parameter is among those that the check [mentions](Check::mentions).
    pub fn mentions_param(&self, param: &str) -> bool {
        self.words().any(|word| word == param)
    }

    /// The identifiers of its expressions and of the holes in its sentences.
    pub(crate) fn names_in_expressions(&self) -> BTreeSet<&str> {
        let holes: Vec<&str> = self.sentences().into_iter().flat_map(holes).collect();
        self.expressions().into_iter().chain(holes).flat_map(identifiers).collect()
    }

    /// The words of its expressions and sentences.
    fn words(&self) -> impl Iterator<Item = &str> {
        self.texts().flat_map(|text| text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
    }

    /// Identifies what decides the verdict besides parameters, tables and inputs: the check without its prose.
    pub fn hash(&self) -> String {
        let decides = self.expectations().iter().map(|expectation| {
            let proof = match &expectation.proof {
                Proof::Evidence { that, late, pending, .. } => {
                    Some((that, late.as_ref().map(|late| &late.at), pending))
                }
                Proof::Confirmation { .. } => None,
            };
            let statement = expectation.statement().map(|statement| &statement.text);
            let abouts = expectation.abouts().into_iter().map(|about| (&about.same, &about.still));
            (&expectation.when, &expectation.rows, proof, statement, abouts.collect::<Vec<_>>())
        });
        let steps = match &self.body {
            Body::Steps(steps) => steps.as_slice(),
            Body::Expect(_) => &[],
        };
        hash(&(
            &self.account,
            self.lets_of(|_| true),
            self.reads_of(|_| true),
            decides.collect::<Vec<_>>(),
            steps,
            &self.removes,
        ))
    }

    /// Identifies what it says is made: its list with what that may use, but without values.
    pub fn makes_hash(&self) -> Option<String> {
        let made = self.makes.as_ref()?;
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut waiting = identifiers(&made.list);
        while let Some(name) = waiting.pop() {
            let is_own = self.lets.contains_key(name) || self.reads.contains_key(name);
            if is_own && reached.insert(name) {
                waiting.extend(self.lets.get(name).into_iter().flat_map(|meant| identifiers(&meant.text)));
                waiting.extend(self.reads.get(name).into_iter().flat_map(Read::identifiers));
            }
        }
        let is_reached = |name: &str| reached.contains(name);
        Some(hash(&(&self.account, self.lets_of(is_reached), self.reads_of(is_reached), &made.list)))
    }

    /// What decides the values of these names.
    fn lets_of(&self, wanted: impl Fn(&str) -> bool) -> BTreeMap<&str, impl Serialize> {
        let wanted = self.lets.iter().filter(move |(name, _)| wanted(name));
        wanted.map(|(name, meant)| (name.as_str(), (&meant.params, &meant.text))).collect()
    }

    /// What decides the answers of these reads.
    fn reads_of(&self, wanted: impl Fn(&str) -> bool) -> BTreeMap<&str, impl Serialize> {
        let wanted = self.reads.iter().filter(move |(name, _)| wanted(name));
        wanted.map(|(name, read)| (name.as_str(), read.decides())).collect()
    }
}

fn hash(canonical: &impl Serialize) -> String {
    // Values of this crate can always be written as JSON.
    let canonical = serde_json::to_vec(canonical).unwrap_or_default();
    hex(&Sha256::digest(canonical)[..16])
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)].into());
        text.push(DIGITS[usize::from(byte & 0xf)].into());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use crate::param::Param;

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
    fn a_read_without_a_region_uses_the_input_with_the_courses() {
        let inputs: DeclaredInputs = [(REGION.to_owned(), Input::default())].into();
        for (call, region, uses) in [
            ("ec2:DescribeVpcs", "", true),
            ("ec2:DescribeVpcs", "region = 'us-east-1'", false),
            ("ec2:DescribeVpcs", "region = '{input.region}'", true),
            ("iam:ListUsers", "", false),
            ("iam:ListUsers", "region = '{input.region}'", true),
        ] {
            let read = format!("[read.vpcs]\ncall = '{call}'\n{region}");
            let expect = "[[expect]]\nthat = 'vpcs.Vpcs.size() > 0'\nfix = 'Do.'";
            let check = check(&format!("title = 'x'\naccount = 'x'\n{read}\n{expect}")).unwrap();
            assert_eq!(check.uses_inputs(&inputs).contains(REGION), uses, "{region}");
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
