//! `verify cohort ROSTER.csv`: verifies a whole class.

use anyhow::{Context, Result, bail};
use clap::Args;
use course::Course;
use course::key::Key;
use course::results::{Reason, Results};
use course::terminal::{self, Text};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Exit;
use super::common::{Common, Output, TextOrJson};
use super::terminal::{Terminal, notice, print};
use crate::cohort::files;
use crate::cohort::folder::Folder;
use crate::cohort::roster::{Learner, Roster, Shard};
use crate::cohort::{Before, Cohort, Outcome};
use crate::report::class::{self, At};
use crate::report::plain;
use crate::run::Session;
use evidence::bindings::{ENVIRONMENT, Source};
use evidence::{connection, mask};

/// The arguments of `verify cohort`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The class: a CSV file with a column `learner`, a column for each account of the course with the ARN of a role in
    /// that account, and a column `external_id` if the roles require one
    #[arg(value_name = "ROSTER.csv")]
    roster: PathBuf,
    /// Your own credentials, which assume the roles: an AWS profile, or `environment`
    #[arg(long, value_name = "PROFILE")]
    from: String,
    /// Folder for the results, one file for each learner [default: cohort/ next to the roster]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Folder with the learners' own results: the output of `verify --format json`, each named after the learner. From
    /// them come confirmations, and that labs were there before they were deleted, both shown as confirmed
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Verify only every Nth learner, starting with the Ith, to split a class between N runs, for example on several
    /// machines. In an array job whose index starts at 0, use $((INDEX + 1))/N. All machines need the same key: copy
    /// the file `key` from one machine's configuration folder (~/.config/mdbook-verify, or $VERIFY_CONFIG_DIR) to the
    /// others', or use one shared folder
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE, hide_default_value = true)]
    shard: Shard,
    /// Learners to verify at the same time
    #[arg(long, value_name = "K", default_value = "16")]
    at_once: NonZeroUsize,
    /// Calls per second to one AWS account
    #[arg(long, value_name = "CALLS", default_value = "10")]
    rate: NonZeroU32,
    #[command(flatten)]
    output: Output<TextOrJson>,
}

pub(super) async fn run(common: &Common, arguments: &Arguments) -> Result<Exit> {
    let json = arguments.output.format() == TextOrJson::Json;
    let terminal = Terminal::for_format(!json);
    let session = Session::open(&common.options(), &terminal)?;
    if session.practice() || !common.account.is_empty() {
        bail!("the accounts of a class are in its roster: leave out --practice and --account");
    }
    let (source, base) = source(&arguments.from)?;
    let roster = Roster::read(&arguments.roster, &session.course, &base)?;
    let plan = session.compiled.plan(&session.course, &session.course.steps);
    if !roster.ignored.is_empty() {
        let columns = roster.ignored.iter().map(|column| format!("`{}`", plain(column))).collect::<Vec<_>>().join(", ");
        notice(&format!(
            "The roster's columns {columns} are ignored: a column must be `learner`, `external_id`, or an account of \
             the course ({}).",
            session.course.accounts.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
        ));
    }
    for account in plan.keys().filter(|account| !roster.accounts.contains(account)) {
        notice(&format!("The roster has no column `{account}`: steps that read this account will be unknown."));
    }
    let out = arguments.out.clone().unwrap_or_else(|| arguments.roster.with_file_name("cohort"));
    let folder = Folder::open(&out, arguments.shard)?;
    let connected = connection::connect_one(&base, &source, &terminal).await;
    let connected = connected.map_err(|reasons| anyhow::anyhow!(messages(&reasons)))?;
    let checks = (Arc::clone(&session.course), Arc::clone(&session.compiled));
    let cohort = Cohort::new(checks, session.store.key().clone(), connected, arguments.rate, folder);
    let theirs =
        arguments.results.as_deref().map(|folder| learners_files(folder, &roster, session.store.key())).transpose()?;
    let cohort = Arc::new(cohort.with_results(theirs.unwrap_or_default()));
    let mut judging = Judging { cohort, json, tally: Tally::default() };
    let mine = roster.learners.into_iter().enumerate().filter(|(row, _)| arguments.shard.has(*row));
    judging.class(mine.map(|(_, learner)| learner), arguments.at_once.get()).await?;
    judging.sum_up(&out)
}

/// The learners' own results in a folder, by learner. Reports the files that are not used.
fn learners_files(folder: &Path, roster: &Roster, key: &Key) -> Result<BTreeMap<String, Results>> {
    let mut theirs = BTreeMap::new();
    for file in files::found(folder)? {
        let name = files::learner(&file);
        let why = match files::read(&file, key) {
            _ if !roster.learners.iter().any(|learner| learner.name == name) => {
                "the roster has no learner of this name".to_owned()
            }
            Ok((results, _)) if results.practice => "it has results of practice accounts".to_owned(),
            Ok((results, _)) => {
                theirs.insert(name, results);
                continue;
            }
            Err(error) => format!("{error:#}"),
        };
        notice(&format!("{} is not used: {}.", plain(&file.display().to_string()), plain(&why)));
    }
    Ok(theirs)
}

/// The source of the instructor's credentials, and its name in messages.
fn source(text: &str) -> Result<(Source, String)> {
    match text {
        ENVIRONMENT => Ok((Source::Environment, "the environment".to_owned())),
        text if evidence::arn::is_meant(text) => {
            bail!("--from takes an AWS profile, not a role's ARN: to assume a role, set role_arn in the profile")
        }
        profile => Ok((Source::Profile(profile.to_owned()), format!("profile `{profile}`"))),
    }
}

/// The counts of a class.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    done: usize,
    not_yet: usize,
    unknown: usize,
    failed: usize,
    /// Those of them who had a file before.
    before: usize,
    /// Those who had a file that no longer counts.
    again: usize,
    interrupted: bool,
}

impl Tally {
    fn count(&mut self, course: &Course, results: &Results) -> &'static str {
        let (number, word) = match Exit::of_course(course, results) {
            Exit::Done => (&mut self.done, "done"),
            Exit::NotYet => (&mut self.not_yet, "not-yet"),
            Exit::Unknown | Exit::Usage | Exit::Interrupted => (&mut self.unknown, "unknown"),
        };
        *number += 1;
        word
    }

    fn exit(&self) -> Exit {
        match self {
            // First of all: a learner without a result gets one by running the command again.
            _ if self.failed > 0 || self.interrupted => Exit::Unknown,
            _ if self.not_yet > 0 => Exit::NotYet,
            _ if self.unknown > 0 => Exit::Unknown,
            _ => Exit::Done,
        }
    }
}

/// A learner in a line of JSON.
#[derive(Serialize)]
struct Line<'l> {
    learner: &'l str,
    /// `done`, `not-yet`, `unknown`, or `failed`. A learner who failed has no file.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'l Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<At>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Reason>,
}

struct Judging {
    cohort: Arc<Cohort>,
    json: bool,
    tally: Tally,
}

impl Judging {
    /// Verifies the learners who have no file that counts, `at_once` of them at the same time.
    async fn class(&mut self, learners: impl Iterator<Item = Learner>, at_once: usize) -> Result<()> {
        let mut left = Vec::new();
        for learner in learners {
            match self.cohort.before(&learner) {
                Before::Nothing => left.push(learner),
                Before::Counts(results) => {
                    self.tally.count(self.cohort.course(), &results);
                    self.tally.before += 1;
                }
                Before::Stale => {
                    self.cohort.folder().set_aside(&learner.name)?;
                    self.tally.again += 1;
                    left.push(learner);
                }
                Before::Damaged(why) => {
                    let aside = self.cohort.folder().set_aside(&learner.name)?;
                    let file = self.cohort.folder().file(&learner.name);
                    let [file, aside, why] =
                        [file.display().to_string(), aside.display().to_string(), format!("{why:#}")]
                            .map(|it| plain(&it));
                    notice(&format!(
                        "{file} cannot be used: {why}. It is set aside as {aside}, and the learner is verified again."
                    ));
                    left.push(learner);
                }
            }
        }
        match self.tally.again {
            0 => {}
            again => notice(&format!(
                "Learners whose file is from other checks, roles or results than the current ones: {again}. Their files are \
                 set aside (`.json.old`), and they are verified again."
            )),
        }
        let cohort = Arc::clone(&self.cohort);
        let mut judged =
            stream::iter(left).map(|learner| judge(Arc::clone(&cohort), learner)).buffer_unordered(at_once);
        let interrupted = tokio::signal::ctrl_c();
        tokio::pin!(interrupted);
        loop {
            tokio::select! {
                biased;
                _ = &mut interrupted => {
                    self.tally.interrupted = true;
                    return Ok(());
                }
                next = judged.next() => match next {
                    Some(next) => next.and_then(|(name, outcome)| self.now(&name, outcome))?,
                    None => return Ok(()),
                },
            }
        }
    }

    /// Reports the outcome of a learner.
    fn now(&mut self, name: &str, outcome: Outcome) -> Result<()> {
        match outcome {
            Outcome::Judged(results) => {
                let course = self.cohort.course();
                let outcome = self.tally.count(course, &results);
                let row = class::learner(course, name, true, &results);
                let required = course.required().count();
                if !self.json {
                    return print(&class::text::line(&row, required));
                }
                let file = self.cohort.folder().file(name);
                let (done, required) = (Some(row.counts.done), Some(required));
                let reasons = Vec::new();
                line(&Line { learner: name, outcome, file: Some(&file), done, required, at: row.at, reasons })
            }
            Outcome::Failed(reasons) => {
                self.tally.failed += 1;
                if !self.json {
                    let line = format!("{:<24}  failed  {}\n", plain(name), plain(&messages(&reasons)));
                    return print(&Text::block(&line));
                }
                let (done, required, at) = (None, None, None);
                let mask = |reason: Reason| Reason { message: mask::text(&reason.message), ..reason };
                let reasons = reasons.into_iter().map(mask).collect();
                line(&Line { learner: name, outcome: "failed", file: None, done, required, at, reasons })
            }
            Outcome::NoBase(reasons) => {
                bail!("{} Then run the same command again. Learners who have a file are skipped.", messages(&reasons))
            }
        }
    }

    fn sum_up(&self, out: &Path) -> Result<Exit> {
        let Tally { done, not_yet, unknown, failed, before, interrupted, again: _ } = self.tally;
        let mut text = format!("\n{done} done, {not_yet} not yet, {unknown} unknown, {failed} failed");
        if before > 0 {
            text.push_str(&format!("; {before} of them had a file and were skipped"));
        }
        text.push_str(".\n");
        if interrupted {
            text.push_str("Interrupted. To continue with the other learners, run the same command again.\n");
        } else if failed > 0 {
            text.push_str("Learners who failed have no file. To try them again, run the same command again.\n");
        }
        text.push_str(&format!("Next: verify report {}\n", plain(&out.display().to_string())));
        match self.json {
            true => terminal::notice(&Text::block(text.trim())),
            false => print(&Text::block(&text))?,
        }
        Ok(self.tally.exit())
    }
}

/// Judges a learner in its own task, so that a class uses all processors.
async fn judge(cohort: Arc<Cohort>, learner: Learner) -> Result<(String, Outcome)> {
    let name = learner.name.clone();
    let judged = tokio::spawn(cohort.judge(learner)).await.with_context(|| format!("judging {}", plain(&name)))?;
    Ok((name, judged?))
}

/// The messages of these reasons, each once, without identifiers.
fn messages(reasons: &[Reason]) -> String {
    let messages: BTreeSet<String> = reasons.iter().map(|reason| mask::text(&reason.message)).collect();
    messages.into_iter().collect::<Vec<_>>().join(" ")
}

fn line(line: &Line<'_>) -> Result<()> {
    print(&Text::block(&(terminal::json(&serde_json::to_string(line)?) + "\n")))
}
