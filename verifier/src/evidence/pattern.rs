//! IAM's patterns for actions and ARNs: `*` stands for any characters or none, `?` for any one (IAM User Guide).
//!
//! A policy variable (`${aws:username}`) is taken as it is written, and so matches nothing real.

/// A pattern.
#[derive(Debug)]
pub(super) struct Pattern(Vec<char>);

impl Pattern {
    pub(super) fn new(pattern: &str) -> Pattern {
        Pattern(pattern.chars().collect())
    }

    /// Whether it matches the text.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.walk(text).last().is_some_and(|at| at[self.0.len()])
    }

    /// Whether it matches every text that begins so.
    pub(super) fn covers(&self, beginning: &str) -> bool {
        // Only a star at its end can match every ending; what stands before it must match some of the beginning.
        let Some(('*', before)) = self.0.split_last() else { return false };
        Pattern(before.to_vec()).walk(beginning).any(|at| at[before.len()])
    }

    /// Whether it matches any text that begins so.
    pub(super) fn meets(&self, beginning: &str) -> bool {
        self.walk(beginning).last().is_some_and(|at| at.contains(&true))
    }

    /// Which places in the pattern may have been reached: before the first character, and after each.
    fn walk<'p>(&'p self, text: &'p str) -> impl Iterator<Item = Vec<bool>> + 'p {
        let mut start = vec![false; self.0.len() + 1];
        start[0] = true;
        let start = self.past_stars(start);
        let later = text.chars().scan(start.clone(), |at, next| {
            *at = self.step(at, next);
            Some(at.clone())
        });
        std::iter::once(start).chain(later)
    }

    /// The places after one more character.
    fn step(&self, at: &[bool], next: char) -> Vec<bool> {
        let mut then = vec![false; at.len()];
        for (place, part) in self.0.iter().enumerate().filter(|(place, _)| at[*place]) {
            match part {
                '*' => then[place] = true,
                '?' => then[place + 1] = true,
                same if *same == next => then[place + 1] = true,
                _ => {}
            }
        }
        self.past_stars(then)
    }

    /// A star may stand for nothing.
    fn past_stars(&self, mut at: Vec<bool>) -> Vec<bool> {
        for (place, part) in self.0.iter().enumerate() {
            if at[place] && *part == '*' {
                at[place + 1] = true;
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_iam_documents() {
        let matching =
            [("", ""), ("*", ""), ("s3:*", "s3:GetObject"), ("s3:Get?bject", "s3:GetObject"), ("a*b*c", "aXbbYc")];
        for (pattern, text) in matching {
            assert!(Pattern::new(pattern).matches(text), "{pattern} {text}");
        }
        let others = [("", "a"), ("?", ""), ("s3:Get", "s3:GetObject"), ("s3:?", "s3:"), ("a*b", "abc"), ("${*}", "a")];
        for (pattern, text) in others {
            assert!(!Pattern::new(pattern).matches(text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_covers_what_begins_so_if_no_ending_escapes_it() {
        for covering in ["*", "arn:*", "arn:aws:s3:::mine/*", "arn:aws:s3:::m?ne/*", "*mine/*", "arn:aws:s3:::mi*"] {
            assert!(Pattern::new(covering).covers("arn:aws:s3:::mine/"), "{covering}");
        }
        for other in
            ["", "arn:aws:s3:::mine/", "arn:aws:s3:::mine/a*", "arn:aws:s3:::mine/?*", "*/", "arn:aws:s3:::yours*"]
        {
            assert!(!Pattern::new(other).covers("arn:aws:s3:::mine/"), "{other}");
        }
    }

    #[test]
    fn a_pattern_meets_what_begins_so_if_some_ending_fits() {
        for meeting in ["*", "arn:aws:s3:::mine/a*", "arn:aws:s3:::mine/secret", "*.csv", "arn:aws:s3:::mi"] {
            let meets = Pattern::new(meeting).meets("arn:aws:s3:::mine/");
            assert_eq!(meets, meeting != "arn:aws:s3:::mi", "{meeting}");
        }
        assert!(!Pattern::new("arn:aws:s3:::yours/*").meets("arn:aws:s3:::mine/"));
    }
}
