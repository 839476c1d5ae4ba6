//! Numbers and times that are texts. To compare them letter by letter says nothing of the account.

use cel::ExecutionError;
use cel::common::types::{CelDouble, CelString};
use cel::common::value::Val;
use std::cmp::Ordering;

use super::own_value::failed;
use super::value;

/// Refuses to compare texts that are one number or one time in two spellings, such as `"10"` and `"10.0"`, and NaN.
pub(super) fn check_equality(one: &dyn Val, other: &dyn Val) -> Result<(), ExecutionError> {
    let is_nan = |value: &dyn Val| value.downcast_ref::<CelDouble>().is_some_and(|double| double.inner().is_nan());
    if is_nan(one) || is_nan(other) {
        return Err(failed("==", "NaN cannot be compared".to_owned()));
    }
    texts(one, other).map_or(Ok(()), |(one, other)| check_equality_of_texts(one, other))
}

/// The same of two texts.
pub(super) fn check_equality_of_texts(one: &str, other: &str) -> Result<(), ExecutionError> {
    let is_one = |what: &str, instead: &str| {
        Err(failed("==", format!("two texts are the same {what} in two spellings: write {instead}")))
    };
    if one == other {
        return Ok(());
    }
    if number(one).is_some_and(|one| number(other) == Some(one)) {
        return is_one("number", "double(text)");
    }
    if time(one).is_some_and(|one| time(other) == Some(one)) {
        return is_one("time", "timestamp(text)");
    }
    Ok(())
}

/// Refuses to order texts whose numbers or times are in another order than their letters: `"9"` comes after `"30"`.
pub(super) fn check_order(one: &dyn Val, other: &dyn Val) -> Result<(), ExecutionError> {
    let Some((one, other)) = texts(one, other) else { return Ok(()) };
    let by_letters = one.cmp(other);
    let of_times = time(one).zip(time(other)).map(|(one, other)| one.cmp(&other));
    let of_numbers = number(one).zip(number(other)).map(|(one, other)| one.total_cmp(&other));
    // `16.9` is less than `16.10` as a version, and more as a number.
    let of_versions = of_times.is_none().then(|| by_digits(one, other));
    match [of_times, of_numbers, of_versions].into_iter().flatten().all(|order| order == by_letters) {
        true => Ok(()),
        false => Err(failed("<", "numbers in texts are compared letter by letter: write int(text)".to_owned())),
    }
}

fn texts<'v>(one: &'v dyn Val, other: &'v dyn Val) -> Option<(&'v str, &'v str)> {
    Some((one.downcast_ref::<CelString>()?.inner(), other.downcast_ref::<CelString>()?.inner()))
}

/// The number that a text is, in digits. Longer ones are not exact, and one that begins with 0 is probably an id.
fn number(text: &str) -> Option<f64> {
    const EXACT: usize = 15;
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let is_plain = digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && digits.first().is_some_and(u8::is_ascii_digit)
        && !matches!(digits, [b'0', b'0'..=b'9', ..]);
    if is_plain && text.len() <= EXACT { text.parse().ok() } else { None }
}

/// The time that a text is (RFC 3339).
fn time(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    const SHORTEST: usize = "2026-11-26T00:00:00Z".len();
    if text.len() < SHORTEST { None } else { value::time(text).map(|time| time.inner().to_utc()) }
}

/// The order of texts whose digits are read as numbers, as in `python3.9` before `python3.12`.
fn by_digits(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    loop {
        let is_same = |(one, other): &(&u8, &u8)| one == other && !one.is_ascii_digit();
        let same = one.iter().zip(other).take_while(is_same).count();
        let (first, one_left) = digits(&one[same..]);
        let (second, other_left) = digits(&other[same..]);
        if first.is_empty() || second.is_empty() {
            return one[same..].cmp(&other[same..]);
        }
        let (first, second) = (without_zeros(first), without_zeros(second));
        match first.len().cmp(&second.len()).then_with(|| first.cmp(second)) {
            Ordering::Equal => (one, other) = (one_left, other_left),
            order => return order,
        }
    }
}

/// The digits at the beginning, and what follows.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    &digits[digits.iter().take_while(|digit| **digit == b'0').count()..]
}
