//! The preprocessor as mdBook runs it.

use anyhow::Result;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use pulldown_cmark::{Event, Parser, Tag};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::widget::{self, published::Published};
use course::Course;
use course::edit::Edits;
use course::key::{self, Key};
use course::learner_file::INPUTS;
use course::load::{self, Named, ScannedChapter};
use course::results::Results;
use course::scan::{self, At};
use course::step_view::StepView;
use course::substitute;
use course::terminal::{self, Text};
use course::{Options, Source};

/// The preprocessor, as mdBook runs it.
#[derive(Debug, Clone, Default)]
pub struct VerifyPreprocessor {
    practice: Option<bool>,
    live: bool,
    prefix: Option<String>,
}

impl VerifyPreprocessor {
    /// A preprocessor that shows the results that the book's configuration selects.
    pub fn new() -> VerifyPreprocessor {
        VerifyPreprocessor::default()
    }

    /// The same, with the results of the practice accounts or of the learner's own accounts.
    pub fn with_results(self, practice: bool) -> VerifyPreprocessor {
        VerifyPreprocessor { practice: Some(practice), live: false, ..self }
    }

    /// The same for the live book. Its pages contain no results, because not only the learner may be able to load them.
    pub fn live(self, practice: bool) -> VerifyPreprocessor {
        VerifyPreprocessor { practice: Some(practice), live: true, ..self }
    }

    /// The same with widgets whose element and classes begin with `prefix` instead of `verify-`, so that they can be
    /// distinguished from HTML that a course contains.
    pub fn with_prefix(self, prefix: &str) -> VerifyPreprocessor {
        VerifyPreprocessor { prefix: Some(prefix.to_owned()), ..self }
    }

    /// A widget with the prefix. Its texts contain no hyphen, because [`widget::escape`] writes it as a number.
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
        let course = with_given(course);
        let options = Options::read(&context.root, &context.config)?;
        let practice = self.practice.unwrap_or(options.results == Source::Practice);
        let (results, notice) = if self.live { (Results::empty(practice), None) } else { results(&course, practice) };
        if let Some(notice) = notice {
            terminal::notice(&Text::line(&format!("mdbook-verify: {notice}")));
        }
        let html = context.renderer == "html";
        // Each step once, even if lessons name it more often.
        let widget = |step| {
            let view = StepView::new(&course, step, &results);
            match (html, self.live) {
                (true, true) => widget::live::waiting(step, practice),
                (true, false) => widget::html(&view),
                (false, _) => widget::label(&view),
            }
        };
        let widgets: BTreeMap<&str, String> =
            course.steps.iter().map(|step| (step.id.as_str(), widget(step))).collect();
        let chapters: BTreeMap<&Path, &ScannedChapter> =
            chapters.iter().map(|scanned| (scanned.path.as_path(), scanned)).collect();
        let published = Published::of(&context.config, &options);
        let hint = (html && !self.live).then(|| widget::published::hint(published.as_ref(), !results.steps.is_empty()));
        let pages = Pages { widgets, html, hint, named: &|widget| self.named(widget) };
        book.for_each_chapter_mut(|chapter| {
            let scanned = chapter.path.as_deref().and_then(|path| chapters.get(path));
            if let Some(scanned) = scanned {
                chapter.content = pages.edits(scanned, &chapter.content).apply(&chapter.content);
            }
        });
        Ok(book)
    }
}

/// The course with what its learner gave, if that can be read. A published copy has no learner.
fn with_given(course: Course) -> Course {
    let key = key::config_dir().and_then(|dir| Key::read(&dir)).ok().flatten();
    let given = INPUTS.read(&course.root).unwrap_or_default();
    course.with_given(&given, key.as_ref())
}

/// The results to show, and a notice if their file cannot be used.
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

/// The replacements for directives.
struct Pages<'p> {
    /// The widgets of the steps, by id.
    widgets: BTreeMap<&'p str, String>,
    html: bool,
    /// The hint in the first widget of a page.
    hint: Option<String>,
    named: &'p dyn Fn(String) -> String,
}

impl Pages<'_> {
    fn edits(&self, chapter: &ScannedChapter, content: &str) -> Edits {
        let mut edits = chapter.edits.clone();
        for marked in &chapter.scan.open {
            let open = widget::open(self.html);
            edits.put(marked.comment.clone(), self.placed(marked.at, None, open));
        }
        let mut hint = self.hint.as_deref();
        let mut anchored = BTreeSet::new();
        for (marked, named) in chapter.scan.steps.iter().zip(&chapter.steps) {
            let Some(Named { id, title }) = named else { continue };
            let Some(widget) = self.widgets.get(id.as_str()) else { continue };
            // Whether the author ticked the item says nothing about the learner's account.
            if let Some(marker) = &marked.marker {
                let space = content[marker.end..].len() - content[marker.end..].trim_start_matches([' ', '\t']).len();
                let begins = begins_a_block(&content[marker.end + space..]);
                edits.put(marker.start..marker.end + space, if begins { substitute::NOTHING } else { "" });
            }
            let mut shown = hint.take().map_or_else(|| widget.clone(), |hint| widget::first(widget, hint));
            if self.html && anchored.insert(id) {
                shown = widget::anchored(&shown, id);
            }
            edits.put(marked.comment.clone(), self.placed(marked.at, Some(title), shown));
        }
        edits
    }

    /// A widget as it is written in its place.
    fn placed(&self, at: At, title: Option<&str>, widget: String) -> String {
        (self.named)(match (at, title, self.html) {
            (At::Card { .. }, Some(title), true) => widget::card(title, &widget),
            (At::Card { .. }, Some(title), false) => format!("**{}** {widget}", substitute::markdown(title)),
            (At::Below | At::Card { .. }, _, true) => format!("{}{widget}", widget::BLOCK),
            _ => widget,
        })
    }
}

/// Whether the text after a task marker would begin a heading, a list or another block without it.
fn begins_a_block(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    // The definition of a reference may continue in the next line.
    let defines = line.starts_with('[') && line.contains("]:");
    let item = format!("- {line}");
    let mut events = Parser::new_ext(&item, scan::options()).skip(2);
    let is_text = matches!(
        events.next(),
        Some(
            Event::Text(_)
                | Event::Code(_)
                | Event::InlineHtml(_)
                | Event::FootnoteReference(_)
                | Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
        )
    );
    defines || !is_text
}
