//! The results document: verdicts and the evidence for them. `verify` writes it, and the book shows it. The format is
//! defined here. The verifier's `store` writes the file. The document is sealed with a key from the learner's
//! configuration folder, so that a course cannot contain forged verdicts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::course::Step;
use crate::files;
use crate::key::{self, Key};

mod kept;
mod step;
mod steps;
mod verdict;

pub use kept::Kept;
pub use step::{Call, ExpectationResult, Made, RowResult, StepResult, time};
pub use steps::StepResults;
pub use verdict::{Outcome, Reason, ReasonCode, Verdict};

/// The largest file, in bytes. The result of a step takes about a kilobyte.
const LARGEST: u64 = 256 << 20;

/// The version of the format that this library reads and writes.
pub const VERSION: u32 = 3;

/// The whole document.
///
/// ```
/// use course::key::Key;
/// use course::results::{Results, Unusable};
///
/// let key = Key::new([1; 32]);
/// let (results, text) = Results::empty(false).sealed(&key).unwrap();
/// assert_eq!(Results::parse(&text, false, Some(&key)).unwrap(), results);
///
/// let another = Key::new([2; 32]);
/// let refused = Results::parse(&text, false, Some(&another));
/// assert!(matches!(refused, Err(Unusable::Foreign)));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Results {
    /// The version of this format: 3.
    pub version: u32,
    /// Whether these verdicts are about the practice accounts.
    pub practice: bool,
    /// When the document was written (RFC 3339, UTC).
    pub written: String,
    /// The program and version that wrote it.
    pub by: String,
    /// The course's accounts as they were last seen.
    pub accounts: BTreeMap<String, SeenAccount>,
    /// Results by step id.
    pub steps: StepResults,
    /// What the learner made, by the id of the step that makes it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made: BTreeMap<String, Made>,
    /// What the learner confirmed.
    pub confirmations: Vec<Confirmation>,
    /// Late evidence that was seen.
    pub seen: Vec<Seen>,
    /// The steps whose verdicts rest on the learner's own results file, which proves nothing (`verify cohort --results`).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub by_learners_file: BTreeSet<String>,
    /// Keyed digest of the roles with which a learner of a class was checked (`verify cohort`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<String>,
    /// Keyed digest of all of the above. A document with another seal was not written here.
    pub seal: String,
}

/// An account as it was last seen, by the course's name for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeenAccount {
    /// Keyed fingerprint of the account id (a plain hash of twelve digits could be guessed).
    pub fingerprint: String,
    /// The account id, masked: `••••••••9012`.
    pub id: String,
}

/// A statement that the learner confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confirmation {
    /// The step's id.
    pub step: String,
    /// The exact statement. If the check's statement changes, it must be confirmed again.
    pub statement: String,
    /// Fingerprint of the account that it is about.
    pub account: String,
    /// Fingerprints of all accounts that the check reads, by name.
    pub accounts: BTreeMap<String, String>,
    /// Keyed digest of the inputs that the step used, if it used any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<String>,
    /// Keyed digest of what it was about, such as the root user's MFA device. A confirmation counts while that exists.
    pub about: String,
    /// When (RFC 3339, UTC).
    pub time: String,
}

/// Late evidence that was seen. CloudTrail keeps events for 90 days only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Seen {
    /// The step's id.
    pub step: String,
    /// The index of the expectation in the check, from 0.
    pub expectation: usize,
    /// Hash of the check and the parameters it used.
    pub check_hash: String,
    /// Keyed digest of the inputs that the step used, if it used any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<String>,
    /// Fingerprints of the accounts that the check reads, by name.
    pub accounts: BTreeMap<String, String>,
    /// Keyed digest of what the event was about, such as the root user's MFA device.
    pub about: String,
    /// When the event happened (RFC 3339, UTC).
    pub time: String,
}

/// A step's result as it can be shown now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View<'r> {
    /// The verdict to show.
    pub verdict: Verdict,
    /// Its result; `None` if `unchecked`.
    pub result: Option<&'r StepResult>,
    /// Why an older result no longer counts, in a sentence.
    pub stale: Option<&'static str>,
}

/// The key of the seal, which is a document's last. The seal covers all that is before its value.
const SEAL: &str = ",\"seal\":";

/// Whether a document, in exactly these bytes, was sealed with this key.
pub fn is_sealed(document: &[u8], key: &Key) -> bool {
    let digits = document.trim_ascii_end().strip_suffix(b"\"}");
    let sealed = digits.and_then(|document| document.split_last_chunk::<{ key::DIGEST }>());
    sealed.is_some_and(|(before, digits)| {
        let content = before.strip_suffix(b"\"").filter(|content| content.ends_with(SEAL.as_bytes()));
        content.zip(str::from_utf8(digits).ok()).is_some_and(|(content, seal)| key.matches(content, seal))
    })
}

/// The part that documents of every version have.
#[derive(Deserialize)]
struct AnyVersion {
    version: Option<serde_json::Value>,
}

/// Why a results file cannot be used.
#[derive(Debug)]
pub enum Unusable {
    /// It could not be read at all.
    Io(std::io::Error),
    /// It is not a results document.
    Damaged(String),
    /// It was written by a later version.
    Newer(u64),
    /// It was written by an earlier version, in a format that this one does not read.
    Older(u64),
    /// It was not written with this learner's key.
    Foreign,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Io(error) => write!(f, "it could not be read ({error})"),
            Unusable::Damaged(why) => write!(f, "it is damaged ({why})"),
            Unusable::Newer(version) => {
                write!(
                    f,
                    "it has format version {version}, and this program supports versions up to {VERSION}: update verify"
                )
            }
            Unusable::Older(version) => {
                write!(
                    f,
                    "it has format version {version}, and this program supports only {VERSION}: verify your steps again"
                )
            }
            Unusable::Foreign => f.write_str("it was not written by verify on this machine"),
        }
    }
}

impl std::error::Error for Unusable {}

fn damaged(error: serde_json::Error) -> Unusable {
    Unusable::Damaged(error.to_string())
}

impl Results {
    /// An empty document.
    pub fn empty(practice: bool) -> Results {
        Results {
            version: VERSION,
            practice,
            written: String::new(),
            by: String::new(),
            accounts: BTreeMap::new(),
            steps: StepResults::default(),
            made: BTreeMap::new(),
            confirmations: Vec::new(),
            seen: Vec::new(),
            by_learners_file: BTreeSet::new(),
            roles: None,
            seal: String::new(),
        }
    }

    /// The path of a course's results.
    pub fn path(course_root: &Path, practice: bool) -> PathBuf {
        let file = if practice { "practice.json" } else { "results.json" };
        course_root.join(".verify").join("results").join(file)
    }

    /// Reads a course's results; `None` if there is no file.
    ///
    /// # Errors
    /// Why the file cannot be used.
    pub fn read(course_root: &Path, practice: bool, key: Option<&Key>) -> Result<Option<Results>, Unusable> {
        let path = Results::path(course_root, practice);
        match files::read(&path, LARGEST) {
            Ok(bytes) => Results::parse(&bytes, practice, key).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            // Something else in the file's place, which may have no end.
            Err(error) if [ErrorKind::InvalidInput, ErrorKind::FileTooLarge].contains(&error.kind()) => {
                Err(Unusable::Damaged(error.to_string()))
            }
            Err(error) => Err(Unusable::Io(error)),
        }
    }

    /// Reads a document, and checks that it was sealed with this key.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn parse(bytes: &[u8], practice: bool, key: Option<&Key>) -> Result<Results, Unusable> {
        // What this program wrote can be read.
        let sealed = key.is_some_and(|key| is_sealed(bytes, key));
        let results = if sealed { Results::of_this_version(bytes) } else { Results::of_anybody(bytes) }?;
        if sealed && results.practice == practice { Ok(results) } else { Err(Unusable::Foreign) }
    }

    /// Reads a document without checking its seal. Its verdicts may be forged.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn of_anybody(bytes: &[u8]) -> Result<Results, Unusable> {
        let results = Results::of_this_version(bytes)?;
        results.steps.read_all().map_err(damaged)?;
        Ok(results)
    }

    fn of_this_version(bytes: &[u8]) -> Result<Results, Unusable> {
        // A document of this version, as nearly all are, is gone through once.
        let read = match serde_json::from_slice::<Results>(bytes) {
            Ok(results) if results.version == VERSION => return Ok(results),
            read => read,
        };
        let AnyVersion { version } = serde_json::from_slice(bytes).map_err(damaged)?;
        match version.as_ref().and_then(serde_json::Value::as_u64) {
            Some(version) if version > u64::from(VERSION) => Err(Unusable::Newer(version)),
            Some(version) if version < u64::from(VERSION) => Err(Unusable::Older(version)),
            Some(_) => read.map_err(damaged),
            None => Err(Unusable::Damaged("it has no version".into())),
        }
    }

    /// The document as text on one line, sealed: it is large, and read and written in every run.
    ///
    /// # Errors
    /// Never for a document built by this crate; JSON cannot express some floating-point numbers.
    pub fn sealed(mut self, key: &Key) -> serde_json::Result<(Results, Vec<u8>)> {
        self.seal.clear();
        // The rest is small.
        let mut text = Vec::with_capacity(self.steps.text_len() + (1 << 16));
        serde_json::to_writer(&mut text, &self)?;
        // Without the empty seal.
        text.truncate(text.len().saturating_sub("\"\"}".len()));
        self.seal = key.digest(&text);
        text.extend(["\"", &self.seal, "\"}\n"].map(str::as_bytes).concat());
        Ok((self, text))
    }

    /// A step's result as it can be shown: only while the check, its parameters and the accounts are the same as when
    /// it was checked.
    pub fn view(&self, step: &Step) -> View<'_> {
        let stale = |stale| View { verdict: Verdict::Unchecked, result: None, stale };
        let Some(result) = self.steps.get(&step.id) else { return stale(None) };
        if result.check_hash != step.hash {
            return stale(Some("The check has changed since it was last verified."));
        }
        if step.inputs.as_ref().is_some_and(|inputs| result.inputs.as_ref() != Some(inputs)) {
            return stale(Some("It was last verified with other inputs."));
        }
        let same_account =
            |(name, seen): (&String, &String)| self.accounts.get(name).is_some_and(|now| now.fingerprint == *seen);
        if !result.accounts.iter().all(same_account) {
            return stale(Some("It was last verified in another account."));
        }
        View { verdict: result.verdict, result: Some(result), stale: None }
    }
}
