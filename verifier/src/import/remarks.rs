//! What a line only remarks, asks, or says of others.

use super::language::Language;
use super::text::words;

/// Words for others than the reader, at the beginning of a line.
const OTHERS: &[&str] =
    &["they", "who", "whoever", "people", "many", "some", "most", "somebody", "someone", "everybody", "beginners"];
/// Words with which a meaning begins.
const DEFINING: &[&str] = &["where", "what", "who", "how", "when", "which", "whoever"];

/// Whether a line is about others: “They forget quotas”.
pub(super) fn is_about_others(line: &str) -> bool {
    words(line).first().is_some_and(|first| OTHERS.contains(&first.as_str()))
}

/// Whether what follows a label says what it means: “where a message goes”.
pub(super) fn is_meaning(value: &str) -> bool {
    words(value).first().is_some_and(|first| DEFINING.contains(&first.as_str()))
}

/// Whether a label is that of a remark.
pub(super) fn is_remark(label: &str, language: &Language) -> bool {
    words(label).iter().all(|word| language.notes.contains(word))
}

/// Whether a question asks somebody to do something: “Could you add a budget?”
pub(super) fn is_request(line: &str) -> bool {
    let words = words(line);
    let asked = |pair: &[String]| ["could", "can", "would", "will"].contains(&pair[0].as_str()) && pair[1] == "you";
    let (begins, ends) = (words.get(..2), words.len().checked_sub(2).and_then(|at| words.get(at..)));
    words.iter().any(|word| word == "please") || [begins, ends].into_iter().flatten().any(asked)
}
