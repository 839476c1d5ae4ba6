//! The HTML that a course may put into a page: what is allowed is listed, and ammonia, which parses as browsers do, keeps
//! nothing else.
//!
//! What ammonia returns is taken only where something must go. Otherwise the page stays as mdBook wrote it, to the byte.

use ammonia::{Builder, UrlRelative};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use url::Url;

use super::Seal;

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
    ("input", &["checked", "disabled", "type"]),
    ("li", &["value"]),
    ("ol", &["reversed", "start", "type"]),
    ("source", &["media", "src", "type"]),
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
}

/// What became of a chapter's HTML.
#[derive(Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// What stays; nothing where all of it does.
    pub html: Option<String>,
    /// What was taken out.
    pub taken: Vec<Taken>,
}

/// Something that a page may not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taken {
    /// An element.
    Element(String),
    /// What an element said.
    Attribute {
        /// The element.
        element: String,
        /// What it said.
        name: String,
        /// And as what.
        value: String,
    },
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Taken::Element(name) => write!(f, "<{name}> is left out"),
            Taken::Attribute { element, name, value } => write!(f, "{name}=\"{value}\" of <{element}> is left out"),
        }
    }
}

impl Taken {
    /// How it may stand in a chapter, the surest first. The scheme of an address may be written in many ways.
    pub(super) fn marks(&self) -> Vec<&str> {
        match self {
            Taken::Element(name) => vec![name],
            Taken::Attribute { name, value, .. } => {
                let rest = value.split_once(':').map_or("", |(_, rest)| rest);
                [value, rest, name].into_iter().filter(|mark| mark.len() > 1).collect()
            }
        }
    }
}

impl<'s> Policy<'s> {
    /// What a course may put into a page of mdBook's that has `template` around it. Our widgets have names with the seal
    /// in them; nothing else may be called as they are, nor as what the template's scripts look for.
    pub fn new(seal: &'s Seal, template: &str) -> Policy<'s> {
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
        let (reserved, ours) = (Reserved::of(template), seal.prefix.clone());
        builder.attribute_filter(move |element, name, value| match name {
            "class" => classes(&reserved, &ours, element, value),
            _ if is_allowed(&reserved, element, name, value) => Some(Cow::Borrowed(value)),
            _ => None,
        });
        Policy { builder }
    }

    /// What stays of a chapter's HTML. It is looked at as a browser reads it, until nothing that a browser would find in
    /// it must go.
    pub fn clean(&self, html: &str) -> Cleaned {
        let mut cleaned = Cleaned { html: None, taken: Vec::new() };
        for _ in 0..ROUNDS {
            let now = cleaned.html.as_deref().unwrap_or(html);
            let next = self.builder.clean(now).to_string();
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

/// The classes of an element that it may have: none of our widgets', unless they have the seal, and none by which mdBook's
/// scripts and style sheets know the page around it.
fn classes<'v>(reserved: &Reserved, ours: &str, element: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let is_allowed = |class: &&str| match class.strip_prefix("verify-") {
        Some(_) => class.starts_with(ours),
        // A picture's only, which mdBook makes larger when it is ticked.
        None if element == "input" => *class == "checkbox-img",
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
#[derive(Default)]
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
        reserved
    }

    /// Whether an id is one of them, or one that mdBook's scripts make or take for a variable of theirs.
    fn has(&self, id: &str) -> bool {
        self.ids.contains(id) || id.starts_with("mdbook-") || ["ace", "editors"].contains(&id)
    }
}

/// What one text says more often than another.
fn missing(before: &str, after: &str) -> Vec<Taken> {
    let after = said(after);
    let all = said(before).into_iter();
    let mut missing: Vec<Taken> =
        all.filter(|(said, count)| after.get(said).is_none_or(|kept| kept < count)).map(|(said, _)| said).collect();
    // An element that is left out need not be told of again for each of its attributes.
    let elements: HashSet<String> = missing.iter().filter_map(Taken::element).map(str::to_owned).collect();
    missing.retain(|taken| match taken {
        Taken::Element(_) => true,
        Taken::Attribute { element, .. } => !elements.contains(element),
    });
    missing
}

impl Taken {
    /// The element's name, if it is one.
    fn element(&self) -> Option<&str> {
        match self {
            Taken::Element(name) => Some(name),
            Taken::Attribute { .. } => None,
        }
    }
}

/// The elements that begin in a text, with what they say, and how often.
///
/// A browser finds no others in it but inside of elements that hold no HTML, none of which is allowed, and in sections
/// that [`Policy::clean`] looks for.
fn said(html: &str) -> BTreeMap<Taken, usize> {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Said::default(), TokenizerOpts::default());
    // Scripts are left to whoever feeds the rest; none is run here.
    while !queue.is_empty() {
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner()
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

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<div id=\"menu\" class=\"sidebar page\"><script>'<p id=no>'</script>";

    fn cleaned(html: &str) -> Cleaned {
        let seal = Seal { prefix: "verify-0-".to_owned(), element: "verify-0-step".to_owned() };
        Policy::new(&seal, TEMPLATE).clean(html)
    }

    /// What mdBook and lessons write.
    const HARMLESS: &[&str] = &[
        "",
        "text &amp; more",
        "<h1 id=\"a-b\"><a class=\"header\" href=\"#a-b\">A <code>b</code></a></h1>\n",
        "<p>a<br>b<br />c</p><hr>\n<!-- verify: none --><!---->",
        "<pre><code class=\"language-sh editable hidelines=!!!\">\na &lt;b&gt; \\\n</code></pre>",
        "<div class=\"table-wrapper\"><table><thead><tr><th style=\"text-align: left\">a</th></tr></thead>\n<tbody><tr>\
         <td style=\"text-align: right\">1</td></tr></tbody></table></div>",
        "<li><input disabled=\"\" type=\"checkbox\" checked=\"\"> done</li>",
        "<label class=\"checkbox-label\"><input class=\"checkbox-img\" type=\"checkbox\"><img src=\"a/b.png\" title=\"t\" \
         alt=\"&lt;img onerror=x&gt;\"><span class=\"img-wrapper\"><img src=\"https://example.com/b.png\" alt=\"\"></span></label>",
        "<blockquote class=\"blockquote-tag blockquote-tag-note\"><p class=\"blockquote-tag-title\"><svg viewbox=\"0 0 16 16\" \
         width=\"18\" height=\"18\"><path d=\"M0 8\"></path></svg>Note</p></blockquote>",
        "<span class=\"fa-svg\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><!--! Font Awesome --><path d=\"M0\"/></svg></span>",
        "<sup class=\"footnote-reference\" id=\"fr-a-1\"><a href=\"#footnote-a\">1</a></sup><ol class=\"footnote-definition\"><li id=\"footnote-a\">x</li></ol>",
        "<dl><dt id=\"t\"><a class=\"header\" href=\"#t\">t</a></dt><dd>d</dd></dl><del>x</del><kbd>y</kbd>",
        "<div style=\"break-before: page; page-break-before: always;\"></div>",
        "<span class=\"math math-inline\">a</span> \\( x \\) <details open><summary>More</summary>x</details>",
        "<a href=\"../b.html?c=d#e\" title=\"on\">x</a><a href=\"mailto:a@b.example\">y</a><a href=\"http://c.example\">z</a>",
        "<div class=\"warning\" id=\"onclick\" title=\"javascript:alert(1)\">w</div><p align=\"center\">c</p>",
        "<p><div>not nested</div></p><ul><li>not closed<li>too</ul>",
        "<verify-0-step data-step=\"a\" data-verdict=\"verified\"><span class=\"verify-0-word\">x</span></verify-0-step>",
        "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code> onclick=x javascript:x",
    ];

    #[test]
    fn what_mdbook_and_lessons_write_stays_to_the_byte() {
        for html in HARMLESS {
            assert_eq!(cleaned(html), Cleaned { html: None, taken: Vec::new() }, "{html}");
        }
        assert_eq!(cleaned(&HARMLESS.concat()).html, None);
    }

    #[test]
    fn nothing_else_stays() {
        for (html, stays, what) in [
            ("<img src=x onerror =\"x\">", "<img src=\"x\">", "onerror=\"x\" of <img>"),
            ("<h1 onclick=\"x\">t</h1>", "<h1>t</h1>", "onclick=\"x\" of <h1>"),
            ("<a href=\"java&#115;cript:x\">t</a>", "<a>t</a>", "href=\"javascript:x\" of <a>"),
            ("<a href=\" &#1;java&Tab;script&colon;x\">t</a>", "<a>t</a>", "href"),
            ("<a href=\"data:text/html,x\">t</a>", "<a>t</a>", "href"),
            ("<a href=\"//evil.example/\">t</a>", "<a>t</a>", "href"),
            ("<a href=\"/\\evil.example/\">t</a>", "<a>t</a>", "href"),
            ("<a href=\"file:///etc\">t</a>", "<a>t</a>", "href"),
            ("<img src=\"\\\\evil.example\\a\">", "<img>", "src"),
            ("<img src=\"http://evil.example/a.png\">", "<img>", "src"),
            ("<img srcset=\"a.png 2x\">", "<img>", "srcset"),
            ("<a target=\"mdbook\" href=\"a\">t</a>", "<a href=\"a\">t</a>", "target"),
            ("<script>x</script>t", "t", "<script>"),
            ("<style>x</style>t", "t", "<style>"),
            ("<p style=\"position: fixed\">t</p>", "<p>t</p>", "style"),
            ("<div style=\"text-align: left\">t</div>", "<div>t</div>", "style"),
            ("<iframe srcdoc=\"x\"></iframe>t", "t", "<iframe>"),
            ("<object data=x>t</object>", "t", "<object>"),
            ("<form action=\"javascript:x\"><button formaction=y>t</button></form>", "t", "<form>"),
            ("<base href=x>t", "t", "<base>"),
            ("<meta http-equiv=refresh>t", "t", "<meta>"),
            ("<link rel=stylesheet href=x>t", "t", "<link>"),
            ("<body onload=x>t", "t", "<body>"),
            ("<math><mtext>t</mtext></math>", "", "<math>"),
            ("<svg><a xlink:href=\"javascript:x\">t</a></svg>", "<svg><a>t</a></svg>", "xlink:href"),
            ("<svg><animate attributeName=href values=x></animate></svg>", "<svg></svg>", "<animate>"),
            ("<svg><set attributeName=onload to=x></set></svg>", "<svg></svg>", "<set>"),
            ("<svg><path fill=\"url(https://evil.example)\"></path></svg>", "<svg><path></path></svg>", "fill"),
            ("<input type=\"text\">", "<input>", "type"),
            ("<input type=\"checkbox\" class=\"other\">", "<input type=\"checkbox\">", "class"),
            ("<button>t</button><select><option>o</select>", "to", "<button>"),
            ("<p id=\"menu\">t</p>", "<p>t</p>", "id=\"menu\""),
            ("<p id=\"mdbook-content\">t</p>", "<p>t</p>", "id"),
            ("<img name=\"getElementById\">", "<img>", "name"),
            ("<p class=\"a sidebar page b\">t</p>", "<p class=\"a page b\">t</p>", "class"),
            ("<p class=\"verify-status\">t</p>", "<p>t</p>", "class"),
            ("<p class=\"x verify-1-status\">t</p>", "<p class=\"x\">t</p>", "class"),
            ("<verify-step data-step=\"a\" data-verdict=\"verified\">t</verify-step>", "t", "<verify-step>"),
            ("<p data-verdict=\"verified\" role=\"status\">t</p>", "<p>t</p>", "data-verdict"),
        ] {
            let cleaned = cleaned(html);
            assert_eq!(cleaned.html.as_deref(), Some(stays), "{html}");
            let taken: Vec<String> = cleaned.taken.iter().map(Taken::to_string).collect();
            assert!(taken.iter().any(|taken| taken.starts_with(what)), "{html}: {taken:?}");
        }
    }

    #[test]
    fn what_reads_differently_the_next_time_does_not_stay() {
        for html in [
            "<noscript><p title=\"</noscript><img src=x onerror=x>\">",
            "<svg><style><!--</style><img src=x onerror=x>--></style></svg>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=x&gt;\">",
            "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=x src>\">",
            "<svg></p><style><a id=\"</style><img src=1 onerror=x>\">",
            "<textarea><a title=\"</textarea><img src=x onerror=x>\">",
            "<svg><![CDATA[><b title=\"]]><img src=x onerror=x>\">",
            "<svg><title><a title=\"</title><img src=x onerror=x>\">",
            "<xmp><p title=\"</xmp><img src=x onerror=x>\">",
            "<plaintext><img src=x onerror=x>",
            "<template><img src=x onerror=x></template>",
            "<select><noembed></select><img src=x onerror=x></noembed>",
            "<svg><desc><img src=x onerror=x></desc></svg>",
            "<b title=\"<!--\"><img src=x onerror=x><b title=\"-->\">",
            "<!--><img src=x onerror=x>-->",
            "<!--x--!><img src=x onerror=x>-->",
        ] {
            let stays = cleaned(html).html.unwrap_or_else(|| panic!("{html} stays"));
            assert_eq!(cleaned(&stays).html, None, "{html} became {stays}");
            let names = said(&stays).into_keys().map(|said| said.to_string()).collect::<Vec<_>>();
            assert!(!names.iter().any(|name| name.starts_with("onerror")), "{html} became {stays}");
        }
    }
}
