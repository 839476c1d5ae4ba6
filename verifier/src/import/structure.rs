//! Reads a lesson's structure.

use course::scan;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::ops::Range;

use super::lesson::{Block, Item, Section, Text};

/// Reads a lesson's structure.
pub(super) fn sections(lesson: &str) -> Vec<Section> {
    let mut reader =
        Reader { lesson, sections: vec![Section::default()], open: Vec::new(), text: None, inline: Vec::new() };
    for (event, range) in Parser::new_ext(lesson, scan::options()).into_offset_iter() {
        reader.event(event, range);
    }
    reader.sections
}

/// A block that is being read.
enum Open {
    List(Vec<Item>, Range<usize>),
    Item(Item),
    Table(OpenTable),
    Code(String, String, Range<usize>),
    Definitions(Vec<Text>, Range<usize>),
    /// A quotation, a footnote or the like: what it says is not the lesson's own.
    Aside,
    Heading(u8),
}

/// A table that is being read.
#[derive(Default)]
struct OpenTable {
    header: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
    concrete: BTreeSet<usize>,
    range: Range<usize>,
}

struct Reader<'l> {
    lesson: &'l str,
    sections: Vec<Section>,
    open: Vec<Open>,
    text: Option<Text>,
    /// Where the open emphasis and code began in the text, and whether it is bold or struck out.
    inline: Vec<(usize, Mark)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Bold,
    Italic,
    Struck,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => match self.open.last_mut() {
                Some(Open::Code(_, code, _)) => code.push_str(&text),
                _ => self.push(&text, range),
            },
            Event::Code(code) => {
                self.push(&code, range);
                if let Some(text) = &mut self.text {
                    text.marked.push(code.into_string());
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(text) = &mut self.text {
                    text.plain.push(' ');
                    text.lines.push((text.plain.len(), range.end));
                }
            }
            Event::TaskListMarker(_) => {
                if let Some(Open::Item(item)) = self.open.last_mut() {
                    item.is_task = true;
                }
            }
            Event::InlineHtml(html) | Event::Html(html) => self.comment(&html),
            _ => {}
        }
    }

    /// Notes the directive of an item.
    fn comment(&mut self, html: &str) {
        if course::directive::Directive::is_meant(html.trim())
            && let Some(Open::Item(item)) = self.open.last_mut()
        {
            item.is_marked = true;
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            // A definition can have paragraphs.
            Tag::Paragraph if matches!(self.open.last(), Some(Open::Definitions(..))) => self.push(" ", 0..0),
            Tag::Paragraph => self.begin_text(range.start),
            Tag::DefinitionList => {
                self.end_item_text();
                self.open.push(Open::Definitions(Vec::new(), range));
            }
            Tag::DefinitionListTitle => {
                self.end_definition();
                self.begin_text(range.start);
            }
            Tag::DefinitionListDefinition => self.push(": ", 0..0),
            Tag::Heading { level, .. } => {
                self.open.push(Open::Heading(level as u8));
                self.begin_text(range.start);
            }
            Tag::List(_) => {
                self.end_item_text();
                self.open.push(Open::List(Vec::new(), range));
            }
            Tag::Item => self.open.push(Open::Item(Item {
                text: Text::default(),
                is_task: false,
                is_marked: false,
                below: Vec::new(),
                range,
            })),
            Tag::Table(_) => {
                self.end_item_text();
                self.open.push(Open::Table(OpenTable { range, ..OpenTable::default() }));
            }
            Tag::TableCell => self.begin_text(range.start),
            Tag::TableRow => {
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    table.rows.push((range.start, Vec::new()));
                }
            }
            Tag::CodeBlock(kind) => {
                self.end_item_text();
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.open.push(Open::Code(language, String::new(), range));
            }
            Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => {
                self.end_item_text();
                self.open.push(Open::Aside);
            }
            Tag::Strong => self.begin_mark(Mark::Bold),
            Tag::Emphasis => self.begin_mark(Mark::Italic),
            Tag::Strikethrough => self.begin_mark(Mark::Struck),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph if matches!(self.open.last(), Some(Open::Definitions(..))) => {}
            TagEnd::Paragraph => self.end_text(),
            TagEnd::DefinitionList => {
                self.end_definition();
                if let Some(Open::Definitions(definitions, range)) = self.open.pop() {
                    self.block(Block::Definitions { definitions, range });
                }
            }
            TagEnd::Heading(_) => {
                let (text, open) = (self.text.take(), self.open.pop());
                if let (Some(text), Some(Open::Heading(level))) = (text, open) {
                    self.begin_section(text, level);
                }
            }
            TagEnd::TableCell => {
                let (cell, open) = (self.text.take().unwrap_or_default(), self.open.last_mut());
                if let Some(Open::Table(table)) = open {
                    let row = table.rows.last_mut().map_or(&mut table.header, |(_, row)| row);
                    if !cell.marked.is_empty() {
                        table.concrete.insert(row.len());
                    }
                    row.push(cell.plain.trim().to_owned());
                }
            }
            TagEnd::Item => {
                self.end_item_text();
                if let Some(Open::Item(item)) = self.open.pop()
                    && let Some(Open::List(items, _)) = self.open.last_mut()
                {
                    items.push(item);
                }
            }
            TagEnd::List(_) => {
                if let Some(Open::List(items, range)) = self.open.pop() {
                    self.block(Block::List { items, range });
                }
            }
            TagEnd::Table => {
                if let Some(Open::Table(OpenTable { header, rows, concrete, range })) = self.open.pop() {
                    self.block(Block::Table { header, rows, concrete, range });
                }
            }
            TagEnd::CodeBlock => {
                if let Some(Open::Code(language, text, range)) = self.open.pop() {
                    self.block(Block::Code { language, text, range });
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition => {
                self.open.pop();
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough => self.end_mark(range),
            TagEnd::Link | TagEnd::Image => {
                if let Some(text) = &mut self.text {
                    text.range.end = text.range.end.max(range.end);
                }
            }
            _ => {}
        }
    }

    fn begin_text(&mut self, at: usize) {
        self.text = Some(Text { range: at..at, lines: vec![(0, at)], ..Text::default() });
    }

    /// Adds to the text. A tight item's text has no paragraph of its own.
    fn push(&mut self, more: &str, range: Range<usize>) {
        if self.text.is_none() && matches!(self.open.last(), Some(Open::Item(item)) if item.text.plain.is_empty()) {
            self.begin_text(range.start);
        }
        if let Some(text) = &mut self.text {
            text.plain.push_str(more);
            text.range.end = text.range.end.max(range.end);
        }
    }

    fn begin_mark(&mut self, mark: Mark) {
        // A tight item can begin with emphasis.
        self.push("", 0..0);
        if let Some(text) = &mut self.text {
            if text.range.end == 0 {
                // The first mark sets its start.
                text.range = Range { start: usize::MAX, end: 0 };
            }
            self.inline.push((text.plain.len(), mark));
        }
    }

    fn end_mark(&mut self, range: Range<usize>) {
        let Some((start, mark)) = self.inline.pop() else { return };
        let Some(text) = &mut self.text else { return };
        text.range = text.range.start.min(range.start)..text.range.end.max(range.end);
        if let Some((0, first)) = text.lines.first().copied() {
            text.lines[0] = (0, if first == 0 { range.start } else { first });
        }
        let inner = text.plain[start..].to_owned();
        match mark {
            Mark::Bold if text.plain[..start].trim_matches(|c: char| !c.is_alphanumeric()).is_empty() => {
                text.lead = Some(inner);
            }
            Mark::Struck => text.struck.push_str(&inner),
            Mark::Bold | Mark::Italic => text.marked.push(inner),
        }
    }

    /// The open text ends.
    fn end_text(&mut self) {
        self.inline.clear();
        let Some(text) = self.text.take() else { return };
        match self.open.last_mut() {
            Some(Open::Item(item)) if item.text.plain.is_empty() && item.below.is_empty() => item.text = text,
            Some(Open::Item(item)) => item.below.push(Block::Paragraph(text)),
            Some(_) => {}
            None if text.is_all_bold() => self.begin_section(text, BOLD),
            None => self.block(Block::Paragraph(text)),
        }
    }

    /// The own text of a tight item ends, because something begins below it or the item ends.
    fn end_item_text(&mut self) {
        if self.text.is_some() {
            self.end_text();
        }
    }

    /// The open term with its definition ends.
    fn end_definition(&mut self) {
        if let (Some(Open::Definitions(definitions, _)), Some(text)) = (self.open.last_mut(), self.text.take()) {
            definitions.push(text);
        }
    }

    fn block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Open::Item(item)) => item.below.push(block),
            Some(_) => {}
            None => self.sections.last_mut().into_iter().for_each(|section| section.blocks.push(block.clone())),
        }
    }

    fn begin_section(&mut self, heading: Text, level: u8) {
        if !self.open.is_empty() || self.lesson.is_empty() {
            return;
        }
        let mut above: Vec<(u8, &str)> = Vec::new();
        for section in self.sections.iter().rev().filter(|section| section.heading.is_some()) {
            if section.level < above.last().map_or(level, |(inner, _)| *inner) {
                above.push((section.level, section.title()));
            }
        }
        // The title is above all sections, even if it has the same level.
        let title = self.sections.iter().find(|section| section.heading.is_some());
        if let Some(title) = title.filter(|title| above.last().is_none_or(|(_, outermost)| *outermost != title.title()))
        {
            above.push((0, title.title()));
        }
        let above = above.into_iter().rev().map(|(_, title)| title.to_owned()).collect();
        self.sections.push(Section { heading: Some(heading), above, blocks: Vec::new(), level });
    }
}

/// The level of a paragraph in bold that is used as a heading: below every heading.
const BOLD: u8 = 7;
