//! How a table of states is written.

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

/// What happens to the accounts, and what one run then finds.
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) edits: Vec<Edit>,
    /// Steps that the learner confirms before the run, and whether that counts.
    pub(crate) confirms: Vec<(&'static str, bool)>,
    pub(crate) verdicts: BTreeMap<&'static str, Expected>,
    /// Steps, beginnings of expectations' titles, and outcomes.
    pub(crate) expectations: Vec<(&'static str, &'static str, &'static str)>,
    /// Steps, fragments, and whether they are told.
    pub(crate) tells: Vec<(&'static str, &'static str, bool)>,
    pub(crate) looks: Vec<Look>,
    pub(crate) others_may_differ: bool,
}

/// What is expected of a step.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    Is(&'static str),
    /// Unknown for reasons of this code alone; of any code where it is empty.
    Unknown(&'static str),
    /// What the check cannot weigh: not yet, or unknown.
    NotDone,
}

/// The world where everything is done, to be edited.
pub fn state(name: &'static str) -> State {
    State { name, course: Vec::new(), region: "us-east-1", stages: vec![Stage::default()] }
}

impl State {
    /// Edits the world.
    pub fn with(mut self, edit: impl FnOnce(&mut Aws) + Send + 'static) -> State {
        self.last().edits.push(Box::new(edit));
        self
    }

    /// Edits the production account's events of one kind away: CloudTrail has forgotten them.
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

    /// The learner confirms a step, which counts nothing, and is not told that it does.
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

    /// Unknown, for reasons of this code alone; of any code where it is empty.
    pub fn unknown(self, step: &'static str, code: &'static str) -> State {
        self.expect(step, Expected::Unknown(code))
    }

    /// Not yet or unknown.
    pub fn not_done(self, step: &'static str) -> State {
        self.expect(step, Expected::NotDone)
    }

    /// How one expectation comes out, by the beginning of its title.
    pub fn expectation(mut self, step: &'static str, title: &'static str, outcome: &'static str) -> State {
        self.last().expectations.push((step, title, outcome));
        self
    }

    /// A step's sentences and reasons say this somewhere, in whatever case.
    pub fn tells(mut self, step: &'static str, fragment: &'static str) -> State {
        self.last().tells.push((step, fragment, true));
        self
    }

    pub fn never_tells(mut self, step: &'static str, fragment: &'static str) -> State {
        self.last().tells.push((step, fragment, false));
        self
    }

    /// The production account was asked for something at most so many times.
    pub fn at_most(mut self, count: usize, call: &'static str) -> State {
        self.last().looks.push(Box::new(move |aws| match aws.production.calls(call) {
            calls if calls <= count => Ok(()),
            calls => Err(format!("{call} was called {calls} times, and {count} would do")),
        }));
        self
    }

    /// The steps that are not named are not looked at.
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
