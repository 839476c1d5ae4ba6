//! What a directive means: the step of a check, with the account and the parameters that it names.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Meant;
use crate::check::{Body, Check};
use crate::course::{Course, Step};
use crate::diagnostic::suggest;
use crate::directive::{Arg, Directive, Malformed, advice};
use crate::param::{Param, Params, number_with_sign};
use crate::scan::{At, Marked};
use crate::substitute;

/// What directives can name.
pub(super) struct Meanings<'c> {
    pub(super) course: &'c Course,
    pub(super) meant: &'c Meant,
}

/// The step of a directive, with its members and its title.
pub(super) type Read = Result<(Step, Vec<Step>, String), Vec<Problem>>;

/// A mistake in a directive: its place in the chapter, the message, and the help.
pub(super) type Problem = (Range<usize>, String, Option<String>);

impl Meanings<'_> {
    /// The step of a directive, with its members and its title.
    pub(super) fn step(&self, content: &str, marked: &Marked) -> Read {
        let course = self.course;
        let directive = Directive::parse(&content[marked.comment.clone()], marked.comment.start)
            .map_err(|malformed| vec![self.malformed(content, malformed)])?;
        let mut problems = Vec::new();
        let is_card = matches!(marked.at, At::Card { .. });
        if let Some(title) = directive.title.as_ref().filter(|_| !is_card) {
            let message = "the title of a step in a list item is the item's text".to_owned();
            problems.push((title.range.clone(), message, Some("remove the title in quotation marks".to_owned())));
        }
        let Some(check) = course.checks.get(&directive.check.text) else {
            return Err(self.no_check(directive.check));
        };
        let account = directive.account.as_ref().filter(|_| !course.accounts.is_empty());
        if let Some(account) = account.filter(|word| !course.accounts.contains_key(&word.text)) {
            let help = suggest(&account.text, course.accounts.keys().map(String::as_str));
            problems.push((account.range.clone(), format!("the course has no account `{}`", account.text), help));
        }
        let members: Vec<&Check> = match &check.body {
            Body::Steps(names) => names.iter().filter_map(|name| course.checks.get(name)).collect(),
            Body::Expect(_) => vec![],
        };
        let removed: Vec<&Check> = check.removes.iter().filter_map(|name| course.checks.get(name)).collect();
        let judged: Vec<&Check> = match members.as_slice() {
            [] => [check].into_iter().chain(removed.iter().copied()).collect(),
            members => members.to_vec(),
        };
        let mut params = Params::new();
        for (name, value) in &directive.params {
            match self.param(&judged, &name.text, &value.text) {
                Ok(param) => params.extend(param.map(|param| (name.text.clone(), param))),
                Err(Wrong::Name(message, help)) => problems.push((name.range.clone(), message, help)),
                Err(Wrong::Value(message)) => {
                    let number = number_with_sign(&value.text);
                    let help = number.map(|number| format!("write {}={number}", name.text));
                    problems.push((value.range.clone(), message, help));
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let account = directive.account.as_ref().map(|word| word.text.as_str());
        let of = |checks: Vec<&Check>| -> Vec<Step> {
            checks.into_iter().map(|check| step(check, account, &params, directive.optional)).collect()
        };
        let ids = |steps: &[Step]| steps.iter().map(|step| step.id.clone()).collect();
        let (members, removed) = (of(members), of(removed));
        let mut whole = step(check, account, &params, directive.optional);
        (whole.members, whole.removes) = (ids(&members), ids(&removed));
        let members = members.into_iter().chain(removed).collect();
        let own = directive.title.map(|words| substitute::fill(&words.text, &course.params));
        let title = own.unwrap_or_else(|| marked.text.clone());
        let title = if title.is_empty() { check.title.clone() } else { title };
        Ok((whole, members, title))
    }

    /// A syntax error in a directive. An account's name alone was meant as `account=`.
    fn malformed(&self, content: &str, Malformed { range, message, help }: Malformed) -> Problem {
        let word = content.get(range.clone()).filter(|word| self.course.accounts.contains_key(*word));
        let help = help.or_else(|| word.map(|word| format!("write account={word}")));
        (range, message, help)
    }

    /// The error in a directive that names a check that the course does not have; none if that was reported already.
    fn no_check(&self, Arg { text: name, range }: Arg) -> Vec<Problem> {
        if self.meant.unread.contains(&name) || self.meant.misplaced_checks.is_some() {
            return Vec::new();
        }
        let root = &self.course.root;
        let help = match self.meant.strays.get(&name) {
            Some(stray) => {
                let shown = stray.strip_prefix(root).unwrap_or(stray).display();
                format!("{shown} is not read: move it to checks/{name}.toml")
            }
            None => {
                let known = self.course.checks.keys().chain(&self.meant.unread).map(String::as_str);
                let instead = advice::instead_of_check(&name, |check| self.course.checks.contains_key(check));
                instead
                    .or_else(|| suggest(&name, known))
                    .unwrap_or_else(|| "there are no checks in checks/ next to book.toml".to_owned())
            }
        };
        vec![(range, format!("there is no check `{name}`"), Some(help))]
    }

    /// A parameter's value, if it differs from the course's.
    fn param(&self, checks: &[&Check], name: &str, value: &str) -> Result<Option<Param>, Wrong> {
        let params = &self.course.params;
        let used = || checks.iter().flat_map(|check| check.mentions(params));
        let Some(own) = params.get(name) else {
            let message = format!("there is no parameter `{name}`");
            let known: BTreeSet<&str> = used().chain([ACCOUNT]).collect();
            return Err(Wrong::Name(message, suggest(name, known.iter().copied())));
        };
        if !checks.iter().any(|check| check.mentions_param(name)) {
            let known: BTreeSet<&str> = used().collect();
            let message = format!("the check does not use the parameter `{name}`");
            let help = suggest(name, known.iter().copied()).or_else(|| Some("remove it".to_owned()));
            return Err(Wrong::Name(message, help));
        }
        match own.parse_like(value) {
            Ok(param) if param == *own => Ok(None),
            Ok(param) => Ok(Some(param)),
            Err(wanted) => Err(Wrong::Value(format!("`{name}` must be {wanted}"))),
        }
    }
}

/// The option of a directive that names an account.
const ACCOUNT: &str = "account";

enum Wrong {
    Name(String, Option<String>),
    Value(String),
}

/// A step with its id.
fn step(check: &Check, account: Option<&str>, params: &Params, optional: bool) -> Step {
    let mut params = params.clone();
    if !params.is_empty() && matches!(check.body, Body::Expect(_)) && check.removes.is_empty() {
        // A member gets the parameters of its check of checks that it mentions.
        params.retain(|name, _| check.mentions_param(name));
    }
    let mut id = check.name.clone();
    let other = account.filter(|account| *account != check.account);
    if let Some(account) = other {
        id.push_str(&format!("@{account}"));
    }
    for (name, value) in &params {
        id.push_str(&format!(",{name}={value}"));
    }
    let account = account.unwrap_or(&check.account).to_owned();
    let (members, removes, occurrences, hash) = Default::default();
    Step { id, check: check.name.clone(), account, params, optional, members, removes, occurrences, hash, inputs: None }
}
