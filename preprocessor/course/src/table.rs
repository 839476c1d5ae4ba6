//! Tables of lessons as data: `<!-- verify: table NAME -->` before a Markdown table gives its rows to checks.

use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::BTreeMap;
use std::ops::Range;

use crate::letters;
use crate::param::{LONGEST, Params};
use crate::substitute;

/// The tables of a course, by name.
pub type Tables = BTreeMap<String, Table>;

/// A row: the text of each column.
pub type Row = BTreeMap<String, String>;

/// The most rows of a table.
const MOST_ROWS: usize = 500;
/// The most columns of a table.
const MOST_COLUMNS: usize = 50;

/// A table of a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The names of its columns, as expressions write them, in order.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Table {
    /// A few words that name a row for a learner: its first cell that no other row has.
    pub fn label(&self, row: &Row) -> String {
        let alone = |column: &&String| {
            let same = |other: &&Row| other.get(*column) == row.get(*column);
            self.rows.iter().filter(same).count() < 2
        };
        let column = self.columns.iter().find(alone).or(self.columns.first());
        let label = column.and_then(|column| row.get(column)).filter(|label| !label.is_empty());
        let number = || self.rows.iter().position(|other| other == row).map_or(0, |at| at + 1);
        label.cloned().unwrap_or_else(|| format!("row {}", number()))
    }
}

/// A cell as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Its range in the chapter.
    range: Range<usize>,
    /// Its text, or what cannot be in a cell.
    text: String,
    /// What is in it besides text, or one piece of code.
    other: Option<&'static str>,
    /// How many pieces of code it has, and whether it has text.
    code: usize,
    has_text: bool,
}

/// A table while it is read, with the directive before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenTable {
    /// The directive.
    pub comment: Range<usize>,
    /// The name.
    pub name: String,
    /// Whether the line after it begins with `|`.
    pub has_pipes: bool,
    /// Its rows, the header first; `None` if no table follows the directive.
    pub(crate) cells: Option<Vec<Vec<Cell>>>,
    /// The rows with more cells than the header, of which Markdown leaves out the last ones.
    too_long: Vec<Range<usize>>,
}

impl WrittenTable {
    /// A directive whose table has not been found yet.
    pub(crate) fn new(comment: Range<usize>, name: &str, content: &str) -> WrittenTable {
        let has_pipes = content[comment.end..].trim_start().starts_with('|');
        WrittenTable { comment, name: name.to_owned(), has_pipes, cells: None, too_long: Vec::new() }
    }

    /// Notes an event within the table.
    pub(crate) fn event(&mut self, content: &str, event: &Event<'_>, range: Range<usize>, params: &Params) {
        let rows = self.cells.get_or_insert_default();
        match event {
            Event::Start(Tag::TableHead) => rows.push(Vec::new()),
            Event::Start(Tag::TableRow) => {
                let columns = rows.first().map_or(0, Vec::len);
                if cells_in(&content[range.clone()]) > columns {
                    self.too_long.push(range);
                }
                rows.push(Vec::new());
            }
            Event::Start(Tag::TableCell) => {
                rows.last_mut().into_iter().for_each(|row| row.push(Cell { range: range.clone(), ..Cell::default() }));
            }
            Event::End(_) => {}
            event => {
                let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) else { return };
                match event {
                    Event::Text(text) => {
                        cell.has_text |= !text.trim().is_empty();
                        // Escaped braces are no hole.
                        match text.strip_prefix("{{").filter(|_| content[..range.start].ends_with('\\')) {
                            Some(rest) => cell.text.extend([substitute::NO_HOLE, rest]),
                            None => cell.text.push_str(text),
                        }
                    }
                    Event::Code(text) => {
                        cell.code += 1;
                        cell.text.push_str(&substitute::escaped_in_code(text, params));
                    }
                    Event::InlineHtml(_) | Event::Html(_) => cell.other = Some("HTML"),
                    Event::FootnoteReference(_) => cell.other = Some("a footnote"),
                    Event::Start(Tag::Link { .. }) => cell.other = Some("a link"),
                    Event::Start(Tag::Image { .. }) => cell.other = Some("a picture"),
                    Event::Start(_) => cell.other = Some("emphasized text"),
                    _ => {}
                }
            }
        }
    }

    /// Whether an event ends the table.
    pub(crate) fn is_end(event: &Event<'_>) -> bool {
        matches!(event, Event::End(TagEnd::Table))
    }

    /// The table, with the values of parameters.
    ///
    /// # Errors
    /// What is wrong, each with its range in the chapter.
    pub(crate) fn read(&self, params: &Params) -> Result<Table, Vec<(Range<usize>, String)>> {
        let Some([header, rows @ ..]) = self.cells.as_deref() else {
            let message = match self.has_pipes {
                true => format!(
                    "what follows is not a Markdown table, so `{}` has no rows: write a header, and below it |---| for \
                     each column",
                    self.name
                ),
                false => format!(
                    "no table follows this directive, so `{}` has no rows: put it on the line before the table",
                    self.name
                ),
            };
            return Err(vec![(self.comment.clone(), message)]);
        };
        let mut wrong = Vec::new();
        let mut columns: Vec<String> = Vec::new();
        for cell in header {
            let text = substitute::fill(cell.text.trim(), params);
            match column(&text) {
                Some(name) if columns.contains(&name) => {
                    wrong.push((cell.range.clone(), format!("two columns of this table are called `{name}`")));
                }
                Some(name) => columns.push(name),
                None => {
                    let message = match text.is_empty() {
                        true => "this column has no header: write one, which is its name in expressions".to_owned(),
                        false => {
                            format!("“{text}” gives no name that expressions can use: begin it with a letter a to z")
                        }
                    };
                    wrong.push((cell.range.clone(), message));
                }
            }
        }
        for row in &self.too_long {
            let message =
                format!("this row has more cells than the {} columns: write \\| for a | within a cell", columns.len());
            wrong.push((row.clone(), message));
        }
        if rows.is_empty() {
            wrong.push((
                self.comment.clone(),
                format!("the table `{}` has no rows: write at least one below its header", self.name),
            ));
        }
        if rows.len() > MOST_ROWS || columns.len() > MOST_COLUMNS {
            let message = format!("a table of data has at most {MOST_ROWS} rows and {MOST_COLUMNS} columns");
            wrong.push((self.comment.clone(), message));
        }
        let read: Vec<Row> = rows.iter().map(|row| self.row(row, &columns, params, &mut wrong)).collect();
        if wrong.is_empty() { Ok(Table { columns, rows: read }) } else { Err(wrong) }
    }

    fn row(&self, cells: &[Cell], columns: &[String], params: &Params, wrong: &mut Vec<(Range<usize>, String)>) -> Row {
        let mut row = Row::new();
        // Markdown fills a row with cells of no width.
        if let Some(missing) = cells.iter().find(|cell| cell.range.is_empty()) {
            let message = format!("this row has fewer cells than the {} columns: write a | for each", columns.len());
            let place = cells.first().map_or(missing.range.clone(), |first| first.range.clone());
            wrong.push((place, message));
        }
        for (column, cell) in columns.iter().zip(cells) {
            let mixed = if cell.code > 1 || cell.code == 1 && cell.has_text { Some("text and code") } else { None };
            if let Some(what) = cell.other.or(mixed) {
                let message =
                    format!("a cell of a table of data is plain text or one piece of code, but this one has {what}");
                wrong.push((cell.range.clone(), message));
            }
            let text = substitute::fill(cell.text.trim(), params);
            if text.len() > LONGEST {
                wrong.push((cell.range.clone(), format!("a cell has at most {LONGEST} bytes")));
            }
            row.insert(column.clone(), text);
        }
        row
    }
}

/// How many cells a row has as it is written.
fn cells_in(row: &str) -> usize {
    let row = row.lines().next().unwrap_or_default().trim();
    let is_end = |at: usize| !row[..at].ends_with('\\');
    let ends: Vec<usize> = row.match_indices('|').map(|(at, _)| at).filter(|at| is_end(*at)).collect();
    let outer = [ends.first() == Some(&0), row.len() > 1 && ends.last() == Some(&(row.len() - 1))];
    ends.len() + 1 - outer.iter().filter(|is_outer| **is_outer).count()
}

/// The name of a column, from its header: its words in ASCII, with `_` between them.
fn column(header: &str) -> Option<String> {
    let name = letters::words(header).join("_");
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && !crate::options::is_reserved(&name);
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::column;

    #[test]
    fn a_column_is_called_what_its_header_says() {
        for (header, name) in [
            ("CIDR range", Some("cidr_range")),
            ("Schlüssel", Some("schluessel")),
            ("Размер, ГБ", Some("razmer_gb")),
            ("1st zone", None),
            ("ゾーン", None),
        ] {
            assert_eq!(column(header).as_deref(), name, "{header}");
        }
    }
}
