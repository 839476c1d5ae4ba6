//! Finds mistakes in expressions and sentences by the types of their values.

use course::places::KeyPath;

use super::Linter;
use crate::cel::Written;
use crate::cel::types::Type;
use crate::lint::advice;
use crate::lint::infer::{self, Mistake};
use crate::lint::text::{doubled, identifiers};
use crate::sentence::Sentence;

impl Linter<'_> {
    /// An expression that must be true or false.
    pub(super) fn condition(&mut self, part: &KeyPath, source: Option<&str>) {
        self.typed(part, source, &Type::Bool);
    }

    /// The list of what is made must be one of texts: the ids.
    pub(super) fn ids(&mut self, list: &str) {
        let Some(expression) = self.compiled(list) else { return };
        let part = KeyPath::of(["makes"]);
        let kind = self.infer(&part, 0, &expression);
        if !kind.agrees(&Type::list(Type::Text)) {
            let message = "makes: this must be a list of texts, the ids of what is there".to_owned();
            self.warn("wrong-type", self.file.value(&part), message, "take the id of each, as in list.map(x, x.Id)");
        }
    }

    /// An expression that must have a type.
    pub(super) fn typed(&mut self, part: &KeyPath, source: Option<&str>, wanted: &Type) {
        let Some(expression) = source.and_then(|source| self.compiled(source)) else { return };
        let kind = self.infer(part, 0, &expression);
        if !kind.agrees(wanted) {
            let message = format!("{part}: this is {kind}, but must be {wanted}");
            let help = match wanted {
                Type::Bool => advice::condition(&kind, Some(expression.source())),
                Type::Time => "use the time of an event, as in e.time".to_owned(),
                _ => "use a list, as in list.map(x, x.Id)".to_owned(),
            };
            self.warn("wrong-type", self.file.value(part), message, help);
        }
    }

    /// An expression whose value is stored as text.
    pub(super) fn stored(&mut self, part: &KeyPath, source: Option<&str>) {
        let Some(expression) = source.and_then(|source| self.compiled(source)) else { return };
        let kind = self.infer(part, 0, &expression);
        if !kind.can_be_shown() {
            let message = format!("{part}: this is {kind}, but must be text or a number");
            self.warn("wrong-type", self.file.value(part), message, "use one of its fields");
        }
    }

    pub(super) fn sentence(&mut self, part: &KeyPath, text: &str) {
        let Ok(sentence) = Sentence::parse(text, self.texts) else {
            self.used.extend(identifiers(text));
            return;
        };
        for (at, hole) in sentence.placed_holes() {
            self.uses(hole);
            let kind = self.infer(part, at, hole);
            if !kind.can_be_shown() {
                let message = format!("{part}: a sentence cannot show {kind}");
                let span = self.file.within(part, at..at + hole.source().len());
                self.warn("hole", span, message, advice::in_sentence(&kind, hole.source().trim()));
            }
        }
        self.doubled_braces(part, text);
    }

    /// Finds names in the braces that are for lessons.
    pub(super) fn doubled_braces(&mut self, part: &KeyPath, text: &str) {
        for (range, name) in doubled(text) {
            // A name, or what begins with one: `row.table`, `found.size()`.
            let root = name.split(['.', '[', '(']).next().unwrap_or_default();
            if !self.names.contains_key(root) {
                continue;
            }
            let message = format!("{part}: double braces are one brace here, and `{name}` is not replaced");
            let span = self.file_of(part).within(part, range);
            self.warn("braces", span, message, format!("write {{{name}}}: double braces are only for lessons"));
        }
    }

    /// The type of an expression that begins at `begin` in a text of the check.
    pub(super) fn infer(&mut self, part: &KeyPath, begin: usize, expression: &Written) -> Type {
        let inferred = self.budget.within(|| infer::infer(expression.tree(), &self.names, self.texts.lets()));
        let (kind, mistakes) = inferred.unwrap_or((Type::Any, Vec::new()));
        for mistake in mistakes {
            self.mistake(part, begin, expression, mistake);
        }
        kind
    }

    /// A mistake of an expression, or of a `let` that it calls. That is reported once, whatever calls it.
    pub(super) fn mistake(&mut self, part: &KeyPath, begin: usize, expression: &Written, mistake: Mistake) {
        let Mistake { rule, message, node, word, within, help } = mistake;
        let called = within.as_ref().and_then(|name| {
            let meant = self.check.lets.get(name)?;
            Some((KeyPath::of(["let", meant.key.as_str()]), self.texts.compiled(&meant.text).ok()?))
        });
        let (place, range, by) = match &called {
            Some((own, written)) => (own, written.range(node, word.as_deref()), format!(" (used by {part})")),
            None => (part, expression.range(node, word.as_deref()), String::new()),
        };
        // A column that is missing is missing everywhere.
        let once = match message.starts_with("the table `") {
            true => (String::new(), 0, message.clone()),
            false => (place.to_string(), node, message.clone()),
        };
        if !self.reported.insert(once) {
            return;
        }
        let whole = called.as_ref().map_or(expression, |(_, written)| written).source().len();
        let range = range.unwrap_or(0..whole);
        let begin = if called.is_some() { 0 } else { begin };
        let span = self.file_of(place).within(place, begin + range.start..begin + range.end);
        let listed = match self.check.reads.is_empty() {
            true => "`verify schema evidence` and the reference chapter list every section and field",
            false => "`verify schema evidence` lists every section and field, and `verify schema reads` every answer",
        };
        // Nothing lists the responses that an action has.
        let is_listed = rule == "unknown-field" && part.root() != "practice";
        let help = help.or_else(|| is_listed.then(|| listed.to_owned()));
        self.found_at(rule, span, format!("{place}: {message}{by}"), help);
    }
}
