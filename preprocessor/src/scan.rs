//! Finds directives and parameter holes in a chapter, by Markdown events with their places, never by lines.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

use crate::directive::Directive;

/// What a chapter holds that is ours.
#[derive(Debug, Default, PartialEq)]
pub struct Scan {
    /// Directives at the end of list items.
    pub items: Vec<Item>,
    /// Those among them that name no check yet (`verify: ?`).
    pub open: Vec<Item>,
    /// Directives that stand elsewhere.
    pub misplaced: Vec<Range<usize>>,
    /// Holes for parameters.
    pub holes: Vec<Hole>,
}

/// A list item with a directive.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The comment.
    pub comment: Range<usize>,
    /// The task marker, `[ ] ` with the space after it.
    pub marker: Option<Range<usize>>,
    /// The item's own text without markup.
    pub text: String,
}

/// A checklist item that no directive ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmarked {
    /// The task marker, `[ ]`.
    pub marker: Range<usize>,
    /// The item's own text without markup. Never empty.
    pub text: String,
    /// Where the item's own text ends, which is where a directive would stand.
    pub end: usize,
}

/// `{{ name }}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    /// With its braces.
    pub range: Range<usize>,
    /// The name.
    pub name: String,
    /// What it stands in.
    pub context: Context,
    /// Whether a backslash stands before it.
    pub escaped: bool,
}

/// What a hole stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Text.
    Text,
    /// A code span or block.
    Code,
    /// Raw HTML.
    Html,
}

/// The Markdown that mdBook knows.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// A list item while it is being read.
#[derive(Default)]
struct Open {
    marker: Option<Range<usize>>,
    text: String,
    /// Where the text ends.
    end: usize,
    comment: Option<Range<usize>>,
    /// The comment that the text ends with, if that is no directive.
    remark: Option<Range<usize>>,
    /// How deep the item's own inline text stands: blocks other than a paragraph don't count as its text.
    blocks: usize,
    /// Whether the item's own text has ended: its paragraph did, or another block began.
    ended: bool,
    /// Whether a nested list or another block stands below the item's own text.
    covered: bool,
}

/// Scans a chapter. One without a directive or a hole costs a search for two short words.
pub fn scan(content: &str) -> Scan {
    if !content.contains("verify:") && !content.contains("{{") {
        return Scan::default();
    }
    walk(content).scan
}

/// The checklist items of a chapter that no directive ends.
pub fn unmarked(content: &str) -> Vec<Unmarked> {
    walk(content).unmarked
}

/// The comments at the end of a chapter's list items that are no directives.
pub fn remarks(content: &str) -> Vec<Range<usize>> {
    walk(content).remarks
}

struct Walked {
    scan: Scan,
    unmarked: Vec<Unmarked>,
    remarks: Vec<Range<usize>>,
}

fn walk(content: &str) -> Walked {
    let mut scan = Scan::default();
    let (mut unmarked, mut remarks) = (Vec::new(), Vec::new());
    let mut open: Vec<Open> = Vec::new();
    let mut contexts: Vec<(Range<usize>, Context)> = Vec::new();
    let mut html_block: Option<Range<usize>> = None;
    for (event, range) in Parser::new_ext(content, options()).into_offset_iter() {
        if let Some(item) = open.last_mut().filter(|item| is_inline(&event) && !item.ended && item.blocks == 0) {
            item.end = item.end.max(range.end);
        }
        match event {
            Event::Start(Tag::Item) => open.push(Open::default()),
            Event::End(TagEnd::Item) => {
                let Some(Open { comment, remark, marker, text, end, .. }) = open.pop() else { continue };
                remarks.extend(remark.filter(|_| comment.is_none()));
                let text = text.trim().to_owned();
                match (comment, marker) {
                    (Some(comment), marker) if Directive::is_open(&content[comment.clone()]) => {
                        scan.open.push(Item { comment, marker, text });
                    }
                    (Some(comment), marker) => scan.items.push(Item { comment, marker, text }),
                    (None, Some(marker)) if !text.is_empty() => {
                        let marker = marker.start..marker.start + content[marker].trim_end().len();
                        unmarked.push(Unmarked { marker, text, end });
                    }
                    (None, _) => {}
                }
            }
            Event::TaskListMarker(_) => {
                if let Some(item) = open.last_mut() {
                    let space = content[range.end..].starts_with([' ', '\t']);
                    item.marker = Some(range.start..range.end + usize::from(space));
                }
            }
            Event::Start(Tag::HtmlBlock) => {
                contexts.push((range.clone(), Context::Html));
                html_block = Some(range);
            }
            Event::End(TagEnd::HtmlBlock) => {
                if let Some(block) = html_block.take() {
                    comment_block(content, block, &mut open, &mut scan);
                }
            }
            Event::Html(_) => {}
            Event::InlineHtml(html) => {
                contexts.push((range.clone(), Context::Html));
                if Directive::is_meant(&html) {
                    inline_comment(range, &mut open, &mut scan);
                } else {
                    inline(&mut open, &mut scan, "");
                    remark(content, range, &mut open);
                }
            }
            Event::Start(Tag::CodeBlock(_)) => {
                contexts.push((range, Context::Code));
                begin_block(&mut open);
            }
            Event::Code(text) => {
                contexts.push((range, Context::Code));
                inline(&mut open, &mut scan, &text);
            }
            Event::Text(text) => inline(&mut open, &mut scan, &text),
            Event::SoftBreak | Event::HardBreak => {
                if let Some(item) = open.last_mut().filter(|item| !item.ended && item.blocks == 0) {
                    item.text.push(' ');
                }
            }
            Event::Start(
                Tag::List(_)
                | Tag::Table(_)
                | Tag::BlockQuote(_)
                | Tag::Heading { .. }
                | Tag::FootnoteDefinition(_)
                | Tag::DefinitionList,
            ) => begin_block(&mut open),
            Event::End(
                TagEnd::List(_)
                | TagEnd::Table
                | TagEnd::BlockQuote(_)
                | TagEnd::Heading(_)
                | TagEnd::CodeBlock
                | TagEnd::FootnoteDefinition
                | TagEnd::DefinitionList,
            ) => {
                if let Some(item) = open.last_mut() {
                    item.blocks = item.blocks.saturating_sub(1);
                }
            }
            Event::End(TagEnd::Paragraph) => {
                if let Some(item) = open.last_mut().filter(|item| item.blocks == 0) {
                    item.ended = true;
                }
            }
            _ => {}
        }
    }
    scan.items.sort_by_key(|item| item.comment.start);
    scan.open.sort_by_key(|item| item.comment.start);
    unmarked.sort_by_key(|item| item.marker.start);
    remarks.sort_by_key(|remark| remark.start);
    scan.holes = holes(content, &contexts);
    Walked { scan, unmarked, remarks }
}

/// Whether an event is a part of a line of text.
fn is_inline(event: &Event<'_>) -> bool {
    let spans = |end: &TagEnd| {
        matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
    };
    match event {
        Event::Text(_) | Event::Code(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) => true,
        Event::End(end) => spans(end),
        _ => false,
    }
}

/// A block inside the innermost item: the item's own text is over.
fn begin_block(open: &mut [Open]) {
    if let Some(item) = open.last_mut() {
        item.ended = true;
        item.covered = true;
        item.blocks += 1;
    }
}

/// Inline content. After a directive it makes the directive one in the middle of an item.
fn inline(open: &mut [Open], scan: &mut Scan, text: &str) {
    let Some(item) = open.last_mut().filter(|item| item.blocks == 0 && !item.ended) else { return };
    if !text.trim().is_empty() {
        item.remark = None;
    }
    match item.comment.take() {
        Some(comment) if text.trim().is_empty() => item.comment = Some(comment),
        Some(comment) => scan.misplaced.push(comment),
        None => item.text.push_str(text),
    }
}

/// A comment that is no directive, if that is what the range is.
fn remark(content: &str, range: Range<usize>, open: &mut [Open]) {
    let text = &content[range.clone()];
    let start = range.start + (text.len() - text.trim_start().len());
    let is_comment = text.trim_start().starts_with("<!--") && text.matches("-->").count() == 1;
    if let Some(item) = open.last_mut().filter(|item| is_comment && item.blocks == 0 && !item.covered) {
        item.remark = Some(start..range.start + text.trim_end().len());
    }
}

fn inline_comment(range: Range<usize>, open: &mut [Open], scan: &mut Scan) {
    match open.last_mut() {
        Some(item) if item.blocks == 0 && !item.ended && item.comment.is_none() => item.comment = Some(range),
        _ => scan.misplaced.push(range),
    }
}

/// A block of HTML. A directive on a line of its own ends its item as well as one behind the text.
fn comment_block(content: &str, block: Range<usize>, open: &mut [Open], scan: &mut Scan) {
    let text = &content[block.clone()];
    let start = block.start + (text.len() - text.trim_start().len());
    let range = start..block.start + text.trim_end().len();
    let comment = &content[range.clone()];
    if !Directive::is_meant(comment) || comment.matches("-->").count() != 1 {
        // A directive within other HTML.
        // Each comment ends where one does next, which is looked for once.
        let mut ends = text.match_indices("-->").map(|(at, end)| at + end.len()).peekable();
        for (at, begin) in text.match_indices("<!--") {
            while ends.next_if(|end| *end < at + begin.len()).is_some() {}
            let Some(end) = ends.peek() else { break };
            if Directive::is_meant(&text[at..*end]) {
                scan.misplaced.push(block.start + at..block.start + end);
            }
        }
        remark(content, block, open);
        return;
    }
    match open.last_mut() {
        // Below a nested list, what takes the comment's place would continue that list's last item.
        Some(item) if item.blocks == 0 && !item.covered && item.comment.is_none() && !item.text.is_empty() => {
            item.comment = Some(range);
        }
        _ => scan.misplaced.push(range),
    }
}

/// `{{ name }}` wherever it stands; mdBook's own `{{#…}}` is none of ours.
fn holes(content: &str, contexts: &[(Range<usize>, Context)]) -> Vec<Hole> {
    let mut holes = Vec::new();
    for (at, _) in content.match_indices("{{") {
        let Some((name, length)) = hole(&content[at..]) else { continue };
        let backslashes = content[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        // The ranges are in order and apart.
        let nearest = contexts.partition_point(|(range, _)| range.end <= at);
        let context = contexts
            .get(nearest)
            .filter(|(range, _)| range.contains(&at))
            .map_or(Context::Text, |(_, context)| *context);
        holes.push(Hole { range: at..at + length, name: name.to_owned(), context, escaped: backslashes % 2 == 1 });
    }
    holes
}

/// The name in a hole that a text begins with, and the hole's length. It is read no further than a hole goes.
pub(crate) fn hole(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("{{")?.trim_start_matches([' ', '\t']);
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let (name, rest) = inner.split_at(inner.find(|c| !is_letter(c))?);
    let rest = rest.trim_start_matches([' ', '\t']).strip_prefix("}}")?;
    let is_name = name.starts_with(|c: char| !c.is_ascii_digit());
    is_name.then_some((name, text.len() - rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(content: &str) -> (Vec<String>, usize) {
        let scan = scan(content);
        (scan.items.into_iter().map(|item| item.text).collect(), scan.misplaced.len())
    }

    #[test]
    fn a_directive_ends_a_list_item() {
        let cases = [
            ("- [ ] Budget created <!-- verify: b -->\n", "Budget created"),
            ("1. Plain *text* <!-- verify: b -->\n", "Plain text"),
            ("* Loose <!-- verify: b -->\n\n* other\n", "Loose"),
            ("- Parent <!-- verify: b -->\n  - child\n", "Parent"),
            ("- Own line\n  <!-- verify: b -->\n", "Own line"),
            ("- Two\n  lines <!-- verify: b -->\r\n", "Two lines"),
            ("> - In a quote <!-- verify: b -->\n", "In a quote"),
            ("- a\n  - [x] Nested `code` <!-- verify: b -->\n", "Nested code"),
            ("- First\n\n  <!-- verify: b -->\n", "First"),
        ];
        for (content, text) in cases {
            assert_eq!(found(content), (vec![text.to_owned()], 0), "{content:?}");
        }
    }

    #[test]
    fn elsewhere_it_is_misplaced() {
        for content in [
            "A paragraph <!-- verify: b -->\n",
            "<!-- verify: b -->\n",
            "# Heading <!-- verify: b -->\n",
            "- before <!-- verify: b --> after\n",
            "| a |\n|---|\n| x <!-- verify: b --> |\n",
            "- <div><!-- verify: b --></div>\n",
            "- item\n\n  # heading <!-- verify: b -->\n",
        ] {
            assert_eq!(found(content), (vec![], 1), "{content:?}");
        }
        assert_eq!(found("- twice <!-- verify: a --> <!-- verify: b -->\n").1, 1);
    }

    #[test]
    fn code_is_left_alone() {
        for content in [
            "- `<!-- verify: b -->`\n",
            "```\n- x <!-- verify: b -->\n```\n",
            "    - x <!-- verify: b -->\n",
            "- item\n\n  ```md\n  - x <!-- verify: b -->\n  ```\n",
            "- \\<!-- verify: b -->\n",
        ] {
            assert_eq!(found(content), (vec![], 0), "{content:?}");
        }
    }

    #[test]
    fn holes_know_what_they_stand_in() {
        let scan =
            scan("{{ a }} `{{b}}` <b title=\"{{ c }}\"> \\{{ d }} {{#include x}} {{ E }}\n\n```\n{{ f }}\n```\n");
        let holes: Vec<_> = scan.holes.iter().map(|hole| (hole.name.as_str(), hole.context, hole.escaped)).collect();
        let expected = [
            ("a", Context::Text, false),
            ("b", Context::Code, false),
            ("c", Context::Html, false),
            ("d", Context::Text, true),
            ("f", Context::Code, false),
        ];
        assert_eq!(holes, expected);
    }
}
