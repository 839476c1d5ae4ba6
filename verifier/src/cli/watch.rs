//! `verify watch [STEP]...`: verifies again as the accounts change, until every step is done.

use anyhow::Result;
use mdbook_verify::course::Step;
use mdbook_verify::results::{Confirmation, ReasonCode, Results, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::time::Duration;
use tokio::time::Instant;

use super::session::Session;
use super::{Common, Exit, Format, notice, print};
use crate::account::Connection;
use crate::evidence::Section;
use crate::gather::{Gathered, Plan};
use crate::report::{self, Form, exit};
use crate::run;
use crate::watch::{Schedule, merge};

/// How often the results are looked at: another terminal may have verified a step, or given a word.
const RESULTS: Duration = Duration::from_millis(500);

pub(super) async fn run(common: &Common, names: &[String]) -> Result<Exit> {
    let form = common.form()?;
    let session = Session::open(common)?;
    let steps = run::select(&session.course, names)?;
    let mut watch = Watch::new(&session, steps);
    let results = tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            watch.say("Stopped watching.");
            watch.results()
        }
        results = watch.until_done() => results?,
    };
    print(&report::results(form, &session.course, &results, names)?)?;
    Ok(if names.is_empty() {
        exit::of_course(&session.course, &results)
    } else {
        exit::of(watch.steps.iter().map(|step| results.view(&session.course, step).verdict))
    })
}

struct Watch<'w> {
    session: &'w Session<'w>,
    steps: Vec<&'w Step>,
    schedule: Schedule,
    connections: Option<BTreeMap<String, Connection>>,
    known: Gathered,
    /// The learner's words by which the steps were last judged.
    words: Vec<Confirmation>,
    /// The verdicts that were told.
    told: BTreeMap<String, Verdict>,
    /// The delays of AWS's that were explained.
    explained: BTreeSet<&'static str>,
}

impl<'w> Watch<'w> {
    fn new(session: &'w Session<'w>, steps: Vec<&'w Step>) -> Watch<'w> {
        Watch {
            session,
            steps,
            schedule: Schedule::new(session.practice()),
            connections: None,
            known: Gathered::default(),
            words: Vec::new(),
            told: BTreeMap::new(),
            explained: BTreeSet::new(),
        }
    }

    /// Judges again and again, until no step that is required stands in the way.
    async fn until_done(&mut self) -> Result<Results> {
        // What was verified before may not hold any more: everything is judged once.
        let mut open: Vec<&Step> = self.steps.clone();
        loop {
            let plan = self.session.compiled.plan(&self.session.course, open.iter().copied());
            let mut due = self.schedule.due(&plan, Instant::now());
            if !due.is_empty() {
                // All accounts are identified together, or two names for one of them would not be noticed.
                plan.keys().for_each(|name| due.entry(name.clone()).or_default().extend([Section::Identity]));
                self.read(&due).await?;
            }
            if !due.is_empty() || self.results().confirmations != self.words {
                let results = self.judge(&open)?;
                self.tell(&results, &open);
            }
            let results = self.results();
            open = self.open_steps(&results);
            if !open.iter().any(|step| self.counts(step)) {
                return Ok(results);
            }
            self.wait(&open).await;
        }
    }

    /// The results as they stand; empty where there are none to use, which judging says.
    fn results(&self) -> Results {
        self.session.store.read().unwrap_or_else(|_| Results::empty(self.session.practice()))
    }

    fn open_steps(&self, results: &Results) -> Vec<&'w Step> {
        let blocks = |step: &&&Step| results.view(&self.session.course, step).verdict.blocks();
        self.steps.iter().filter(blocks).copied().collect()
    }

    /// Whether the watch waits for a step: the whole course is done without those that are optional.
    fn counts(&self, step: &Step) -> bool {
        self.steps.len() < self.session.course.steps.len() || !step.optional && !step.places.is_empty()
    }

    async fn read(&mut self, due: &Plan) -> Result<()> {
        let connections = match self.connections.take() {
            // The practice account is built from its actions: it is another one after each.
            Some(connections) if !self.session.practice() => connections,
            _ => self.session.connect(self.session.course.accounts.keys()).await?,
        };
        let fresh = self.session.read(due, &connections).await?;
        // Credentials that don't work, or no longer, may have been renewed by the next time.
        let renew = |code: ReasonCode| {
            matches!(code, ReasonCode::NoCredentials | ReasonCode::ExpiredCredentials | ReasonCode::Unreachable)
        };
        if !fresh.reasons().iter().any(|reason| renew(reason.code)) {
            self.connections = Some(connections);
        }
        merge(&mut self.known, fresh, &mut self.schedule, Instant::now());
        Ok(())
    }

    fn judge(&mut self, steps: &[&Step]) -> Result<Results> {
        let bench = self.session.bench();
        let known = &self.known;
        let loaded = self.session.store.update(|results| bench.judge(steps, known, results))?;
        loaded.notice.iter().for_each(|text| notice(text));
        self.words.clone_from(&loaded.results.confirmations);
        Ok(loaded.results)
    }

    /// Tells what is new: everything at first, then the steps that came out differently.
    fn tell(&mut self, results: &Results, judged: &[&Step]) {
        let course = &self.session.course;
        let first = self.told.is_empty();
        for step in judged {
            let verdict = results.view(course, step).verdict;
            if self.told.insert(step.id.clone(), verdict) != Some(verdict) && !first {
                self.say(report::text::details(course, results, step).trim_end());
            }
        }
        if first {
            if self.session.common.format == Format::Text {
                let names: Vec<String> = self.steps.iter().map(|step| step.id.clone()).collect();
                let whole = self.steps.len() == course.steps.len();
                let names = if whole { &[] } else { names.as_slice() };
                let shown = report::results(Form::Text, course, results, names).unwrap_or_default();
                self.say(shown.trim_end());
            }
            self.say("\nWatching: do a step, and it shows here. Ctrl-C stops.");
        }
        self.explain_delays(results, judged);
    }

    /// Says once why AWS takes its time to show something that a step waits for.
    fn explain_delays(&mut self, results: &Results, judged: &[&Step]) {
        let waits = |step: &&&Step| {
            let result = results.view(&self.session.course, step).result;
            let late = [ReasonCode::NotVisibleYet, ReasonCode::NeedsConfirmation];
            result.is_some_and(|result| result.reasons.iter().any(|reason| late.contains(&reason.code)))
        };
        let waiting: Vec<&Step> = judged.iter().filter(waits).copied().collect();
        let plan = self.session.compiled.plan(&self.session.course, waiting);
        for section in plan.into_values().flatten() {
            let freshness = section.freshness();
            if let Some(late) = freshness.late
                && self.explained.insert(late)
            {
                self.say(&format!("{late} Looking again every {}.", every(section)));
            }
        }
    }

    /// Waits until something is due or the results may have changed.
    async fn wait(&self, open: &[&Step]) {
        let plan = self.session.compiled.plan(&self.session.course, open.iter().copied());
        let now = Instant::now();
        let next = self.schedule.next(&plan).unwrap_or(now);
        let shown = self.session.common.format == Format::Text && std::io::stderr().is_terminal();
        if shown {
            let seconds = next.saturating_duration_since(now).as_secs();
            let _ = write!(std::io::stderr(), "\r\x1b[K{} left; looking again in {seconds} s", open.len());
        }
        tokio::time::sleep_until(next.min(now + RESULTS)).await;
        if shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }

    /// What happens meanwhile goes beside the output, which is the results at the end.
    fn say(&self, text: &str) {
        notice(text);
    }
}

/// How often a section is looked at while nothing changes, in words.
fn every(section: Section) -> String {
    match section.freshness().latest.as_secs() {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds => format!("{} minutes", seconds / 60),
    }
}
