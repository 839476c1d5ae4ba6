//! A step in the live book: the HTML that the page's script puts into its widget.
//! The script adds the buttons. All other HTML is made here, so that escaping is in one place.

use serde::Serialize;

use super::{END, Placement, command, escape, fallback, status};
use course::results::{Call, ExpectationResult, Outcome, Results, Verdict};
use course::step_view::{self, Commands, ConfirmationState, ExpectationView, InputView, Next, StatementView, StepView};
use course::{Course, Step};

/// A step's live widget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Live {
    /// The step's title.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict's label.
    pub label: &'static str,
    /// Whether the step does not count towards completion.
    pub optional: bool,
    /// Whether the step is done, or does not apply.
    pub done: bool,
    /// The actions that are available now.
    pub actions: Vec<Action>,
    /// The statement to confirm, or that was confirmed.
    pub statement: Option<String>,
    /// HTML: the verdict, why, and what to do.
    pub html: String,
    /// HTML: the evidence for the verdict.
    pub evidence: String,
    /// The command that verifies it in a terminal.
    pub command: String,
    /// What only the learner knows: a field for each.
    pub inputs: Vec<InputField>,
    /// Whether something is there that costs money.
    pub running: Option<String>,
}

/// A field for an input of the course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputField {
    /// The input's name.
    pub name: String,
    /// What the learner is asked for.
    pub label: String,
    /// An example.
    pub example: Option<String>,
    /// Its value.
    pub value: Option<String>,
}

/// An action with a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Verify the step.
    Verify,
    /// Confirm its statements.
    Confirm,
    /// Undo the confirmation.
    Undo,
    /// Do it in the practice accounts.
    Practice,
    /// Verify it again as the account changes.
    Watch,
}

impl Live {
    /// The widget of a step with the current results. `practice` says whether it can be practised.
    pub fn of(course: &Course, step: &Step, results: &Results, practice: bool) -> Live {
        let view = StepView::new(course, step, results);
        Live {
            title: view.title.to_owned(),
            verdict: view.verdict,
            label: view.label(),
            optional: view.optional,
            done: !view.verdict.blocks(),
            actions: actions(&view, practice),
            statement: view.statement(),
            html: html(&view),
            evidence: evidence(course.check(step).about.as_deref(), &view),
            command: view.commands.verify.clone(),
            inputs: view.inputs.iter().map(InputField::of).collect(),
            running: running(course, step, results),
        }
    }
}

impl InputField {
    fn of(input: &InputView<'_>) -> InputField {
        InputField {
            name: input.name.to_owned(),
            label: input.label.to_owned(),
            example: input.example.map(str::to_owned),
            value: input.value.map(str::to_owned),
        }
    }
}

/// What a step made and is still there, for the banner of the page.
fn running(course: &Course, step: &Step, results: &Results) -> Option<String> {
    let made = results.made.get(&step.id)?;
    let same = results.accounts.get(&step.account).is_some_and(|account| account.fingerprint == made.account);
    let there = match made.there {
        Some(0) => return None,
        Some(there) => format!("{there} now"),
        None if made.removed.is_some() => return None,
        None => "perhaps".to_owned(),
    };
    let costs = course.check(step).makes.as_ref()?.costs.as_ref();
    let costs = costs.map(|costs| format!(", {costs}")).unwrap_or_default();
    same.then(|| format!("“{}” ({there}{costs})", course.title_of(step)))
}

fn actions(view: &StepView<'_>, practice: bool) -> Vec<Action> {
    let needed = view.confirmation == Some(ConfirmationState::Needed);
    // If only a confirmation is missing, changes of the account make no difference.
    let changes = matches!(view.verdict, Verdict::NotYet | Verdict::Unknown) && !needed;
    let actions = [
        (Action::Verify, true),
        (Action::Confirm, needed),
        (Action::Undo, view.confirmation == Some(ConfirmationState::Given)),
        (Action::Practice, practice && view.verdict.blocks()),
        (Action::Watch, changes),
    ];
    actions.into_iter().filter(|(_, offered)| *offered).map(|(action, _)| action).collect()
}

/// The verdict, why, and what to do.
fn html(view: &StepView<'_>) -> String {
    let mut html = status(Placement::Element, view);
    html.extend(view.messages().map(|message| sentence(&message)));
    if view.result.is_some() {
        html.push_str(&list(&view.expectations));
    }
    html.extend(view.costs.iter().map(|costs| format!("<span class=\"verify-costs\">{}</span>", escape(costs))));
    html.extend(view.console.map(|address| super::console(Placement::Element, address)));
    // Confirming has a button here, and giving an input a field.
    let gives = view.inputs.iter().any(|input| input.value.is_none());
    let next = view.next.iter().filter(|_| view.confirmation.is_none() && !gives);
    html.extend(next.map(what_next));
    html
}

/// What to do next, with its commands as code.
fn what_next(next: &Next) -> String {
    let code = |command: &String| format!("<code dir=\"ltr\">{}</code>", escape(command));
    let commands: Vec<String> = next.commands.iter().map(code).collect();
    format!("<span class=\"verify-line\">{} {}</span>", escape(next.text), commands.join(", "))
}

/// A step's widget until the page's script receives its verdict.
pub fn waiting(step: &Step, practice: bool) -> String {
    const WAITING: &str = "JavaScript shows the verdict here.";
    format!(
        "<verify-step data-step=\"{}\"{}{}>{}{}{}{END}",
        escape(&step.id),
        if practice { " data-practice" } else { "" },
        if step.optional { " data-optional" } else { "" },
        fallback(&format!("({WAITING})")),
        Placement::Attribute.span("verify-line", WAITING),
        command(&Commands::new(step, practice).verify)
    )
}

/// HTML: the expectations of a step that is being verified. Those without a result are still waiting for evidence.
pub fn expectations<'e>(awaited: impl IntoIterator<Item = (&'e str, Option<&'e ExpectationResult>)>) -> String {
    list(&step_view::expectations(awaited))
}

fn list(expectations: &[ExpectationView<'_>]) -> String {
    let items: String = expectations.iter().map(expectation).collect();
    if items.is_empty() { items } else { format!("<ul class=\"verify-expectations\">{items}</ul>") }
}

fn expectation(view: &ExpectationView<'_>) -> String {
    let (name, icon) = view.outcome.map_or(("awaited", "…"), |outcome| (outcome.name(), outcome.icon()));
    let mut item = format!(
        "<li data-outcome=\"{name}\"><span class=\"verify-icon\" aria-hidden=\"true\">{icon}</span>{}",
        escape(&view.title)
    );
    if let Some(outcome) = view.outcome {
        // Sighted readers only need the sign.
        let class = match outcome {
            Outcome::Met | Outcome::NotMet | Outcome::Unknown => "verify-unseen",
            Outcome::Confirmed | Outcome::Unconfirmed | Outcome::NotApplicable => "verify-outcome",
        };
        item.push_str(&format!("<span class=\"{class}\"> ({})</span>", escape(outcome.label())));
    }
    item.extend(view.sentences.iter().map(|text| sentence(text)));
    item.extend(view.statements.iter().map(statement));
    item.push_str("</li>");
    item
}

fn statement(statement: &StatementView<'_>) -> String {
    format!(
        "<span class=\"verify-line\">{}: “<span class=\"verify-statement\">{}</span>”</span>",
        statement.lead(),
        escape(statement.text)
    )
}

/// The evidence for the verdict, what it cannot show, and when it was checked.
fn evidence(about: Option<&str>, view: &StepView<'_>) -> String {
    let mut html = about.map(paragraph).unwrap_or_default();
    let Some(result) = view.result else {
        html.push_str(&paragraph("This step has not been verified yet. It expects:"));
        html.push_str(&list(&view.expectations));
        return html;
    };
    if result.evidence.is_empty() {
        html.push_str(&paragraph("No call to AWS succeeded."));
    } else {
        html.push_str(&paragraph("The verdict is based on these calls to AWS:"));
        let calls: String = result.evidence.iter().map(call).collect();
        html.push_str(&format!("<ul class=\"verify-calls\">{calls}</ul>"));
    }
    html.extend(view.judged().map(|judged| paragraph(&judged)));
    html
}

fn call(call: &Call) -> String {
    let time = call.time.get(11..19).map_or_else(|| call.time.clone(), |time| format!("{time} UTC"));
    format!(
        "<li><code>{}</code> {}, {}, {}</li>",
        escape(&call.operation),
        escape(&call.account),
        escape(&call.region),
        escape(&time)
    )
}

fn sentence(text: &str) -> String {
    Placement::Element.span("verify-line", text)
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}
