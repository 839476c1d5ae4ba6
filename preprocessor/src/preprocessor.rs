//! mdBook's side: the preprocessor itself, and the protocol of `mdbook-verify` with the stock `mdbook`.

use anyhow::{Context, Result, bail};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{MDBOOK_VERSION, Preprocessor, PreprocessorContext};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use crate::course::Course;
use crate::edit::apply;
use crate::key::{self, Key};
use crate::load::{self, ScannedChapter};
use crate::options::{Options, Source};
use crate::results::Results;
use crate::terminal::{self, Text};
use crate::widget::{self, published::Published};

/// The preprocessor, as mdBook runs it.
#[derive(Debug, Clone, Default)]
pub struct VerifyPreprocessor {
    practice: Option<bool>,
    live: bool,
    prefix: Option<String>,
}

impl VerifyPreprocessor {
    /// A preprocessor that shows the results that the book's configuration names.
    pub fn new() -> VerifyPreprocessor {
        VerifyPreprocessor::default()
    }

    /// The same, with the results of the practice account or of the learner's own.
    pub fn with_results(self, practice: bool) -> VerifyPreprocessor {
        VerifyPreprocessor { practice: Some(practice), live: false, ..self }
    }

    /// The same for the live book: its pages hold no results, since whoever may load them need not be the learner.
    pub fn live(self, practice: bool) -> VerifyPreprocessor {
        VerifyPreprocessor { practice: Some(practice), live: true, ..self }
    }

    /// The same with widgets whose element and classes begin with `prefix` instead of `verify-`, so that whoever builds the
    /// book can tell them from what a course wrote in their place.
    pub fn with_prefix(self, prefix: &str) -> VerifyPreprocessor {
        VerifyPreprocessor { prefix: Some(prefix.to_owned()), ..self }
    }

    /// A widget, with its names. Its texts have no hyphen: [`widget::escape`] writes it as a number.
    fn named(&self, widget: String) -> String {
        match &self.prefix {
            Some(prefix) => widget.replace("verify-", prefix),
            None => widget,
        }
    }
}

impl Preprocessor for VerifyPreprocessor {
    fn name(&self) -> &str {
        "verify"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let (course, chapters) = load::read(&context.root, &context.config, &book)?;
        let options = Options::read(&context.root, &context.config)?;
        let practice = self.practice.unwrap_or(options.results == Source::Practice);
        let (results, notice) = if self.live { (Results::empty(practice), None) } else { results(&course, practice) };
        if let Some(notice) = notice {
            terminal::notice(&Text::line(&format!("mdbook-verify: {notice}")));
        }
        let html = context.renderer == "html";
        // Each step once, however often lessons name it.
        let shown = |step| {
            let view = results.view(step);
            match (html, self.live) {
                (true, true) => widget::live::waiting(step, practice),
                (true, false) => widget::html(step, &view, practice),
                (false, _) => widget::words(&view, practice),
            }
        };
        let widgets: BTreeMap<&str, String> = course.steps.iter().map(|step| (step.id.as_str(), shown(step))).collect();
        let chapters: BTreeMap<&Path, &ScannedChapter> =
            chapters.iter().map(|scanned| (scanned.path.as_path(), scanned)).collect();
        let published = Published::of(&context.config, &options);
        let hint = (html && !self.live).then(|| widget::hint(published.as_ref(), !results.steps.is_empty()));
        book.for_each_chapter_mut(|chapter| {
            let scanned = chapter.path.as_deref().and_then(|path| chapters.get(path));
            if let Some(scanned) = scanned {
                let named = |widget: String| self.named(widget);
                let edits = edits(scanned, &chapter.content, &widgets, html, hint.as_deref(), &named);
                if !edits.is_empty() {
                    chapter.content = apply(&chapter.content, edits);
                }
            }
        });
        Ok(book)
    }
}

/// The results to show, and what is wrong with the file they are in.
fn results(course: &Course, practice: bool) -> (Results, Option<String>) {
    let key = key::config_dir().and_then(|dir| Key::read(&dir));
    let (key, trouble) = match key {
        Ok(key) => (key, None),
        Err(error) => (None, Some(format!("your key cannot be read ({error}), so every step shows as not checked"))),
    };
    match Results::read(&course.root, practice, key.as_ref()) {
        Ok(results) => (results.unwrap_or_else(|| Results::empty(practice)), trouble),
        Err(unusable) => {
            let path = Results::path(&course.root, practice);
            let notice = format!("{} cannot be used: {unusable}. Every step shows as not checked.", path.display());
            (Results::empty(practice), Some(trouble.unwrap_or(notice)))
        }
    }
}

fn edits(
    chapter: &ScannedChapter,
    content: &str,
    widgets: &BTreeMap<&str, String>,
    html: bool,
    mut hint: Option<&str>,
    named: &dyn Fn(String) -> String,
) -> Vec<(Range<usize>, String)> {
    let mut edits = chapter.edits.clone();
    edits.extend(chapter.scan.open.iter().map(|item| (item.comment.clone(), named(widget::open(html)))));
    for (item, id) in chapter.scan.items.iter().zip(&chapter.steps) {
        let Some(widget) = id.as_ref().and_then(|id| widgets.get(id.as_str())) else { continue };
        // How the author ticked the item says nothing about the learner's account.
        edits.extend(item.marker.clone().map(|marker| {
            let instead = if starts_a_block(&content[marker.end..]) { "&#8203;" } else { "" };
            (marker, instead.to_owned())
        }));
        let shown = hint.take().map_or_else(|| widget.clone(), |hint| widget::first(widget, hint));
        edits.push((item.comment.clone(), named(shown)));
    }
    edits.sort_by_key(|(range, _)| range.start);
    edits
}

/// Whether text that stood behind a task marker would begin a heading, a list or the like without it. It may say so too
/// often: a character without width before the text is seen by nobody.
fn starts_a_block(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    match line.chars().next() {
        Some('#' | '>' | '-' | '+' | '=' | '~' | '<' | '|' | ':' | ' ' | '\t' | '0'..='9') => true,
        Some(c @ ('*' | '_')) => line[1..].starts_with([' ', '\t', c]),
        Some('`') => line.starts_with("```"),
        Some('[') => line.contains("]:") || line.get(2..3) == Some("]"),
        _ => false,
    }
}

/// The part of mdBook's context that every version has.
#[derive(Deserialize)]
struct AnyContext {
    #[serde(default)]
    mdbook_version: String,
}

/// Answers the stock `mdbook`: `[context, book]` as JSON in, the book as JSON out.
///
/// # Errors
/// What is wrong with the course, or with the version of mdBook that asks.
pub fn answer(input: &[u8]) -> Result<Vec<u8>> {
    let (AnyContext { mdbook_version }, _): (AnyContext, serde::de::IgnoredAny) =
        serde_json::from_slice(input).context("this is not what mdBook sends to a preprocessor")?;
    let version = semver::Version::parse(&mdbook_version)
        .with_context(|| format!("mdBook says that its version is {mdbook_version:?}, which is none"))?;
    if (version.major, version.minor) < (0, 5) {
        bail!(
            "this is mdBook {version}, and mdbook-verify needs mdBook 0.5: update it with `cargo install mdbook`, \
             or build the book with `verify build`, which needs no mdBook"
        );
    }
    let later = (version.major, version.minor) > (0, 5);
    let parsed: serde_json::Result<(PreprocessorContext, Book)> = serde_json::from_slice(input);
    let (context, book) = match parsed {
        Ok(parsed) => parsed,
        Err(_) if later => bail!(
            "this is mdBook {version}, whose books mdbook-verify {} (made for mdBook {MDBOOK_VERSION}) cannot read: \
             update mdbook-verify, or build the book with `verify build`, which needs no mdBook",
            env!("CARGO_PKG_VERSION"),
        ),
        Err(error) => {
            return Err(error).with_context(|| {
                format!("mdBook {version}'s book cannot be read by mdbook-verify, made for mdBook {MDBOOK_VERSION}")
            });
        }
    };
    if later {
        terminal::notice(&Text::line(&format!(
            "mdbook-verify: this is mdBook {version}, and mdbook-verify was made for mdBook {MDBOOK_VERSION}"
        )));
    }
    let book = VerifyPreprocessor::new().run(&context, book)?;
    serde_json::to_vec(&book).context("writing the book as JSON")
}
