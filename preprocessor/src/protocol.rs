//! The protocol between the stock `mdbook` and `mdbook-verify`: `[context, book]` as JSON in, the book as JSON out.
//!
//! mdBook's own types reject or drop what they don't know, and a later mdBook may send more than this version knows. So
//! only what is needed is read from the JSON, and the book is returned as it came, with the new contents of its
//! chapters.

use anyhow::{Context, Result, bail};
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{MDBOOK_VERSION, Preprocessor, PreprocessorContext};
use semver::Version;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::preprocessor::VerifyPreprocessor;
use crate::style_sheet::{self, VERSION};
use course::terminal::{self, Text};

/// Answers the stock `mdbook`.
///
/// # Errors
/// What is wrong with the course, or with the version of mdBook.
pub fn answer(input: &[u8]) -> Result<Vec<u8>> {
    let (context, mut book): (Value, Value) =
        serde_json::from_slice(input).context("the input is not what mdBook sends to a preprocessor")?;
    let version = version(&context)?;
    let (context, mut unknown) = read_context(context).with_context(|| advice(&version))?;
    let items = book.get_mut("items").and_then(Value::as_array_mut).with_context(|| advice(&version))?;
    let mut found = Vec::new();
    chapters(items, &mut found, &mut unknown).with_context(|| advice(&version))?;
    tell_of_a_later(&version, &unknown);
    if context.renderer == "html" {
        style_sheet::trouble(&context.root, &context.config).iter().for_each(|trouble| notice(trouble));
    }
    // The preprocessor does not need to know which chapter is in which.
    let flat = Book::new_with_items(found.into_iter().map(BookItem::Chapter).collect());
    let mut made = VerifyPreprocessor::new().run(&context, flat)?;
    let mut contents = Vec::new();
    made.for_each_chapter_mut(|chapter| contents.push(std::mem::take(&mut chapter.content)));
    put_back(items, &mut contents.into_iter());
    serde_json::to_vec(&book).context("writing the book as JSON")
}

/// Reports once what this version does not know, or that mdBook is later than this version.
fn tell_of_a_later(version: &Version, unknown: &BTreeSet<String>) {
    let made = format!("this is mdBook {version}, and mdbook-verify {VERSION} was made for mdBook {MDBOOK_VERSION}");
    if !unknown.is_empty() {
        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
        notice(&format!("{made}: it ignores {}", unknown.join(", ")));
    } else if is_later(version) {
        notice(&format!("{made}: update mdbook-verify if something is not right"));
    }
}

fn notice(text: &str) {
    terminal::notice(&Text::line(&format!("mdbook-verify: {text}")));
}

/// The version of mdBook, if it is supported.
fn version(context: &Value) -> Result<Version> {
    let sent = context.get("mdbook_version").and_then(Value::as_str).unwrap_or_default();
    let version = Version::parse(sent).with_context(|| format!("mdBook's version {sent:?} is not a version number"))?;
    if (version.major, version.minor) < (0, 5) {
        bail!(
            "this is mdBook {version}, and mdbook-verify {VERSION} needs mdBook 0.5: update mdBook with `cargo install mdbook \
             --version {MDBOOK_VERSION} --locked`, or build the book with `verify build`, which does not need mdBook"
        );
    }
    Ok(version)
}

/// What to do if a book cannot be read.
fn advice(version: &Version) -> String {
    format!(
        "mdbook-verify {VERSION} (made for mdBook {MDBOOK_VERSION}) cannot read the book of mdBook {version}: \
         update mdbook-verify, or downgrade with `cargo install mdbook --version {MDBOOK_VERSION} --locked`, or build the book \
         with `verify build`, which does not need mdBook"
    )
}

fn is_later(version: &Version) -> bool {
    (version.major, version.minor) > (0, 5)
}

/// The parts of the context that are needed, and the keys of the configuration that could not be read.
fn read_context(mut context: Value) -> Result<(PreprocessorContext, BTreeSet<String>)> {
    let text = |context: &Value, key: &str| {
        let text = context.get(key).and_then(Value::as_str).map(str::to_owned);
        text.with_context(|| format!("its context has no `{key}`"))
    };
    let (root, renderer) = (text(&context, "root")?, text(&context, "renderer")?);
    let config = context.get_mut("config").map(Value::take).unwrap_or_default();
    let (config, unknown) = match serde_json::from_value::<Config>(config.clone()) {
        Ok(config) => (config, BTreeSet::new()),
        Err(_) => known(config)?,
    };
    Ok((PreprocessorContext::new(root.into(), config, renderer), unknown))
}

/// A configuration without the keys that mdBook's own type rejects, and these keys.
fn known(config: Value) -> Result<(Config, BTreeSet<String>)> {
    let Value::Object(tables) = config else { bail!("its context has no `config`") };
    let (mut config, mut unknown) = (Config::default(), BTreeSet::new());
    let mut set = |key: String, value: Value| {
        if !value.is_null() && config.set(&key, value).is_err() {
            unknown.insert(format!("`{key}`"));
        }
    };
    for (table, value) in tables {
        match value {
            // Any key is allowed in these.
            value if table == "output" || table == "preprocessor" => set(table, value),
            Value::Object(keys) => keys.into_iter().for_each(|(key, value)| set(format!("{table}.{key}"), value)),
            value => set(table, value),
        }
    }
    Ok((config, unknown))
}

/// Collects the chapters of the book in reading order, and the kinds of items that this version does not know. `None`
/// if a chapter cannot be read.
fn chapters(items: &[Value], found: &mut Vec<Chapter>, unknown: &mut BTreeSet<String>) -> Option<()> {
    for item in items {
        let Some(chapter) = item.get("Chapter") else {
            let kinds =
                item.as_object().into_iter().flatten().map(|(kind, _)| kind).filter(|kind| *kind != "PartTitle");
            unknown.extend(kinds.map(|kind| format!("items of the kind `{kind}`")));
            continue;
        };
        let text = |key: &str| chapter.get(key).and_then(Value::as_str);
        found.push(Chapter {
            name: text("name")?.to_owned(),
            content: text("content")?.to_owned(),
            path: text("path").map(PathBuf::from),
            source_path: text("source_path").map(PathBuf::from),
            ..Chapter::default()
        });
        chapters(sub_items(chapter), found, unknown)?;
    }
    Some(())
}

fn sub_items(chapter: &Value) -> &[Value] {
    chapter.get("sub_items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Gives each chapter its new content, in the order in which they were found.
fn put_back(items: &mut [Value], contents: &mut impl Iterator<Item = String>) {
    for chapter in items.iter_mut().filter_map(|item| item.get_mut("Chapter")) {
        if let (Some(place), Some(content)) = (chapter.get_mut("content"), contents.next()) {
            *place = Value::String(content);
        }
        if let Some(Value::Array(inner)) = chapter.get_mut("sub_items") {
            put_back(inner, contents);
        }
    }
}
