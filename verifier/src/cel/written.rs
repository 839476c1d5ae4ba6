//! Expressions as authors write them: parsed and compiled within limits.

use cel::Program;
use cel::parser::Expression as Tree;
use course::diagnostic::byte_at;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::environment::env;
use super::expression::Expression;
use super::malformed::Malformed;
use super::syntax;
use super::{guard, names, rewrite, thread};

/// The longest expression. The longest of our course is a tenth of it.
pub(crate) const MAX_BYTES: usize = 2048;
/// The maximum number of words, signs and literals. cel's parser takes some microseconds for each.
pub(crate) const MAX_TOKENS: usize = 512;
/// The deepest nesting of brackets: cel's parser takes more than 100 KB of stack a level in a debug build.
pub(crate) const MAX_DEPTH: usize = 10;
/// The deepest nesting of `exists`, `map` and the like. Their costs multiply, and the budget bounds them. Answers are deep:
/// an address range of a rule of a security group of a region takes four.
pub(crate) const MAX_COMPREHENSIONS: usize = 4;

/// A compiled expression with its source, for messages about its text.
#[derive(Debug)]
pub struct Written {
    source: String,
    program: Program,
    /// Its tree with `let`s written out.
    expanded: Tree,
    names: Box<[names::Name]>,
}

/// The texts of a check. Each is compiled once, however often it is used.
#[derive(Debug)]
pub struct Texts {
    lets: rewrite::Lets,
    compiled: RefCell<BTreeMap<String, Result<Rc<Written>, Malformed>>>,
    /// The memory that is left for compiled texts, in bytes. A text that does not fit is compiled again.
    room: Cell<usize>,
}

/// The limit for the compiled texts of a check while it is processed, in bytes.
const ROOM: usize = 8 << 20;

impl Texts {
    /// Texts that may use these `let`s.
    pub fn new(lets: rewrite::Lets) -> Texts {
        Texts { lets, compiled: RefCell::default(), room: Cell::new(ROOM) }
    }

    /// The `let`s, before rewriting.
    pub fn lets(&self) -> &rewrite::Lets {
        &self.lets
    }

    /// A compiled text. Call it [`super::on_a_thread`].
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn compiled(&self, source: &str) -> Result<Rc<Written>, Malformed> {
        if let Some(known) = self.compiled.borrow().get(source) {
            return known.clone();
        }
        let compiled = Written::with(source, &self.lets).map(Rc::new);
        // The tree before rewriting is kept, too.
        let trees = compiled.as_ref().map_or(0, |written| 2 * names::memory(&written.expanded));
        if let Some(left) = self.room.get().checked_sub(trees + source.len()) {
            self.room.set(left);
            self.compiled.borrow_mut().insert(source.to_owned(), compiled.clone());
        }
        compiled
    }
}

impl Written {
    /// Compiles an expression without `let`s. Call it [`super::on_a_thread`].
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(source: &str) -> Result<Written, Malformed> {
        Written::with(source, &rewrite::Lets::new())
    }

    /// Compiles an expression that may use these `let`s. Call it [`super::on_a_thread`].
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn with(source: &str, lets: &rewrite::Lets) -> Result<Written, Malformed> {
        let program = program(source)?;
        let fail = |message| Malformed { message, range: 0..source.len(), help: None };
        let expanded = rewrite::expand(program.expression(), lets).map_err(fail)?;
        let nested = names::comprehension_depth(&expanded);
        if nested > MAX_COMPREHENSIONS {
            return Err(fail(format!(
                "the expression nests `exists`, `map` and the like {nested} deep; {MAX_COMPREHENSIONS} are allowed"
            )));
        }
        let names = names::used(&expanded).into();
        Ok(Written { source: source.to_owned(), program, expanded, names })
    }

    /// The expression to evaluate.
    pub fn expression(&self) -> Expression {
        let guarded = guard::guard(&self.expanded);
        Expression {
            source: self.source.clone(),
            steps: guard::steps(&guarded),
            guarded: Box::new(guarded),
            names: self.names.clone(),
            literals: names::literals(&self.expanded).into(),
            fields: names::fields(&self.expanded).into(),
        }
    }

    /// The text that it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it uses, see [`names`], including those of the `let`s that are written out in it.
    pub fn names(&self) -> &[names::Name] {
        &self.names
    }

    /// Its syntax tree, before rewriting. Walk it [`super::on_a_thread`].
    pub fn tree(&self) -> &Tree {
        self.program.expression()
    }

    /// Its syntax tree with `let`s written out, whose nodes may come from other texts. Walk it [`super::on_a_thread`].
    pub fn expanded(&self) -> &Tree {
        &self.expanded
    }

    /// The range of a node of its tree in the text: this word, directly before or after the node's sign, or the sign
    /// itself.
    pub fn range(&self, node: u64, word: Option<&str>) -> Option<Range<usize>> {
        let source = self.source();
        let (start, stop) = self.program.source_info().offset_for(node)?;
        // CEL's parser counts characters.
        let byte = |at: u32| source.char_indices().nth(at as usize).map_or(source.len(), |(byte, _)| byte);
        let sign = byte(start)..byte(stop.saturating_add(1)).max(byte(start));
        let Some(word) = word else { return Some(sign) };
        // A call's sign is its bracket.
        let before = source[..sign.start].trim_end();
        if source[sign.clone()].starts_with('(') && before.ends_with(word) {
            return Some(before.len() - word.len()..before.len());
        }
        let found = source[sign.start..].find(word).map(|at| sign.start + at);
        Some(found.map_or(sign, |at| at..at + word.len()))
    }
}

impl Expression {
    /// Compiles an expression without `let`s. Call it [`super::on_a_thread`].
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(source: &str) -> Result<Expression, String> {
        Written::parse(source).map(|written| written.expression()).map_err(|wrong| wrong.message)
    }
}

/// Parses an expression. Call it [`super::on_a_thread`].
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(source: &str) -> Result<Tree, Malformed> {
    program(source).map(|program| program.expression().clone())
}

/// Builds the tables of cel's parser, which happens once in a process, on its own thread. Call it while there is other
/// work to do before the first expression is compiled.
pub fn warm_up() {
    // If no thread can be created, the first expression builds them.
    drop(thread::begin(Box::new(|| drop(Expression::compile("true")))));
}

fn program(source: &str) -> Result<Program, Malformed> {
    let fail = |message: String| Err(Malformed { message, range: 0..source.len(), help: None });
    if source.len() > MAX_BYTES {
        return fail(format!("the expression has {} bytes; {MAX_BYTES} are allowed", source.len()));
    }
    let tokens = names::tokens(source);
    if tokens > MAX_TOKENS {
        return fail(format!("the expression has {tokens} words, signs and literals; {MAX_TOKENS} are allowed"));
    }
    let depth = names::bracket_depth(source);
    if depth > MAX_DEPTH {
        return fail(format!("the expression nests brackets {depth} deep; {MAX_DEPTH} are allowed"));
    }
    env().compile(source).map_err(|errors| rejected(source, &errors))
}

/// Why CEL's parser rejects an expression. Its own messages about signs and words are those of its grammar.
fn rejected(source: &str, errors: &cel::ParseErrors) -> Malformed {
    let range = place(source, errors);
    let fail = |message: &str| Malformed { message: message.to_owned(), range: range.clone(), help: None };
    let said = |what: &dyn Fn(&str) -> bool| errors.errors.iter().any(|error| what(&error.msg));
    if said(&|message| message.contains("Recursion limit")) {
        return fail("the expression nests too many parts in one another");
    }
    if said(&|message| message.starts_with("unsupported syntax") && message.contains('?')) {
        return fail("optional values are not supported: use has(record.field) or list.size() > 0 first");
    }
    if said(&|message| message.contains("must be a simple name")) {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let rest = &source[range.start..];
        let range = range.start..range.end.max(range.start + rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        return Malformed {
            message: "the first argument is a variable, and this cannot be its name".to_owned(),
            range,
            help: Some("write a short name, as in list.exists(x, condition)".to_owned()),
        };
    }
    let is_syntax =
        |message: &str| ["Syntax error", "reserved identifier"].iter().any(|kind| message.starts_with(kind));
    match errors.errors.iter().find(|error| !is_syntax(&error.msg)) {
        Some(error) => fail(error.msg.lines().next().unwrap_or_default()),
        None => syntax::explain(source, range.start),
    }
}

/// Where the first parse error is.
fn place(source: &str, errors: &cel::ParseErrors) -> Range<usize> {
    let Some((line, column)) = errors.errors.first().map(|error| error.pos) else { return 0..source.len() };
    let (Ok(line), Ok(column)) = (usize::try_from(line), usize::try_from(column)) else { return 0..source.len() };
    // What is missing at the end is reported at the last character.
    let at = byte_at(source, line, column);
    at..at + source[at..].chars().next().map_or(0, char::len_utf8)
}
