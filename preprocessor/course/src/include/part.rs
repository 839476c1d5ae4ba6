//! The lines of a file that a directive takes.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

use super::traced::{Origin, Traced};

/// Some lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// The lines with these numbers, from 0.
    Numbers(Range<usize>),
    /// The lines between an anchor and its end.
    Anchor(&'t str),
}

/// The two marks of an anchor. These are mdBook's expressions.
#[expect(clippy::expect_used, reason = "they never change, and the tests compile them")]
static MARKS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [r"ANCHOR:\s*([\w_-]+)", r"ANCHOR_END:\s*([\w_-]+)"].map(|mark| Regex::new(mark).expect("mdBook compiles it, too"))
});

impl<'t> Part<'t> {
    /// Reads the part of a directive after the file's name: `3`, `3:7`, `3:`, `:7`, the name of an anchor, or nothing
    /// for all lines.
    pub(super) fn of(part: &'t str) -> Part<'t> {
        let mut ends = part.splitn(3, ':');
        let (first, last) = (ends.next().unwrap_or_default(), ends.next());
        let begin = first.parse::<usize>().ok().map(|line| line.saturating_sub(1));
        if begin.is_none() && !first.is_empty() {
            return Part::Anchor(first);
        }
        let end = match (begin, last.map(str::parse::<usize>)) {
            (_, Some(Ok(end))) => end,
            (Some(begin), None) => begin.saturating_add(1),
            _ => usize::MAX,
        };
        Part::Numbers(begin.unwrap_or(0)..end)
    }

    /// The lines of a file. `hidden` keeps the others after a `#`.
    pub(super) fn take(&self, file: Option<usize>, text: &str, hidden: bool) -> Traced {
        let mut taken = Traced::default();
        let copied = |at| file.map(|file| Origin::Copied { file, at });
        let (mut at, mut within) = (0, false);
        // Where the line break after the last taken line is.
        let mut line_break = None;
        for (number, whole) in text.split_inclusive('\n').enumerate() {
            let line = whole.strip_suffix('\n').map_or(whole, |line| line.strip_suffix('\r').unwrap_or(line));
            let chosen = match self {
                Part::Numbers(numbers) => Some(numbers.contains(&number)),
                Part::Anchor(anchor) => {
                    match MARKS.each_ref().map(|mark| mark.captures(line).map(|found| found[1] == **anchor)) {
                        [_, Some(true)] if within && !hidden => break,
                        [_, Some(true)] if within => {
                            within = false;
                            None
                        }
                        [Some(true), _] if !within => {
                            within = true;
                            None
                        }
                        [None, None] => Some(within),
                        // Lines with an anchor are left out.
                        _ => None,
                    }
                }
            };
            if chosen == Some(true) || hidden && chosen.is_some() {
                if let Some(at) = line_break {
                    taken.push("\n", copied(at));
                }
                if chosen == Some(false) {
                    taken.push("# ", file.map(|file| Origin::Made { file, at, bytes: line.len() }));
                }
                taken.push(line, copied(at));
                line_break = Some(at + whole.len() - 1);
            }
            at += whole.len();
        }
        taken
    }
}
