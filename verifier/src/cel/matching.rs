//! The function `matches`: whether a part of a text matches a pattern of RE2. A pattern is compiled once.

use cel::common::types::{CelBool, STRING_TYPE};
use cel::common::value::CowVal;
use cel::{Env, ExecutionError};
use regex_lite::{Regex, RegexBuilder};
use std::cell::RefCell;
use std::collections::HashMap;

use super::budget::{of_bytes, spend};
use super::own_value::failed;
use super::texts::text;

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Done<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// The longest pattern, in bytes.
const LONGEST: usize = 512;
/// The limits for the size of a compiled pattern, in bytes: the smallest that fits limits how long a match takes.
const SIZES: [usize; 8] = [256, 512, 1 << 10, 2 << 10, 4 << 10, 8 << 10, 16 << 10, 32 << 10];
/// In a step, each byte of a text is compared with this many bytes of a compiled pattern. A state of it has 32 bytes.
const COMPARED: u64 = 256;
/// How many compiled patterns each thread keeps.
const KEPT: usize = 64;

/// A compiled pattern.
#[derive(Clone)]
struct Pattern {
    regex: Regex,
    /// The limit that its size is within.
    size: usize,
}

thread_local! {
    /// Patterns, and why those that cannot be compiled cannot.
    static COMPILED: RefCell<HashMap<String, Result<Pattern, String>>> = RefCell::default();
}

/// Declares the function.
pub(super) fn declare(env: &mut Env) {
    // Declaring an overload fails only if it is declared twice.
    for declared in [
        env.add_overload("matches", "matches", vec![STRING_TYPE, STRING_TYPE], matches),
        env.add_member_overload("matches", "matches_text", STRING_TYPE, vec![STRING_TYPE], matches),
    ] {
        debug_assert!(declared.is_ok());
    }
}

fn matches<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let (text, pattern) = (text(&args, 0)?, text(&args, 1)?);
    // The same whether the pattern was compiled before or not, so that a run's cost does not depend on earlier ones.
    spend(1 + pattern.len() as u64);
    let pattern = compiled(pattern).map_err(|why| {
        spend(SIZES.iter().map(|size| of_bytes(*size)).sum());
        failed("matches", why)
    })?;
    spend(of_bytes(pattern.size) + (text.len() as u64 + 1).saturating_mul(pattern.size as u64) / COMPARED);
    Ok(CowVal::owned(CelBool::from(pattern.regex.is_match(text))))
}

/// Whether a pattern can be compiled.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check(pattern: &str) -> Result<(), String> {
    compiled(pattern).map(drop)
}

fn compiled(pattern: &str) -> Result<Pattern, String> {
    if let Some(known) = COMPILED.with_borrow(|known| known.get(pattern).cloned()) {
        return known;
    }
    let compiled = compile(pattern);
    COMPILED.with_borrow_mut(|known| {
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(pattern.to_owned(), compiled.clone());
    });
    compiled
}

fn compile(pattern: &str) -> Result<Pattern, String> {
    if pattern.len() > LONGEST {
        return Err(format!("the pattern has {} bytes; {LONGEST} are allowed", pattern.len()));
    }
    let mut wrong = String::new();
    for size in SIZES {
        match RegexBuilder::new(pattern).size_limit(size).build() {
            Ok(regex) => return Ok(Pattern { regex, size }),
            Err(error) => wrong = error.to_string(),
        }
    }
    Err(format!("the pattern is not valid: {wrong}"))
}
