//! Names in ASCII from words in the alphabets of authors.

/// How letters of other alphabets are written in ASCII.
const LETTERS: &[(&str, &str)] = &[
    ("àáâãåāăąαа", "a"),
    ("äæ", "ae"),
    ("çćĉċčц", "c"),
    ("ďđðδд", "d"),
    ("èéêëēĕėęěεэеё", "e"),
    ("ĝğġģγгґ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįıιίϊΐηήиії", "i"),
    ("ĵйϳ", "j"),
    ("ķκк", "k"),
    ("ĺļľŀłλл", "l"),
    ("ñńņňŋνн", "n"),
    ("òóôõøōŏőοόωώо", "o"),
    ("öœ", "oe"),
    ("ŕŗřρр", "r"),
    ("śŝşšșσςс", "s"),
    ("ß", "ss"),
    ("ţťŧțτт", "t"),
    ("ùúûũūŭůűųу", "u"),
    ("ü", "ue"),
    ("ŵ", "w"),
    ("ýÿŷυύϋΰ", "y"),
    ("źżžζз", "z"),
    ("βб", "b"),
    ("πп", "p"),
    ("φф", "f"),
    ("мμ", "m"),
    ("в", "v"),
    ("ξ", "x"),
    ("χх", "ch"),
    ("ψ", "ps"),
    ("θþ", "th"),
    ("є", "ie"),
    ("ж", "zh"),
    ("ч", "ch"),
    ("ш", "sh"),
    ("щ", "shch"),
    ("ы", "y"),
    // Signs of how the letter before them is spoken.
    ("ъь", ""),
    ("ю", "yu"),
    ("я", "ya"),
    ("έ", "e"),
    ("ά", "a"),
];

/// The words of a text in lower-case ASCII letters and digits. What is not written with a letter or digit separates words, as
/// does a letter of an alphabet that is not known.
pub fn words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match LETTERS.iter().find(|(letters, _)| letters.contains(c)) {
            _ if c.is_ascii_alphanumeric() => plain.push(c),
            Some((_, written)) => plain.push_str(written),
            // A mark above a letter.
            None if ('\u{300}'..='\u{36f}').contains(&c) => {}
            None => plain.push(' '),
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_of_other_alphabets_are_in_ascii() {
        let cases = [
            ("Schlüssel", "schluessel"),
            ("CIDR-Größe (IPv4)", "cidr groesse ipv4"),
            ("cafe\u{301}", "cafe"),
            ("Имя подсети, Большая", "imya podseti bolshaya"),
            ("Київ і Ґанок", "kiiv i ganok"),
            ("ゾーン A", "a"),
            ("", ""),
        ];
        for (text, written) in cases {
            assert_eq!(words(text).join(" "), written, "{text}");
        }
    }
}
