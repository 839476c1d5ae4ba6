//! Finds the lines of a text in a changed version of it.
//!
//! Diff tools guess when a line occurs several times. This one does not. A line is certain if both texts have it once
//! between two lines that are certain. Other lines are the same if the whole run of lines between two that are certain
//! is the same.

use std::collections::HashMap;
use std::ops::Range;

/// What a line of the later text was in the earlier text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// The same line.
    Same(usize),
    /// It replaces a single line, which is gone.
    Of(usize),
    /// Not certain.
    Unknown,
}

/// How many times the runs between certain lines are searched for more of them.
const ROUNDS: usize = 16;

/// What each line of `later` was in `earlier`. Line endings make no difference.
pub(super) fn lines(earlier: &[&str], later: &[&str]) -> Vec<Became> {
    let mut numbers = HashMap::new();
    let mut numbered = |lines: &[&str]| -> Vec<usize> {
        let number = |line: &&str| {
            let next = numbers.len();
            *numbers.entry(line.trim_end_matches('\r').to_owned()).or_insert(next)
        };
        lines.iter().map(number).collect()
    };
    let (earlier, later) = (numbered(earlier), numbered(later));
    let mut gone = vec![0_isize; numbers.len()];
    earlier.iter().for_each(|line| gone[*line] += 1);
    later.iter().for_each(|line| gone[*line] -= 1);
    let mut found = vec![Became::Unknown; later.len()];
    let mut regions = vec![(0..earlier.len(), 0..later.len())];
    for _ in 0..ROUNDS {
        regions = regions.into_iter().flat_map(|region| split(&earlier, &later, &gone, region, &mut found)).collect();
    }
    found
}

type Region = (Range<usize>, Range<usize>);

/// Notes what is certain in a region, and returns the regions within it that may have more.
fn split(earlier: &[usize], later: &[usize], gone: &[isize], region: Region, found: &mut [Became]) -> Vec<Region> {
    let (before, after) = region;
    if earlier[before.clone()] == later[after.clone()] {
        after.zip(before).for_each(|(after, before)| found[after] = Became::Same(before));
        return Vec::new();
    }
    let certain = certain(&earlier[before.clone()], &later[after.clone()]);
    if certain.is_empty() {
        if before.len() == 1 && gone[earlier[before.start]] > 0 {
            found[after].fill(Became::Of(before.start));
        }
        return Vec::new();
    }
    let mut regions = Vec::new();
    let (mut from, mut to) = (before.start, after.start);
    for (one, other) in certain.into_iter().map(|(one, other)| (before.start + one, after.start + other)) {
        found[other] = Became::Same(one);
        regions.push((from..one, to..other));
        (from, to) = (one + 1, other + 1);
    }
    regions.push((from..before.end, to..after.end));
    regions.retain(|(_, after)| !after.is_empty());
    regions
}

/// The pairs of lines that can only be the same, in order: the lines that both have once. If there are no such lines,
/// those that both have equally often, if all of them are in the same order.
fn certain(earlier: &[usize], later: &[usize]) -> Vec<(usize, usize)> {
    let mut places: HashMap<usize, [Vec<usize>; 2]> = HashMap::new();
    for (side, lines) in [earlier, later].into_iter().enumerate() {
        for (at, line) in lines.iter().enumerate() {
            places.entry(*line).or_default()[side].push(at);
        }
    }
    let pairs = |wanted: &dyn Fn(usize) -> bool| {
        let alike = places.values().filter(|[one, other]| one.len() == other.len() && wanted(one.len()));
        let mut pairs: Vec<(usize, usize)> =
            alike.flat_map(|[one, other]| one.iter().copied().zip(other.iter().copied())).collect();
        pairs.sort_by_key(|(_, later)| *later);
        pairs
    };
    let once = pairs(&|count| count == 1);
    if !once.is_empty() {
        return longest_increasing(&once);
    }
    let often = pairs(&|_| true);
    if often.is_sorted_by_key(|(earlier, _)| *earlier) { often } else { Vec::new() }
}

/// As many of the pairs as are in order on both sides.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The last pair of the best run of each length so far, and the pair before each.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (at, (earlier, _)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].0 < *earlier);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        ends.truncate(ends.len().max(length));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run: Vec<(usize, usize)> =
        std::iter::successors(ends.last().copied(), |at| before[*at]).map(|at| pairs[at]).collect();
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each letter of the later text was: its number, the number of what it replaced in brackets, or `?`.
    fn became(earlier: &'static str, later: &'static str) -> String {
        let letters = |text: &'static str| text.split("").filter(|line| !line.is_empty()).collect::<Vec<_>>();
        let became = lines(&letters(earlier), &letters(later));
        let letters = became.into_iter().map(|became| match became {
            Became::Same(at) => at.to_string(),
            Became::Of(at) => format!("({at})"),
            Became::Unknown => "?".to_owned(),
        });
        letters.collect()
    }

    #[test]
    fn only_what_is_certain_is_the_same() {
        for (earlier, later, wanted) in [
            ("abc", "abc", "012"),
            ("xxx", "xxx", "012"),
            // Inserted and removed.
            ("abc", "nabc", "?012"),
            ("abc", "abnc", "01?2"),
            ("abc", "ac", "02"),
            ("axbxc", "naxbxc", "?01234"),
            ("axbxc", "axbc", "0124"),
            // It could be either of two.
            ("xx", "x", "?"),
            ("axxb", "axb", "0?3"),
            ("axb", "axxb", "0??2"),
            // As many as before.
            ("xx", "nxx", "?01"),
            ("xyxy", "nxyxy", "?0123"),
            ("xyxy", "xxyy", "????"),
            // One was removed, and another added, around lines that are certain.
            ("xaxb", "axbx", "123?"),
            // One line became something else.
            ("abc", "anc", "0(1)2"),
            ("abc", "anmc", "0(1)(1)2"),
            ("abc", "n", "?"),
            ("abcd", "anmd", "0??3"),
            // It was moved.
            ("abcd", "acbd", "0?13"),
            ("", "n", "?"),
            ("a", "", ""),
        ] {
            assert_eq!(became(earlier, later), wanted, "{earlier} {later}");
        }
    }
}
