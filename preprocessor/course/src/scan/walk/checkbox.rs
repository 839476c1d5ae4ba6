//! Text at the beginning of a list item that was probably meant as a checkbox.

use std::ops::Range;

/// The range of what looks like a checkbox but is text: `[]`, `[ ]` without a space after it, or another sign than `x`.
/// The item with this text begins at `start`.
pub(super) fn misspelt(text: &str, content: &str, start: usize) -> Option<Range<usize>> {
    let (inner, rest) = text.strip_prefix('[')?.split_once(']')?;
    let is_sign = |c: char| matches!(c, 'x' | 'X') || !c.is_alphanumeric() && !c.is_control();
    let mut signs = inner.trim().chars();
    let is_box = signs.next().is_none_or(is_sign) && signs.next().is_none();
    if !is_box || rest.trim().is_empty() || rest.starts_with(['(', '[', ':']) {
        return None;
    }
    let begin = start + content[start..].find('[')?;
    let range = begin..begin + inner.len() + 2;
    content.get(range.clone())?.ends_with(']').then_some(range)
}
