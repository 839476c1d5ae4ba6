//! Words with a meaning of their own in a checklist item.

/// Words that do not help to find a check.
pub(super) const EMPTY: &str = "a about after all an and any are as at aws be before both by can check do don each else for from \
    have how if in into is it its just make no not of off on once one only or other our out own same separate set so \
    step than that the their them then there these this to too up use was when where which will with you your";
/// Words that say that something is done.
pub(super) const DONE: &str = "activate add allow assign choose click configure create enable enter get go have open put receive \
    save select sign start switch turn write";
/// Words that undo.
pub(super) const UNDOING: &str = "off remove delete disable suspend cancel close deactivate revoke detach unsubscribe stop \
    undo unset uncheck deny block refuse reject forbid prevent drop destroy terminate withdraw avoid skip forget lose \
    expire lack miss";
/// Words that negate.
const NO: &[&str] = &["no", "not", "never", "none", "neither", "nor", "nobody", "nothing", "without", "cannot"];

/// Whether a word negates, also by ending in `n't`.
pub(super) fn negates(word: &str) -> bool {
    NO.contains(&word) || word.ends_with("n't")
}

/// Words for numbers, from two: “one” has other meanings.
const NUMBERS: &[&str] = &["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// The numbers in a text, in words or digits.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = u32> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let number = |word: &str| {
        let named = NUMBERS.iter().zip(2..).find(|(name, _)| **name == word).map(|(_, number)| number);
        named.or_else(|| word.parse().ok())
    };
    words.into_iter().filter_map(number).collect::<Vec<u32>>().into_iter()
}

/// Endings of optional items.
const OPTIONAL: &[&str] = &["optional", "optionally", "if you like", "if you want", "if you want to", "if you wish"];

/// Whether an item is marked as optional, and the item without such an ending.
pub(super) fn optional(item: &str) -> (bool, &str) {
    let start = item.trim_start_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    let text = item.trim_end_matches(|c: char| !c.is_alphanumeric());
    let without = |end: &&str| {
        let (rest, last) = text.split_at_checked(text.len().checked_sub(end.len())?)?;
        let apart = last.eq_ignore_ascii_case(end) && !rest.ends_with(char::is_alphanumeric);
        let denied = || rest.split_whitespace().next_back().is_some_and(|word| negates(&word.to_lowercase()));
        (apart && !denied()).then_some(rest)
    };
    match OPTIONAL.iter().find_map(without) {
        Some(rest) if rest.contains(char::is_alphanumeric) => (true, rest),
        _ => (start.starts_with("optional"), item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_words_or_digits() {
        assert_eq!(numbers("Twelve subnets in 3 zones").collect::<Vec<_>>(), [12, 3]);
        assert_eq!(numbers("One bucket in S3, at $0.02").collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn an_item_can_be_optional_at_either_end() {
        let cases = [
            ("Optional contact info added", true, "Optional contact info added"),
            ("(Optional) Contacts", true, "(Optional) Contacts"),
            ("Contacts added (optional)", true, "Contacts added ("),
            ("Contacts added, if you like.", true, "Contacts added, "),
            ("Contacts added – Optionally", true, "Contacts added – "),
            ("MFA is not optional", false, "MFA is not optional"),
            ("MFA isn't optional.", false, "MFA isn't optional."),
            ("Contacts nonoptional", false, "Contacts nonoptional"),
            ("", false, ""),
            ("é", false, "é"),
        ];
        for (item, is, rest) in cases {
            assert_eq!(optional(item), (is, rest), "{item}");
        }
    }
}
