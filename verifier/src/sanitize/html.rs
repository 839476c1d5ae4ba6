//! The HTML that a course may put into a page: what is allowed is listed, and ammonia, which parses as browsers do, keeps
//! nothing else.
//!
//! What ammonia returns is taken only where something must go. Otherwise the page stays as mdBook wrote it, to the byte.

mod taken;
#[cfg(test)]
mod tests;
mod tokens;

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::HashSet;
use url::Url;

use self::tokens::{Cost, Overlay, missing, said};
use super::seal::Seal;
pub use taken::Taken;

/// Elements of text, and those that mdBook makes of Markdown.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "li",
    "mark",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// Elements that draw: mdBook's icons are made of the first two.
const DRAWING: &[&str] =
    &["svg", "path", "circle", "ellipse", "g", "line", "polygon", "polyline", "rect", "text", "tspan"];

/// What they may say.
const DRAWN: &[&str] = &[
    "cx",
    "cy",
    "d",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-weight",
    "height",
    "opacity",
    "points",
    "preserveAspectRatio",
    "r",
    "rx",
    "ry",
    "stroke",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
    "transform",
    "viewBox",
    "viewbox",
    "width",
    "x",
    "x1",
    "x2",
    "xmlns",
    "y",
    "y1",
    "y2",
];

/// What any element may say.
const ATTRIBUTES: &[&str] = &["align", "aria-hidden", "aria-label", "class", "dir", "id", "lang", "role", "title"];

/// What some elements may say besides.
const OF_ELEMENTS: &[(&str, &[&str])] = &[
    ("a", &["href", "name", "rel", "target"]),
    ("audio", &["controls", "loop", "muted", "preload", "src"]),
    ("col", &["span", "width"]),
    ("colgroup", &["span", "width"]),
    ("details", &["open"]),
    ("font", &["color", "size"]),
    ("hr", &["size", "width"]),
    ("img", &["alt", "border", "height", "loading", "src", "width"]),
    ("input", &["checked", "disabled", "readonly", "size", "type", "value"]),
    ("li", &["value"]),
    ("ol", &["reversed", "start", "type"]),
    ("source", &["media", "src", "type"]),
    ("span", &["data-text"]),
    ("table", &["border", "cellpadding", "cellspacing", "width"]),
    ("td", &["colspan", "headers", "height", "rowspan", "style", "valign", "width"]),
    ("th", &["abbr", "colspan", "headers", "height", "rowspan", "scope", "style", "valign", "width"]),
    ("time", &["datetime"]),
    ("tr", &["valign"]),
    ("ul", &["type"]),
    ("video", &["controls", "height", "loop", "muted", "poster", "preload", "src", "width"]),
    ("div", &["style"]),
];

/// The styles that mdBook gives an element: a table's columns, and the break between chapters in what is printed.
pub(crate) const STYLES: &[&str] =
    &["text-align: left", "text-align: center", "text-align: right", "break-before: page; page-break-before: always;"];

/// What our widgets say.
const WIDGETS: &[&str] = &["data-step", "data-verdict", "data-practice", "data-optional"];

/// Where a link may lead, besides another place of the book.
const SCHEMES: &[&str] = &["http", "https", "mailto"];

/// Classes of the template that lay out its own page and mean nothing else.
const LAYOUT: &[&str] = &["content", "fa-svg", "hidden", "light", "next", "page", "previous", "theme"];

/// How often what ammonia returned is looked at again until nothing more must go.
const ROUNDS: usize = 4;

/// What is allowed in the pages of one book.
pub struct Policy<'s> {
    builder: Builder<'s>,
    /// The same for a chapter that would lay something else than a picture over the page.
    flat: Builder<'s>,
}

/// What became of a chapter's HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// What stays; nothing where all of it does.
    pub html: Option<String>,
    /// What was taken out.
    pub taken: Vec<Taken>,
}

impl Cleaned {
    /// Nothing stays.
    fn without(reason: &'static str) -> Cleaned {
        Cleaned { html: Some(format!("<p>This chapter is not shown: {reason}.</p>")), taken: vec![Taken::All(reason)] }
    }
}

impl<'s> Policy<'s> {
    /// What a course may put into a page of mdBook's that has `template` around it. Our widgets have names with the seal
    /// in them; nothing else may be called as they are, nor as what the template's scripts look for.
    pub fn new(seal: &'s Seal, template: &str) -> Policy<'s> {
        let reserved = Reserved::of(template);
        let mut flat = reserved.clone();
        flat.classes.extend(["checkbox-img", "img-wrapper"].map(str::to_owned));
        Policy { builder: builder(seal, reserved), flat: builder(seal, flat) }
    }

    /// What stays of a chapter's HTML. It is looked at as a browser reads it, until nothing that a browser would find in
    /// it must go.
    pub(crate) fn clean(&self, html: &str) -> Cleaned {
        if Cost::is_too_high(html) {
            return Cleaned::without("its HTML is nested too deeply");
        }
        let mut cleaned = Cleaned { html: None, taken: Vec::new() };
        for _ in 0..ROUNDS {
            let now = cleaned.html.as_deref().unwrap_or(html);
            let mut next = self.builder.clean(now).to_string();
            if Overlay::is_in(&next) {
                next = self.flat.clean(now).to_string();
            }
            if next == now {
                return cleaned;
            }
            let taken = missing(now, &next);
            // Outside of a tree, a tokenizer cannot tell such a section from a comment.
            if taken.is_empty() && !now.contains("<![CDATA[") {
                return cleaned;
            }
            cleaned.taken.extend(taken);
            cleaned.html = Some(next);
        }
        cleaned.html =
            Some("<p>This chapter’s HTML is not shown: it changes each time that it is read.</p>".to_owned());
        cleaned
    }
}

/// What keeps what is allowed.
fn builder(seal: &Seal, reserved: Reserved) -> Builder<'_> {
    let mut builder = Builder::empty();
    builder.tags(ELEMENTS.iter().chain(DRAWING).copied().chain([seal.element.as_str()]).collect());
    builder.generic_attributes(ATTRIBUTES.iter().copied().collect());
    let drawing = DRAWING.iter().map(|element| (*element, DRAWN));
    let elements = drawing.chain(OF_ELEMENTS.iter().copied()).chain([(seal.element.as_str(), WIDGETS)]);
    builder.tag_attributes(elements.map(|(element, said)| (element, said.iter().copied().collect())).collect());
    // What stands in these is no text of a lesson.
    builder.clean_content_tags(["script", "style", "title", "textarea", "iframe", "noscript"].into());
    builder.url_schemes(SCHEMES.iter().copied().collect()).url_relative(UrlRelative::PassThrough);
    builder.link_rel(None).strip_comments(false);
    let ours = seal.prefix.clone();
    builder.attribute_filter(move |element, name, value| match name {
        "class" => classes(&reserved, &ours, element, value),
        _ if is_allowed(&reserved, element, name, value) => Some(Cow::Borrowed(value)),
        _ => None,
    });
    builder
}

/// The classes of an element that it may have: none of our widgets', unless they have the seal, and none by which mdBook's
/// scripts and style sheets know the page around it.
fn classes<'v>(reserved: &Reserved, ours: &str, element: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let is_allowed = |class: &&str| match class.strip_prefix("verify-") {
        Some(_) => class.starts_with(ours),
        // A picture's, which is larger while this is ticked.
        None if element == "input" && *class != "checkbox-img" => false,
        None => !reserved.classes.contains(*class),
    };
    if value.split_ascii_whitespace().all(|class| is_allowed(&class)) {
        return Some(Cow::Borrowed(value));
    }
    let kept: Vec<&str> = value.split_ascii_whitespace().filter(is_allowed).collect();
    (!kept.is_empty()).then(|| Cow::Owned(kept.join(" ")))
}

/// Whether an element that is allowed may say this, which its attributes' names allow.
fn is_allowed(reserved: &Reserved, element: &str, name: &str, value: &str) -> bool {
    match name {
        "id" => !reserved.has(value),
        "href" => is_link(value),
        "src" | "poster" => is_source(value),
        "style" => STYLES.contains(&value) && (element == "div") == value.starts_with("break-before"),
        "target" => value == "_blank",
        "type" if element == "input" => value == "checkbox",
        "role" => ["img", "none", "note", "presentation"].contains(&value),
        // A reference to what is drawn elsewhere.
        _ if DRAWING.contains(&element) => !value.contains("url("),
        _ => true,
    }
}

/// Whether an address leads to a place of the book, to a web site or to somebody's mail.
fn is_link(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => SCHEMES.contains(&url.scheme()),
        Err(_) => is_in_book(address),
    }
}

/// Whether a page may load a picture from an address.
fn is_source(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => url.scheme() == "https",
        Err(_) => is_in_book(address),
    }
}

/// Whether an address is a path of whatever host a page is read from. `//host` is none, and leads to another machine even
/// from disk.
fn is_in_book(address: &str) -> bool {
    const HOST: &str = "book.invalid";
    let page = Url::parse(&format!("https://{HOST}/a/b.html"));
    page.and_then(|page| page.join(address)).is_ok_and(|url| url.scheme() == "https" && url.host_str() == Some(HOST))
}

/// Names by which the scripts and style sheets of a page know its parts.
#[derive(Default, Clone)]
struct Reserved {
    ids: HashSet<String>,
    classes: HashSet<String>,
}

impl Reserved {
    /// The names in a page's template.
    fn of(template: &str) -> Reserved {
        let mut reserved = Reserved::default();
        for said in said(template).into_keys() {
            match said {
                Taken::Attribute { name, value, .. } if name == "id" => reserved.ids.extend([value]),
                Taken::Attribute { name, value, .. } if name == "class" => {
                    reserved.classes.extend(value.split_ascii_whitespace().map(str::to_owned));
                }
                _ => {}
            }
        }
        reserved.classes.retain(|class| !LAYOUT.contains(&class.as_str()));
        // mdBook's script asks another site where it finds one.
        reserved.classes.insert("playground".to_owned());
        reserved
    }

    /// Whether an id is one of them, or one that mdBook's scripts make or take for a variable of theirs.
    fn has(&self, id: &str) -> bool {
        self.ids.contains(id) || id.starts_with("mdbook-") || ["ace", "editors"].contains(&id)
    }
}
