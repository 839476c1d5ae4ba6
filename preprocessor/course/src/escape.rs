//! Escapes text for HTML and for addresses.

use percent_encoding::percent_encode_byte;

/// A text for HTML. All characters are numeric references, except those for which `stays` is true.
pub fn references(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if stays(c) {
            escaped.push(c);
        } else {
            escaped.push_str(&format!("&#{};", u32::from(c)));
        }
    }
    escaped
}

/// An address in which `these` characters are percent-encoded. `utf8_percent_encode` would also encode all letters
/// outside ASCII, and people read addresses.
pub fn percent_encoded(address: &str, these: impl Fn(char) -> bool) -> String {
    let mut encoded = String::with_capacity(address.len());
    for c in address.chars() {
        if these(c) {
            encoded.extend(c.encode_utf8(&mut [0; 4]).bytes().map(percent_encode_byte));
        } else {
            encoded.push(c);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_as_it_was() {
        assert_eq!(references("a<b> ü\u{2028}", char::is_alphanumeric), "a&#60;b&#62;&#32;ü&#8232;");
        assert_eq!(percent_encoded("ü/ä b\u{2003}\"%", |c| c.is_whitespace() || c == '"'), "ü/ä%20b%E2%80%83%22%");
    }
}
