//! The allowed HTML of a chapter. Elements and attributes that are not listed here are removed by ammonia, which parses
//! HTML as browsers do.
//!
//! If nothing must be removed, the page stays as mdBook wrote it, to the byte.

mod taken;
#[cfg(test)]
mod tests;
mod tokens;

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::HashSet;
use url::Url;

use self::tokens::{Cost, Overlay, contents, missing};
use super::seal::Seal;
pub use taken::Taken;

/// Text elements, including those that mdBook generates from Markdown.
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

/// Drawing elements. mdBook's icons consist of the first two.
const DRAWING: &[&str] =
    &["svg", "path", "circle", "ellipse", "g", "line", "polygon", "polyline", "rect", "text", "tspan"];

/// Their attributes.
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

/// The attributes of all elements.
const ATTRIBUTES: &[&str] = &["align", "aria-hidden", "aria-label", "class", "dir", "id", "lang", "role", "title"];

/// The additional attributes of some elements.
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

/// The styles that mdBook generates: the alignment of table columns, and page breaks between printed chapters.
pub(crate) const STYLES: &[&str] =
    &["text-align: left", "text-align: center", "text-align: right", "break-before: page; page-break-before: always;"];

/// The attributes of our widgets.
const WIDGETS: &[&str] = &["data-step", "data-verdict", "data-practice", "data-optional"];

/// The schemes of links outside the book.
const SCHEMES: &[&str] = &["http", "https", "mailto"];

/// Classes of the template that only affect the layout of its own page.
const LAYOUT: &[&str] = &["content", "fa-svg", "hidden", "light", "next", "page", "previous", "theme"];

/// How many times the output is sanitized again until nothing more is removed.
const ROUNDS: usize = 4;

/// The policy for the pages of one book.
pub struct Policy<'s> {
    builder: Builder<'s>,
    /// The policy for a chapter that misuses the classes of enlarged pictures.
    flat: Builder<'s>,
}

/// The result of sanitizing a chapter's HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The remaining HTML; `None` if nothing was removed.
    pub html: Option<String>,
    /// What was removed.
    pub taken: Vec<Taken>,
}

impl Cleaned {
    /// The whole chapter is removed.
    fn without(reason: &'static str) -> Cleaned {
        Cleaned { html: Some(format!("<p>This chapter is not shown: {reason}.</p>")), taken: vec![Taken::All(reason)] }
    }
}

impl<'s> Policy<'s> {
    /// The policy for pages with this template. The names of our widgets contain the seal. Nothing else may have their
    /// names, or names that the template's scripts look for.
    pub fn new(seal: &'s Seal, template: &str) -> Policy<'s> {
        let reserved = Reserved::of(template);
        let mut flat = reserved.clone();
        flat.classes.extend(["checkbox-img", "img-wrapper"].map(str::to_owned));
        Policy { builder: builder(seal, reserved), flat: builder(seal, flat) }
    }

    /// Sanitizes a chapter's HTML as a browser parses it, repeatedly, until nothing more must be removed.
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
            // Without a tree, a tokenizer cannot distinguish such a section from a comment.
            if taken.is_empty() && !now.contains("<![CDATA[") {
                return cleaned;
            }
            cleaned.taken.extend(taken);
            cleaned.html = Some(next);
        }
        cleaned.html = Some("<p>This chapter’s HTML is not shown: it changes each time it is parsed.</p>".to_owned());
        cleaned
    }
}

/// The sanitizer.
fn builder(seal: &Seal, reserved: Reserved) -> Builder<'_> {
    let mut builder = Builder::empty();
    builder.tags(ELEMENTS.iter().chain(DRAWING).copied().chain([seal.element.as_str()]).collect());
    builder.generic_attributes(ATTRIBUTES.iter().copied().collect());
    let drawing = DRAWING.iter().map(|element| (*element, DRAWN));
    let elements = drawing.chain(OF_ELEMENTS.iter().copied()).chain([(seal.element.as_str(), WIDGETS)]);
    builder.tag_attributes(elements.map(|(element, names)| (element, names.iter().copied().collect())).collect());
    // The content of these is not text of a lesson.
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

/// The allowed classes of an element: the classes of our widgets only with the seal, and no classes that mdBook's
/// scripts and style sheets use for the page.
fn classes<'v>(reserved: &Reserved, ours: &str, element: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let is_allowed = |class: &&str| match class.strip_prefix("verify-") {
        Some(_) => class.starts_with(ours),
        // The checkbox that enlarges a picture.
        None if element == "input" && *class != "checkbox-img" => false,
        None => !reserved.classes.contains(*class),
    };
    if value.split_ascii_whitespace().all(|class| is_allowed(&class)) {
        return Some(Cow::Borrowed(value));
    }
    let kept: Vec<&str> = value.split_ascii_whitespace().filter(is_allowed).collect();
    (!kept.is_empty()).then(|| Cow::Owned(kept.join(" ")))
}

/// Whether an allowed attribute may have this value.
fn is_allowed(reserved: &Reserved, element: &str, name: &str, value: &str) -> bool {
    match name {
        "id" => !reserved.has(value),
        "href" => is_link(value),
        "src" | "poster" => is_source(value),
        "style" => STYLES.contains(&value) && (element == "div") == value.starts_with("break-before"),
        "target" => value == "_blank",
        "type" if element == "input" => value == "checkbox",
        "role" => ["img", "none", "note", "presentation"].contains(&value),
        // A reference to another drawing.
        _ if DRAWING.contains(&element) => !value.contains("url("),
        _ => true,
    }
}

/// Whether a URL leads to the book, a web site or a mail address.
fn is_link(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => SCHEMES.contains(&url.scheme()),
        Err(_) => is_in_book(address),
    }
}

/// Whether a page may load a picture from a URL.
fn is_source(address: &str) -> bool {
    match Url::parse(address) {
        Ok(url) => url.scheme() == "https",
        Err(_) => is_in_book(address),
    }
}

/// Whether a URL is a path on the same host. `//host` is not, and leads to another machine even from a local file.
fn is_in_book(address: &str) -> bool {
    const HOST: &str = "book.invalid";
    let page = Url::parse(&format!("https://{HOST}/a/b.html"));
    page.and_then(|page| page.join(address)).is_ok_and(|url| url.scheme() == "https" && url.host_str() == Some(HOST))
}

/// Names that a page's scripts and style sheets use for its parts.
#[derive(Default, Clone)]
struct Reserved {
    ids: HashSet<String>,
    classes: HashSet<String>,
}

impl Reserved {
    /// The names in a template.
    fn of(template: &str) -> Reserved {
        let mut reserved = Reserved::default();
        for content in contents(template).into_keys() {
            match content {
                Taken::Attribute { name, value, .. } if name == "id" => reserved.ids.extend([value]),
                Taken::Attribute { name, value, .. } if name == "class" => {
                    reserved.classes.extend(value.split_ascii_whitespace().map(str::to_owned));
                }
                _ => {}
            }
        }
        reserved.classes.retain(|class| !LAYOUT.contains(&class.as_str()));
        // mdBook's script sends a request to another site if it finds one.
        reserved.classes.insert("playground".to_owned());
        reserved
    }

    /// Whether an id is one of them, or one that mdBook's scripts create or use as a variable.
    fn has(&self, id: &str) -> bool {
        self.ids.contains(id) || id.starts_with("mdbook-") || ["ace", "editors"].contains(&id)
    }
}
