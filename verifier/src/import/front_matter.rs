//! What Jekyll, Hugo and others read before a lesson's text: YAML between `---`, or TOML between `+++`.

/// The front matter of a lesson.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FrontMatter {
    /// How many bytes it has, with the empty lines after it.
    pub(super) length: usize,
    pub(super) title: Option<String>,
}

/// The front matter that a lesson begins with.
pub(super) fn of(lesson: &str) -> FrontMatter {
    let mut lines = lesson.split_inclusive('\n');
    let fence = match lines.next().map(str::trim_end) {
        Some(fence @ ("---" | "+++")) => fence,
        _ => return FrontMatter::default(),
    };
    let mut at = lesson.find('\n').map_or(lesson.len(), |end| end + 1);
    let begin = at;
    for line in lines {
        let end = at + line.len();
        if line.trim_end() == fence || fence == "---" && line.trim_end() == "..." {
            let inner = &lesson[begin..at];
            if !is_data(inner, fence) {
                return FrontMatter::default();
            }
            let blank = lesson[end..].split_inclusive('\n').take_while(|line| line.trim().is_empty());
            return FrontMatter { length: end + blank.map(str::len).sum::<usize>(), title: title(inner, fence) };
        }
        at = end;
    }
    FrontMatter::default()
}

/// Whether it is data, and not text between two rules.
fn is_data(inner: &str, fence: &str) -> bool {
    let separator = if fence == "+++" { '=' } else { ':' };
    let mut lines =
        inner.lines().filter(|line| !line.trim().is_empty() && !line.starts_with([' ', '\t', '-', '#', '[', ']', '}']));
    let is_key = |line: &str| {
        line.split_once(separator).is_some_and(|(key, _)| !key.trim().is_empty() && !key.trim().contains(' '))
    };
    lines.next().is_none_or(is_key) && lines.all(is_key)
}

/// Its title.
fn title(inner: &str, fence: &str) -> Option<String> {
    if fence == "+++" {
        let data: toml::Table = inner.parse().ok()?;
        return data.get("title")?.as_str().map(str::to_owned).filter(|title| !title.trim().is_empty());
    }
    let value = inner.lines().find_map(|line| line.strip_prefix("title:"))?.trim();
    let quoted = |mark: char| value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    let title = match (quoted('"'), quoted('\'')) {
        (Some(title), _) => title.replace("\\\"", "\"").replace("\\\\", "\\"),
        (_, Some(title)) => title.replace("''", "'"),
        _ => value.to_owned(),
    };
    Some(title).filter(|title| !title.trim().is_empty() && !title.starts_with(['|', '>', '&', '*']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_told_from_text_between_rules() {
        let cases = [
            ("---\ntitle: Two: \"x\"\ntags:\n  - a\n---\n\n# A\n", 37, Some("Two: \"x\"")),
            ("---\r\ntitle: 'It''s'\r\n---\r\nA", 26, Some("It's")),
            ("---\ntitle: \"A \\\"b\\\"\"\n...\nA", 25, Some("A \"b\"")),
            ("+++\ntitle = \"T\"\n[cover]\nimage = \"x\"\n+++\nA", 40, Some("T")),
            ("---\nlayout: post\n---\nA", 21, None),
            ("---\n---\nA", 8, None),
            ("---\nSome words between rules.\n---\nA", 0, None),
            ("---\ntitle: open\n", 0, None),
            ("# A\n---\nx: y\n---\n", 0, None),
            ("", 0, None),
        ];
        for (lesson, length, title) in cases {
            assert_eq!(of(lesson), FrontMatter { length, title: title.map(str::to_owned) }, "{lesson:?}");
        }
    }
}
