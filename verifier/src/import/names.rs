//! Names of chapters' files: ASCII, unique, and the same on every system.

use course::letters;

/// The longest slug, in bytes. A file's name has a lesson's and a section's slug, and stays below every system's limit.
const LONGEST: usize = 80;

/// A text as a part of a file's name: ASCII letters and digits, joined by dashes. Empty for an alphabet that is not
/// known.
pub fn slug(text: &str) -> String {
    let mut slug = letters::words(text).join("-");
    if slug.len() > LONGEST {
        let end = slug[..=LONGEST].rfind('-').unwrap_or(LONGEST);
        slug.truncate(end);
    }
    slug
}

/// Whether a name can stay: ASCII letters, digits and a few marks.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_. ".contains(c);
    !name.is_empty()
        && name.len() <= LONGEST
        && name.chars().all(plain)
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
}

/// A key by which names are ordered as people do: `2-b` before `10-a`.
pub(super) fn natural(name: &str) -> Vec<(bool, u64, String)> {
    let mut parts: Vec<(bool, u64, String)> = Vec::new();
    for c in name.to_lowercase().chars() {
        match (c.to_digit(10), parts.last_mut()) {
            (Some(digit), Some((false, number, _))) => {
                *number = number.saturating_mul(10).saturating_add(u64::from(digit))
            }
            (Some(digit), _) => parts.push((false, u64::from(digit), String::new())),
            (None, Some((true, _, text))) => text.push(c),
            (None, _) => parts.push((true, 0, c.to_string())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_of_another_alphabet_becomes_a_name() {
        let cases = [
            ("Erste Übung: Größe", "erste-uebung-groesse"),
            ("Μια συνάρτηση", "mia-synartisi"),
            ("Первый урок", "pervyj-urok"),
            ("cafe\u{301} niño", "cafe-nino"),
            ("最初の設定", ""),
            ("最初の設定 2", "2"),
        ];
        for (text, name) in cases {
            assert_eq!(slug(text), name, "{text}");
        }
    }

    #[test]
    fn names_are_ordered_as_people_do() {
        let mut names = ["10-a.md", "2-b.md", "Ab.md", "1.md", "a10.md", "a9.md"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["1.md", "2-b.md", "10-a.md", "a9.md", "a10.md", "Ab.md"]);
    }
}
