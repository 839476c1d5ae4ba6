//! What is remembered between runs: late evidence that was seen, and the learner's confirmations. Both count only while
//! what they are about still exists.

use course::results::{Confirmation, Reason, Seen};
use evidence::Section;
use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{CompiledAbout, CompiledExpectation, Need, SINCE, Source, What};
use crate::verdict::{Confirmed, Judge, Voided};

/// Whether a memory still counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Holds,
    /// What it was about no longer exists.
    Void,
    /// The current state could not be read.
    Unreadable(Vec<Reason>),
}

impl Judge<'_> {
    /// The digest of what something is about now, in the form in which it is remembered.
    ///
    /// # Errors
    /// Why it cannot be determined.
    pub(crate) fn is_about(&self, about: Option<&CompiledAbout>) -> Result<String, Vec<Reason>> {
        let Some(CompiledAbout { same, .. }) = about else { return Ok(self.digest("")) };
        match same.exact(self.sentence_scope()) {
            Some(value) => Ok(self.digest(&value)),
            None => Err(self.why_unknown(same, "it is no text")),
        }
    }

    /// Whether something that was remembered at a time still counts.
    pub(crate) fn standing(&self, about: Option<&CompiledAbout>, remembered: &str, since: &str) -> Standing {
        let Some(CompiledAbout { still, .. }) = about else {
            return if remembered == self.digest("") { Standing::Holds } else { Standing::Void };
        };
        let mut scope = self.scope.within();
        scope.bind_time(SINCE, since);
        let mut unreadable = BTreeSet::new();
        for still in still {
            match still.list(&scope) {
                Ok(there) if there.iter().any(|value| self.digest(value) == remembered) => return Standing::Holds,
                Ok(_) => {}
                Err(why) => unreadable.extend(self.why_unknown(still, &why)),
            }
        }
        if unreadable.is_empty() { Standing::Void } else { Standing::Unreadable(unreadable.into_iter().collect()) }
    }

    /// The memories of an expectation that no longer count, whether it applies now or not.
    pub(crate) fn voided(&self, at: usize, expectation: &CompiledExpectation) -> Voided {
        let about = expectation.late().and_then(|late| late.about.as_ref());
        let seen = self.seen(at).filter(|seen| self.standing(about, &seen.about, &seen.time) == Standing::Void);
        let stated = expectation.statement().and_then(|statement| {
            let text = statement.statement.about_account(&self.step.account);
            self.confirmation(&text, statement.about.as_ref())
        });
        let confirmed = stated.filter(|(_, standing)| *standing == Standing::Void).map(|(confirmed, _)| confirmed);
        Voided { seen: seen.cloned().collect(), confirmations: confirmed.cloned().into_iter().collect() }
    }

    /// Late evidence that an earlier run saw for an expectation.
    fn seen(&self, at: usize) -> impl Iterator<Item = &Seen> {
        self.inputs.seen.iter().filter(move |seen| {
            seen.step == self.step.id
                && seen.expectation == at
                && seen.check_hash == self.step.hash
                && seen.inputs == self.step.inputs
                && self.accounts().as_ref() == Some(&seen.accounts)
        })
    }

    /// Fingerprints of all accounts that the check reads; `None` if one is not identified.
    pub(crate) fn accounts(&self) -> Option<BTreeMap<String, String>> {
        let needs = self.inputs.compiled.needs(&self.inputs.course, self.step);
        let names = needs.iter().map(|(account, _)| account).chain([&self.step.account]);
        names.map(|name| Some((name.clone(), self.inputs.fingerprints.get(name)?.clone()))).collect()
    }

    /// Late evidence that an earlier run saw for an expectation and that still counts.
    ///
    /// # Errors
    /// Why this cannot be determined.
    pub(crate) fn seen_before(&self, at: usize, about: Option<&CompiledAbout>) -> Result<Option<&Seen>, Vec<Reason>> {
        let mut unreadable = BTreeSet::new();
        for seen in self.seen(at) {
            match self.standing(about, &seen.about, &seen.time) {
                Standing::Holds => return Ok(Some(seen)),
                Standing::Void => {}
                Standing::Unreadable(reasons) => unreadable.extend(reasons),
            }
        }
        if unreadable.is_empty() { Ok(None) } else { Err(unreadable.into_iter().collect()) }
    }

    /// The learner's confirmation of a statement, and whether it still counts.
    pub(crate) fn confirmation(
        &self,
        statement: &str,
        about: Option<&CompiledAbout>,
    ) -> Option<(&Confirmation, Standing)> {
        let accounts = self.accounts();
        let confirmation = self.inputs.confirmations.iter().find(|confirmation| {
            confirmation.step == self.step.id
                && confirmation.statement == statement
                && Some(&confirmation.account) == self.fingerprint.as_ref()
                && confirmation.inputs == self.step.inputs
                && accounts.as_ref().is_none_or(|accounts| *accounts == confirmation.accounts)
        })?;
        let standing = match accounts {
            Some(_) => self.standing(about, &confirmation.about, &confirmation.time),
            None => Standing::Unreadable(self.not_identified()),
        };
        Some((confirmation, standing))
    }

    /// What a confirmation would be about now.
    ///
    /// # Errors
    /// Why it cannot be determined.
    pub(crate) fn would_confirm(&self, about: Option<&CompiledAbout>) -> Result<Confirmed, Vec<Reason>> {
        let same = self.is_about(about)?;
        let accounts = self.accounts().ok_or_else(|| self.not_identified())?;
        Ok(Confirmed { same, accounts })
    }

    /// Why the accounts that the check reads are not all identified.
    fn not_identified(&self) -> Vec<Reason> {
        let needs = self.inputs.compiled.needs(&self.inputs.course, self.step);
        let unknown = needs.iter().filter(|(account, _)| !self.inputs.fingerprints.contains_key(account));
        let identity = |(account, _): &(String, Source)| Need {
            account: Some(account.clone()),
            what: What::Section(Section::Identity),
            fields: Vec::new(),
        };
        self.reasons(unknown.map(identity), "")
    }

    fn digest(&self, value: &str) -> String {
        self.inputs.key.digest(format!("about {value}").as_bytes())
    }
}
