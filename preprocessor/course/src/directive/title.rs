//! A directive's title, between quotation marks.

use std::ops::Range;

use super::arg::Arg;

/// A directive's title.
pub(super) enum Title {
    None,
    Is(Arg),
    /// Where it is wrong, why, and what to do.
    Wrong(Range<usize>, &'static str, Option<String>),
}

/// The title in quotation marks in a directive's text, which begins at `at`.
pub(super) fn title(text: &str, at: usize) -> Title {
    let mut marks = text.match_indices('"').map(|(mark, _)| mark);
    let (Some(begin), end, third) = (marks.next(), marks.next(), marks.next()) else { return Title::None };
    let Some(end) = end else {
        let range = at + begin..at + text.trim_end().len();
        return Title::Wrong(range, "the title has no closing quotation mark", None);
    };
    let inner = &text[begin + 1..end];
    if text[..begin].ends_with('=') {
        let name = text[..begin - 1].split_whitespace().last().unwrap_or_default();
        let help = format!("write {name}={}", inner.trim());
        return Title::Wrong(at + begin..at + end + 1, "a value has no quotation marks", Some(help));
    }
    if let Some(third) = third {
        let message = "a directive has one title, and it cannot contain a quotation mark";
        return Title::Wrong(at + third..at + third + 1, message, None);
    }
    let apart =
        text[..begin].ends_with(char::is_whitespace) && text[end + 1..].chars().next().is_none_or(char::is_whitespace);
    if !apart || inner.trim().is_empty() {
        let message = "a title is text in quotation marks with spaces around them, as in \"The VPC is there\"";
        return Title::Wrong(at + begin..at + end + 1, message, None);
    }
    Title::Is(Arg { text: inner.split_whitespace().collect::<Vec<_>>().join(" "), range: at + begin + 1..at + end })
}
