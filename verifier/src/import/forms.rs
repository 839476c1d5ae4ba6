//! The forms of English verbs: “creating”, “was created”, “shall delete”, “turn it on”.

use super::language::Language;
use super::text::words;
use super::verbs::{Kind, kind_at};

/// Past forms that no rule gives.
const IRREGULAR: &[(&str, &str)] = &[
    ("made", "make"),
    ("built", "build"),
    ("given", "give"),
    ("taken", "take"),
    ("torn", "tear"),
    ("thrown", "throw"),
    ("set", "set"),
    ("put", "put"),
    ("bought", "buy"),
    ("took", "take"),
    ("gave", "give"),
    ("wrote", "write"),
    ("threw", "throw"),
    ("tore", "tear"),
    ("brought", "bring"),
    ("chose", "choose"),
    ("hung", "hang"),
];
/// Words after which a clause says something of a thing, or when, rather than what is done.
const SUBORDINATE: &[&str] = &[
    "that", "which", "who", "whose", "what", "when", "if", "because", "since", "where", "while", "once", "after",
    "before", "until", "as", "than", "how", "why", "whether", "unless", "never", "not",
];
/// Words that tell somebody to do what follows.
const TOLD: &[&str] = &[
    "shall", "must", "we", "we'll", "i", "i'll", "let's", "you", "you'll", "please", "so", "lastly", "finally", "now",
    "then", "also", "next", "first", "to",
];
/// What comes before “to”, where it tells somebody to do what follows: “remember to”, “you need to”.
const BEFORE_TO: &[&str] =
    &["remember", "forget", "sure", "need", "want", "you", "have", "has", "like", "time", "asked", "careful", "it's"];
/// Words before a place.
const PLACES: &[&str] =
    &["in", "under", "on", "at", "from", "for", "with", "inside", "through", "there", "back", "within"];
/// Words after a verb that begin what it is about, or are its particle.
const OBJECTS: &[&str] = &[
    "a", "an", "the", "your", "it", "them", "on", "off", "up", "another", "one", "two", "three", "both", "all", "its",
    "this",
];
/// Who did something, in a report: “I created a bucket”.
const WHO: &[&str] = &["i", "we"];
/// Words of what was done in another lesson.
const EARLIER: &[&str] = &["already", "last", "yesterday", "earlier", "previous", "previously", "ago"];
/// What somebody reports to have set by a click: “we entered the office as billing contact”.
const SET_BY_CLICK: &[&str] = &["tick", "enter", "choose", "select", "accept", "leave"];
/// Words with which what was done before is done once more.
const REPEATS: &[&[&str]] = &[
    &["again"],
    &["repeat"],
    &["do", "the", "same"],
    &["the", "same"],
    &["another"],
    &["likewise"],
    &["once", "more"],
    &["same", "again"],
];
/// How near to the beginning of a cell its verb is.
const NEAR: usize = 6;
/// Verbs whose particle can come after what is turned on.
const SEPARATED: &[&str] = &["turn", "switch", "set", "leave", "keep"];
/// The most words between a verb and its particle: “turn all four of them on”.
const APART: usize = 8;

/// The forms that a word may have without an ending.
fn bases(word: &str, ending: &str) -> Vec<String> {
    let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() > 1) else { return Vec::new() };
    let mut bases = vec![stem.to_owned(), format!("{stem}e")];
    let mut last = stem.chars().rev();
    if last.next() == last.next() {
        bases.push(stem[..stem.len() - 1].to_owned());
    }
    bases
}

/// What a verb in one of these forms does.
fn kind_of(forms: Vec<String>, rest: &[String], language: &Language) -> Option<(Kind, String)> {
    let acts = |(kind, _): &(Kind, String)| matches!(kind, Kind::Make | Kind::Weak | Kind::Remove);
    forms.into_iter().find_map(|form| {
        let words: Vec<String> = std::iter::once(form).chain(rest.iter().cloned()).collect();
        verb_at(&words, language).filter(acts)
    })
}

/// The act of a participle.
fn participle(word: &str, rest: &[String], language: &Language) -> Option<(Kind, String)> {
    let irregular = IRREGULAR.iter().filter(|(form, _)| *form == word).map(|(_, base)| (*base).to_owned());
    kind_of(irregular.chain(bases(word, "ed")).collect(), rest, language)
}

/// What somebody reports to have set by a click.
fn set(word: &str) -> Option<(Kind, String)> {
    let irregular = IRREGULAR.iter().filter(|(form, _)| *form == word).map(|(_, base)| (*base).to_owned());
    let base = irregular.chain(bases(word, "ed")).find(|base| SET_BY_CLICK.contains(&base.as_str()))?;
    Some((Kind::Make, base))
}

/// “Creating the bucket”, as a heading or an item. A sentence that begins so is about the act.
pub(super) fn gerund(line: &str, language: &Language) -> Option<(Kind, String)> {
    if !language.verb_first || line.trim_end().ends_with(['.', '!']) {
        return None;
    }
    let words = words(line);
    let (first, rest) = words.split_first()?;
    kind_of(bases(first, "ing"), rest, language)
}

/// “The budget shall be created”, “a bucket was created”. What can be, will be or is done by itself is no act.
pub(super) fn passive(words: &[String], language: &Language) -> Option<(Kind, String)> {
    let end = words.iter().position(|word| SUBORDINATE.contains(&word.as_str())).unwrap_or(words.len());
    let is_done = |at: usize| match words[at].as_str() {
        "was" | "were" | "been" => true,
        "be" => at > 0 && ["shall", "must", "to"].contains(&words[at - 1].as_str()),
        _ => false,
    };
    let at = (1..end).find(|at| is_done(*at))?;
    // “It was made in 2021” is history.
    let is_year = |word: &String| word.len() == 4 && word.starts_with("20") && word.chars().all(|c| c.is_ascii_digit());
    if words[..at].iter().any(|word| ["no", "nothing", "nobody", "none"].contains(&word.as_str()))
        || words[at..].iter().any(is_year)
    {
        return None;
    }
    let (kind, word) = words[at + 1..end]
        .iter()
        .enumerate()
        .take(3)
        .find_map(|(after, word)| participle(word, &words[at + after + 2..end], language))?;
    Some((if kind == Kind::Weak { Kind::Make } else { kind }, word))
}

/// “The engineer shall register a token”, “so we turn on logging”, “I created a bucket”.
pub(super) fn told(words: &[String], language: &Language) -> Option<(Kind, String)> {
    let end = words.iter().position(|word| SUBORDINATE.contains(&word.as_str())).unwrap_or(words.len());
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| list.contains(&word.as_str()));
    let is_told = |at: &usize| is(*at, TOLD) && (words[*at] != "to" || *at > 0 && is(at - 1, BEFORE_TO));
    let makes = |(kind, _): &(Kind, String)| matches!(kind, Kind::Make | Kind::Weak | Kind::Remove);
    let told = (0..end).filter(is_told).filter_map(|at| verb_at(&words[at + 1..end], language)).find(makes);
    let is_earlier = words.iter().any(|word| EARLIER.contains(&word.as_str()));
    let did = || {
        let by = (0..end).filter(|at| is(*at, WHO) && !is_earlier);
        let forms = |at: usize| {
            let mut after = at + 1..end.min(at + 3);
            after.find_map(|at| participle(&words[at], &words[at + 1..end], language).or_else(|| set(&words[at])))
        };
        by.filter_map(forms).find(makes)
    };
    told.or_else(did)
}

/// “Sign out, and sign in again as the administrator, with a code”: a sign-in that is tried, rather than the way to a page.
pub(super) fn signs_in(words: &[String], language: &Language) -> bool {
    let pair = |first: &[&str], second: &[&str]| {
        words.windows(2).any(|pair| first.contains(&pair[0].as_str()) && second.contains(&pair[1].as_str()))
    };
    let verbs = ["sign", "signed", "log", "logged", "signing", "logging"];
    let is_in = pair(&verbs, &["in"]) || pair(&["come", "back", "came", "sign", "log"], &["back", "in"]);
    let is_out = pair(&verbs, &["out", "off"]);
    let last = words.iter().rposition(|word| word == "in").unwrap_or(words.len());
    let is_tried = || words[last..].iter().chain(words.first()).any(|word| language.again.iter().any(|it| it.is(word)));
    // “If it fails, sign in again” is no step.
    let is_told = !words.first().is_some_and(|first| SUBORDINATE.contains(&first.as_str()));
    let repeats = || words.iter().any(|word| word == "sign-in" || word == "login");
    language.verb_first && is_told && (is_in && (is_out || is_tried()) || is_out && repeats())
}

/// Whether a sentence begins with what says that something is done once more: “Again, with `other-name`”.
pub(super) fn repeats(sentence: &str, language: &Language) -> bool {
    let words = words(sentence);
    let start =
        usize::from(words.first().is_some_and(|word| ["then", "now", "and", "finally"].contains(&word.as_str())));
    let words = words.get(start..).unwrap_or_default();
    language.verb_first
        && REPEATS
            .iter()
            .any(|begins| words.len() > begins.len() && begins.iter().zip(words).all(|(one, other)| one == other))
}

/// “Under properties turn on versioning”: a place, and then a command.
pub(super) fn after_place(words: &[String], language: &Language) -> Option<(Kind, String)> {
    let end = words.iter().position(|word| SUBORDINATE.contains(&word.as_str())).unwrap_or(words.len());
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| list.contains(&word.as_str()));
    let start = usize::from(is(0, &["and", "then", "now"]));
    if !is(start, PLACES) {
        return None;
    }
    let acts = |(kind, _): &(Kind, String)| matches!(kind, Kind::Make | Kind::Remove);
    let commands = |at: &usize| is(at + 1, OBJECTS) && !is(at - 1, OBJECTS) && !is(at - 1, &["to"]);
    (start + 2..end).filter(commands).filter_map(|at| verb_at(&words[at..end], language)).find(acts)
}

/// What somebody does, by a verb in any form near the beginning: “Ana creates the budget”, “budget created by Ana”.
pub(super) fn done_by(text: &str, language: &Language) -> Option<(Kind, String)> {
    let words = words(text);
    let at_most = words.len().min(NEAR).min(if language.verb_first { NEAR } else { 0 });
    (0..at_most).find_map(|at| {
        let rest = &words[at + 1..];
        kind_of(bases(&words[at], "s"), rest, language).or_else(|| participle(&words[at], rest, language))
    })
}

/// The verb that words begin with.
pub(super) fn verb_at(words: &[String], language: &Language) -> Option<(Kind, String)> {
    separated(words, language).or_else(|| kind_at(words, language))
}

/// “Switch DNS hostnames on for it”, “turn it off”.
fn separated(words: &[String], language: &Language) -> Option<(Kind, String)> {
    let first = words.first().filter(|first| language.verb_first && SEPARATED.contains(&first.as_str()))?;
    let particle = words.iter().skip(2).take(APART).find(|word| ["on", "off", "up"].contains(&word.as_str()))?;
    let is_set = first == "set";
    match particle.as_str() {
        "up" if is_set => Some((Kind::Make, "set up".to_owned())),
        "on" if !is_set => Some((Kind::Make, format!("{first} on"))),
        "off" if first == "leave" || first == "keep" => Some((Kind::Make, format!("{first} off"))),
        "off" if !is_set => Some((Kind::Remove, format!("{first} off"))),
        _ => None,
    }
}

/// A short line that ends with what was done: “bucket `x` made”.
pub(super) fn ended(words: &[String], language: &Language) -> Option<String> {
    let last = words.last().filter(|_| language.verb_first && words.len() > 1 && words.len() < 10)?;
    participle(last, &[], language).map(|_| last.clone())
}
