//! `[preprocessor.verify]` as data, and its JSON Schema.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

use crate::input::DeclaredInputs;
use crate::param::Params;
use crate::toml_schema::toml_schema;

/// `[preprocessor.verify]`.
#[derive(Debug, Clone, Default, JsonSchema)]
#[schemars(default, deny_unknown_fields)]
pub struct Options {
    /// Which results the book shows: `"real"` or `"practice"`.
    pub results: Source,
    /// Numbers and names that lessons (`{{ name }}`) and checks (`name`) share.
    #[schemars(extend("propertyNames" = named()))]
    pub params: Params,
    /// The course's names for accounts, each with a description.
    #[schemars(extend("propertyNames" = named()))]
    pub accounts: BTreeMap<String, String>,
    /// What only the learner knows, such as the name of their bucket: `input.NAME` in checks.
    #[schemars(extend("propertyNames" = named()))]
    pub inputs: DeclaredInputs,
    /// The command that serves the live book in a clone of the course's repository, if it is not `verify serve --open`.
    pub serve: Option<String>,
    /// The rules of `verify lint` that `book.toml` breaks on purpose.
    pub allow: Vec<String>,
}

/// Which results a book shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Source {
    /// The results of the learner's own accounts.
    #[default]
    Real,
    /// The results of the practice accounts.
    Practice,
}

/// mdBook's own keys of a preprocessor.
pub(super) const OF_MDBOOK: &[(&str, &str)] = &[
    ("command", "mdBook: the preprocessor's command, `mdbook-verify`."),
    ("renderers", "mdBook: the renderers for which it runs."),
    ("renderer", "mdBook: the same, under its former name."),
    ("before", "mdBook: the preprocessors before which it runs."),
    ("after", "mdBook: the preprocessors after which it runs."),
    ("optional", "mdBook: whether a book is built if the command is missing."),
];

/// All keys of `[preprocessor.verify]`: ours and mdBook's.
pub(super) fn keys() -> Vec<String> {
    let ours = toml_schema::<Options>()["properties"].take();
    let ours = ours.as_object().into_iter().flatten().map(|(key, _)| key.clone());
    ours.chain(OF_MDBOOK.iter().map(|(key, _)| (*key).to_owned())).collect()
}

/// The JSON Schema of `book.toml`: of our part. mdBook's own is open.
pub fn schema() -> serde_json::Value {
    let mut ours = toml_schema::<Options>();
    for (key, description) in OF_MDBOOK {
        ours["properties"][key] = json!({ "description": description });
    }
    let (version, definitions) = (ours["$schema"].take(), ours["definitions"].take());
    if let Some(ours) = ours.as_object_mut() {
        ours.retain(|_, value| !value.is_null());
    }
    let preprocessor = json!({ "type": "object", "properties": { "verify": ours } });
    json!({
        "$schema": version,
        "title": "book.toml",
        "type": "object",
        "properties": { "preprocessor": preprocessor },
        "definitions": definitions,
    })
}

/// The names of parameters, accounts and inputs. A hyphen is read as `_`.
fn named() -> serde_json::Value {
    json!({ "pattern": "^[a-z_][a-z0-9_-]*$" })
}
