//! What the lesson asks for in figures and names, as far as the course's parameters say it: whoever changes them finds the
//! practice actions doing what the lesson asks for then.

use course::param::{Param, Params};

/// What practice actions fill in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lesson {
    /// `account_suffix`: how the production account's name ends.
    pub(super) account_suffix: String,
    /// `shared_bucket_suffix`: how the shared bucket's name ends.
    pub(super) bucket_suffix: String,
    /// `budget_amount`: the cost budget, in US dollars a month.
    pub(super) budget_amount: f64,
    /// `alert_threshold`: at which percentage of it a mail is sent.
    pub(super) alert_threshold: f64,
}

impl Lesson {
    /// By a course's parameters; the first lesson's own where a course has none.
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
