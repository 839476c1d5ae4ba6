//! The notation for a table of states.

use crate::common::aws::Aws;
use std::collections::BTreeMap;

pub use super::run::check;

pub(crate) type Edit = Box<dyn FnOnce(&mut Aws) + Send>;
pub(crate) type Look = Box<dyn Fn(&Aws) -> Result<(), String> + Send>;

/// A state, or a sequence of them on one machine.
pub struct State {
    pub(crate) name: &'static str,
    pub(crate) course: Vec<(&'static str, &'static str, &'static str)>,
    pub(crate) region: &'static str,
    pub(crate) stages: Vec<Stage>,
}

/// Edits of the accounts, and the expected results of a run after them.
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) edits: Vec<Edit>,
    /// Steps that the learner confirms before the run, and whether that counts.
    pub(crate) confirms: Vec<(&'static str, bool)>,
    pub(crate) verdicts: BTreeMap<&'static str, Expected>,
    /// Steps, beginnings of expectations' titles, and outcomes.
    pub(crate) expectations: Vec<(&'static str, &'static str, &'static str)>,
    /// Steps, fragments, and whether they are shown.
    pub(crate) tells: Vec<(&'static str, &'static str, bool)>,
    pub(crate) looks: Vec<Look>,
    pub(crate) others_may_differ: bool,
}

/// What is expected of a step.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    Is(&'static str),
    /// Unknown, only for reasons with this code; with any code if it is empty.
    Unknown(&'static str),
    /// Not yet or unknown, if the check cannot decide.
    NotDone,
}

/// Accounts with everything done, to be edited.
pub fn state(name: &'static str) -> State {
    State { name, course: Vec::new(), region: "us-east-1", stages: vec![Stage::default()] }
}

impl State {
    /// Edits the accounts.
    pub fn with(mut self, edit: impl FnOnce(&mut Aws) + Send + 'static) -> State {
        self.last().edits.push(Box::new(edit));
        self
    }

    /// Removes the production account's events of one kind: CloudTrail has forgotten them.
    pub fn forgotten(self, name: &'static str) -> State {
        self.with(move |aws| aws.production.events.retain(|event| event.name != name))
    }

    /// Another run, after more edits.
    pub fn then(mut self, edit: impl FnOnce(&mut Aws) + Send + 'static) -> State {
        self.stages.push(Stage::default());
        self.with(edit)
    }

    /// The learner confirms a step before the run.
    pub fn confirm(mut self, step: &'static str) -> State {
        self.last().confirms.push((step, true));
        self
    }

    /// The learner confirms a step, but the confirmation does not count, and the output does not say that it does.
    pub fn confirm_in_vain(mut self, step: &'static str) -> State {
        self.last().confirms.push((step, false));
        self
    }

    /// Replaces a text in a file of the course.
    pub fn course(mut self, file: &'static str, from: &'static str, to: &'static str) -> State {
        self.course.push((file, from, to));
        self
    }

    /// The profiles' region.
    pub fn region(mut self, region: &'static str) -> State {
        self.region = region;
        self
    }

    pub fn verified(self, step: &'static str) -> State {
        self.expect(step, Expected::Is("verified"))
    }

    pub fn confirmed(self, step: &'static str) -> State {
        self.expect(step, Expected::Is("confirmed"))
    }

    pub fn not_yet(self, step: &'static str) -> State {
        self.expect(step, Expected::Is("not-yet"))
    }

    pub fn not_applicable(self, step: &'static str) -> State {
        self.expect(step, Expected::Is("not-applicable"))
    }

    /// Unknown, only for reasons with this code; with any code if it is empty.
    pub fn unknown(self, step: &'static str, code: &'static str) -> State {
        self.expect(step, Expected::Unknown(code))
    }

    /// Not yet or unknown.
    pub fn not_done(self, step: &'static str) -> State {
        self.expect(step, Expected::NotDone)
    }

    /// The outcome of one expectation, by the beginning of its title.
    pub fn expectation(mut self, step: &'static str, title: &'static str, outcome: &'static str) -> State {
        self.last().expectations.push((step, title, outcome));
        self
    }

    /// A step's sentences and reasons contain this, in any case.
    pub fn tells(mut self, step: &'static str, fragment: &'static str) -> State {
        self.last().tells.push((step, fragment, true));
        self
    }

    pub fn never_tells(mut self, step: &'static str, fragment: &'static str) -> State {
        self.last().tells.push((step, fragment, false));
        self
    }

    /// The production account received at most this many calls.
    pub fn at_most(mut self, count: usize, call: &'static str) -> State {
        self.last().looks.push(Box::new(move |aws| match aws.production.calls(call) {
            calls if calls <= count => Ok(()),
            calls => Err(format!("{call} was called {calls} times, and {count} would do")),
        }));
        self
    }

    /// Other steps are not compared.
    pub fn others_may_differ(mut self) -> State {
        self.last().others_may_differ = true;
        self
    }

    fn expect(mut self, step: &'static str, expected: Expected) -> State {
        self.last().verdicts.insert(step, expected);
        self
    }

    fn last(&mut self) -> &mut Stage {
        self.stages.last_mut().unwrap()
    }
}
