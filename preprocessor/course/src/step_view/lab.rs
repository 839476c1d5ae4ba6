//! What a lab asks of a learner: inputs, costs, and the page of the console.

use serde::Serialize;

use super::commands::{Commands, Next};
use crate::check::is_console;
use crate::course::{Course, Step};
use crate::input::Input;
use crate::results::{Made, ReasonCode, Results, StepResult};

/// An input that a step depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputView<'v> {
    /// Its name.
    pub name: &'v str,
    /// What the learner is asked for.
    pub label: &'v str,
    /// An example.
    pub example: Option<&'v str>,
    /// The regular expression that the whole value must match.
    pub pattern: Option<&'v str>,
    /// Its value, if it has one.
    pub value: Option<&'v str>,
}

/// The inputs that a step depends on.
pub(super) fn inputs<'v>(course: &'v Course, step: &Step) -> Vec<InputView<'v>> {
    let used = course.inputs_of(step);
    let view = |(name, input): (&'v String, &'v Input)| InputView {
        name,
        label: &input.label,
        example: input.example.as_deref(),
        pattern: input.pattern.as_deref(),
        value: course.given.get(name).map(String::as_str),
    };
    course.inputs.iter().filter(|(name, _)| used.contains(name.as_str())).map(view).collect()
}

/// What to give next, with a command for each missing input.
pub(super) fn give_next(course: &Course, step: &Step, result: Option<&StepResult>, practice: bool) -> Option<Next> {
    let asks = result?.reasons.iter().any(|reason| reason.code == ReasonCode::NeedsInput);
    let missing = inputs(course, step).into_iter().filter(|input| input.value.is_none());
    let commands: Vec<String> = missing.map(|input| Commands::set(input.name, practice)).collect();
    (asks && !commands.is_empty()).then(|| Next::new("Give it:", commands))
}

/// Something that the learner made, and that costs money.
#[derive(Debug, Clone, PartialEq)]
pub struct Running<'v> {
    /// The step that makes it.
    pub step: &'v Step,
    /// How many there are. `None` if that could not be read.
    pub count: Option<u32>,
    /// What it costs.
    pub costs: &'v str,
    /// The step that removes it.
    pub remover: Option<&'v Step>,
}

impl<'v> Running<'v> {
    /// What a step made, if it costs money and is there or may be there.
    pub fn new(course: &'v Course, step: &'v Step, results: &Results) -> Option<Running<'v>> {
        let made = made(step, results)?;
        let costs = price(course, step)?;
        let is_gone = made.removed.is_some() || made.there == Some(0);
        (!is_gone).then(|| Running { step, count: made.there, costs, remover: course.remover(step) })
    }
}

/// What is paid as long as the result of a step is there.
fn price<'v>(course: &'v Course, step: &Step) -> Option<&'v str> {
    course.check(step).makes.as_ref()?.costs.as_deref()
}

/// What the learner made for a step in the account that is bound now.
fn made<'r>(step: &Step, results: &'r Results) -> Option<&'r Made> {
    let account = results.accounts.get(&step.account)?;
    results.made.get(&step.id).filter(|made| made.account == account.fingerprint)
}

/// What a step costs, and which step ends that.
pub(super) fn costs(course: &Course, step: &Step, results: &Results) -> Option<String> {
    let costs = price(course, step)?;
    let remover = course.remover(step).map(|remover| course.title_of(remover));
    let until = remover.map(|title| format!(", until the step “{title}”")).unwrap_or_default();
    let lead = match (Running::new(course, step, results), made(step, results)) {
        (Some(Running { count: Some(count), .. }), _) => format!("Running now: {count}. It costs"),
        (Some(_), _) => "It may still be running. It costs".to_owned(),
        (None, Some(_)) => return None,
        (None, None) => "This costs".to_owned(),
    };
    Some(format!("{lead} {costs}{until}."))
}

/// The page of the console where the next open expectation of a step is done.
pub(super) fn console<'v>(course: &'v Course, step: &Step, result: Option<&'v StepResult>) -> Option<&'v str> {
    let link = match result {
        Some(result) => {
            let open = result.expectations.iter().find(|expectation| expectation.outcome.is_open());
            open?.console.as_deref()
        }
        // Before anything is read, holes have no values.
        None => {
            let mut links = course.check(step).expectations().iter().map(|expectation| expectation.console.as_deref());
            links.find_map(|link| link).filter(|link| !link.contains('{'))
        }
    };
    link.filter(|link| is_console(link))
}
