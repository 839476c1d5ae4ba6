//! Finds the parts of a chapter's HTML in which holes are not filled: comments, and elements with raw text.

use std::ops::Range;

/// Elements whose content has no character references (HTML's raw text elements).
const RAW: &[&str] = &["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// The comments of an HTML text, in order; an unclosed one goes to its end.
pub(super) fn comments(html: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + html[at..].find("<!--")?;
        let inner = start + "<!--".len();
        at = html[inner..].find("-->").map_or(html.len(), |end| inner + end + "-->".len());
        Some(start..at)
    })
}

/// The ranges of a chapter's HTML in which holes are not filled, in order. An element can begin in one piece of HTML
/// and end in another. Then it includes everything between them.
#[derive(Debug, Default)]
pub(super) struct OutOfReach {
    ranges: Vec<Range<usize>>,
    /// The raw element that is open, and where it begins.
    open: Option<(&'static str, usize)>,
}

impl OutOfReach {
    /// Adds the next piece of HTML.
    pub(super) fn piece(&mut self, content: &str, piece: Range<usize>) {
        let mut at = piece.start;
        while at < piece.end {
            let rest = &content[at..piece.end];
            if let Some((name, start)) = self.open {
                let Some(end) = closing(rest, name) else { return };
                self.ranges.push(start..at + end);
                (self.open, at) = (None, at + end);
                continue;
            }
            let Some(tag) = rest.find('<') else { return };
            let rest = &rest[tag..];
            if rest.starts_with("<!--") {
                let end = comments(rest).next().map_or(rest.len(), |comment| comment.end);
                self.ranges.push(at + tag..at + tag + end);
                at += tag + end;
                continue;
            }
            self.open = RAW.iter().find(|name| names(&rest[1..], name)).map(|name| (*name, at + tag));
            at += tag + 1;
        }
    }

    /// All ranges. An unclosed element goes to the end.
    pub(super) fn ranges(mut self, content: &str) -> Vec<Range<usize>> {
        self.ranges.extend(self.open.map(|(_, start)| start..content.len()));
        self.ranges
    }
}

/// Where the closing tag of an element begins.
fn closing(html: &str, name: &str) -> Option<usize> {
    html.match_indices("</").map(|(at, _)| at).find(|at| names(&html[at + 2..], name))
}

/// Whether a tag's text begins with this name.
fn names(tag: &str, name: &str) -> bool {
    let is = tag.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    is && tag[name.len()..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric() && c != '-')
}

/// Whether words follow on the same line.
pub(super) fn is_before_text(content: &str, at: usize) -> bool {
    let rest = content[at..].lines().next().unwrap_or_default().trim_start();
    !rest.is_empty() && !rest.starts_with('<')
}

/// How much of an unclosed directive is shown, in bytes.
const SHOWN: usize = 200;

/// An unclosed directive to the end of the line that names its check.
pub(super) fn first_words(comment: &str) -> &str {
    let named = comment.find("verify:").unwrap_or_default();
    let shown = &comment[..comment.floor_char_boundary(named + SHOWN)];
    let end = shown[named..].find('\n').map_or(shown.len(), |end| named + end);
    shown[..end].trim_end()
}

/// The element that contains the comment at the end of a block of HTML, if any.
pub(super) fn holds(content: &str, block: &Range<usize>, comment: &Range<usize>) -> Option<&'static str> {
    let before = content[block.start..comment.start].trim_start().to_ascii_lowercase();
    let verbatim = ["<pre", "<script", "<style", "<textarea", "<?", "<!"];
    let is_comment = before.starts_with("<!--");
    (!is_comment && verbatim.iter().any(|begin| before.starts_with(begin))).then_some("HTML")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out_of_reach(pieces: &[&str]) -> Vec<String> {
        let content = pieces.concat();
        let mut found = OutOfReach::default();
        let mut at = 0;
        for (number, piece) in pieces.iter().enumerate() {
            // Every other piece is text.
            if number % 2 == 0 {
                found.piece(&content, at..at + piece.len());
            }
            at += piece.len();
        }
        found.ranges(&content).into_iter().map(|range| content[range].to_owned()).collect()
    }

    #[test]
    fn comments_and_scripts_are_out_of_reach() {
        for (pieces, expected) in [
            (&["<p title=\"x\">"][..], &[][..]),
            (&["<p><!-- a --> b <!-- c --></p>"], &["<!-- a -->", "<!-- c -->"]),
            (&["<script>", "let a;", "</script><b>"], &["<script>let a;"]),
            (&["<SCRIPT src=x>a</p></script ><style>b"], &["<SCRIPT src=x>a</p>", "<style>b"]),
            (&["<script><!-- </script> -->"], &["<script><!-- "]),
            (&["<!-- <script> --> a"], &["<!-- <script> -->"]),
            (&["<script-x>a"], &[]),
            (&["<!-- open"], &["<!-- open"]),
        ] {
            assert_eq!(out_of_reach(pieces), expected, "{pieces:?}");
        }
    }
}
