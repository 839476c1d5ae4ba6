//! CEL's functions of texts, as cel-go's `ext.Strings()` defines them. cel's own do not count what they make, and its
//! `indexOf` takes the product of both lengths. Positions are counted in characters.

use cel::common::types::{CelInt, CelList, CelString, INT_TYPE, LIST_TYPE, STRING_TYPE, Type};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};

use super::budget::{ELEMENT, of_bytes, spend};
use super::own_value::failed;
use super::partial::{self, elements};

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Done<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// Declares the functions.
pub(super) fn declare(env: &mut Env) {
    let functions: [(&str, &str, Type, Vec<Type>, cel::common::functions::Function); 13] = [
        ("indexOf", "index_of", STRING_TYPE, vec![STRING_TYPE], index_of),
        ("indexOf", "index_of_from", STRING_TYPE, vec![STRING_TYPE, INT_TYPE], index_of),
        ("join", "join", LIST_TYPE, vec![], join),
        ("join", "join_with", LIST_TYPE, vec![STRING_TYPE], join),
        ("lowerAscii", "lower_ascii", STRING_TYPE, vec![], |args| changed(&args, str::to_ascii_lowercase)),
        ("upperAscii", "upper_ascii", STRING_TYPE, vec![], |args| changed(&args, str::to_ascii_uppercase)),
        ("trim", "trim", STRING_TYPE, vec![], |args| changed(&args, |text| text.trim().to_owned())),
        ("replace", "replace", STRING_TYPE, vec![STRING_TYPE, STRING_TYPE], replace),
        ("replace", "replace_some", STRING_TYPE, vec![STRING_TYPE, STRING_TYPE, INT_TYPE], replace),
        ("split", "split", STRING_TYPE, vec![STRING_TYPE], split),
        ("split", "split_some", STRING_TYPE, vec![STRING_TYPE, INT_TYPE], split),
        ("substring", "substring_from", STRING_TYPE, vec![INT_TYPE], substring),
        ("substring", "substring", STRING_TYPE, vec![INT_TYPE, INT_TYPE], substring),
    ];
    for (name, id, target, args, function) in functions {
        // Declaring an overload fails only if it is declared twice.
        let declared = env.add_member_overload(name, id, target, args, function);
        debug_assert!(declared.is_ok(), "{id}");
    }
}

/// A text, which the overload's types promise.
pub(super) fn text<'a>(args: &'a Args<'_, '_>, at: usize) -> Result<&'a str, ExecutionError> {
    let text = args.get(at).and_then(|arg| arg.downcast_ref::<CelString>());
    text.map(CelString::inner).ok_or_else(|| failed("it", "takes text".to_owned()))
}

/// A number, if there is one at this place.
fn number(args: &Args<'_, '_>, at: usize) -> Option<i64> {
    args.get(at).and_then(|arg| arg.downcast_ref::<CelInt>()).map(|number| *number.inner())
}

/// How many, if it is limited: a negative number is no limit.
fn limit(args: &Args<'_, '_>, at: usize) -> usize {
    number(args, at).and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

fn made<'b, 'v>(text: String) -> CowVal<'b, 'v> {
    CowVal::owned(CelString::from(text))
}

fn out_of_range(function: &str, at: i64) -> ExecutionError {
    failed(function, format!("{at} is not a position in the text"))
}

/// The byte at which a character begins, or the end of the text.
fn byte(function: &str, text: &str, at: i64) -> Result<usize, ExecutionError> {
    let place = usize::try_from(at).ok().and_then(|at| {
        let ends = std::iter::once(text.len());
        text.char_indices().map(|(byte, _)| byte).chain(ends).nth(at)
    });
    place.ok_or_else(|| out_of_range(function, at))
}

fn changed<'b, 'v>(args: &Args<'_, '_>, change: fn(&str) -> String) -> Done<'b, 'v> {
    let text = text(args, 0)?;
    spend(1 + of_bytes(text.len()));
    Ok(made(change(text)))
}

fn index_of<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let (all, part) = (text(&args, 0)?, text(&args, 1)?);
    spend(1 + 2 * of_bytes(all.len()));
    let characters = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let begin = number(&args, 2).unwrap_or_default();
    if part.is_empty() && begin >= 0 {
        return Ok(CowVal::owned(CelInt::from(begin.min(characters(all)))));
    }
    let from = byte("indexOf", all, begin)?;
    if args.len() > 2 && from == all.len() {
        return Err(out_of_range("indexOf", begin));
    }
    let found = all[from..].find(part).map_or(-1, |at| characters(&all[..from + at]));
    Ok(CowVal::owned(CelInt::from(found)))
}

fn join<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let list = args.first().and_then(|list| elements(list.as_ref()));
    let (elements, whole) = list.ok_or_else(|| failed("join", "takes a list".to_owned()))?;
    if !whole {
        return Err(partial::not_read());
    }
    let between = if args.len() > 1 { text(&args, 1)? } else { "" };
    spend(1 + elements.len() as u64);
    let parts = elements.iter().map(|part| part.downcast_ref::<CelString>().map(CelString::inner));
    let parts =
        parts.collect::<Option<Vec<&str>>>().ok_or_else(|| failed("join", "takes a list of text".to_owned()))?;
    let length = parts.iter().map(|part| part.len()).fold(0, usize::saturating_add);
    spend(of_bytes(length.saturating_add(between.len().saturating_mul(parts.len()))));
    Ok(made(parts.join(between)))
}

fn replace<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let (all, part, new) = (text(&args, 0)?, text(&args, 1)?, text(&args, 2)?);
    spend(1 + of_bytes(all.len()));
    let times = all.matches(part).take(limit(&args, 3)).count();
    spend(times as u64 + of_bytes(all.len().saturating_add(times.saturating_mul(new.len()))));
    Ok(made(all.replacen(part, new, times)))
}

/// Splits a text. With a limit, the last part is the rest of the text. Without a separator, each character is a part.
fn split<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let (all, between) = (text(&args, 0)?, text(&args, 1)?);
    let limit = limit(&args, 2);
    spend(1 + of_bytes(all.len()));
    let parts: Box<dyn Iterator<Item = &str>> = match between {
        _ if limit == 0 || between.is_empty() && all.is_empty() => Box::new(std::iter::empty()),
        "" => {
            let alone = limit.saturating_sub(1);
            let rest = all.char_indices().nth(alone).map(|(at, _)| &all[at..]);
            let characters = all.char_indices().take(alone).map(|(at, c)| &all[at..at + c.len_utf8()]);
            Box::new(characters.chain(rest))
        }
        between => Box::new(all.splitn(limit, between)),
    };
    let parts = parts.map(|part| {
        spend(ELEMENT + of_bytes(part.len()));
        Box::new(CelString::from(part.to_owned())) as Box<dyn Val>
    });
    Ok(CowVal::owned(CelList::from(parts.collect::<Vec<_>>())))
}

fn substring<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let text = text(&args, 0)?;
    spend(1 + 2 * of_bytes(text.len()));
    let begin = byte("substring", text, number(&args, 1).unwrap_or_default())?;
    let end = number(&args, 2).map_or(Ok(text.len()), |end| byte("substring", text, end))?;
    let part = text.get(begin..end).ok_or_else(|| failed("substring", "ends before it begins".to_owned()))?;
    Ok(made(part.to_owned()))
}
