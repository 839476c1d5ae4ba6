//! Tables of HTML that is kept, and HTML that is removed.

use super::tokens::contents;
use super::{Cleaned, Policy, Taken};
use crate::sanitize::Seal;

const TEMPLATE: &str = "<div id=\"menu\" class=\"sidebar page\"><script>'<p id=no>'</script>";

fn cleaned(html: &str) -> Cleaned {
    let seal = Seal { prefix: "verify-0-".to_owned(), element: "verify-0-step".to_owned() };
    Policy::new(&seal, TEMPLATE).clean(html)
}

/// HTML from mdBook and lessons.
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
    "<verify-0-step data-step=\"a\" data-verdict=\"verified\"><input class=\"verify-0-plain\" aria-label=\"Verdict\" readonly=\"\" \
     size=\"10\" value=\"(verified)\"> <span class=\"verify-0-word\" data-text=\"x\"></span> <span class=\"verify-0-command\" dir=\"ltr\">\
     <input aria-label=\"Command\" readonly=\"\" size=\"8\" value=\"verify a\"></span></verify-0-step>",
    "<!-- card --><div class=\"verify-0-card\"><p class=\"verify-0-title\">A</p></div>",
    "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code> onclick=x javascript:x",
];

#[test]
fn ordinary_html_is_kept_to_the_byte() {
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
        (
            "<input type=\"checkbox\" class=\"checkbox-img\" checked=\"\">",
            "<input type=\"checkbox\" checked=\"\">",
            "class",
        ),
        ("<span class=\"img-wrapper\"><img src=\"a\">t</span>", "<span><img src=\"a\">t</span>", "class"),
        ("<span class=\"img-wrapper x\"><p>t</p></span>", "<span class=\"x\"><p>t</p></span>", "class"),
        ("<div class=\"img-wrapper\"><img></div>", "<div><img></div>", "class"),
        ("<button>t</button><select><option>o</select>", "to", "<button>"),
        ("<p id=\"menu\">t</p>", "<p>t</p>", "id=\"menu\""),
        ("<p id=\"mdbook-content\">t</p>", "<p>t</p>", "id"),
        ("<img name=\"getElementById\">", "<img>", "name"),
        ("<p class=\"a sidebar page b\">t</p>", "<p class=\"a page b\">t</p>", "class"),
        ("<pre class=\"playground\">t</pre>", "<pre>t</pre>", "class"),
        ("<p class=\"verify-status\">t</p>", "<p>t</p>", "class"),
        ("<span class=\"verify-word\" data-text=\"t\"></span>", "<span data-text=\"t\"></span>", "class"),
        ("<input class=\"verify-plain\" value=\"t\">", "<input value=\"t\">", "class"),
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
fn html_that_changes_when_parsed_again_is_removed() {
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
        let names = contents(&stays).into_keys().map(|content| content.to_string()).collect::<Vec<_>>();
        assert!(!names.iter().any(|name| name.starts_with("onerror")), "{html} became {stays}");
    }
}

#[test]
fn html_that_is_too_expensive_to_parse_is_rejected() {
    let many = |count: usize, text: &dyn Fn(usize) -> String| (0..count).map(text).collect::<String>();
    let copies = format!("<p>{}{}", many(20_000, &|at| format!("<b title={at}>")), "<p>x</p>".repeat(20_000));
    let deep = "<div>".repeat(100_000) + &"</div>".repeat(100_000);
    let never_closed = many(20_000, &|at| format!("<i title={at} />")) + &"<p>x</p>".repeat(20_000);
    let started = std::time::Instant::now();
    for html in [copies, deep, never_closed] {
        let cleaned = cleaned(&html);
        assert!(cleaned.html.is_some_and(|html| html.contains("nested too deeply")));
        assert_eq!(cleaned.taken.len(), 1);
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    let long =
        "<h2 id=\"a\"><a class=\"header\" href=\"#a\">a <code>b</code></a></h2>\n<p>x <em>y</em></p>\n".repeat(20_000);
    assert_eq!(cleaned(&long).html, None);
}
