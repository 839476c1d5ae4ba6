//! Summarises any number of errors in a bounded number of lines.

use std::collections::HashMap;

/// How many errors of one kind are shown.
const OF_A_KIND: usize = 20;
/// How many errors are shown in total.
const IN_ALL: usize = 200;

/// A line of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<'d, T> {
    /// An error.
    One(&'d T),
    /// How many errors are left out here, as text.
    More(String),
}

/// The summary of many errors: in their order, the first ones of each kind, with the number of the others after the
/// last.
pub fn summary<T>(all: &[T], kind: impl Fn(&T) -> String) -> Vec<Entry<'_, T>> {
    let kinds: Vec<String> = all.iter().map(kind).collect();
    let mut left: HashMap<&str, usize> = HashMap::new();
    kinds.iter().for_each(|kind| *left.entry(kind).or_default() += 1);
    let mut shown: HashMap<&str, usize> = HashMap::new();
    let (mut entries, mut room) = (Vec::new(), IN_ALL);
    for (one, kind) in all.iter().zip(&kinds) {
        let (shown, left) = (shown.entry(kind).or_default(), left.entry(kind).or_default());
        if room == 0 || *left == 0 {
            continue;
        }
        (room, *shown, *left) = (room - 1, *shown + 1, *left - 1);
        entries.push(Entry::One(one));
        if *shown == OF_A_KIND && *left > 0 {
            entries.push(Entry::More(format!("… and {} more of this kind", grouped(std::mem::take(left)))));
        }
    }
    let others = left.values().sum();
    if others > 0 {
        entries.push(Entry::More(format!("… and {} more", grouped(others))));
    }
    entries
}

/// A message without the text in quotes and without numbers.
pub(super) fn kind(message: &str) -> String {
    let (mut kind, mut quoted) = (String::new(), None);
    for c in message.chars() {
        match (quoted, c) {
            (Some(end), c) if c == end => quoted = None,
            (Some(_), _) | (None, '0'..='9') => continue,
            (None, '`') => quoted = Some('`'),
            (None, '“') => quoted = Some('”'),
            (None, _) => {}
        }
        kind.push(c);
    }
    kind
}

/// How many of something, as text.
pub fn many(count: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A number with a comma between its thousands.
fn grouped(number: usize) -> String {
    match number / 1000 {
        0 => number.to_string(),
        thousands => format!("{},{:03}", grouped(thousands), number % 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of each kind are shown, and the lines about others, in order.
    fn summarised(all: &[String]) -> Vec<String> {
        let (mut runs, mut last): (Vec<String>, Option<(String, usize)>) = (Vec::new(), None);
        for entry in summary(all, |one| kind(one)) {
            let (name, count) = match entry {
                Entry::One(one) => (kind(one), 1),
                Entry::More(more) => (more, 0),
            };
            last = match last.take() {
                Some((same, sum)) if same == name => Some((name, sum + count)),
                other => {
                    runs.extend(other.map(|(name, sum)| format!("{name} {sum}")));
                    Some((name, count))
                }
            };
        }
        runs.extend(last.map(|(name, sum)| format!("{name} {sum}")));
        runs
    }

    #[test]
    fn some_of_each_kind_are_shown_and_the_rest_is_counted() {
        let many = |letter: char, count: usize| (0..count).map(move |at| format!("{letter} `{at}` in {at}"));
        let of = |parts: &[(char, usize)]| -> Vec<String> {
            parts.iter().flat_map(|(letter, count)| many(*letter, *count)).collect()
        };
        assert_eq!(summarised(&of(&[])), Vec::<String>::new());
        assert_eq!(summarised(&of(&[('a', 20)])), ["a `` in  20"]);
        assert_eq!(
            summarised(&of(&[('a', 5000), ('b', 1)])),
            ["a `` in  20", "… and 4,980 more of this kind 0", "b `` in  1"]
        );
        let apart = summarised(&of(&[('a', 19), ('b', 2), ('a', 2)]));
        assert_eq!(apart, ["a `` in  19", "b `` in  2", "a `` in  1", "… and 1 more of this kind 0"]);
        let each: Vec<(char, usize)> = ('a'..='l').map(|letter| (letter, 18)).collect();
        let all = summarised(&of(&each));
        assert_eq!(all[all.len() - 2..], ["l `` in  2", "… and 16 more 0"], "{all:?}");
        // A kind that was shown completely is not counted again.
        let twice = of(&[&[('m', 5000)][..], &each, &[('m', 5000)]].concat());
        assert!(summarised(&twice).ends_with(&["… and 36 more 0".to_owned()]), "{:?}", summarised(&twice));
    }

    #[test]
    fn a_kind_is_a_message_without_names_and_numbers() {
        assert_eq!(kind("there is no check `x-1`"), kind("there is no check `y`"));
        assert_eq!(kind("[[expect]] 2, that: “a” is"), kind("[[expect]] 31, that: “b c” is"));
        assert_ne!(kind("there is no check `x`"), kind("there is no parameter `x`"));
    }

    #[test]
    fn numbers_are_grouped() {
        let shown = [0, 1, 999, 1000, 35_003, 1_000_000].map(|count| many(count, "error"));
        let wanted = ["0 errors", "1 error", "999 errors", "1,000 errors", "35,003 errors", "1,000,000 errors"];
        assert_eq!(shown, wanted);
    }
}
