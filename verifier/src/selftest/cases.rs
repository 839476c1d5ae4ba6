//! An instructor's cases in `checks/cases/CHECK.toml`: each has a recording, changes to it, and the expected verdict.

use anyhow::{Context, Result, bail};
use course::files;
use course::param::Params;
use course::results::{Outcome, StepResult, Verdict};
use course::toml_error::{self, Explained};
use course::toml_schema::toml_schema;
use course::{Course, Step};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::judging::{Earlier, judged, why};
use crate::plan::Compiled;
use crate::recording::{self, Recorded};

/// A state of an account, and the verdict that a check must have in it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its title.
    pub title: String,
    /// The expected verdict.
    pub verdict: Verdict,
    outcomes: Option<Vec<Outcome>>,
    says: Option<Vec<String>>,
    confirmed: bool,
    account: Option<String>,
    params: Params,
    recorded: Recorded,
    /// The case that is judged before; late evidence in it is remembered.
    after: Option<Arc<Case>>,
}

/// The cases of a check.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// Parameters of all cases. A case can set others.
    #[serde(default)]
    params: Params,
    /// The cases, in order.
    case: Vec<Written>,
}

/// A state of an account, and the verdict that the check must have in it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Case")]
struct Written {
    /// Its title.
    title: String,
    /// The recording, a file in `checks/cases/`.
    recording: String,
    /// Values at paths of the recording: `ACCOUNT/SECTION/…`, or `ACCOUNT/SERVICE:OPERATION/…` in an answer.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Value>")]
    set: BTreeMap<String, toml::Value>,
    /// Paths at which AWS has no value.
    #[serde(default)]
    absent: Vec<String>,
    /// Paths of elements of lists that are removed.
    #[serde(default)]
    unset: Vec<String>,
    /// The verdict.
    verdict: Verdict,
    /// The outcomes of all expectations, in order.
    outcomes: Option<Vec<Outcome>>,
    /// Every sentence that is shown, in order.
    says: Option<Vec<String>>,
    /// Whether the check's statements are confirmed.
    #[serde(default)]
    confirmed: bool,
    /// Another account of the course.
    account: Option<String>,
    /// Parameters of this case.
    #[serde(default)]
    params: Params,
    /// The title of an earlier case, in which late evidence, or what the learner made, was seen.
    after: Option<String>,
}

/// The JSON Schema of `checks/cases/CHECK.toml`.
pub fn schema() -> Value {
    toml_schema::<File>()
}

/// The cases of a check; empty if there is no file.
///
/// # Errors
/// The first mistake in the file or its recordings.
pub fn read(course: &Course, check: &str) -> Result<Vec<Case>> {
    let cases = read_each(course, check)?;
    Ok(cases.into_iter().collect::<Result<_, Mistake>>()?)
}

/// The same, with the mistake of each case.
///
/// # Errors
/// If the file as a whole cannot be read.
pub(crate) fn read_each(course: &Course, check: &str) -> Result<Vec<Result<Case, Mistake>>, Mistake> {
    let folder = course.root.join("checks/cases");
    let mistake = |at, message| Mistake { file: format!("checks/cases/{check}.toml"), at, message, help: None };
    let text = match files::read_text(&folder.join(format!("{check}.toml"))) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(mistake(At::File, format!("the file cannot be read: {error}"))),
    };
    let file: File = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(At::File, |range| At::Text(text[..range.start].matches('\n').count() + 1, range));
        let Explained { message, help, .. } = toml_error::explain(&text, &error, &[]);
        Mistake { help, ..mistake(at, message) }
    })?;
    let mut cases: Vec<Result<Case, Mistake>> = Vec::new();
    for (number, mut written) in file.case.into_iter().enumerate() {
        let title = written.title.clone();
        written.params = file.params.clone().into_iter().chain(written.params).collect();
        let case = open(course, &folder, written, &cases);
        cases.push(case.map_err(|error| mistake(At::Case(number, title), format!("{error:#}"))));
    }
    Ok(cases)
}

/// A mistake in a file of cases.
#[derive(Debug, thiserror::Error)]
#[error("{file}{at}: {message}")]
pub(crate) struct Mistake {
    /// The file, as a path below the course.
    file: String,
    /// Where in it.
    pub(crate) at: At,
    /// What is wrong.
    message: String,
    /// What to do, if the message does not say it.
    pub(crate) help: Option<String>,
}

impl Mistake {
    /// What is wrong, and in which case.
    pub(crate) fn message(&self) -> String {
        match &self.at {
            At::Case(_, title) => format!("the case “{title}”: {}", self.message),
            At::File | At::Text(..) => self.message.clone(),
        }
    }
}

/// Where in a file of cases something is.
#[derive(Debug)]
pub(crate) enum At {
    /// In the file as a whole.
    File,
    /// At a line, in a range of bytes.
    Text(usize, Range<usize>),
    /// In a case, by its number from 0 and its title.
    Case(usize, String),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::File => Ok(()),
            At::Text(line, _) => write!(f, ":{line}"),
            At::Case(_, title) => write!(f, ": the case “{title}”"),
        }
    }
}

/// The names of files in `checks/cases/` that are not names of checks.
pub(crate) fn strays(course: &Course) -> Vec<String> {
    let entries = std::fs::read_dir(course.root.join("checks/cases")).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".toml")?.to_owned()));
    let mut strays: Vec<String> = names.filter(|name| !course.checks.contains_key(name)).collect();
    strays.sort();
    strays
}

fn open(course: &Course, folder: &Path, written: Written, earlier: &[Result<Case, Mistake>]) -> Result<Case> {
    let plain = |part| matches!(part, std::path::Component::Normal(_));
    if !Path::new(&written.recording).components().all(plain) {
        bail!("the recording `{}` is not a file below checks/cases", written.recording);
    }
    let path = folder.join(&written.recording);
    let text = files::read_theirs(&path, files::LARGEST)
        .with_context(|| format!("reading checks/cases/{}", written.recording))?;
    let mut recorded: Value =
        serde_json::from_slice(&text).with_context(|| format!("checks/cases/{} is not JSON", written.recording))?;
    for (place, value) in &written.set {
        set(&mut recorded, place, Some(serde_json::to_value(value)?))?;
    }
    for place in &written.absent {
        set(&mut recorded, place, Some(Value::Null))?;
    }
    for place in &written.unset {
        set(&mut recorded, place, None)?;
    }
    if let Some(account) = written.account.as_ref().filter(|name| !course.accounts.contains_key(*name)) {
        bail!("the course has no account `{account}`");
    }
    if let Some(name) = written.params.keys().find(|name| !course.params.contains_key(*name)) {
        bail!("the course has no parameter `{name}`");
    }
    let named = |title: String| {
        let found = earlier.iter().flatten().find(|case| case.title == title);
        found.cloned().map(Arc::new).with_context(|| format!("there is no earlier case “{title}”"))
    };
    Ok(Case {
        after: written.after.map(named).transpose()?,
        title: written.title,
        verdict: written.verdict,
        outcomes: written.outcomes,
        says: written.says,
        confirmed: written.confirmed,
        account: written.account,
        params: written.params,
        recorded: recording::of_json(recorded, &format!("checks/cases/{}", written.recording))?,
    })
}

/// Sets or removes the value at a path such as `ACCOUNT/budgets/0/amount` or `ACCOUNT/ec2:DescribeVpcs/Vpcs/0/State`.
fn set(recorded: &mut Value, place: &str, value: Option<Value>) -> Result<()> {
    let pointer = pointer(recorded, place)?;
    let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
    let above = place.rsplit_once('/').map_or(place, |(above, _)| above);
    let holder = recorded.pointer_mut(parent);
    let holder = holder.with_context(|| format!("the recording has nothing at `{above}`"))?;
    match (holder, value) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(key.to_owned(), value)),
        (Value::Object(fields), None) => {
            fields.remove(key).with_context(|| format!("the recording has nothing at `{place}`"))?;
        }
        (Value::Array(items), value) => {
            let at: usize = key.parse().with_context(|| format!("`{place}`: `{key}` is not an index of a list"))?;
            match value {
                Some(value) if at == items.len() => items.push(value),
                Some(value) if at < items.len() => items[at] = value,
                None if at < items.len() => drop(items.remove(at)),
                _ => bail!("`{place}`: the list has {} entries", items.len()),
            }
        }
        _ => bail!("`{above}` is neither a record nor a list"),
    }
    Ok(())
}

/// Where a place is in a recording: in a section, or in an answer to a call. Of several answers to an operation, the next
/// part of the place is the number, from 0.
fn pointer(recorded: &Value, place: &str) -> Result<String> {
    let form = || format!("`{place}` does not have the form ACCOUNT/SECTION/… or ACCOUNT/SERVICE:OPERATION/…");
    let (account, within) = place.split_once('/').with_context(form)?;
    let (name, rest) = within.split_once('/').map_or((within, None), |(name, rest)| (name, Some(rest)));
    if !name.contains(':') {
        return Ok(format!("/accounts/{place}"));
    }
    let answers = recorded["answers"][account].as_array().into_iter().flatten().enumerate();
    let of_call: Vec<usize> = answers.filter(|(_, one)| one["ask"]["call"] == name).map(|(at, _)| at).collect();
    let (at, rest) = match (of_call.as_slice(), rest) {
        ([], _) => bail!("the recording has no answer to {name} in the {account} account"),
        ([at], rest) => (*at, rest),
        (several, rest) => {
            let (number, rest) = match rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
                Some((number, rest)) => (number, Some(rest).filter(|rest| !rest.is_empty())),
                None => ("", None),
            };
            let at = number.parse().ok().and_then(|number: usize| several.get(number));
            let many = several.len();
            (*at.with_context(|| format!("the recording has {many} answers to {name}: `{account}/{name}/0/…`"))?, rest)
        }
    };
    Ok(match rest {
        Some(rest) => format!("/answers/{account}/{at}/outcome/answer/{rest}"),
        None => format!("/answers/{account}/{at}/outcome"),
    })
}

impl Case {
    /// The check's result in this case.
    pub(super) fn judge(&self, course: &Arc<Course>, compiled: &Arc<Compiled>, step: &Step) -> StepResult {
        self.judge_into(&mut Earlier::default(), course, compiled, step)
    }

    fn judge_into(
        &self,
        before: &mut Earlier,
        course: &Arc<Course>,
        compiled: &Arc<Compiled>,
        step: &Step,
    ) -> StepResult {
        if let Some(earlier) = &self.after {
            earlier.judge_into(before, course, compiled, step);
        }
        let mut step = step.clone();
        step.params.extend(self.params.clone());
        if let Some(account) = &self.account {
            step.account.clone_from(account);
        }
        let mut gathered = self.recorded.gathered.clone();
        let given = &self.recorded.known.given;
        let recorded = (!given.is_empty()).then(|| Arc::new(course.given_as_recorded(given)));
        let course = recorded.as_ref().unwrap_or(course);
        before.memory.extend(self.recorded.known.remembered(course));
        recording::fill_gaps(&mut gathered, &compiled.plan(course, [&step]));
        judged(before, course, compiled, &step, &gathered, &|_| self.confirmed)
    }

    /// How the result differs from what is expected, if it does.
    pub(super) fn wrong(&self, result: &StepResult) -> Option<String> {
        if result.verdict != self.verdict {
            let why = Some(why(result)).filter(|why| !why.is_empty()).map(|why| format!(": {why}"));
            let why = why.unwrap_or_default();
            return Some(format!("it is {}, but {} was expected{why}", result.verdict, self.verdict));
        }
        let outcomes: Vec<Outcome> = result.expectations.iter().map(|expectation| expectation.outcome).collect();
        if let Some(expected) = self.outcomes.as_ref().filter(|expected| **expected != outcomes) {
            let names = |outcomes: &[Outcome]| outcomes.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
            return Some(format!("the outcomes are {}, but {} were expected", names(&outcomes), names(expected)));
        }
        let says: Vec<&String> = result.expectations.iter().flat_map(|expectation| &expectation.sentences).collect();
        let expected = self.says.as_ref().filter(|expected| expected.iter().collect::<Vec<_>>() != says);
        expected.map(|expected| format!("it says {says:?}, but {expected:?} was expected"))
    }
}
