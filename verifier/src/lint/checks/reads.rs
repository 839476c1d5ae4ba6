//! Finds mistakes in the reads of a check, and the types of their answers.

use course::check::{INPUT, Read};
use course::places::KeyPath;
use evidence::client::{self, Declared, Filled};
use evidence::reads::{self, Found, Kind, Member, Narrow};
use serde_json::Value;

use super::Linter;
use crate::cel::types::{self, Type};
use crate::compile::{filled, is_region, not_offered};
use crate::lint::answers::Answer;
use crate::lint::text::identifiers;
use crate::reads::EACH;
use crate::sentence::Sentence;

impl Linter<'_> {
    /// The names that a read's expressions use.
    pub(super) fn roots_of(&self, read: &Read) -> Vec<String> {
        let each = read.each.iter().filter_map(|source| self.texts.compiled(source).ok());
        let sentences = read.texts().into_iter().filter_map(|text| Sentence::parse(text, self.texts).ok());
        let in_texts = sentences.flat_map(|sentence| sentence.holes().cloned().collect::<Vec<_>>());
        each.chain(in_texts).flat_map(|written| written.names().to_vec()).map(|name| name.root).collect()
    }

    /// A read: its expressions, and what it asks for. From here on, its name has the type of its value.
    pub(super) fn read(&mut self, name: &str, read: &Read) {
        let part = |key: &str| KeyPath::of(["read", name, key]);
        let found = reads::find(&read.call).ok();
        let element = read.each.as_ref().map(|source| self.element(&part("each"), source));
        self.names.extend(element.clone().map(|element| (EACH.to_owned(), element)));
        if let Some(region) = &read.region {
            self.input(&part("region"), "the region", region, &Type::Text);
        }
        let inputs = found.and_then(|found| found.service.shape(found.operation.input.as_deref()?));
        for (input, value) in &read.with {
            let member = inputs.and_then(|inputs| inputs.members.get(input));
            self.value(&part("with").then(input), input, value, found, member);
        }
        self.names.remove(EACH);
        let Some(found) = found else { return };
        self.asks(name, read, found);
        let answer = Answer::of(found, &read.with, &filled(self.texts));
        let answer = types::doubtful_answer(found, Some(&answer));
        let answer = if read.none_on.is_empty() { answer } else { types::or_nothing(answer) };
        let kind = match element {
            // How its value is used is not wrong, too.
            Some(_) if read.each.as_ref().is_some_and(|source| self.texts.compiled(source).is_err()) => Type::Any,
            None => answer,
            Some(element) => {
                let fields = [(EACH.to_owned(), element), ("answer".to_owned(), answer)];
                Type::list(Type::record(&format!("element of {name}"), fields.into()))
            }
        };
        // A name that is taken keeps its meaning, so that this is one mistake.
        self.names.entry(name.to_owned()).or_insert(kind);
    }

    /// The type of the elements of `each`.
    pub(super) fn element(&mut self, part: &KeyPath, source: &str) -> Type {
        let Some(expression) = self.compiled(source) else { return Type::Any };
        match self.infer(part, 0, &expression) {
            Type::List(of) => *of,
            Type::Any => Type::Any,
            kind => {
                let message = format!("{part}: this is {kind}, but must be a list");
                let help = "use one of its lists, as in vpcs.Vpcs.map(v, v.VpcId)";
                self.warn("wrong-type", self.file_of(part).value(part), message, help);
                Type::Any
            }
        }
    }

    /// A value of an input, which may have texts with holes.
    pub(super) fn value(
        &mut self,
        part: &KeyPath,
        input: &str,
        value: &Value,
        found: Option<Found>,
        member: Option<&'static Member>,
    ) {
        let shape = found.zip(member).and_then(|(found, member)| found.service.shape(&member.shape));
        match value {
            Value::String(text) => {
                let wanted = found.zip(member).map_or(Type::Any, |(found, member)| wanted(found, member));
                self.input(part, &format!("`{input}`"), text, &wanted);
            }
            Value::Array(values) => {
                let of = shape.and_then(|shape| shape.of.as_ref());
                for (at, value) in values.iter().enumerate() {
                    self.value(&part.then(at), &format!("{input}[{at}]"), value, found, of);
                }
            }
            Value::Object(values) => {
                for (name, value) in values {
                    let member = shape.and_then(|shape| shape.members.get(name).or(shape.of.as_ref()));
                    self.value(&part.then(name), &format!("{input}.{name}"), value, found, member);
                }
            }
            _ => {}
        }
    }

    /// A text of an input. One that is a hole has the type of its expression, and in others, each hole becomes text.
    pub(super) fn input(&mut self, part: &KeyPath, input: &str, text: &str, wanted: &Type) {
        let Ok(sentence) = Sentence::parse(text, self.texts) else {
            self.used.extend(identifiers(text));
            return;
        };
        if let Filled::Text(text) = sentence.filled()
            && self.is_name(&text)
            // A region that does not exist is an error already.
            && part.last() != "region"
        {
            let message = format!("{part}: `{text}` is not replaced here, because it has no braces");
            self.warn("braces", self.file_of(part).value(part), message, format!("write {{{text}}}"));
        }
        self.doubled_braces(part, text);
        let is_whole = sentence.filled() == Filled::Any;
        for (at, hole) in sentence.placed_holes() {
            self.uses(hole);
            let kind = self.infer(part, at, hole);
            let fits = match is_whole {
                true => kind.agrees(wanted) || (*wanted == Type::Time && kind == Type::Text),
                false => kind.can_be_shown() && !matches!(kind, Type::List(_)),
            };
            if !fits {
                let wanted = if is_whole { wanted } else { &Type::Text };
                let message = match (&kind, wanted) {
                    (Type::List(one), Type::List(other)) => {
                        format!("{part}: an element of this is {one}, but in {input} it must be {other}")
                    }
                    _ => format!("{part}: this is {kind}, but {input} must be {wanted}"),
                };
                let help = match (&kind, wanted) {
                    (Type::List(_), Type::List(_)) => "use one field of each, as in {vpcs.Vpcs.map(v, v.VpcId)}",
                    (Type::List(_), _) => "add `each` to make the call for each element of a list",
                    (Type::Record(_) | Type::Map(_), _) => "use one of its fields",
                    (_, Type::List(_)) => "write it as a list, as in [\"{…}\"]",
                    (_, Type::Text) => "convert it, as in {string(…)}",
                    (_, Type::Bool) => "write true or false without quotation marks, or a condition, as in {a == 'b'}",
                    _ => "convert it, as in {int(…)}",
                };
                let span = self.file_of(part).within(part, at..at + hole.source().len());
                self.warn("wrong-type", span, message, help);
            }
        }
    }

    /// Whether a text is the name of a value, such as `input.bucket`.
    fn is_name(&self, text: &str) -> bool {
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match text.split_once('.') {
            Some((INPUT, name)) => {
                matches!(self.names.get(INPUT), Some(Type::Record(inputs)) if inputs.fields.contains_key(name))
            }
            Some((root @ (EACH | "accounts" | "identity"), rest)) => {
                self.names.contains_key(root) && rest.split('.').all(is_word)
            }
            // An answer, or the response of an operation before.
            Some((root, rest)) => {
                let field = rest.split('.').next().unwrap_or_default();
                matches!(self.names.get(root), Some(Type::Record(record)) if record.call.is_some() && record.fields.contains_key(field))
            }
            // A text with such a sign is hardly meant as it is.
            None => {
                text == EACH && self.names.contains_key(EACH) || text.contains('_') && self.constants.contains(text)
            }
        }
    }

    /// Values of inputs that AWS does not have.
    pub(super) fn unlisted_inputs(&mut self, with: &KeyPath, call: &str, declared: Declared) {
        for unlisted in declared.unlisted {
            let part = unlisted.keys.iter().fold(with.clone(), |part, key| part.then(key));
            let near = unlisted.near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            let message = format!("{part}: AWS has no value `{}` for `{}`{near}", unlisted.value, unlisted.at);
            // A call that writes is not in the table of reads.
            let listed = reads::find(call).is_ok().then(|| format!("`verify schema reads {call}` lists the values; "));
            let help = format!(
                "{}if AWS has added this one since, add allow = [\"unlisted-value\"] at the top of the check",
                listed.unwrap_or_default()
            );
            self.warn("unlisted-value", self.file_of(&part).value(&part), message, help);
        }
    }

    /// What a read asks for, and what it leaves out.
    fn asks(&mut self, name: &str, read: &Read, found: Found) {
        let part = |key: &str| KeyPath::of(["read", name, key]);
        let region = self.region.clone().filter(|_| read.region.is_none());
        // A region that does not exist is reported once, where the course names it.
        let region = region.filter(|region| is_region(region) && found.service.global_region("aws").is_none());
        if let Some(message) = region.and_then(|region| not_offered(found, &region)) {
            let part = part("call");
            let message = format!("{part}: {message}, which is the course's");
            let help =
                "correct the input `region` in book.toml, or give the read a region, as in region = \"us-east-1\"";
            self.warn("not-offered", self.file_of(&part).value(&part), message, help);
        }
        let declared = client::declared(found, &read.with, &filled(self.texts));
        self.unlisted_inputs(&part("with"), &read.call, declared);
        let is_whole =
            |narrow: &Narrow| narrow.expected || narrow.unless.iter().any(|input| read.with.contains_key(input));
        for narrow in found.operation.narrow.iter().filter(|narrow| !is_whole(narrow)) {
            let part = part("call");
            let message =
                format!("{part}: {} returns {}: anything else looks as if it did not exist", read.call, narrow.says);
            let inputs: Vec<String> = narrow.unless.iter().map(|input| format!("`{input}`")).collect();
            let meant = "if this is intended, add allow = [\"narrow-read\"] at the top of the check";
            let help = match inputs.is_empty() {
                true => format!("no input changes that, so never test that something is not there; {meant}"),
                false => format!("set {} in `with`; {meant}", inputs.join(" or ")),
            };
            self.warn("narrow-read", self.file_of(&part).value(&part), message, help);
        }
    }
}

/// The type that the value of an input must have, as far as a hole's type shows it.
fn wanted(found: Found, member: &Member) -> Type {
    let Some(shape) = found.service.shape(&member.shape) else { return Type::Any };
    match shape.kind {
        Kind::String | Kind::Blob => Type::Text,
        Kind::Boolean => Type::Bool,
        Kind::Integer | Kind::Long => Type::Int,
        Kind::Float | Kind::Double => Type::Double,
        Kind::Timestamp => Type::Time,
        Kind::List => Type::list(shape.of.as_ref().map_or(Type::Any, |of| wanted(found, of))),
        Kind::Structure | Kind::Map | Kind::Document => Type::Any,
    }
}
