//! HTML as a tokenizer reads it: what it says, and what of that is missing in another.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};

use super::taken::Taken;

/// What one text says more often than another.
pub(super) fn missing(before: &str, after: &str) -> Vec<Taken> {
    let after = said(after);
    let all = said(before).into_iter();
    let mut missing: Vec<Taken> =
        all.filter(|(said, count)| after.get(said).is_none_or(|kept| kept < count)).map(|(said, _)| said).collect();
    // An element that is left out need not be told of again for each of its attributes.
    let elements: HashSet<String> = missing.iter().filter_map(Taken::element).map(str::to_owned).collect();
    missing.retain(|taken| match taken {
        Taken::Element(_) | Taken::All(_) => true,
        Taken::Attribute { element, .. } => !elements.contains(element),
    });
    missing
}

/// The elements that begin in a text, with what they say, and how often.
///
/// A browser finds no others in it but inside of elements that hold no HTML, none of which is allowed, and in sections
/// that [`super::Policy::clean`] looks for.
pub(super) fn said(html: &str) -> BTreeMap<Taken, usize> {
    tokens(html, Said::default()).0.into_inner()
}

/// Reads the tokens of a text.
fn tokens<Sink: TokenSink>(html: &str, sink: Sink) -> Sink {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    while !queue.is_empty() {
        // It stops at what a page would run, and reads on.
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    tokenizer.sink
}

#[derive(Default)]
struct Said(RefCell<BTreeMap<Taken, usize>>);

impl TokenSink for Said {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, .. }) = token else {
            return TokenSinkResult::Continue;
        };
        let mut said = self.0.borrow_mut();
        let mut add = |what| *said.entry(what).or_default() += 1;
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

/// mdBook lays a picture over the whole page when somebody clicks on it. This finds what would lie something else there, or
/// the picture without a click.
#[derive(Default)]
pub(super) struct Overlay {
    /// How many tokens of a picture's wrapper have been read.
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
                let says = |name: &str| tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
                let has =
                    |class| says("class").is_some_and(|said| said.value.split_ascii_whitespace().any(|c| c == class));
                self.within.set(usize::from(has("img-wrapper")));
                if has("img-wrapper") && &*tag.name != "span" || has("checkbox-img") && says("checked").is_some() {
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

/// What it costs at most to read a text as a browser does: for each tag, that may look through all elements that are open,
/// and open those for the look of text once more.
#[derive(Default)]
pub(super) struct Cost {
    open: Cell<usize>,
    /// Those that a browser opens once more where a paragraph has closed them.
    formatting: Cell<usize>,
    looks: Cell<usize>,
    copies: Cell<usize>,
}

impl Cost {
    /// A lesson's tags have fewer than ten elements around them: these are hundreds of thousands of such tags.
    const LOOKS: usize = 20_000_000;
    /// Each is an element in memory.
    const COPIES: usize = 1_000_000;

    pub(super) fn is_too_high(html: &str) -> bool {
        // So few tags cost little, however they stand.
        if html.matches('<').count().pow(2) <= Cost::COPIES {
            return false;
        }
        let cost = tokens(html, Cost::default());
        cost.looks.get() > Cost::LOOKS || cost.copies.get() > Cost::COPIES
    }
}

/// Elements that have no content.
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
