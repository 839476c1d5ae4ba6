//! The links of a folder's lessons: to each other, to files that are copied, and to what is not there.

use course::scan;
use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Parser, Tag};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

/// A folder of lessons, and where its chapters go.
pub(super) struct Folder<'f> {
    pub(super) folder: &'f Path,
    /// The folder of the chapters, relative to the sources.
    pub(super) name: &'f str,
    /// The chapter of each lesson, by the lesson's file in the folder.
    pub(super) chapters: &'f BTreeMap<PathBuf, String>,
}

/// A lesson with links that lead to its chapters, and what goes with it.
pub(super) struct Followed {
    pub(super) text: String,
    /// Files to copy, by their new path relative to the sources.
    pub(super) copied: BTreeMap<String, PathBuf>,
    pub(super) notes: Vec<String>,
}

impl Folder<'_> {
    /// Follows the links of a lesson, whose files are these before and after the import.
    pub(super) fn follow(&self, from: &Path, to: &str, text: &str) -> Followed {
        let mut followed = Followed { text: String::new(), copied: BTreeMap::new(), notes: Vec::new() };
        let (folder, new_folder) =
            (from.parent().unwrap_or(Path::new("")), to.rsplit_once('/').map_or("", |(it, _)| it));
        let mut missing = BTreeSet::new();
        let mut edits = Vec::new();
        for (target, range) in targets(text) {
            let (path, rest) = target.split_at(target.find(['#', '?']).unwrap_or(target.len()));
            let decoded = percent_decode_str(path).decode_utf8_lossy().into_owned();
            if !is_relative(&decoded) {
                continue;
            }
            let Some(file) = within(&folder.join(&decoded)) else {
                missing.insert(format!("{target} (outside of the folder)"));
                continue;
            };
            let page = [file.clone(), file.join("README.md"), file.join("index.md")]
                .into_iter()
                .find_map(|file| self.chapters.get(&file));
            if let Some(chapter) = page {
                let link = relative(new_folder, chapter);
                let same =
                    within(Path::new(new_folder).join(&decoded).as_path()).is_some_and(|it| it == Path::new(chapter));
                edits.extend((!same).then(|| (range, format!("{}{rest}", link.replace(' ', "%20")))));
            } else if let Some(new) = self.copied(&file, &decoded, new_folder) {
                followed.copied.insert(new.0, new.1);
            } else {
                missing.insert(target.clone());
            }
        }
        followed.text = edited(text, edits);
        if !missing.is_empty() {
            let list: Vec<String> = missing.into_iter().collect();
            followed.notes.push(format!("{}: nothing is at {}", self.folder.join(from).display(), list.join(", ")));
        }
        followed
    }

    /// A file to copy: its new path, and where it is. Neither is outside of its folder.
    fn copied(&self, file: &Path, decoded: &str, new_folder: &str) -> Option<(String, PathBuf)> {
        let path = self.folder.join(file).canonicalize().ok()?;
        let inside = self.folder.canonicalize().is_ok_and(|folder| path.starts_with(folder));
        let new = within(&Path::new(new_folder).join(decoded))?;
        let is_below = self.name.is_empty() || new.starts_with(self.name);
        (inside && is_below && path.is_file()).then(|| Some((new.to_str()?.replace('\\', "/"), path)))?
    }
}

/// Whether a link leads to a file next to the lesson.
fn is_relative(path: &str) -> bool {
    let scheme = path.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    !path.is_empty() && !scheme && !path.starts_with(['/', '\\', '<', '{']) && !path.contains('\0')
}

/// A path without `.` and `..`; `None` if it leads outside.
fn within(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => plain.pop().then_some(())?,
            Component::Normal(name) => plain.push(name),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}

/// The link from a folder to a file.
fn relative(folder: &str, file: &str) -> String {
    let (mut folder, mut file): (Vec<&str>, Vec<&str>) =
        (folder.split('/').filter(|part| !part.is_empty()).collect(), file.split('/').collect());
    while file.len() > 1 && folder.first() == file.first() && !folder.is_empty() {
        folder.remove(0);
        file.remove(0);
    }
    format!("{}{}", "../".repeat(folder.len()), file.join("/"))
}

/// The targets of a lesson's links and images, with their places where they are written out.
fn targets(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for (event, range) in Parser::new_ext(text, scan::options()).into_offset_iter() {
        if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event {
            let written = &text[range.clone()];
            // The text of a link can have the target, too: the last place is the target's.
            let place = written.rfind(dest_url.as_ref()).filter(|_| !dest_url.is_empty());
            let range = place.map_or(range.end..range.end, |at| range.start + at..range.start + at + dest_url.len());
            found.push((dest_url.into_string(), range));
        }
    }
    found
}

/// A text with other targets.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.retain(|(range, _)| !range.is_empty());
    edits.sort_by_key(|(range, _)| range.start);
    let mut edited = text.to_owned();
    for (range, target) in edits.into_iter().rev() {
        edited.replace_range(range, &target);
    }
    edited
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_chapter_wherever_it_is() {
        let chapters =
            [("a.md", "c/a.md"), ("Ünits/README.md", "c/uenits/README.md"), ("Ünits/b ü.md", "c/uenits/b-ue.md")];
        let chapters = chapters.map(|(from, to)| (PathBuf::from(from), to.to_owned())).into();
        let folder = Folder { folder: Path::new("/nowhere"), name: "c", chapters: &chapters };
        let text =
            "[b](Ünits/b%20ü.md#x) [u](Ünits/) [a](a.md) [web](https://a.md) ![i](i.png) [out](../../x.md) [e](#a)\n";
        let followed = folder.follow(Path::new("a.md"), "c/a.md", text);
        assert_eq!(
            followed.text,
            "[b](uenits/b-ue.md#x) [u](uenits/README.md) [a](a.md) [web](https://a.md) ![i](i.png) [out](../../x.md) [e](#a)\n"
        );
        assert_eq!(followed.notes, ["/nowhere/a.md: nothing is at ../../x.md (outside of the folder), i.png"]);
        let back = folder.follow(Path::new("Ünits/b ü.md"), "c/uenits/b-ue.md", "[a](../a.md)\n");
        assert_eq!((back.text.as_str(), back.notes.len()), ("[a](../a.md)\n", 0));
    }
}
