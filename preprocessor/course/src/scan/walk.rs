//! Walks through the Markdown events of a chapter.

mod checkbox;
mod finish;
mod table;
mod unclosed;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

use super::braces::{self, Code, Context};
use super::found::{At, Marked, Misplaced, Scan, Unmarked, Why};
use super::html::{self, OutOfReach};
use super::item::{Block, Item};
use super::markdown::options;
use crate::directive::{Directive, Kind};
use crate::param::Params;
use crate::substitute;
use crate::table::WrittenTable;

/// What a walk finds.
pub(super) struct Walked {
    pub(super) scan: Scan,
    pub(super) unmarked: Vec<Unmarked>,
    pub(super) remarks: Vec<Range<usize>>,
    pub(super) checkboxes: Vec<Range<usize>>,
}

/// Walks through a chapter.
pub(super) fn walk(content: &str, params: &Params) -> Walked {
    let mut walk = Walk {
        content,
        params,
        scan: Scan::default(),
        unmarked: Vec::new(),
        remarks: Vec::new(),
        checkboxes: Vec::new(),
        items: Vec::new(),
        blocks: Vec::new(),
        spans: Vec::new(),
        contexts: Vec::new(),
        out_of_reach: OutOfReach::default(),
        list_end: 0,
        table: None,
    };
    for (event, range) in Parser::new_ext(content, options()).into_offset_iter() {
        walk.event(event, range);
    }
    walk.finish()
}

struct Walk<'c> {
    content: &'c str,
    params: &'c Params,
    scan: Scan,
    unmarked: Vec<Unmarked>,
    remarks: Vec<Range<usize>>,
    /// Text that looks like a checkbox.
    checkboxes: Vec<Range<usize>>,
    items: Vec<Item>,
    blocks: Vec<Block>,
    /// The open emphasis, links and other spans.
    spans: Vec<&'static str>,
    /// Code and HTML, in order.
    contexts: Vec<(Range<usize>, Context)>,
    out_of_reach: OutOfReach,
    /// Where the last list has ended.
    list_end: usize,
    /// The table that a directive has named, before it and in it.
    table: Option<WrittenTable>,
}

impl Walk<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        self.table_event(&event, range.clone());
        match event {
            Event::Start(Tag::Item) => {
                self.begin_block(Block::Item);
                self.items.push(Item { start: range.start, ..Item::default() });
            }
            Event::End(TagEnd::Item) => {
                self.blocks.pop();
                if let Some(item) = self.items.pop() {
                    self.end_item(item);
                }
            }
            Event::TaskListMarker(_) => {
                if let Some(item) = self.items.last_mut() {
                    let space = self.content[range.end..].starts_with([' ', '\t']);
                    item.marker = Some(range.start..range.end + usize::from(space));
                }
            }
            Event::Start(tag) => self.begin(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::InlineHtml(html) => {
                self.context(range.clone(), Context::Html);
                self.out_of_reach.piece(self.content, range.clone());
                if Directive::is_meant(&html) {
                    self.inline_comment(range);
                } else if html.starts_with("<!--") {
                    self.remark(range);
                } else if html.starts_with("</") {
                    self.inline("", range, Some(Why::Within("an HTML element")));
                } else {
                    self.inline("", range, Some(Why::Middle));
                }
            }
            Event::Code(text) => {
                let in_table = self.blocks.last() == Some(&Block::Other("a table"));
                let span = braces::code_span(self.content, range.clone());
                self.context(span.clone(), Context::Code(span, Code::Span { in_table }));
                self.inline(&substitute::escaped_in_code(&text, self.params), range, Some(Why::Middle));
            }
            Event::Text(text) => {
                let why = (!text.trim().is_empty()).then_some(Why::Middle);
                // Escaped braces are not a hole, and the backslash is not part of the text.
                let escaped = self.content[..range.start].ends_with('\\');
                match text.strip_prefix("{{").filter(|_| escaped) {
                    Some(rest) => self.inline(&format!("{}{rest}", substitute::NO_HOLE), range, why),
                    None => self.inline(&text, range, why),
                }
            }
            Event::FootnoteReference(_) => self.inline("", range, Some(Why::Middle)),
            Event::SoftBreak | Event::HardBreak => {
                if let Some(item) = self.own_text() {
                    item.text.push(' ');
                }
            }
            Event::Rule => self.begin_block_in_item(),
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::HtmlBlock => self.html_block(range),
            Tag::CodeBlock(kind) => {
                self.context(range.clone(), Context::Code(range, Code::block(kind)));
                self.begin_block_in_item();
            }
            Tag::List(_) => self.begin_block_in_item(),
            Tag::Table(_) => self.begin_block(Block::Other("a table")),
            Tag::BlockQuote(_) => self.begin_block(Block::Quote),
            Tag::Heading { .. } => self.begin_block(Block::Other("a heading")),
            Tag::FootnoteDefinition(_) => self.begin_block(Block::Other("a footnote")),
            Tag::DefinitionList => self.begin_block(Block::Other("a list of definitions")),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => self.spans.push("emphasized text"),
            Tag::Link { .. } => self.spans.push("a link"),
            Tag::Image { .. } => self.spans.push("a picture's text"),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Table
            | TagEnd::BlockQuote(_)
            | TagEnd::Heading(_)
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList => {
                self.blocks.pop();
                self.spans.clear();
            }
            TagEnd::List(_) => self.list_end = range.end,
            TagEnd::Paragraph => {
                self.spans.clear();
                if let Some(item) = self.innermost_item() {
                    (item.ended, item.unsettled) = (true, false);
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image => {
                self.spans.pop();
                if let Some(item) = self.own_text() {
                    item.end = item.end.max(range.end);
                }
            }
            _ => {}
        }
    }

    /// The innermost item, if nothing else is open in it.
    fn innermost_item(&mut self) -> Option<&mut Item> {
        let at_its_level = self.blocks.last() == Some(&Block::Item);
        self.items.last_mut().filter(|_| at_its_level)
    }

    /// The innermost item, while its own text is being parsed.
    fn own_text(&mut self) -> Option<&mut Item> {
        self.innermost_item().filter(|item| !item.ended)
    }

    fn begin_block(&mut self, block: Block) {
        self.begin_block_in_item();
        self.blocks.push(block);
    }

    /// A block begins, so the own text of the surrounding item ends.
    fn begin_block_in_item(&mut self) {
        if let Some(item) = self.innermost_item() {
            (item.ended, item.unsettled, item.filled) = (true, false, true);
        }
    }

    /// Notes code or HTML, unless it is within the last one, as in the text of an image.
    fn context(&mut self, range: Range<usize>, context: Context) {
        if self.contexts.last().is_none_or(|(last, _)| last.end <= range.start) {
            self.contexts.push((range, context));
        }
    }

    /// A part of a line of text, and why a directive before it is misplaced.
    fn inline(&mut self, text: &str, range: Range<usize>, after: Option<Why>) {
        let Some(item) = self.innermost_item() else { return };
        item.filled |= after.is_some();
        let misplaced = after.filter(|_| item.unsettled).zip(item.directive.as_ref().map(|(range, _)| range.clone()));
        if misplaced.is_some() {
            (item.directive, item.unsettled) = (None, false);
        } else if !item.ended && !item.unsettled {
            item.text.push_str(text);
        }
        if after.is_some() {
            item.remark = None;
        }
        if !item.ended {
            item.end = item.end.max(range.end);
        }
        if let Some((why, range)) = misplaced {
            self.misplace(range, why);
        }
    }

    fn inline_comment(&mut self, range: Range<usize>) {
        let (within, span) = (self.blocks.last().copied(), self.spans.last().copied());
        let why = match (within, span, self.innermost_item()) {
            (Some(Block::Other(name)), _, _) | (_, Some(name), _) => Why::Within(name),
            (_, None, Some(item)) => {
                item.end = if item.ended { item.end } else { range.end };
                if item.directive.is_some() {
                    Why::Second
                } else if !item.filled {
                    if html::is_before_text(self.content, range.end) { Why::Middle } else { Why::Alone }
                } else {
                    (item.directive, item.unsettled) = (Some((range, At::Text)), true);
                    return;
                }
            }
            (_, None, None) => Why::Paragraph,
        };
        self.misplace(range, why);
    }

    /// A comment in a line of text that is not a directive.
    fn remark(&mut self, range: Range<usize>) {
        if let Some(item) = self.innermost_item() {
            item.end = if item.ended { item.end } else { range.end };
            item.remark = Some(range);
        }
    }

    /// A block of HTML. The comment at its end may be a directive.
    fn html_block(&mut self, block: Range<usize>) {
        self.context(block.clone(), Context::Html);
        self.out_of_reach.piece(self.content, block.clone());
        let text = &self.content[block.clone()];
        let mut last = None;
        for comment in html::comments(text) {
            let is_last = text[comment.end..].trim().is_empty();
            let range = block.start + comment.start..block.start + comment.end;
            match &text[comment.clone()] {
                open if !open.ends_with("-->") => self.open_comment(range.start, open),
                _ if is_last => last = Some(range),
                directive if Directive::is_meant(directive) => {
                    let begins =
                        text[..comment.start].trim().is_empty() && html::is_before_text(self.content, range.end);
                    let why = match (begins, self.blocks.last()) {
                        (false, _) => Why::Within("HTML"),
                        (true, Some(Block::Item)) => Why::Middle,
                        (true, Some(Block::Other(name))) => Why::Within(name),
                        (true, Some(Block::Quote) | None) => Why::Paragraph,
                    };
                    self.misplace(range, why);
                }
                _ => {}
            }
        }
        let alone = |range: &Range<usize>| self.content[block.start..range.start].trim().is_empty();
        match last {
            Some(range) if Directive::is_meant(&self.content[range.clone()]) => {
                match html::holds(self.content, &block, &range) {
                    Some(name) => self.misplace(range, Why::Within(name)),
                    None => self.comment_block(range, block),
                }
            }
            Some(range) if alone(&range) => match self.innermost_item() {
                Some(item) => item.remark = Some(range),
                None => self.remarks.push(range),
            },
            _ => self.fill_with_html(),
        }
    }

    /// An unclosed comment.
    fn open_comment(&mut self, at: usize, comment: &str) {
        if Directive::is_meant(&format!("{comment}-->")) {
            self.misplace(at..at + html::first_words(comment).len(), Why::Unclosed);
        }
    }

    /// Other HTML in an item.
    fn fill_with_html(&mut self) {
        if let Some(item) = self.innermost_item() {
            (item.ended, item.unsettled, item.filled) = (item.ended || !item.text.is_empty(), false, true);
        }
    }

    /// A directive on its own line.
    fn comment_block(&mut self, range: Range<usize>, block: Range<usize>) {
        if let Kind::Table(name) = Directive::kind(&self.content[range.clone()]) {
            self.scan.tables.extend(self.table.take());
            self.table = Some(WrittenTable::new(range, &name, self.content));
            return;
        }
        if let (Kind::Allow(rules), true) = (Directive::kind(&self.content[range.clone()]), self.items.is_empty()) {
            self.scan.allowed.push((range, rules));
            return;
        }
        let below_list = {
            let between = self.content.get(self.content[..self.list_end].trim_end().len()..range.start);
            self.list_end > 0
                && between.is_some_and(|between| between.trim().is_empty() && between.matches('\n').count() == 1)
        };
        let other_html = !self.content[block.start..range.start].trim().is_empty();
        let within = self.blocks.iter().rev().find(|block| **block != Block::Quote).copied();
        let quoted = self.blocks.last() == Some(&Block::Quote);
        let why = match within {
            Some(Block::Other(name)) => Why::Within(name),
            Some(Block::Item) if quoted => Why::Within("a quote in a list item"),
            Some(_) => match self.innermost_item() {
                Some(item) if item.directive.is_some() => Why::Second,
                Some(item) if !item.filled && !other_html => Why::Alone,
                Some(item) => {
                    item.directive = Some((range, At::Below));
                    (item.unsettled, item.ended) = (false, true);
                    return;
                }
                None => Why::Paragraph,
            },
            None => {
                let at = At::Card { below_list };
                self.mark(Marked { comment: range, at, marker: None, text: String::new() });
                return;
            }
        };
        self.misplace(range, why);
    }

    fn misplace(&mut self, range: Range<usize>, why: Why) {
        self.scan.misplaced.push(Misplaced { range, why });
    }

    fn mark(&mut self, marked: Marked) {
        match Directive::kind(&self.content[marked.comment.clone()]) {
            Kind::Check => self.scan.steps.push(marked),
            Kind::Open => self.scan.open.push(marked),
            Kind::None => self.scan.none.push(marked),
            Kind::Table(_) => self.misplace(marked.comment, Why::Table),
            Kind::Allow(_) => self.misplace(marked.comment, Why::Allow),
        }
    }

    fn end_item(&mut self, item: Item) {
        let Item { start, directive, remark, marker, text, end, .. } = item;
        self.remarks.extend(remark.filter(|_| directive.is_none()));
        let text = substitute::fill(text.trim(), self.params);
        match (directive, marker) {
            (Some((comment, at)), marker) => {
                if marker.is_none() {
                    self.checkboxes.extend(checkbox::misspelt(&text, self.content, start));
                }
                self.mark(Marked { comment, at, marker, text });
            }
            (None, Some(marker)) if !text.is_empty() => {
                let marker = marker.start..marker.start + self.content[marker].trim_end().len();
                self.unmarked.push(Unmarked { marker, text, end });
            }
            (None, None) => self.checkboxes.extend(checkbox::misspelt(&text, self.content, start)),
            (None, Some(_)) => {}
        }
    }
}
