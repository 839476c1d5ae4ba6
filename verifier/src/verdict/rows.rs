//! An expectation that must be true for each row of a lesson's table.

use course::check::ROW;
use course::results::{Outcome, Reason, RowResult};
use course::table::Row;
use serde_json::json;
use std::collections::BTreeSet;

use super::decided::Decided;
use super::judge::Judge;
use crate::cel::types::Type;
use crate::cel::value::Field;
use crate::cel::{self, Scope};
use crate::plan::{CompiledExpectation, CompiledProof};
use crate::sentence::Sentence;

/// How many rows say what to do. The others are named.
const SHOWN: usize = 3;

impl Judge<'_> {
    /// The outcome of an expectation for all rows of a table: false if it is false for one of them.
    pub(super) fn rows(&self, table: &str, expectation: &CompiledExpectation) -> Decided {
        let Some(table) = self.inputs.course.tables.get(table) else {
            return Decided::without_sentences(Outcome::Unknown);
        };
        let each: Vec<(&Row, Decided)> = table.rows.iter().map(|row| (row, self.row(row, expectation))).collect();
        let of = |outcome: Outcome| each.iter().filter(move |(_, decided)| decided.outcome == outcome);
        let all = each.len() - of(Outcome::NotApplicable).count();
        let outcome = [Outcome::NotMet, Outcome::Unknown, Outcome::Met].into_iter().find(|it| of(*it).next().is_some());
        let Some(outcome) = outcome else { return Decided::without_sentences(Outcome::NotApplicable) };
        let mut sentences: Vec<String> = Vec::new();
        let labels: Vec<String> = of(outcome).map(|(row, _)| self.label(table, row)).collect();
        match outcome {
            Outcome::Met => {}
            Outcome::NotMet if labels.len() == all => sentences.push(format!("None of the {all} rows is right yet.")),
            Outcome::NotMet => {
                let right = of(Outcome::Met).count();
                let unknown: Vec<String> = of(Outcome::Unknown).map(|(row, _)| self.label(table, row)).collect();
                let unknown =
                    if unknown.is_empty() { String::new() } else { format!(" Unknown: {}.", unknown.join(", ")) };
                sentences.push(format!("{right} of {all} rows are right. Not yet: {}.{unknown}", labels.join(", ")));
            }
            _ if labels.len() == all => {}
            _ => sentences.push(format!("Unknown: {}.", labels.join(", "))),
        }
        // What is said of every row comes last, once.
        let shown: Vec<&Vec<String>> = of(outcome).map(|(_, decided)| &decided.sentences).collect();
        let of_all = |sentence: &&String| shown.len() > 1 && shown.iter().all(|of_row| of_row.contains(sentence));
        let mut every: Vec<&String> = shown.first().into_iter().flat_map(|first| first.iter()).filter(of_all).collect();
        let own: Vec<&String> = match shown.as_slice() {
            [alone] => alone.iter().collect(),
            several => {
                let own = several.iter().filter_map(|of_row| of_row.iter().find(|sentence| !every.contains(sentence)));
                own.take(SHOWN).collect()
            }
        };
        every.dedup();
        sentences.extend(own.into_iter().chain(every).cloned());
        let open = each.iter().filter(|(_, decided)| matches!(decided.outcome, Outcome::NotMet | Outcome::Unknown));
        let rows = open.map(|(row, decided)| RowResult { row: self.label(table, row), outcome: decided.outcome });
        let reasons: BTreeSet<Reason> = each.iter().flat_map(|(_, decided)| decided.reasons.clone()).collect();
        Decided { rows: rows.collect(), reasons: reasons.into_iter().collect(), ..Decided::new(outcome, sentences) }
    }

    fn row(&self, row: &Row, expectation: &CompiledExpectation) -> Decided {
        let scope = |scope: &Scope<'_>, decide: &dyn Fn(&Scope<'_>) -> Decided| {
            let mut within = scope.within();
            within.bind(ROW, Field::from_json(&json!(row), &Type::Any));
            decide(&within)
        };
        // Of the sentences about this row, the first that has a value: authors write the most exact one first.
        let sentences = |texts: &[Sentence]| {
            let about_it = texts.iter().filter(|text| text.holes().next().is_some());
            let general = texts.iter().filter(|text| text.holes().next().is_none());
            let filled = |scope: &Scope<'_>| {
                let first = self.filled(about_it.clone(), scope).into_iter().take(1);
                Decided::new(Outcome::Met, first.chain(self.filled(general.clone(), scope)).collect())
            };
            scope(self.sentence_scope(), &filled).sentences
        };
        let CompiledProof::Evidence { that, met, pending, .. } = &expectation.proof else {
            return Decided::without_sentences(Outcome::Unknown);
        };
        scope(&self.scope, &|scope| {
            match expectation.when.as_ref().map(|when| (when, when.decide(scope))) {
                None | Some((_, cel::Outcome::True)) => {}
                Some((_, cel::Outcome::False)) => return Decided::without_sentences(Outcome::NotApplicable),
                Some((when, cel::Outcome::Undecided(why))) => return self.unknown(when, &why),
            }
            match that.decide(scope) {
                cel::Outcome::True => Decided::new(Outcome::Met, sentences(met)),
                cel::Outcome::False => self.not_met(pending.as_deref(), scope, sentences(&expectation.fix)),
                cel::Outcome::Undecided(why) => self.unknown(that, &why),
            }
        })
    }

    fn label(&self, table: &course::table::Table, row: &Row) -> String {
        self.masked(table.label(row))
    }
}
