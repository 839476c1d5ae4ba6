//! Explains why mdBook cannot read a book, and reads as much of the book as possible.

use anyhow::{Error, Result};
use course::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use course::environment::Environment;
use course::toml_error::{self, Explained};
use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::config::Config;
use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::place::from_message;
use crate::trust;

/// A book that mdBook cannot read.
pub struct Unreadable {
    /// The errors; never empty.
    pub errors: Vec<Diagnostic>,
    /// The configuration and the readable chapters, without their includes. `None` if there is no configuration.
    pub book: Option<(Book, Config)>,
}

/// Finds the places that an error in reading a book is about.
///
/// # Errors
/// The error itself, if it is not about one of the book's files, or is about what a course may not do.
pub fn book(root: &Path, trusted: bool, error: Error) -> Result<Unreadable> {
    if let Some(wrong) = error.downcast_ref::<Diagnostics>() {
        return Ok(Unreadable { errors: wrong.iter().cloned().collect(), book: None });
    }
    let path = Path::new("book.toml");
    let is_file = std::fs::symlink_metadata(root.join(path)).is_ok_and(|about| about.is_file());
    if !trusted && !is_file {
        return Err(error);
    }
    let Ok(text) = course::files::read_text(&root.join(path)) else { return Err(error) };
    if let Err(wrong) = toml::from_str::<toml::Table>(&text) {
        let Explained { range, message, help } = toml_error::explain(&text, &wrong, &[]);
        let span = range.map_or(Span::file(path), |range| Span::range(path, &text, range));
        let diagnostic = Diagnostic { span, message, help };
        return Ok(Unreadable { errors: vec![diagnostic], book: None });
    }
    let mut config = match text.parse::<Config>() {
        Ok(config) => config,
        Err(wrong) => {
            // mdBook's own keys: `[book]` and the like.
            if let Some(wrong) = wrong.downcast_ref::<toml::de::Error>() {
                let Explained { range, message, help } = toml_error::explain(&text, wrong, &[]);
                let span = range.map_or(Span::file(path), |range| Span::range(path, &text, range));
                return Ok(Unreadable { errors: vec![Diagnostic { span, message, help }], book: None });
            }
            let message = format!("{wrong:#}");
            let span = from_message(&message, &text).map_or(Span::file(path), |range| Span::range(path, &text, range));
            let last = message.lines().rfind(|line| !line.is_empty()).unwrap_or_default().to_owned();
            return Ok(Unreadable { errors: vec![Diagnostic { span, message: last, help: None }], book: None });
        }
    };
    Environment::read().apply(&mut config)?;
    if !trusted {
        trust::config(root, &config)?;
        trust::files(root, &config.book.src)?;
    }
    let src = config.book.src.clone();
    let summary = src.join("SUMMARY.md");
    let text = match course::files::read_text(&root.join(&summary)) {
        Ok(text) => text,
        Err(why) => {
            let (message, help) = match why.kind() {
                ErrorKind::NotFound => (
                    "there is no SUMMARY.md, which lists the chapters of the book".to_owned(),
                    Some("create one, with a line such as - [Title](chapter.md) for each chapter".to_owned()),
                ),
                _ => (format!("SUMMARY.md, which lists the chapters of the book, cannot be read: {why}"), None),
            };
            let missing = Diagnostic { span: Span::file(summary), message, help };
            return Ok(Unreadable { errors: vec![missing], book: Some((Book::new(), config)) });
        }
    };
    let (mut errors, mut items) = (Vec::new(), Vec::new());
    let named = chapters(&text);
    let unlisted = unlisted(&root.join(&src), &named);
    for Named { title, path, range } in named {
        match course::files::read_text(&root.join(&src).join(&path)) {
            Ok(content) => items.push(BookItem::Chapter(Chapter::new(&title, content, path, Vec::new()))),
            Err(why) => errors.push(Diagnostic {
                span: Span::range(&summary, &text, range),
                message: format!("the chapter `{}` cannot be read: {}", path.display(), plain(&why)),
                help: (why.kind() == ErrorKind::NotFound).then(|| {
                    match nearest(&path.to_string_lossy(), unlisted.iter().map(String::as_str)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "create the chapter, or remove it from SUMMARY.md".to_owned(),
                    }
                }),
            }),
        }
    }
    if errors.is_empty() {
        if !format!("{error:#}").to_lowercase().contains("summary") {
            return Err(error);
        }
        let message = error.root_cause().to_string();
        let span =
            from_message(&message, &text).map_or(Span::file(&summary), |range| Span::range(&summary, &text, range));
        let message = match message.split_once("column ").and_then(|(_, rest)| rest.split_once(": ")) {
            Some(_) => "this line of SUMMARY.md is not a link to a chapter".to_owned(),
            None => message,
        };
        let help = Some("write each chapter on a line of its own, as in - [Title](chapter.md)".to_owned());
        errors.push(Diagnostic { span, message, help });
    }
    Ok(Unreadable { errors, book: Some((Book::new_with_items(items), config)) })
}

/// The lessons directly in a folder that SUMMARY.md does not list.
fn unlisted(src: &Path, named: &[Named]) -> Vec<String> {
    let entries = std::fs::read_dir(src).into_iter().flatten().flatten();
    let lessons = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let lessons = lessons.filter(|name| name.ends_with(".md") && name != "SUMMARY.md");
    lessons.filter(|name| !named.iter().any(|named| named.path == Path::new(name))).collect()
}

fn plain(why: &std::io::Error) -> String {
    match why.kind() {
        ErrorKind::NotFound => "the file does not exist".to_owned(),
        _ => why.to_string(),
    }
}

/// A chapter in SUMMARY.md, and its place there.
struct Named {
    title: String,
    path: PathBuf,
    range: Range<usize>,
}

fn chapters(summary: &str) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    let mut open = false;
    for (event, range) in Parser::new(summary).into_offset_iter() {
        match event {
            // A link without an address is a draft chapter.
            Event::Start(Tag::Link { dest_url, .. }) if !dest_url.is_empty() => {
                let path = PathBuf::from(percent_decode_str(&dest_url).decode_utf8_lossy().into_owned());
                found.push(Named { title: String::new(), path, range });
                open = true;
            }
            Event::End(TagEnd::Link) => open = false,
            Event::Text(text) | Event::Code(text) if open => {
                found.last_mut().into_iter().for_each(|named| named.title.push_str(&text));
            }
            _ => {}
        }
    }
    found
}
