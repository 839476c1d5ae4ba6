//! Compares two HTML texts by their tokens.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};

use super::taken::Taken;

/// The elements and attributes that are more frequent in `before` than in `after`.
pub(super) fn missing(before: &str, after: &str) -> Vec<Taken> {
    let after = contents(after);
    let all = contents(before).into_iter();
    let mut missing: Vec<Taken> = all
        .filter(|(content, count)| after.get(content).is_none_or(|kept| kept < count))
        .map(|(content, _)| content)
        .collect();
    // The attributes of a removed element are not listed.
    let elements: HashSet<String> = missing.iter().filter_map(Taken::element).map(str::to_owned).collect();
    missing.retain(|taken| match taken {
        Taken::Element(_) | Taken::All(_) => true,
        Taken::Attribute { element, .. } => !elements.contains(element),
    });
    missing
}

/// The start tags in a text and their attributes, with their frequencies.
///
/// A browser finds no others, except in elements that contain no HTML, which are not allowed, and in sections that
/// [`super::Policy::clean`] looks for.
pub(super) fn contents(html: &str) -> BTreeMap<Taken, usize> {
    tokens(html, Contents::default()).0.into_inner()
}

/// Reads the tokens of a text.
fn tokens<Sink: TokenSink>(html: &str, sink: Sink) -> Sink {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    while !queue.is_empty() {
        // The tokenizer stops at scripts, and is resumed.
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    tokenizer.sink
}

#[derive(Default)]
struct Contents(RefCell<BTreeMap<Taken, usize>>);

impl TokenSink for Contents {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, .. }) = token else {
            return TokenSinkResult::Continue;
        };
        let mut contents = self.0.borrow_mut();
        let mut add = |what| *contents.entry(what).or_default() += 1;
        add(Taken::Element(name.to_string()));
        for attribute in attrs {
            let (element, name) = (name.to_string(), attribute.name.local.to_ascii_lowercase().to_string());
            add(Taken::Attribute { element, name, value: attribute.value.to_string() });
        }
        match &*name {
            "script" | "style" | "title" | "textarea" | "iframe" | "noscript" | "xmp" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            _ => TokenSinkResult::Continue,
        }
    }
}

/// mdBook shows a picture over the whole page after a click. This finds HTML that would show something else there, or
/// the picture without a click.
#[derive(Default)]
pub(super) struct Overlay {
    /// How many tokens of a picture's wrapper were read.
    within: Cell<usize>,
    found: Cell<bool>,
}

impl Overlay {
    pub(super) fn is_in(html: &str) -> bool {
        if !["checkbox-img", "img-wrapper"].iter().any(|class| html.contains(class)) {
            return false;
        }
        let overlay = tokens(html, Overlay::default());
        overlay.found.get() || overlay.within.get() > 0
    }
}

impl TokenSink for Overlay {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let within = self.within.take();
        match (within, token) {
            (0, Token::TagToken(tag)) if tag.kind == TagKind::StartTag => {
                let attribute = |name: &str| tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
                let has = |class| {
                    attribute("class")
                        .is_some_and(|attribute| attribute.value.split_ascii_whitespace().any(|c| c == class))
                };
                self.within.set(usize::from(has("img-wrapper")));
                if has("img-wrapper") && &*tag.name != "span" || has("checkbox-img") && attribute("checked").is_some() {
                    self.found.set(true);
                }
            }
            (1, Token::TagToken(tag)) if tag.kind == TagKind::StartTag && &*tag.name == "img" => self.within.set(2),
            (2, Token::TagToken(tag)) if tag.kind == TagKind::EndTag => {}
            (0, _) => {}
            _ => self.found.set(true),
        }
        TokenSinkResult::Continue
    }
}

/// The maximum cost of parsing a text as a browser does. For each tag, a browser may search all open elements, and
/// reopen formatting elements.
#[derive(Default)]
pub(super) struct Cost {
    open: Cell<usize>,
    /// The formatting elements, which a browser reopens after a paragraph has closed them.
    formatting: Cell<usize>,
    looks: Cell<usize>,
    copies: Cell<usize>,
}

impl Cost {
    /// In a lesson, tags are nested less than ten deep. This allows hundreds of thousands of such tags.
    const LOOKS: usize = 20_000_000;
    /// The most elements in memory.
    const COPIES: usize = 1_000_000;

    pub(super) fn is_too_high(html: &str) -> bool {
        // So few tags are cheap in any arrangement.
        if html.matches('<').count().pow(2) <= Cost::COPIES {
            return false;
        }
        let cost = tokens(html, Cost::default());
        cost.looks.get() > Cost::LOOKS || cost.copies.get() > Cost::COPIES
    }
}

/// Elements without content.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "path",
];
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

impl TokenSink for Cost {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(Tag { kind, name, .. }) = token else { return TokenSinkResult::Continue };
        let count = |counted: &Cell<usize>| match kind {
            TagKind::StartTag => counted.set(counted.get() + 1),
            TagKind::EndTag => counted.set(counted.get().saturating_sub(1)),
        };
        if !VOID.contains(&&*name) {
            count(&self.open);
        }
        if FORMATTING.contains(&&*name) {
            count(&self.formatting);
        }
        self.looks.set(self.looks.get() + self.open.get());
        self.copies.set(self.copies.get() + self.formatting.get());
        TokenSinkResult::Continue
    }
}
