//! An operation with the schemas of its input and its answer: writes requests, and reads responses strictly.
//!
//! AWS's deserializers are lenient by default: in truncated XML, they find a shorter list, and in a page of HTML or an
//! error with status 200, an answer without members. Either would be a wrong verdict, so a response is read only if it
//! is whole, and what the operation answers.

use aws_smithy_cbor::codec::{CborCodec, CborCodecSettings};
use aws_smithy_cbor::data::Type;
use aws_smithy_cbor::decode::{Decoder, DeserializeError};
use aws_smithy_cbor::protocol::RpcV2CborProtocol;
use aws_smithy_json::codec::{JsonCodec, JsonCodecSettings};
use aws_smithy_json::protocol::aws_json_rpc::AwsJsonRpcProtocol;
use aws_smithy_json::protocol::aws_rest_json_1::AwsRestJsonProtocol;
use aws_smithy_query::protocol::AwsQueryProtocol;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_schema::codec::Codec;
use aws_smithy_schema::http_protocol::HttpBindingProtocol;
use aws_smithy_schema::protocol::{ClientProtocolInner, SharedClientProtocol};
use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_schema::{Schema, ShapeId, shape_id};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::metadata::Builder;
use aws_smithy_xml::codec::{XmlCodec, XmlCodecSettings};
use aws_smithy_xml::protocol::aws_rest_xml::AwsRestXmlProtocol;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::parse::parse;
use super::schema::{self, Names, Schemas};
use super::strict::Element;
use super::write::{Nothing, Written};
use super::xml_error;
use crate::reads::{Found, Protocol};

/// The id of the codecs for responses, which nothing reads.
const STRICT: ShapeId<'static> = shape_id!("evidence", "strict");

/// An operation that is ready to be called.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) found: Found,
    pub(super) protocol: Protocol,
    writer: SharedClientProtocol,
    input: Option<Schemas>,
    input_schema: &'static Schema<'static>,
    output: Option<Output>,
}

/// What a response is read with.
#[derive(Debug)]
struct Output {
    schemas: Schemas,
    shape: &'static str,
    schema: &'static Schema<'static>,
    /// Whether some of it is in the body.
    in_body: bool,
    /// The elements, one of which a document in XML must have.
    roots: Vec<String>,
    /// The members that say what comes after a page.
    tokens: Vec<String>,
    /// What is around an answer of AWS's query protocol.
    envelope: Option<&'static Schema<'static>>,
}

impl Prepared {
    /// An operation in a protocol that its service speaks.
    pub(super) fn of(found: Found, protocol: Protocol) -> &'static Prepared {
        /// By the address of the operation, which lives as long as the program.
        type Known = HashMap<(usize, Protocol), &'static Prepared>;
        static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
        let key = (std::ptr::from_ref(found.operation).addr(), protocol);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(key).or_insert_with(|| Box::leak(Box::new(Prepared::new(found, protocol))))
    }

    fn new(found: Found, protocol: Protocol) -> Prepared {
        let Found { service, operation, .. } = found;
        let (names_in, names_out) = match protocol {
            Protocol::Json | Protocol::RestJson | Protocol::RpcV2Cbor => (Names::Plain, Names::Plain),
            Protocol::RestXml | Protocol::Query => (Names::Xml, Names::Xml),
            Protocol::Ec2 => (Names::Ec2Request, Names::Xml),
        };
        let input = Schemas::input(service, operation, names_in);
        let input_schema = input.as_ref().zip(operation.input.as_deref());
        let input_schema = input_schema.and_then(|(schemas, name)| schemas.structure_of(name));
        let input_schema = input_schema.map_or_else(|| schema::nothing(operation), |structure| structure.schema);
        let output = Schemas::output(service, operation, names_out).zip(operation.output.as_deref());
        let output = output.and_then(|(schemas, shape)| Output::new(found, protocol, schemas, shape));
        Prepared { found, protocol, writer: writer(found, protocol), input, input_schema, output }
    }

    /// The protocol that writes requests, and knows where an endpoint goes in them.
    pub(super) fn writer(&self) -> SharedClientProtocol {
        self.writer.clone()
    }

    /// The request for an input.
    ///
    /// # Errors
    /// When a value is not of the shape that the table says.
    pub(super) fn request(&self, input: &Map<String, Value>, cfg: &ConfigBag) -> Result<HttpRequest, SerdeError> {
        match (&self.input, self.found.operation.input.as_deref()) {
            (Some(schemas), Some(shape)) => {
                let written = Written { schemas, shape, schema: self.input_schema, value: input };
                self.writer.serialize_request(&written, self.input_schema, "", cfg)
            }
            _ => {
                let nothing = Nothing(self.input_schema);
                let mut request = self.writer.serialize_request(&nothing, self.input_schema, "", cfg)?;
                if self.protocol == Protocol::RpcV2Cbor {
                    // Without an input, there is no body (Smithy RPC v2 CBOR, "Requests").
                    *request.body_mut() = SdkBody::empty();
                    request.headers_mut().remove("content-type");
                    request.headers_mut().remove("content-length");
                }
                Ok(request)
            }
        }
    }

    /// The code and the message of an error response.
    ///
    /// Both are missing in a response that is not a whole error of the protocol: what sent it is not known.
    pub(super) fn error(&self, response: &HttpResponse, cfg: &ConfigBag) -> Builder {
        let body = body(response);
        let is_whole = match self.protocol {
            // The response to HEAD has no body, but S3 denies it like others (API reference of HeadBucket).
            Protocol::RestXml if self.found.operation.method == "HEAD" && response.status().as_u16() == 403 => {
                return Builder::default().code("AccessDenied");
            }
            Protocol::RestXml | Protocol::Query | Protocol::Ec2 => return xml_error::parse(body),
            // Some services have an error's code in a header, and no body.
            _ if body.is_empty() => true,
            Protocol::Json | Protocol::RestJson => json_names(body).is_ok(),
            Protocol::RpcV2Cbor => is_cbor(response) && cbor_names(body).is_ok(),
        };
        if !is_whole {
            return Builder::default();
        }
        self.writer.parse_error_metadata(response, cfg).unwrap_or_default()
    }

    /// The answer in a response: an object with the members that it has.
    ///
    /// # Errors
    /// When the response is truncated, is not the operation's, or has a value of another type.
    pub(super) fn answer(&self, response: &HttpResponse, cfg: &ConfigBag) -> Result<Value, SerdeError> {
        if self.found.operation.writes() && response.status().is_success() {
            // Emulators leave out what few programs read. Nothing is judged by this response.
            return Ok(self.strict_answer(response, cfg).unwrap_or_else(|_| Value::Object(Map::new())));
        }
        is_answer(response)?;
        self.strict_answer(response, cfg)
    }

    fn strict_answer(&self, response: &HttpResponse, cfg: &ConfigBag) -> Result<Value, SerdeError> {
        let Some(output) = &self.output else { return Ok(Value::Object(Map::new())) };
        if output.in_body {
            output.check(self.protocol, response)?;
        }
        let answer = match self.protocol {
            Protocol::Json => output.read(&mut json(false).create_deserializer(body(response))),
            Protocol::RestJson => {
                let protocol = HttpBindingProtocol::new(STRICT, json(true), "application/json");
                output.read(&mut *protocol.deserialize_response(response, output.schema, cfg)?)
            }
            Protocol::RestXml => {
                let protocol = HttpBindingProtocol::new(STRICT, xml(), "application/xml");
                output.read(&mut *protocol.deserialize_response(response, output.schema, cfg)?)
            }
            Protocol::RpcV2Cbor => {
                let codec = CborCodec::new(CborCodecSettings::default().enforce_strictness(true));
                output.read(&mut codec.create_deserializer(body(response)))
            }
            Protocol::Ec2 => output.read(&mut xml().create_deserializer(body(response))),
            Protocol::Query => output.unwrapped(&mut xml().create_deserializer(body(response))),
        };
        match (answer?, self.found.operation.bare) {
            // Its element is there even if it has nothing to say: a bucket in us-east-1 has no `LocationConstraint`.
            (Value::Object(members), true) => Ok(members.into_iter().filter(|(_, value)| *value != "").collect()),
            (answer, _) => Ok(answer),
        }
    }
}

impl Output {
    fn new(found: Found, protocol: Protocol, schemas: Schemas, shape: &'static str) -> Option<Output> {
        let Found { service, name, operation } = found;
        let described = service.shape(shape)?;
        let in_body = described.members.values().any(|member| member.place.is_none());
        let payload = described.payload.as_deref().and_then(|name| Some((name, described.members.get(name)?)));
        let roots = match (protocol, payload) {
            (Protocol::Query | Protocol::Ec2, _) => vec![format!("{name}Response")],
            (Protocol::RestXml, _) if operation.answer.is_some() => operation.answer.iter().cloned().collect(),
            (Protocol::RestXml, Some((name, member))) => {
                let own = service.shape(&member.shape).and_then(|shape| shape.name.clone());
                let names = [Some(member.shape.clone()), member.wire.clone(), own, Some(name.to_owned())];
                names.into_iter().flatten().collect()
            }
            (Protocol::RestXml, None) => described.name.iter().cloned().chain([shape.to_owned()]).collect(),
            (Protocol::Json | Protocol::RestJson | Protocol::RpcV2Cbor, _) => Vec::new(),
        };
        let wrapper = operation.wrapper.as_deref().filter(|_| protocol == Protocol::Query);
        let schema = schemas.structure_of(shape)?.schema;
        let tokens = operation.pages.iter().flat_map(|pages| pages.output.iter().chain(&pages.more)).cloned().collect();
        Some(Output { schemas, shape, schema, in_body, roots, tokens, envelope: wrapper.map(schema::envelope) })
    }

    /// Whether a body is one that the operation can have.
    fn check(&self, protocol: Protocol, response: &HttpResponse) -> Result<(), SerdeError> {
        let body = body(response);
        let payload = self.schemas.shape(self.shape).and_then(|shape| shape.payload.as_deref());
        let payload = payload.and_then(|name| self.schemas.shape(self.shape)?.members.get(name));
        let shape = payload.map_or(self.shape, |member| member.shape.as_str());
        if body.is_empty() {
            return Err(SerdeError::invalid_input("the response is empty"));
        }
        match (protocol, self.schemas.structure_of(shape)) {
            (Protocol::Json | Protocol::RestJson, Some(structure)) => self.has(structure.schema, &json_names(body)?),
            (Protocol::RpcV2Cbor, _) if !is_cbor(response) => {
                Err(SerdeError::invalid_input("the response is not in CBOR"))
            }
            (Protocol::RpcV2Cbor, Some(structure)) => self.has(structure.schema, &cbor_names(body)?),
            (Protocol::RestXml | Protocol::Query | Protocol::Ec2, Some(_)) => self.check_xml(shape, body),
            // S3's bucket policies, the only text that is a whole body in this protocol, are in JSON.
            (Protocol::RestXml, None) => json_names(body).map(drop),
            _ => Ok(()),
        }
    }

    /// Whether a document is a structure's, by the names of its members. Another operation's answer, and an error, have
    /// others, and in common with it at most the page's token.
    fn has(&self, schema: &Schema<'_>, names: &[String]) -> Result<(), SerdeError> {
        let is_known = |name: &String| schema.members().iter().any(|member| member.member_name() == Some(name));
        let is_of_all_pages = |name: &String| self.tokens.iter().any(|token| token == name);
        match names.iter().all(is_known) || names.iter().any(|name| is_known(name) && !is_of_all_pages(name)) {
            true => Ok(()),
            false => Err(SerdeError::invalid_input(format!("the response has no member of the answer: {names:?}"))),
        }
    }

    fn check_xml(&self, shape: &str, body: &[u8]) -> Result<(), SerdeError> {
        let root = Element::of(body)?;
        if !self.roots.iter().any(|known| known == root.name) {
            return Err(SerdeError::invalid_input(format!("the response is <{}>", root.name)));
        }
        if let Some(envelope) = self.envelope {
            let wrapper = envelope.members().first().and_then(|member| member.member_name());
            let mut results = root.children.iter().filter(|child| Some(child.name) == wrapper);
            return match (results.next(), results.next()) {
                (Some(result), None) => result.structure(&self.schemas, shape),
                _ => Err(SerdeError::invalid_input("the response does not contain its result")),
            };
        }
        match self.schema.xml_unwrapped_output() {
            true => root.member(&self.schemas, shape),
            false => root.structure(&self.schemas, shape),
        }
    }

    fn read(&self, from: &mut dyn ShapeDeserializer) -> Result<Value, SerdeError> {
        parse(from, self.schema, self.shape, &self.schemas)
    }

    /// Reads what is in the envelope of AWS's query protocol.
    fn unwrapped(&self, from: &mut dyn ShapeDeserializer) -> Result<Value, SerdeError> {
        let Some(envelope) = self.envelope else { return self.read(from) };
        let mut found = None;
        from.read_struct(envelope, &mut |_, from| {
            found = Some(self.read(from)?);
            Ok(())
        })?;
        found.ok_or_else(|| SerdeError::invalid_input("the response does not contain its result"))
    }
}

/// Whether a response is an answer, as far as its status and its headers say: part of one, or the promise of one, is
/// none, and neither is an error.
fn is_answer(response: &HttpResponse) -> Result<(), SerdeError> {
    let status = response.status().as_u16();
    if status != 200 {
        return Err(SerdeError::invalid_input(format!("the response has the status {status}")));
    }
    match ["x-amzn-errortype", "x-amzn-query-error"].iter().find(|name| response.headers().get(name).is_some()) {
        Some(name) => Err(SerdeError::invalid_input(format!("the response has the header {name}"))),
        None => Ok(()),
    }
}

/// The names of the members of a document that is an object.
fn json_names(body: &[u8]) -> Result<Vec<String>, SerdeError> {
    let object = serde_json::from_slice::<Map<String, Value>>(body);
    let object = object.map_err(|error| SerdeError::invalid_input(error.to_string()))?;
    Ok(object.into_iter().map(|(name, _)| name).collect())
}

fn cbor_names(body: &[u8]) -> Result<Vec<String>, SerdeError> {
    let wrong = |error: DeserializeError| SerdeError::invalid_input(error.to_string());
    let (mut from, mut names) = (Decoder::new(body), Vec::new());
    let length = from.map().map_err(wrong)?;
    while length.is_none_or(|length| (names.len() as u64) < length) {
        if length.is_none() && from.datatype().map_err(wrong)? == Type::Break {
            from.skip().map_err(wrong)?;
            break;
        }
        names.push(from.string().map_err(wrong)?);
        from.skip().map_err(wrong)?;
    }
    match from.position() == body.len() {
        true => Ok(names),
        false => Err(SerdeError::invalid_input("the response goes on")),
    }
}

fn is_cbor(response: &HttpResponse) -> bool {
    response.headers().get("smithy-protocol") == Some("rpc-v2-cbor")
}

fn body(response: &HttpResponse) -> &[u8] {
    response.body().bytes().unwrap_or_default()
}

fn writer(found: Found, protocol: Protocol) -> SharedClientProtocol {
    match protocol {
        Protocol::Json if found.service.json.as_deref() == Some("1.1") => {
            SharedClientProtocol::new(AwsJsonRpcProtocol::aws_json_1_1())
        }
        Protocol::Json => SharedClientProtocol::new(AwsJsonRpcProtocol::aws_json_1_0()),
        Protocol::RestJson => SharedClientProtocol::new(AwsRestJsonProtocol::new()),
        Protocol::RestXml => SharedClientProtocol::new(AwsRestXmlProtocol::new()),
        Protocol::RpcV2Cbor => SharedClientProtocol::new(RpcV2CborProtocol::new()),
        // EC2's requests have the same form; its members are named differently.
        Protocol::Query | Protocol::Ec2 => SharedClientProtocol::new(AwsQueryProtocol::new()),
    }
}

/// Numbers of AWS's services may have a fraction that is zero.
fn json(uses_names: bool) -> JsonCodec {
    let settings = JsonCodecSettings::builder().enforce_strictness(true).allow_integral_float_numbers(true);
    JsonCodec::new(settings.use_json_name(uses_names).default_timestamp_format(Format::EpochSeconds).build())
}

fn xml() -> XmlCodec {
    let settings = XmlCodecSettings::builder().validate_document(true);
    XmlCodec::new(settings.default_timestamp_format(Format::DateTime).build())
}
