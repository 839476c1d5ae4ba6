//! The tables that directives name.

use pulldown_cmark::{Event, Tag};
use std::ops::Range;

use super::Walk;
use crate::table::WrittenTable;

impl Walk<'_> {
    /// Notes what is in a table that a directive has named. Any other block after the directive means that there is none.
    pub(super) fn table_event(&mut self, event: &Event<'_>, range: Range<usize>) {
        let Some(table) = &mut self.table else { return };
        let begins = matches!(event, Event::Start(Tag::Table(_)));
        if begins || table.cells.is_some() {
            table.event(self.content, event, range, self.params);
        }
        let is_other = matches!(event, Event::Start(tag) if *tag != Tag::HtmlBlock) && table.cells.is_none();
        if is_other || WrittenTable::is_end(event) {
            self.scan.tables.extend(self.table.take());
        }
    }
}
