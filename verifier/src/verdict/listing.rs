//! What is there of what a step makes.

use course::Step;
use std::collections::BTreeSet;

use super::inputs::Inputs;
use super::scope::{ScopeNames, course_error, scope};
use crate::made::{self, ListValues, Listing};
use crate::plan::{Need, What};
use evidence::Section;
use evidence::client::Ask;

/// Evaluates the list of what a step makes, with values that may be remembered ones. `seen`: the ids that were seen
/// before.
///
/// # Errors
/// The calls that it waits for.
pub(crate) fn list(
    inputs: &Inputs,
    step: &Step,
    values: &ListValues,
    seen: &[String],
) -> Result<Listing, Vec<(String, Ask)>> {
    let check = inputs.compiled.check(step);
    let Some(makes) = &check.makes else { return Ok(Listing::Ids { ids: Vec::new(), hidden: Vec::new() }) };
    let needed: BTreeSet<String> = check.reached(makes).into_iter().map(|(root, _)| root).collect();
    let names = ScopeNames { step, check, certain: false, remembered: Some((values, &needed)) };
    let scoped = match scope(inputs, &names) {
        Ok(scoped) => scoped,
        Err(why) => return Ok(Listing::Unread(vec![course_error(&step.account, &why)])),
    };
    if !scoped.reads.waits.is_empty() {
        return Err(scoped.reads.waits);
    }
    let identity = Need { account: None, what: What::Section(Section::Identity), fields: vec!["account".to_owned()] };
    let unread = |needs: BTreeSet<Need>| scoped.reads.reasons(inputs, step, check, needs);
    if !inputs.account_ids.contains_key(&step.account) {
        let needs = check.needs(makes).into_iter().chain([identity]);
        return Ok(Listing::Unread(unread(needs.collect()).into_iter().collect()));
    }
    Ok(match makes.list(&scoped.scope) {
        Ok(ids) => {
            let needs = check.needs(makes);
            let read = scoped.reads.all(inputs, step, &needs);
            if !ids.iter().all(|id| read.iter().any(|answer| made::writes(answer, id))) {
                let why = "`makes` lists an id that AWS does not write like this, so it could not be looked for later: \
                           list ids as they are in the answers";
                return Ok(Listing::Unread(vec![course_error(&step.account, why)]));
            }
            let lost = seen.iter().filter(|id| !ids.contains(id) && read.iter().any(|answer| made::has(answer, id)));
            Listing::Ids { hidden: lost.cloned().collect(), ids }
        }
        Err(why) => {
            let reasons = unread(check.needs(makes));
            let course_error = reasons.is_empty().then(|| course_error(&step.account, &why));
            Listing::Unread(reasons.into_iter().chain(course_error).collect())
        }
    })
}
