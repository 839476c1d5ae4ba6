//! The values of the lesson, from the course's parameters, so that practice actions always do what the lesson asks for.

use course::param::{Param, Params};

/// The values that practice actions use.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lesson {
    /// `account_suffix`: the end of the production account's name.
    pub(super) account_suffix: String,
    /// `shared_bucket_suffix`: the end of the shared bucket's name.
    pub(super) bucket_suffix: String,
    /// `budget_amount`: the cost budget, in US dollars per month.
    pub(super) budget_amount: f64,
    /// `alert_threshold`: the percentage of the budget at which an e-mail is sent.
    pub(super) alert_threshold: f64,
}

impl Lesson {
    /// The values of a course's parameters, with defaults from the first lesson.
    pub(super) fn of(params: &Params) -> Lesson {
        let text = |name: &str, own: &str| params.get(name).map_or_else(|| own.to_owned(), Param::to_string);
        let number = |name: &str, own: f64| match params.get(name) {
            Some(Param::Float(number)) => *number,
            Some(Param::Int(number)) => *number as f64,
            Some(Param::Bool(_) | Param::Text(_)) | None => own,
        };
        Lesson {
            account_suffix: text("account_suffix", "-production"),
            bucket_suffix: text("shared_bucket_suffix", "-shared"),
            budget_amount: number("budget_amount", 10.0),
            alert_threshold: number("alert_threshold", 50.0),
        }
    }
}
