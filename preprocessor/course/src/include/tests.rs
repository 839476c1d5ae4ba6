use super::*;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Files by path, in the order of their names. The number of a file is its index.
struct Known(BTreeMap<&'static str, &'static str>);

impl Files for Known {
    type Error = Infallible;

    fn open(&mut self, folder: &Path, path: &str) -> Result<Option<Opened>, Infallible> {
        let path = crate::files::plain(&folder.join(path));
        let found = self.0.iter().enumerate().find(|(_, (name, _))| path == Path::new(name));
        Ok(found.map(|(file, (_, text))| Opened {
            file: Some(file + 1),
            text: (*text).into(),
            folder: path.parent().unwrap().to_owned(),
        }))
    }

    fn count(&mut self, _bytes: usize, _depth: usize) -> Result<(), Infallible> {
        Ok(())
    }
}

fn known() -> Known {
    Known(BTreeMap::from([
        ("a.txt", "one\ntwo\n// ANCHOR: x\nthree\n// ANCHOR_END: x\nfour"),
        ("crlf.txt", "\u{feff}one\r\ntwo\r\n\r\nthree\r\n"),
        ("deep/b.md", "b {{#include c.md}}"),
        ("deep/c.md", "c {{#include ../a.txt:1}}"),
        ("empty.md", ""),
        ("escaped.md", "\\{{#include a.txt}}"),
        ("loop.md", "x{{#include loop.md}}"),
        (
            "two.txt",
            "// ANCHOR: x\na\n// ANCHOR: y\nb\n// ANCHOR_END: y\n// ANCHOR_END: x\nc\n// ANCHOR: x\nd\n// ANCHOR: x_y-é\ne",
        ),
    ]))
}

fn expanded(content: &str) -> Traced {
    let Ok(expanded) = expand(&mut known(), &Traced::of(0, 0, content), Path::new(""));
    expanded
}

#[test]
fn directives_are_expanded_as_mdbook_does_it() {
    for (content, wanted) in [
        ("no {{braces}} {{ budget }} here {{", "no {{braces}} {{ budget }} here {{"),
        ("{{#include a.txt:1:2}}", "one\ntwo"),
        ("{{#include a.txt:2}}", "two"),
        ("{{#include a.txt:0}}", "one"),
        ("{{#include a.txt:3:1}}", ""),
        ("{{#include a.txt:99}}", ""),
        ("{{#include a.txt:2:x}}", "two\n// ANCHOR: x\nthree\n// ANCHOR_END: x\nfour"),
        ("{{#include a.txt:4:}}", "three\n// ANCHOR_END: x\nfour"),
        ("{{#include a.txt::1}}", "one"),
        ("{{#include a.txt:1:2:9}}", "one\ntwo"),
        ("{{#include a.txt:x}}", "three"),
        ("{{#include a.txt:x:2}}", "three"),
        ("{{#include a.txt:nobody}}", ""),
        ("{{#include two.txt:x}}", "a\nb"),
        ("{{#include two.txt:y}}", "b"),
        ("{{#include two.txt:x_y-é}}", "e"),
        ("{{#rustdoc_include two.txt:y}}", "# a\nb\n# c\n# d\n# e"),
        ("{{#rustdoc_include two.txt:x}}", "a\nb\n# c\nd\ne"),
        ("{{#rustdoc_include a.txt:2:2}}", "# one\ntwo\n# // ANCHOR: x\n# three\n# // ANCHOR_END: x\n# four"),
        ("{{#rustdoc_include a.txt:x}}", "# one\n# two\nthree\n# four"),
        ("{{#include crlf.txt}}", "\u{feff}one\ntwo\n\nthree"),
        ("{{#include crlf.txt:3:4}}!", "\nthree!"),
        ("[{{#include empty.md}}]", "[]"),
        ("{{ #include deep/b.md }}!", "b c one!"),
        ("{{\n#include\na.txt:1\n}}", "one"),
        ("{{#include a.txt:1}}{{#include a.txt:2}}", "onetwo"),
        ("{{{#include a.txt:1}}}", "{one}"),
        ("{{#include a.txt:1} {{#include a.txt:2}}", "{{#include a.txt:1} two"),
        ("\\{{#include a.txt}}", "{{#include a.txt}}"),
        ("\\{{#include a.txt}} and {{#include a.txt}} end", "{{#include a.txt}} and {{#include a.txt}} end"),
        ("\\{{ #include a.txt:1}}", "\\one"),
        ("{{#include gone.txt}}", "{{#include gone.txt}}"),
        (
            "{{#playground a.txt editable hidelines=x}}",
            "```rust,editable,hidelines=x\none\ntwo\n// ANCHOR: x\nthree\n// ANCHOR_END: x\nfour\n```\n",
        ),
        ("{{#playpen crlf.txt}}", "```rust\n\u{feff}one\r\ntwo\r\n\r\nthree\r\n```\n"),
        ("{{#playground escaped.md {{#include}}", "```rust,{{#include\n{{#include a.txt}}\n```\n"),
        ("{{#playground a.txt:1}}", "{{#playground a.txt:1}}"),
        ("{{#title Other}}x", "x"),
        ("{{#title  }}x", "x"),
        ("{{#title }}x", "{{#title }}x"),
        ("{{#include  }}", "{{#include  }}"),
        ("{{#unknown x}}", "{{#unknown x}}"),
        ("{{#include}}", "{{#include}}"),
        // The eleventh is not expanded, and neither are the escaped directives in it.
        ("{{#include loop.md}}!", "xxxxxxxxxx!"),
    ] {
        assert_eq!(expanded(content).text(), wanted, "{content}");
    }
}

/// Each piece of what a text becomes, with the file and the bytes that it comes from.
fn pieces(content: &str) -> Vec<(String, Option<Origin>)> {
    let traced = expanded(content);
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < traced.text().len() {
        let end = traced.piece_end(at);
        pieces.push((traced.text()[at..end].to_owned(), traced.origin(at)));
        at = end;
    }
    pieces
}

#[test]
fn each_byte_knows_where_it_was_written() {
    let copied = |file, at| Some(Origin::Copied { file, at });
    let made = |file, at, bytes| Some(Origin::Made { file, at, bytes });
    let (a, crlf, b, c, two) = (1, 2, 3, 4, 8);
    for (content, wanted) in [
        ("plain", vec![("plain", copied(0, 0))]),
        ("x {{#include a.txt:2}} y", vec![("x ", copied(0, 0)), ("two", copied(a, 4)), (" y", copied(0, 22))]),
        ("{{#include a.txt:1:2}}", vec![("one\ntwo", copied(a, 0))]),
        (
            "{{#include crlf.txt:2:4}}",
            vec![("two", copied(crlf, 8)), ("\n", copied(crlf, 12)), ("\nthree", copied(crlf, 14))],
        ),
        ("{{#include two.txt:x}}", vec![("a\n", copied(two, 13)), ("b", copied(two, 28))]),
        ("{{#include deep/b.md}}", vec![("b ", copied(b, 0)), ("c ", copied(c, 0)), ("one", copied(a, 0))]),
        ("\\{{#include a.txt}}", vec![("{{#include a.txt}}", copied(0, 1))]),
        (
            "{{#rustdoc_include a.txt:x}}",
            vec![
                ("# ", made(a, 0, 3)),
                ("one\n", copied(a, 0)),
                ("# ", made(a, 4, 3)),
                ("two\n", copied(a, 4)),
                ("three\n", copied(a, 21)),
                ("# ", made(a, 44, 4)),
                ("four", copied(a, 44)),
            ],
        ),
        (
            "-{{#playground escaped.md}}",
            vec![
                ("-", copied(0, 0)),
                ("```rust\n", made(0, 1, 26)),
                ("{{#include a.txt}}", copied(6, 1)),
                ("\n```\n", made(0, 1, 26)),
            ],
        ),
    ] {
        let wanted: Vec<(String, Option<Origin>)> =
            wanted.into_iter().map(|(text, origin)| (text.to_owned(), origin)).collect();
        assert_eq!(pieces(content), wanted, "{content}");
    }
}
