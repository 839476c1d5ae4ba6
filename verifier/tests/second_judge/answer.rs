//! The answers of a judge: yes, no, or undecided.

use course::results::{ReasonCode, Verdict};

/// Whether something is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    CantTell,
}
use Answer::{CantTell, No, Yes};

impl Answer {
    pub fn of(is: bool) -> Answer {
        if is { Yes } else { No }
    }

    pub fn not(self) -> Answer {
        match self {
            Yes => No,
            No => Yes,
            CantTell => CantTell,
        }
    }

    pub fn and(self, other: Answer) -> Answer {
        all_of([self, other])
    }
}

/// Whether all are true. One that is false decides, even if others are undecided.
pub fn all_of(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let answers: Vec<Answer> = answers.into_iter().collect();
    if answers.contains(&No) {
        No
    } else if answers.contains(&CantTell) {
        CantTell
    } else {
        Yes
    }
}

/// Whether one is true. One that is true decides, even if others are undecided.
pub fn any_of(answers: impl IntoIterator<Item = Answer>) -> Answer {
    all_of(answers.into_iter().map(Answer::not)).not()
}

/// The outcome of what the lesson asks for in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    Done,
    /// Done, if the learner confirmed what evidence cannot prove.
    Confirmed,
    NotDone,
    /// Nothing is asked for here.
    DoesNotApply,
    /// AWS records it with a delay, and has not done so yet.
    NotSeenYet,
    /// Only the learner can confirm it.
    NeedsConfirmation,
    /// Something that decides was not read, or depends on what no read shows.
    CantTell,
}

impl From<Answer> for Ruling {
    fn from(answer: Answer) -> Ruling {
        match answer {
            Yes => Ruling::Done,
            No => Ruling::NotDone,
            CantTell => Ruling::CantTell,
        }
    }
}

/// The answer of the course's check: a verdict, with reasons if it is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub verdict: Verdict,
    pub codes: Vec<ReasonCode>,
}

impl Said {
    /// The same answer in the terms of this judge.
    pub fn ruling(&self) -> Ruling {
        let because = |code: ReasonCode| self.codes.contains(&code);
        let only = |code: ReasonCode| !self.codes.is_empty() && self.codes.iter().all(|other| *other == code);
        match self.verdict {
            Verdict::Verified => Ruling::Done,
            Verdict::Confirmed => Ruling::Confirmed,
            Verdict::NotYet => Ruling::NotDone,
            Verdict::NotApplicable => Ruling::DoesNotApply,
            // A mistake in the check itself is never a valid answer.
            _ if because(ReasonCode::CourseError) => panic!("a course error"),
            _ if only(ReasonCode::NotVisibleYet) => Ruling::NotSeenYet,
            // AWS's refusal is reported together with the confirmation that replaces it. For any other reason, a
            // confirmation is not enough.
            _ if because(ReasonCode::NeedsConfirmation) && self.codes.iter().all(may_be_asked) => {
                Ruling::NeedsConfirmation
            }
            _ => Ruling::CantTell,
        }
    }
}

fn may_be_asked(code: &ReasonCode) -> bool {
    matches!(code, ReasonCode::NeedsConfirmation | ReasonCode::NotAvailableHere)
}
