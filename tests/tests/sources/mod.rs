//! The structure of the sources: no file uses a file that uses it, and no file is too long.

mod graph;

use crate::common::repository;
use graph::{circles, uses};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The folders of the crates' sources.
const CRATES: [&str; 5] =
    ["preprocessor/course/src", "preprocessor/src", "verifier/evidence/src", "verifier/practice/src", "verifier/src"];

const MOST_LINES: usize = 400;

/// The Rust sources below a folder, by their path in the repository.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    read(&repository().join(folder), folder, &mut sources);
    sources
}

fn read(folder: &Path, name: &str, sources: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{name}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &name, sources);
        } else if name.ends_with(".rs") {
            sources.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn no_file_uses_one_that_uses_it() {
    let mut found = Vec::new();
    for folder in CRATES {
        let uses = uses(&sources(folder), &format!("{folder}/lib.rs"));
        assert!(uses.len() > 5, "{folder}: {uses:?}");
        found.extend(circles(&uses));
    }
    assert!(found.is_empty(), "{} circles:\n{}", found.len(), found.join("\n"));
}

#[test]
fn no_source_is_too_long_to_read() {
    let sources = ["preprocessor", "verifier", "tests"].into_iter().flat_map(sources);
    let lines = sources.map(|(name, text)| (text.lines().count(), name));
    let is_long = |(lines, _): &(usize, String)| *lines > MOST_LINES;
    let long: Vec<(usize, String)> = lines.filter(is_long).collect();
    assert!(long.is_empty(), "over {MOST_LINES} lines: {long:#?}");
}

/// The circles of a test crate.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    circles(&uses(&files, "lib.rs"))
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let lib = ("lib.rs", "mod a; mod b;");
    for (a, b) in [
        ("use crate::b::B; pub struct A;", "use crate::a::A; pub struct B;"),
        ("use super::b::{self, B}; pub struct A;", "pub struct B(crate::a::A);"),
        ("use crate::{b as other}; pub struct A; fn f() { other::B::new() }", "use super::a::A; pub struct B;"),
        ("pub struct A; fn f() { use crate::b::B; }", "pub struct B; fn g() { vec![crate::a::A] }"),
        ("macro_rules! m { () => { $crate::b::B } } pub struct A;", "use crate::{a::{A as One}}; pub struct B;"),
        ("pub use crate::b::B; pub struct A(B);", "use crate::a::*; pub struct B;"),
        ("pub struct A; pub mod inner { pub struct C(crate::b::B); }", "pub struct B(super::a::inner::C);"),
        ("pub struct A; fn f() -> std::ops::Range<u8> { 0..crate::b::B }", "use crate::a::A; pub const B: u8 = 1;"),
        ("use crate::b::B; pub struct A;", "#[cfg(not(test))] use crate::a::A; pub struct B;"),
    ] {
        let found = circles_of(&[lib, ("a.rs", a), ("b.rs", b)]);
        assert_eq!(found.len(), 1, "{a}\n{b}\n{found:?}");
    }
}

#[test]
fn a_circle_is_named_file_by_file_with_what_is_used() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::{B, b}; pub struct A;"),
        ("b.rs", "mod inner; pub struct B(inner::Inner); pub fn b() {}"),
        ("b/inner.rs", "pub struct Inner(crate::c::C);"),
        ("c/mod.rs", "pub struct C(crate::a::A);"),
    ]);
    assert_eq!(
        found,
        [
            "a.rs -(crate::b::B, crate::b::b)-> b.rs -(inner::Inner)-> b/inner.rs -(crate::c::C)-> c/mod.rs -(crate::a::A)-> a.rs"
        ]
    );
}

#[test]
fn a_child_that_uses_its_parents_items_is_a_circle_if_the_parent_uses_the_childs() {
    let lib = ("lib.rs", "mod a;");
    let child = ("a/child.rs", "use super::Shared; pub struct Child(Shared);");
    for uses_child in ["use child::Child; struct S(Child);", "pub use child::Child; struct S(Child);"] {
        let found = circles_of(&[lib, ("a/mod.rs", &format!("mod child; {uses_child} pub struct Shared;")), child]);
        assert_eq!(found.len(), 1, "{uses_child} {found:?}");
    }
    for fine in [
        "mod child; pub use child::Child; pub struct Shared;",
        "mod child; mod shared; pub use child::Child; pub use shared::Shared; fn f() -> (Child, Shared) {}",
        "mod child; mod shared; use child::Child; use shared::Shared; fn f() -> (Child, Shared) {}",
    ] {
        let shared = ("a/shared.rs", "pub struct Shared;");
        assert_eq!(circles_of(&[lib, ("a/mod.rs", fine), child, shared]), [""; 0], "{fine}");
    }
}

#[test]
fn what_only_looks_like_a_use_is_not_one() {
    let lib = ("lib.rs", "mod a; mod b;");
    for a in [
        "//! [`crate::b::B`]\npub struct A; // crate::b::B",
        "pub struct A; const S: &str = \"crate::b::B\";",
        "pub struct A; #[cfg(test)] use crate::b::B;",
        "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }",
        "pub struct A; #[cfg(test)] impl A { fn f() -> crate::b::B {} } fn g() {}",
        "use std::b::B; pub struct A; fn f<'b>(b: &'b A) { b.b() }",
        "pub struct A; pub struct B; fn f() -> B {}",
    ] {
        let found = circles_of(&[lib, ("a.rs", a), ("b.rs", "use crate::a::A; pub struct B;")]);
        assert_eq!(found, [""; 0], "{a}");
    }
}
