//! The languages of lessons: words that say what is done, and words of sections that only explain.

use serde::Deserialize;
use std::sync::LazyLock;

use super::text::{Pattern, words};

/// What a language's file has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    common: String,
    spaced: bool,
    make: String,
    weak: String,
    remove: String,
    #[serde(rename = "try")]
    tries: String,
    click: String,
    done: String,
    states: String,
    explains: String,
    cleans: String,
    step: String,
    #[serde(default)]
    again: String,
    notes: String,
}

/// Numbers of steps in words: “Step two”.
const NUMBERS: &[&str] = &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// The words of a language.
pub(super) struct Language {
    common: Vec<Pattern>,
    /// Whether its words are separated by spaces.
    pub(super) spaced: bool,
    /// Whether the verb of a command comes first.
    pub(super) verb_first: bool,
    pub(super) make: Vec<Pattern>,
    /// Verbs of `make` that as often say how something is made.
    pub(super) weak: Vec<Pattern>,
    pub(super) remove: Vec<Pattern>,
    pub(super) tries: Vec<Pattern>,
    pub(super) click: Vec<Pattern>,
    pub(super) done: Vec<Pattern>,
    pub(super) states: Vec<Pattern>,
    explains: Vec<String>,
    cleans: Vec<String>,
    step: Vec<Pattern>,
    /// Words for another sign-in: after the first one, or with what is to be tried.
    pub(super) again: Vec<Pattern>,
    /// Labels of remarks.
    pub(super) notes: Vec<String>,
}

/// All languages; English is the first.
static ALL: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let files = [
        include_str!("languages/en.toml"),
        include_str!("languages/de.toml"),
        include_str!("languages/es.toml"),
        include_str!("languages/fr.toml"),
        include_str!("languages/it.toml"),
        include_str!("languages/pt.toml"),
        include_str!("languages/nl.toml"),
        include_str!("languages/el.toml"),
        include_str!("languages/ru.toml"),
        include_str!("languages/ja.toml"),
        include_str!("languages/zh.toml"),
    ];
    let read = |(at, file): (usize, &&str)| toml::from_str(file).ok().map(|file| Language::of(file, at == 0));
    files.iter().enumerate().filter_map(read).collect()
});

impl Language {
    fn of(file: File, verb_first: bool) -> Language {
        let spaced = file.spaced;
        let patterns = |list: &str| list.split_whitespace().map(|word| Pattern::new(word, spaced)).collect();
        let parts = |list: &str| list.split('|').map(str::to_owned).collect();
        Language {
            common: patterns(&file.common),
            spaced,
            verb_first,
            make: patterns(&file.make),
            weak: patterns(&file.weak),
            remove: patterns(&file.remove),
            tries: patterns(&file.tries),
            click: patterns(&file.click),
            done: patterns(&file.done),
            states: patterns(&file.states),
            explains: parts(&file.explains),
            cleans: parts(&file.cleans),
            step: patterns(&file.step),
            again: patterns(&file.again),
            notes: file.notes.split_whitespace().map(str::to_owned).collect(),
        }
    }

    /// Whether it is another language than English, of which fewer words are known.
    pub(super) fn is_other(&self) -> bool {
        !self.verb_first
    }

    /// The language of a text: the one whose commonest words it has most of.
    pub(super) fn of_text(text: &str) -> Option<&'static Language> {
        let found = words(text);
        let count = |language: &Language| match language.spaced {
            true => found.iter().filter(|word| language.common.iter().any(|it| it.is(word))).count(),
            // Every kana and every hanzi is common to Japanese or Chinese: a word of either is worth as much.
            false => language.common.iter().map(|it| it.count(text)).sum(),
        };
        let best = ALL.iter().rev().max_by_key(|language| count(language));
        // A list without a sentence is taken for English, whose words AWS's own names are.
        best.filter(|best| count(best) > 0).or_else(|| ALL.first())
    }

    /// Whether a heading's section explains, compares or prepares.
    pub(super) fn explains(&self, title: &str) -> bool {
        let title = title.to_lowercase();
        let title = title.trim_start_matches(|c: char| !c.is_alphabetic());
        Language::asks(title)
            || self.explains.iter().any(|part| match part.strip_prefix('^') {
                Some(part) => title.starts_with(part),
                None => begins_a_word(title, part, self.spaced),
            })
    }

    /// Whether a heading only asks or announces something, so that its section can do it all the same: “Does it work?”,
    /// “What a hive may say”, “Before you start”.
    pub(super) fn announces(&self, title: &str) -> bool {
        let first = words(title).into_iter().find(|word| word.chars().any(char::is_alphabetic)).unwrap_or_default();
        let announcing = ["what", "who", "how", "where", "when", "does", "do", "did", "is", "can", "before", "first"];
        Language::asks(title) || self.verb_first && announcing.contains(&first.as_str())
    }

    /// Whether a heading asks something.
    pub(super) fn asks(title: &str) -> bool {
        title.trim_end_matches(['*', '_', ' ', '"', '»']).ends_with(['?', '？', ';', ';'])
    }

    /// Whether a heading asks how to do something, so that the answer says what to do.
    pub(super) fn asks_how(&self, title: &str) -> bool {
        let title = title.trim_start_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        let how = [
            "how do i",
            "how do we",
            "how do you",
            "how can",
            "how to",
            "where do i",
            "where do we",
            "can i",
            "can we",
        ];
        self.verb_first && how.iter().any(|how| title.starts_with(how))
    }

    /// Whether a word says whether something is on: “on”, “none”, “active”.
    pub(super) fn is_state(&self, word: &str) -> bool {
        [&self.states, &self.done].into_iter().flatten().any(|pattern| pattern.is(word))
    }

    /// Whether a heading's section takes away what the lesson made.
    pub(super) fn cleans(&self, title: &str) -> bool {
        let title = title.to_lowercase();
        self.cleans.iter().any(|part| begins_a_word(&title, part, self.spaced))
    }

    /// Whether a heading or a lead is numbered as a step: “Step 3”, “Stage 1 - Budgets”, “Étape 2”.
    pub(super) fn is_step(&self, title: &str) -> bool {
        let words = words(title);
        let numbered = |word: &str| word.chars().next().is_some_and(char::is_numeric);
        match self.spaced {
            true => {
                words.first().is_some_and(|first| self.step.iter().any(|it| it.is(first)))
                    && words.get(1).is_some_and(|second| {
                        numbered(second) || second.len() == 1 || self.verb_first && NUMBERS.contains(&second.as_str())
                    })
            }
            false => {
                let is_number = |c: char| c.is_numeric() || "一二三四五六七八九十".contains(c);
                self.step.iter().any(|it| it.count(title) > 0) && title.chars().any(is_number)
            }
        }
    }
}

/// Whether a text has a part at the beginning of a word.
fn begins_a_word(text: &str, part: &str, spaced: bool) -> bool {
    text.match_indices(part).any(|(at, _)| !spaced || at == 0 || !text[..at].ends_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_read() {
        assert_eq!(ALL.len(), 11);
    }

    #[test]
    fn a_text_has_the_language_of_its_common_words() {
        let language = |text| Language::of_text(text).unwrap();
        assert!(language("Create the bucket and wait for it").verb_first);
        assert!(language("Abre la consola y elige el rol").is_step("Paso 2: El rol"));
        assert!(language("Öffne die Konsole und wähle die Rolle").is_step("Schritt 2"));
        assert!(language("コンソールを開き、ロールを選択します。").is_step("ステップ2: ロール"));
        assert!(language("打开控制台，选择您的角色。").is_step("步骤 2"));
        assert!(!language("Create the bucket").is_step("Stepping stones"));
    }

    #[test]
    fn a_question_explains() {
        let english = Language::of_text("the").unwrap();
        for title in ["Why two accounts", "Who pays?", "1. Glossary", "Before you begin", "EFS vs EBS"] {
            assert!(english.explains(title), "{title}");
        }
        for title in ["Create the VPC", "Stage 2 - Gateways", "Subnets"] {
            assert!(!english.explains(title), "{title}");
        }
    }
}
