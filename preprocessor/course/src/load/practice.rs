//! The order of the practice actions of a course: which come before which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::checks::Meant;
use crate::check::Check;
use crate::diagnostic::{Diagnostic, suggest};
use crate::places::{KeyPath, TomlFile};

/// Makes sure that practice actions name checks that have one, and not each other in a circle.
pub(super) fn orders(root: &Path, checks: &BTreeMap<String, Check>, errors: &mut Vec<Diagnostic>, meant: &Meant) {
    for check in checks.values() {
        let mut file = None;
        let mut fail = |part: KeyPath, message: String, help: Option<String>| {
            let path = Path::new("checks").join(format!("{}.toml", check.name));
            let file = file.get_or_insert_with(|| TomlFile::read(root, path));
            errors.push(Diagnostic { span: file.value(&part), message, help });
        };
        for (key, at, name) in named(check) {
            let part = KeyPath::of(["practice", key]).then(at);
            match checks.get(name) {
                Some(other) if other.has_practice(checks) => {}
                Some(_) => {
                    let help = format!("give checks/{name}.toml a [practice]");
                    fail(part, format!("`{name}` has no practice action"), Some(help));
                }
                // Its errors were reported already.
                None if meant.unread.contains(name) => {}
                None => {
                    let help = suggest(name, checks.keys().map(String::as_str));
                    fail(part, format!("there is no check `{name}`"), help);
                }
            }
        }
        if leads_back(check, checks) {
            let message = format!("the practice action of `{}` comes before itself", check.name);
            fail(KeyPath::of(["practice"]), message, None);
        }
    }
}

/// The checks that a check's action names, each with its key and place.
fn named(check: &Check) -> impl Iterator<Item = (&'static str, usize, &String)> {
    let practice = check.practice.iter();
    practice.flat_map(|practice| {
        let needs = practice.needs.iter().enumerate().map(|(at, name)| ("needs", at, name));
        needs.chain(practice.same_as.iter().enumerate().map(|(at, name)| ("same_as", at, name)))
    })
}

/// Whether an action needs itself, directly or through others.
fn leads_back(check: &Check, checks: &BTreeMap<String, Check>) -> bool {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: Vec<&String> = check.practised_after().collect();
    while let Some(name) = waiting.pop() {
        if *name == check.name {
            return true;
        }
        if reached.insert(name) {
            waiting.extend(checks.get(name).into_iter().flat_map(Check::practised_after));
        }
    }
    false
}
