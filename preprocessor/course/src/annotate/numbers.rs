//! Numbers in a lesson that are the value of a parameter.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::collections::BTreeMap;
use std::ops::Range;

use super::Writing;
use crate::param::{Param, Params};
use crate::scan::options;

/// Words that begin another clause.
const CONJUNCTIONS: &[&str] = &["and", "or", "but", "then", "while"];

/// A parameter whose value is a number.
struct Numeric<'p> {
    name: &'p String,
    value: String,
    words: Vec<String>,
}

/// A number in a line, and the parameter whose name is nearest to it.
struct Claim<'p> {
    range: Range<usize>,
    name: &'p String,
    /// How far away the furthest of those words is, in words.
    far: usize,
}

/// The numbers that equal the value of the parameter whose name is nearest in the same clause. `in_words` splits text
/// into words. Ambiguous numbers are left out.
pub fn numbers(lesson: &str, params: &Params, in_words: &dyn Fn(&str) -> Vec<String>) -> Vec<Writing> {
    let numeric: Vec<Numeric<'_>> = params
        .iter()
        .filter(|(_, value)| matches!(value, Param::Int(_) | Param::Float(_)))
        .map(|(name, value)| Numeric { name, value: value.to_string(), words: in_words(&name.replace('_', " ")) })
        .filter(|numeric| !numeric.words.is_empty())
        .collect();
    lines(lesson).iter().flat_map(|line| in_line(lesson, line, &numeric, in_words)).collect()
}

fn in_line(
    lesson: &str,
    pieces: &[Range<usize>],
    numeric: &[Numeric<'_>],
    in_words: &dyn Fn(&str) -> Vec<String>,
) -> Vec<Writing> {
    let mut values: Vec<&str> = numeric.iter().map(|numeric| numeric.value.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    let numbers = pieces.iter().flat_map(|piece| {
        let found = |value: &&str| {
            let (start, length) = (piece.start, value.len());
            standing_alone(&lesson[piece.clone()], value)
                .map(move |at| start + at..start + at + length)
                .collect::<Vec<_>>()
        };
        values.iter().flat_map(found).collect::<Vec<_>>()
    });
    let numbers: Vec<Range<usize>> = numbers.collect();
    if numbers.is_empty() {
        return Vec::new();
    }
    let line = Line::of(lesson, pieces, numeric, in_words);
    // If the same words name several numbers, they mean the nearest one, if exactly one is nearest.
    let mut claims: BTreeMap<(&String, Vec<usize>), Vec<Claim<'_>>> = BTreeMap::new();
    for range in numbers {
        let Some((meant, words, far)) = line.meant(range.end, numeric) else { continue };
        if meant.value == lesson[range.clone()] {
            claims.entry((meant.name, words)).or_default().push(Claim { range, name: meant.name, far });
        }
    }
    let nearest = |claims: Vec<Claim<'_>>| {
        let far = claims.iter().map(|claim| claim.far).min();
        let mut nearest = claims.into_iter().filter(|claim| Some(claim.far) == far);
        let claim = nearest.next()?;
        nearest.next().is_none().then(|| Writing::Parameter { range: claim.range, name: claim.name.clone() })
    };
    claims.into_values().filter_map(nearest).collect()
}

/// The words of a line.
struct Line {
    /// Where each word begins, and in which clause.
    words: Vec<(usize, usize)>,
    /// The indices of the words of parameters' names.
    spoken: BTreeMap<String, Vec<usize>>,
}

impl Line {
    fn of(
        lesson: &str,
        pieces: &[Range<usize>],
        numeric: &[Numeric<'_>],
        in_words: &dyn Fn(&str) -> Vec<String>,
    ) -> Line {
        let mut line = Line { words: Vec::new(), spoken: BTreeMap::new() };
        for word in numeric.iter().flat_map(|numeric| &numeric.words) {
            line.spoken.entry(word.clone()).or_default();
        }
        let mut clause = 0;
        for piece in pieces {
            let text = &lesson[piece.clone()];
            let mut at = 0;
            while let Some(start) = text[at..].find(char::is_alphanumeric).map(|found| at + found) {
                let length = text[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - start);
                let word = &text[start..start + length];
                if CONJUNCTIONS.contains(&word.to_lowercase().as_str()) {
                    clause += 1;
                }
                for stem in in_words(word) {
                    if let Some(places) = line.spoken.get_mut(&stem) {
                        places.push(line.words.len());
                    }
                }
                line.words.push((piece.start + start, clause));
                at = start + length;
                clause += usize::from(ends_clause(word, &text[at..]));
            }
        }
        line
    }

    /// The parameter whose name is nearest to a number, with the words of the name, and the distance of the furthest of
    /// them.
    fn meant<'n, 'p>(&self, end: usize, numeric: &'n [Numeric<'p>]) -> Option<(&'n Numeric<'p>, Vec<usize>, usize)> {
        // A number is a word, too, or several: the last one counts.
        let own = self.words.partition_point(|(start, _)| *start < end).checked_sub(1)?;
        let spoken = numeric.iter().filter_map(|numeric| {
            let words: Vec<usize> = numeric.words.iter().map(|word| self.nearest(word, own)).collect::<Option<_>>()?;
            let far = words.iter().map(|word| word.abs_diff(own)).max()?;
            Some((numeric, words, far))
        });
        // Of two at the same distance, the one before the number is meant.
        let far = |(_, words, far): &(&Numeric<'_>, Vec<usize>, usize)| (*far, words.iter().any(|word| *word > own));
        let mut spoken: Vec<_> = spoken.collect();
        spoken.sort_by_key(far);
        match spoken.as_slice() {
            [one, other, ..] if far(one) == far(other) => None,
            _ => spoken.into_iter().next(),
        }
    }

    /// The nearest occurrence of a word in the clause of another word.
    fn nearest(&self, word: &str, own: usize) -> Option<usize> {
        let places = self.spoken.get(word)?;
        let after = places.partition_point(|place| *place < own);
        let around = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|at| places.get(at).copied());
        around.filter(|place| self.words[*place].1 == self.words[own].1).min_by_key(|place| place.abs_diff(own))
    }
}

/// Whether what follows a word ends its clause.
fn ends_clause(word: &str, after: &str) -> bool {
    let mark = after.trim_start_matches(['`', '*', '_', '"', '\'', ')', '”', '’']);
    match mark.chars().next() {
        Some(';' | '!' | '?') => true,
        // Not that of “e.g.”
        Some('.') => word.chars().count() > 1 && !mark[1..].starts_with(|c: char| !c.is_whitespace()),
        _ => false,
    }
}

/// The ranges of the texts that a reader sees as one piece, without code blocks and HTML.
fn lines(lesson: &str) -> Vec<Vec<Range<usize>>> {
    let mut done = Vec::new();
    let mut open: Vec<Vec<Range<usize>>> = vec![Vec::new()];
    let mut code = 0usize;
    for (event, range) in Parser::new_ext(lesson, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code = code.saturating_sub(1),
            Event::Start(Tag::Item | Tag::Paragraph | Tag::Heading { .. } | Tag::TableCell) => open.push(Vec::new()),
            Event::End(TagEnd::Item | TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::TableCell) => {
                done.extend(open.pop());
            }
            Event::Text(_) | Event::Code(_) if code == 0 => {
                if let Some(line) = open.last_mut() {
                    line.push(range);
                }
            }
            _ => {}
        }
    }
    done.extend(open);
    done
}

/// Where a number is that is not a part of another number or word.
fn standing_alone<'t>(text: &'t str, number: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(number).map(|(at, _)| at).filter(move |at| {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let (before, after) = (&text[..*at], &text[at + number.len()..]);
        let mut next = after.chars();
        let goes_on = match next.next() {
            Some('.' | ',') => next.next().is_some_and(|c| c.is_ascii_digit()),
            next => next.is_some_and(part),
        };
        !goes_on && !before.ends_with(|c: char| part(c) || "-.,".contains(c))
    })
}
