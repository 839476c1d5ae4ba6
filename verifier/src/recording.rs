//! Recordings: the evidence of a run in a file, for bug reports, offline runs and tests.

use anyhow::{Context, Result, bail};
use course::Course;
use course::files::{self, Readers};
use course::input::Given;
use course::results::{Call, ReasonCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::made::{JudgedBy, Remembered};
use evidence::Evidence;
use evidence::client::{self, Answers, Ask, Outcome};
use evidence::gather::{self, Gathered};
use evidence::mask::StandIns;
use evidence::time::{self, Time};
use evidence::{self, Section, Timed, WrongAccount};

/// The version of the format.
const VERSION: u32 = 1;

/// A recorded run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recording {
    version: u32,
    #[serde(default)]
    recorded: String,
    #[serde(default)]
    by: String,
    /// The time of the run by AWS's clock. Recordings of earlier versions don't have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<Time>,
    /// The values of the course's inputs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    inputs: Given,
    /// What was seen before of what the learner made, without the ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    made: Vec<Remembered>,
    /// Sections by account, as `verify schema evidence` describes them.
    accounts: BTreeMap<String, BTreeMap<String, Value>>,
    /// What came of the calls that checks ask for, by account.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    answers: BTreeMap<String, Vec<Answered>>,
    #[serde(default)]
    calls: Vec<Call>,
}

/// What a run knew besides what AWS answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// The values of the course's inputs.
    pub given: Given,
    /// What was seen before of what the learner made.
    pub made: Vec<Remembered>,
}

impl Known {
    /// What is known of a course. A recording does not say for which check and inputs something was complete: it is for
    /// those of the case that uses it.
    pub(crate) fn of(course: &Course, made: &[Remembered]) -> Known {
        let one = |one: &Remembered| {
            let now = course.step(&one.step).map(|step| JudgedBy::now(course, step));
            let counts = one.judged_by.is_some() && one.judged_by == now;
            Remembered { complete: one.complete.clone().filter(|_| counts), judged_by: None, ..one.clone() }
        };
        Known { given: course.given.clone(), made: made.iter().map(one).collect() }
    }

    /// What is remembered, for the check and the inputs of a course.
    pub(crate) fn remembered(&self, course: &Course) -> Vec<Remembered> {
        let now = |one: &Remembered| Some(JudgedBy::now(course, course.step(&one.step)?));
        let judged_by = |one: &Remembered| one.complete.as_ref().and_then(|_| now(one));
        self.made.iter().map(|one| Remembered { judged_by: judged_by(one), ..one.clone() }).collect()
    }
}

/// A run that was recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// What AWS answered.
    pub gathered: Gathered,
    /// What else was known.
    pub known: Known,
}

/// What came of a call.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    ask: Ask,
    outcome: Outcome,
}

/// Writes a run's evidence to a file. Unless `show_identifiers` is set, account ids, e-mail addresses, phone numbers,
/// contact data and what the learner gave are pseudonymised. Text in them that the course's checks look for is kept, so that the recording
/// gets the same verdicts.
///
/// ```
/// use evidence::gather::Gathered;
/// use std::collections::BTreeSet;
/// use verify::recording;
///
/// # fn main() -> anyhow::Result<()> {
/// # let folder = course::files::Folder::new()?;
/// let file = folder.path().join("run.json");
/// recording::write(&file, &Gathered::default(), &Default::default(), BTreeSet::new(), false)?;
/// assert!(recording::read(&file)?.gathered.evidence.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When the file cannot be written.
pub fn write(
    path: &Path,
    gathered: &Gathered,
    known: &Known,
    kept: BTreeSet<String>,
    show_identifiers: bool,
) -> Result<()> {
    let mut stand_ins = StandIns::keeping(kept).replacing(&known.given);
    let accounts = gathered.evidence.iter().map(|(account, sections)| {
        let sections = sections.iter().map(|(section, value)| {
            let mut value = value.clone();
            if !show_identifiers {
                stand_ins.section(*section, &mut value);
            }
            (section.name().to_owned(), value)
        });
        (account.clone(), sections.collect())
    });
    let accounts = accounts.collect();
    let mut answers: BTreeMap<String, Vec<Answered>> = BTreeMap::new();
    for (account, ask, outcome) in gathered.outcomes() {
        let mut answered = serde_json::to_value(Answered { ask: ask.clone(), outcome: outcome.clone() })?;
        if !show_identifiers {
            // The names of operations and regions are AWS's own.
            for place in ["/ask/with", "/outcome"] {
                answered.pointer_mut(place).into_iter().for_each(|value| stand_ins.value(value));
            }
        }
        answers.entry(account.to_owned()).or_default().push(serde_json::from_value(answered)?);
    }
    let mut masked = |value: Value| {
        let mut value = value;
        if !show_identifiers {
            stand_ins.value(&mut value);
        }
        value
    };
    let inputs = serde_json::from_value(masked(serde_json::to_value(&known.given)?))?;
    // The ids are the learner's. How many there were is enough.
    let made = known.made.iter().map(|one| Remembered { ids: Vec::new(), ..one.clone() });
    let made = serde_json::from_value(masked(serde_json::to_value(made.collect::<Vec<_>>())?))?;
    let recording = Recording {
        version: VERSION,
        recorded: time::now(),
        by: concat!("verify ", env!("CARGO_PKG_VERSION")).to_owned(),
        now: gathered.now.as_deref().and_then(Time::parse),
        inputs,
        made,
        accounts,
        answers,
        calls: gathered.calls.iter().map(|timed| timed.call.clone()).collect(),
    };
    let mut text = serde_json::to_string_pretty(&recording)?;
    text.push('\n');
    files::write(path, text.as_bytes(), Readers::Others)
        .with_context(|| format!("writing the recording {}", path.display()))
}

/// Reads a recorded run.
///
/// # Errors
/// When the file cannot be read, or its evidence does not have this version's format. Unknown and missing fields are
/// refused, because they could be mistaken for evidence.
pub fn read(path: &Path) -> Result<Recorded> {
    if !path.exists() {
        bail!("there is no recording {0}: `verify --record {0}` makes one", path.display());
    }
    let bytes = files::read_theirs(path, files::LARGEST)
        .with_context(|| format!("reading the recording {}", path.display()))?;
    let shown = path.display().to_string();
    let recorded = serde_json::from_slice(&bytes).with_context(|| format!("{shown} is not JSON"))?;
    of_json(recorded, &shown)
}

/// Reads a recorded run from its JSON; `shown` names it in messages.
///
/// # Errors
/// When its evidence does not have this version's format.
pub fn of_json(recorded: Value, shown: &str) -> Result<Recorded> {
    let recording: Recording =
        serde_json::from_value(recorded).with_context(|| format!("{shown} is not a recording made by verify"))?;
    if recording.version != VERSION {
        bail!("{shown} has format version {}, but this version of verify reads version {VERSION}", recording.version);
    }
    let mut gathered = Gathered::default();
    let mut evidence = Evidence::new();
    for (account, sections) in recording.accounts {
        let mut known = BTreeMap::new();
        for (name, value) in sections {
            let section = Section::named(&name)
                .with_context(|| format!("{shown}: account {account}: there is no section `{name}`"))?;
            let value = section
                .conform(value)
                .map_err(|why| anyhow::anyhow!("{shown}: account {account}, section {name}: {why}"))?;
            known.insert(section, value);
        }
        if let Some(id) = known.get(&Section::Identity).and_then(|identity| identity.get("account")?.as_str()) {
            gathered.account_ids.insert(account.clone(), id.to_owned());
        }
        evidence.insert(account, known);
    }
    // As in a live run, one account under two names is a mistake in the bindings, and evidence from an account that was
    // not identified is not used.
    let mut answers: Answers = Answers::new();
    for (account, recorded) in recording.answers {
        let mut own = BTreeMap::new();
        for Answered { ask, outcome } in recorded {
            if let (Outcome::Answer(answer), Ok(found)) = (&outcome, ask.found()) {
                client::conform(found, answer)
                    .map_err(|why| anyhow::anyhow!("{shown}: account {account}, {}: {why}", ask.call))?;
            }
            own.insert(Arc::new(ask), Arc::new(outcome));
        }
        answers.insert(account, own);
    }
    let ids = std::mem::take(&mut gathered.account_ids);
    for (account, sections) in &mut evidence {
        let id = ids.get(account);
        let instead = match id {
            Some(id) if ids.values().filter(|other| *other == id).count() == 1 => {
                gathered.account_ids.insert(account.clone(), id.clone());
                continue;
            }
            Some(id) => WrongAccount::Twice.unreadable(account, id),
            None => match sections.get(&Section::Identity) {
                Some(identity) => gather::nothing_without(identity),
                None => continue,
            },
        };
        sections.values_mut().for_each(|value| *value = instead.clone());
        let mut reasons = BTreeSet::new();
        evidence::collect_reasons(&instead, &[], &mut reasons);
        let failed = Arc::new(Outcome::failed(reasons.into_iter().collect()));
        let of_account = answers.get_mut(account).into_iter().flat_map(BTreeMap::values_mut);
        of_account.for_each(|outcome| *outcome = Arc::clone(&failed));
    }
    gathered.evidence = Arc::new(evidence);
    gathered.answers = Arc::new(answers);
    gathered.now = recording.now.map(Time::text);
    gathered.calls = recording.calls.into_iter().map(Timed::recorded).collect();
    Ok(Recorded { gathered, known: Known { given: recording.inputs, made: recording.made } })
}

/// Marks what a plan needs and a recording lacks as unreadable. It was not read, which is not the same as absent.
pub fn fill_gaps(gathered: &mut Gathered, plan: &BTreeMap<String, BTreeSet<Section>>) {
    let evidence = Arc::make_mut(&mut gathered.evidence);
    for (account, sections) in plan {
        for section in sections {
            let known = evidence.entry(account.clone()).or_default();
            known.entry(*section).or_insert_with(|| {
                let message = format!("The recording does not contain {} of the {account} account.", section.name());
                evidence::unreadable(ReasonCode::IncompleteAnswer, account, &message)
            });
        }
    }
}
