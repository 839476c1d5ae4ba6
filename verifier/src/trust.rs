//! What a course may not do unless the learner trusts it: bring programs, scripts or a theme, or reach outside its
//! folder.

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// How deep mdBook expands includes within includes.
const INCLUDE_DEPTH: usize = 10;

/// The configuration that a book is loaded with: what the course says about itself, and nothing that runs a program,
/// brings a script or a theme, or writes elsewhere.
///
/// # Errors
/// When the book's folders lie outside of the course.
pub fn config(root: &Path, course: &Config) -> Result<Config> {
    let mut config = Config::default();
    config.book = course.book.clone();
    config.build.create_missing = false;
    config.build.build_dir = course.build.build_dir.clone();
    inside(root, &config.book.src, "book.src")?;
    inside(root, &config.build.build_dir, "build.build-dir")?;
    if let Some(html) = course.html_config() {
        config.set("output.html", crate::book::harmless(html))?;
    }
    if let Some(mut ours) = course.get::<toml::Table>("preprocessor.verify")? {
        ours.remove("command");
        config.set("preprocessor.verify", ours)?;
    }
    Ok(config)
}

/// A folder of the course, by its own words, must lie inside of it and must not be the course itself.
fn inside(root: &Path, folder: &Path, key: &str) -> Result<()> {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let named = folder.components().any(|part| matches!(part, Component::Normal(_)));
    if !named || !folder.components().all(plain) {
        bail!("{key} is {}, and must be a folder inside the course; {TRUST}", folder.display());
    }
    // A symbolic link may lead outside all the same.
    match root.join(folder).canonicalize() {
        Ok(real) if !real.starts_with(root) => bail!("{key} leads to {}, outside the course; {TRUST}", real.display()),
        _ => Ok(()),
    }
}

const TRUST: &str = "if you trust whoever made it, say --trust-course";

/// The largest text of a course.
const LARGEST: u64 = 4 << 20;

/// How many includes a book may expand to.
const INCLUDES: usize = 2000;

/// Makes sure, before anything is read, that the course's files are files: no symbolic links, which lead elsewhere, no
/// devices or pipes, which never end, and no texts without end.
///
/// # Errors
/// The first that isn't.
pub fn files(root: &Path, src: &Path) -> Result<()> {
    plain_file(&root.join("book.toml"))?;
    for folder in [root.join(src), root.join("checks")] {
        if folder.is_symlink() {
            bail!("{} is a symbolic link, and may lead outside the course; {TRUST}", folder.display());
        }
        if folder.is_dir() {
            plain_files(&folder)?;
        }
    }
    Ok(())
}

fn plain_files(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry.with_context(|| format!("reading {}", folder.display()))?.path();
        match path.is_dir() && !path.is_symlink() {
            true => plain_files(&path)?,
            false => plain_file(&path)?,
        }
    }
    Ok(())
}

fn plain_file(path: &Path) -> Result<()> {
    let about = fs::symlink_metadata(path).with_context(|| format!("opening {}", path.display()))?;
    if about.is_symlink() {
        bail!("{} is a symbolic link, and may lead outside the course; {TRUST}", path.display());
    }
    if !about.is_file() {
        bail!("{} is no ordinary file; {TRUST}", path.display());
    }
    let is_text = path.extension().is_some_and(|extension| ["md", "toml"].iter().any(|text| extension == *text));
    if is_text && about.len() > LARGEST {
        bail!("{} has {} bytes, and {LARGEST} are allowed; {TRUST}", path.display(), about.len());
    }
    Ok(())
}

/// Makes sure that the chapters, and all that they include, are files of the course.
///
/// # Errors
/// The first that isn't.
pub fn book(root: &Path, book: &MDBook) -> Result<()> {
    let src = root.join(&book.config.book.src);
    let mut left = INCLUDES;
    for chapter in book.book.chapters() {
        let paths = [&chapter.path, &chapter.source_path];
        for path in paths.into_iter().flatten() {
            // mdBook writes the page to the same place below the built book, and the path into a script.
            let odd = |c: char| c.is_control() || "'\"<>&\\`".contains(c);
            let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
            if !plain || path.to_str().is_none_or(|text| text.contains(odd)) {
                bail!(
                    "the chapter {:?} has the path {}, which no page may have; {TRUST}",
                    chapter.name,
                    path.display()
                );
            }
        }
        let Some(source) = &chapter.source_path else { continue };
        let folder = src.join(source).parent().map(Path::to_owned).unwrap_or_default();
        includes(root, &folder, &chapter.content, 0, &mut left)
            .with_context(|| format!("the chapter {}", source.display()))?;
    }
    Ok(())
}

/// Makes sure that whatever mdBook may take for an include names a file of the course. There are no symbolic links in
/// what was checked, so a path leads where it says.
fn includes(root: &Path, folder: &Path, content: &str, depth: usize, left: &mut usize) -> Result<()> {
    for target in targets(content) {
        *left =
            left.checked_sub(1).with_context(|| format!("the book includes more than {INCLUDES} files; {TRUST}"))?;
        // What stands behind a colon may be a part of the file, or of its name.
        let ends = target.match_indices(':').map(|(at, _)| at).chain([target.len()]);
        for path in ends.map(|end| &target[..end]).filter(|path| !path.is_empty()) {
            let inside =
                lexical(&folder.join(path)).filter(|inside| inside.starts_with(root) && !Path::new(path).is_absolute());
            let Some(inside) = inside else { bail!("it includes {path}, outside the course; {TRUST}") };
            if !inside.exists() && !inside.is_symlink() {
                // mdBook leaves the directive as it is.
                continue;
            }
            if inside.canonicalize().ok().as_deref() != Some(&inside) {
                bail!("it includes {path}, which is or goes through a symbolic link; {TRUST}");
            }
            if inside.is_dir() {
                continue;
            }
            plain_file(&inside)?;
            if depth < INCLUDE_DEPTH {
                let about = fs::metadata(&inside).with_context(|| format!("opening {}", inside.display()))?;
                if about.len() > LARGEST {
                    bail!("it includes {path}, which has {} bytes, and {LARGEST} are allowed; {TRUST}", about.len());
                }
                let text = fs::read(&inside).with_context(|| format!("reading {}", inside.display()))?;
                let folder = inside.parent().unwrap_or(root);
                includes(root, folder, &String::from_utf8_lossy(&text), depth + 1, left)?;
            }
        }
    }
    Ok(())
}

/// A path without `.` and `..`, by its words alone.
fn lexical(path: &Path) -> Option<PathBuf> {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => whole.pop().then_some(())?,
            Component::CurDir => {}
            part => whole.push(part),
        }
    }
    Some(whole)
}

/// Whatever mdBook may take for the file of an `{{#include …}}` and its relatives: looked for at every pair of braces,
/// since more of them may stand in a row.
fn targets(content: &str) -> impl Iterator<Item = &str> {
    let braces = (0..content.len().saturating_sub(1)).filter(|at| content.as_bytes()[*at..].starts_with(b"{{"));
    braces.filter_map(|at| {
        let directive = content[at + 2..].trim_start().strip_prefix('#')?.split('}').next()?;
        let (kind, rest) = directive.split_once(char::is_whitespace)?;
        let names_file = ["include", "rustdoc_include", "playground", "playpen"].contains(&kind);
        rest.split_whitespace().next().filter(|_| names_file)
    })
}

/// Makes sure that a chapter, as it goes to the renderer, brings no script.
///
/// # Errors
/// What would run one.
pub fn chapter(name: &str, content: &str) -> Result<()> {
    match script(content) {
        Some(script) => bail!("{name} brings a script ({script}), and a course's scripts are not run; {TRUST}"),
        None => Ok(()),
    }
}

/// What would run a script in a page, if anything would. Words in code are not told apart from HTML: a lesson about
/// scripts needs `--trust-course` only if it writes them unescaped outside of code.
fn script(content: &str) -> Option<String> {
    let html = html_of(content);
    let lower = html.to_ascii_lowercase();
    for mark in ["<script", "javascript:", "<iframe", "<object", "<embed", "<base", "<meta", "srcdoc"] {
        if lower.contains(mark) {
            return Some(mark.trim_start_matches('<').to_owned());
        }
    }
    // An event handler: an attribute that begins with `on`.
    lower.split(|c: char| c.is_ascii_whitespace() || "\"'/".contains(c)).find_map(|word| {
        let name = word.split_once('=')?.0.trim();
        (name.starts_with("on") && name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_lowercase()))
            .then(|| name.to_owned())
    })
}

/// The HTML in a text, and the addresses of its links.
fn html_of(content: &str) -> String {
    use pulldown_cmark::{Event, Parser, Tag};
    let mut html = String::new();
    for event in Parser::new_ext(content, mdbook_verify::scan::options()) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => {
                html.push_str(&text);
                html.push(' ');
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                html.push_str(dest_url.trim());
                html.push(' ');
            }
            _ => {}
        }
    }
    html
}
