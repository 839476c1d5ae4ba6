//! A course: its parameters, accounts and checks, and the steps of its lessons.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::check::{Body, Check};
use crate::input::{self, DeclaredInputs, Given, Input};
use crate::key::Key;
use crate::param::{Param, Params};
use crate::table::Tables;
use crate::words;

/// A course, read and validated.
///
/// ```
/// use course::Course;
/// use mdbook_preprocessor::book::{Book, BookItem, Chapter};
/// use mdbook_preprocessor::config::Config;
///
/// # fn main() -> anyhow::Result<()> {
/// # let folder = tempfile::tempdir()?;
/// # let root = folder.path();
/// # std::fs::create_dir(root.join("checks"))?;
/// let check = r#"
/// title = "No access key for root"
/// account = "production"
/// expect = [{ title = "Root has no access key", that = "!root.access_keys", fix = "Delete it." }]
/// "#;
/// std::fs::write(root.join("checks/no-root-key.toml"), check)?;
/// let config: Config = "[preprocessor.verify.accounts]\nproduction = \"The new account\"".parse()?;
/// let lesson = "- [ ] Root has no key <!-- verify: no-root-key -->\n";
/// let chapter = Chapter::new("Access keys", lesson.into(), "access-keys.md", Vec::new());
/// let book = Book::new_with_items(vec![BookItem::Chapter(chapter)]);
///
/// let course = Course::read(root, &config, &book)?;
/// let step = course.step("no-root-key").unwrap();
/// assert_eq!(course.title_of(step), "Root has no key");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Course {
    /// The folder of `book.toml`.
    pub root: PathBuf,
    /// The book's title.
    pub title: String,
    /// `[preprocessor.verify.params]`.
    pub params: Params,
    /// `[preprocessor.verify.accounts]`: the course's names for accounts, each with a description.
    pub accounts: BTreeMap<String, String>,
    /// `[preprocessor.verify.inputs]`: what only the learner knows.
    pub inputs: DeclaredInputs,
    /// The values of the inputs that are known: what the learner gave, and the defaults.
    pub given: Given,
    /// The tables of the lessons that are data, by name.
    pub tables: Tables,
    /// The checks of `checks/`, by name.
    pub checks: BTreeMap<String, Check>,
    /// The steps in reading order, each once. A member of a check of checks that no lesson names comes before it.
    pub steps: Vec<Step>,
}

/// A claim of a lesson: a check, about an account, with parameters.
///
/// ```
/// use course::{Step, param::Params};
///
/// // A member of a check of checks that no lesson names.
/// let step = Step {
///     id: "cost-budget@general".into(),
///     check: "cost-budget".into(),
///     account: "general".into(),
///     params: Params::new(),
///     optional: false,
///     members: Vec::new(),
///     removes: Vec::new(),
///     occurrences: Vec::new(),
///     hash: String::new(),
///     inputs: None,
/// };
/// assert!(!step.is_listed() && !step.is_required());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The check's name, `@account` if that differs from the check's own, and `,name=value` for each parameter that
    /// differs from the course's.
    pub id: String,
    /// The check's name.
    pub check: String,
    /// The account that sections without a qualifier refer to; empty for a check of checks without `account=`.
    pub account: String,
    /// Parameters that differ from the course's.
    pub params: Params,
    /// Whether the step does not count towards completion.
    pub optional: bool,
    /// For a check of checks, the ids of its members. The worst of their verdicts is the step's verdict.
    pub members: Vec<String>,
    /// The ids of the steps that made what this one wants removed.
    pub removes: Vec<String>,
    /// Where lessons name it, in reading order; empty for a member that no lesson names.
    pub occurrences: Vec<Occurrence>,
    /// Identifies what decides the verdict: the check with the parameters that it mentions, and those of its members. A
    /// verdict with another hash no longer counts. Computed when the course is read.
    pub hash: String,
    /// Identifies the values of the inputs that it uses; `None` where the learner's key is not known. A verdict about
    /// other values no longer counts.
    pub inputs: Option<String>,
}

/// Where a lesson names a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The chapter's path below the book's source folder, as mdBook gives it (`index.md` for a `README.md`).
    pub chapter: PathBuf,
    /// The chapter's name.
    pub chapter_name: String,
    /// The item's text without markup.
    pub text: String,
}

impl Occurrence {
    /// The path of the chapter's page in an HTML book, with `/` between folders.
    pub fn page(&self) -> String {
        let page = self.chapter.with_extension("html");
        page.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

impl Step {
    /// Whether a lesson names it. Members of a check of checks need not be named.
    pub fn is_listed(&self) -> bool {
        !self.occurrences.is_empty()
    }

    /// A step of a check that no lesson names, about the check's own account and with the course's parameters.
    pub fn of_check(check: &Check) -> Step {
        Step {
            id: check.name.clone(),
            check: check.name.clone(),
            account: check.account.clone(),
            params: Params::new(),
            optional: false,
            members: match &check.body {
                Body::Steps(names) => names.clone(),
                Body::Expect(_) => Vec::new(),
            },
            removes: check.removes.clone(),
            occurrences: Vec::new(),
            hash: String::new(),
            inputs: None,
        }
    }

    /// Whether its verdict is that of other steps.
    pub fn combines(&self) -> bool {
        !self.members.is_empty() || !self.removes.is_empty()
    }

    /// Whether it counts towards completion.
    pub fn is_required(&self) -> bool {
        self.is_listed() && !self.optional
    }
}

impl Course {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The steps that lessons name.
    pub fn listed(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.is_listed())
    }

    /// The steps that count towards completion.
    pub fn required(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.is_required())
    }

    /// The same course with one step for each check, about the check's own account and with the course's parameters.
    /// Checks of checks come after their members.
    pub fn with_a_step_for_each_check(&self) -> Course {
        let mut steps: Vec<Step> = self.checks.values().map(Step::of_check).collect();
        steps.sort_by_key(Step::combines);
        Course { steps, ..self.clone() }.with_hashes()
    }

    /// The step of a check that another step's practice action depends on: about the account that the other one means, and
    /// with its parameters, as far as the check uses them. No lesson may have it. `None` if there is no such check.
    pub fn step_for_practice(&self, check: &str, of: &Step) -> Option<Step> {
        let (own, other) = (self.checks.get(check)?, self.checks.get(&of.check)?);
        // A step about another account than its check's means that account wherever its check means its own.
        let is_moved = !of.account.is_empty() && of.account != other.account;
        let account = if is_moved && (own.account == other.account || other.account.is_empty()) {
            &of.account
        } else {
            &own.account
        };
        let used = own.uses(&self.params);
        let params: Params = of
            .params
            .iter()
            .filter(|(name, _)| used.contains(name.as_str()))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let is_it = |step: &&Step| step.check == check && step.account == *account && step.params == params;
        Some(self.steps.iter().find(is_it).cloned().unwrap_or_else(|| Step {
            id: step_id(own, account, &params),
            account: account.clone(),
            params,
            ..Step::of_check(own)
        }))
    }

    /// The sets of parameters that directives give to steps, each once, with the checks that get it.
    pub fn own_params(&self) -> Vec<(&Params, BTreeSet<&str>)> {
        let mut sets: Vec<(&Params, BTreeSet<&str>)> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for step in self.steps.iter().filter(|step| !step.params.is_empty()) {
            // As in a step's id, which distinguishes sets.
            let written: String = step.params.iter().map(|(name, value)| format!(",{name}={value}")).collect();
            match places.get(&written).and_then(|at| sets.get_mut(*at)) {
                Some((_, checks)) => drop(checks.insert(&step.check)),
                None => {
                    places.insert(written, sets.len());
                    sets.push((&step.params, BTreeSet::from([step.check.as_str()])));
                }
            }
        }
        sets
    }

    /// The check of a step. Steps only come from [`Course::read`], which makes sure that their checks exist.
    pub fn check(&self, step: &Step) -> &Check {
        &self.checks[&step.check]
    }

    /// The title of a step: the lesson's text, or the check's title if no lesson names it.
    pub fn title_of<'c>(&'c self, step: &'c Step) -> &'c str {
        step.occurrences.first().map_or(&self.check(step).title, |place| &place.text)
    }

    /// The title of an expectation of a step's check, with the step's parameters in its holes.
    pub fn expectation_title(&self, step: &Step, title: &str) -> String {
        words::with_values(title, |name| {
            let param = step.params.get(name).or_else(|| self.params.get(name));
            param.map(Param::to_string)
        })
    }

    /// What the removal of what a step makes is called, as an expectation of the step that removes it.
    pub fn removal_title(&self, made: &Step) -> String {
        format!("Deleted again: “{}”", self.title_of(made))
    }

    /// The parameters as a step's check sees them.
    pub fn params_of<'c>(&'c self, step: &'c Step) -> impl Iterator<Item = (&'c str, &'c Param)> {
        self.params.iter().map(|(name, param)| (name.as_str(), step.params.get(name).unwrap_or(param)))
    }

    /// The steps that a step's verdict depends on: those that it combines, and those whose results it removes.
    pub fn behind<'c>(&'c self, step: &'c Step) -> impl Iterator<Item = &'c Step> {
        step.members.iter().chain(&step.removes).filter_map(|id| self.step(id))
    }

    /// The step that removes what a step makes.
    pub fn remover(&self, step: &Step) -> Option<&Step> {
        self.steps.iter().find(|other| other.removes.contains(&step.id))
    }

    /// Which inputs a step's verdict depends on.
    pub fn inputs_of(&self, step: &Step) -> BTreeSet<&str> {
        let all = [step].into_iter().chain(self.behind(step));
        all.flat_map(|step| self.check(step).uses_inputs(&self.inputs)).collect()
    }

    /// Makes sure that removals cover everything that lessons have a learner make: a removal without the parameters or the
    /// account of what was made is about all steps of the check.
    pub(crate) fn cover_all(&mut self) {
        if self.checks.values().any(|check| !check.removes.is_empty()) {
            self.cover_made();
        }
        let named: BTreeSet<String> =
            self.steps.iter().flat_map(|step| step.members.iter().chain(&step.removes)).cloned().collect();
        self.steps.retain(|step| step.is_listed() || named.contains(&step.id));
    }

    fn cover_made(&mut self) {
        let listed: Vec<(String, String)> = self.listed().map(|step| (step.check.clone(), step.id.clone())).collect();
        let is_listed = |id: &String| listed.iter().any(|(_, listed)| listed == id);
        let of = |check: &str| -> Vec<String> {
            listed.iter().filter(|(own, _)| own == check).map(|(_, id)| id.clone()).collect()
        };
        let mut covered: BTreeSet<String> = BTreeSet::new();
        for step in &mut self.steps {
            let removes = std::mem::take(&mut step.removes);
            for id in removes {
                let check = id.split(['@', ',']).next().unwrap_or_default().to_owned();
                let all: Vec<String> = if is_listed(&id) { Vec::new() } else { of(&check) };
                step.removes.extend(if all.is_empty() { vec![id] } else { all });
            }
            covered.extend(step.removes.iter().cloned());
        }
        for step in &mut self.steps {
            let names = self.checks.get(&step.check).map(|check| check.removes.clone()).unwrap_or_default();
            let more: Vec<String> = names.iter().flat_map(|name| of(name)).filter(|id| !covered.contains(id)).collect();
            step.removes.extend(more);
        }
    }

    /// The course with what its learner gave. With the learner's key, each step knows which values it depends on.
    pub fn with_given(mut self, given: &Given, key: Option<&Key>) -> Course {
        if self.inputs.is_empty() {
            return self;
        }
        self.given = input::values(&self.inputs, given);
        let digest = |step: &Step| {
            let used = self.inputs_of(step);
            let values: BTreeMap<&String, &String> =
                self.given.iter().filter(|(name, _)| used.contains(name.as_str())).collect();
            let canonical = serde_json::to_vec(&values).unwrap_or_default();
            key.filter(|_| !used.is_empty()).map(|key| key.digest(&[b"inputs ", canonical.as_slice()].concat()))
        };
        let digests: Vec<Option<String>> = self.steps.iter().map(digest).collect();
        for (step, digest) in self.steps.iter_mut().zip(digests) {
            step.inputs = digest;
        }
        self
    }

    /// The course with its examples for the inputs that have no value.
    pub fn with_examples(mut self) -> Course {
        for (name, input) in &self.inputs {
            if let Some(example) = input.example.as_ref().filter(|_| !self.given.contains_key(name)) {
                self.given.insert(name.clone(), example.clone());
            }
        }
        self
    }

    /// The course with what another learner gave when a run was recorded.
    pub fn given_as_recorded(&self, given: &Given) -> Course {
        let value = |(name, input): (&String, &Input)| {
            Some((name.clone(), given.get(name).or(input.default.as_ref())?.clone()))
        };
        let given = self.inputs.iter().filter_map(value).collect();
        let forget = |step: &Step| Step { inputs: None, ..step.clone() };
        Course { given, steps: self.steps.iter().map(forget).collect(), ..self.clone() }
    }
}

/// The id of a step, as directives give it.
fn step_id(check: &Check, account: &str, params: &Params) -> String {
    let account = if account == check.account { String::new() } else { format!("@{account}") };
    let params: String = params.iter().map(|(name, value)| format!(",{name}={value}")).collect();
    format!("{}{account}{params}", check.name)
}
