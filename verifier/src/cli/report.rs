//! `verify report FILE|DIR…`: an overview of a class, from its learners' results.

use anyhow::{Result, bail};
use clap::ValueEnum;
use course::terminal::Text;
use std::path::{Path, PathBuf};

use super::Exit;
use super::common::Common;
use super::terminal::{Terminal, notice, print};
use crate::cohort::files;
use crate::report;
use crate::report::class::{self, Class, Counting};
use crate::run::Session;

/// The output format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
    /// A table for spreadsheets
    Csv,
    /// Tables in Markdown
    Markdown,
    /// An HTML page
    Html,
}

pub(super) fn run(common: &Common, paths: &[PathBuf], format: Format) -> Result<Exit> {
    let terminal = Terminal::default();
    let session = Session::open(&common.options(), &terminal)?;
    let mut reading = Reading {
        session: &session,
        counting: Counting::new(&session.course, session.practice()),
        notices: Vec::new(),
        skipped: 0,
    };
    for path in paths {
        match files::found(path) {
            Ok(found) => found.iter().for_each(|file| reading.file(file)),
            Err(error) => reading.skip(path, &error),
        }
    }
    let Reading { counting, mut notices, skipped, .. } = reading;
    if counting.is_empty() {
        notices.iter().for_each(|text| notice(text));
        bail!("there are no results to count in these files. To make a results file: verify --format json");
    }
    let class = counting.done(std::mem::take(&mut notices));
    class.notices.iter().for_each(|text| notice(text));
    print(&written(format, &class)?)?;
    Ok(if skipped == 0 { Exit::Done } else { Exit::Usage })
}

fn written(format: Format, class: &Class) -> Result<Text> {
    Ok(match format {
        Format::Csv => Text::block(&class::csv::table(class)?),
        Format::Markdown => Text::block(&class::markdown::section(class)),
        Format::Html => Text::block(&class::html::page(class)),
        Format::Json => report::json(class)?,
        Format::Text => class::text::text(class),
    })
}

/// Files, as they are read.
struct Reading<'r> {
    session: &'r Session<'r>,
    counting: Counting<'r>,
    notices: Vec<String>,
    skipped: usize,
}

impl Reading<'_> {
    fn file(&mut self, path: &Path) {
        let (results, judged_here) = match files::read(path, self.session.store.key()) {
            Ok(read) => read,
            Err(error) => return self.skip(path, &error),
        };
        let shown = path.display();
        match (results.practice, self.session.practice()) {
            (true, false) => self.notices.push(format!(
                "{shown} is left out, because it has results from the practice accounts. To count only such files: \
                 verify report --practice"
            )),
            (false, true) => {
                self.notices.push(format!("{shown} is left out, because it has no results from the practice accounts."))
            }
            _ => self.counting.add(&files::learner(path), judged_here, &results),
        }
    }

    fn skip(&mut self, path: &Path, error: &anyhow::Error) {
        self.notices.push(format!("{} is left out: {error:#}.", path.display()));
        self.skipped += 1;
    }
}
