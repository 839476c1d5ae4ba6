//! DeclaredInputs: what only the learner knows, such as the name of their bucket. A course declares them in `book.toml`, and the
//! learner gives each value once.

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The inputs of a course, by name.
pub type DeclaredInputs = BTreeMap<String, Input>;

/// What a learner gave, by input.
pub type Given = BTreeMap<String, String>;

/// The longest value of an input, and the longest pattern, in bytes.
pub const LONGEST: usize = 200;

/// An input of a course: `[preprocessor.verify.inputs.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What the learner is asked for.
    pub label: String,
    /// The regular expression that the whole value must match.
    pub pattern: Option<String>,
    /// A value as an example. It is also the value with which the checks are proved.
    pub example: Option<String>,
    /// The value if the learner gives none.
    pub default: Option<String>,
}

impl Input {
    /// What is wrong with the declaration: the key, and a message.
    pub(crate) fn wrong(&self) -> Option<(&'static str, String)> {
        if self.label.trim().is_empty() {
            return Some(("label", "the `label` is empty: it says what the learner is to give".to_owned()));
        }
        if let Some(pattern) = &self.pattern {
            if pattern.len() > LONGEST {
                return Some(("pattern", format!("a `pattern` has at most {LONGEST} bytes")));
            }
            if let Err(error) = whole(pattern) {
                let message = error.to_string();
                let last = message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                return Some(("pattern", format!("the `pattern` is not a regular expression: {}", plainly(&last))));
            }
        }
        let values = [("example", &self.example), ("default", &self.default)];
        values.into_iter().find_map(|(key, value)| {
            let value = value.as_deref()?;
            let why = match self.is_match(value) {
                true => self.check(value).err()?,
                false => "it does not match the `pattern`".to_owned(),
            };
            Some((key, format!("`{key}` cannot be a value: {why}")))
        })
    }

    /// Whether a value matches the pattern, if there is one.
    fn is_match(&self, value: &str) -> bool {
        let pattern = self.pattern.as_deref().and_then(|pattern| whole(pattern).ok());
        pattern.is_none_or(|pattern| pattern.is_match(value))
    }

    /// Checks a value.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn check(&self, value: &str) -> Result<(), String> {
        if value.is_empty() || value.trim() != value {
            return Err("A value is not empty, and does not begin or end with a space.".to_owned());
        }
        if value.len() > LONGEST {
            return Err(format!("A value has at most {LONGEST} bytes."));
        }
        if value.chars().any(char::is_control) {
            return Err("A value has no line breaks or other control characters.".to_owned());
        }
        if !self.is_match(value) {
            let example = self.example.as_ref().map(|example| format!(", such as {example}")).unwrap_or_default();
            return Err(format!("This is not a valid value for “{}”{example}.", self.label));
        }
        Ok(())
    }
}

/// What the parser of regular expressions says, in plain words.
fn plainly(said: &str) -> &str {
    match said {
        "unclosed character class" => "a `[` has no `]`",
        "unclosed group" => "a `(` has no `)`",
        "unopened group" => "a `)` has no `(`",
        "unclosed counted repetition" => "a `{` has no `}`",
        "repetition operator missing expression" => "`*`, `+`, `?` or `{` has nothing before it to repeat",
        other => other,
    }
}

/// The expression for a whole value. A pattern cannot make it large.
fn whole(pattern: &str) -> Result<Regex, regex::Error> {
    // The pattern alone must be valid: it must not close the group.
    Regex::new(pattern)?;
    regex::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 20).build()
}

/// The values of a course's inputs: what the learner gave, and the defaults of what they did not give. A value that is no
/// longer valid has to be given again: the default would be about something else.
pub fn values(inputs: &DeclaredInputs, given: &Given) -> Given {
    let value = |(name, input): (&String, &Input)| {
        let value = match given.get(name) {
            Some(own) => Some(own).filter(|own| input.check(own).is_ok()),
            None => input.default.as_ref(),
        };
        Some((name.clone(), value?.clone()))
    };
    inputs.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(pattern: &str) -> Input {
        let example = Some("cats".to_owned());
        Input { label: "Your bucket".into(), pattern: Some(pattern.to_owned()), example, default: None }
    }

    #[test]
    fn a_pattern_is_about_the_whole_value() {
        let bucket = input("[a-z0-9-]{3,9}|x");
        for (value, valid) in
            [("cats", true), ("x", true), ("cats\n", false), ("xcats!", false), ("", false), ("a b", false)]
        {
            assert_eq!(bucket.check(value).is_ok(), valid, "{value:?}");
        }
        let said = bucket.check("CATS").unwrap_err();
        assert_eq!(said, "This is not a valid value for “Your bucket”, such as cats.");
    }

    #[test]
    fn a_declaration_that_cannot_be_used_is_refused() {
        assert_eq!(input("[a-z]+").wrong(), None);
        for (pattern, key) in [
            ("[a-z", "pattern"),
            ("a)|(b", "pattern"),
            ("[0-9]+", "example"),
            (&"a".repeat(201), "pattern"),
            ("(?x)\\pL{1000}{100}", "pattern"),
        ] {
            assert_eq!(input(pattern).wrong().map(|(key, _)| key), Some(key), "{pattern}");
        }
        assert_eq!(Input::default().wrong().unwrap().0, "label");
    }

    #[test]
    fn what_the_learner_gave_comes_before_the_default() {
        let inputs =
            DeclaredInputs::from([("bucket".to_owned(), Input { default: Some("dogs".into()), ..input("[a-z]+") })]);
        let given = |value: &str| Given::from([("bucket".to_owned(), value.to_owned())]);
        assert_eq!(values(&inputs, &given("birds"))["bucket"], "birds");
        assert!(values(&inputs, &given("Birds")).is_empty(), "it is not valid any more");
        assert_eq!(values(&inputs, &Given::new())["bucket"], "dogs");
        assert_eq!(values(&DeclaredInputs::new(), &given("birds")), Given::new());
    }
}
