//! Course parameters: the numbers and names that lessons and checks share, from `[preprocessor.verify.params]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The parameters of a course, by name.
///
/// ```
/// use course::param::{Param, Params};
///
/// let params = Params::from([("budget_amount".into(), Param::Int(10))]);
/// assert_eq!(params["budget_amount"].to_string(), "10");
/// ```
pub type Params = BTreeMap<String, Param>;

/// A parameter's value. Its TOML type is its CEL type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Param {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
}

/// The longest text that a parameter can have, in bytes.
pub const LONGEST: usize = 4096;

impl Param {
    /// Reads the value in a directive (`name=value`) as the type that the parameter has in the course.
    ///
    /// # Errors
    /// The type that was expected, as text.
    pub(crate) fn parse_like(&self, text: &str) -> Result<Param, &'static str> {
        match self {
            Param::Bool(_) => text.parse().map(Param::Bool).map_err(|_| "true or false"),
            Param::Int(_) => text.parse().map(Param::Int).map_err(|_| "a whole number"),
            Param::Float(_) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Param::Float(number)),
                _ => Err("a number"),
            },
            Param::Text(_) if text.len() > LONGEST => Err("text of at most 4,096 bytes"),
            Param::Text(_) => Ok(Param::Text(text.to_owned())),
        }
    }
}

/// The number in a text that has one with the sign of a currency or `%`, as in `$10` or `10%`.
pub(crate) fn number_with_sign(text: &str) -> Option<&str> {
    let is_sign = |c: char| "$€£%".contains(c) || c.is_whitespace();
    let number = text.trim_matches(is_sign);
    let is_number = number.parse::<f64>().is_ok_and(f64::is_finite) && number.ends_with(|c: char| c.is_ascii_digit());
    (number.len() < text.trim().len() && is_number).then_some(number)
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Param::Bool(value) => value.fmt(f),
            Param::Int(value) => value.fmt(f),
            Param::Float(value) => value.fmt(f),
            Param::Text(value) => value.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_directive_has_a_longest_length() {
        let text = Param::Text(String::new());
        assert_eq!(text.parse_like(&"x".repeat(LONGEST)), Ok(Param::Text("x".repeat(LONGEST))));
        assert_eq!(text.parse_like(&"x".repeat(LONGEST + 1)), Err("text of at most 4,096 bytes"));
        assert_eq!(Param::Int(0).parse_like("1"), Ok(Param::Int(1)));
    }
}
