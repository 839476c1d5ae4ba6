//! Normalises texts to compare them as people do.

use unicode_normalization::UnicodeNormalization;

/// Invisible characters without a meaning for words: soft hyphen, zero width space, word joiner, byte order mark, and
/// direction marks, which are often copied from pages.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text without spaces around it, and with single spaces in it.
pub fn spaces(text: &str) -> String {
    let seen: String = text.chars().filter(|letter| !is_invisible(*letter)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The normal form of texts that differ only in case, spaces, or the Unicode form of their letters: composed or
/// decomposed, full width or half width (NFKC).
pub fn fold(text: &str) -> String {
    let normal: String = text.nfkc().collect();
    // Some letters have several lower-case forms, or two letters as their upper case (ß and SS). The result may need to
    // be normalised again.
    spaces(&normal).to_lowercase().to_uppercase().to_lowercase().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_look_the_same_fold_to_the_same() {
        for (one, other) in [
            ("Lee  Arner ", "lee arner"),
            ("\u{c9}cole", "E\u{301}COLE"),
            ("\u{ff2c}\u{ff45}\u{ff45}\u{3000}\u{ff11}", "Lee 1"),
            ("a\u{a0}b", "a b"),
            ("a\u{202f}b\u{2003}c", "a b c"),
            ("\u{feff}Lee\u{200b}", "LEE"),
            ("\u{fb01}n", "FIN"),
            ("\u{130}", "i\u{307}"),
            ("\u{202a}Lee\u{202c}", "Lee\u{200e}"),
            ("Stra\u{df}e", "STRASSE"),
            ("\u{3a3}\u{3af}\u{3c3}\u{3c5}\u{3c6}\u{3bf}\u{3c2}", "\u{3c3}\u{3af}\u{3c3}\u{3c5}\u{3c6}\u{3bf}\u{3c3}"),
            ("\u{212b}ngstr\u{f6}m", "\u{e5}ngstro\u{308}m"),
        ] {
            assert_eq!(fold(one), fold(other), "{one:?} and {other:?}");
        }
        for (one, other) in [("ab", "a b"), ("e", "\u{e9}"), ("1", "l"), ("", "\u{2e}")] {
            assert_ne!(fold(one), fold(other), "{one:?} and {other:?}");
        }
        assert_eq!(fold(" \u{3000}\u{200b} "), "");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["\u{130}stanbul", "\u{1e9e}", "\u{3a3}\u{3a3}", "\u{fdfa}", "\u{33a5} \u{2126}", "x\u{301}\u{323}"]
        {
            assert_eq!(fold(&fold(text)), fold(text), "{text:?}");
        }
    }

    #[test]
    fn only_spaces_are_folded_where_a_text_is_shown() {
        assert_eq!(spaces("  \u{c9}cole\u{a0} 1 \t"), "\u{c9}cole 1");
        assert_eq!(spaces(" \u{2003} "), "");
    }
}
