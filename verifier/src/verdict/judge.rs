//! The judge of a step: the names that its expressions can use, and the sentences and reasons that it gives.

use course::Step;
use course::results::{Reason, ReasonCode};
use std::sync::Arc;

use super::inputs::Inputs;
use super::scope::{Reads, ScopeNames, Scoped, course_error, scope};
use crate::cel::{Expression, Scope};
use crate::plan::{CompiledCheck, Need};
use crate::sentence::Sentence;
use evidence::mask;

/// Judges one step by its own expectations.
pub(crate) struct Judge<'c> {
    pub(crate) inputs: &'c Inputs,
    pub(crate) step: &'c Step,
    pub(super) check: Arc<CompiledCheck>,
    pub(crate) fingerprint: Option<String>,
    /// The names for conditions.
    pub(crate) scope: Scope<'c>,
    /// The names for sentences, if there are more: an unreadable part of a list does not hide the rest.
    sentence_scope: Option<Scope<'c>>,
    pub(super) reads: Reads,
}

impl<'c> Judge<'c> {
    pub(super) fn new(inputs: &'c Inputs, step: &'c Step) -> Result<Judge<'c>, String> {
        let check = Arc::clone(inputs.compiled.check(step));
        let fingerprint = inputs.fingerprints.get(&step.account).cloned();
        let names = |certain| ScopeNames { step, check: &check, certain, remembered: None };
        let Scoped { scope: own, whole, reads } = scope(inputs, &names(false))?;
        let sentence_scope = if whole { None } else { Some(scope(inputs, &names(true))?.scope) };
        Ok(Judge { inputs, step, check, fingerprint, scope: own, sentence_scope, reads })
    }

    /// The names for sentences and for what is remembered.
    pub(crate) fn sentence_scope(&self) -> &Scope<'c> {
        self.sentence_scope.as_ref().unwrap_or(&self.scope)
    }

    /// Why an expression cannot be decided.
    pub(crate) fn why_unknown(&self, expression: &Expression, why: &str) -> Vec<Reason> {
        let needs = self.check.needs(expression);
        if self.inputs.now.is_some() || !self.check.asks_the_time(expression) {
            return self.reasons(needs, why);
        }
        let message = "The response from AWS did not include the time.".to_owned();
        let timeless = self.reason(ReasonCode::IncompleteAnswer, message);
        let read = self.read_reasons(needs);
        if read.is_empty() { vec![timeless] } else { read }
    }

    pub(super) fn reason(&self, code: ReasonCode, message: String) -> Reason {
        Reason { code, account: Some(self.step.account.clone()), action: None, message }
    }

    /// The reasons why these needs could not be read. If all were read, the check has a mistake.
    pub(crate) fn reasons(&self, needs: impl IntoIterator<Item = Need>, why: &str) -> Vec<Reason> {
        let reasons = self.read_reasons(needs);
        if reasons.is_empty() { vec![course_error(&self.step.account, &self.masked(why.to_owned()))] } else { reasons }
    }

    /// The reasons why these needs could not be read.
    fn read_reasons(&self, needs: impl IntoIterator<Item = Need>) -> Vec<Reason> {
        let reasons = self.reads.reasons(self.inputs, self.step, &self.check, needs);
        let mask = |reason: Reason| Reason { message: self.masked(reason.message), ..reason };
        reasons.into_iter().map(mask).collect()
    }

    /// The sentences whose expressions have a value.
    pub(super) fn sentences<'s>(&self, sentences: impl IntoIterator<Item = &'s Sentence>) -> Vec<String> {
        self.filled(sentences, self.sentence_scope())
    }

    /// The sentences whose expressions have a value with these names.
    pub(super) fn filled<'s>(&self, sentences: impl IntoIterator<Item = &'s Sentence>, scope: &Scope) -> Vec<String> {
        let mask = |text| self.masked(text);
        sentences.into_iter().filter_map(|sentence| sentence.fill(scope, &mask)).collect()
    }

    /// Text from AWS, masked unless identifiers are shown.
    pub(super) fn masked(&self, text: String) -> String {
        if self.inputs.show_identifiers { text } else { mask::text(&text) }
    }
}
