//! What the learner gives: the values of the course's inputs.

use anyhow::{Result, bail};
use course::Course;
use course::check::{INPUT, REGION};
use course::diagnostic::did_you_mean;
use course::input::Given;
use course::learner_file::INPUTS;

use crate::compile;

/// Changes what the learner gave. Values that are not valid change nothing.
///
/// # Errors
/// An input that the course does not have, a value that is not valid, and a file that cannot be written.
pub fn set(course: &Course, values: &[(String, String)], unset: &[String]) -> Result<()> {
    for name in values.iter().map(|(name, _)| name).chain(unset) {
        if !course.inputs.contains_key(name) {
            let known = course.inputs.keys().map(String::as_str);
            let all = || match course.inputs.len() {
                0 => "; it has none".to_owned(),
                _ => format!("; it has {}", known.clone().collect::<Vec<_>>().join(", ")),
            };
            let hint = Some(did_you_mean(name, known.clone())).filter(|hint| !hint.is_empty()).unwrap_or_else(all);
            bail!("the course has no input `{name}`{hint}");
        }
    }
    for (name, value) in values {
        if let Err(why) = course.inputs[name].check(value) {
            bail!("`{name}` was not set. {why}");
        }
        if is_region(course, name) && !compile::is_region(value) {
            let hint = compile::instead_of_region(value, compile::regions());
            bail!("`{name}` was not set. AWS has no region `{value}`{hint}");
        }
    }
    INPUTS.update(&course.root, |given: &mut Given| {
        given.retain(|name, _| !unset.contains(name));
        given.extend(values.iter().cloned());
        Ok(())
    })
}

/// Whether reads are made in the region that an input names.
fn is_region(course: &Course, input: &str) -> bool {
    let whole = format!("{{{INPUT}.{input}}}");
    let named =
        || course.checks.values().flat_map(|check| check.reads.values()).filter_map(|read| read.region.as_ref());
    input == REGION || named().any(|region| *region == whole)
}
