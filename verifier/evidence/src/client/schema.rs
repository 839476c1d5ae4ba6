//! Schemas for AWS's runtime crates, made from the shapes of the table.
//!
//! They live as long as the program: each operation of the table has at most two, made when it is first called.

use aws_smithy_schema::traits::{HttpTrait, TimestampFormat};
use aws_smithy_schema::{Schema, ShapeId, ShapeType, intern_header_name};
use std::collections::HashMap;

use crate::reads::{Kind, Member, Operation, Place, Service, Shape, TimeFormat};

/// How members are named in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// As on the wire, in JSON and CBOR.
    Plain,
    /// As XML elements and attributes.
    Xml,
    /// As in EC2's requests: with a capital letter, and without elements around lists.
    Ec2Request,
}

/// The schemas of all structures of an input or an output.
#[derive(Debug)]
pub(super) struct Schemas {
    service: &'static Service,
    names: Names,
    structures: HashMap<&'static str, Structure>,
}

/// A structure.
#[derive(Debug)]
pub(super) struct Structure {
    pub(super) schema: &'static Schema<'static>,
    /// Its members by their index in the schema.
    pub(super) members: Vec<(&'static str, &'static Member)>,
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn text(value: String) -> &'static str {
    String::leak(value)
}

/// Nothing reads the ids of these schemas, except as the name of an XML element without another.
fn id(name: &'static str) -> ShapeId<'static> {
    ShapeId::from_parts(name, "reads", name)
}

impl Schemas {
    /// The schemas of an input.
    pub(super) fn input(service: &'static Service, operation: &'static Operation, names: Names) -> Option<Schemas> {
        let root = operation.input.as_deref()?;
        Some(Schemas::new(service, names, root, |schema| {
            let schema = match operation.root.as_deref() {
                Some(element) => schema.with_xml_name(element),
                None => schema,
            };
            let schema = match operation.namespace.as_deref() {
                Some(namespace) => schema.with_xml_namespace(namespace, None),
                None => schema,
            };
            schema.with_http(HttpTrait::new(&operation.method, &operation.uri, None))
        }))
    }

    /// The schemas of an output.
    pub(super) fn output(service: &'static Service, operation: &'static Operation, names: Names) -> Option<Schemas> {
        let root = operation.output.as_deref()?;
        Some(Schemas::new(service, names, root, |schema| match operation.bare {
            true => schema.with_xml_unwrapped_output(),
            false => schema,
        }))
    }

    fn new(
        service: &'static Service,
        names: Names,
        root: &'static str,
        finish: impl Fn(Schema<'static>) -> Schema<'static>,
    ) -> Schemas {
        let mut schemas = Schemas { service, names, structures: HashMap::new() };
        let (mut todo, mut seen) = (vec![root], std::collections::HashSet::from([root]));
        while let Some(name) = todo.pop() {
            // The table's loader checks that there are no names without a shape.
            let Some(shape) = service.shape(name) else { continue };
            todo.extend(shape.references().filter(|name| seen.insert(*name)));
            if shape.kind != Kind::Structure {
                continue;
            }
            let members: Vec<(&str, &Member)> =
                shape.members.iter().map(|(name, member)| (name.as_str(), member)).collect();
            let schema = schemas.structure(name, shape, &members);
            let schema = if name == root { finish(schema) } else { schema };
            schemas.structures.insert(name, Structure { schema: leak(schema), members });
        }
        schemas
    }

    /// A structure of the output or input.
    pub(super) fn structure_of(&self, name: &str) -> Option<&Structure> {
        self.structures.get(name)
    }

    /// A shape that something refers to.
    pub(super) fn shape(&self, name: &str) -> Option<&'static Shape> {
        self.service.shape(name)
    }

    fn structure(
        &self,
        name: &'static str,
        shape: &'static Shape,
        members: &[(&'static str, &'static Member)],
    ) -> Schema<'static> {
        let is_payload = |name: &str| shape.payload.as_deref() == Some(name);
        let described: Vec<&'static Schema<'static>> = members
            .iter()
            .enumerate()
            .map(|(index, (name, member))| leak(self.member(name, index, member, is_payload(name))))
            .collect();
        let in_body = |(name, member): &(&'static str, &'static Member)| {
            let is_structure = || self.shape(&member.shape).is_some_and(|shape| shape.kind == Kind::Structure);
            member.place.is_none() && (shape.payload.is_none() || is_payload(name) && is_structure())
        };
        let schema = Schema::new_struct(id(name), ShapeType::Structure, leak(described));
        let schema = match shape.name.as_deref() {
            Some(element) => schema.with_xml_name(element),
            None => schema,
        };
        if members.iter().any(in_body) { schema } else { schema.with_no_body_members() }
    }

    /// A member of a structure, or what a list or a map has.
    fn member(&self, name: &'static str, index: usize, member: &'static Member, is_payload: bool) -> Schema<'static> {
        let Some(target) = self.shape(&member.shape) else {
            return Schema::new_member(id("member"), ShapeType::String, name, index);
        };
        let flat = member.flat || target.flat;
        let wire = member.wire.as_deref();
        let bound = member.place.is_some();
        // An element of a list without an element around it has the list's name, unless it has its own.
        let element =
            target.of.as_ref().and_then(|of| of.wire.as_deref()).filter(|_| flat && target.kind == Kind::List);
        let called = match self.names {
            _ if bound => name,
            Names::Plain => wire.unwrap_or(name),
            Names::Xml => element.or(wire).unwrap_or(name),
            Names::Ec2Request => member.query.as_deref().unwrap_or_else(|| capitalised(wire.unwrap_or(name))),
        };
        let mut schema = Schema::new_member(id("member"), shape_type(target.kind), called, index);
        match (target.kind, &target.of, &target.key) {
            (Kind::List, Some(of), _) => schema = schema.with_list_member(leak(self.member("member", 0, of, false))),
            (Kind::Map, Some(of), Some(key)) => {
                let (key, value) = (self.member("key", 0, key, false), self.member("value", 1, of, false));
                schema = schema.with_map_members(leak(key), leak(value));
            }
            _ => {}
        }
        schema = match member.place {
            Some(Place::Uri) => schema.with_http_label(),
            Some(Place::Query) if target.kind == Kind::Map => schema.with_http_query_params(),
            Some(Place::Query) => schema.with_http_query(wire.unwrap_or(name)),
            Some(Place::Header) => schema.with_http_header(intern_header_name(wire.unwrap_or(name))),
            Some(Place::Headers) => schema.with_http_prefix_headers(wire.unwrap_or_default()),
            Some(Place::Status) => schema.with_http_response_code(),
            None if is_payload => schema.with_http_payload(),
            None => schema,
        };
        if !bound && self.names != Names::Plain {
            schema = self.in_xml(schema, member, called, flat, target.kind);
        }
        match member.time {
            Some(TimeFormat::Rfc822) => schema.with_timestamp_format(TimestampFormat::HttpDate),
            Some(TimeFormat::Iso8601) => schema.with_timestamp_format(TimestampFormat::DateTime),
            Some(TimeFormat::UnixTimestamp) => schema.with_timestamp_format(TimestampFormat::EpochSeconds),
            None => schema,
        }
    }

    fn in_xml(
        &self,
        schema: Schema<'static>,
        member: &'static Member,
        called: &'static str,
        flat: bool,
        kind: Kind,
    ) -> Schema<'static> {
        let mut schema = schema.with_xml_name(called);
        if flat || self.names == Names::Ec2Request && kind == Kind::List {
            schema = schema.with_xml_flattened();
        }
        if member.attribute {
            schema = schema.with_xml_attribute();
        }
        match member.namespace.as_deref() {
            Some(namespace) => schema.with_xml_namespace(namespace, None),
            None => schema,
        }
    }
}

fn capitalised(name: &str) -> &'static str {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    text(first.into_iter().chain(letters).collect())
}

fn shape_type(kind: Kind) -> ShapeType {
    match kind {
        Kind::Structure => ShapeType::Structure,
        Kind::List => ShapeType::List,
        Kind::Map => ShapeType::Map,
        Kind::String => ShapeType::String,
        Kind::Boolean => ShapeType::Boolean,
        Kind::Integer => ShapeType::Integer,
        Kind::Long => ShapeType::Long,
        Kind::Float => ShapeType::Float,
        Kind::Double => ShapeType::Double,
        Kind::Blob => ShapeType::Blob,
        Kind::Timestamp => ShapeType::Timestamp,
        Kind::Document => ShapeType::Document,
    }
}

/// The schema of an input without members.
pub(super) fn nothing(operation: &'static Operation) -> &'static Schema<'static> {
    let http = HttpTrait::new(&operation.method, &operation.uri, None);
    leak(Schema::new_struct(id("Unit"), ShapeType::Structure, &[]).with_http(http).with_no_body_members())
}

/// The schema of what is around an answer of AWS's query protocol: `<ListUsersResponse><ListUsersResult>`.
pub(super) fn envelope(wrapper: &'static str) -> &'static Schema<'static> {
    let member: &'static Schema<'static> = leak(Schema::new_member(id("member"), ShapeType::Structure, wrapper, 0));
    leak(Schema::new_struct(id("Envelope"), ShapeType::Structure, leak([member])))
}
