//! A book in its own folder, run with the library or with the built binary.
#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use course::Course;
use course::key::Key;
use course::results::{ExpectationResult, Outcome, Reason, ReasonCode, Results, StepResult, Verdict};
use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use mdbook_verify::VerifyPreprocessor;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::str::FromStr;

pub const MANIFEST: &str = r#"
[book]
title = "A course"

[preprocessor.verify.params]
budget_amount = 10
label = "a_b*c"

[preprocessor.verify.accounts]
general = "the first"
production = "the second"
"#;

const BUDGET: &str = r#"
title = "A budget"
account = "production"

[[expect]]
that = "budgets.exists(b, b.amount >= budget_amount)"
fix = "Create a budget."
"#;

const MFA: &str = r#"
title = "MFA"
account = "production"

[[expect]]
that = "root.mfa"
fix = "Turn it on."
"#;

const SAFE: &str = r#"
title = "All of it"
steps = ["cost-budget", "root-mfa"]
"#;

pub struct TestBook {
    pub dir: tempfile::TempDir,
    config: Config,
    chapters: Vec<Chapter>,
}

impl TestBook {
    pub fn new() -> TestBook {
        TestBook::with_manifest(MANIFEST)
    }

    pub fn with_manifest(manifest: &str) -> TestBook {
        let dir = tempfile::tempdir().unwrap();
        let book = TestBook { dir, config: Config::from_str(manifest).unwrap(), chapters: Vec::new() };
        for (path, text) in [
            ("book.toml", manifest),
            ("checks/cost-budget.toml", BUDGET),
            ("checks/root-mfa.toml", MFA),
            ("checks/all-safe.toml", SAFE),
        ] {
            book.write(path, text);
        }
        book
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A chapter as mdBook gives it, with its file.
    pub fn chapter(mut self, source: &str, content: &str) -> TestBook {
        self.write(&format!("src/{source}"), content);
        self.push(source, content);
        self
    }

    /// A chapter whose content differs from its file, as after an include.
    pub fn expanded(mut self, source: &str, file: &str, content: &str) -> TestBook {
        self.write(&format!("src/{source}"), file);
        self.push(source, content);
        self
    }

    fn push(&mut self, source: &str, content: &str) {
        let mut chapter = Chapter::new("A chapter", content.to_owned(), source.replace("README", "index"), vec![]);
        chapter.source_path = Some(source.into());
        self.chapters.push(chapter);
    }

    pub fn draft(mut self) -> TestBook {
        self.chapters.push(Chapter::new_draft("Later", vec![]));
        self
    }

    pub fn book(&self) -> Book {
        Book::new_with_items(self.chapters.iter().cloned().map(Into::into).collect())
    }

    pub fn course(&self) -> Course {
        Course::read(self.dir.path(), &self.config, &self.book()).unwrap_or_else(|wrong| panic!("{wrong}"))
    }

    pub fn context(&self, renderer: &str) -> PreprocessorContext {
        PreprocessorContext::new(self.dir.path().to_owned(), self.config.clone(), renderer.to_owned())
    }

    /// The first chapter after the preprocessor.
    pub fn page(&self, renderer: &str) -> String {
        self.try_page(renderer).unwrap_or_else(|wrong| panic!("{wrong}"))
    }

    /// The first chapter after the preprocessor, or the mistakes in the course.
    pub fn try_page(&self, renderer: &str) -> Result<String, String> {
        let book = VerifyPreprocessor::new().run(&self.context(renderer), self.book());
        let book = book.map_err(|wrong| wrong.to_string())?;
        Ok(book.chapters().next().unwrap().content.clone())
    }

    /// The mistakes in the course.
    pub fn errors(&self) -> String {
        Course::read(self.dir.path(), &self.config, &self.book()).unwrap_err().to_string()
    }

    /// The same, through the binary and its protocol.
    pub fn binary(&self, renderer: &str, version: &str) -> Output {
        let mut context = serde_json::to_value(self.context(renderer)).unwrap();
        context["mdbook_version"] = version.into();
        let input = serde_json::to_vec(&(context, self.book())).unwrap();
        self.binary_with(&input)
    }

    pub fn binary_with(&self, input: &[u8]) -> Output {
        self.binary_where(&[], input)
    }

    /// The same, with variables in its environment.
    pub fn binary_where(&self, variables: &[(&str, &str)], input: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mdbook-verify"))
            .env("VERIFY_CONFIG_DIR", self.dir.path().join("config"))
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read its input closes it.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    /// Seals results for one step with the book's own key, for [`TestBook::binary`].
    pub fn results(&self, step: &str, change: impl FnOnce(&mut StepResult)) {
        let course = self.course();
        let hash = course.step(step).unwrap().hash.clone();
        let mut result = StepResult {
            verdict: Verdict::NotYet,
            reasons: vec![],
            expectations: vec![],
            evidence: vec![].into(),
            checked: "2026-11-24T10:03:11Z".into(),
            attempts: None,
            first_checked: None,
            first_verified: None,
            held_until: None,
            lapsed: None,
            removed: None,
            inputs: None,
            by: "verify 0.1.0".into(),
            check_hash: hash,
            accounts: BTreeMap::new(),
        };
        change(&mut result);
        let mut results = Results::empty(false);
        results.steps.insert(step.to_owned(), result);
        let key = Key::new([7; 32]);
        let (_, text) = results.sealed(&key).unwrap();
        self.write(".verify/results/results.json", &String::from_utf8(text).unwrap());
        let config = self.dir.path().join("config");
        fs::create_dir_all(&config).unwrap();
        fs::write(Key::path(&config), key.bytes()).unwrap();
    }
}

pub fn expectation(outcome: Outcome, sentence: &str) -> ExpectationResult {
    ExpectationResult::new("A budget".into(), outcome, vec![sentence.into()])
}

pub fn reason(message: &str) -> Reason {
    Reason { code: ReasonCode::Denied, account: None, action: None, message: message.into() }
}

pub fn first_page(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    let book: Book = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"));
    book.chapters().next().unwrap().content.clone()
}

/// A style sheet as version 0.0.1 would have written it, with other rules.
pub fn older(sheet: &str) -> String {
    let (first, _) = sheet.split_once('\n').unwrap();
    let (before, after) = (first.find("mdbook-verify ").unwrap() + 14, first.find(';').unwrap());
    // The hash of everything after the first line.
    format!("{}0.0.1 ca978112{}\na", &first[..before], &first[after..])
}
