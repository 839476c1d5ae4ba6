//! What a lab asks of a learner: inputs, costs, and the page of the console.

use serde::Serialize;

use super::commands::{Commands, Next};
use crate::check::is_console;
use crate::course::{Course, Step};
use crate::input::Input;
use crate::results::{ReasonCode, Results, StepResult};

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

/// What a step costs, and which step ends that.
pub(super) fn costs(course: &Course, step: &Step, results: &Results) -> Option<String> {
    let costs = course.check(step).makes.as_ref()?.costs.as_deref()?;
    let remover = course.remover(step).map(|remover| course.title_of(remover));
    let until = remover.map(|title| format!(", until the step “{title}”")).unwrap_or_default();
    let made = results
        .made
        .get(&step.id)
        .filter(|made| results.accounts.get(&step.account).is_some_and(|account| account.fingerprint == made.account));
    match made.map(|made| (made.there, &made.removed)) {
        Some((_, Some(_))) | Some((Some(0), None)) => None,
        Some((Some(there), None)) => Some(format!("Running now: {there}. It costs {costs}{until}.")),
        Some((None, None)) => Some(format!("It may still be running. It costs {costs}{until}.")),
        None => Some(format!("This costs {costs}{until}.")),
    }
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
