//! Builds the book that is served.

use anyhow::{Result, anyhow};
use course::Course;
use std::path::PathBuf;
use std::sync::Arc;

use super::pages::Pages;
use super::snapshot::Snapshot;
use crate::book;
use crate::generate::{self, Stale};
use crate::run::session::learners;

/// How the book is built.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The course's folder.
    pub root: PathBuf,
    /// Whether it shows the practice accounts.
    pub practice: bool,
    /// Whether the course is trusted.
    pub trusted: bool,
}

/// A new build.
pub(super) struct Fresh {
    pub(super) course: Arc<Course>,
    pub(super) pages: Arc<Pages>,
    pub(super) notices: Arc<[String]>,
    /// The state of the course's folder that it was built from.
    pub(super) from: Snapshot,
}

/// Builds the course's book.
///
/// # Errors
/// All mistakes in the course.
pub(super) fn build(options: &BuildOptions) -> Result<Fresh> {
    let BuildOptions { root, practice, trusted } = options;
    generate::make_missing(root, *trusted)?;
    let mut from = Snapshot::of(root);
    // Usually, the generated chapters are up to date. The book is built while this is checked.
    let (course, built) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| looked_at(options));
        let built = book::build_live(root, *practice, *trusted);
        (looking.join(), built)
    });
    let (course, stale) = course.map_err(|_| anyhow!("reading the course failed; this is a bug in verify"))??;
    let mut live = built?;
    if !stale.is_empty() {
        // Writing these chapters must not cause another build, unless something else has changed meanwhile.
        let unchanged = Snapshot::of(root).course == from.course;
        generate::write(root, stale)?;
        if unchanged {
            from.course = Snapshot::of(root).course;
        }
        live = book::build_live(root, *practice, *trusted)?;
    }
    Ok(Fresh { course, pages: Arc::new(Pages::read(&live, *trusted)?), notices: live.notices.into(), from })
}

/// The course, and the generated chapters that are out of date.
fn looked_at(options: &BuildOptions) -> Result<(Arc<Course>, Vec<Stale>)> {
    let course = learners(&options.root, book::read(&options.root, options.trusted)?)?;
    let course = Arc::new(course);
    let stale = generate::stale_in(&course, options.trusted)?;
    Ok((course, stale))
}
