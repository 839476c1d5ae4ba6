//! What is remembered of what the learner made. It is in the learner's configuration folder, and not in the course.

use anyhow::Result;
use course::learner_file::MADE;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::values::{JudgedBy, ListValues};

/// Something that was seen: the list of a step's check, with the values that it used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remembered {
    /// The step that makes it.
    pub step: String,
    /// Whether it is in the practice accounts.
    pub practice: bool,
    /// The id of the account.
    pub account: String,
    /// The ids of other accounts that the list reads, by the course's names for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, String>,
    /// Identifies the list, see [`course::check::Check::makes_hash`].
    pub list: String,
    /// The values that the list used.
    pub values: ListValues,
    /// The ids that were there when the list was last read, or that were there last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// How many they are.
    pub count: u32,
    /// When something was first seen (RFC 3339, UTC).
    pub seen: String,
    /// When the step was first done while it was there (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<String>,
    /// What was done then. A recording leaves it out: its case is about the check as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_by: Option<JudgedBy>,
    /// When nothing was there any more (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
    /// When the step that removes it was verified (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<String>,
}

/// What a run found out about what a step makes.
#[derive(Debug, Clone, PartialEq)]
pub enum Sighting {
    /// The list was read: these ids are there.
    Listed {
        /// The step that makes it, its account, the list and the values.
        of: MadeKey,
        /// The ids.
        ids: Vec<String>,
        /// What is done, if the step is.
        complete: Option<JudgedBy>,
    },
    /// The step that removes what a step makes was verified.
    Removed {
        /// The step that makes it.
        step: String,
        /// The id of the account.
        account: String,
    },
}

/// What a sighting is about.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeKey {
    /// The step that makes it.
    pub step: String,
    /// The id of the account.
    pub account: String,
    /// The ids of other accounts that the list reads.
    pub others: BTreeMap<String, String>,
    /// Identifies the list.
    pub list: String,
    /// The values that the list used.
    pub values: ListValues,
}

/// How many ids are remembered of a list.
const MOST_IDS: usize = 1_000;

/// What is remembered of a course.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MadeMemory(Vec<Remembered>);

impl MadeMemory {
    /// What is remembered of a course.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(course_root: &Path) -> Result<MadeMemory> {
        MADE.read(course_root)
    }

    /// Adds what a run found out to what is remembered of a course.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note(course_root: &Path, practice: bool, sightings: &[Sighting], now: &str) -> Result<()> {
        MADE.update(course_root, |memory: &mut MadeMemory| {
            memory.add(practice, sightings, now);
            Ok(())
        })
    }

    /// Forgets what was made in the practice accounts, by these steps or by all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn forget_practice(course_root: &Path, steps: Option<&BTreeSet<String>>) -> Result<()> {
        MADE.update(course_root, |memory: &mut MadeMemory| {
            memory.0.retain(|one| !one.practice || steps.is_some_and(|steps| !steps.contains(&one.step)));
            Ok(())
        })
    }

    /// Changes all that is remembered of a course.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn change(course_root: &Path, change: impl FnMut(&mut Remembered)) -> Result<()> {
        if MadeMemory::read(course_root)?.0.is_empty() {
            return Ok(());
        }
        MADE.update(course_root, |memory: &mut MadeMemory| {
            memory.0.iter_mut().for_each(change);
            Ok(())
        })
    }

    /// Adds what was remembered elsewhere.
    pub fn extend(&mut self, remembered: impl IntoIterator<Item = Remembered>) {
        self.0.extend(remembered);
    }

    /// All that is remembered of the practice accounts, or of the learner's own.
    pub fn all(&self, practice: bool) -> impl Iterator<Item = &Remembered> {
        self.0.iter().filter(move |one| one.practice == practice)
    }

    /// Adds what a run found out.
    pub fn add(&mut self, practice: bool, sightings: &[Sighting], now: &str) {
        for sighting in sightings {
            match sighting {
                Sighting::Listed { of, ids, complete } => self.listed(practice, of, (ids, complete.as_ref()), now),
                Sighting::Removed { step, account } => {
                    let is = |one: &&mut Remembered| {
                        let own = one.practice == practice && one.step == *step && one.account == *account;
                        // Another process may have seen something since.
                        own && one.gone.is_some()
                    };
                    self.0.iter_mut().filter(is).for_each(|one| one.removed = one.removed.take().or(Some(now.into())));
                }
            }
        }
    }

    fn listed(&mut self, practice: bool, of: &MadeKey, (ids, complete): (&[String], Option<&JudgedBy>), now: &str) {
        let is = |one: &Remembered| one.practice == practice && one.step == of.step && one.account == of.account;
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let ids = &ids[..ids.len().min(MOST_IDS)];
        if !ids.is_empty() {
            // It is there, or there again.
            self.0.iter_mut().filter(|one| is(one)).for_each(|one| one.removed = None);
        }
        let same = |one: &&mut Remembered| {
            is(one) && one.list == of.list && one.values == of.values && one.others == of.others
        };
        match self.0.iter_mut().find(same) {
            Some(one) if ids.is_empty() => one.gone = one.gone.take().or(Some(now.to_owned())),
            Some(one) => {
                (one.ids, one.count, one.gone) = (ids.to_vec(), count, None);
                if complete.is_some() && one.judged_by.as_ref() != complete {
                    (one.complete, one.judged_by) = (Some(now.to_owned()), complete.cloned());
                }
            }
            None if ids.is_empty() => {}
            None => self.0.push(Remembered {
                step: of.step.clone(),
                practice,
                account: of.account.clone(),
                others: of.others.clone(),
                list: of.list.clone(),
                values: of.values.clone(),
                ids: ids.to_vec(),
                count,
                seen: now.to_owned(),
                complete: complete.map(|_| now.to_owned()),
                judged_by: complete.cloned(),
                gone: None,
                removed: None,
            }),
        }
        // An older list that saw the same things, or fewer, is not needed any more.
        self.0.retain(|one| {
            let older = is(one) && one.list != of.list && one.values == of.values && one.others == of.others;
            !(older && !one.ids.is_empty() && one.ids.iter().all(|id| ids.contains(id)))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(step: &str, list: &str, region: &str) -> MadeKey {
        let inputs = [("region".to_owned(), region.to_owned())].into();
        let values = ListValues { inputs, ..ListValues::default() };
        MadeKey {
            step: step.into(),
            account: "111122223333".into(),
            others: BTreeMap::new(),
            list: list.into(),
            values,
        }
    }

    fn listed(of: MadeKey, ids: &[&str]) -> Sighting {
        Sighting::Listed { of, ids: ids.iter().map(|id| (*id).to_owned()).collect(), complete: None }
    }

    #[test]
    fn what_was_never_there_is_not_remembered() {
        let mut memory = MadeMemory::default();
        memory.add(false, &[listed(of("nat", "1", "eu-west-1"), &[])], "t1");
        assert_eq!(memory, MadeMemory::default());
    }

    #[test]
    fn what_was_there_is_remembered_for_each_set_of_values_until_it_is_gone() {
        let mut memory = MadeMemory::default();
        memory.add(false, &[listed(of("nat", "1", "eu-west-1"), &["a", "b"])], "t1");
        memory.add(false, &[listed(of("nat", "1", "us-east-1"), &["c"])], "t2");
        memory.add(false, &[listed(of("nat", "1", "eu-west-1"), &[])], "t3");
        memory.add(false, &[listed(of("nat", "1", "eu-west-1"), &[])], "t4");
        let shown = |memory: &MadeMemory| -> Vec<(String, u32, Option<String>, Option<String>)> {
            memory.all(false).map(|one| (one.ids.join(" "), one.count, one.gone.clone(), one.removed.clone())).collect()
        };
        assert_eq!(shown(&memory), [("a b".into(), 2, Some("t3".into()), None), ("c".into(), 1, None, None)]);
        let removed = Sighting::Removed { step: "nat".into(), account: "111122223333".into() };
        memory.add(false, &[listed(of("nat", "1", "us-east-1"), &[]), removed.clone()], "t5");
        memory.add(false, &[removed], "t6");
        assert!(memory.all(false).all(|one| one.removed.as_deref() == Some("t5")));
        memory.add(false, &[listed(of("nat", "1", "eu-west-1"), &["d"])], "t7");
        assert!(memory.all(false).all(|one| one.removed.is_none()), "it is there again");
        assert_eq!(memory.all(true).count(), 0, "practice is apart");
    }

    #[test]
    fn an_older_list_is_remembered_until_the_new_one_has_seen_the_same() {
        let mut memory = MadeMemory::default();
        memory.add(false, &[listed(of("nat", "old", "eu-west-1"), &["a"])], "t1");
        memory.add(false, &[listed(of("nat", "new", "eu-west-1"), &["b"])], "t2");
        assert_eq!(memory.all(false).count(), 2);
        memory.add(false, &[listed(of("nat", "new", "eu-west-1"), &["a", "b"])], "t3");
        assert_eq!(memory.all(false).count(), 1);
    }
}
