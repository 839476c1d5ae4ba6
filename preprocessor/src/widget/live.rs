//! A step in the live book: the HTML that the page's script puts into its widget.
//! The script adds the buttons. All other HTML is made here, so that escaping is in one place.

use serde::Serialize;

use super::{BEGIN, END, Placement, command, escape, fallback, status};
use course::results::{Call, ExpectationResult, Outcome, Reason, Results, Verdict};
use course::step_view::{self, Commands, ConfirmationState, ExpectationView, InputView, StatementView, StepView};
use course::{Course, Occurrence, Step};

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
    /// What it made and is still there.
    pub running: Option<Running>,
    /// When it was checked (RFC 3339, UTC).
    pub checked: Option<String>,
    /// Why it is unknown.
    pub reasons: Vec<Reason>,
    /// The steps that it combines and that are not done.
    pub members: Vec<Member>,
    /// The page of the book that names it first.
    pub page: Option<String>,
    /// What this page is called.
    pub lesson: Option<String>,
}

/// What a step made and is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Running {
    /// How many; `None` if that could not be read.
    pub there: Option<u32>,
    /// What it costs.
    pub costs: Option<String>,
    /// The id of the step that removes it.
    pub remover: Option<String>,
}

/// A step that another one combines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// The step's id.
    pub step: String,
    /// Its title.
    pub title: String,
    /// Its statement, if a confirmation is needed.
    pub statement: Option<String>,
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

/// Whether the practice accounts have an action for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Practice {
    /// They have none, or this is about the learner's own accounts.
    None,
    /// It was not taken yet.
    ToDo,
    /// It was taken.
    Done,
}

impl Live {
    /// The widget of a step with the current results.
    pub fn of(course: &Course, step: &Step, results: &Results, practice: Practice) -> Live {
        let view = StepView::new(course, step, results);
        Live {
            title: view.title.to_owned(),
            verdict: view.verdict,
            label: view.label(),
            optional: view.optional,
            done: !view.verdict.blocks(),
            actions: actions(&view, practice),
            statement: view.statement(),
            html: html(&view, practice),
            evidence: evidence(course.check(step).about.as_deref(), &view),
            command: view.commands.verify.clone(),
            inputs: view.inputs.iter().map(InputField::of).collect(),
            running: running(course, step, results),
            checked: view.result.map(|result| result.checked.clone()),
            reasons: view
                .reasons
                .iter()
                .map(|reason| Reason { message: reason.message_in_page().to_owned(), ..(*reason).clone() })
                .collect(),
            members: members(course, step, results),
            page: step.occurrences.first().map(Occurrence::page),
            lesson: step.occurrences.first().map(|place| place.chapter_name.clone()),
        }
    }
}

/// The members of a step that are not done.
fn members(course: &Course, step: &Step, results: &Results) -> Vec<Member> {
    let members = step.members.iter().filter_map(|id| course.step(id));
    let open = members.map(|member| StepView::new(course, member, results)).filter(|view| view.verdict.blocks());
    let member = |view: StepView<'_>| Member {
        step: view.id.to_owned(),
        title: view.title.to_owned(),
        statement: view.statement().filter(|_| view.confirmation == Some(ConfirmationState::Needed)),
    };
    open.map(member).collect()
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

/// What a step made and is still there, or may be.
fn running(course: &Course, step: &Step, results: &Results) -> Option<Running> {
    let made = results.made.get(&step.id)?;
    let same = results.accounts.get(&step.account).is_some_and(|account| account.fingerprint == made.account);
    let gone = made.there == Some(0) || made.there.is_none() && made.removed.is_some();
    let costs = course.check(step).makes.as_ref()?.costs.clone();
    let remover = course.remover(step).map(|remover| remover.id.clone());
    (same && !gone).then_some(Running { there: made.there, costs, remover })
}

fn actions(view: &StepView<'_>, practice: Practice) -> Vec<Action> {
    let needed = view.confirmation == Some(ConfirmationState::Needed);
    // What was not done in the practice accounts cannot be confirmed, and what was done is not done again for that.
    let (confirm, practise) = match practice {
        Practice::None => (needed, false),
        Practice::ToDo => (false, true),
        Practice::Done => (needed, !needed),
    };
    // If only a confirmation is missing, changes of the account make no difference.
    let changes = matches!(view.verdict, Verdict::NotYet | Verdict::Unknown) && !needed;
    let actions = [
        (Action::Verify, true),
        (Action::Confirm, confirm),
        (Action::Undo, view.confirmation == Some(ConfirmationState::Given)),
        (Action::Practice, practise && view.verdict.blocks()),
        (Action::Watch, changes),
    ];
    actions.into_iter().filter(|(_, offered)| *offered).map(|(action, _)| action).collect()
}

/// The verdict, why, and what to do. All commands have a button or a field in the page. What was required of a step that
/// is done is with its evidence.
fn html(view: &StepView<'_>, practice: Practice) -> String {
    let mut html = status(Placement::Element, view);
    html.extend(view.messages(Reason::message_in_page).map(|message| reason(&message)));
    if view.result.is_some() && view.verdict.blocks() {
        html.push_str(&list(&view.expectations, practice));
    }
    html.extend(view.costs.iter().map(|costs| Placement::Element.span("verify-costs", costs)));
    html.extend(view.console.map(|address| super::console(Placement::Element, address)));
    html
}

/// A step's widget until the page's script receives its verdict.
pub fn waiting(step: &Step, practice: bool) -> String {
    const WAITING: &str = "JavaScript shows the verdict here.";
    format!(
        "{BEGIN} data-step=\"{}\"{}{}>{}{}{}{END}",
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
    list(&step_view::expectations(awaited), Practice::None)
}

fn list(expectations: &[ExpectationView<'_>], practice: Practice) -> String {
    let items: String = expectations.iter().map(|view| expectation(view, practice)).collect();
    if items.is_empty() { items } else { format!("<ul class=\"verify-expectations\">{items}</ul>") }
}

fn expectation(view: &ExpectationView<'_>, practice: Practice) -> String {
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
        item.push_str(&format!("<span class=\"{class}\"> ({})</span>", escape(view.label.unwrap_or_default())));
    }
    item.extend(view.sentences.iter().map(|text| sentence(text)));
    item.extend(view.statements.iter().map(|view| statement(view, practice)));
    item.push_str("</li>");
    item
}

fn statement(statement: &StatementView<'_>, practice: Practice) -> String {
    // In the practice accounts, the button that confirms comes when the step is done.
    let is_later = practice == Practice::ToDo && !statement.confirmed;
    let lead = if is_later { "Then you confirm" } else { statement.lead() };
    format!(
        "<span class=\"verify-line\">{}: “<span class=\"verify-statement\">{}</span>”</span>",
        lead,
        escape(statement.text)
    )
}

/// The evidence for the verdict, what it cannot show, and when it was checked.
fn evidence(about: Option<&str>, view: &StepView<'_>) -> String {
    let mut html = about.map(paragraph).unwrap_or_default();
    let Some(result) = view.result else {
        html.push_str(&paragraph("This step has not been verified yet. It expects:"));
        html.push_str(&list(&view.expectations, Practice::None));
        return html;
    };
    if !view.verdict.blocks() {
        html.push_str(&list(&view.expectations, Practice::None));
    }
    let to = if view.practice { "the practice accounts" } else { "AWS" };
    if result.evidence.is_empty() {
        html.push_str(&paragraph(&format!("No call to {to} succeeded.")));
    } else {
        let own = if view.verdict == Verdict::Confirmed { "what you confirmed, and on " } else { "" };
        html.push_str(&paragraph(&format!("The verdict is based on {own}these calls to {to}:")));
        let calls: String = result.evidence.iter().map(call).collect();
        html.push_str(&format!("<ul class=\"verify-calls\">{calls}</ul>"));
    }
    html.extend(view.judged().map(|judged| paragraph(&judged)));
    html
}

fn call(call: &Call) -> String {
    // The page's script shows times in the reader's time zone.
    format!(
        "<li><code>{}</code> {}, {}, {}</li>",
        escape(&call.operation),
        escape(&call.account),
        escape(&call.region),
        escape(&call.time)
    )
}

fn sentence(text: &str) -> String {
    Placement::Element.span("verify-line", text)
}

/// A reason, which is a sentence of this program's. What is between backticks in it is code.
fn reason(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let code = |(at, part): (usize, &&str)| match at % 2 {
        1 => format!("<code dir=\"ltr\">{}</code>", escape(part)),
        _ => escape(part),
    };
    let html = match parts.len() % 2 {
        1 => parts.iter().enumerate().map(code).collect(),
        _ => escape(text),
    };
    format!("<span class=\"verify-line verify-reason\">{html}</span> ")
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn only_pairs_of_backticks_are_code_and_all_is_text() {
        let html =
            |text| reason(text).replace("<span class=\"verify-line verify-reason\">", "").replace("</span> ", "");
        assert_eq!(html("Run `a b`."), "Run <code dir=\"ltr\">a b</code>.");
        assert_eq!(html("One ` only"), "One &#96; only");
        assert_eq!(html("`<b>`"), "<code dir=\"ltr\">&#60;b&#62;</code>");
    }
}
