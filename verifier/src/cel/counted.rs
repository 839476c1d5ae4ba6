//! Functions that count their cost. They replace CEL's own wherever a larger value takes longer, see [`super::guard`].

use cel::common::types::{CelBool, CelBytes, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelString, DYN_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};
use std::cmp::Ordering;

use super::budget::{self, spend};
use super::equal::{self, equal};
use super::guard;
use super::numerals;
use super::own_value::failed;
use super::partial::{self, PartialList, elements};
use super::records::{Entries, Fields};

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Done<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// Declares the functions.
pub(crate) fn declare(env: &mut Env) {
    let [equals, differs, is_in, less, less_equals, greater, greater_equals] = guard::COMPARISONS.map(|(_, ours)| ours);
    let functions: [(&str, usize, cel::common::functions::Function); 14] = [
        (guard::EACH, 2, |args| {
            let [element, round] = two(&args)?;
            each(element, number(round)).map(|()| truth(true))
        }),
        (guard::OVER, 1, |args| over(one(args)?)),
        (guard::ADD, 2, |args| {
            let [one, other] = two(&args)?;
            add(one, other)
        }),
        (guard::COUNT, 1, |args| {
            let value = one(args)?;
            spend(1);
            copied(value.as_ref());
            partial::there(value.as_ref()).map(|()| value)
        }),
        (guard::PLACE, 1, |args| {
            let at = one(args)?;
            copied(at.as_ref());
            match at.downcast_ref::<CelDouble>().is_some_and(|at| at.inner().fract() != 0.0) {
                true => Err(failed("[]", "an index must be a whole number".to_owned())),
                false => Ok(at),
            }
        }),
        (guard::AHEAD, 1, |args| {
            spend(number(one(args)?.as_ref()));
            Ok(truth(true))
        }),
        (guard::SIZE, 1, |args| size(one(args)?.as_ref())),
        (equals, 2, |args| two(&args).and_then(|[one, other]| same(one, other)).map(truth)),
        (differs, 2, |args| two(&args).and_then(|[one, other]| same(one, other)).map(|is| truth(!is))),
        (is_in, 2, |args| two(&args).and_then(|[one, other]| contains(other, one)).map(truth)),
        (less, 2, |args| compare(&args, Ordering::is_lt)),
        (less_equals, 2, |args| compare(&args, Ordering::is_le)),
        (greater, 2, |args| compare(&args, Ordering::is_gt)),
        (greater_equals, 2, |args| compare(&args, Ordering::is_ge)),
    ];
    for (name, takes, function) in functions {
        // Declaring an overload fails only if it is declared twice.
        let declared = env.add_overload(name, name, (0..takes).map(|_| DYN_TYPE).collect(), function);
        debug_assert!(declared.is_ok(), "{name}");
    }
}

fn truth<'b, 'v>(is: bool) -> CowVal<'b, 'v> {
    CowVal::owned(CelBool::from(is))
}

fn one<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    args.into_iter().next().ok_or_else(|| failed("it", "takes one value".to_owned()))
}

fn two<'a, 'v>(args: &'a Args<'_, 'v>) -> Result<[&'a (dyn Val + 'v); 2], ExecutionError> {
    match args.as_slice() {
        [one, other] => Ok([one.as_ref(), other.as_ref()]),
        _ => Err(failed("it", "takes two values".to_owned())),
    }
}

fn number(steps: &dyn Val) -> u64 {
    steps.downcast_ref::<CelInt>().and_then(|steps| u64::try_from(*steps.inner()).ok()).unwrap_or(u64::MAX)
}

/// Counts an element of a loop. A round takes this many steps.
fn each(element: &dyn Val, round: u64) -> Result<(), ExecutionError> {
    spend(round);
    copied(element);
    partial::there(element)
}

/// What a loop goes over: of a map, its keys in their order, which cel's maps do not have.
fn over<'b, 'v>(value: CowVal<'b, 'v>) -> Done<'b, 'v> {
    let Some(map) = value.downcast_ref::<CelMap>() else { return Ok(value) };
    spend(2 * budget::ELEMENT * map.inner().len() as u64);
    let mut keys: Vec<&CelMapKey<'_>> = map.inner().keys().collect();
    keys.sort();
    let keys = keys.into_iter().map(|key| {
        copied(key.inner());
        key.inner().clone_as_boxed()
    });
    Ok(CowVal::owned(CelList::from(keys.collect::<Vec<Box<dyn Val>>>())))
}

/// Adds two values. In the sum, an unread part of a list would count as one element, so it is refused.
fn add<'b, 'v>(one: &(dyn Val + 'v), other: &(dyn Val + 'v)) -> Done<'b, 'v> {
    if other.downcast_ref::<PartialList>().is_some() {
        return Err(partial::not_read());
    }
    spend(1);
    copied(one);
    copied(other);
    let adder = one.as_adder().ok_or_else(|| failed("+", format!("{} has no sum", one.get_type().name())))?;
    adder.add(other).map(|sum| CowVal::Owned(sum.into_owned()))
}

fn same(one: &dyn Val, other: &dyn Val) -> Result<bool, ExecutionError> {
    spend(1);
    looked_through(one);
    looked_through(other);
    equal(one, other)
}

fn contains(all: &dyn Val, one: &dyn Val) -> Result<bool, ExecutionError> {
    spend(1);
    // The value is compared with each element.
    let compared = elements(all).map_or(1, |(elements, _)| elements.len());
    (0..compared).for_each(|_| looked_through(one));
    if let Some((known, whole)) = elements(all) {
        looked_through(all);
        let found = known.iter().map(|known| equal(known.as_ref(), one));
        let unread = (!whole).then(|| Err(partial::not_read()));
        return equal::any(found.chain(unread));
    }
    if let Some(map) = all.downcast_ref::<CelMap>() {
        looked_through(all);
        return equal::has_key(map, one);
    }
    let container = all.as_container();
    container.ok_or_else(|| failed("in", format!("{} has no elements", all.get_type().name())))?.contains(one)
}

fn compare<'b, 'v>(args: &Args<'b, 'v>, holds: fn(Ordering) -> bool) -> Done<'b, 'v> {
    let [one, other] = two(args)?;
    spend(1);
    copied(one);
    copied(other);
    let unordered = || failed("<", format!("{} and {} have no order", one.get_type().name(), other.get_type().name()));
    numerals::check_order(one, other)?;
    let ordered = one.as_comparer().ok_or_else(unordered)?.compare(other).map_err(|_| unordered())?;
    Ok(truth(holds(ordered)))
}

fn size<'b, 'v>(value: &dyn Val) -> Done<'b, 'v> {
    spend(1 + value.downcast_ref::<CelString>().map_or(0, |text| budget::of_bytes(text.inner().len())));
    let sizer = value.as_sizer().ok_or_else(|| match value.downcast_ref::<PartialList>() {
        Some(_) => partial::not_read(),
        None => failed("size", format!("{} has no size", value.get_type().name())),
    })?;
    Ok(CowVal::owned(sizer.size()))
}

/// Counts the cost of copying a value. Records of evidence are shared and not copied. Those of `policy` are shared, too,
/// but somebody must hold them.
pub fn copied(value: &dyn Val) {
    count(value, false);
}

/// Counts the cost of looking at everything in a value, as a comparison does.
pub(crate) fn looked_through(value: &dyn Val) {
    count(value, true);
}

/// Counts each list before its elements, so that counting itself ends when the budget does.
fn count(value: &dyn Val, within_records: bool) {
    if let Some(text) = value.downcast_ref::<CelString>() {
        spend(budget::of_bytes(text.inner().len()));
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        spend(budget::ELEMENT * list.inner().len() as u64);
        list.inner().iter().for_each(|element| count(element.as_ref(), within_records));
    } else if let Some(map) = value.downcast_ref::<CelMap>() {
        spend(2 * budget::ELEMENT * map.inner().len() as u64);
        for (key, value) in map.inner() {
            count(key.inner(), within_records);
            count(value.as_ref(), within_records);
        }
    } else if let Some(bytes) = value.downcast_ref::<CelBytes>() {
        spend(budget::of_bytes(bytes.inner().len()));
    } else if let Some(fields) = value.downcast_ref::<Fields>().filter(|fields| fields.is_of_a_policy()) {
        // The evidence does not hold it, so each copy needs memory.
        spend(2 * budget::ELEMENT * fields.len() as u64);
        fields.values().for_each(|value| count(value, true));
    } else if within_records && let Some(fields) = value.downcast_ref::<Fields>() {
        spend(fields.len() as u64);
        fields.values().for_each(|value| count(value, true));
    } else if within_records && let Some(entries) = value.downcast_ref::<Entries>() {
        spend(entries.len() as u64);
        entries.values().for_each(|value| count(value, true));
    } else if within_records && let Some((elements, _)) = elements(value) {
        spend(elements.len() as u64);
        elements.iter().for_each(|element| count(element.as_ref(), true));
    }
}
