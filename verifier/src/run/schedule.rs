//! The schedule of a watch: which evidence to read again and when, and what is known in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

use crate::plan::{Source, Sources};
use evidence::gather::Gathered;

/// How often the practice accounts are read. They are in this process, and change immediately.
const PRACTICE: Duration = Duration::from_millis(500);

/// When each source of each account is read next.
#[derive(Debug, Default)]
pub struct Schedule {
    practice: bool,
    next: BTreeMap<(String, Source), Next>,
}

#[derive(Debug, Clone, Copy)]
struct Next {
    at: Instant,
    pause: Duration,
}

impl Schedule {
    /// A schedule on which everything is due.
    pub fn new(practice: bool) -> Schedule {
        Schedule { practice, next: BTreeMap::new() }
    }

    /// The part of a plan that is due.
    pub(crate) fn due(&self, plan: &Sources, now: Instant) -> Sources {
        let mut due = Sources::new();
        for (account, sources) in plan {
            let is_due = |source: &&Source| self.next_of(account, source).is_none_or(|next| next.at <= now);
            // The identity is read together with anything else, and not on its own.
            let of_account: BTreeSet<Source> = sources.iter().filter(is_due).cloned().collect();
            if !of_account.is_empty() {
                due.insert(account.clone(), of_account);
            }
        }
        due
    }

    /// When something in a plan is due next.
    pub fn next(&self, plan: &Sources) -> Option<Instant> {
        let sources = plan.iter().flat_map(|(account, sources)| sources.iter().map(move |source| (account, source)));
        sources.filter_map(|(account, source)| self.next_of(account, source).map(|next| next.at)).min()
    }

    fn next_of(&self, account: &str, source: &Source) -> Option<&Next> {
        self.next.get(&(account.to_owned(), source.clone()))
    }

    /// Schedules what was read: soon again if it changed, after longer and longer intervals if not.
    pub(crate) fn note_read(&mut self, account: &str, source: Source, changed: bool, now: Instant) {
        let freshness = source.freshness();
        let before = self.next_of(account, &source).filter(|_| !changed);
        let pause = match before {
            _ if self.practice => PRACTICE,
            Some(next) => (next.pause * 3 / 2).min(freshness.latest),
            None => freshness.soonest,
        };
        self.next.insert((account.to_owned(), source), Next { at: now + pause, pause });
    }

    /// Removes an account from the schedule, so that all of it is due.
    pub(crate) fn forget(&mut self, account: &str) {
        self.next.retain(|(of, _), _| of != account);
    }
}

/// Replaces old evidence by new evidence, and updates the schedule. Evidence from an account that turned out to be
/// another one is dropped.
pub(crate) fn merge(known: &mut Gathered, fresh: Gathered, schedule: &mut Schedule, now: Instant) {
    let (evidence, answers) = (Arc::make_mut(&mut known.evidence), Arc::make_mut(&mut known.answers));
    for (account, sections) in fresh.evidence.iter() {
        let (before, id) = (known.account_ids.get(account), fresh.account_ids.get(account));
        if before.is_some() && before != id {
            evidence.remove(account);
            answers.remove(account);
            known.calls.retain(|timed| timed.call.account != *account);
            schedule.forget(account);
        }
        match id {
            Some(id) => drop(known.account_ids.insert(account.clone(), id.clone())),
            None => drop(known.account_ids.remove(account)),
        }
        for (section, value) in sections {
            let name = section.name();
            known.calls.retain(|timed| timed.call.account != *account || timed.call.section != name);
            let before = evidence.entry(account.clone()).or_default().insert(*section, value.clone());
            let changed = before.is_some_and(|before| before != *value);
            schedule.note_read(account, Source::Section(*section), changed, now);
        }
    }
    for (account, fresh) in fresh.answers.iter() {
        let mut changed: BTreeMap<&str, bool> = BTreeMap::new();
        for (ask, outcome) in fresh {
            let before = answers.entry(account.clone()).or_default().insert(Arc::clone(ask), Arc::clone(outcome));
            *changed.entry(&ask.call).or_default() |= before.is_some_and(|before| before != *outcome);
        }
        for (call, changed) in changed {
            known.calls.retain(|timed| timed.call.account != *account || timed.call.section != call);
            schedule.note_read(account, Source::Operation(call.to_owned()), changed, now);
        }
    }
    known.calls.extend(fresh.calls);
    known.now = fresh.now.or_else(|| known.now.take());
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::Section;
    use serde_json::{Value, json};

    fn plan(sections: &[Section]) -> Sources {
        [("production".to_owned(), sections.iter().copied().map(Source::Section).collect())].into()
    }

    /// Simulates a watch of some hours, and counts how often each section is read. `value` is the evidence at a second.
    fn reads(hours: u64, value: impl Fn(Section, u64) -> Value) -> BTreeMap<Section, usize> {
        let plan = plan(&[Section::Budgets, Section::ConsoleSignIns, Section::BillingMetrics]);
        let begun = Instant::now();
        let (mut schedule, mut known, mut counts) = (Schedule::new(false), Gathered::default(), BTreeMap::new());
        let mut now = begun;
        while now < begun + Duration::from_secs(hours * 3600) {
            let due = schedule.due(&plan, now);
            let seconds = (now - begun).as_secs();
            let evidence = due.iter().map(|(account, sources)| {
                let sections: Vec<Section> = sources
                    .iter()
                    .filter_map(|source| match source {
                        Source::Section(section) => Some(*section),
                        Source::Operation(_) => None,
                    })
                    .collect();
                sections.iter().for_each(|section| *counts.entry(*section).or_default() += 1);
                (account.clone(), sections.iter().map(|section| (*section, value(*section, seconds))).collect())
            });
            let evidence = Arc::new(evidence.collect());
            let account_ids = [("production".to_owned(), "444455556666".to_owned())].into();
            merge(&mut known, Gathered { evidence, account_ids, ..Gathered::default() }, &mut schedule, now);
            now = schedule.next(&plan).unwrap();
        }
        counts
    }

    #[test]
    fn while_nothing_changes_each_section_is_read_as_often_as_it_can_change() {
        let counts = reads(2, |_, _| json!([]));
        // Two hours: each minute, every two minutes, every half hour, and more often at the start.
        assert!((120..=130).contains(&counts[&Section::Budgets]), "{counts:?}");
        assert!((60..=66).contains(&counts[&Section::ConsoleSignIns]), "{counts:?}");
        assert!((4..=9).contains(&counts[&Section::BillingMetrics]), "{counts:?}");
    }

    #[test]
    fn what_changes_is_read_again_soon() {
        let changing = reads(2, |section, seconds| match section {
            Section::Budgets => json!([seconds]),
            _ => json!([]),
        });
        let still = reads(2, |_, _| json!([]));
        assert!(changing[&Section::Budgets] > 10 * still[&Section::Budgets], "{changing:?}");
        assert_eq!(changing[&Section::ConsoleSignIns], still[&Section::ConsoleSignIns]);
    }

    #[test]
    fn nothing_is_kept_of_an_account_that_is_another_one_now() {
        let gathered = |id: &str, section: Section| Gathered {
            evidence: Arc::new([("production".to_owned(), [(section, json!(id))].into())].into()),
            account_ids: [("production".to_owned(), id.to_owned())].into(),
            ..Gathered::default()
        };
        let (mut schedule, mut known, now) = (Schedule::new(false), Gathered::default(), Instant::now());
        merge(&mut known, gathered("444455556666", Section::Budgets), &mut schedule, now);
        merge(&mut known, gathered("444455556666", Section::Root), &mut schedule, now);
        assert_eq!(known.evidence["production"].len(), 2);
        merge(&mut known, gathered("777788889999", Section::Root), &mut schedule, now);
        assert_eq!(known.evidence["production"], [(Section::Root, json!("777788889999"))].into());
        assert_eq!(schedule.due(&plan(&[Section::Budgets, Section::Root]), now), plan(&[Section::Budgets]));
    }
}
