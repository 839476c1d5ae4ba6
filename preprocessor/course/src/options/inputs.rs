//! Reads `[preprocessor.verify.inputs]`.

use toml::Value;

use super::{Entry, Reader};
use crate::input::Input;
use crate::places::KeyPath;

impl Reader {
    pub(super) fn inputs(&mut self, part: &KeyPath, value: Value) {
        for Entry { name, part, value, .. } in self.entries(part, value, "input") {
            let wanted = "a table with `label`, and with `pattern`, `example` and `default` if they help";
            let Some(input) = self.value::<Input>(&part, value, wanted) else { continue };
            if let Some((key, message)) = input.wrong() {
                let span = self.file.value(&part.then(key));
                self.fail(span, format!("the input `{name}`: {message}"), None);
            }
            self.options.inputs.insert(name, input);
        }
    }
}
