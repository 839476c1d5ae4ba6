//! The calls that a step or a check needs.

use std::collections::BTreeSet;

use crate::plan::Needs;

/// A call that is needed.
pub(super) struct NeededCall<'n> {
    /// The course's name for the account.
    pub(super) account: &'n str,
    /// The operation, as in `budgets:DescribeBudgets`.
    pub(super) name: String,
    /// The IAM actions that it needs, as a phrase.
    pub(super) actions: Option<String>,
}

/// The calls that these needs take, each once: two sections may use the same call.
pub(super) fn calls(needs: &Needs) -> Vec<NeededCall<'_>> {
    let mut before = BTreeSet::new();
    let calls = needs.iter().flat_map(|(account, source)| source.calls().into_iter().map(move |call| (account, call)));
    let calls = calls.map(|(account, (name, actions))| {
        let actions = (!actions.is_empty()).then(|| actions.join(" and "));
        NeededCall { account, name, actions }
    });
    calls.filter(|call| before.insert((call.account, call.name.clone(), call.actions.clone()))).collect()
}
