//! Compresses this repository's course, `book/`, for the program, which gives copies of it.

#[path = "evidence/build/archive.rs"]
mod archive;

/// What belongs to the course in its folder. Everything else there was made from it.
const FOLDERS: &[&str] = &["checks", "src", "starter"];
const FILES: &[&str] = &["book.toml", "verify.css"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut course = Vec::new();
    for folder in FOLDERS {
        let files = archive::files(&format!("../book/{folder}"))?;
        course.extend(files.into_iter().map(|(name, path)| (format!("{folder}/{name}"), path)));
    }
    for file in FILES {
        let path = format!("../book/{file}");
        archive::watch(&path);
        course.push(((*file).to_owned(), path.into()));
    }
    archive::write("course", &course)
}
