//! The stock `mdbook` builds everything else in a chapter as it does without the preprocessor. Generated chapters are
//! built as lessons with directives and parameters, and again with both written by hand in plain Markdown.

use crate::common::Machine;
use std::iter::repeat_with;

/// The number of chapters.
const CHAPTERS: usize = 150;
/// A parameter's value in which every character has a meaning.
const VALUE: &str = "*x* & <b> | _y_";

/// The placeholder in a template for a directive or a parameter.
mod ours {
    pub const HOLE: char = '\u{1}';
    pub const HOLE_IN_CODE: char = '\u{2}';
    pub const DIRECTIVE: char = '\u{3}';
    pub const BOX: char = '\u{4}';
}

/// A template as a lesson.
fn lesson(template: &str) -> String {
    template
        .replace([ours::HOLE, ours::HOLE_IN_CODE], "{{ label }}")
        .replace(ours::DIRECTIVE, "<!-- verify: budget -->")
        .replace(ours::BOX, "[ ] ")
}

/// A template as plain Markdown. A comment replaces a directive, and a step has no checkbox.
fn by_hand(template: &str) -> String {
    let escape = |c: char| if c.is_alphanumeric() { c.to_string() } else { format!("&#{};", u32::from(c)) };
    let escaped: String = VALUE.chars().map(|c| if c == ' ' { c.to_string() } else { escape(c) }).collect();
    template
        .replace(ours::HOLE, &escaped)
        .replace(ours::HOLE_IN_CODE, VALUE)
        .replace(ours::DIRECTIVE, "<!-- a remark -->")
        .replace(ours::BOX, "")
}

/// Numbers that look random and are the same each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn words(&mut self) -> String {
        const WORDS: &[&str] = &[
            "\u{1}",
            "(\u{1})",
            "plain",
            "*soft*",
            "**loud**",
            "~~gone~~",
            "`code`",
            "[link](x.md)",
            "![art](x.png)",
            "<kbd>K</kbd>",
            "<br>",
            "H<sub>2</sub>O",
            "&amp;",
            "\\*",
            "x_y",
            "\"it's\"",
            "a--b",
            "https://x.example/",
            "<https://x.example>",
            "[^1]",
            "<!-- a remark -->",
            "{{ other }}",
            "${{ a }}",
            "{{b}}",
            "$x^{{a}}$",
            "é中🎉",
        ];
        let mut text = "Word".to_owned();
        for _ in 0..self.below(5) {
            text.push_str(self.of(&[" ", " ", " ", " ", "\n", "  \n", "\\\n"]));
            text.push_str(self.of(WORDS));
        }
        text
    }

    /// Blocks, separated by empty lines.
    fn blocks(&mut self, depth: usize, steps: bool) -> String {
        let many = 1 + self.below(4);
        repeat_with(|| self.block(depth, steps)).take(many).collect::<Vec<_>>().join("\n\n")
    }

    fn block(&mut self, depth: usize, steps: bool) -> String {
        match self.below(16) {
            0..=4 if depth < 3 => self.list(depth + 1, steps),
            5 => "```sh\necho \u{2}\n\n- [ ] no step <!-- verify: other -->\n```".to_owned(),
            6 => "Word.\n\n    indented \u{2}\n\n    {{ other }}".to_owned(),
            7 => format!(
                "{} Title {}",
                self.of(&["#", "##", "###"]),
                self.words().replace("\\\n", "").replace('\n', " ")
            ),
            8 => "| a | \u{1} |\n|---|---|\n| `b` | {{c}} |".to_owned(),
            9 if depth < 3 => prefixed(&self.blocks(depth + 1, steps), "> ", "> "),
            10 if depth < 3 => {
                let kind = self.of(&["NOTE", "WARNING"]);
                format!("> [!{kind}]\n{}", prefixed(&self.blocks(depth + 1, steps), "> ", "> "))
            }
            11 => format!("<details>\n<summary>More {}</summary>\n\n{}\n\n</details>", "of it", self.words()),
            12 => "<script>\nlet a = \"{{ label }}\"; // <!-- verify: other -->\n</script>".to_owned(),
            13 => "***".to_owned(),
            14 if steps => "\u{3}".to_owned(),
            15 => format!("Term\n: {}", self.words()),
            _ => self.words(),
        }
    }

    fn list(&mut self, depth: usize, steps: bool) -> String {
        let numbered = self.one_in(2);
        // Only a list that begins with 1 may follow a paragraph's line.
        let first = if depth > 1 { 1 } else { self.below(12) };
        let mark = if numbered { self.of(&[".", ")"]) } else { self.of(&["-", "*", "+"]) };
        let loose = self.one_in(3);
        let items = (first..=first + self.below(4)).map(|number| {
            let mark = if numbered { format!("{number}{mark} ") } else { format!("{mark} ") };
            prefixed(&self.item(depth, steps), &mark, &" ".repeat(mark.len()))
        });
        items.collect::<Vec<_>>().join(if loose { "\n\n" } else { "\n" })
    }

    fn item(&mut self, depth: usize, steps: bool) -> String {
        let step = steps && self.one_in(2);
        let mut item = match (self.one_in(2), step) {
            (true, true) => "\u{4}".to_owned(),
            (true, false) => self.of(&["[ ] ", "[x] "]).to_owned(),
            (false, _) => String::new(),
        };
        item.push_str(&self.words());
        let behind = step && self.one_in(2);
        if behind {
            item.push_str(self.of(&[" \u{3}", "\u{3}", "\n\u{3}"]));
        }
        if depth < 3 && self.one_in(3) {
            item.push_str(&if self.one_in(2) {
                format!("\n{}", self.list(depth + 1, steps))
            } else {
                format!("\n\n{}", self.blocks(depth + 1, false))
            });
        }
        if step && !behind {
            item.push_str("\n\n\u{3}");
        }
        item
    }
}

/// A text with a prefix for its first line and another for the others.
fn prefixed(text: &str, first: &str, others: &str) -> String {
    let line = |(at, line): (usize, &str)| {
        let begin = if at == 0 { first } else { others };
        format!("{begin}{line}").trim_end_matches(|c| c == ' ' && line.is_empty()).to_owned()
    };
    text.split('\n').enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// The pages of a book with these chapters, without the parts around a chapter.
fn pages(chapters: &[String], ours: bool) -> Vec<String> {
    let machine = Machine::empty();
    let verify =
        format!("[preprocessor.verify.params]\nlabel = '{VALUE}'\n[preprocessor.verify.accounts]\nmain = \"yours\"\n");
    let search = "[output.html.search]\nenable = false\n[output.html.print]\nenable = false\n";
    machine.write("book.toml", &format!("{search}{}", if ours { verify.as_str() } else { "" }));
    machine.write(
        "checks/budget.toml",
        "title = \"A budget\"\naccount = \"main\"\n[[expect]]\nthat = \"true\"\nfix = \"x\"\n",
    );
    let summary = (0..chapters.len()).map(|at| format!("- [Chapter](c{at}.md)\n"));
    machine.write("src/SUMMARY.md", &summary.collect::<String>());
    for (at, chapter) in chapters.iter().enumerate() {
        machine.write(&format!("src/c{at}.md"), chapter);
    }
    let ran = machine.mdbook(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let main = |at| {
        let page = machine.read(&format!("book/c{at}.html"));
        let (_, main) = page.split_once("<main>").unwrap();
        main.split_once("</main>").unwrap().0.to_owned()
    };
    (0..chapters.len()).map(main).collect()
}

/// A text without what is between these marks, and their number.
fn without(text: &str, from: &str, to: &str) -> (String, usize) {
    let mut pieces = text.split(from);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    let mut many = 0;
    for piece in pieces {
        kept.push_str(piece.split_once(to).unwrap().1);
        many += 1;
    }
    (kept, many)
}

/// A page without the widgets, and their number.
fn plain(page: &str) -> (String, usize) {
    let (page, widgets) = without(page, "<verify-step ", "</verify-step>");
    let (page, _) = without(&page, "<div class=\"verify-card\">", "</div>");
    let (page, _) = without(&page, "<!--", "-->");
    // The space before a directive, and its lines.
    let lines = page
        .replace("</", "\n</")
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .fold(String::new(), |lines, line| lines + line + "\n");
    (lines, widgets)
}

#[test]
fn what_is_not_ours_is_built_as_without_us() {
    let mut dice = Dice(0x5eed);
    let chapter = |dice: &mut Dice| {
        let text = format!("{}\n\n[^1]: A note \u{1}.\n", dice.blocks(0, true));
        if dice.one_in(6) { text.replace('\n', "\r\n") } else { text }
    };
    let templates: Vec<String> = repeat_with(|| chapter(&mut dice)).take(CHAPTERS).collect();
    let all = |change: fn(&str) -> String| templates.iter().map(|template| change(template)).collect::<Vec<_>>();
    let (with, without) = (pages(&all(lesson), true), pages(&all(by_hand), false));
    let mut directives = 0;
    for ((template, with), without) in templates.iter().zip(&with).zip(&without) {
        let (with, widgets) = plain(with);
        assert_eq!(with, plain(without).0, "{}", lesson(template));
        assert_eq!(widgets, template.matches(ours::DIRECTIVE).count(), "{}", lesson(template));
        directives += widgets;
    }
    assert!(directives > CHAPTERS, "{directives} directives are too few to say much");
}
