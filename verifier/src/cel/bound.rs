//! A run's evidence in the form that expressions use.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

use super::Scope;
use super::budget::Budget;
use super::types::{self, Type};
use super::value::{Field, Fields};
use evidence::Section;

/// The evidence of a run, converted once for all steps.
#[derive(Default)]
pub struct Bound {
    /// The names of each account's sections.
    sections: BTreeMap<String, Scope<'static>>,
    /// The scope of an account without evidence.
    nothing: Scope<'static>,
    accounts: Option<Fields>,
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("accounts", &self.accounts).finish_non_exhaustive()
    }
}

impl Bound {
    /// Converts evidence.
    pub fn new(evidence: &BTreeMap<String, BTreeMap<Section, Value>>) -> Bound {
        let (mut bound, mut accounts) = (Bound::default(), BTreeMap::new());
        for (account, sections) in evidence {
            let (mut scope, mut fields) = (Scope::default(), BTreeMap::new());
            for (section, value) in sections {
                let kind = types::sections().get(section.name()).unwrap_or(&Type::Any);
                let field = Field::from_json(value, kind);
                fields.insert(section.name().to_owned(), field.clone());
                scope.bind(section.name(), field);
            }
            bound.sections.insert(account.clone(), scope);
            accounts.insert(account.clone(), Field::Known(Box::new(Fields::new(fields))));
        }
        bound.accounts = Some(Fields::new(accounts));
        bound
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
