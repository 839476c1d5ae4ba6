//! An expectation of a check: its condition or statement, and what is shown about it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::console;

/// A condition that must be true.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// A short title, shown with any outcome. The expression itself if the author gave no title. A hole in it is the name
    /// of a parameter: [`crate::Course::expectation_title`] fills it.
    pub title: String,
    /// CEL: when it applies. `None`: always.
    pub when: Option<String>,
    /// The table of a lesson for each of whose rows, called `row`, it must be true.
    pub rows: Option<String>,
    /// How it is decided.
    pub proof: Proof,
    /// What the learner does if it isn't met. Each sentence may have `{CEL}` holes.
    pub fix: Vec<String>,
    /// The address of the console's page where it is done. It may have `{CEL}` holes after the host.
    pub console: Option<String>,
}

/// How an expectation is decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Proof {
    /// Evidence from AWS.
    Evidence {
        /// CEL that must be true.
        that: String,
        /// What was found, if it is true. Each sentence may have `{CEL}` holes.
        met: Vec<String>,
        /// CEL: whether AWS is still working on it, if it is not true.
        pending: Option<String>,
        /// Set if false means "not visible yet": for evidence that arrives late or expires.
        late: Option<Late>,
        /// What the learner confirms if AWS allows nobody in the account to read the evidence.
        instead: Option<Statement>,
    },
    /// A statement that the learner confirms, for what no API can prove.
    Confirmation {
        /// What the learner confirms.
        statement: Statement,
        /// CEL: a recorded event that supports the confirmation. It never decides.
        backed_by: Option<String>,
        /// What was found, if `backed_by` is true.
        met: Vec<String>,
    },
}

/// A statement that the learner confirms.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The statement, see [`Statement::about_account`].
    pub text: String,
    /// Why a confirmation is needed: because AWS has no API for it, or because this check does not use one.
    pub why: Option<String>,
    /// What it was about.
    pub about: Option<About>,
}

impl Statement {
    /// The statement for an account: replaces `{account}` with the course's name for the account.
    pub fn about_account(&self, account: &str) -> String {
        self.text.replace("{account}", account)
    }
}

/// What late evidence or a confirmation was about. It counts only while that still exists.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// CEL: identifies what it is about, evaluated when it is seen or confirmed.
    pub same: String,
    /// CEL, each a list of what exists now. `since` is the time of the event or of the confirmation.
    pub still: Vec<String>,
}

/// How an expectation about late evidence (`absence = "unknown"`) is remembered after it was true.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Late {
    /// CEL: the time of the event.
    pub at: Option<String>,
    /// What the event was about.
    pub about: Option<About>,
}

impl Expectation {
    /// The statement that the learner confirms for it, if any.
    pub fn statement(&self) -> Option<&Statement> {
        match &self.proof {
            Proof::Evidence { instead, .. } => instead.as_ref(),
            Proof::Confirmation { statement, .. } => Some(statement),
        }
    }

    /// What it must still be about to be remembered.
    pub(super) fn abouts(&self) -> Vec<&About> {
        let late = match &self.proof {
            Proof::Evidence { late, .. } => late.as_ref().and_then(|late| late.about.as_ref()),
            Proof::Confirmation { .. } => None,
        };
        late.into_iter().chain(self.statement().and_then(|statement| statement.about.as_ref())).collect()
    }
}

/// An expectation: what must hold, and what the learner is told.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{ "required": ["that", "fix"] }, { "required": ["confirm"] }]))]
pub(super) struct ExpectTable {
    /// A short title, shown with any outcome. Plain text, in which `{NAME}` is the value of the parameter NAME.
    title: Option<String>,
    /// An expression: it applies only if this is true.
    when: Option<String>,
    /// A table of a lesson: it must hold for each row, which is `row`.
    rows: Option<String>,
    /// The page of AWS's console where it is done: `https://console.aws.amazon.com/…`. After the host, it may have `{…}`.
    console: Option<String>,
    /// An expression: AWS is still working on it. While this is true, the step is unknown instead of not yet.
    pending: Option<String>,
    /// An expression that must be true.
    that: Option<String>,
    /// Sentences with `{…}`: what was found, if it is met.
    met: Option<OneOrMore>,
    /// Sentences with `{…}`: what the learner does if it is not met. At least one has no `{…}`. Required with `that`.
    fix: Option<OneOrMore>,
    /// `"unknown"`: the evidence arrives late or expires. False then means unknown, and true is remembered.
    absence: Option<Absence>,
    /// An expression: the time of the event. Requires `absence`.
    at: Option<String>,
    /// An expression: identifies what was seen or confirmed. Requires `still`, and `absence` or `confirm`.
    same: Option<String>,
    /// Expressions: lists of what exists now. What was seen or confirmed counts while `same` is in one of them.
    still: Option<OneOrMore>,
    /// A statement that the learner confirms. With `that`, it counts only if AWS refuses the call to everybody.
    confirm: Option<String>,
    /// Why a confirmation is needed.
    why: Option<String>,
    /// An expression: an event that supports the confirmation. It never decides.
    backed_by: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Absence {
    Unknown,
}

impl ExpectTable {
    /// The expectation, or the key that is wrong, and why.
    pub(super) fn into_expectation(self) -> Result<Expectation, (&'static str, &'static str)> {
        let (fix, met) = (all(self.fix), all(self.met));
        let texts: [(&str, &[String], &str); 5] = [
            ("title", self.title.as_slice(), "`title` is empty: say what must be true, in a few words"),
            ("fix", &fix, "a sentence of `fix` is empty: say what the learner does if it isn't met"),
            ("met", &met, "a sentence of `met` is empty: say what was found, or remove it"),
            ("confirm", self.confirm.as_slice(), "`confirm` is empty: say what the learner confirms"),
            ("why", self.why.as_slice(), "`why` is empty: say why the learner must confirm it, or remove it"),
        ];
        let is_empty = |text: &String| text.trim().is_empty();
        if let Some((key, _, why)) = texts.into_iter().find(|(_, texts, _)| texts.iter().any(is_empty)) {
            return Err((key, why));
        }
        if let Some(why) = self.console.as_deref().and_then(console::wrong) {
            return Err(("console", why));
        }
        if self.rows.is_some() && (self.that.is_none() || self.confirm.is_some() || self.absence.is_some()) {
            let why = "`rows` requires `that`, without `confirm` and `absence`: nothing is remembered of a row";
            return Err(("rows", why));
        }
        if self.pending.is_some() && (self.that.is_none() || self.absence.is_some()) {
            return Err(("pending", "`pending` requires `that`, without `absence`: it says why that is not true yet"));
        }
        let about = match (self.same, self.still) {
            (Some(same), Some(still)) => Some(About { same, still: all(Some(still)) }),
            (Some(_), None) => return Err(("same", "`same` requires `still`, a list of what exists now")),
            (None, Some(_)) => {
                return Err(("still", "`still` requires `same`, which identifies what was seen or confirmed"));
            }
            (None, None) => None,
        };
        if about.is_some() && self.absence.is_none() && self.confirm.is_none() {
            return Err((
                "same",
                "`same` and `still` require `absence = \"unknown\"` or `confirm`: nothing else is remembered",
            ));
        }
        if self.why.is_some() && self.confirm.is_none() {
            return Err(("why", "`why` requires `confirm`: it says why the learner must confirm the statement"));
        }
        let statement = self.confirm.map(|text| Statement { text, why: self.why, about: about.clone() });
        let proof = match (self.that, statement) {
            (Some(that), instead) => {
                if self.backed_by.is_some() {
                    return Err((
                        "backed_by",
                        "`backed_by` requires `confirm` without `that`: with `that`, the evidence decides",
                    ));
                }
                if fix.is_empty() {
                    return Err(("fix", "`fix` is missing: say what the learner does if it isn't met"));
                }
                let late = match self.absence {
                    Some(Absence::Unknown) => Some(Late { at: self.at, about }),
                    None if self.at.is_some() => return Err(("at", "`at` requires `absence = \"unknown\"`")),
                    None => None,
                };
                Proof::Evidence { that, met, pending: self.pending, late, instead }
            }
            (None, Some(statement)) => {
                let late = [("absence", self.absence.is_some()), ("at", self.at.is_some())];
                if let Some((key, _)) = late.into_iter().find(|(_, there)| *there) {
                    return Err((key, "`absence` and `at` require `that`: a confirmation is not evidence"));
                }
                Proof::Confirmation { statement, backed_by: self.backed_by, met }
            }
            (None, None) => {
                return Err((
                    "that",
                    "an expectation needs `that` (evidence) or `confirm` (a statement that the learner confirms)",
                ));
            }
        };
        let title = self.title.unwrap_or_else(|| {
            let source = match &proof {
                Proof::Evidence { that, .. } => that,
                Proof::Confirmation { statement, .. } => &statement.text,
            };
            source.replace('{', "{{").replace('}', "}}")
        });
        Ok(Expectation { title, when: self.when, rows: self.rows, proof, fix, console: self.console })
    }
}

fn all(written: Option<OneOrMore>) -> Vec<String> {
    match written {
        None => Vec::new(),
        Some(OneOrMore::One(sentence)) => vec![sentence],
        Some(OneOrMore::More(sentences)) => sentences,
    }
}
