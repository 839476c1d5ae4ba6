//! How a table of states is written, and how it is run.

use crate::common::Machine;
use crate::common::aws::{Aws, Served};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// The verdicts of the world where everything is done that AWS can tell of.
const DONE: &[(&str, &str)] = &[
    ("account-created", "verified"),
    ("account-created@general", "verified"),
    ("account-name", "verified"),
    ("alternate-contacts", "verified"),
    ("alternate-contacts@general", "verified"),
    ("billing-alerts", "verified"),
    ("billing-alerts@general", "verified"),
    ("contact-matches", "verified"),
    ("cost-budget", "verified"),
    ("cost-budget@general", "verified"),
    ("free-tier-alerts", "unknown"),
    ("free-tier-alerts@general", "unknown"),
    ("iam-billing-access", "unknown"),
    ("iam-billing-access@general", "unknown"),
    ("mfa-sign-in", "verified"),
    ("mfa-sign-in@general", "verified"),
    ("pdf-invoice", "unknown"),
    ("pdf-invoice@general", "unknown"),
    ("root-mfa", "verified"),
    ("root-mfa@general", "verified"),
    ("shared-bucket", "verified"),
    ("shared-bucket-encryption", "verified"),
    ("shared-bucket-policy", "verified"),
    ("shared-bucket-private", "verified"),
    ("shared-bucket-tried", "unknown"),
    ("shared-bucket-versioning", "verified"),
    ("support-plan", "verified"),
    ("unique-email", "verified"),
];

/// Steps that consist of others: the worst of theirs.
const WHOLES: &[(&str, &[&str])] = &[
    ("mfa", &["root-mfa", "mfa-sign-in"]),
    ("billing-preferences", &["pdf-invoice", "free-tier-alerts", "billing-alerts"]),
];

const WORST_FIRST: [&str; 6] = ["not-yet", "unknown", "unchecked", "attested", "verified", "not-applicable"];

type Edit = Box<dyn FnOnce(&mut Aws) + Send>;
type Look = Box<dyn Fn(&Aws) -> Result<(), String> + Send>;

/// A state, or a sequence of them on one machine.
pub struct State {
    name: &'static str,
    course: Vec<(&'static str, &'static str, &'static str)>,
    region: &'static str,
    stages: Vec<Stage>,
}

/// What happens to the accounts, and what one run then finds.
#[derive(Default)]
struct Stage {
    edits: Vec<Edit>,
    attests: Vec<&'static str>,
    verdicts: BTreeMap<&'static str, Expected>,
    expectations: Vec<(&'static str, &'static str, &'static str)>,
    tells: Vec<(&'static str, &'static str, bool)>,
    looks: Vec<Look>,
    others_may_differ: bool,
}

enum Expected {
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

    /// The learner gives their word for a step before the run.
    pub fn attest(mut self, step: &'static str) -> State {
        self.last().attests.push(step);
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

    pub fn attested(self, step: &'static str) -> State {
        self.expect(step, Expected::Is("attested"))
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
        assert!(DONE.iter().any(|(known, _)| *known == step), "there is no step {step}");
        self.last().verdicts.insert(step, expected);
        self
    }

    fn last(&mut self) -> &mut Stage {
        self.stages.last_mut().unwrap()
    }
}

/// Runs states, two at a time, since some of them wait for CloudTrail; panics with all that came out otherwise.
pub fn check(states: Vec<State>) {
    let names: BTreeSet<&str> = states.iter().map(|state| state.name).collect();
    assert_eq!(names.len(), states.len(), "a state's name is given twice");
    let (waiting, problems) = (Mutex::new(states.into_iter()), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let next = waiting.lock().unwrap().next();
            let Some(state) = next else { return };
            let found = run(state);
            problems.lock().unwrap().extend(found);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let mut problems = problems.into_inner().unwrap();
    problems.sort();
    assert!(problems.is_empty(), "{} came out otherwise:\n{}\n", problems.len(), problems.join("\n"));
}

/// Runs a state, and says what came out otherwise.
fn run(state: State) -> Vec<String> {
    let mut machine = Machine::new();
    for (file, from, to) in &state.course {
        machine.edit(file, from, to);
    }
    machine.bind(&[("general", "AKIAGENERAL", "s", ""), ("production", "AKIAPRODUCTION", "s", "")]);
    let served = Served::new(Aws::done());
    machine.set("AWS_ENDPOINT_URL", &served.endpoint());
    machine.set("AWS_REGION", state.region);
    let mut problems = Vec::new();
    for (at, stage) in state.stages.into_iter().enumerate() {
        let found = stage.run(&machine, &served, at > 0);
        problems.extend(found.into_iter().map(|problem| format!("  {}, run {}: {problem}", state.name, at + 1)));
    }
    problems
}

impl Stage {
    fn run(self, machine: &Machine, served: &Served, remembers: bool) -> Vec<String> {
        self.edits.into_iter().for_each(|edit| edit(&mut served.aws()));
        let remembers = remembers || !self.attests.is_empty();
        for step in self.attests {
            machine.verify(&["attest", step]);
        }
        let live = machine.verify(&["--record", "run.json", "--format", "json"]);
        if live.status == 2 {
            return vec![format!("it failed: {}", live.stderr)];
        }
        let live = live.json();
        let replayed = machine.verify(&["--replay", "run.json", "--format", "json"]);
        let mut problems = Vec::new();
        for (step, expected) in expected(&self.verdicts, self.others_may_differ) {
            problems.extend(expected.problem(step, &live["steps"][step]));
        }
        for (step, title, outcome) in self.expectations {
            let found = expectation(&live["steps"][step], title);
            if found != outcome {
                problems.push(format!("{step}: “{title}” is {found}, and should be {outcome}"));
            }
        }
        for (step, fragment, told) in self.tells {
            let text = sentences(&live["steps"][step]);
            if text.to_lowercase().contains(&fragment.to_lowercase()) != told {
                let should = if told { "should" } else { "should not" };
                problems.push(format!("{step} {should} tell {fragment:?}, and tells {text:?}"));
            }
        }
        problems.extend(self.looks.iter().filter_map(|look| look(&served.aws()).err()));
        match serde_json::from_str::<Value>(&replayed.stdout) {
            Ok(replayed) => problems.extend(differences(&live, &replayed, remembers)),
            Err(_) => problems.push(format!("its recording is not replayed: {}", replayed.stderr)),
        }
        problems
    }
}

/// What is expected of every step.
fn expected<'e>(named: &'e BTreeMap<&'static str, Expected>, others_may_differ: bool) -> Vec<(&'static str, &'e Expected)> {
    static UNKNOWN: Expected = Expected::Unknown("needs-confirmation");
    static VERIFIED: Expected = Expected::Is("verified");
    static VERDICTS: [Expected; 6] = WORST_FIRST_EXPECTED;
    let of = |step: &&'static str, done: &str| match named.get(step) {
        Some(expected) => expected,
        None if done == "unknown" => &UNKNOWN,
        None => &VERIFIED,
    };
    let mut all: Vec<(&str, &Expected)> = DONE
        .iter()
        .filter(|(step, _)| !others_may_differ || named.contains_key(step))
        .map(|(step, done)| (*step, of(step, done)))
        .collect();
    for (whole, members) in WHOLES {
        let members: Option<Vec<usize>> = members
            .iter()
            .map(|member| {
                let (_, expected) = all.iter().find(|(step, _)| step == member)?;
                WORST_FIRST.iter().position(|verdict| expected.is(verdict))
            })
            .collect();
        if let Some(worst) = members.and_then(|members| members.into_iter().min()) {
            all.push((whole, &VERDICTS[worst]));
        }
    }
    all
}

const WORST_FIRST_EXPECTED: [Expected; 6] = [
    Expected::Is("not-yet"),
    Expected::Unknown(""),
    Expected::Is("unchecked"),
    Expected::Is("attested"),
    Expected::Is("verified"),
    Expected::Is("not-applicable"),
];

impl Expected {
    /// Whether it allows just this verdict.
    fn is(&self, verdict: &str) -> bool {
        match self {
            Expected::Is(expected) => *expected == verdict,
            Expected::Unknown(_) => verdict == "unknown",
            Expected::NotDone => false,
        }
    }

    fn problem(&self, step: &str, found: &Value) -> Option<String> {
        let verdict = found["verdict"].as_str().unwrap_or("not judged");
        let codes = codes(found);
        let (right, should) = match self {
            Expected::Is(expected) => (verdict == *expected, (*expected).to_owned()),
            Expected::NotDone => (["not-yet", "unknown"].contains(&verdict), "not-yet or unknown".to_owned()),
            Expected::Unknown("") => (verdict == "unknown", "unknown".to_owned()),
            Expected::Unknown(code) => {
                (verdict == "unknown" && codes == BTreeSet::from([*code]), format!("unknown ({code})"))
            }
        };
        let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
        (!right).then(|| format!("{step} is {verdict} ({codes}), and should be {should}: {}", sentences(found)))
    }
}

fn codes(step: &Value) -> BTreeSet<&str> {
    step["reasons"].as_array().into_iter().flatten().filter_map(|reason| reason["code"].as_str()).collect()
}

fn expectation<'s>(step: &'s Value, title: &str) -> &'s str {
    let mut all = step["expectations"].as_array().into_iter().flatten();
    let found = all.find(|one| one["title"].as_str().is_some_and(|text| text.starts_with(title)));
    found.and_then(|one| one["outcome"].as_str()).unwrap_or("missing")
}

/// All that a step's result says.
fn sentences(step: &Value) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let told = list(&step["expectations"]).into_iter().flat_map(|one| list(&one["sentences"]));
    let why = list(&step["reasons"]).into_iter().map(|reason| reason["message"].clone());
    let all = told.chain(why).filter_map(|text| text.as_str().map(str::to_owned));
    all.collect::<Vec<_>>().join(" | ")
}

/// Where a replay came to something else than the run. What rests on the learner's own memory or word may be unknown
/// in a replay, which has neither.
fn differences(live: &Value, replayed: &Value, remembers: bool) -> Vec<String> {
    let outcomes = |step: &Value| {
        let all = step["expectations"].as_array().cloned().unwrap_or_default();
        all.into_iter().map(|one| one["outcome"].to_string()).collect::<Vec<_>>()
    };
    let mut problems = Vec::new();
    for (id, step) in live["steps"].as_object().into_iter().flatten() {
        let again = &replayed["steps"][id];
        let done = ["verified", "attested"].contains(&step["verdict"].as_str().unwrap_or_default());
        if remembers && done && again["verdict"] == "unknown" {
            continue;
        }
        let same = step["verdict"] == again["verdict"] && codes(step) == codes(again) && outcomes(step) == outcomes(again);
        if !same {
            let (was, is) = (&step["verdict"], &again["verdict"]);
            problems.push(format!("replayed, {id} is {is} {:?}, and was {was} {:?}", codes(again), codes(step)));
        }
    }
    problems
}
