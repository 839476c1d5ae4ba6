//! Words of a text, and patterns for them.

/// A word, the beginning of a word (`creat*`), or several words (`turn_on`). In a language without spaces: a part of a
/// text.
pub(super) struct Pattern {
    words: Vec<String>,
    begins: bool,
}

impl Pattern {
    pub(super) fn new(pattern: &str, spaced: bool) -> Pattern {
        let begins = spaced && pattern.ends_with('*');
        let words = pattern.trim_end_matches('*').split('_').map(str::to_owned).collect();
        Pattern { words, begins }
    }

    /// Whether it is this word.
    pub(super) fn is(&self, word: &str) -> bool {
        self.at(&[word])
    }

    /// Whether words begin with it.
    pub(super) fn at<W: AsRef<str>>(&self, words: &[W]) -> bool {
        let same = |(own, word): (&String, &W)| match self.begins {
            true => word.as_ref().starts_with(own.as_str()),
            false => word.as_ref() == own,
        };
        words.len() >= self.words.len() && self.words.iter().zip(words).all(same)
    }

    /// How often it is in a text of a language without spaces.
    pub(super) fn count(&self, text: &str) -> usize {
        self.words.first().map_or(0, |part| text.matches(part.as_str()).count())
    }

    /// How many words it has.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// As it is shown: `turn on`.
    pub(super) fn shown(&self) -> String {
        self.words.join(" ")
    }
}

/// The words of a text in lower case. Marks within a word are part of it: `us-east-1`, `don't`, `s3:GetObject`.
pub(super) fn words(text: &str) -> Vec<String> {
    let inside = |c: char| c.is_alphanumeric() || "'’-_.:/*<>@".contains(c);
    let lower = text.to_lowercase().replace('’', "'");
    let words = lower.split(|c: char| !inside(c));
    let trimmed = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    trimmed.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A word without the ending of a plural.
pub(super) fn singular(word: &str) -> String {
    let irregular =
        [("indices", "index"), ("aliases", "alias"), ("addresses", "address"), ("status", "status"), ("ips", "ip")];
    if let Some((_, one)) = irregular.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    for (many, one) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")] {
        if let Some(stem) = word.strip_suffix(many).filter(|stem| stem.len() > 2) {
            return format!("{stem}{one}");
        }
    }
    let is_plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us");
    // ACLs, OUs, AMIs, VPCs: short, but plural.
    match is_plural
        && !["aws", "dns", "kms", "sns", "sqs", "ecs", "eks", "rds", "ebs", "efs", "ses", "alias"].contains(&word)
    {
        true => word[..word.len() - 1].to_owned(),
        false => word.to_owned(),
    }
}

/// The parts of a text between the marks that end a clause, with their places.
pub(super) fn clauses(text: &str) -> Vec<(usize, &str)> {
    let ends = |c: char| ";:—–()!?。、；：！？».".contains(c) || c == ',';
    let mut clauses = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| ends(*c)) {
        // A dot within a name or a number is none.
        let next = text[at + c.len_utf8()..].chars().next();
        let closed = !c.is_ascii()
            || next.is_none_or(|next| next.is_whitespace() || "*_\"')".contains(next))
            || "()".contains(c);
        if closed {
            clauses.push((start, &text[start..at]));
            start = at + c.len_utf8();
        }
    }
    clauses.push((start, &text[start..]));
    clauses.retain(|(_, clause)| !clause.trim().is_empty());
    clauses
}

/// Whether a lesson's raw text has a name in code that its author chose: `my-vpc`, `logs-<initials>`. Actions, types and
/// attributes of AWS are written otherwise.
pub(super) fn has_chosen_name(raw: &str) -> bool {
    let is_label = |line: &str| {
        let label = line.split([':', '：']).next().map(words).unwrap_or_default();
        line.contains([':', '：']) && label.last().is_some_and(|last| NAMES.contains(&last.as_str()))
    };
    raw.split('`').skip(1).step_by(2).any(is_chosen_name) || raw.lines().any(is_label)
}

/// The labels of names.
const NAMES: &[&str] =
    &["name", "nombre", "nome", "nom", "naam", "bezeichnung", "όνομα", "имя", "название", "名前", "名称", "名稱"];

/// Whether code is a name that its author chose.
pub(super) fn is_chosen_name(code: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || "-_/<>.@+…".contains(c);
    let is_marked = |c: char| c.is_ascii_digit() || "-_/<@".contains(c);
    code.starts_with(|c: char| c.is_lowercase() || "/<".contains(c))
        && code.chars().all(is_of_name)
        && code.chars().any(is_marked)
}

/// The first sentence of a text.
pub(super) fn first_sentence(text: &str) -> &str {
    let mut ends = text.char_indices().filter(|(_, c)| ".!?。！？".contains(*c));
    let ends_here = |(at, c): &(usize, char)| {
        let rest = &text[at + c.len_utf8()..];
        // A mark in a schedule, as in `cron(0 12 ? * WED *)`, ends nothing.
        let is_value = text[..*at].ends_with(' ') && rest.trim_start().starts_with(|c: char| !c.is_alphabetic());
        !c.is_ascii() || rest.chars().next().is_none_or(char::is_whitespace) && !is_value
    };
    let end = ends.find(ends_here).map(|(at, c)| at + c.len_utf8());
    text[..end.unwrap_or(text.len())].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_names_whole() {
        assert_eq!(words("Don’t open `us-east-1`: (s3:GetObject)."), ["don't", "open", "us-east-1", "s3:getobject"]);
    }

    #[test]
    fn a_plural_becomes_a_singular() {
        let cases = [
            ("policies", "policy"),
            ("vpcs", "vpc"),
            ("addresses", "address"),
            ("aliases", "alias"),
            ("sns", "sns"),
            ("access", "access"),
            ("instances", "instance"),
            ("indexes", "index"),
            ("aws", "aws"),
            ("acls", "acl"),
        ];
        for (many, one) in cases {
            assert_eq!(singular(many), one);
        }
    }

    #[test]
    fn a_text_has_clauses_and_a_first_sentence() {
        let text = "Create it (optional), name `a.b`. Then wait.";
        let found: Vec<&str> = clauses(text).into_iter().map(|(_, clause)| clause.trim()).collect();
        assert_eq!(found, ["Create it", "optional", "name `a.b`", "Then wait"]);
        assert_eq!(first_sentence(text), "Create it (optional), name `a.b`.");
        assert_eq!(first_sentence("作成します。次に"), "作成します。");
    }
}
