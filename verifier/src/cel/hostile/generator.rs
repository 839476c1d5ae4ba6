//! Generates hostile expressions: each compiles, and costs as much as possible. The system tests make courses of them.

/// The type of an expression's value.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Any,
    Bool,
    Number,
    Text,
    List,
    Record,
    Time,
}

const KINDS: [Kind; 6] = [Kind::Bool, Kind::Number, Kind::Text, Kind::List, Kind::Record, Kind::Time];

/// Functions that expressions can call: `let`s with parameters, with their key and their text.
pub const LETS: [(&str, &str); 3] = [
    ("pairs(l)", "l.map(p, [p, l])"),
    ("alike(a, b)", "a == b || string(a).contains('x') && [a, b] == [b, a]"),
    ("fourfold(x)", "[x, x, x, x]"),
];

/// Texts of documents: of no kind, deep, and a policy.
const DOCUMENTS: &[&str] = &[
    "'{\"a\": 1, \"a\": 2}'",
    "'[[[[[[[[1, 2], {\"a\": [null, 1e3]}]]]]]]]'",
    "'{\"Statement\": {\"Effect\": \"Allow\", \"Action\": [\"*\", \"a:b\"]}}'",
];

/// Patterns, of which many compile to something large, or to nothing.
const PATTERNS: &[&str] = &[
    "'(x+x+)+y'",
    "'((x{1,30}){1,30}){1,30}y'",
    "'(?:x?){300}x{300}'",
    "'(.*)(.*)(.*)(.*)(.*)[^x]$'",
    "'((((((((((x*)*)*)*)*)*)*)*)*)*)*$'",
    "'[a-z0-9_.:/-]+(x|xx|xxx|xxxx)*Z'",
    "'('",
    "''",
];

/// Generates expressions over `big` (a text), `long` (a list of numbers), `words` (a list of texts), `rows` (a list of
/// records with a `name`, `sizes` and a `text`) and `now`. They are the same on every machine: numbers follow from the
/// seed by Knuth's MMIX generator.
pub struct Generator {
    state: u64,
    variables: Vec<String>,
    loops: usize,
}

impl Generator {
    pub fn new(seed: u64) -> Generator {
        Generator { state: seed, variables: Vec::new(), loops: 0 }
    }

    /// An expression of any kind, within the limit on length.
    pub fn expression(&mut self) -> String {
        self.short(Kind::Any)
    }

    /// A condition.
    pub fn condition(&mut self) -> String {
        self.short(Kind::Bool)
    }

    /// A list.
    pub fn list(&mut self) -> String {
        self.short(Kind::List)
    }

    /// A value that a sentence can display.
    pub fn text(&mut self) -> String {
        self.short(Kind::Text)
    }

    fn short(&mut self, kind: Kind) -> String {
        loop {
            let expression = self.of(kind, 4);
            if expression.len() < 2000 && brackets(&expression) <= 10 && tokens(&expression) <= 512 {
                return expression;
            }
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap() % bound
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn of(&mut self, kind: Kind, depth: usize) -> String {
        let kind = if kind == Kind::Any { KINDS[self.below(KINDS.len())] } else { kind };
        if depth == 0 || self.below(8) == 0 {
            return self.leaf(kind);
        }
        let depth = depth - 1;
        if self.below(12) == 0 {
            let condition = self.of(Kind::Bool, depth);
            return format!("({condition} ? {} : {})", self.of(kind, depth), self.of(kind, depth));
        }
        match kind {
            Kind::Any | Kind::Bool => self.boolean(depth),
            Kind::Number => self.number(depth),
            Kind::Text => self.words(depth),
            Kind::List => self.many(depth),
            Kind::Record => {
                let (key, one, other) = (self.of(Kind::Text, 0), self.of(Kind::Any, depth), self.of(Kind::Any, depth));
                format!("{{'a': {one}, {key} + 'b': {other}}}")
            }
            Kind::Time => format!("({} + duration('{}h'))", self.of(Kind::Time, depth), self.below(100)),
        }
    }

    fn leaf(&mut self, kind: Kind) -> String {
        if !self.variables.is_empty() && self.below(3) > 0 {
            let at = self.below(self.variables.len());
            return self.variables[at].clone();
        }
        match kind {
            Kind::Any | Kind::Bool => self.one(&["true", "false", "has(rows[0].name)", "has(rows[0].none)"]).to_owned(),
            Kind::Number => self
                .one(&["1", "-7", "2.5", "1e308", "9223372036854775807", "3u", "long[1]", "rows[0].sizes[0]"])
                .to_owned(),
            Kind::Text => match self.below(7) {
                // A document that cannot be parsed, and two that can.
                0 => self.one(DOCUMENTS).to_owned(),
                1 => format!("'{}'", "long literal ".repeat(1 + self.below(20))),
                _ => self.one(&["big", "words[0]", "rows[1].text", "'x'", "rows[0].name"]).to_owned(),
            },
            Kind::List => self.one(&["long", "words", "rows", "rows[0].sizes", "[]", "[[1], [big]]"]).to_owned(),
            Kind::Record => self.one(&["rows[0]", "{'a': big}", "rows[1]"]).to_owned(),
            Kind::Time => self.one(&["now", "timestamp('2026-11-26T00:00:00Z')"]).to_owned(),
        }
    }

    fn boolean(&mut self, depth: usize) -> String {
        let two = |it: &mut Self, kind| (it.of(kind, depth), it.of(kind, depth));
        match self.below(18) {
            0 | 1 => self.each(&["exists", "all", "exists_one", "existsOne"], Kind::Bool, depth),
            2 => {
                let (one, other) = two(self, Kind::Any);
                format!("({one} {} {other})", self.one(&["==", "!="]))
            }
            3 => {
                let (one, other) = two(self, Kind::List);
                format!("({one} {} {other})", self.one(&["==", "!=", "in"]))
            }
            4 => {
                let kind = [Kind::Text, Kind::Number, Kind::Time][self.below(3)];
                let (one, other) = two(self, kind);
                format!("({one} {} {other})", self.one(&["<", "<=", ">", ">="]))
            }
            5 => format!("({} in {})", self.of(Kind::Any, depth), self.of(Kind::List, depth)),
            6 | 7 => {
                let (one, other) = two(self, Kind::Bool);
                format!("({one} {} {other})", self.one(&["&&", "||"]))
            }
            8 => format!("!{}", self.of(Kind::Bool, depth)),
            9 => {
                let (one, other) = two(self, Kind::Text);
                format!("{one}.{}({other})", self.one(&["contains", "startsWith", "endsWith"]))
            }
            10 => format!("alike({}, {})", self.of(Kind::Any, depth), self.of(Kind::Any, depth)),
            11 => format!("allows({}, {}, [big, big])", self.of(Kind::Record, depth), self.of(Kind::Text, depth)),
            14 | 15 => {
                let text = self.of(Kind::Text, depth);
                format!("{text}.matches({})", self.one(PATTERNS))
            }
            16 => format!("matches({}, {})", self.of(Kind::Text, depth), self.of(Kind::Text, depth)),
            17 => {
                let policy = format!("policy({}).statements", self.of(Kind::Text, depth));
                format!("('*' in {policy}[0].actions)")
            }
            12 => format!("denies({}, big, words)", self.of(Kind::Record, depth)),
            _ => format!("allows_others({}, {})", self.of(Kind::Record, depth), self.of(Kind::List, depth)),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        match self.below(9) {
            8 => format!("{}.indexOf({})", self.of(Kind::Text, depth), self.of(Kind::Text, depth)),
            0 => format!("{}.size()", self.of(Kind::List, depth)),
            1 => format!("size({})", self.of(Kind::Text, depth)),
            2 => format!("{}({})", self.one(&["int", "double", "uint"]), self.of(Kind::Text, depth)),
            3 => format!("-{}", self.of(Kind::Number, depth)),
            4 => format!("{}.{}()", self.of(Kind::Time, depth), self.one(&["getFullYear", "getDayOfYear", "getHours"])),
            5 => format!("{}[{}]", self.of(Kind::List, depth), self.of(Kind::Number, depth)),
            _ => {
                let (one, other) = (self.of(Kind::Any, depth), self.of(Kind::Any, depth));
                format!("({one} {} {other})", self.one(&["+", "-", "*", "/", "%"]))
            }
        }
    }

    fn words(&mut self, depth: usize) -> String {
        match self.below(13) {
            7 | 8 => {
                let text = self.of(Kind::Text, depth);
                let old = self.one(&["''", "'x'", "big", "' '"]);
                format!("{text}.replace({old}, {})", self.of(Kind::Text, depth))
            }
            9 => format!("{}.join({})", self.of(Kind::List, depth), self.of(Kind::Text, depth)),
            10 => format!("{}.split('').join({})", self.of(Kind::Text, depth), self.of(Kind::Text, depth)),
            11 => format!("{}.{}()", self.of(Kind::Text, depth), self.one(&["lowerAscii", "upperAscii", "trim"])),
            12 => format!("{}.substring({})", self.of(Kind::Text, depth), self.below(3)),
            0..=2 => format!("({} + {})", self.of(Kind::Text, depth), self.of(Kind::Text, depth)),
            3 => format!("fold({})", self.of(Kind::Text, depth)),
            4 => format!("string(bytes({}))", self.of(Kind::Text, depth)),
            5 => format!("string({})", self.of(Kind::Any, depth)),
            _ => format!("{}{}", self.of(Kind::Record, depth), self.one(&[".text", ".a", "['a']"])),
        }
    }

    fn many(&mut self, depth: usize) -> String {
        match self.below(12) {
            8 | 9 => format!("{}.split({})", self.of(Kind::Text, depth), self.one(&["''", "'x'", "big", "' '"])),
            10 if self.loops < 3 => {
                self.loops += 1;
                let keys = format!("json({}).map(k, [k])", self.of(Kind::Text, depth));
                self.loops -= 1;
                keys
            }
            11 => format!("[json({})]", self.of(Kind::Text, depth)),
            0..=2 => self.each(&["map", "map", "filter"], Kind::Any, depth),
            3 => format!("({} + {})", self.of(Kind::List, depth), self.of(Kind::List, depth)),
            4 => {
                let of = self.of(Kind::Any, depth);
                format!("[{}]", [of.as_str(); 8].join(", "))
            }
            5 => format!("fourfold({})", self.of(Kind::Any, depth)),
            6 => format!("dyn({})", self.of(Kind::List, depth)),
            7 if self.loops == 0 => {
                self.loops += 1;
                let pairs = format!("pairs({})", self.of(Kind::List, depth.min(1)));
                self.loops -= 1;
                pairs
            }
            _ => format!("[{}, {}]", self.of(Kind::Any, depth), self.of(Kind::List, depth)),
        }
    }

    /// A loop, if another level of loops is allowed. The list of a loop counts as inside it.
    fn each(&mut self, macros: &[&str], kind: Kind, depth: usize) -> String {
        if self.loops >= 3 {
            return self.leaf(Kind::List);
        }
        self.loops += 1;
        let list = self.of(Kind::List, depth);
        let name = self.one(macros);
        let variable = format!("v{}", self.variables.len());
        self.variables.push(variable.clone());
        let body = self.of(if name == "filter" { Kind::Bool } else { kind }, depth);
        self.variables.pop();
        self.loops -= 1;
        // Without brackets, the dot would apply to the last part only.
        format!("({list}).{name}({variable}, {body})")
    }
}

/// How many words and signs there are, at most.
fn tokens(expression: &str) -> usize {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = expression.split(|c| !is_word(c)).filter(|word| !word.is_empty()).count();
    words + expression.chars().filter(|c| !is_word(*c) && *c != ' ').count()
}

/// How deep brackets are nested.
fn brackets(expression: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for c in expression.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
