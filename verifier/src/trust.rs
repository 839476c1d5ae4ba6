//! What a course may not do unless the learner trusts it: bring programs, scripts or a theme, or reach outside its
//! folder.

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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
    let plain = |part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir);
    let named = folder.components().any(|part| matches!(part, std::path::Component::Normal(_)));
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

/// Makes sure that the chapters, and all that they include, are files of the course, and that they bring no script.
///
/// # Errors
/// The first that isn't or does.
pub fn book(root: &Path, book: &MDBook) -> Result<()> {
    let src = root.join(&book.config.book.src);
    links(root, &src)?;
    for chapter in book.book.chapters() {
        let Some(source) = &chapter.source_path else { continue };
        let file = within(root, &src.join(source), &format!("the chapter {}", chapter.name))?;
        let mut seen = BTreeSet::new();
        text(root, &file, &chapter.content, &mut seen, 0)?;
    }
    Ok(())
}

/// Makes sure that no symbolic link in the source folder leads outside: mdBook copies what isn't a chapter.
fn links(root: &Path, folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_symlink() {
            // One that leads nowhere leads to nothing of the learner's.
            if path.exists() {
                within(root, &path, &format!("the symbolic link {}", entry.file_name().to_string_lossy()))?;
            }
        } else if kind.is_dir() {
            links(root, &path)?;
        }
    }
    Ok(())
}

fn within(root: &Path, file: &Path, what: &str) -> Result<PathBuf> {
    let real = file.canonicalize().with_context(|| format!("{what}: opening {}", file.display()))?;
    if !real.starts_with(root) {
        bail!("{what} is {}, outside the course; {TRUST}", real.display());
    }
    Ok(real)
}

/// Checks a chapter's or an included file's text.
fn text(root: &Path, file: &Path, content: &str, seen: &mut BTreeSet<PathBuf>, depth: usize) -> Result<()> {
    if let Some(script) = script(content) {
        let shown = file.strip_prefix(root).unwrap_or(file).display();
        bail!("{shown} brings a script ({script}), and a course's scripts are not run; {TRUST}");
    }
    let folder = file.parent().unwrap_or(root);
    for included in includes(content) {
        let what = format!("{} includes {included}, which", file.strip_prefix(root).unwrap_or(file).display());
        let path = folder.join(included);
        if !path.exists() {
            // mdBook leaves the directive as it is.
            continue;
        }
        let real = within(root, &path, &what)?;
        if depth < INCLUDE_DEPTH && seen.insert(real.clone()) {
            let content = fs::read(&real).with_context(|| format!("reading {}", real.display()))?;
            text(root, &real, &String::from_utf8_lossy(&content), seen, depth + 1)?;
        }
    }
    Ok(())
}

/// The files that a text's `{{#include …}}` and its relatives name.
fn includes(content: &str) -> impl Iterator<Item = &str> {
    content.split("{{").skip(1).filter_map(|after| {
        let directive = after.trim_start().strip_prefix('#')?.split("}}").next()?.trim_start();
        let (kind, rest) = directive.split_once(char::is_whitespace)?;
        let names_file = ["include", "rustdoc_include", "playground", "playpen"].contains(&kind);
        let path = rest.split_whitespace().next()?;
        // `file.rs:3:7` and `file.rs:anchor` name parts of a file.
        names_file.then(|| path.split(':').next().unwrap_or(path))
    })
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
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let mut html = String::new();
    for event in Parser::new_ext(content, Options::all()) {
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
