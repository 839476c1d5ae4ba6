//! A practice action, compiled.

use evidence::reads::Found;
use practice::Switch;

use crate::cel::Expression;
use crate::reads::Template;
use crate::sentence::Sentence;

/// What does a step in the practice accounts.
#[derive(Debug, Default)]
pub struct CompiledAction {
    /// What is there before the course begins.
    pub given: Vec<CompiledOperation>,
    /// What it does, in order.
    pub operations: Vec<CompiledOperation>,
}

/// Something that is done in a practice account.
#[derive(Debug)]
pub struct CompiledOperation {
    /// The account, if it is not the step's.
    pub account: Option<String>,
    /// The list whose elements it is done for.
    pub each: Option<Expression>,
    /// Whether it is done at all.
    pub when: Option<Expression>,
    /// What is done.
    pub what: CompiledOperationKind,
}

/// What is done in a practice account.
#[derive(Debug)]
pub enum CompiledOperationKind {
    /// A switch.
    Switch(Switch),
    /// A call of an AWS operation.
    Call {
        /// The operation.
        found: Found,
        /// The region, if the operation says one.
        region: Option<Sentence>,
        /// The inputs, by name.
        with: Vec<(String, Template)>,
        /// What later operations call its response.
        name: Option<String>,
    },
}

impl CompiledOperation {
    /// Its expressions.
    pub fn expressions(&self) -> Vec<&Expression> {
        let own: Vec<&Expression> = match &self.what {
            CompiledOperationKind::Switch(_) => Vec::new(),
            CompiledOperationKind::Call { region, with, .. } => {
                let in_region = region.iter().flat_map(Sentence::holes);
                in_region.chain(with.iter().flat_map(|(_, template)| template.holes())).collect()
            }
        };
        self.each.iter().chain(&self.when).chain(own).collect()
    }
}
