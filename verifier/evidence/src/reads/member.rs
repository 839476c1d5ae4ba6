//! Members of inputs and answers, with what the table says about each.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A member of a structure, or what a list or map has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self", default, deny_unknown_fields)]
pub struct Member {
    /// The name of its shape: one of the service's, or of a plain kind, as in `string`.
    pub shape: String,
    /// Its name on the wire, where that is another.
    pub wire: Option<String>,
    /// Its name in a request of EC2's protocol, where that does not follow from the others.
    pub query: Option<String>,
    /// Where it is in the request or the response, if not in the body.
    #[serde(rename = "in")]
    pub place: Option<Place>,
    /// Whether its elements are written without an element around them.
    pub flat: bool,
    /// Whether it is an attribute of its XML element.
    pub attribute: bool,
    /// Whether it makes a repeated request the same request.
    pub idempotency: bool,
    /// How its time is written, where the protocol's form is not meant.
    pub time: Option<TimeFormat>,
    /// Its XML namespace.
    pub namespace: Option<String>,
    /// Whether its text is percent-encoded.
    pub encoded: bool,
    /// Why it is not shown: it is unreadable.
    pub hidden: Option<Hidden>,
    /// That it is free text, of which only the keys that an expression names are shown.
    pub free: Option<Free>,
    /// What its value may name beyond the account that is asked.
    pub reach: Option<Reach>,
}

/// Where a member is, if not in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the path.
    Uri,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In all headers that begin so.
    Headers,
    /// The response's status.
    Status,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TimeFormat {
    /// As in ISO 8601.
    Iso8601,
    /// As in HTTP's headers.
    Rfc822,
    /// As seconds since 1970.
    UnixTimestamp,
}

/// Why a member is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Hidden {
    /// AWS's model says that it is sensitive.
    Sensitive,
    /// It is a secret, or its name is one's.
    Secret,
    /// It is binary.
    Binary,
    /// It has contents, which are nobody's configuration.
    Contents,
}

/// Free text: keys and values that somebody chose.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Free {
    /// A map.
    Map(bool),
    /// A list of structures: the members that are key and value.
    Pairs(String, String),
}

/// What an input's value may name beyond the account that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// An account's id.
    Account,
    /// An ARN.
    Arn,
    /// A name, which may be a whole or partial ARN.
    NameOrArn,
    /// An owner: an account's id, or a word such as `self`.
    Owner,
    /// A bucket, of whichever account.
    Bucket,
    /// A queue's address.
    Queue,
    /// Another address.
    Address,
    /// A label of the host.
    Host,
    /// Nothing that a course gives: the program alone sets it.
    Program,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Member, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a shape, or a member")
    }

    fn visit_str<E>(self, shape: &str) -> Result<Member, E> {
        Ok(Member { shape: shape.to_owned(), ..Member::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Member, A::Error> {
        // With `remote`, this is the derived function.
        Member::deserialize(MapAccessDeserializer::new(map))
    }
}
