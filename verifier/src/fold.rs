//! Texts as people compare them.

use unicode_normalization::UnicodeNormalization;

/// Characters that nobody sees and that no word rests on: soft hyphen, zero width space, word joiner, byte order mark.
const INVISIBLE: [char; 4] = ['\u{ad}', '\u{200b}', '\u{2060}', '\u{feff}'];

/// A text without spaces round it, and with single ones in it.
pub fn spaces(text: &str) -> String {
    let seen: String = text.chars().filter(|letter| !INVISIBLE.contains(letter)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text that stands for all that differ from it in case, in spaces, or in how Unicode writes their letters alone:
/// composed or not, full width or not (NFKC).
pub fn fold(text: &str) -> String {
    let normal: String = text.nfkc().collect();
    // By way of capitals, ß and SS are the same; small letters may be written in another way again.
    spaces(&normal).to_uppercase().to_lowercase().nfkc().collect()
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
            ("Stra\u{df}e", "STRASSE"),
            ("\u{3c3}\u{3bf}\u{3c2}", "\u{3a3}\u{39f}\u{3a3}"),
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
