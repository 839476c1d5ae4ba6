//! Explains why CEL's parser rejects an expression, in the words of somebody who knows other languages.

use std::ops::Range;

use super::malformed::Malformed;
use course::words::RESERVED;

/// A sign or word of another language, and what to write.
#[rustfmt::skip]
const ELSEWHERE: &[(&str, &str)] = &[
    ("===", "=="), ("!==", "!="), ("<>", "!="), ("=<", "<="), ("=", "=="), ("&", "&&"), ("|", "||"), ("**", "*"),
    ("and", "&&"), ("or", "||"), ("not", "!"), ("is", "=="), ("xor", "!="), ("eq", "=="), ("ne", "!="),
];

/// A sign that looks like another, and what to write.
const ALIKE: &[(&str, &str)] =
    &[("≥", ">="), ("≤", "<="), ("≠", "!="), ("–", "-"), ("—", "-"), ("−", "-"), ("×", "*"), ("÷", "/")];

/// What HTML writes for a sign, without `&` and `;`.
const HTML: &[(&str, &str)] = &[("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("#39", "'")];

/// Explains an error that the parser found at a byte of an expression.
pub(super) fn explain(source: &str, found: usize) -> Malformed {
    if source.trim().is_empty() {
        return wrong(0..source.len(), "the expression is empty", "write a condition, or remove the key");
    }
    let tokens = match tokens(source) {
        Ok(tokens) => tokens,
        Err(quote) => {
            let help = "end it with the same quotation mark; write a quotation mark in it as \\\\'";
            return wrong(quote, "the text that begins here has no closing quotation mark", help);
        }
    };
    invisible(source, &tokens)
        .or_else(|| foreign(source, &tokens))
        .or_else(|| braces(source, &tokens))
        .or_else(|| round_list(source, &tokens))
        .or_else(|| brackets(source, &tokens))
        .or_else(|| missing_side(source, &tokens))
        .unwrap_or_else(|| {
            let token = tokens.iter().find(|token| token.end > found).cloned().unwrap_or(found..source.len());
            let text = &source[token.clone()];
            match RESERVED.contains(&text) {
                true => {
                    wrong(token, &format!("`{text}` is a reserved word, so it cannot be a name"), "use another name")
                }
                false => {
                    let help = "an operator, a comma or a bracket may be missing before it";
                    wrong(token, &format!("`{text}` cannot be at this place"), help)
                }
            }
        })
}

fn wrong(range: Range<usize>, message: &str, help: &str) -> Malformed {
    Malformed { message: message.to_owned(), range, help: Some(help.to_owned()) }
}

/// The words, texts and signs of an expression, or the quotation mark that has no end. Signs of an operator are together.
fn tokens(source: &str) -> Result<Vec<Range<usize>>, Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut chars = source.char_indices().peekable();
    while let Some((begin, first)) = chars.next() {
        let mut end = begin + first.len_utf8();
        let mut more = |belongs: &dyn Fn(char) -> bool| {
            while let Some((at, c)) = chars.next_if(|(_, c)| belongs(*c)) {
                end = at + c.len_utf8();
            }
        };
        match first {
            c if c.is_whitespace() => continue,
            '\'' | '"' => end = closing(source, begin, first).ok_or(begin..end)?,
            c if is_word(c) => more(&is_word),
            c if is_operator(c) => more(&is_operator),
            _ => {}
        }
        while chars.next_if(|(at, _)| *at < end).is_some() {}
        tokens.push(begin..end);
    }
    Ok(tokens)
}

/// The end of the text that begins with a quotation mark.
fn closing(source: &str, begin: usize, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in source[begin + 1..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(begin + 1 + at + 1),
            _ => {}
        }
    }
    None
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_operator(c: char) -> bool {
    "=!<>&|*".contains(c)
}

/// A character that cannot be seen, or a space that is not the ordinary one.
fn invisible(source: &str, tokens: &[Range<usize>]) -> Option<Malformed> {
    let is_in_text = |at: usize| {
        let token = tokens.iter().find(|token| token.contains(&at));
        token.is_some_and(|token| source[token.clone()].starts_with(['\'', '"']))
    };
    let is_odd = |c: char| c.is_whitespace() && !c.is_ascii() || "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}".contains(c);
    let (at, c) = source.char_indices().find(|(at, c)| is_odd(*c) && !is_in_text(*at))?;
    let what = if c.is_whitespace() { "this is not an ordinary space" } else { "there is an invisible character here" };
    Some(wrong(at..at + c.len_utf8(), what, "delete it, and type a space"))
}

/// A sign or a word that CEL does not have.
fn foreign(source: &str, tokens: &[Range<usize>]) -> Option<Malformed> {
    let text_of = |number: usize| tokens.get(number).map_or("", |token| &source[token.clone()]);
    for (number, token) in tokens.iter().enumerate() {
        let text = &source[token.clone()];
        let (before, after) = (number.checked_sub(1).map(text_of), text_of(number + 1));
        let is_field = before == Some(".");
        let whole = |end: usize| token.start..tokens[end].end;
        let (range, message, help) = match (text.to_ascii_lowercase().as_str(), after) {
            ("&", _) if html(source, tokens, number).is_some() => {
                let (end, ours) = html(source, tokens, number)?;
                let range = whole(end);
                let message = format!("`{}` is written for HTML", &source[range.clone()]);
                (range, message, format!("write {ours}"))
            }
            ("is", "not") if !is_field => (whole(number + 1), "expressions have no `is not`".into(), "write !=".into()),
            ("not", "in") if !is_field => {
                (whole(number + 1), "expressions have no `not in`".into(), "write !(value in list)".into())
            }
            ("like" | "contains" | "startswith" | "endswith" | "matches", after) if !is_field && after != "(" => {
                let ours = match text.to_ascii_lowercase().as_str() {
                    "startswith" => "text.startsWith('my-')",
                    "endswith" => "text.endsWith('-logs')",
                    "matches" => "text.matches('^my-')",
                    _ => "text.contains('my-'), or text.matches('^my-') for a pattern",
                };
                (token.clone(), format!("`{text}` is not an operator"), format!("write {ours}"))
            }
            ("$", number) if number.starts_with(|c: char| c.is_ascii_digit()) => {
                (token.clone(), "a number has no sign of a currency".into(), format!("remove it: write {number}"))
            }
            ("%", after) if !begins_value(after) && before.is_some_and(is_number) => {
                (token.clone(), "a number has no `%`".into(), "write the number alone".into())
            }
            (folded, _) => match elsewhere(folded, text, is_field) {
                Some((message, help)) => (token.clone(), message, help),
                None => match of_other_languages(source, tokens, number) {
                    Some((message, help)) => (token.clone(), message.to_owned(), help.to_owned()),
                    None => continue,
                },
            },
        };
        return Some(wrong(range, &message, &help));
    }
    None
}

/// What is wrong with a sign or word that has one counterpart, and what to write.
fn elsewhere(folded: &str, text: &str, is_field: bool) -> Option<(String, String)> {
    let known = ELSEWHERE.iter().chain(ALIKE).find(|(other, _)| *other == folded).filter(|_| !is_field)?;
    Some((format!("expressions have no `{text}`"), format!("write {}", known.1)))
}

fn of_other_languages(source: &str, tokens: &[Range<usize>], number: usize) -> Option<(&'static str, &'static str)> {
    let before = number.checked_sub(1).map(|number| &source[tokens[number].clone()]);
    Some(match &source[tokens[number].clone()] {
        "=>" if before.is_some_and(|before| before.starts_with(is_word)) && in_call(source, tokens, number) => {
            ("expressions have no functions with `=>`", "write a comma after the variable: list.exists(x, condition)")
        }
        "=>" => ("expressions have no `=>`", "write >= for “at least”"),
        "‘" | "’" | "‚" | "“" | "”" | "„" | "«" | "»" | "`" => {
            ("this is no quotation mark of expressions", "write a text between straight quotation marks: 'COST'")
        }
        "#" => ("expressions have no comments", "write the comment on a line of its own above the key"),
        ";" => ("expressions have no `;`", "remove it: a key has one expression"),
        "$" => ("expressions have no `$`", "write the name alone, without $ and braces"),
        "if" | "else" | "then" if before != Some(".") => {
            ("expressions have no `if`", "write condition ? value : other, or use the key `when`")
        }
        _ => return None,
    })
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a token can be the beginning of a value.
fn begins_value(text: &str) -> bool {
    text.starts_with(|c: char| is_word(c) || "('\"[{-".contains(c))
}

/// Signs as HTML writes them, from the `&` at a token: the last token, and what they mean.
fn html(source: &str, tokens: &[Range<usize>], number: usize) -> Option<(usize, String)> {
    let text_of = |number: usize| tokens.get(number).map_or("", |token| &source[token.clone()]);
    let (mut at, mut ours) = (number, String::new());
    while text_of(at) == "&" && text_of(at + 2) == ";" {
        let Some((_, sign)) = HTML.iter().find(|(name, _)| *name == text_of(at + 1)) else { break };
        ours.push_str(sign);
        at += 3;
    }
    (at > number).then(|| (at - 1, ours))
}

/// Braces around a name, as in sentences and lessons, or around a list.
fn braces(source: &str, tokens: &[Range<usize>]) -> Option<Malformed> {
    let text_of = |token: &Range<usize>| &source[token.clone()];
    let mut end = tokens.iter().position(|token| text_of(token) == "}")?;
    let mut begin = tokens[..end].iter().rposition(|token| text_of(token) == "{")?;
    let within = source[tokens[begin].end..tokens[end].start].trim();
    while begin > 0 && text_of(&tokens[begin - 1]) == "{" && tokens.get(end + 1).is_some_and(|it| text_of(it) == "}") {
        (begin, end) = (begin - 1, end + 1);
    }
    if within.is_empty() || within.contains(':') {
        return None;
    }
    let range = tokens[begin].start..tokens[end].end;
    Some(match within.contains(',') {
        true => wrong(range, "a list is between square brackets", &format!("write [{within}]")),
        false => wrong(range, "an expression has no braces around a name", &format!("write {within}")),
    })
}

/// A list in round brackets after `in`.
fn round_list(source: &str, tokens: &[Range<usize>]) -> Option<Malformed> {
    let text_of = |token: &Range<usize>| &source[token.clone()];
    let begin = tokens.windows(2).position(|pair| text_of(&pair[0]) == "in" && text_of(&pair[1]) == "(")? + 1;
    let end = begin + tokens[begin..].iter().position(|token| text_of(token) == ")")?;
    let within = source[tokens[begin].end..tokens[end].start].trim();
    let range = tokens[begin].start..tokens[end].end;
    within.contains(',').then(|| wrong(range, "a list is between square brackets", &format!("write [{within}]")))
}

/// Whether the word before a token is the first argument of a call.
fn in_call(source: &str, tokens: &[Range<usize>], number: usize) -> bool {
    let before = number.checked_sub(2).map(|number| &source[tokens[number].clone()]);
    before == Some("(")
}

/// Brackets that do not match.
fn brackets(source: &str, tokens: &[Range<usize>]) -> Option<Malformed> {
    let mut open: Vec<&Range<usize>> = Vec::new();
    for token in tokens {
        let text = &source[token.clone()];
        let opening = match text {
            "(" | "[" | "{" => {
                open.push(token);
                continue;
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => continue,
        };
        match open.pop().map(|begin| &source[begin.clone()]) {
            Some(begin) if begin == opening => {}
            Some(begin) => {
                let message = format!("`{text}` does not close `{begin}`");
                return Some(wrong(token.clone(), &message, "close brackets in the order in which they were opened"));
            }
            None => return Some(wrong(token.clone(), &format!("`{text}` closes nothing"), "remove it")),
        }
    }
    let begin = open.pop()?;
    let text = &source[begin.clone()];
    Some(wrong(begin.clone(), &format!("`{text}` is not closed"), "add the closing bracket"))
}

/// An operator without a value on one side.
fn missing_side(source: &str, tokens: &[Range<usize>]) -> Option<Malformed> {
    const BINARY: [&str; 14] = ["&&", "||", "==", "!=", "<", "<=", ">", ">=", "+", "*", "/", "%", "in", "?"];
    let text = |token: &Range<usize>| &source[token.clone()];
    let is_binary = |token: &Range<usize>| BINARY.contains(&text(token));
    let last = tokens.last().filter(|last| is_binary(last) || [".", ",", "!", "-"].contains(&text(last)));
    if let Some(last) = last {
        let message = format!("something is missing after `{}`", text(last));
        return Some(wrong(last.clone(), &message, "write what follows, or remove it"));
    }
    let first = tokens.first().filter(|first| is_binary(first))?;
    let message = format!("something is missing before `{}`", text(first));
    Some(wrong(first.clone(), &message, "write what it compares or connects, or remove it"))
}

#[cfg(test)]
mod tests {
    use super::super::{on_a_thread, read};

    #[test]
    fn what_other_languages_have_is_explained() {
        for (source, at, help) in [
            ("a.mfa = true", "=", "write =="),
            ("a.mfa === true", "===", "write =="),
            ("a <> b", "<>", "write !="),
            ("a and b", "and", "write &&"),
            ("a OR b", "OR", "write ||"),
            ("not a", "not", "write !"),
            ("a & b", "&", "write &&"),
            ("x.exists(b => b)", "=>", "a comma"),
            ("b => 5", "=>", "write >="),
            ("a == ‘x’", "‘", "straight"),
            ("a == 'it is", "'", "same quotation mark"),
            ("f(a", "(", "closing bracket"),
            ("f(a))", ")", "remove"),
            ("f(a]", "]", "in the order"),
            ("a &&", "&&", "what follows"),
            ("== 5", "==", "compares"),
            (" ", " ", "a condition"),
            ("a # b", "#", "above the key"),
            ("if a then b", "if", "`when`"),
            ("a b", "b", "may be missing"),
            ("a &amp;&amp; b", "&amp;&amp;", "write &&"),
            ("a &lt; b", "&lt;", "write <"),
            ("a is not b", "is not", "write !="),
            ("a not in b", "not in", "!(value in list)"),
            ("a like 'b%'", "like", "contains"),
            ("a contains 'b'", "contains", "text.contains"),
            ("a >= $10", "$", "write 10"),
            ("a >= 50%", "%", "number alone"),
            ("a ≥ 5", "≥", "write >="),
            ("a – 5", "–", "write -"),
            ("a\u{a0}>= 5", "\u{a0}", "type a space"),
            ("a \u{200b}>= 5", "\u{200b}", "type a space"),
            ("a >= {b}", "{b}", "write b"),
            ("f({{ input.b }}) > 1", "{{ input.b }}", "write input.b"),
            ("a in ('b', 'c')", "('b', 'c')", "write ['b', 'c']"),
            ("a in {'b', 'c'}", "{'b', 'c'}", "write ['b', 'c']"),
            ("a.exists(for, for.b)", "for", "list.exists(x"),
            ("b == for", "for", "another name"),
            ("a == 'and' b", "b", "may be missing"),
        ] {
            let wrong = on_a_thread(move || read(source)).unwrap().unwrap_err();
            assert_eq!(&source[wrong.range.clone()], at, "{source}: {wrong:?}");
            assert!(wrong.help.as_ref().is_some_and(|it| it.contains(help)), "{source}: {wrong:?}");
        }
    }

    #[test]
    fn what_is_right_is_no_mistake() {
        for source in [
            "a.and == b.or",
            "a && !b || c >= 5",
            "'a = b' == a",
            "'it\\'s' == a",
            "a ? b : -c",
            "a % 2 == 1",
            "{'a': b}['a'] == 'x'",
            "'a\u{a0}b' == c",
            "(a) in [b, c]",
        ] {
            assert!(on_a_thread(move || read(source)).unwrap().is_ok(), "{source}");
        }
    }
}
