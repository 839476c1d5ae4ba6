//! Directives: `verify: NAME ["title"] [name=value…] [account=NAME] [optional]` in an HTML comment.

pub(crate) mod advice;
mod arg;
mod kind;
mod title;

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::misspelt;
use crate::options::is_name;
use crate::param::number_with_sign;
pub use arg::Arg;
pub use kind::Kind;
pub(crate) use kind::TABLE;
use kind::{ALLOW, NONE, OPEN, RESERVED};
use title::{Title, title};

/// A directive as it is written. [`load`](crate::load) checks its names.
///
/// ```
/// use course::directive::Directive;
///
/// let directive = Directive::parse("<!-- verify: cost-budget account=general -->", 0).unwrap();
/// assert_eq!(directive.check.text, "cost-budget");
/// assert!(!directive.optional);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The check's name.
    pub check: Arg,
    /// `account=NAME`.
    pub account: Option<Arg>,
    /// `name=value`, in the order written.
    pub params: Vec<(Arg, Arg)>,
    /// Whether it has `optional`.
    pub optional: bool,
    /// The step's title, without the quotation marks.
    pub title: Option<Arg>,
}

/// A syntax error in a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Its range in the chapter, in bytes.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do, if that is not obvious.
    pub help: Option<String>,
}

impl Malformed {
    fn new(range: &Range<usize>, message: &str, help: Option<String>) -> Malformed {
        Malformed { range: range.clone(), message: message.to_owned(), help }
    }
}

impl Directive {
    /// Whether an HTML comment is meant as a directive.
    pub fn is_meant(comment: &str) -> bool {
        inner(comment).is_some_and(|(_, text)| text.trim_start().starts_with("verify:"))
    }

    /// The directive that a comment was probably meant to be: its first word is similar to `verify:`, and the name of a
    /// check or nothing follows.
    pub fn meant<'n>(comment: &str, checks: impl Iterator<Item = &'n str>) -> Option<String> {
        let (_, text) = inner(comment).filter(|_| !Directive::is_meant(comment))?;
        // Some write comments with three dashes.
        let text = text.trim_matches('-').trim();
        let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        let word = text[..end].to_ascii_lowercase();
        let is_like = misspelt(&word, ["verify"].into_iter()).is_some();
        let is_another = text[end..].starts_with(':') && LIKE_VERIFY.contains(&word.as_str());
        (is_like || is_another).then_some(())?;
        let rest = text[end..].trim_start_matches(|c: char| c.is_whitespace() || ":;=.,".contains(c));
        let is_sentence = rest.split_whitespace().skip(1).any(|word| !word.contains('=') && word != "optional");
        match rest.split_whitespace().next() {
            None => is_like.then(|| "<!-- verify: NAME -->".to_owned()),
            Some(_) if is_sentence => None,
            Some(name) => {
                let near = misspelt(name, checks)?;
                let words = rest.split_once(name).map_or("", |(_, after)| after);
                Some(format!("<!-- verify: {near}{words} -->"))
            }
        }
    }

    /// Whether a directive can name a check of this name.
    pub fn can_name(name: &str) -> bool {
        let comment = format!("<!-- verify: {name} -->");
        let named = Directive::parse(&comment, 0).is_ok_and(|directive| directive.check.text == name);
        named && Directive::kind(&comment) == Kind::Check && !name.contains("--")
    }

    /// Whether a name is a word of directives, with a meaning of its own.
    pub(crate) fn is_reserved(name: &str) -> bool {
        RESERVED.iter().any(|(word, _)| *word == name)
    }

    /// The kind of a comment that is meant as a directive.
    pub fn kind(comment: &str) -> Kind {
        let text = Directive::words(comment);
        let words: Vec<&str> = text.split_whitespace().take(3).collect();
        match words.as_slice() {
            [OPEN, ..] => Kind::Open,
            [NONE] => Kind::None,
            [TABLE, name] if is_name(name) => Kind::Table((*name).to_owned()),
            [ALLOW, _, ..] => Kind::Allow(text.split_whitespace().skip(1).map(str::to_owned).collect()),
            _ => Kind::Check,
        }
    }

    /// The words of a directive after `verify:`.
    pub fn words(comment: &str) -> String {
        // A comment that is not closed has words, too.
        let text = inner(comment).map_or_else(|| comment.trim_start_matches("<!--").into(), |(_, text)| text);
        text.trim_start().strip_prefix("verify:").unwrap_or_default().trim().to_owned()
    }

    /// Reads the HTML comment at `at` in its chapter. Words are separated by any white space.
    ///
    /// # Errors
    /// What is wrong with its syntax.
    pub fn parse(comment: &str, at: usize) -> Result<Directive, Malformed> {
        let (offset, text) = inner(comment).unwrap_or((0, comment.into()));
        let skip = text.find("verify:").map_or(0, |at| at + "verify:".len());
        let whole = at..at + comment.len();
        let fail = |range: &Range<usize>, message: &str| Err(Malformed::new(range, message, None));
        let (unquoted, title) = match title(&text[skip..], at + offset + skip) {
            Title::None => (text[skip..].to_owned(), None),
            Title::Is(title) => {
                let quoted = title.range.start - 1 - at - offset - skip..title.range.end + 1 - at - offset - skip;
                // White space of the same length keeps the places of the other words.
                let blank = " ".repeat(quoted.len());
                let rest = &text[skip..];
                (format!("{}{blank}{}", &rest[..quoted.start], &rest[quoted.end..]), Some(title))
            }
            Title::Wrong(range, message, help) => return Err(Malformed::new(&range, message, help)),
        };
        let mut words = words(&unquoted, at + offset + skip);
        let Some(check) = words.next() else {
            return fail(&whole, "a directive must name a check, as in <!-- verify: NAME -->");
        };
        if let Some((name, meaning)) = RESERVED.iter().find(|(name, _)| *name == check.text.trim_end_matches(':')) {
            let help = (*name == TABLE).then(|| advice::table(words.map(|word| word.text)));
            return Err(Malformed::new(&check.range, &format!("`{name}` {meaning}"), help));
        }
        if let Some(help) = advice::nearly_table(&check.text, words.clone().map(|word| word.text)) {
            return Err(Malformed::new(&check.range, &format!("there is no check `{}`", check.text), Some(help)));
        }
        if check.text.contains('=') || title.as_ref().is_some_and(|title| title.range.start < check.range.start) {
            return fail(&check.range, "a directive must begin with the name of a check");
        }
        let mut directive = Directive { check, account: None, params: Vec::new(), optional: false, title };
        for word in words {
            let Some((name, value)) = word.text.split_once('=') else {
                if word.text == "optional" && !directive.optional {
                    directive.optional = true;
                    continue;
                }
                if word.text == "optional" {
                    return fail(&word.range, "this is a duplicate");
                }
                let message = "unknown word: a directive has name=value, account=NAME, optional, and a title in \"…\"";
                let after = &unquoted[word.range.end - at - offset - skip..];
                return Err(Malformed::new(&word.range, message, advice::instead(&word.text, after)));
            };
            let split = word.range.start + name.len();
            let name = Arg { text: name.to_owned(), range: word.range.start..split };
            let value = Arg { text: value.to_owned(), range: split + 1..word.range.end };
            // Values become part of step ids, which learners type in a shell: allow no character that a shell expands.
            let plain = |c: char| c.is_ascii_alphanumeric() || "._+@:/%-".contains(c);
            if value.text.is_empty() || !value.text.chars().all(plain) {
                let message = "a value can only have letters, digits and . _ + @ : / % -";
                let help = number_with_sign(&value.text).map(|number| format!("write {}={number}", name.text));
                return Err(Malformed::new(&word.range, message, help));
            }
            if name.text == "optional" {
                let help = "write optional alone, or remove it".to_owned();
                return Err(Malformed::new(&word.range, "`optional` has no value", Some(help)));
            }
            let twice = directive.params.iter().any(|(other, _)| other.text == name.text)
                || name.text == "account" && directive.account.is_some();
            if twice {
                return fail(&name.range, "this is a duplicate");
            }
            match name.text.as_str() {
                "account" => directive.account = Some(value),
                _ => directive.params.push((name, value)),
            }
        }
        Ok(directive)
    }
}

/// Other words with which comments that are meant as directives begin.
const LIKE_VERIFY: &[&str] = &["verified", "verifies", "check", "checks", "step"];

/// The content of a comment and its offset, without the quote markers at the beginning of its lines.
fn inner(comment: &str) -> Option<(usize, Cow<'_, str>)> {
    let text = comment.strip_prefix("<!--")?.trim_end().strip_suffix("-->")?;
    let is_quoted = |line: &str| line.trim_start_matches([' ', '\t']).starts_with('>');
    if !text.split('\n').skip(1).any(is_quoted) {
        return Some(("<!--".len(), text.into()));
    }
    let mut lines = text.split('\n');
    let mut unquoted = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let rest = line.trim_start_matches([' ', '\t', '>']);
        // Keep the length, so that the words keep their places.
        unquoted.extend(std::iter::once('\n').chain(std::iter::repeat_n(' ', line.len() - rest.len())));
        unquoted.push_str(rest);
    }
    Some(("<!--".len(), unquoted.into()))
}

/// Words with their places.
fn words(text: &str, at: usize) -> impl Iterator<Item = Arg> + Clone {
    let start_of = move |word: &str| word.as_ptr() as usize - text.as_ptr() as usize + at;
    text.split_whitespace().map(move |word| {
        let start = start_of(word);
        Arg { text: word.to_owned(), range: start..start + word.len() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directive_tolerates_spaces() {
        for comment in [
            "<!-- verify: cost-budget account=general budget_amount=20 optional -->",
            "<!--verify:cost-budget   account=general\tbudget_amount=20 optional-->",
            "<!--\n  verify: cost-budget\n  account=general budget_amount=20 optional\n-->",
        ] {
            let directive = Directive::parse(comment, 0).unwrap();
            assert_eq!(directive.check.text, "cost-budget");
            assert_eq!(directive.account.unwrap().text, "general");
            assert_eq!(directive.params[0].0.text, "budget_amount");
            assert_eq!(&comment[directive.params[0].1.range.clone()], "20");
            assert!(directive.optional);
        }
    }

    #[test]
    fn a_directive_can_have_a_title() {
        for comment in [
            "<!-- verify: x \"The VPC =  is there\" optional a=1 -->",
            "<!--verify: x optional a=1 \"The VPC = is\n there\"-->",
        ] {
            let directive = Directive::parse(comment, 0).unwrap();
            assert_eq!(directive.title.unwrap().text, "The VPC = is there");
            assert!(directive.optional && &comment[directive.params[0].1.range.clone()] == "1");
        }
    }

    #[test]
    fn the_markers_of_a_quote_are_not_part_of_a_directive() {
        for comment in [
            "<!-- verify: x\n> optional\n>   \"Own\n> words\" -->",
            "<!--\r\n  > > verify: x\r\n  > > \"Own words\" optional\r\n  > >\r\n  > > -->",
        ] {
            let directive = Directive::parse(comment, 0).unwrap();
            assert!(Directive::is_meant(comment) && Directive::kind(comment) == Kind::Check, "{comment}");
            assert!(directive.optional && &comment[directive.check.range] == "x", "{comment}");
            assert_eq!(directive.title.unwrap().text, "Own words");
        }
    }

    #[test]
    fn a_misspelt_word_gets_a_suggestion() {
        let help = |words: &str| Directive::parse(&format!("<!-- verify: x {words} -->"), 0).unwrap_err().help;
        for (words, wanted) in [
            ("account = general", Some("account=…")),
            ("n =5", Some("n=…")),
            ("Optional", Some("`optional`")),
            ("optionl", Some("`optional`")),
            ("account:general", Some("account=general")),
            ("account=\"general\"", Some("account=general")),
            ("n=$10", Some("n=10")),
            ("'The VPC'", Some("straight quotation marks for the title: \"")),
            ("“The VPC”", Some("straight quotation marks for the title: \"")),
            ("maybe", None),
        ] {
            let suggestion = help(words);
            assert_eq!(suggestion.is_some(), wanted.is_some(), "{words}");
            assert!(wanted.is_none_or(|wanted| suggestion.unwrap().contains(wanted)), "{words}");
        }
    }

    #[test]
    fn an_ordinary_comment_is_not_a_directive() {
        assert!(!Directive::is_meant("<!-- verify that this is right -->"));
        assert!(!Directive::is_meant("<!-- see verify: below"));
        assert!(Directive::is_meant("<!-- verify: x -->"));
        let kinds = |comments: [&str; 3]| comments.map(Directive::kind);
        assert_eq!(
            kinds(["<!-- verify: ? -->", "<!--verify:? mfa root-mfa-->", "<!-- verify: ? \"a\" -->"]),
            [(); 3].map(|()| Kind::Open)
        );
        assert_eq!(
            kinds(["<!-- verify: none -->", "<!--verify:none-->", "<!--\nverify: none\n-->"]),
            [Kind::None, Kind::None, Kind::None]
        );
        assert_eq!(
            kinds(["<!-- verify: ?x -->", "<!-- verify: mfa ? -->", "<!-- verify: nonesuch -->"]),
            [Kind::Check, Kind::Check, Kind::Check]
        );
        assert_eq!(Directive::kind("<!-- verify: table subnets_1 -->"), Kind::Table("subnets_1".into()));
        for wrong in ["<!-- verify: table -->", "<!-- verify: table a b -->", "<!-- verify: table A -->"] {
            assert_eq!(Directive::kind(wrong), Kind::Check, "{wrong}");
            assert!(
                Directive::parse(wrong, 0).unwrap_err().message.starts_with("`table` gives the table after it a name")
            );
        }
    }

    #[test]
    fn a_misspelt_directive_is_distinguished_from_a_remark() {
        let meant = |comment| Directive::meant(comment, ["root-mfa", "mfa-sign-in", "support-plan"].into_iter());
        for (comment, wanted) in [
            ("<!-- verify root-mfa -->", "<!-- verify: root-mfa -->"),
            ("<!-- verfy: mfa-sign-in -->", "<!-- verify: mfa-sign-in -->"),
            ("<!-- Verify: support-plan account=general -->", "<!-- verify: support-plan account=general -->"),
            ("<!-- VERIFY:suport-plan optional -->", "<!-- verify: support-plan optional -->"),
            ("<!--verify : root-mfa-->", "<!-- verify: root-mfa -->"),
            ("<!-- verifyy; root_mfa -->", "<!-- verify: root-mfa -->"),
            ("<!-- verify -->", "<!-- verify: NAME -->"),
            ("<!--- verify: root-mfa --->", "<!-- verify: root-mfa -->"),
            ("<!-- verified: root-mfa -->", "<!-- verify: root-mfa -->"),
            ("<!-- check: root-mfa optional -->", "<!-- verify: root-mfa optional -->"),
        ] {
            assert_eq!(meant(comment).as_deref(), Some(wanted), "{comment}");
        }
        for comment in [
            "<!-- verify this with Bob before release -->",
            "<!-- Verify later -->",
            "<!-- ready: root-mfa -->",
            "<!-- see root-mfa -->",
            "<!-- check root-mfa -->",
            "<!-- check: does this work? -->",
            "<!-- verify root-mfa works for Bob -->",
            "<!-- -->",
            "<!-- verify: root-mfa -->",
        ] {
            assert_eq!(meant(comment), None, "{comment}");
        }
    }

    #[test]
    fn malformed_directives_say_what_is_wrong() {
        let cases = [
            ("<!-- verify: -->", "must name a check"),
            ("<!-- verify: a=b -->", "must begin with the name"),
            ("<!-- verify: x maybe -->", "name=value"),
            ("<!-- verify: x a=$HOME -->", "letters, digits"),
            ("<!-- verify: x a= -->", "letters, digits"),
            ("<!-- verify: x a=1 a=2 -->", "duplicate"),
            ("<!-- verify: x account=a account=b -->", "duplicate"),
            ("<!-- verify: x optional optional -->", "duplicate"),
            ("<!-- verify: none optional -->", "a checkbox that is not a step"),
            ("<!-- verify: table a b -->", "`table` gives the table after it a name"),
            ("<!-- verify: x \"a -->", "no closing quotation mark"),
            ("<!-- verify: x \"a\" \"b\" -->", "has one title"),
            ("<!-- verify: x name=\"a\" -->", "no quotation marks"),
            ("<!-- verify: x\"a\" -->", "spaces around them"),
            ("<!-- verify: x optional=true -->", "has no value"),
            ("<!-- verify: tables a -->", "no check `tables`"),
            ("<!-- verify: table: a -->", "`table` gives the table after it a name"),
            ("<!-- verify: x \" \" -->", "spaces around them"),
            ("<!-- verify: \"a\" x -->", "must begin with the name"),
            ("<!-- verify: \"a\" -->", "must name a check"),
        ];
        for (comment, message) in cases {
            let malformed = Directive::parse(comment, 0).unwrap_err();
            assert!(malformed.message.contains(message), "{comment}: {}", malformed.message);
        }
    }
}
