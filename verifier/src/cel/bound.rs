//! A run's evidence in the form that expressions use.

use course::results::Reason;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

use super::Scope;
use super::budget::Budget;
use super::types::{self, Type};
use super::value::{Field, Fields};
use evidence::client::{Answers, Ask, Outcome};
use evidence::{Evidence, Section};

/// What came of a call.
#[derive(Debug)]
pub enum Answered {
    /// The evidence in its answer: for expressions, and with the reasons for what is not read.
    Value(Field, Value),
    /// It failed.
    Failed {
        /// AWS's error code, if AWS refused it.
        code: Option<String>,
        /// What happened.
        reasons: Vec<Reason>,
    },
}

/// The evidence of a run, converted once for all steps.
#[derive(Default)]
pub struct Bound {
    answers: BTreeMap<String, BTreeMap<Ask, Answered>>,
    /// The names of each account's sections.
    sections: BTreeMap<String, Scope<'static>>,
    /// The scope of an account without evidence.
    nothing: Scope<'static>,
    /// The sections of each account, for `accounts`.
    fields: BTreeMap<String, BTreeMap<String, Field>>,
    accounts: Option<Fields>,
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("accounts", &self.accounts).finish_non_exhaustive()
    }
}

impl Bound {
    /// Converts evidence.
    pub fn new(evidence: &Evidence, answers: &Answers) -> Bound {
        let mut bound = Bound { accounts: Some(Fields::new(BTreeMap::new())), ..Bound::default() };
        for (account, sections) in evidence {
            bound.fields.entry(account.clone()).or_default();
            bound.sections.entry(account.clone()).or_default();
            sections.iter().for_each(|(section, value)| bound.bind(account, *section, value));
        }
        for (account, answers) in answers {
            answers.iter().for_each(|(ask, outcome)| bound.add_answer(account, ask, outcome));
        }
        bound.bind_accounts();
        bound
    }

    /// Adds a section.
    pub(crate) fn add(&mut self, account: &str, section: Section, value: &Value) {
        self.bind(account, section, value);
        self.bind_accounts();
    }

    /// Binds a section to an account's own names.
    fn bind(&mut self, account: &str, section: Section, value: &Value) {
        let kind = types::sections().get(section.name()).unwrap_or(&Type::Any);
        let field = Field::from_json(value, kind);
        self.sections.entry(account.to_owned()).or_default().bind(section.name(), field.clone());
        self.fields.entry(account.to_owned()).or_default().insert(section.name().to_owned(), field);
    }

    /// Binds `accounts`.
    fn bind_accounts(&mut self) {
        let account = |(name, fields): (&String, &BTreeMap<String, Field>)| {
            (name.clone(), Field::Known(Box::new(Fields::new(fields.clone()))))
        };
        self.accounts = Some(Fields::new(self.fields.iter().map(account).collect()));
    }

    /// Adds what came of a call.
    pub(crate) fn add_answer(&mut self, account: &str, ask: &Ask, outcome: &Outcome) {
        let answered = match outcome {
            Outcome::Answer(value) => {
                let kind = ask.found().map(types::answer);
                let field = Field::from_json(value, kind.as_deref().unwrap_or(&Type::Any));
                Answered::Value(field, value.clone())
            }
            Outcome::Failed { code, reasons } => Answered::Failed { code: code.clone(), reasons: reasons.clone() },
        };
        self.answers.entry(account.to_owned()).or_default().insert(ask.clone(), answered);
    }

    /// What came of a call, if it has arrived.
    pub(crate) fn answer(&self, account: &str, ask: &Ask) -> Option<&Answered> {
        self.answers.get(account)?.get(ask)
    }

    /// How many calls were answered.
    pub(crate) fn answers(&self) -> usize {
        self.answers.values().map(BTreeMap::len).sum()
    }

    /// The scope of an account's sections. Evaluating in it uses this budget.
    pub fn scope(&self, account: &str, budget: Budget) -> Scope<'_> {
        self.sections.get(account).unwrap_or(&self.nothing).within_budget(budget)
    }

    /// The value of `accounts`: all accounts by name.
    pub fn accounts(&self) -> Option<Fields> {
        self.accounts.clone()
    }
}
