//! Words with a meaning of their own in a statement.

use std::collections::BTreeSet;

/// Words that do not help to find a check.
pub(super) const EMPTY: &str = "a about after all an and any are as at aws be before both by can check do don each else for from \
    have how if in into is it its just like make no not of off on once one only or other our out own s same separate set so \
    step than that the their them then there these this to too up use was when where which will with you your";
/// Words that say that something is done.
pub(super) const DONE: &str = "activate add allow assign choose click configure create enable enter exist get give go has have \
    launch new open put receive save select sign start switch there tick turn write";
/// Words that undo.
pub(super) const UNDOING: &str = "off remove delete disable suspend cancel close deactivate revoke detach unsubscribe stop \
    undo unset uncheck untick deny block refuse reject forbid prevent drop destroy terminate withdraw avoid skip forget lose \
    expire lack miss";
/// Words that say that nothing is there.
const NO: &[&str] = &["no", "not", "never", "none", "neither", "nor", "nobody", "nothing", "without", "cannot"];
/// Whether a word negates, also by ending in `n't`.
pub(super) fn negates(word: &str) -> bool {
    NO.contains(&word) || word.ends_with("n't")
}

/// A text's words in lower case, as they are written.
pub(super) fn forms(text: &str) -> Vec<String> {
    let lower = one_spelling(text).replace('’', "'");
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').map(|word| word.trim_matches('\''));
    words.filter(|word| !word.is_empty()).map(|word| one_word(word).to_owned()).collect()
}

/// Different words for the same thing, and the one that is compared.
const SPELLINGS: &[(&str, &str)] = &[
    ("e-mail", "email"),
    ("multi-factor authentication", "mfa"),
    ("multifactor authentication", "mfa"),
    ("two-factor authentication", "mfa"),
    ("second factor", "mfa"),
    ("administratoraccess", "administrator"),
    ("identical to", "same as"),
    ("service control policies", "scp"),
    ("service control policy", "scp"),
    ("scps", "scp"),
    ("root user's", "root"),
    ("root user", "root"),
    ("organizational unit", "unit"),
    ("organisational unit", "unit"),
];

/// Short words for a longer one.
const SHORT: &[(&str, &str)] = &[
    ("ou", "unit"),
    ("ous", "units"),
    ("mail", "email"),
    ("mails", "emails"),
    ("admin", "administrator"),
    ("admins", "administrators"),
];

/// The word that is compared.
pub(super) fn one_word(word: &str) -> &str {
    SHORT.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| long)
}

/// A text in lower case, with one word for each thing.
pub(super) fn one_spelling(text: &str) -> String {
    SPELLINGS.iter().fold(text.to_lowercase(), |text, (of, by)| text.replace(of, by))
}

/// Words that say how many, or which one of several.
const COUNTING: &[&str] = &[
    "all",
    "any",
    "anybody",
    "anyone",
    "another",
    "both",
    "each",
    "every",
    "everybody",
    "everyone",
    "everything",
    "few",
    "first",
    "last",
    "many",
    "more",
    "most",
    "multiple",
    "next",
    "old",
    "older",
    "other",
    "others",
    "second",
    "several",
    "some",
    "third",
    "twice",
    "various",
    "except",
    "instead",
    "additional",
    "extra",
    "different",
    "unused",
];

/// Whether a word says how many, or which one of several.
pub(super) fn counts(word: &str) -> bool {
    COUNTING.contains(&word)
}

/// Whether a word of a title says how many, which one, or the same as what, so that a statement must say so, too.
pub(super) fn counts_in_title(word: &str) -> bool {
    counts(word) || NUMBERS.contains(&word) || ["only", "same", "instead", "everything"].contains(&word)
}

/// Words that narrow what a title says, and that a statement must have, too.
const NARROWING: &[&str] = &["own", "separate", "same", "unique", "default", "again", "whole", "only", "instead"];

/// Whether a word of a title says how many, which one or whose.
pub(super) fn qualifies(word: &str) -> bool {
    counts_in_title(word) || NARROWING.contains(&word)
}

/// Words of amounts, next to numbers.
const OF_AMOUNTS: &[&str] = &[
    "usd", "dollar", "dollars", "eur", "euro", "euros", "percent", "month", "monthly", "over", "per", "amount",
    "actual",
];

/// A text without its amounts of money and its shares: “a budget over $40”, “mail at 80 %”.
pub(super) fn without_amounts(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_number = |word: &str| {
        let digits = word.trim_matches(|c: char| !c.is_alphanumeric());
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || ",.".contains(c))
    };
    let is_amount = |at: usize| {
        let marked = words[at].contains(['$', '€', '%']);
        let next = words.get(at + 1).map_or(String::new(), |next| plain(next));
        let unit = words.get(at + 1).is_some_and(|next| next.starts_with('%')) || OF_AMOUNTS.contains(&next.as_str());
        is_number(words[at]) && (marked || unit)
    };
    let is_of_amount = |word: &str| OF_AMOUNTS.contains(&plain(word).as_str()) || word.starts_with('%');
    let kept = (0..words.len()).filter(|at| !is_amount(*at) && !is_of_amount(words[*at]));
    kept.map(|at| words[at]).collect::<Vec<_>>().join(" ")
}

/// What begins a clause that gives only a reason, after a comma.
const REASONS: &[&str] = &["in case", "so that", "because", "since", "otherwise", "just like", "now that"];

/// A statement without a clause at its end that only says why.
pub(super) fn without_reason(text: &str) -> &str {
    let lower = text.to_lowercase();
    let is_same_length = lower.len() == text.len();
    let cut = REASONS.iter().filter_map(|reason| lower.find(&format!(", {reason} "))).min();
    cut.filter(|_| is_same_length).map_or(text, |end| &text[..end])
}

/// Verbs with which a heading begins, and that say nothing of what it is about.
const IN_HEADINGS: &[&str] = &["secure", "protect", "harden", "lock", "configure", "keep", "prepare", "manage", "use"];

/// A heading without its number and such a verb.
pub(super) fn without_first_verb(title: &str) -> &str {
    let plain = title.trim_start_matches(|c: char| !c.is_alphabetic());
    let (first, rest) = plain.split_once(' ').unwrap_or((plain, ""));
    if IN_HEADINGS.contains(&first.to_lowercase().as_str()) { rest } else { plain }
}

/// Verbs of clicks that follow what is done.
const CLICKS: &[&str] = &["type", "click", "press", "choose", "select", "enter", "save"];

/// A statement without the clicks that follow, after a comma: “Tick the box, and click Save”.
pub(super) fn without_clicks(text: &str) -> &str {
    let is_click = |after: &str| {
        let mut words = after.split_whitespace().skip_while(|word| ["and", "then"].contains(word));
        words.next().is_some_and(|word| CLICKS.contains(&word))
    };
    let cut = text.match_indices(", ").find(|(at, _)| is_click(&text[at + 2..]));
    cut.map_or(text, |(end, _)| &text[..end])
}

/// A statement without the value at its end, marked as code in the lesson, that its author chose: “Set the alias to
/// `mine`”. What is “for” something marked is about that thing.
pub(super) fn without_value<'t>(text: &'t str, lesson: &str) -> &'t str {
    let plain = text.trim_end_matches('.');
    let Some((rest, value)) = plain.rsplit_once(' ') else { return text };
    let (before, last) = rest.rsplit_once(' ').unwrap_or(("", rest));
    let first = rest.split(' ').next().unwrap_or_default().to_lowercase();
    let undoes = forms(text).iter().any(|word| negates(word)) || UNDOING.split_whitespace().any(|word| first == word);
    let is_marked = lesson.contains(&format!("`{value}`"));
    let is_value = match last {
        "to" => ["set", "change", "put"].contains(&first.as_str()),
        last => !["for", "of", "in", "from", "by", "with", "on", "at", "as", "and", "or"].contains(&last),
    };
    match is_marked && is_value && !undoes {
        true if last == "to" => before,
        true => rest,
        false => text,
    }
}

/// Words for turning something on.
const ON: &[&str] = &["activ", "enabl", "switch", "turn"];

/// Whether one of these stems is a verb, or another for turning something on.
pub(super) fn says(stems: &BTreeSet<String>, verb: &str) -> bool {
    stems.contains(verb) || ON.contains(&verb) && ON.iter().any(|on| stems.contains(*on))
}

/// Whether a word numbers a heading: “Step 3”.
pub(super) fn is_numbering(stem: &str) -> bool {
    let number = stem.chars().all(|c| c.is_ascii_digit());
    number
        || stem.len() == 1
        || ["step", "stage", "task", "part", "lab", "phase", "exercis", "checklist"].contains(&stem)
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
        _ => (start.starts_with("optional"), without_optional(item)),
    }
}

/// An item without “(Optional)” in front.
fn without_optional(item: &str) -> &str {
    let text = item.trim_start_matches(['(', '[', '*', '_']);
    let marked = text.len() < item.len();
    match text.get(..8).filter(|start| marked && start.eq_ignore_ascii_case("optional")) {
        Some(_) => text[8..].trim_start_matches(|c: char| ")]*_:–- ".contains(c)),
        None => item,
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
    fn amounts_and_reasons_are_left_out() {
        for (text, rest) in [
            ("Create a budget over 40 USD, mail at 90 %", "Create a budget mail at"),
            ("Budget: $1,000 per month", "Budget:"),
            ("A budget of 10 GB for 3 users", "A budget of 10 GB for 3 users"),
        ] {
            assert_eq!(without_amounts(text), rest);
        }
        assert_eq!(without_reason("Turn it on, in case it is off"), "Turn it on");
        assert_eq!(without_clicks("Tick the box, type your name, and click Save"), "Tick the box");
        assert_eq!(
            without_value("Set the account alias to mine.", "Set the account alias to `mine`."),
            "Set the account alias"
        );
        assert_eq!(without_value("Account alias mine", "Account alias `mine`"), "Account alias");
        for kept in ["A second key for mine", "Assign a device to mine", "Delete the key mine", "An alias mine"] {
            let lesson = kept
                .replace("for mine", "for `mine`")
                .replace("to mine", "to `mine`")
                .replace("key mine", "key `mine`");
            assert_eq!(without_value(kept, &lesson), kept);
        }
        assert_eq!(without_reason("Turn it on, unless it is on"), "Turn it on, unless it is on");
    }

    #[test]
    fn an_item_can_be_optional_at_either_end() {
        let cases = [
            ("Optional contact info added", true, "Optional contact info added"),
            ("(Optional) Contacts", true, "Contacts"),
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
