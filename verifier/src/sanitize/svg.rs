//! Checks SVG pictures. An SVG can be opened as a page and run scripts, so only pictures that draw and do nothing else
//! are allowed.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

const SVG: &[u8] = b"http://www.w3.org/2000/svg";

/// Namespaces of drawing programs, which browsers ignore.
const INERT: &[&[u8]] = &[
    b"http://www.inkscape.org/namespaces/inkscape",
    b"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    b"http://creativecommons.org/ns#",
    b"http://purl.org/dc/elements/1.1/",
];

/// Elements that only draw.
const ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "metadata",
    "style",
    "switch",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "image",
    "marker",
    "mask",
    "clipPath",
    "pattern",
    "linearGradient",
    "radialGradient",
    "stop",
    "filter",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feOffset",
    "feTurbulence",
    "feDisplacementMap",
    "feMorphology",
    "feTile",
];

/// Why a picture is not allowed in a book; `None` if it is allowed. Invalid XML is not allowed, because a browser would
/// show the part before the error.
pub(super) fn refused(bytes: &[u8]) -> Option<&'static str> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Some("this picture is not in UTF-8") };
    let mut reader = NsReader::from_str(text);
    let mut within = 0_usize;
    let mut is_picture = false;
    loop {
        let Ok((namespace, event)) = reader.read_resolved_event() else { return Some(BROKEN) };
        let element = match &event {
            Event::Start(element) => {
                within += 1;
                element
            }
            Event::Empty(element) => element,
            Event::End(_) => {
                within = within.saturating_sub(1);
                continue;
            }
            // A processing instruction can name an XSLT style sheet.
            Event::PI(_) => return Some("this picture contains a processing instruction"),
            Event::DocType(doctype) if doctype.contains(&b'[') => return Some("this picture declares entities"),
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(encoding)) if !encoding.eq_ignore_ascii_case(b"utf-8") => {
                    return Some("this picture is not in UTF-8");
                }
                Some(Err(_)) => return Some(BROKEN),
                _ => continue,
            },
            Event::Eof if is_picture && within == 0 => return None,
            Event::Eof => return Some(BROKEN),
            _ => continue,
        };
        let name = element.local_name();
        let draws = ELEMENTS.iter().any(|known| known.as_bytes() == name.as_ref());
        match namespace {
            ResolveResult::Bound(namespace) if namespace.as_ref() == SVG && draws => is_picture = true,
            ResolveResult::Bound(namespace) if INERT.contains(&namespace.as_ref()) => continue,
            _ => return Some("this picture does more than draw"),
        }
        match attributes(element) {
            Some(true) => {}
            Some(false) => return Some("this picture does more than draw"),
            None => return Some(BROKEN),
        }
    }
}

const BROKEN: &str = "this picture is not a complete SVG";

/// Whether the attributes of an element only draw; `None` if they cannot be read.
fn attributes(element: &BytesStart<'_>) -> Option<bool> {
    for attribute in element.attributes() {
        let attribute = attribute.ok()?;
        let name = attribute.key.local_name();
        let name = std::str::from_utf8(name.as_ref()).ok()?.to_ascii_lowercase();
        // Event handlers.
        if name.starts_with("on") {
            return Some(false);
        }
        if name == "href" || name == "src" {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            let inline = ["png", "jpeg", "gif", "webp"].map(|kind| format!("data:image/{kind};base64,"));
            if !value.starts_with('#') && !inline.iter().any(|kind| value.starts_with(kind)) {
                return Some(false);
            }
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::refused;

    const XMLNS: &str = "xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"";

    #[test]
    fn pictures_that_only_draw_are_allowed() {
        for drawn in [
            "<path d=\"M0 0\" style=\"fill:red\"/><text x=\"1\">a &amp; b</text>",
            "<defs><linearGradient id=\"g\"><stop offset=\"0\"/></linearGradient></defs><use xlink:href=\"#g\"/>",
            "<style>.a { fill: red }</style><title>t</title>",
            "<image href=\"data:image/png;base64,AAAA\"/>",
            "<i:namedview xmlns:i=\"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd\"/>",
        ] {
            for before in [
                "",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- by hand -->",
                "<!DOCTYPE svg PUBLIC \"a\" \"b\">",
            ] {
                let picture = format!("{before}<svg {XMLNS}>{drawn}</svg>");
                assert_eq!(refused(picture.as_bytes()), None, "{picture}");
            }
        }
    }

    #[test]
    fn other_pictures_are_rejected() {
        for active in [
            "<script>x</script>",
            "<x:script xmlns:x=\"http://www.w3.org/2000/svg\">x</x:script>",
            "<script xmlns=\"http://www.w3.org/1999/xhtml\">x</script>",
            "<path onload=\"x\"/>",
            "<path ONLOAD=\"x\"/>",
            "<foreignObject><body xmlns=\"http://www.w3.org/1999/xhtml\"/></foreignObject>",
            "<animate attributeName=\"href\" values=\"javascript:x\"/>",
            "<set attributeName=\"onload\" to=\"x\"/>",
            "<a xlink:href=\"javascript:x\"><text>t</text></a>",
            "<use href=\"data:image/svg+xml,x\"/>",
            "<use href=\"&#106;avascript:x\"/>",
            "<image href=\"other.svg\"/>",
            "<g>",
            "</svg><script xmlns=\"http://www.w3.org/2000/svg\"/><svg>",
            "<?xml-stylesheet href=\"a.xsl\"?>",
            "<unknown/>",
            "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"/>",
            "<path d=\"1\" d=\"2\"/>",
        ] {
            let picture = format!("<svg {XMLNS}>{active}</svg>");
            assert!(refused(picture.as_bytes()).is_some(), "{picture}");
        }
        for whole in [
            "",
            "text",
            "<svg/>",
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<?xml version=\"1.0\" encoding=\"utf-7\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<?xml-stylesheet href=\"a.xsl\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<svg onload=\"x\" xmlns=\"http://www.w3.org/2000/svg\"/>",
        ] {
            assert!(refused(whole.as_bytes()).is_some(), "{whole}");
        }
        assert!(refused(&[0xff, 0xfe, b'<', 0]).is_some());
    }
}
