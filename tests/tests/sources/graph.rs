//! Finds which file of a crate uses which, from the names in its sources.
//!
//! A name is resolved to the file that defines it. A file that uses a re-exported name uses its original file, and a
//! module that only re-exports a name does not use it. Method calls are not resolved.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What the first file uses from the second.
pub type Uses = BTreeMap<(String, String), BTreeSet<String>>;

type Path = Vec<String>;

/// A module: a file, or a part of one.
struct Module {
    file: String,
    items: BTreeSet<String>,
    imports: BTreeMap<String, Path>,
    globs: Vec<Path>,
    /// Paths in its code and private imports.
    mentions: BTreeSet<Path>,
}

enum Found {
    Module(Path),
    Item { file: String },
}

/// Reads a crate from its files, starting with the root, and finds what each file uses from the others.
pub fn uses(files: &BTreeMap<String, String>, root: &str) -> Uses {
    let mut modules = Modules { files, modules: BTreeMap::new() };
    modules.read_file(Vec::new(), root);
    modules.uses()
}

struct Modules<'f> {
    files: &'f BTreeMap<String, String>,
    modules: BTreeMap<Path, Module>,
}

impl Modules<'_> {
    fn read_file(&mut self, path: Path, file: &str) {
        let tokens: TokenStream = self.files[file].parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        self.read_module(path, file, tokens);
    }

    fn read_module(&mut self, path: Path, file: &str, tokens: TokenStream) {
        let (items, imports) = (BTreeSet::new(), BTreeMap::new());
        let module = Module { file: file.to_owned(), items, imports, globs: Vec::new(), mentions: BTreeSet::new() };
        self.modules.insert(path.clone(), module);
        self.read(&path, tokens, true);
    }

    /// Reads the content of a module, or of an item or block in it.
    fn read(&mut self, path: &Path, tokens: TokenStream, at_top: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut next = 0;
        let mut is_public = false;
        while let Some(token) = tokens.get(next) {
            let at = next;
            next += 1;
            let word = match token {
                TokenTree::Group(group) => {
                    self.read(path, group.stream(), false);
                    continue;
                }
                TokenTree::Ident(word) => word.to_string(),
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    next = after_attribute(&tokens, at);
                    continue;
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => {
                    is_public = false;
                    continue;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => continue,
            };
            match word.as_str() {
                "pub" => is_public = true,
                "use" if !is_punct(&tokens, next, '<') => {
                    let end = (at..tokens.len()).find(|end| is_punct(&tokens, *end, ';')).unwrap_or(tokens.len());
                    self.import(path, Vec::new(), &tokens[next..end], is_public);
                    next = end;
                }
                "mod" if at_top => {
                    let name = ident(&tokens, next).unwrap();
                    self.read_child(path, &name, tokens.get(next + 1));
                    next += 2;
                    is_public = false;
                }
                "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static" | "macro_rules"
                    if at_top =>
                {
                    let name = (next..).take(2).find_map(|at| ident(&tokens, at));
                    self.module(path).items.extend(name);
                    is_public = false;
                }
                _ if is_field_or_lifetime(&tokens, at) => {}
                _ => {
                    let (mention, end) = path_at(&tokens, at);
                    self.module(path).mentions.insert(mention);
                    next = end;
                }
            }
        }
    }

    fn module(&mut self, path: &Path) -> &mut Module {
        self.modules.get_mut(path).unwrap()
    }

    fn read_child(&mut self, parent: &Path, name: &str, body: Option<&TokenTree>) {
        let path = joined(parent, [name.to_owned()]);
        let file = self.module(parent).file.clone();
        if let Some(TokenTree::Group(body)) = body {
            return self.read_module(path, &file, body.stream());
        }
        let stem = file.strip_suffix(".rs").unwrap();
        let folder = match stem.rsplit_once('/').unwrap_or(("", stem)) {
            ("", "lib" | "mod") => String::new(),
            (folder, "lib" | "mod") => format!("{folder}/"),
            _ => format!("{stem}/"),
        };
        let candidates = [format!("{folder}{name}.rs"), format!("{folder}{name}/mod.rs")];
        let child = candidates.iter().find(|candidate| self.files.contains_key(*candidate));
        self.read_file(path, child.unwrap_or_else(|| panic!("{file}: no file for `mod {name};`")));
    }

    /// Records the names of a `use`, without the `use` and the semicolon.
    fn import(&mut self, path: &Path, mut prefix: Path, tree: &[TokenTree], is_public: bool) {
        let mut name = None;
        for (at, token) in tree.iter().enumerate() {
            match token {
                TokenTree::Ident(word) if word == "as" => {
                    name = ident(tree, at + 1);
                    break;
                }
                TokenTree::Ident(word) => prefix.push(word.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == '*' => {
                    let module = self.module(path);
                    module.globs.push(prefix.clone());
                    if !is_public {
                        module.mentions.insert(joined(&prefix, ["*".to_owned()]));
                    }
                    return;
                }
                TokenTree::Group(group) => {
                    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
                    let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
                    for tree in trees.split(comma).filter(|tree| !tree.is_empty()) {
                        self.import(path, prefix.clone(), tree, is_public);
                    }
                    return;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        prefix.pop_if(|last| last == "self");
        let Some(name) = name.or_else(|| prefix.last().cloned()) else { return };
        let module = self.module(path);
        if !is_public {
            module.mentions.insert(prefix.clone());
        }
        module.imports.insert(name, prefix);
    }

    /// The target of a path in a module; `None` if it leaves the crate.
    fn find(&self, from: &Path, path: &[String], depth: usize) -> Option<Found> {
        // A glob import can lead back to the module where the look-up started.
        let depth = depth.checked_sub(1)?;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.find_in(&Vec::new(), rest, depth),
            "self" => self.find_in(from, rest, depth),
            "super" if rest.first().is_some_and(|next| next == "super") => {
                self.find(&from[..from.len() - 1].to_vec(), rest, depth)
            }
            "super" => self.find_in(&from[..from.len() - 1].to_vec(), rest, depth),
            _ => self.look_up(from, path, depth),
        }
    }

    /// Like [`Modules::look_up`]. A name that no source defines comes from a macro in that module.
    fn find_in(&self, module: &Path, path: &[String], depth: usize) -> Option<Found> {
        let file = &self.modules.get(module)?.file;
        self.look_up(module, path, depth).or_else(|| Some(Found::Item { file: file.clone() }))
    }

    /// The target of a path whose first name is looked up in a module.
    fn look_up(&self, from: &Path, path: &[String], depth: usize) -> Option<Found> {
        let Some((name, rest)) = path.split_first() else { return Some(Found::Module(from.clone())) };
        let module = self.modules.get(from)?;
        let child = joined(from, [name.clone()]);
        if !rest.is_empty() && self.modules.contains_key(&child) {
            return self.find_in(&child, rest, depth);
        }
        if module.items.contains(name) {
            return Some(Found::Item { file: module.file.clone() });
        }
        if let Some(import) = module.imports.get(name) {
            // In `use serde::de; use serde;`, the names are external.
            return self.find(from, &joined(import, rest.iter().cloned()), depth);
        }
        if self.modules.contains_key(&child) {
            return Some(Found::Module(child));
        }
        module.globs.iter().find_map(|glob| match self.find(from, glob, depth)? {
            Found::Module(module) => self.look_up(&module, path, depth.checked_sub(1)?),
            Found::Item { .. } => None,
        })
    }

    fn uses(&self) -> Uses {
        let mut uses = Uses::new();
        for (path, module) in &self.modules {
            for mention in &module.mentions {
                let (is_glob, target) = match mention.split_last() {
                    Some((last, target)) if last == "*" => (true, target),
                    _ => (false, &mention[..]),
                };
                let file = match self.find(path, target, 20) {
                    Some(Found::Item { file }) => file,
                    Some(Found::Module(found)) if is_glob => self.modules[&found].file.clone(),
                    Some(Found::Module(_)) | None => continue,
                };
                if file != module.file {
                    uses.entry((module.file.clone(), file)).or_default().insert(mention.join("::"));
                }
            }
        }
        // `use a::b::C` and `C` are the same use.
        for names in uses.values_mut() {
            let last = |name: &String| name.rsplit("::").next().map(str::to_owned);
            let short: BTreeSet<String> = names.iter().filter(|name| !name.contains("::")).cloned().collect();
            names.retain(|name| !name.contains("::") || last(name).is_none_or(|last| !short.contains(&last)));
        }
        uses
    }
}

fn joined(path: &[String], more: impl IntoIterator<Item = String>) -> Path {
    path.iter().cloned().chain(more).collect()
}

fn is_punct(tokens: &[TokenTree], at: usize, char: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

fn ident(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at)? {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

/// `.field`, but not `..value`; `'lifetime`.
fn is_field_or_lifetime(tokens: &[TokenTree], at: usize) -> bool {
    let before = |back: usize, char| at.checked_sub(back).is_some_and(|at| is_punct(tokens, at, char));
    before(1, '\'') || before(1, '.') && !before(2, '.')
}

/// The path that begins with a word, and the rest.
fn path_at(tokens: &[TokenTree], at: usize) -> (Path, usize) {
    let mut path: Path = ident(tokens, at).into_iter().collect();
    let mut next = at + 1;
    while is_punct(tokens, next, ':') && is_punct(tokens, next + 1, ':') {
        let Some(name) = ident(tokens, next + 2) else { break };
        path.push(name);
        next += 3;
    }
    (path, next)
}

/// The rest after an attribute, and after the item too if it is for tests.
fn after_attribute(tokens: &[TokenTree], at: usize) -> usize {
    let is_inner = is_punct(tokens, at + 1, '!');
    let group = at + 1 + usize::from(is_inner);
    let Some(TokenTree::Group(attribute)) = tokens.get(group) else { return at + 1 };
    let words: Vec<TokenTree> = attribute.stream().into_iter().collect();
    let is_for_tests = match &words[..] {
        [TokenTree::Ident(cfg), TokenTree::Group(what)] if cfg == "cfg" => what.stream().to_string() == "test",
        _ => false,
    };
    if !is_for_tests {
        return group + 1;
    }
    assert!(!is_inner, "a whole file for tests is left out where it is declared");
    let mut next = group + 1;
    let ends_with_semicolon = |word: &str| ["use", "const", "static", "type", "let"].contains(&word);
    let mut is_statement = false;
    while let Some(token) = tokens.get(next) {
        next += 1;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => break,
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace && !is_statement => break,
            TokenTree::Ident(word) if ends_with_semicolon(&word.to_string()) => is_statement = true,
            TokenTree::Ident(word) if word == "fn" => is_statement = false,
            _ => {}
        }
    }
    next
}

/// The shortest circle through each use, each once, file by file.
pub fn circles(uses: &Uses) -> Vec<String> {
    let mut found = BTreeMap::new();
    for (from, to) in uses.keys() {
        let Some(way) = shortest_way(uses, to, from) else { continue };
        let mut files = way.clone();
        files.sort_unstable();
        found.entry(files).or_insert_with(|| shown(uses, from, &way));
    }
    found.into_values().collect()
}

/// The files from one to another, both with them.
fn shortest_way<'u>(uses: &'u Uses, from: &'u str, to: &str) -> Option<Vec<&'u str>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = VecDeque::from([from]);
    while let Some(file) = waiting.pop_front() {
        if file == to {
            let mut way: Vec<&str> = std::iter::successors(Some(file), |file| before.get(file).copied()).collect();
            way.reverse();
            return Some(way);
        }
        for (_, next) in uses.keys().filter(|(from, _)| from == file) {
            if next != from && !before.contains_key(next.as_str()) {
                before.insert(next, file);
                waiting.push_back(next);
            }
        }
    }
    None
}

fn shown(uses: &Uses, first: &str, way: &[&str]) -> String {
    let mut shown = first.to_owned();
    let mut from = first;
    for to in way {
        let names: Vec<&str> = uses[&(from.to_owned(), (*to).to_owned())].iter().map(String::as_str).collect();
        shown += &format!(" -({})-> {to}", names.join(", "));
        from = to;
    }
    shown
}
