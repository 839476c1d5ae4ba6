//! Sentences with expressions: `{…}` contains CEL, `{{` and `}}` are literal braces.

use course::words::hole_end;
use evidence::client::Filled;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::rc::Rc;

use crate::cel::value::Records;
use crate::cel::{Expression, Malformed, Scope, Texts, Written};

/// What is encoded in an address: all but the unreserved characters of RFC 3986.
const IN_ADDRESS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A sentence of a check, compiled.
#[derive(Debug)]
pub struct Sentence<E = Expression>(Vec<Piece<E>>);

#[derive(Debug)]
enum Piece<E> {
    Text(String),
    /// An expression, and its offset in the sentence.
    Hole(usize, E),
}

impl Sentence<Rc<Written>> {
    /// Parses a sentence of a check with these texts. Call it [`crate::cel::on_a_thread`].
    ///
    /// # Errors
    /// An unmatched brace, or a mistake in an expression, with its place.
    pub fn parse(text: &str, texts: &Texts) -> Result<Self, Malformed> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..at + 1];
            rest = &rest[at + 1..];
            let begin = text.len() - rest.len();
            let fail = |message: &str| Malformed { message: message.to_owned(), range: begin - 1..begin, help: None };
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
            } else if brace == "}" {
                return Err(fail("a `}` without a `{`; write `}}` for a brace"));
            } else {
                let end = hole_end(rest).ok_or_else(|| fail("a `{` without its `}`; write `{{` for a brace"))?;
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                let hole = texts.compiled(&rest[..end]).map_err(|wrong| wrong.moved(begin))?;
                pieces.push(Piece::Hole(begin, hole));
                rest = &rest[end + 1..];
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Sentence(pieces))
    }

    /// The compiled sentence, without the source of its expressions.
    pub fn compiled(self) -> Sentence {
        let compiled = self.0.into_iter().map(|piece| match piece {
            Piece::Text(text) => Piece::Text(text),
            Piece::Hole(at, written) => Piece::Hole(at, written.expression()),
        });
        Sentence(compiled.collect())
    }
}

impl<E> Sentence<E> {
    /// What it is as a value of an input.
    pub(crate) fn filled(&self) -> Filled {
        match self.0.as_slice() {
            [] => Filled::Text(String::new()),
            [Piece::Text(text)] => Filled::Text(text.clone()),
            [Piece::Hole(..)] => Filled::Any,
            _ => Filled::Partly,
        }
    }

    /// Its expressions.
    pub fn holes(&self) -> impl Iterator<Item = &E> {
        self.placed_holes().map(|(_, expression)| expression)
    }

    /// Its expressions, each with its offset in the sentence.
    pub(crate) fn placed_holes(&self) -> impl Iterator<Item = (usize, &E)> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Hole(at, expression) => Some((*at, expression)),
            Piece::Text(_) => None,
        })
    }
}

impl Sentence {
    /// The sentence as a value of an input: a sentence that is one hole has the value of its expression.
    ///
    /// # Errors
    /// CEL's message about an expression without a value.
    pub(crate) fn value(&self, scope: &Scope, records: Records) -> Result<Value, String> {
        if let [Piece::Hole(_, expression)] = self.0.as_slice() {
            return expression.json(scope, records);
        }
        let piece = |piece: &Piece<Expression>| match piece {
            Piece::Text(text) => Ok(text.clone()),
            Piece::Hole(_, expression) => match expression.json(scope, Records::None)? {
                Value::String(text) => Ok(text),
                Value::Array(_) | Value::Object(_) | Value::Null => {
                    Err(format!("`{}` is not a text", expression.source()))
                }
                value => Ok(value.to_string()),
            },
        };
        self.0.iter().map(piece).collect::<Result<String, String>>().map(Value::String)
    }

    /// The address with the values of its expressions, percent-encoded; `None` if one cannot be evaluated.
    pub(crate) fn address(&self, scope: &Scope) -> Option<String> {
        self.fill(scope, &|value| utf8_percent_encode(&value, IN_ADDRESS).to_string())
    }

    /// The sentence with the values of its expressions, passed through `mask`; `None` if one cannot be evaluated.
    pub fn fill(&self, scope: &Scope, mask: &dyn Fn(String) -> String) -> Option<String> {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.clone()),
                Piece::Hole(_, expression) => expression.display(scope).map(mask),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cel::rewrite::Lets;

    fn fill(text: &str) -> Result<Option<String>, String> {
        let text = text.to_owned();
        crate::cel::on_a_thread(move || {
            let sentence = Sentence::parse(&text, &Texts::new(Lets::new())).map_err(|wrong| wrong.message)?;
            Ok(sentence.compiled().fill(&Scope::default(), &|text| text))
        })
        .unwrap()
    }

    #[test]
    fn holes_end_at_their_own_brace() {
        assert_eq!(fill("{1 + 1} is two").unwrap().as_deref(), Some("2 is two"));
        assert_eq!(fill("a {{brace}} and {'}'}").unwrap().as_deref(), Some("a {brace} and }"));
        assert_eq!(fill("{{'a': 'b'}['a']}").unwrap_err(), "a `}` without a `{`; write `}}` for a brace");
        assert_eq!(fill("{ {'a': 'b'}['a'] }").unwrap().as_deref(), Some("b"));
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(fill("{10.0} {2.5} {0.126} {1 == 1}").unwrap().as_deref(), Some("10 2.5 0.13 yes"));
    }

    #[test]
    fn a_sentence_whose_hole_fails_is_dropped() {
        assert_eq!(fill("{nothing.there}"), Ok(None));
        assert_eq!(fill("{1 +}").unwrap_err(), "something is missing after `+`");
        assert!(fill("{1").unwrap_err().contains("without its"));
    }
}
