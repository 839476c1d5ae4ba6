//! Explains why CEL's parser rejects an expression, in the words of somebody who knows other languages.

use std::ops::Range;

use super::malformed::Malformed;

/// A sign or word of another language, and what to write.
#[rustfmt::skip]
const ELSEWHERE: &[(&str, &str)] = &[
    ("===", "=="), ("!==", "!="), ("<>", "!="), ("=<", "<="), ("=", "=="), ("&", "&&"), ("|", "||"), ("**", "*"),
    ("and", "&&"), ("or", "||"), ("not", "!"), ("is", "=="), ("xor", "!="), ("eq", "=="), ("ne", "!="),
];

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
    let at = |token: &Range<usize>| &source[token.clone()];
    foreign(source, &tokens)
        .or_else(|| brackets(source, &tokens))
        .or_else(|| missing_side(source, &tokens))
        .unwrap_or_else(|| {
            let token = tokens.iter().find(|token| token.end > found).cloned().unwrap_or(found..source.len());
            let message = format!("`{}` cannot be at this place", at(&token));
            let help = "an operator, a comma or a bracket may be missing before it; words such as `for` and `let` are reserved";
            Malformed { message, range: token, help: Some(help.to_owned()) }
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

/// A sign or a word that CEL does not have.
fn foreign(source: &str, tokens: &[Range<usize>]) -> Option<Malformed> {
    for (number, token) in tokens.iter().enumerate() {
        let text = &source[token.clone()];
        let before = number.checked_sub(1).map(|number| &source[tokens[number].clone()]);
        let is_field = before == Some(".");
        let instead = ELSEWHERE.iter().find(|(other, _)| *other == text.to_ascii_lowercase()).filter(|_| !is_field);
        if let Some((_, ours)) = instead {
            return Some(wrong(token.clone(), &format!("expressions have no `{text}`"), &format!("write {ours}")));
        }
        let (message, help) = match text {
            "=>" if before.is_some_and(|before| before.starts_with(is_word)) && in_call(source, tokens, number) => (
                "expressions have no functions with `=>`",
                "write a comma after the variable: list.exists(x, condition)",
            ),
            "=>" => ("expressions have no `=>`", "write >= for “at least”"),
            "‘" | "’" | "‚" | "“" | "”" | "„" | "«" | "»" | "`" => {
                ("this is no quotation mark of expressions", "write a text between straight quotation marks: 'COST'")
            }
            "#" => ("expressions have no comments", "write the comment on a line of its own above the key"),
            ";" => ("expressions have no `;`", "remove it: a key has one expression"),
            "$" => ("expressions have no `$`", "write the name alone, without $ and braces"),
            "if" | "else" | "then" if !is_field => {
                ("expressions have no `if`", "write condition ? value : other, or use the key `when`")
            }
            _ => continue,
        };
        return Some(wrong(token.clone(), message, help));
    }
    None
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
            ("a == 'and' b", "b", "may be missing"),
        ] {
            let wrong = on_a_thread(move || read(source)).unwrap().unwrap_err();
            assert_eq!(&source[wrong.range.clone()], at, "{source}: {wrong:?}");
            assert!(wrong.help.as_ref().is_some_and(|it| it.contains(help)), "{source}: {wrong:?}");
        }
    }

    #[test]
    fn what_is_right_is_no_mistake() {
        for source in ["a.and == b.or", "a && !b || c >= 5", "'a = b' == a", "'it\\'s' == a", "a ? b : -c"] {
            assert!(on_a_thread(move || read(source)).unwrap().is_ok(), "{source}");
        }
    }
}
