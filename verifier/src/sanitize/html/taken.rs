//! What is taken out of a chapter.

use std::fmt;

/// Something that a page may not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    /// An element.
    Element(String),
    /// What an element said.
    Attribute {
        /// The element.
        element: String,
        /// What it said.
        name: String,
        /// And as what.
        value: String,
    },
    /// All of a chapter, for this reason.
    All(&'static str),
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Taken::All(reason) => write!(f, "the chapter is left out: {reason}"),
            Taken::Element(name) => write!(f, "<{name}> is left out"),
            Taken::Attribute { element, name, value } => write!(f, "{name}=\"{value}\" of <{element}> is left out"),
        }
    }
}

impl Taken {
    /// How it may stand in a chapter, the surest first. The scheme of an address may be written in many ways.
    pub(in crate::sanitize) fn marks(&self) -> Vec<&str> {
        match self {
            Taken::All(_) => Vec::new(),
            Taken::Element(name) => vec![name],
            Taken::Attribute { name, value, .. } => {
                let rest = value.split_once(':').map_or("", |(_, rest)| rest);
                [value, rest, name].into_iter().filter(|mark| mark.len() > 1).collect()
            }
        }
    }

    /// The element's name, if it is one.
    pub(super) fn element(&self) -> Option<&str> {
        match self {
            Taken::Element(name) => Some(name),
            Taken::Attribute { .. } | Taken::All(_) => None,
        }
    }
}
