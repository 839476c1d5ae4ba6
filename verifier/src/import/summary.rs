//! `SUMMARY.md`: new chapters at the end of the numbered ones, everything else as it was.

use super::Chapter;

/// The summary with these chapters, the later ones below the first; those that it has already are not added.
pub fn with(summary: &str, chapters: &[Chapter]) -> String {
    let newline = if summary.contains("\r\n") { "\r\n" } else { "\n" };
    let has = |chapter: &Chapter| {
        let file = &chapter.file;
        [format!("({file})"), format!("(./{file})"), format!("(<{file}>)")].iter().any(|link| summary.contains(link))
    };
    let lines: Vec<&str> = summary.split_inclusive('\n').collect();
    let is_item = |line: &str| {
        let text = line.trim_start();
        ["- [", "* [", "+ ["].iter().any(|start| text.starts_with(start))
    };
    let last = lines.iter().rposition(|line| is_item(line));
    // The marker of the list that goes on; another one would begin a list of its own.
    let marker = last.and_then(|last| lines[last].trim_start().chars().next()).unwrap_or('-');
    let mut added = String::new();
    for (at, chapter) in chapters.iter().enumerate().filter(|(_, chapter)| !has(chapter)) {
        let indent = if at > 0 { "  " } else { "" };
        added.push_str(&format!("{indent}{marker} [{}]({}){newline}", link_text(&chapter.title), chapter.file));
    }
    if added.is_empty() {
        return summary.to_owned();
    }
    let end = last.map_or(lines.len(), |last| last + 1);
    let (mut before, after) = (lines[..end].concat(), lines[end..].concat());
    if !before.is_empty() && !before.ends_with('\n') {
        before.push_str(newline);
    }
    // A list after a paragraph or a heading needs an empty line.
    if last.is_none() && !before.is_empty() && !before.ends_with(&newline.repeat(2)) {
        before.push_str(newline);
    }
    format!("{before}{added}{after}")
}

/// A title within a link's brackets.
fn link_text(title: &str) -> String {
    let mut text = String::with_capacity(title.len());
    for c in title.chars() {
        if "\\[]*_`<>&".contains(c) {
            text.push('\\');
        }
        text.push(if c.is_control() { ' ' } else { c });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapters() -> Vec<Chapter> {
        let chapter = |title: &str, file: &str| Chapter { title: title.into(), file: file.into(), text: String::new() };
        vec![chapter("A [new] lesson", "new.md"), chapter("Its part", "new/part.md")]
    }

    #[test]
    fn chapters_are_added_once_behind_the_last_one() {
        let cases = [
            (
                "# Summary\n\n[Intro](README.md)\n\n- [One](one.md)\n  - [Two](two.md)\n\n[End](end.md)\n",
                "# Summary\n\n[Intro](README.md)\n\n- [One](one.md)\n  - [Two](two.md)\n- [A \\[new\\] lesson](new.md)\n  - [Its part](new/part.md)\n\n[End](end.md)\n",
            ),
            (
                "# Summary\r\n\r\n* [One](one.md)",
                "# Summary\r\n\r\n* [One](one.md)\r\n* [A \\[new\\] lesson](new.md)\r\n  * [Its part](new/part.md)\r\n",
            ),
            ("# Summary\n", "# Summary\n\n- [A \\[new\\] lesson](new.md)\n  - [Its part](new/part.md)\n"),
            ("- [Old title](./new.md)\n", "- [Old title](./new.md)\n  - [Its part](new/part.md)\n"),
        ];
        for (before, after) in cases {
            let added = with(before, &chapters());
            assert_eq!(added, after);
            assert_eq!(with(&added, &chapters()), added, "nothing is added twice");
        }
    }
}
