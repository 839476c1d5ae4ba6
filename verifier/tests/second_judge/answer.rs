//! What a judge says: yes, no, or that it can't tell.

use course::results::{ReasonCode, Verdict};

/// Whether something is so.
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

/// Whether all are so. One that is not decides, whatever else can't be told.
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

/// Whether one is so. One that is decides, whatever else can't be told.
pub fn any_of(answers: impl IntoIterator<Item = Answer>) -> Answer {
    all_of(answers.into_iter().map(Answer::not)).not()
}

/// What the lesson's demand on a step comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    Done,
    /// Done, where the learner confirmed what evidence can't prove.
    Confirmed,
    NotDone,
    /// Nothing can be asked for here.
    DoesNotApply,
    /// AWS records it, late, and has not.
    NotSeenYet,
    /// Only the learner can say.
    NeedsConfirmation,
    /// Something that decides was not read, or hangs on what no read tells.
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

/// What the course's check says: a verdict, with the reasons of one that is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub verdict: Verdict,
    pub codes: Vec<ReasonCode>,
}

impl Said {
    /// The same in this judge's words.
    pub fn ruling(&self) -> Ruling {
        let because = |code: ReasonCode| self.codes.contains(&code);
        let only = |code: ReasonCode| !self.codes.is_empty() && self.codes.iter().all(|other| *other == code);
        match self.verdict {
            Verdict::Verified => Ruling::Done,
            Verdict::Confirmed => Ruling::Confirmed,
            Verdict::NotYet => Ruling::NotDone,
            Verdict::NotApplicable => Ruling::DoesNotApply,
            // A mistake in the check itself is nothing that a judge may say.
            _ if because(ReasonCode::CourseError) => panic!("a course error"),
            _ if only(ReasonCode::NotVisibleYet) => Ruling::NotSeenYet,
            // AWS's refusal is told beside what is asked for instead; for any other reason a confirmation would not do.
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
