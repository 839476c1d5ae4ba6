//! CEL's function of lists in lists, as cel-go's `ext.Lists()` defines it.

use cel::common::types::{CelList, LIST_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};

use super::budget::{ELEMENT, spend};
use super::own_value::failed;
use super::partial::{self, elements};

/// Declares the function.
pub(super) fn declare(env: &mut Env) {
    // Declaring an overload fails only if it is declared twice.
    let declared = env.add_member_overload("flatten", "flatten", LIST_TYPE, vec![], flatten);
    debug_assert!(declared.is_ok());
}

/// The elements of the lists in a list, one level deep. Other elements stay.
fn flatten<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let list = args.first().and_then(|list| elements(list.as_ref()));
    let (lists, mut whole) = list.ok_or_else(|| failed("flatten", "takes a list".to_owned()))?;
    spend(1 + lists.len() as u64);
    let mut all: Vec<Box<dyn Val + 'v>> = Vec::new();
    for list in lists {
        let (inner, complete) = elements(list.as_ref()).unwrap_or((std::slice::from_ref(list), true));
        spend(ELEMENT.saturating_mul(inner.len() as u64));
        all.extend(inner.iter().map(|element| element.clone_as_boxed()));
        whole &= complete;
    }
    if whole { Ok(CowVal::owned(CelList::from(all))) } else { Err(partial::not_read()) }
}
