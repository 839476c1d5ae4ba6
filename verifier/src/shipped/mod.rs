//! The course in this program: this repository's `book/`. Learners get a copy of it, and a new course starts from it.

mod starter;

use anyhow::{Context, Result};

use crate::course_files::Files;
pub(crate) use starter::starter;

/// The name of a file, the size of its text, and the text compressed.
type Compressed = (&'static str, usize, &'static [u8]);

static COURSE: &[Compressed] = include!(concat!(env!("OUT_DIR"), "/course.rs"));

/// The folder of what a new course has of its own.
const STARTER: &str = "starter/";

/// The course.
///
/// # Errors
/// When the program is damaged.
pub(crate) fn course() -> Result<Files> {
    inflated(|name| (!name.starts_with(STARTER)).then_some(name))
}

/// The files that `named` gives a name.
fn inflated(named: impl Fn(&'static str) -> Option<&'static str>) -> Result<Files> {
    let text = |(file, size, compressed): &Compressed| -> Option<Result<(String, String)>> {
        let name = named(file)?;
        let bytes = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(compressed, *size);
        let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.with_context(|| format!("{file}, a file of the course in this program, is damaged"));
        Some(text.map(|text| (name.to_owned(), text)))
    };
    COURSE.iter().filter_map(text).collect()
}
