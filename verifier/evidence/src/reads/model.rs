//! A service of the table: its operations and shapes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::endpoint::{Endpoint, Endpoints, Variant};
use super::listed::partitions;
use super::member::Member;

/// A service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name, as boto3 and the AWS CLI call it.
    #[serde(rename = "service")]
    pub name: String,
    /// Its id in the SDKs, as in `AWS_ENDPOINT_URL_<SERVICE>`.
    pub sdk: String,
    /// The version of its API.
    pub version: String,
    /// The protocols that it speaks, the preferred one first.
    pub protocols: Vec<Protocol>,
    /// The name that requests are signed for.
    pub signing: String,
    /// What the header `X-Amz-Target` begins with.
    pub target: Option<String>,
    /// The version of AWS's JSON protocol.
    pub json: Option<String>,
    /// The XML namespace of its requests.
    pub namespace: Option<String>,
    /// Whether its errors have the codes that its former protocol had.
    #[serde(default)]
    pub query_compatible: bool,
    /// Codes with which it refuses everybody in an account, whatever their permissions.
    #[serde(default)]
    pub everybody: Vec<String>,
    /// Its endpoints by partition.
    pub endpoints: BTreeMap<String, Endpoints>,
    /// Its operations.
    pub operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

/// How requests and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum Protocol {
    /// AWS JSON 1.0 or 1.1.
    #[serde(rename = "json")]
    Json,
    /// REST with JSON.
    #[serde(rename = "rest-json")]
    RestJson,
    /// REST with XML.
    #[serde(rename = "rest-xml")]
    RestXml,
    /// AWS's query protocol: a form, answered in XML.
    #[serde(rename = "query")]
    Query,
    /// EC2's form of it.
    #[serde(rename = "ec2")]
    Ec2,
    /// Smithy RPC v2 with CBOR.
    #[serde(rename = "smithy-rpc-v2-cbor")]
    RpcV2Cbor,
}

/// An operation that may be read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The IAM actions that it needs; none for what nobody can be denied.
    pub actions: Vec<String>,
    /// The access level of its actions: `Read` or `List`.
    pub level: String,
    /// Why it is allowed: AWS's policy that allows it, or `hand`; `write` in the table of writes.
    pub by: String,
    /// What it shows beside configuration.
    pub shows: Option<String>,
    /// Its HTTP method.
    #[serde(default = "post")]
    pub method: String,
    /// The path and query of its requests, with members in braces.
    #[serde(default = "root")]
    pub uri: String,
    /// The shape of its input, if it has one.
    pub input: Option<String>,
    /// The shape of its answer, if it has one.
    pub output: Option<String>,
    /// The name of the request's XML element.
    pub root: Option<String>,
    /// The XML namespace of the request.
    pub namespace: Option<String>,
    /// The element that holds the answer.
    pub wrapper: Option<String>,
    /// The element that an answer in XML is, where it is not called like its shape.
    pub answer: Option<String>,
    /// Whether that element is the answer's only member.
    #[serde(default)]
    pub bare: bool,
    /// What comes before the host of the endpoint, with members in braces.
    pub host: Option<String>,
    /// How its pages go on, where it has some.
    pub pages: Option<Pages>,
    /// The error codes that say that what was asked for is not there.
    #[serde(default)]
    pub none: BTreeMap<String, Missing>,
    /// Whether the elements of its list may leave out any member: what is absent in them is not known.
    #[serde(default)]
    pub partial: bool,
    /// The operation that has what its elements leave out.
    pub get: Option<String>,
    /// The members that its elements leave out, where they are known: all others are complete.
    pub leaves_out: Option<Vec<String>>,
    /// The inputs that select what is answered.
    #[serde(default)]
    pub selectors: BTreeMap<String, Selector>,
    /// Members that say, unless they are empty, that the answer is not complete.
    #[serde(default)]
    pub failures: Vec<String>,
    /// The input that restricts it to the account's own things.
    pub own: Option<Own>,
    /// What it leaves out without saying so.
    #[serde(default)]
    pub narrow: Vec<Narrow>,
}

impl Operation {
    /// Whether it is of the table of writes, which goes to emulators only.
    pub fn writes(&self) -> bool {
        self.by == "write"
    }
}

fn post() -> String {
    "POST".to_owned()
}

fn root() -> String {
    "/".to_owned()
}

/// How the pages of an answer go on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// The inputs that take the tokens.
    #[serde(default)]
    pub input: Vec<String>,
    /// The members that have the tokens: paths, or one of a few expressions.
    #[serde(default)]
    pub output: Vec<String>,
    /// The members that go on.
    #[serde(default)]
    pub items: Vec<String>,
    /// The member that says that there is more.
    pub more: Option<String>,
    /// The input that limits a page.
    pub limit: Option<String>,
    /// How many entries AWS returns at most, without a word of others.
    pub most: Option<usize>,
}

/// What an error code says is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// What was asked for.
    None,
    /// It, or what it belongs to: a read has to show that that is there.
    NoneOrParent,
}

/// How an input selects what is answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "selects", rename_all = "lowercase", deny_unknown_fields)]
pub enum Selector {
    /// Of the members in `of`, at any depth, those of the given values are answered.
    Members {
        /// The members that each value selects.
        of: BTreeMap<String, Vec<String>>,
        /// The values that are meant if none is given.
        #[serde(default)]
        default: Vec<String>,
        /// The value that means all.
        all: Option<String>,
    },
    /// Of a map, the keys that are given are answered.
    Keys {
        /// The map.
        of: String,
        /// The value that means all.
        all: Option<String>,
    },
    /// It changes which elements a list has, and no member.
    Elements,
    /// Any member that is absent may not have been asked for.
    Presence,
}

/// The input that restricts an operation to the account's own things.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// The input that is given as `self`.
    pub given: String,
    /// Inputs with which it is not needed.
    pub unless: Vec<String>,
}

/// A part of what there is, which is all that an operation answers unless it is asked otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Narrow {
    /// The inputs with which it answers more; none where no input does that.
    pub unless: Vec<String>,
    /// What it answers, as in “only events of the last hour”.
    pub says: String,
    /// Whether authors expect it.
    #[serde(default)]
    pub expected: bool,
}

/// A shape: what a value is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// What kind of value it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The members of a structure.
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
    /// Those that a request must have.
    #[serde(default)]
    pub required: Vec<String>,
    /// The member that is the whole body.
    pub payload: Option<String>,
    /// Whether exactly one member is there.
    #[serde(default)]
    pub union: bool,
    /// What a list or a map has.
    pub of: Option<Member>,
    /// The keys of a map.
    pub key: Option<Member>,
    /// The values that AWS knew when the table was made: there may be others.
    #[serde(default, rename = "enum")]
    pub values: Vec<String>,
    /// Whether its elements are written without an element around them.
    #[serde(default)]
    pub flat: bool,
    /// The name of its XML element.
    pub name: Option<String>,
    /// Its XML namespace.
    pub namespace: Option<String>,
}

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "these are the names of what they are")]
pub enum Kind {
    Structure,
    List,
    Map,
    String,
    Boolean,
    Integer,
    Long,
    Float,
    Double,
    Blob,
    Timestamp,
    Document,
}

/// The plain kinds, by the names that the table has for them.
static PLAIN: [(&str, Shape); 9] = [
    ("string", Shape::scalar(Kind::String)),
    ("boolean", Shape::scalar(Kind::Boolean)),
    ("integer", Shape::scalar(Kind::Integer)),
    ("long", Shape::scalar(Kind::Long)),
    ("float", Shape::scalar(Kind::Float)),
    ("double", Shape::scalar(Kind::Double)),
    ("blob", Shape::scalar(Kind::Blob)),
    ("timestamp", Shape::scalar(Kind::Timestamp)),
    ("document", Shape::scalar(Kind::Document)),
];

impl Shape {
    const fn scalar(kind: Kind) -> Shape {
        Shape {
            kind,
            members: BTreeMap::new(),
            required: Vec::new(),
            payload: None,
            union: false,
            of: None,
            key: None,
            values: Vec::new(),
            flat: false,
            name: None,
            namespace: None,
        }
    }

    /// The shapes that it refers to.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.members.values().chain(&self.of).chain(&self.key).map(|member| member.shape.as_str())
    }
}

impl Service {
    /// A shape by its name: one of the service's, or a plain kind.
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        let plain = || PLAIN.iter().find(|(known, _)| *known == name).map(|(_, shape)| shape);
        self.shapes.get(name).or_else(plain)
    }

    /// The names of the service's own shapes.
    pub fn shapes(&self) -> impl Iterator<Item = (&str, &Shape)> {
        self.shapes.iter().map(|(name, shape)| (name.as_str(), shape))
    }

    /// The endpoint of a region; `None` where the service is not offered, or not in this variant.
    pub fn endpoint(&self, region: &str, variant: Variant) -> Option<Endpoint> {
        let (partition, _) = partitions().iter().find(|(_, regions)| regions.iter().any(|known| known == region))?;
        let endpoints = self.endpoints.get(partition)?;
        let is_offered = endpoints.regions.as_ref().is_none_or(|regions| regions.iter().any(|known| known == region));
        if !is_offered {
            return None;
        }
        endpoints.at(region, variant)
    }

    /// The region of a global service in a partition; `None` where it has endpoints in many regions.
    pub fn global_region(&self, partition: &str) -> Option<&str> {
        self.endpoints.get(partition)?.global_region()
    }

    /// A shape that something refers to and that there is not.
    pub(super) fn dangling(&self) -> Option<&str> {
        let operations = self.operations.values();
        let roots =
            operations.flat_map(|operation| operation.input.iter().chain(&operation.output)).map(String::as_str);
        roots.chain(self.shapes.values().flat_map(Shape::references)).find(|name| self.shape(name).is_none())
    }
}
