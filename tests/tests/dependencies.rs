//! The crates in Cargo.lock comply with `deny.toml`: their licences, their sources, and the banned ones. Also, what
//! only one place in the sources may do.

use crate::common::repository;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use toml::Table;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn read(name: &str) -> Table {
    fs::read_to_string(repository().join(name)).unwrap().parse().unwrap()
}

/// The texts of a list, or of a member of its tables.
fn texts(list: &toml::Value, member: &str) -> BTreeSet<String> {
    let text = |value: &toml::Value| value.as_str().or_else(|| value.get(member)?.as_str()).map(str::to_owned);
    list.as_array().unwrap().iter().map(|value| text(value).unwrap()).collect()
}

/// The crates of the lock file, of all systems, with their versions and sources.
fn locked() -> Vec<(String, String, Option<String>)> {
    let lock = read("Cargo.lock");
    let packages = lock["package"].as_array().unwrap().iter().map(|package| {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        (text("name").unwrap(), text("version").unwrap(), text("source"))
    });
    packages.collect()
}

/// Whether a licence is allowed: an SPDX expression, or the older form `MIT/Apache-2.0`.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = licence.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let whole = any(&mut words, allowed);
    assert_eq!(words.next(), None, "{licence}");
    whole
}

type Words<'w> = std::iter::Peekable<std::str::SplitWhitespace<'w>>;

fn any(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut is = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        is |= all(words, allowed);
    }
    is
}

fn all(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut are = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        are &= one(words, allowed);
    }
    are
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let word = words.next().unwrap();
    if word == "(" {
        let is = any(words, allowed);
        assert_eq!(words.next(), Some(")"));
        return is;
    }
    match words.next_if_eq(&"WITH") {
        Some(_) => allowed.contains(&format!("{word} WITH {}", words.next().unwrap())),
        None => allowed.contains(word),
    }
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for right in ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "MIT AND (GPL-3.0 OR ISC)", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(is_allowed(right, &allowed), "{right}");
    }
    for wrong in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "Apache-2.0", "GPL-3.0 OR MIT AND GPL-2.0"]
    {
        assert!(!is_allowed(wrong, &allowed), "{wrong}");
    }
}

/// Crates of other systems are not downloaded here; `cargo deny` reads their licences for pull requests.
#[test]
fn all_licences_are_allowed_and_each_is_needed() {
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--offline", "--locked", "--format-version=1", "--filter-platform", host]);
    let output = cargo.current_dir(repository()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{}", packages.len());
    let allowed = texts(&read("deny.toml")["licenses"]["allow"], "");
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(|licence| is_allowed(licence, &allowed)))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
    for licence in &allowed {
        let without: BTreeSet<String> = allowed.iter().filter(|other| *other != licence).cloned().collect();
        let needed = packages.iter().any(|package| !is_allowed(package["license"].as_str().unwrap(), &without));
        assert!(needed, "no crate needs {licence}");
    }
}

#[test]
fn all_crates_come_from_crates_io_and_none_is_banned() {
    let locked = locked();
    let own: BTreeSet<&str> = locked.iter().filter(|(.., source)| source.is_none()).map(|(name, ..)| &**name).collect();
    let members = read("Cargo.toml")["workspace"]["members"].as_array().unwrap().len();
    assert_eq!(own.len(), members, "only members have no source: {own:?}");
    let elsewhere: Vec<_> =
        locked.iter().filter(|(.., source)| source.as_deref().is_some_and(|source| source != CRATES_IO)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    locked.iter().for_each(|(name, ..)| *versions.entry(name).or_default() += 1);
    for banned in read("deny.toml")["bans"]["deny"].as_array().unwrap() {
        let name = banned["crate"].as_str().unwrap();
        let found = versions.get(name).copied().unwrap_or_default();
        let once = banned.get("deny-multiple-versions").and_then(toml::Value::as_bool) == Some(true);
        assert_eq!(found, usize::from(once), "{name}: {}", banned["reason"]);
    }
}

#[test]
fn an_advisory_is_passed_over_for_a_reason_with_a_date_and_only_while_it_applies() {
    let deny = read("deny.toml");
    let ignored = deny["advisories"]["ignore"].as_array().unwrap();
    for ignored in ignored {
        let reason = ignored["reason"].as_str().unwrap();
        let date: Vec<&str> = reason.split(':').next().unwrap().split('-').collect();
        assert!(date.len() == 3 && date.iter().all(|part| part.parse::<u32>().is_ok()), "{reason}");
    }
    let old = locked().iter().any(|(name, version, _)| name == "quick-xml" && version.starts_with("0.37."));
    let both = ["RUSTSEC-2026-0194", "RUSTSEC-2026-0195"].map(str::to_owned);
    let kept = texts(&deny["advisories"]["ignore"], "id");
    assert_eq!(both.iter().all(|id| kept.contains(id)), old, "{kept:?}");
}

/// The dependencies of each member, without those for its tests.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let members = read("Cargo.toml")["workspace"]["members"].as_array().unwrap().clone();
    let named = members.iter().map(|member| {
        let manifest = read(&format!("{}/Cargo.toml", member.as_str().unwrap()));
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        let dependencies = dependencies.into_iter().flat_map(Table::keys).cloned();
        (manifest["package"]["name"].as_str().unwrap().to_owned(), dependencies.collect())
    });
    named.collect()
}

#[test]
fn each_crate_knows_what_it_is_for_and_no_more() {
    let named = named();
    let who = |prefix: &str| -> Vec<&str> {
        let knows = |names: &BTreeSet<String>| names.iter().any(|name| name.starts_with(prefix));
        named.iter().filter(|(_, names)| knows(names)).map(|(name, _)| name.as_str()).collect()
    };
    // Calls of AWS are `evidence`'s, and what the practice accounts write, too.
    assert_eq!(who("aws-sdk-"), ["evidence"]);
    assert_eq!(who("winterbaume-"), ["practice"]);
    assert_eq!(who("cel"), ["verify"]);
    assert_eq!(who("mdbook-driver"), ["verify"]);
    assert_eq!(who("axum"), ["verify"]);
    for (name, below) in [
        ("course", &[][..]),
        ("evidence", &["course"]),
        ("practice", &["course", "evidence"]),
        ("mdbook-verify", &["course"]),
        ("verify", &["course", "evidence", "mdbook-verify", "practice"]),
    ] {
        let own: Vec<&String> = named[name].iter().filter(|known| named.contains_key(*known)).collect();
        assert_eq!(own, below, "{name}");
    }
}

/// The sources of the program in a folder, without tests: paths in the repository, and texts.
fn sources(folder: &str) -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![repository().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                // Of these modules, `hostile` is a test with several files.
                folders.extend(Some(path.clone()).filter(|_| !["tests", "fuzz", "hostile", "target"].contains(&name)));
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let text = fs::read_to_string(&path).unwrap();
                let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
                found.push((path.strip_prefix(repository()).unwrap().to_str().unwrap().to_owned(), program));
            }
        }
    }
    assert!(found.len() > 10, "{folder}: {}", found.len());
    found
}

/// Where any of these occur, by file, line and text.
fn places(sources: &[(String, String)], of: &[String]) -> Vec<String> {
    let lines = sources.iter().flat_map(|(file, text)| (1..).zip(text.lines()).map(move |(at, line)| (file, at, line)));
    let places = lines.filter(|(.., line)| of.iter().any(|sought| line.contains(sought.as_str())));
    places.map(|(file, at, line)| format!("{file}:{at}: {}", line.trim())).collect()
}

#[test]
fn one_file_takes_arns_apart() {
    let (own, mut others): (Vec<_>, Vec<_>) =
        sources("verifier").into_iter().partition(|(file, _)| file == "verifier/evidence/src/arn.rs");
    let by_hand = ["split(':')", "', ':')", ", ':')", "with(\"arn:", "prefix(\"arn:", "with(\":", "contains(\":"];
    let by_hand = by_hand.map(str::to_owned);
    assert_eq!(places(&others, &by_hand), [""; 0]);
    // That file does what is searched for.
    assert!(places(&own, &by_hand).len() >= 2, "{own:?}");
    others.truncate(1);
    others[0].1 = "text.splitn(6, ':').nth(4)\narn.ends_with(\":root\")\n".to_owned();
    assert_eq!(places(&others, &by_hand).len(), 2);
}

#[test]
fn no_source_knows_the_course_that_is_in_the_book() {
    // Some checks are called like the switches that do their steps, or like words that lessons have for things of AWS.
    let shared = ["verifier/practice/src/switch.rs", "verifier/src/import/text.rs", "verifier/src/import/words.rs"];
    let is_shared = |(file, _): &(String, String)| shared.contains(&file.as_str());
    let all = [sources("verifier"), sources("preprocessor")].concat();
    let sources: Vec<_> = all.into_iter().filter(|source| !is_shared(source)).collect();
    let checks = fs::read_dir(repository().join("book/checks")).unwrap().map(|entry| entry.unwrap().path());
    let checks = checks.filter(|path| path.is_file());
    let checks: Vec<String> = checks.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let options = read("book/book.toml")["preprocessor"]["verify"].as_table().unwrap().clone();
    let keys = |table: &str| options[table].as_table().unwrap().keys().cloned().collect::<Vec<String>>();
    let (params, accounts) = (keys("params"), keys("accounts"));
    assert!(checks.len() > 20 && params.len() > 3 && accounts.len() == 2, "{checks:?} {params:?} {accounts:?}");
    // A name of one word may be an ordinary word. It is a name in quotation marks, in a directive or in an expression.
    let is_word = |name: &&String| !name.contains(['-', '_']);
    let named = [checks, params, accounts].concat();
    let words = named.iter().filter(is_word).flat_map(|name| {
        [format!("\"{name}\""), format!("verify: {name}"), format!("accounts.{name}"), format!("account={name}")]
    });
    let names: Vec<String> = named.iter().filter(|name| !is_word(name)).cloned().chain(words).collect();
    // Docs may show the course's names in examples.
    let is_code = |place: &String| !place.contains(": ///") && !place.contains(": //!");
    let found: Vec<String> = places(&sources, &names).into_iter().filter(is_code).collect();
    assert_eq!(found, [""; 0]);
}
