//! What a line of a lesson says: that something is made, taken away or tried, that it is so, or only where to click.

use super::forms::{self, verb_at};
use super::language::Language;
use super::remarks::{is_about_others, is_meaning, is_remark, is_request};
use super::text::{Pattern, clauses, first_sentence, words};
use super::things::{Thing, things};
pub(super) use super::verbs::Kind;

/// A line as it is understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub(super) kind: Kind,
    /// The word that says so.
    pub(super) word: String,
    /// The things that it names.
    pub(super) things: Vec<Thing>,
    /// What comes before the colon.
    pub(super) label: Option<String>,
}

/// Arrows between the parts of a path through menus.
const ARROWS: &[&str] = &["→", "➜", "➔", "»", "->", " > ", "⇒", "›"];
/// Words that can come before the verb of a command.
const BEFORE_VERB: &[&str] = &[
    "then",
    "now",
    "next",
    "finally",
    "please",
    "first",
    "also",
    "again",
    "and",
    "and then",
    "or",
    "lastly",
    "just",
    "only",
    "optionally",
    "optional",
    "afterwards",
    "second",
    "last",
    "go",
    "and",
    "to",
    "you",
    "must",
    "should",
    "let's",
    "we",
    "let",
    "us",
    "will",
    "can",
    "shall",
    "so",
    "please",
    "once",
];
/// Words after which nothing is asked.
const NOT: &[&str] = &[
    "don't", "never", "not", "if", "when", "because", "since", "why", "how", "what", "unless", "cannot", "can't",
    "nobody",
];
/// Words of a clause that says when or where the next one is done.
const WHEN: &[&str] =
    &["before", "after", "when", "once", "in", "on", "under", "for", "with", "then", "finally", "next"];
/// The fewest words before an arrow that are no menu.
const PATH: usize = 4;
/// The most words of a label.
const LABEL: usize = 6;

/// The most words of a line that ends with how something is: “versioning on”.
const SHORT: usize = 6;

/// Reads a line. `buttons` is what is marked as code or emphasis in it.
pub(super) fn read(line: &str, language: &Language) -> Reading {
    let line = without_number(line);
    let all = things(line);
    let reading = |kind, word: String, label| Reading { kind, word, things: all.clone(), label };
    if line.starts_with(['"', '“', '«', '„']) || first_sentence(line).ends_with('?') && !is_request(line) {
        return reading(Kind::Other, String::new(), None);
    }
    // “They forget quotas” is about others.
    if language.verb_first && is_about_others(line) {
        return reading(Kind::Other, String::new(), None);
    }
    if let Some(at) = ARROWS.iter().filter_map(|arrow| line.find(arrow)).min()
        && !is_destination(line, at)
        && !(words(&line[..at]).len() > 2 && matches!(act(&line[..at], language), Some((Kind::Make | Kind::Remove, _))))
    {
        return reading(Kind::Click, "→".to_owned(), None);
    }
    if forms::signs_in(&words(first_sentence(line)), language) {
        return reading(Kind::Try, "sign in".to_owned(), None);
    }
    if let Some((label, value)) = labelled(line) {
        // “Queue: where a message goes” says what a word means.
        let (of_label, of_value) = (act(label, language), state(value, language).filter(|_| !is_meaning(value)));
        return match (of_label, of_value) {
            _ if is_remark(label, language) => reading(Kind::Other, String::new(), Some(label.to_owned())),
            // A verb alone labels how something is done.
            (Some((kind, word)), _) if kind != Kind::Click && words(label).len() > 1 => {
                reading(kind, word, Some(label.to_owned()))
            }
            (_, Some(word)) => reading(Kind::State, word, Some(label.to_owned())),
            // “Root's access keys: delete them”
            _ => match act(value, language).filter(|(kind, _)| matches!(kind, Kind::Make | Kind::Remove)) {
                Some((kind, word)) => reading(kind, word, Some(label.to_owned())),
                None => reading(Kind::Setting, String::new(), Some(label.to_owned())),
            },
        };
    }
    let found = act(line, language)
        .or_else(|| forms::gerund(line, language))
        .or_else(|| state(first_sentence(line), language).map(|word| (Kind::State, word)));
    let (kind, word) = found.unwrap_or((Kind::Other, String::new()));
    reading(kind, word, None)
}

/// Whether an arrow shows where something goes, rather than the way through menus: “flow log for the whole VPC → S3”.
fn is_destination(line: &str, arrow: usize) -> bool {
    words(&line[..arrow]).len() >= PATH && things(line).iter().any(|thing| thing.read.is_some())
}

/// A label, and the value after its colon.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let at = line.char_indices().find(|(_, c)| [':', '：', '='].contains(c))?.0;
    let (label, value) = line.split_at(at);
    let value = value.trim_start_matches([':', '：', '=']).trim();
    let apart = line[at..].chars().nth(1).is_none_or(|next| next.is_whitespace() || line[at..].starts_with('：'));
    let words = words(label);
    // “If you don't keep it: delete it” has no label.
    let is_label = words.len() <= LABEL && words.first().is_none_or(|first| !NOT.contains(&first.as_str()));
    (apart && is_label && !value.is_empty()).then_some((label.trim(), value))
}

/// The act of a line, and its verb.
fn act(line: &str, language: &Language) -> Option<(Kind, String)> {
    if !language.spaced {
        return anywhere_in(line, language);
    }
    let mut first = true;
    let (mut click, mut weak, mut negated, mut opened) = (None, None, false, false);
    for (_, clause) in clauses(line) {
        let words = words(clause);
        let found = match language.verb_first {
            true => leading(&words, language)
                .or_else(|| forms::passive(&words, language))
                .or_else(|| forms::after_place(&words, language)),
            false => anywhere(&words, language),
        };
        match found {
            Some((kind, _)) if negated && kind != Kind::Remove => {}
            Some((Kind::Click, word)) => click = click.or(Some((Kind::Click, word))),
            // “Prüfung der Dateien (…) einschalten”: the verb comes last.
            Some((Kind::Try, word)) if !language.verb_first => click = click.or(Some((Kind::Try, word))),
            // “Open the bucket, and create a folder”: the clearer one is meant.
            Some((kind @ (Kind::Weak | Kind::Try), word)) if language.verb_first && (kind == Kind::Weak || first) => {
                weak = weak.or((first || opened || click.is_some()).then_some((kind, word)));
            }
            // Only the first clause makes a line what it is, and what follows clicks.
            Some(found) if first || click.is_some() => return Some(found),
            Some(found) if found.0 != Kind::Weak => return Some(found),
            _ => {}
        }
        // “If you don't keep it: delete it” takes away, and “if you like, create another” makes nothing.
        let begins = words.first().map_or("", String::as_str);
        negated |= first && NOT.contains(&begins) && begins != "when";
        opened = first && WHEN.contains(&begins);
        first = false;
    }
    weak.or(click)
}

/// The verb that a clause begins with, or that follows “and” or “then” in it.
fn leading(words: &[String], language: &Language) -> Option<(Kind, String)> {
    let opened = without_opening(words);
    let at = words.len() - opened.len();
    let direct = verb_at(opened, language);
    if direct.as_ref().is_some_and(|(kind, _)| !matches!(kind, Kind::Click)) {
        return direct;
    }
    let later = words.iter().enumerate().skip(at).filter(|(_, word)| ["and", "then"].contains(&word.as_str()));
    let later = later.filter_map(|(place, _)| verb_at(without_opening(&words[place + 1..]), language));
    let acts = |(kind, _): &(Kind, String)| matches!(kind, Kind::Make | Kind::Remove);
    later.into_iter().find(acts).or_else(|| forms::told(words, language)).or(direct)
}

/// A clause without the words that can come before its verb.
fn without_opening(words: &[String]) -> &[String] {
    let at = words.iter().take_while(|word| BEFORE_VERB.contains(&word.as_str())).count();
    &words[at..]
}

/// The clearest verb anywhere in a clause. Many languages end with it.
fn anywhere(words: &[String], language: &Language) -> Option<(Kind, String)> {
    if language.click.iter().any(|pattern| pattern.at(words)) {
        let later = (1..words.len()).filter_map(|at| verb_at(&words[at..], language));
        return later
            .into_iter()
            .find(|(kind, _)| matches!(kind, Kind::Make | Kind::Remove))
            .or(Some((Kind::Click, words[0].clone())));
    }
    let found: Vec<_> = (0..words.len()).filter_map(|at| verb_at(&words[at..], language)).collect();
    let of = |kind| found.iter().find(|(it, _)| *it == kind).cloned();
    of(Kind::Remove).or_else(|| of(Kind::Make)).or_else(|| of(Kind::Try)).or_else(|| of(Kind::Weak))
}

/// The clearest verb in a line without spaces.
fn anywhere_in(line: &str, language: &Language) -> Option<(Kind, String)> {
    let has = |patterns: &[Pattern]| patterns.iter().find(|it| it.count(line) > 0).map(Pattern::shown);
    let order: [(Kind, &[Pattern]); 5] = [
        (Kind::Remove, &language.remove),
        (Kind::Weak, &language.weak),
        (Kind::Make, &language.make),
        (Kind::Click, &language.click),
        (Kind::Try, &language.tries),
    ];
    order.into_iter().find_map(|(kind, patterns)| has(patterns).map(|word| (kind, word)))
}

/// The word that says how something is: “is on”, “deleted”, “enabled”.
fn state(text: &str, language: &Language) -> Option<String> {
    if !language.spaced {
        return [&language.states, &language.done]
            .into_iter()
            .flatten()
            .find(|it| it.count(text) > 0)
            .map(Pattern::shown);
    }
    let words = words(text);
    let is = |pattern: &&Pattern| {
        let first = pattern.at(&words);
        let last = words.last().is_some_and(|word| pattern.is(word));
        let said = |pair: &[String]| IS.contains(&pair[0].as_str()) && pattern.is(&pair[1]);
        first || last || words.windows(2).any(said)
    };
    let formed = || forms::ended(&words, language);
    let done = language.done.iter().find(is).or_else(|| {
        // “yes” and “on” say something only as a whole value, or after “is”.
        language.states.iter().find(|pattern| {
            let said = |pair: &[String]| IS.contains(&pair[0].as_str()) && pattern.is(&pair[1]);
            let ends =
                words.len() <= SHORT && words.last().is_some_and(|word| pattern.is(word)) && !things(text).is_empty();
            words.first().is_some_and(|word| pattern.is(word)) || words.windows(2).any(said) || ends
        })
    });
    let has =
        || words.iter().find(|word| HAS.contains(&word.as_str())).filter(|_| language.verb_first && words.len() < 14);
    done.map(Pattern::shown).or_else(formed).or_else(|| has().cloned())
}

/// Verbs before a state.
const IS: &[&str] =
    &["is", "are", "been", "be", "stays", "stay", "was", "were", "gets", "becomes", "set", "now", "turned", "switched"];
/// Verbs that say how something is.
const HAS: &[&str] = &[
    "exists", "exist", "has", "allows", "allow", "points", "sends", "goes", "listed", "gets", "asks", "writes",
    "contains", "runs", "receives",
];

/// A line without the number or the word for a step that it begins with.
pub(super) fn without_number(line: &str) -> &str {
    let line = line.trim();
    fn after_number(text: &str) -> Option<&str> {
        let digits = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        (digits.len() < text.len()).then_some(digits)
    }
    // “Step 3: …”, “Stage 1 - …”, “Βήμα 2. …”: one word, a number, and a mark.
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let stepped = first.chars().all(char::is_alphabetic).then(|| after_number(rest)).flatten();
    let marks =
        |rest: &str| rest.trim_start().starts_with([':', '.', ')', '-', '–', '—', '：', '.']) || rest.is_empty();
    if let Some(rest) = stepped.filter(|rest| marks(rest)).filter(|rest| !rest.is_empty()) {
        return rest.trim_start_matches(|c: char| !c.is_alphanumeric() && !"`\"“「(".contains(c));
    }
    match after_number(line).filter(|rest| rest.starts_with([' ', ')', ':', '.'])) {
        Some(rest) => rest.trim_start_matches(|c: char| c.is_whitespace() || ").:–-".contains(c)),
        None => line.trim_start_matches(|c: char| !c.is_alphanumeric() && !"`\"“「(~".contains(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_done() {
        let cases = [
            ("Create the VPC", Kind::Make),
            ("3. Turn on Multi-AZ", Kind::Make),
            ("Step 2: Launch an instance", Kind::Make),
            ("Click Save and delete the role", Kind::Remove),
            ("Open the console", Kind::Weak),
            ("Go to the menu, create a role", Kind::Make),
            ("Actions → Take snapshot", Kind::Click),
            ("Name: `shop`", Kind::Setting),
            ("Versioning: enabled", Kind::State),
            ("The role is deleted", Kind::State),
            ("Instances terminated", Kind::State),
            ("Set the name", Kind::Weak),
            ("Why create a role?", Kind::Other),
            ("\"Create one alarm\" is wrong", Kind::Other),
            ("A disk of one machine", Kind::Other),
        ];
        let english = Language::of_text("the").unwrap();
        for (line, kind) in cases {
            assert_eq!(read(line, english).kind, kind, "{line}");
        }
    }

    #[test]
    fn verbs_have_forms() {
        let english = Language::of_text("the").unwrap();
        let cases = [
            ("Creating the bucket", Kind::Make),
            ("Setting up the alarm", Kind::Make),
            ("Tagging the instance", Kind::Make),
            ("Deleting a key costs nothing.", Kind::Other),
            ("A bucket was created in Ohio.", Kind::Make),
            ("Any access key shall be deleted.", Kind::Remove),
            ("The trail was stopped and deleted.", Kind::Remove),
            ("Buckets can be created anywhere.", Kind::State),
            ("The engineer shall register a token.", Kind::Make),
            ("So we turn on error logging for the stream.", Kind::Make),
            ("Switch DNS hostnames on for it", Kind::Make),
            ("Turn all of them off", Kind::Remove),
            ("Bucket `x` made", Kind::State),
            ("Versioning on", Kind::State),
            ("Root's access keys: delete them", Kind::Remove),
        ];
        for (line, kind) in cases {
            assert_eq!(read(line, english).kind, kind, "{line}");
        }
    }

    #[test]
    fn other_languages_have_verbs_too() {
        let cases = [
            ("Schritt 1: Cluster anlegen", "der die das", Kind::Make),
            ("Sicherheitsgruppe `web` löschen", "der die das", Kind::Remove),
            ("Öffne die Konsole", "der die das", Kind::Click),
            ("Eliminar las claves de acceso", "el la de", Kind::Remove),
            ("Table restaurée", "le la les", Kind::State),
            ("Διαγραφή του ρόλου", "και το", Kind::Remove),
            ("ステップ4: 予算の作成", "の を に", Kind::Make),
        ];
        for (line, common, kind) in cases {
            assert_eq!(read(line, Language::of_text(common).unwrap()).kind, kind, "{line}");
        }
    }
}
