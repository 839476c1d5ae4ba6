//! The sandbox of courses that the learner does not trust: no programs, no scripts, no theme, and no files outside the
//! course.

use anyhow::{Context, Result, bail};
use mdbook_driver::config::{Config, HtmlConfig};
use std::fs::{self, FileType};
use std::path::{Component, Path, PathBuf};

/// The configuration that an untrusted book is loaded with. It has nothing that runs a program, adds a script or a
/// theme, or writes outside the course.
///
/// # Errors
/// If a folder of the book is outside the course.
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
        // With these keys, mdBook decides what to run and when.
        for key in ["command", "before", "after", "renderer", "renderers", "optional"] {
            ours.remove(key);
        }
        config.set("preprocessor.verify", ours)?;
    }
    Ok(config)
}

/// The HTML settings that a course keeps: appearance and search, the book's path on its host, and a link to its
/// sources. It does not keep settings that name files, or URLs that a page loads from.
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
    // A page with Rust code would send a request to another site when it is opened.
    kept.playground.runnable = false;
    kept
}

/// Whether a theme is one of mdBook's own. Its name is written into the scripts of pages.
fn is_theme(name: &str) -> bool {
    ["light", "rust", "coal", "navy", "ayu"].iter().any(|theme| name.eq_ignore_ascii_case(theme))
}

/// Whether a URL is a path on the same host. Pages load their scripts from this path.
fn is_path(url: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    url.starts_with('/') && !url.contains("//") && url.chars().all(plain)
}

/// A folder that the course names must be inside the course, must not be the course itself, and must not be reached
/// through a symbolic link.
fn inside(root: &Path, folder: &Path, key: &str) -> Result<()> {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let named = folder.components().any(|part| matches!(part, Component::Normal(_)));
    if !named || !folder.components().all(plain) {
        bail!("{key} is {}, but must be a folder inside the course; {TRUST}", folder.display());
    }
    if let Some(link) = folder.ancestors().find(|part| root.join(part).is_symlink() && !part.as_os_str().is_empty()) {
        bail!("{key} leads through the symbolic link {}; {TRUST}", link.display());
    }
    Ok(())
}

/// A build deletes everything in its folder.
fn apart(build: &Path, src: &Path) -> Result<()> {
    let plain = |path: &Path| path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>();
    let build = plain(build);
    for other in [plain(src).as_path(), Path::new("checks"), Path::new(".git"), Path::new(".verify")] {
        if build.starts_with(other) || other.starts_with(&build) {
            bail!(
                "build.build-dir is {}, and a build there would delete {}; {TRUST}",
                build.display(),
                other.display()
            );
        }
    }
    Ok(())
}

pub(crate) const TRUST: &str = "if you trust the course, pass --trust-course";

/// The largest text file of a course, in bytes.
pub(crate) const LARGEST: u64 = course::files::LARGEST_TEXT;

/// Checks, before anything is read, that the course has only regular files of a limited size: no symbolic links, which
/// may lead outside, and no devices or pipes, which may never end.
///
/// # Errors
/// The first file that is not allowed.
pub fn files(root: &Path, src: &Path) -> Result<()> {
    // mdBook reads texts of any size. Ours are only read up to a limit.
    for (folder, with_sizes) in [(root.join(src), true), (root.join("checks"), false)] {
        if folder.is_symlink() {
            bail!("{} is a symbolic link, which may lead outside the course; {TRUST}", folder.display());
        }
        if folder.is_dir() {
            plain_files(&folder, with_sizes)?;
        }
    }
    summary(&root.join(src))
}

fn plain_files(folder: &Path, with_sizes: bool) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
        let path = entry.path();
        let kind = entry.file_type().with_context(|| format!("opening {}", path.display()))?;
        match kind.is_dir() {
            true => plain_files(&path, with_sizes)?,
            false => plain(&path, kind)?,
        }
        if with_sizes && kind.is_file() && is_text(&path) {
            of_a_size(&path, entry.metadata().with_context(|| format!("opening {}", path.display()))?.len())?;
        }
    }
    Ok(())
}

/// Checks that a path is a regular file and, if it is a text, not larger than [`LARGEST`].
///
/// # Errors
/// If it is not.
pub(crate) fn plain_file(path: &Path) -> Result<()> {
    let about = fs::symlink_metadata(path).with_context(|| format!("opening {}", path.display()))?;
    plain(path, about.file_type())?;
    if is_text(path) { of_a_size(path, about.len()) } else { Ok(()) }
}

fn plain(path: &Path, kind: FileType) -> Result<()> {
    if kind.is_symlink() {
        bail!("{} is a symbolic link, which may lead outside the course; {TRUST}", path.display());
    }
    if !kind.is_file() {
        bail!("{} is not a regular file; {TRUST}", path.display());
    }
    Ok(())
}

fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["md", "toml"].iter().any(|text| extension == *text))
}

fn of_a_size(path: &Path, length: u64) -> Result<()> {
    if length > LARGEST {
        bail!("{} has {length} bytes, but only {LARGEST} are allowed; {TRUST}", path.display());
    }
    Ok(())
}

/// Checks, before mdBook reads them, that the chapters are files in the sources, and that their pages are inside the
/// built book.
fn summary(src: &Path) -> Result<()> {
    let file = src.join("SUMMARY.md");
    let Ok(text) = course::files::read_text(&file) else { return Ok(()) };
    // Parsed without extensions, as mdBook does, so that both find the same links.
    for event in pulldown_cmark::Parser::new(&text) {
        let pulldown_cmark::Event::Start(pulldown_cmark::Tag::Link { dest_url, .. }) = event else { continue };
        // mdBook decodes the path, and writes it into scripts and links. A colon would make it a URL with a scheme.
        let fits = |c: char| match c.is_ascii() {
            true => c.is_ascii_alphanumeric() || " -_.,/()+@!~=[]".contains(c),
            false => !c.is_control(),
        };
        let spaces = dest_url.replace("%20", " ");
        let path = Path::new(&spaces);
        let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !path.components().all(plain) || !spaces.chars().all(fits) {
            bail!("SUMMARY.md lists the chapter {dest_url}, which is not allowed as the name of a page; {TRUST}");
        }
        // A chapter's file can have any extension. The others were seen above.
        if !is_text(path)
            && let Ok(about) = fs::symlink_metadata(src.join(path))
        {
            of_a_size(&src.join(path), about.len())?;
        }
    }
    Ok(())
}
