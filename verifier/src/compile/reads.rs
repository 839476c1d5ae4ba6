//! Compiles the reads of a check. Every mistake is reported at its own key.

use course::check::{REGION, Read};
use course::diagnostic::did_you_mean;
use course::places::KeyPath;
use evidence::Section;
use evidence::client::{self, Filled, Why};
use evidence::reads::{self, Found, Missing, Variant};
use serde_json::Value;
use std::collections::BTreeSet;

use super::Compiler;
use crate::cel::{Expression, Texts};
use crate::reads::{CompiledRead, EACH, Template};
use crate::sentence::Sentence;

impl Compiler<'_> {
    /// Whether something is gone is only known from a list of everything in a known region. So the reads of a check with
    /// `makes` must know their region, and must not leave anything out by what the learner can change.
    pub(super) fn lists_everything(&mut self, reached: &BTreeSet<String>) {
        let reads: Vec<(&String, &Read)> =
            self.check.reads.iter().filter(|(name, _)| reached.contains(*name)).collect();
        for (name, read) in reads {
            let is_global = reads::find(&read.call).is_ok_and(|found| found.service.global_region("aws").is_some());
            if read.region.is_none() && !is_global && !self.course.inputs.contains_key(REGION) {
                let message = format!(
                    "with `makes`, the read `{name}` must know its region: declare the input `region` in book.toml, or \
                     give the read a `region`"
                );
                self.fail_key(&KeyPath::of(["makes"]), message);
            }
            let narrowed = narrowed(read);
            let evidence = |name: &str| self.check.reads.contains_key(name) || Section::named(name).is_some();
            let by_evidence = self.used_by(read).iter().any(|name| evidence(name));
            if let Some(by) = narrowed.or(by_evidence.then_some("what another read or a section has")) {
                let message = format!(
                    "`makes` uses the read `{name}`, whose call depends on {by}: if the learner changes that, what is \
                     still there would seem to be gone. Read all of it, and choose in the expression"
                );
                self.fail_key(&KeyPath::of(["read", name.as_str()]), message);
            }
        }
    }

    /// The names that a read's call depends on, directly or through `let`s.
    fn used_by(&self, read: &Read) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        let mut waiting: Vec<String> = read.identifiers().map(str::to_owned).collect();
        while let Some(name) = waiting.pop() {
            if let Some(meant) = self.check.lets.get(&name).filter(|_| !used.contains(&name)) {
                waiting.extend(course::words::identifiers(&meant.text).into_iter().map(str::to_owned));
            }
            used.insert(name);
        }
        used
    }

    /// A read, if its operation is in the table.
    pub(super) fn read(&mut self, name: &str, read: &Read) -> Option<CompiledRead> {
        let part = |key: &str| KeyPath::of(["read", name, key]);
        let found = reads::find(&read.call).map_err(|unknown| self.fail(&part("call"), None, unknown.to_string())).ok();
        if let Some(account) = read.account.as_ref().filter(|account| !self.course.accounts.contains_key(*account)) {
            let known = self.course.accounts.keys().map(String::as_str);
            let message = format!("the course has no account `{account}`{}", did_you_mean(account, known));
            self.fail(&part("account"), None, message);
        }
        let each = read.each.as_deref().and_then(|source| self.expression(&part("each"), source));
        let bound: Vec<String> = read.each.iter().map(|_| EACH.to_owned()).collect();
        let region = read.region.as_deref().and_then(|text| self.text(&part("region"), text, &bound));
        let with = read
            .with
            .iter()
            .filter_map(|(input, value)| Some((input.clone(), self.filled(&part("with").then(input), value, &bound)?)));
        let with: Vec<(String, Template)> = with.collect();
        let found = found?;
        for (keys, refused) in client::declared(found, &read.with, &filled(self.texts)).refused {
            let part = keys.iter().fold(part("with"), |part, key| part.then(key));
            match refused.why {
                Why::Unknown { .. } | Why::Program => self.fail_key(&part, refused.to_string()),
                _ => self.fail(&part, None, refused.to_string()),
            }
        }
        if let Some(Filled::Text(region)) = region.as_ref().map(Sentence::filled) {
            not_offered(found, &region).into_iter().for_each(|message| self.fail(&part("region"), None, message));
        }
        let (account, none_on) = (read.account.clone(), read.none_on.clone());
        let compiled = CompiledRead { found, account, region, each, with, none_on };
        self.codes(&part("none_on"), &compiled);
        Some(compiled)
    }

    /// The codes must be those that say that there is nothing. A code that may also mean that what it belongs to is not
    /// there needs another read that shows that it is.
    fn codes(&mut self, part: &KeyPath, read: &CompiledRead) {
        let codes = &read.found.operation.none;
        for (at, code) in read.none_on.iter().enumerate() {
            let message = match codes.get(code) {
                Some(Missing::None) => continue,
                Some(Missing::NoneOrParent) if self.shows_parent(read) => continue,
                Some(Missing::NoneOrParent) => format!(
                    "`{code}` of {} may also say that what it belongs to is not there: take an input from a read that \
                     shows that it is",
                    read.call()
                ),
                None if codes.is_empty() => format!("no error of {} says that there is nothing", read.call()),
                None => {
                    let known = codes.keys().map(String::as_str);
                    let listed: Vec<&str> = known.clone().collect();
                    let hint = match did_you_mean(code, known) {
                        hint if hint.is_empty() => format!(": the codes that do are {}", listed.join(", ")),
                        hint => hint,
                    };
                    format!("`{code}` of {} does not say that there is nothing{hint}", read.call())
                }
            };
            self.fail(&part.then(at), None, message);
        }
    }

    /// Whether an expression of a read takes its value from evidence.
    fn shows_parent(&self, read: &CompiledRead) -> bool {
        read.expressions().into_iter().flat_map(Expression::names).any(|name| {
            Section::named(&name.root).is_some()
                || self.check.reads.contains_key(&name.root)
                || self.check.lets.contains_key(&name.root)
                || name.root == "accounts"
        })
    }

    /// A value of an input, with holes.
    pub(super) fn filled(&mut self, part: &KeyPath, value: &Value, bound: &[String]) -> Option<Template> {
        Some(match value {
            Value::String(text) if is_json(text) && Sentence::parse(text, self.texts).is_err() => {
                let message = "this is JSON in a text, where braces are for expressions: write it as a table, or with \
                               {{ and }}";
                self.fail(part, None, message.to_owned());
                return None;
            }
            Value::String(text) => Template::Text(self.text(part, text, bound)?),
            Value::Array(values) => {
                let filled = values.iter().enumerate().map(|(at, value)| self.filled(&part.then(at), value, bound));
                // All of them are compiled, so that each mistake is reported.
                Template::List(filled.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>()?)
            }
            Value::Object(values) => {
                let filled = values.iter().map(|(name, value)| (name, self.filled(&part.then(name), value, bound)));
                let filled: Vec<(&String, Option<Template>)> = filled.collect();
                let filled = filled.into_iter().map(|(name, value)| Some((name.clone(), value?)));
                Template::Map(filled.collect::<Option<Vec<_>>>()?)
            }
            value => Template::Fixed(value.clone()),
        })
    }
}

/// What that the learner can change decides which things a call answers with, if anything does.
fn narrowed(read: &Read) -> Option<&'static str> {
    // Attributes that a thing keeps as long as it exists.
    const IMMUTABLE: [&str; 4] = ["availability-zone", "owner-id", "subnet-id", "vpc-id"];
    const STATES: [&str; 6] = ["state", "states", "statevalue", "status", "statuses", "statusfilter"];
    let is_immutable = |filter: &Value| filter["Name"].as_str().is_some_and(|name| IMMUTABLE.contains(&name));
    let by_tag = read.texts().iter().any(|text| text.starts_with("tag")).then_some("a tag");
    let by_input = read.with.iter().find_map(|(input, value)| match input.to_ascii_lowercase().as_str() {
        input if input.starts_with("tag") => Some("a tag"),
        input if STATES.iter().any(|state| input.ends_with(state)) => Some("a state"),
        "pathprefix" => Some("a path"),
        // A single `Filter` may be a kind of things instead.
        "filter" if !value.is_array() => None,
        "filter" | "filters" => {
            let all = value.as_array().is_some_and(|filters| filters.iter().all(is_immutable));
            (!all).then_some("a filter")
        }
        _ => None,
    });
    by_tag.or(by_input)
}

/// Whether a text is a JSON object or list.
fn is_json(text: &str) -> bool {
    matches!(serde_json::from_str(text), Ok(Value::Object(_) | Value::Array(_)))
}

/// The regions that AWS has.
pub(crate) fn regions() -> impl Iterator<Item = &'static str> + Clone {
    reads::partitions().values().flatten().map(String::as_str)
}

/// Whether AWS has a region.
pub(crate) fn is_region(region: &str) -> bool {
    regions().any(|known| known == region)
}

/// What is wrong with a region in which a service is to be asked.
pub(crate) fn not_offered(found: Found, region: &str) -> Option<String> {
    let is_offered = |region: &str| found.service.endpoint(region, Variant::Plain).is_some();
    match is_region(region) {
        true if is_offered(region) => None,
        true => Some(format!("{} is not offered in the region `{region}`", found.service.name)),
        false => {
            let offered = regions().filter(|region| is_offered(region));
            let hint = match region.starts_with("input.") || region == EACH {
                true => format!(": write {{{region}}}"),
                false => instead_of_region(region, offered),
            };
            Some(format!("there is no region `{region}`{hint}"))
        }
    }
}

/// What to write instead of a region that does not exist, as the end of a message.
pub(crate) fn instead_of_region(region: &str, known: impl Iterator<Item = &'static str> + Clone) -> String {
    match did_you_mean(region, known) {
        hint if hint.is_empty() || region.contains([' ', '(']) => ": write its code, as in us-east-1".to_owned(),
        hint => hint,
    }
}

/// What a text of a read's inputs is.
pub(crate) fn filled(texts: &Texts) -> impl Fn(&str) -> Filled {
    |text| Sentence::parse(text, texts).map_or(Filled::Any, |sentence| sentence.filled())
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::check::GLOBAL_SERVICES;

    /// The course crate does not know AWS's table.
    #[test]
    fn the_services_without_regions_are_those_of_the_table() {
        let all = reads::all().unwrap();
        let global = all.iter().filter(|(_, service)| service.global_region("aws").is_some()).map(|(name, _)| *name);
        assert_eq!(global.collect::<Vec<_>>(), GLOBAL_SERVICES);
    }
}
