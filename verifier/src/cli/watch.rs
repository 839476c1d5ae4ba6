//! `verify watch [STEP]...`: verifies again as the accounts change, until every step is done.

use anyhow::Result;
use course::Step;
use course::results::{ReasonCode, Results, Verdict};
use course::terminal::{self, Text};
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

use super::Exit;
use super::common::Common;
use super::terminal::{Terminal, notice, print};
use crate::report::{self, Form};
use crate::run::watcher::Watcher;
use crate::run::{Session, select};
use evidence::Section;

pub(super) async fn run(common: &Common, names: &[String], format: Form) -> Result<Exit> {
    let terminal = Terminal::for_format(format == Form::Text);
    let session = Session::open_for(&common.options(), names, &terminal)?;
    let steps = select::steps(&session.course, names)?;
    let mut watch = Watch::new(&session, steps, format);
    let results = tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            notice("Stopped watching.");
            session.results()
        }
        results = watch.until_done() => results?,
    };
    match format {
        Form::Text => print(&watch.ending(&results))?,
        _ => print(&report::results(format, &session.course, &results, names)?)?,
    }
    Ok(match names {
        [] => Exit::of_course(&session.course, &results),
        _ => Exit::of(watch.steps.iter().map(|step| results.view(step).verdict)),
    })
}

struct Watch<'w> {
    session: &'w Session<'w>,
    steps: Vec<&'w Step>,
    format: Form,
    watcher: Watcher<'w>,
    /// The verdicts that were shown.
    shown_verdicts: BTreeMap<String, Verdict>,
    /// The steps that were done or undone since the watch began.
    changed: BTreeSet<String>,
    /// The delays at AWS that were explained.
    explained: BTreeSet<&'static str>,
}

impl<'w> Watch<'w> {
    fn new(session: &'w Session<'w>, steps: Vec<&'w Step>, format: Form) -> Watch<'w> {
        let watcher = Watcher::new(session);
        let (shown_verdicts, changed, explained) = Default::default();
        Watch { session, steps, format, watcher, shown_verdicts, changed, explained }
    }

    /// Verifies again and again, until all required steps are done.
    async fn until_done(&mut self) -> Result<Results> {
        // What was verified before may no longer hold, so everything is judged once.
        let mut open: Vec<&Step> = self.steps.clone();
        loop {
            if let Some(results) = self.watcher.look(&open).await? {
                self.show(&results, &open);
            }
            let results = self.session.results();
            open = self.open_steps(&results);
            if !open.iter().any(|step| self.counts(step)) {
                return Ok(results);
            }
            self.wait(&open).await;
        }
    }

    fn open_steps(&self, results: &Results) -> Vec<&'w Step> {
        let blocks = |step: &&&Step| results.view(step).verdict.blocks();
        self.steps.iter().filter(blocks).copied().collect()
    }

    /// Whether the watch waits for a step. Optional steps don't count when the whole course is watched.
    fn counts(&self, step: &Step) -> bool {
        self.steps.len() < self.session.course.steps.len() || step.is_required()
    }

    /// Shows what is new: everything at first, then the steps whose verdict changed. It is printed on standard error;
    /// standard output gets the results at the end.
    fn show(&mut self, results: &Results, judged: &[&Step]) {
        let course = &self.session.course;
        let first = self.shown_verdicts.is_empty();
        for step in judged {
            let verdict = results.view(step).verdict;
            if self.shown_verdicts.insert(step.id.clone(), verdict) != Some(verdict) && !first {
                self.changed.insert(step.id.clone());
                terminal::notice(&report::text::details(course, results, step).trimmed());
            }
        }
        if first {
            if self.format == Form::Text {
                let names: Vec<String> = self.steps.iter().map(|step| step.id.clone()).collect();
                let whole = self.steps.len() == course.steps.len();
                let names = if whole { &[] } else { names.as_slice() };
                let shown = report::results(Form::Text, course, results, names).unwrap_or_default();
                terminal::notice(&shown.trimmed());
            }
            terminal::notice(&Text::block("\nWatching: do a step, and it shows here. Ctrl-C stops."));
        }
        self.explain_delays(results, judged);
    }

    /// What is said at the end: what changed while it watched, and how far the course is. Everything else was shown.
    fn ending(&self, results: &Results) -> Text {
        let course = &self.session.course;
        let changed: Vec<&Step> = self.steps.iter().filter(|step| self.changed.contains(&step.id)).copied().collect();
        let mut text = report::summary::changes(course, results, &changed);
        text.append(&report::summary::closing(course, results));
        text
    }

    /// Explains once why AWS shows something late that a step waits for.
    fn explain_delays(&mut self, results: &Results, judged: &[&Step]) {
        let waits = |step: &&&Step| {
            let result = results.view(step).result;
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
                notice(&format!("{late} Looking again every {}.", every(section)));
            }
        }
    }

    /// Waits, and shows the countdown.
    async fn wait(&self, open: &[&Step]) {
        let shown = self.format == Form::Text && terminal::shows_progress();
        if shown {
            let seconds = self.watcher.next(open).saturating_duration_since(Instant::now()).as_secs();
            let left = format!("{} left; looking again in {seconds} s", open.len());
            terminal::progress(Some(&Text::line(&left)));
        }
        self.watcher.wait(open).await;
        if shown {
            terminal::progress(None);
        }
    }
}

/// The interval between reads of a section that does not change, as text.
fn every(section: Section) -> String {
    match section.freshness().latest.as_secs() {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds => format!("{} minutes", seconds / 60),
    }
}
