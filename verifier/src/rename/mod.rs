//! Renames a check or an account of a course: in its files, byte by byte, and in what is kept of its learner.

mod json;
mod learner;
mod place;
mod toml_text;

use anyhow::{Context, Result, bail};
use course::Course;
use course::check::Check;
use course::diagnostic::did_you_mean;
use course::directive::Directive;
use course::edit::Edits;
use course::files::{self, Readers};
use course::param::Params;
use course::{can_name_account, scan};

use crate::course_files::{self, Files};
use evidence::UNREADABLE;
use place::Place;

/// What is renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A check.
    Check,
    /// An account.
    Account,
}

/// A new name for a check or an account.
#[derive(Debug, Clone)]
pub(crate) struct Renaming {
    pub(crate) kind: Kind,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedFile {
    /// Its path below the course's folder.
    pub(crate) old: String,
    /// Its new path, which may be the same.
    pub(crate) new: String,
    /// Its text.
    pub(crate) before: String,
    /// Its new text.
    pub(crate) after: String,
}

impl Renaming {
    /// Makes sure that the course has the old name, and that the new one can be given.
    ///
    /// # Errors
    /// Why it cannot be renamed.
    pub(crate) fn check(&self, course: &Course) -> Result<()> {
        let (what, names, valid): (_, Vec<&String>, _) = match self.kind {
            Kind::Check => ("check", course.checks.keys().collect(), can_name_check(&self.new)),
            Kind::Account => ("account", course.accounts.keys().collect(), can_name_account(&self.new)),
        };
        if !names.contains(&&self.old) {
            let hint = did_you_mean(&self.old, names.into_iter().map(String::as_str));
            bail!("the course has no {what} `{}`{hint}", self.old);
        }
        if names.contains(&&self.new) {
            bail!("the course has {what} `{}` already: choose another name", self.new);
        }
        if !valid {
            bail!(
                "`{}` cannot name the {what}: use letters, digits and {}",
                self.new,
                match self.kind {
                    Kind::Check => "-",
                    Kind::Account => "_, and no reserved word of expressions",
                }
            );
        }
        Ok(())
    }

    /// The files of a course that change.
    ///
    /// # Errors
    /// A file that is not TOML or JSON, and a new file that exists already.
    pub(crate) fn files(&self, files: &Files) -> Result<Vec<ChangedFile>> {
        let mut changed = Vec::new();
        for (file, before) in files {
            let after = self.file(file, before).with_context(|| format!("renaming in {file}"))?;
            let new = self.path(file);
            if new != *file && files.contains_key(&new) {
                bail!("{new} exists already, and is no longer used: remove it first");
            }
            if new != *file || after != *before {
                changed.push(ChangedFile { old: file.clone(), new, before: before.clone(), after });
            }
        }
        Ok(changed)
    }

    /// The path of a file after the renaming.
    fn path(&self, file: &str) -> String {
        let folders = ["checks/", "checks/cases/"];
        let own = folders.iter().find(|folder| file == format!("{folder}{}.toml", self.old));
        own.filter(|_| self.kind == Kind::Check)
            .map_or_else(|| file.to_owned(), |own| format!("{own}{}.toml", self.new))
    }

    /// The text of a file after the renaming.
    fn file(&self, file: &str, text: &str) -> Result<String> {
        let in_checks = file.strip_prefix("checks/");
        Ok(match in_checks {
            _ if file == "book.toml" => self.toml(text, |place| self.in_book(place))?,
            Some(name) if name.starts_with("cases/") && name.ends_with(".toml") => {
                self.toml(text, |place| self.in_cases(place))?
            }
            Some(name) if name.ends_with(".toml") => self.toml(text, |place| self.in_check(place))?,
            Some(name) if name.ends_with(".json") => self.recording(text)?,
            _ => self.lesson(text),
        })
    }

    fn recording(&self, text: &str) -> Result<String> {
        let mut edits = Edits::default();
        for place in json::places(text)? {
            if let Some(new) = self.in_recording(&place).filter(|new| *new != place.text) {
                edits.put(place.range, serde_json::to_string(&new)?);
            }
        }
        Ok(edits.apply(text))
    }

    fn toml(&self, text: &str, renamed: impl Fn(&Place) -> Option<String>) -> Result<String> {
        let mut edits = Edits::default();
        for place in toml_text::places(text)? {
            if let Some(new) = renamed(&place).filter(|new| *new != place.text) {
                edits.put(place.range.clone(), toml_text::written(&text[place.range], &place.text, &new));
            }
        }
        Ok(edits.apply(text))
    }

    /// The new name, if this is the old one.
    fn whole(&self, text: &str) -> Option<String> {
        (text == self.old).then(|| self.new.clone())
    }

    /// The new text of a name or a text in `book.toml`. Accounts are written with `-` or `_` there.
    fn in_book(&self, place: &Place) -> Option<String> {
        let is_account = place.is_key && place.path == ["preprocessor", "verify", "accounts"];
        (self.kind == Kind::Account && is_account).then(|| self.whole(&place.text.replace('-', "_")))?
    }

    /// The same in a check or a shared file.
    fn in_check(&self, place: &Place) -> Option<String> {
        let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
        match (self.kind, path.as_slice()) {
            _ if place.is_key => None,
            (Kind::Check, ["steps" | "removes", _] | ["practice", "needs" | "same_as", _]) => self.whole(&place.text),
            (Kind::Check, _) => None,
            (Kind::Account, ["account"] | ["read", _, "account"] | ["practice", "do" | "given", _, "account"]) => {
                self.whole(&place.text)
            }
            (Kind::Account, path) if toml_text::is_expression(path) => Some(self.expression(&place.text)),
            (Kind::Account, _) => {
                let mut edits = Edits::default();
                for hole in course::words::hole_ranges(&place.text) {
                    edits.put(hole.clone(), self.expression(&place.text[hole]));
                }
                Some(edits.apply(&place.text))
            }
        }
    }

    /// An expression: `accounts.NAME` in it.
    fn expression(&self, text: &str) -> String {
        let mut edits = Edits::default();
        for name in course::words::accounts(text).into_iter().filter(|name| text[name.clone()] == self.old) {
            edits.put(name, &self.new);
        }
        edits.apply(text)
    }

    /// The same in a file of cases, whose paths begin with the account.
    fn in_cases(&self, place: &Place) -> Option<String> {
        let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
        match (self.kind, path.as_slice()) {
            (Kind::Account, ["case", _, "account"]) => self.whole(&place.text),
            (Kind::Account, ["case", _, "set"]) if place.is_key => self.place(&place.text),
            (Kind::Account, ["case", _, "absent" | "unset", _]) => self.place(&place.text),
            (Kind::Account, [.., list, _, "account"]) if is_reasons(list) => self.whole(&place.text),
            _ => None,
        }
    }

    fn place(&self, text: &str) -> Option<String> {
        let within = text.strip_prefix(self.old.as_str()).filter(|within| within.starts_with('/'))?;
        Some(format!("{}{within}", self.new))
    }

    /// The same in a recording.
    fn in_recording(&self, place: &Place) -> Option<String> {
        let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
        match (self.kind, place.is_key, path.as_slice()) {
            (Kind::Account, true, ["accounts" | "answers"] | ["made", _, "others"]) => self.whole(&place.text),
            (Kind::Account, false, ["calls", _, "account"]) => self.whole(&place.text),
            (Kind::Account, false, [.., list, _, "account"]) if is_reasons(list) => self.whole(&place.text),
            (_, false, ["made", _, "step"]) => Some(self.id(&place.text)),
            _ => None,
        }
    }

    /// Gives what recordings remember the new identities of the lists of a course that was `old` and is `new`.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub(crate) fn lists(&self, old: &Course, new: &Course) -> Result<()> {
        let renamed = |(name, check): (&String, &Check)| {
            let own = Some(self.new.as_str()).filter(|_| self.kind == Kind::Check && *name == self.old);
            let list = new.checks.get(own.unwrap_or(name))?.makes_hash()?;
            Some((format!("\"{}\"", check.makes_hash()?), format!("\"{list}\"")))
        };
        let lists: Vec<(String, String)> = old.checks.iter().filter_map(renamed).collect();
        for (file, text) in course_files::read(&new.root)? {
            if !(file.starts_with("checks/cases/") && file.ends_with(".json")) {
                continue;
            }
            let after = lists.iter().fold(text.clone(), |text, (old, new)| text.replace(old, new));
            if after != text {
                let what = || format!("writing {file}");
                files::write(&new.root.join(&file), after.as_bytes(), Readers::Others).with_context(what)?;
            }
        }
        Ok(())
    }

    /// A lesson: its directives.
    fn lesson(&self, text: &str) -> String {
        let mut edits = Edits::default();
        for marked in scan::scan(text, &Params::new()).steps {
            let Ok(directive) = Directive::parse(&text[marked.comment.clone()], marked.comment.start) else { continue };
            let name = match self.kind {
                Kind::Check => Some(directive.check),
                Kind::Account => directive.account,
            };
            if let Some(name) = name.filter(|name| name.text == self.old) {
                edits.put(name.range, &self.new);
            }
        }
        edits.apply(text)
    }

    /// The id of a step: `CHECK[@ACCOUNT][,NAME=VALUE…]`.
    fn id(&self, id: &str) -> String {
        let (step, params) = id.find(',').map_or((id, ""), |at| id.split_at(at));
        let (check, account) = step.split_once('@').map_or((step, None), |(check, account)| (check, Some(account)));
        let new = |kind, name: &str| match self.whole(name) {
            Some(new) if self.kind == kind => new,
            _ => name.to_owned(),
        };
        let account = account.map(|account| format!("@{}", new(Kind::Account, account))).unwrap_or_default();
        format!("{}{account}{params}", new(Kind::Check, check))
    }
}

/// Whether a list in a recording has the reasons why something could not be read. They name the account.
fn is_reasons(list: &str) -> bool {
    ["reasons", UNREADABLE].contains(&list)
}

/// Whether a directive and a file can have this name of a check.
fn can_name_check(name: &str) -> bool {
    Directive::can_name(name) && !name.starts_with('.') && !name.contains(['/', '\\'])
}
