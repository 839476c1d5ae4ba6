//! Reads `[preprocessor.verify.inputs]`.

use toml::Value;

use super::{Entry, Reader};
use crate::diagnostic::suggest;
use crate::input::Input;
use crate::places::KeyPath;

impl Reader {
    pub(super) fn inputs(&mut self, part: &KeyPath, value: Value) {
        for Entry { name, part, value, .. } in self.entries(part, value, "input") {
            let input = self.input(&name, &part, value);
            // Its uses are not wrong, too.
            self.options.inputs.insert(name, input.unwrap_or_default());
        }
    }

    fn input(&mut self, name: &str, part: &KeyPath, value: Value) -> Option<Input> {
        let keys: Vec<String> = value.as_table().into_iter().flat_map(|table| table.keys().cloned()).collect();
        if let Some(key) = keys.iter().find(|key| !KEYS.contains(&key.as_str())) {
            let span = self.file.key(&part.then(key));
            self.fail(span, format!("an input has no `{key}`"), suggest(key, KEYS.iter().copied()));
            return None;
        }
        if value.is_table() && !keys.iter().any(|key| key == "label") {
            let help = "add label = \"…\": what the learner is asked for".to_owned();
            self.fail(self.file.key(part), format!("the input `{name}` has no `label`"), Some(help));
            return None;
        }
        let wanted = "a table with `label`, and with `pattern`, `example` and `default` if they help";
        let input = self.value::<Input>(part, value, wanted)?;
        if let Some((key, message)) = input.wrong() {
            let span = self.file.value(&part.then(key));
            self.fail(span, format!("the input `{name}`: {message}"), None);
        }
        Some(input)
    }
}

/// The keys of an input.
const KEYS: &[&str] = &["label", "pattern", "example", "default"];
