//! What a course may not do unless the learner trusts it: bring programs, scripts or a theme, or reach outside its
//! folder.

use anyhow::{Context, Result, bail};
use mdbook_driver::config::{Config, HtmlConfig};
use std::fs;
use std::path::{Component, Path, PathBuf};

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
    apart(&config.build.build_dir, &config.book.src)?;
    if let Some(html) = course.html_config() {
        config.set("output.html", harmless(html))?;
    }
    if let Some(mut ours) = course.get::<toml::Table>("preprocessor.verify")? {
        // What mdBook reads there says who runs when, and what is run.
        for key in ["command", "before", "after", "renderer", "renderers", "optional"] {
            ours.remove(key);
        }
        config.set("preprocessor.verify", ours)?;
    }
    Ok(config)
}

/// What is kept of a course's own HTML settings: looks and search, where on its host the book stands, and a link to its
/// sources; nothing that names files, or addresses that a page loads from.
fn harmless(html: HtmlConfig) -> HtmlConfig {
    let mut kept = HtmlConfig::default();
    kept.default_theme = html.default_theme.filter(|theme| is_theme(theme));
    kept.preferred_dark_theme = html.preferred_dark_theme.filter(|theme| is_theme(theme));
    kept.smart_punctuation = html.smart_punctuation;
    kept.no_section_label = html.no_section_label;
    kept.fold = html.fold;
    kept.print = html.print;
    kept.git_repository_url =
        html.git_repository_url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    kept.site_url = html.site_url.filter(|url| is_path(url));
    // A page with Rust in it would ask another site as soon as it is read.
    kept.playground.runnable = false;
    kept
}

/// Whether a theme is one of mdBook's own. Pages have its name in their scripts.
fn is_theme(name: &str) -> bool {
    ["light", "rust", "coal", "navy", "ayu"].iter().any(|theme| name.eq_ignore_ascii_case(theme))
}

/// Whether an address is a path of whatever host it is read from. A page takes its scripts from there.
fn is_path(url: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    url.starts_with('/') && !url.contains("//") && url.chars().all(plain)
}

/// A folder of the course, by its own words, must lie inside of it and must not be the course itself, nor be reached
/// through a symbolic link.
fn inside(root: &Path, folder: &Path, key: &str) -> Result<()> {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let named = folder.components().any(|part| matches!(part, Component::Normal(_)));
    if !named || !folder.components().all(plain) {
        bail!("{key} is {}, and must be a folder inside the course; {TRUST}", folder.display());
    }
    if let Some(link) = folder.ancestors().find(|part| root.join(part).is_symlink() && !part.as_os_str().is_empty()) {
        bail!("{key} leads through the symbolic link {}; {TRUST}", link.display());
    }
    Ok(())
}

/// The built book takes the place of all that stands in its folder.
fn apart(build: &Path, src: &Path) -> Result<()> {
    let plain = |path: &Path| path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    let build = plain(build);
    for other in [plain(src).as_path(), Path::new("checks"), Path::new(".git"), Path::new(".verify")] {
        if build.starts_with(other) || other.starts_with(&build) {
            bail!(
                "build.build-dir is {}, where {} is, which a build would delete; {TRUST}",
                build.display(),
                other.display()
            );
        }
    }
    Ok(())
}

pub(crate) const TRUST: &str = "if you trust whoever made it, say --trust-course";

/// The largest text of a course.
pub(crate) const LARGEST: u64 = course::files::LARGEST_TEXT;

/// Makes sure, before anything is read, that the course's files are files: no symbolic links, which lead elsewhere, no
/// devices or pipes, which never end, and no texts without end.
///
/// # Errors
/// The first that isn't.
pub fn files(root: &Path, src: &Path) -> Result<()> {
    for folder in [root.join(src), root.join("checks")] {
        if folder.is_symlink() {
            bail!("{} is a symbolic link, and may lead outside the course; {TRUST}", folder.display());
        }
        if folder.is_dir() {
            plain_files(&folder)?;
        }
    }
    summary(&root.join(src))
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

/// Makes sure that a file of the course is one, and if it is a text, one of a size that somebody may have written.
///
/// # Errors
/// What it is instead.
pub(crate) fn plain_file(path: &Path) -> Result<()> {
    let about = fs::symlink_metadata(path).with_context(|| format!("opening {}", path.display()))?;
    if about.is_symlink() {
        bail!("{} is a symbolic link, and may lead outside the course; {TRUST}", path.display());
    }
    if !about.is_file() {
        bail!("{} is no ordinary file; {TRUST}", path.display());
    }
    let is_text = path.extension().is_some_and(|extension| ["md", "toml"].iter().any(|text| extension == *text));
    if is_text { of_a_size(path, about.len()) } else { Ok(()) }
}

fn of_a_size(path: &Path, length: u64) -> Result<()> {
    if length > LARGEST {
        bail!("{} has {length} bytes, and {LARGEST} are allowed; {TRUST}", path.display());
    }
    Ok(())
}

/// Makes sure, before mdBook reads them, that the chapters are files below the sources, and that their pages stay below
/// the built book.
fn summary(src: &Path) -> Result<()> {
    let file = src.join("SUMMARY.md");
    let Ok(text) = course::files::read_text(&file) else { return Ok(()) };
    // Without extensions, as mdBook reads it: with them, something could be a link to mdBook and none here.
    for event in pulldown_cmark::Parser::new(&text) {
        let pulldown_cmark::Event::Start(pulldown_cmark::Tag::Link { dest_url, .. }) = event else { continue };
        // mdBook decodes it, and writes the path into scripts and links: a colon would make it an address of its own.
        let fits = |c: char| match c.is_ascii() {
            true => c.is_ascii_alphanumeric() || " -_.,/()+@!~=[]".contains(c),
            false => !c.is_control(),
        };
        let spaces = dest_url.replace("%20", " ");
        let path = Path::new(&spaces);
        let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !path.components().all(plain) || !spaces.chars().all(fits) {
            bail!("SUMMARY.md names the chapter {dest_url}, which no page may be called; {TRUST}");
        }
        // A chapter's file may be called anything.
        if let Ok(about) = fs::symlink_metadata(src.join(path)) {
            of_a_size(&src.join(path), about.len())?;
        }
    }
    Ok(())
}
