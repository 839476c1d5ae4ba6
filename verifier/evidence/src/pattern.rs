//! IAM's patterns for actions, ARNs and the values of conditions: `*` matches any number of characters, `?` matches one
//! (IAM User Guide).
//!
//! The value of a policy variable (`${aws:username}`) is only known for a request. So it is undecided (`None`) whether
//! a pattern with a variable matches, unless no value could make it match.

/// A pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    /// Whether it contains a variable, which is treated as `*`.
    variable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    One(char),
    AnyOne,
    Any,
}

impl Pattern {
    pub(super) fn new(pattern: &str) -> Pattern {
        let (mut parts, mut variable) = (Vec::new(), false);
        let mut rest = pattern;
        while let Some(next) = rest.chars().next() {
            let escaped = ["${*}", "${?}", "${$}"].into_iter().find(|escape| rest.starts_with(escape));
            let length = match (next, escaped) {
                (_, Some(escape)) => {
                    parts.extend(escape.chars().nth(2).map(Part::One));
                    escape.len()
                }
                ('$', None) if rest.starts_with("${") => {
                    variable = true;
                    parts.push(Part::Any);
                    rest.find('}').map_or(rest.len(), |end| end + 1)
                }
                ('*', None) => {
                    parts.push(Part::Any);
                    1
                }
                ('?', None) => {
                    parts.push(Part::AnyOne);
                    1
                }
                (other, None) => {
                    parts.push(Part::One(other));
                    other.len_utf8()
                }
            };
            rest = &rest[length..];
        }
        Pattern { parts, variable }
    }

    /// Whether it matches the text.
    pub(super) fn matches(&self, text: &str) -> Option<bool> {
        self.unless_variable(self.walk(text).last().is_some_and(|at| at[self.parts.len()]))
    }

    /// Whether it matches every longer text with this beginning.
    pub(super) fn covers(&self, beginning: &str) -> Option<bool> {
        // Only a star at the end can match every ending, which has at least one character. The rest must match a part
        // of the beginning.
        let before = self.parts.iter().rposition(|part| matches!(part, Part::One(_))).map_or(0, |at| at + 1);
        let end = &self.parts[before..];
        let count = |wanted: Part| end.iter().filter(|part| **part == wanted).count();
        let open = count(Part::Any) > 0 && count(Part::AnyOne) <= 1;
        self.unless_variable(open && self.walk(beginning).any(|at| at[before]))
    }

    /// Whether it matches any longer text with this beginning.
    pub(super) fn meets(&self, beginning: &str) -> Option<bool> {
        self.unless_variable(self.walk(beginning).last().is_some_and(|at| at[..self.parts.len()].contains(&true)))
    }

    /// A match with some value of a variable is undecided, because the actual value may not match.
    fn unless_variable(&self, matches: bool) -> Option<bool> {
        (!matches || !self.variable).then_some(matches)
    }

    /// The positions in the pattern that may be reached, before the first character and after each one.
    fn walk<'p>(&'p self, text: &'p str) -> impl Iterator<Item = Vec<bool>> + 'p {
        let mut start = vec![false; self.parts.len() + 1];
        start[0] = true;
        let start = self.past_stars(start);
        let later = text.chars().scan(start.clone(), |at, next| {
            *at = self.step(at, next);
            Some(at.clone())
        });
        std::iter::once(start).chain(later)
    }

    /// The positions after another character.
    fn step(&self, at: &[bool], next: char) -> Vec<bool> {
        let mut then = vec![false; at.len()];
        for (place, part) in self.parts.iter().enumerate().filter(|(place, _)| at[*place]) {
            match part {
                Part::Any => then[place] = true,
                Part::AnyOne => then[place + 1] = true,
                Part::One(same) if *same == next => then[place + 1] = true,
                Part::One(_) => {}
            }
        }
        self.past_stars(then)
    }

    /// A star may match nothing.
    fn past_stars(&self, mut at: Vec<bool>) -> Vec<bool> {
        for (place, part) in self.parts.iter().enumerate() {
            if at[place] && *part == Part::Any {
                at[place + 1] = true;
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECTS: &str = "arn:aws:s3:::mine/";

    #[test]
    fn patterns_match_as_iam_documents() {
        let cases = [
            ("", "", Some(true)),
            ("*", "", Some(true)),
            ("s3:*", "s3:GetObject", Some(true)),
            ("s3:Get?bject", "s3:GetObject", Some(true)),
            ("a*b*c", "aXbbYc", Some(true)),
            ("", "a", Some(false)),
            ("?", "", Some(false)),
            ("s3:Get", "s3:GetObject", Some(false)),
            ("s3:?", "s3:", Some(false)),
            ("a*b", "abc", Some(false)),
            ("${*}", "*", Some(true)),
            ("${*}", "a", Some(false)),
            ("a${?}${$}", "a?$", Some(true)),
            ("a$b", "a$b", Some(true)),
            ("home/${aws:username}/*", "home/ada/x", None),
            ("home/${aws:username}/*", "away/ada/x", Some(false)),
            ("${unclosed", "a", None),
        ];
        for (pattern, text, matches) in cases {
            assert_eq!(Pattern::new(pattern).matches(text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_covers_a_beginning_if_it_matches_every_ending() {
        let covering = ["*", "arn:*", "arn:aws:s3:::mine/*", "arn:aws:s3:::m?ne/*", "*mine/*", "arn:aws:s3:::mi*"];
        // An object's key has at least one character.
        for covering in covering.into_iter().chain(["arn:aws:s3:::mine/?*", "arn:aws:s3:::mine/*?", "**"]) {
            assert_eq!(Pattern::new(covering).covers(OBJECTS), Some(true), "{covering}");
        }
        for other in [
            "",
            "arn:aws:s3:::mine/",
            "arn:aws:s3:::mine/a*",
            "arn:aws:s3:::mine/??*",
            "arn:aws:s3:::mine/?",
            "*/",
            "arn:aws:s3:::yours*",
            "arn:aws:s3:::mine/${aws:username}/*",
        ] {
            assert_eq!(Pattern::new(other).covers(OBJECTS), Some(false), "{other}");
        }
        assert_eq!(Pattern::new("arn:aws:s3:::mine/${aws:username}*").covers(OBJECTS), None);
    }

    #[test]
    fn a_pattern_meets_a_beginning_if_it_matches_some_ending() {
        for meeting in ["*", "arn:aws:s3:::mine/a*", "arn:aws:s3:::mine/secret", "*.csv", "arn:aws:s3:::mine/*"] {
            assert_eq!(Pattern::new(meeting).meets(OBJECTS), Some(true), "{meeting}");
        }
        for other in ["arn:aws:s3:::mi", "arn:aws:s3:::mine", "arn:aws:s3:::mine/", "arn:aws:s3:::yours/*"] {
            assert_eq!(Pattern::new(other).meets(OBJECTS), Some(false), "{other}");
        }
        assert_eq!(Pattern::new("arn:aws:s3:::mine/${aws:username}/*").meets(OBJECTS), None);
        assert_eq!(Pattern::new("arn:aws:s3:::yours/${aws:username}/*").meets(OBJECTS), Some(false));
    }
}
