//! What can never be known of an answer, or only while it is there: members that are hidden, that the inputs do not ask
//! for, or that a list leaves out.

use evidence::client::{Filled, unselected};
use evidence::reads::{Found, Hidden, Kind, Member, Operation, Selector, Shape};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

use crate::cel::types::{Asked, Doubt, Doubts};

/// The answer of a read.
pub(super) struct Answer {
    found: Found,
    /// The members that its inputs do not ask for, each with the input that would.
    unselected: BTreeMap<String, String>,
    /// The keys that its inputs ask for, or all that AWS has, by map.
    asked: BTreeMap<String, Asked>,
    /// An input by which AWS leaves out members, in a way that only the answer shows.
    by_presence: Option<String>,
}

impl Answer {
    /// The answer of an operation with these inputs, whose texts are filled so. Nothing is said of what a hole decides.
    pub(super) fn of(found: Found, with: &Map<String, Value>, filled: &dyn Fn(&str) -> Filled) -> Answer {
        let known = |input: &String| with.get(input).is_none_or(|value| is_literal(value, filled));
        let selectors = || found.operation.selectors.iter().filter(|(input, _)| known(input));
        let unselected = unselected(found, with).into_iter().filter(|(_, input)| known(input)).collect();
        let asked = selectors().filter_map(|(input, selector)| {
            let Selector::Keys { of, all } = selector else { return None };
            let keys = texts(with.get(input));
            if all.as_ref().is_some_and(|all| keys.contains(all)) {
                return listed(found, input).map(|listed| (of.clone(), listed));
            }
            let doubt = Doubt {
                rule: "unselected-member",
                message: format!("{} returns only the keys of `{of}` that `{input}` asks for", name(found)),
                help: all.as_ref().map_or_else(
                    || format!("add it to `{input}` of the read"),
                    |all| format!("add it to `{input}` of the read, or give {input} = [\"{all}\"]"),
                ),
                of_tests: false,
            };
            Some((of.clone(), Asked { keys, doubt }))
        });
        let asked = asked.collect();
        let mut by_presence = found.operation.selectors.iter().filter(|(_, selector)| **selector == Selector::Presence);
        let by_presence = by_presence.next().map(|(input, _)| input.clone());
        Answer { found, unselected, asked, by_presence }
    }

    fn unselected(&self, member: &str) -> Option<Doubt> {
        let input = self.unselected.get(member)?;
        let Some(Selector::Members { of, .. }) = self.found.operation.selectors.get(input) else { return None };
        let values = of.iter().filter(|(_, members)| members.iter().any(|one| one == member));
        let values: Vec<String> = values.map(|(value, _)| format!("\"{value}\"")).collect();
        Some(Doubt {
            rule: "unselected-member",
            message: format!("{} returns `{member}` only if `{input}` asks for it", name(self.found)),
            help: match self.takes_a_list(input) {
                true => {
                    format!("add {} to `{input}` of the read, as well as the others that you use", values.join(" or "))
                }
                false => format!("set `{input}` to {}: each read gets what it asks for", values.join(" or ")),
            },
            of_tests: false,
        })
    }

    fn takes_a_list(&self, input: &str) -> bool {
        shape_of(self.found, input).is_some_and(|shape| shape.kind == Kind::List)
    }

    fn left_out(&self, member: &str, kind: Kind) -> Option<Doubt> {
        let Operation { leaves_out, partial, get, .. } = self.found.operation;
        let is_named = leaves_out.as_ref().is_some_and(|members| members.iter().any(|one| one == member));
        if !is_named && !partial {
            return None;
        }
        let help = match get {
            Some(get) => format!(
                "read it of each element with {}:{get}, as in each = \"…\" (`verify schema reads {}:{get}`)",
                self.found.service.name, self.found.service.name
            ),
            None => "no other read has it: test only what the list has".to_owned(),
        };
        Some(Doubt {
            rule: "left-out-member",
            message: format!(
                "{} may leave out `{member}`: then it is not known, and not absent or empty",
                name(self.found)
            ),
            help,
            // An absent list would be an empty one.
            of_tests: !is_named && !matches!(kind, Kind::List | Kind::Map),
        })
    }
}

/// The shape of an input.
fn shape_of(found: Found, input: &str) -> Option<&'static Shape> {
    let inputs = found.service.shape(found.operation.input.as_deref()?)?;
    found.service.shape(&inputs.members.get(input)?.shape)
}

/// The keys that an input can ask for, if AWS lists them.
fn listed(found: Found, input: &str) -> Option<Asked> {
    let values = &found.service.shape(&shape_of(found, input)?.of.as_ref()?.shape)?.values;
    let doubt = Doubt {
        rule: "unlisted-value",
        message: format!("`{input}` of {} knows no such key", name(found)),
        help: format!(
            "`verify schema reads {}` lists the keys; if AWS has added this one since, add allow = [\"unlisted-value\"] at \
             the top of the check",
            name(found)
        ),
        of_tests: false,
    };
    (!values.is_empty()).then(|| Asked { keys: values.iter().cloned().collect(), doubt })
}

impl Doubts for Answer {
    fn member(&self, member: &str, facts: &Member, kind: Kind, in_list: bool) -> Option<Doubt> {
        if let Some(hidden) = facts.hidden {
            return Some(self.hidden(member, hidden));
        }
        let left_out = || self.left_out(member, kind).filter(|_| in_list);
        self.unselected(member).or_else(|| self.by_presence(member)).or_else(left_out)
    }

    fn keys(&self, map: &str) -> Option<Asked> {
        self.asked.get(map).cloned()
    }
}

impl Answer {
    fn hidden(&self, member: &str, hidden: Hidden) -> Doubt {
        let why = match hidden {
            Hidden::Sensitive | Hidden::Secret => "it can be a secret",
            Hidden::Binary => "it is binary data",
            Hidden::Contents => "it is contents, not a setting",
        };
        Doubt {
            rule: "hidden-member",
            message: format!("verify never reads `{member}` of {}: {why}", name(self.found)),
            help: "test something else, or have the learner confirm it with `confirm`".to_owned(),
            of_tests: false,
        }
    }

    /// Any member that is absent may not have been asked for.
    fn by_presence(&self, member: &str) -> Option<Doubt> {
        let input = self.by_presence.as_ref()?;
        Some(Doubt {
            rule: "unselected-member",
            message: format!(
                "{} returns what `{input}` asks for: where `{member}` is not returned, it is not known, and not absent",
                name(self.found)
            ),
            help: "compare its value instead of testing whether it is there".to_owned(),
            of_tests: true,
        })
    }
}

fn name(found: Found) -> String {
    found.to_string()
}

/// Whether no hole decides a value.
fn is_literal(value: &Value, filled: &dyn Fn(&str) -> Filled) -> bool {
    match value {
        Value::String(text) => matches!(filled(text), Filled::Text(_)),
        Value::Array(values) => values.iter().all(|value| is_literal(value, filled)),
        Value::Object(values) => values.values().all(|value| is_literal(value, filled)),
        _ => true,
    }
}

fn texts(value: Option<&Value>) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        None | Some(Value::Null) => BTreeSet::new(),
        Some(Value::Array(values)) => values.iter().map(text).collect(),
        Some(value) => BTreeSet::from([text(value)]),
    }
}
