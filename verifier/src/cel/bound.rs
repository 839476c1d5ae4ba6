//! A run's evidence as expressions see it.

use serde_json::Value;
use std::collections::BTreeMap;

use super::types::{self, Type};
use super::value::{Field, Fields};
use evidence::Section;

/// The evidence as expressions see it, made once for all steps.
#[derive(Debug)]
pub struct Bound {
    /// Sections by account.
    sections: BTreeMap<String, BTreeMap<Section, Field>>,
    accounts: Fields,
}

impl Bound {
    /// Evidence for expressions.
    pub fn new(evidence: &BTreeMap<String, BTreeMap<Section, Value>>) -> Bound {
        let of = |sections: &BTreeMap<Section, Value>| -> BTreeMap<Section, Field> {
            let kind = |section: &Section| types::sections().get(section.name()).unwrap_or(&Type::Any);
            sections.iter().map(|(section, value)| (*section, Field::from_json(value, kind(section)))).collect()
        };
        let sections: BTreeMap<String, BTreeMap<Section, Field>> =
            evidence.iter().map(|(account, sections)| (account.clone(), of(sections))).collect();
        let accounts = sections.iter().map(|(account, sections)| {
            let fields = sections.iter().map(|(section, field)| (section.name().to_owned(), field.clone()));
            (account.clone(), Field::Known(Box::new(Fields::new(fields.collect()))))
        });
        let accounts = Fields::new(accounts.collect());
        Bound { sections, accounts }
    }

    /// The sections of an account.
    pub fn sections(&self, account: &str) -> impl Iterator<Item = (&Section, &Field)> {
        self.sections.get(account).into_iter().flatten()
    }

    /// What `accounts` means: all of them by name.
    pub fn accounts(&self) -> Fields {
        self.accounts.clone()
    }
}
