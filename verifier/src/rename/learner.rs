//! Renames in what is kept of the learner: verdicts, confirmations, what was seen and made, bindings, and practice actions.

use anyhow::Result;
use course::results::{Results, StepResult};
use course::{Course, Step};
use std::collections::BTreeMap;

use super::{Kind, Renaming};
use crate::actions::log;
use crate::made::MadeMemory;
use crate::store::{self, Store};
use evidence::bindings::{self, Source};

impl Renaming {
    /// Renames for a course that was `old` and is `new`. Returns notices about results that cannot be used, and are left
    /// as they are.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub(crate) fn learner(&self, old: &Course, new: &Course) -> Result<Vec<String>> {
        let root = &new.root;
        let mut notices = Vec::new();
        for practice in [false, true] {
            let store = Store::open(root, practice)?;
            if !store.path().exists() {
                continue;
            }
            match store.read() {
                Ok(_) => drop(store.update(|results| {
                    self.results(results, old, new);
                    Ok(())
                })?),
                Err(unusable) => {
                    notices
                        .push(format!("{} cannot be used, and was left as it is: {unusable}", store.path().display()));
                }
            }
        }
        MadeMemory::change(root, |one| {
            let hash = |course: &Course, id: &str| course.check(course.step(id)?).makes_hash();
            let step = self.id(&one.step);
            if hash(old, &one.step).as_ref() == Some(&one.list)
                && let Some(list) = hash(new, &step)
            {
                one.list = list;
            }
            if let Some(judged_by) = &mut one.judged_by {
                rehash(&mut judged_by.check_hash, old.step(&one.step).zip(new.step(&step)));
            }
            one.step = step;
            self.keys(&mut one.others);
        })?;
        if self.kind == Kind::Account && !bindings::read(root)?.is_empty() {
            bindings::update(root, |bindings| {
                self.keys(bindings);
                for binding in bindings.values_mut() {
                    if let Source::Role(role) = &mut binding.source {
                        self.account(&mut role.from);
                    }
                }
                Ok(())
            })?;
        }
        if !log::read(root)?.is_empty() {
            let _lock = store::lock(root)?;
            // Read again under the lock: an action that is taken at the same time is not lost.
            let mut taken = log::read(root)?;
            taken.iter_mut().for_each(|action| action.step = self.id(&action.step));
            log::write(root, &taken)?;
        }
        Ok(notices)
    }

    fn results(&self, results: &mut Results, old: &Course, new: &Course) {
        let steps = std::mem::take(&mut results.steps).into_iter();
        results.steps = steps
            .map(|(id, mut result)| {
                let renamed = self.id(&id);
                let both = old.step(&id).zip(new.step(&renamed));
                self.result(&mut result, both);
                (renamed, result)
            })
            .collect();
        let made = std::mem::take(&mut results.made).into_iter();
        results.made = made.map(|(id, made)| (self.id(&id), made)).collect();
        self.keys(&mut results.accounts);
        for confirmation in &mut results.confirmations {
            self.keys(&mut confirmation.accounts);
            let renamed = self.id(&confirmation.step);
            if let Some(both) = old.step(&confirmation.step).zip(new.step(&renamed)) {
                restate(&mut confirmation.statement, both, old, new);
            }
            confirmation.step = renamed;
        }
        for seen in &mut results.seen {
            let renamed = self.id(&seen.step);
            rehash(&mut seen.check_hash, old.step(&seen.step).zip(new.step(&renamed)));
            self.keys(&mut seen.accounts);
            seen.step = renamed;
        }
    }

    fn result(&self, result: &mut StepResult, both: Option<(&Step, &Step)>) {
        rehash(&mut result.check_hash, both);
        self.keys(&mut result.accounts);
        let mut evidence = result.evidence.to_vec();
        evidence.iter_mut().for_each(|call| self.account(&mut call.account));
        result.evidence = evidence.into();
        result.reasons.iter_mut().filter_map(|reason| reason.account.as_mut()).for_each(|name| self.account(name));
    }

    fn account(&self, name: &mut String) {
        if self.kind == Kind::Account && *name == self.old {
            name.clone_from(&self.new);
        }
    }

    /// The keys of a map of accounts.
    fn keys<T>(&self, of: &mut BTreeMap<String, T>) {
        if self.kind == Kind::Account
            && let Some(value) = of.remove(&self.old)
        {
            of.insert(self.new.clone(), value);
        }
    }
}

/// Gives a verdict the hash of the renamed check, if it was about the check as it was.
fn rehash(hash: &mut String, both: Option<(&Step, &Step)>) {
    if let Some((old, new)) = both
        && *hash == old.hash
    {
        hash.clone_from(&new.hash);
    }
}

/// Gives a confirmation the statement of the renamed account.
fn restate(statement: &mut String, (was, is): (&Step, &Step), old: &Course, new: &Course) {
    let statements = |course: &Course, step: &Step| -> Vec<String> {
        let of = course.check(step).expectations().iter().filter_map(|expectation| expectation.statement());
        of.map(|one| one.about_account(&step.account)).collect()
    };
    let all = statements(old, was).into_iter().zip(statements(new, is));
    if let Some((_, renamed)) = all.into_iter().find(|(before, _)| before == statement) {
        *statement = renamed;
    }
}
