//! What is removed from a chapter.

use std::fmt;

/// Something that is not allowed in a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    /// An element.
    Element(String),
    /// An attribute.
    Attribute {
        /// The element.
        element: String,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// The whole chapter, for this reason.
    All(&'static str),
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Taken::All(reason) => write!(f, "the chapter is removed: {reason}"),
            Taken::Element(name) => write!(f, "<{name}> is removed"),
            Taken::Attribute { element, name, value } => write!(f, "{name}=\"{value}\" of <{element}> is removed"),
        }
    }
}

impl Taken {
    /// Texts to look for in the chapter, the most specific first. The scheme of a URL can be written in many ways.
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
