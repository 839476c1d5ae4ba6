//! Checks that a response in XML is what the table says, element by element.
//!
//! AWS's deserializer looks for what it knows and skips the rest: in a list with text or with elements that are called
//! otherwise, it finds fewer elements, and in a text that a comment interrupts, its beginning. Unknown members of a
//! structure are the one thing that may be skipped.

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::SerdeError;
use xmlparser::{ElementEnd, Token, Tokenizer};

use super::schema::Schemas;
use crate::reads::Kind;

/// The deepest document that is read: as deep as AWS's deserializers read.
const DEPTH: usize = 128;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    pub(super) children: Vec<Element<'a>>,
    /// Whether it has text that is not only space.
    has_text: bool,
    /// In how many pieces its text is, with what the deserializer does not read.
    pieces: usize,
}

impl<'a> Element<'a> {
    /// The element of a whole document.
    ///
    /// # Errors
    /// When the document is not well-formed.
    pub(super) fn of(body: &'a [u8]) -> Result<Element<'a>, SerdeError> {
        let text = std::str::from_utf8(body).map_err(|error| SerdeError::invalid_input(error.to_string()))?;
        let (mut open, mut root) = (Vec::<(&str, Element<'_>)>::new(), None);
        for token in Tokenizer::from(text) {
            match token.map_err(|error| SerdeError::invalid_input(error.to_string()))? {
                Token::ElementStart { local, .. } if root.is_none() && open.len() < DEPTH => {
                    open.push((local.as_str(), Element { name: local.as_str(), ..Element::default() }));
                }
                Token::ElementStart { .. } => return Err(wrong("the response", "is nested too deeply, or goes on")),
                Token::ElementEnd { end: ElementEnd::Open, .. } => {}
                Token::ElementEnd { end, .. } => {
                    let Some((name, element)) = open.pop() else { return Err(wrong("the response", "is cut")) };
                    if matches!(end, ElementEnd::Close(_, local) if local.as_str() != name) {
                        return Err(wrong(name, "is not closed"));
                    }
                    match open.last_mut() {
                        Some((_, parent)) => parent.children.push(element),
                        None => root = Some(element),
                    }
                }
                Token::Text { text } => {
                    if let Some((_, element)) = open.last_mut() {
                        element.has_text |= !text.as_str().trim().is_empty();
                        element.pieces = element.pieces.saturating_add(1);
                    }
                }
                Token::Comment { .. } | Token::ProcessingInstruction { .. } => {
                    if let Some((_, element)) = open.last_mut() {
                        element.pieces = element.pieces.saturating_add(1);
                    }
                }
                // The deserializer would not read it.
                Token::Cdata { .. } => {
                    if let Some((_, element)) = open.last_mut() {
                        (element.has_text, element.pieces) = (true, usize::MAX);
                    }
                }
                _ => {}
            }
        }
        match root {
            Some(root) if open.is_empty() => Ok(root),
            _ => Err(wrong("the response", "is cut")),
        }
    }

    /// Checks that it is a structure's.
    pub(super) fn structure(&self, schemas: &Schemas, shape: &str) -> Result<(), SerdeError> {
        self.has_no_text()?;
        let structure = schemas.structure_of(shape).ok_or_else(|| wrong(shape, "is not in the table"))?;
        let mut seen = vec![false; structure.members.len()];
        for child in &self.children {
            let known = structure.schema.members().iter().enumerate().find(|(_, schema)| called(schema) == child.name);
            let Some((index, schema)) = known else { continue };
            let Some((_, member)) = structure.members.get(index) else { continue };
            if schema.xml_flattened() {
                child.one_of(schemas, schema, &member.shape)?;
            } else if std::mem::replace(&mut seen[index], true) {
                return Err(wrong(child.name, "is there twice"));
            } else {
                child.value(schemas, schema, &member.shape)?;
            }
        }
        Ok(())
    }

    /// Checks that it is the one member of a structure.
    pub(super) fn member(&self, schemas: &Schemas, shape: &str) -> Result<(), SerdeError> {
        let missing = || wrong(self.name, "is not in the table");
        let structure = schemas.structure_of(shape).ok_or_else(missing)?;
        let known = structure.schema.members().iter().zip(&structure.members);
        let (schema, (_, member)) =
            known.into_iter().find(|(schema, _)| called(schema) == self.name).ok_or_else(missing)?;
        self.value(schemas, schema, &member.shape)
    }

    /// Checks that it is a shape's.
    pub(super) fn value(&self, schemas: &Schemas, schema: &Schema<'_>, shape: &str) -> Result<(), SerdeError> {
        let kind = schemas.shape(shape).ok_or_else(|| wrong(shape, "is not in the table"))?.kind;
        let wanted = match kind {
            Kind::Structure => return self.structure(schemas, shape),
            Kind::List => schema.member().map_or("member", called),
            Kind::Map => "entry",
            _ if self.pieces > 1 || !self.children.is_empty() => return Err(wrong(self.name, "is not a text")),
            _ => return Ok(()),
        };
        self.has_no_text()?;
        if let Some(other) = self.children.iter().find(|child| child.name != wanted) {
            return Err(wrong(other.name, "is an element that the list does not have"));
        }
        self.children.iter().try_for_each(|child| child.one_of(schemas, schema, shape))
    }

    /// Checks that it is an element of a list, or an entry of a map.
    fn one_of(&self, schemas: &Schemas, schema: &Schema<'_>, shape: &str) -> Result<(), SerdeError> {
        let missing = || wrong(shape, "is not in the table");
        let shape = schemas.shape(shape).ok_or_else(missing)?;
        let (of, member) = shape.of.as_ref().zip(schema.member()).ok_or_else(missing)?;
        if shape.kind == Kind::List {
            return self.value(schemas, member, &of.shape);
        }
        self.has_no_text()?;
        let only = |name: &str| {
            let mut found = self.children.iter().filter(|child| child.name == name);
            found.next().filter(|_| found.next().is_none()).ok_or_else(|| wrong(self.name, "is not an entry"))
        };
        let (key, of_key) = shape.key.as_ref().zip(schema.key()).ok_or_else(missing)?;
        only(called(of_key))?.value(schemas, of_key, &key.shape)?;
        only(called(member))?.value(schemas, member, &of.shape)
    }

    fn has_no_text(&self) -> Result<(), SerdeError> {
        match self.has_text {
            true => Err(wrong(self.name, "has text")),
            false => Ok(()),
        }
    }
}

/// What an element of a member is called.
fn called<'s>(schema: &'s Schema<'_>) -> &'s str {
    schema.xml_name().map(|name| name.value()).or(schema.member_name()).unwrap_or_default()
}

fn wrong(name: &str, what: &str) -> SerdeError {
    SerdeError::invalid_input(format!("{name} {what}"))
}
