//! A call, page by page.

use aws_config::SdkConfig;
use course::results::Reason;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

use super::endpoint::{self, Target};
use super::pages::{self, Next};
use super::prepared::Prepared;
use super::refused::{Refused, Why};
use super::send::{self, Failed};
use crate::arn;
use crate::error::{self, Asked};
use crate::guard::Scope;
use crate::read::incomplete;
use crate::reader::{MAX_PAGES, Reader};
use crate::reads::Found;

/// A call.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The operation.
    pub found: Found,
    /// The region in which it is asked.
    pub region: &'a str,
    /// The values of its inputs.
    pub input: &'a Map<String, Value>,
}

/// An answer, all pages as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The members that the answer has. Empty ones may be missing.
    pub value: Value,
    /// Members that were not the same on all pages, as in `DistributionList.Quantity`: they are not known.
    pub differing: BTreeSet<String>,
    /// The region that was asked.
    pub region: String,
    /// The input that was given, with what a course need not write.
    pub input: Map<String, Value>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The call was not made.
    Refused(Refused),
    /// The call failed, or its answer is not complete.
    Failed {
        /// AWS's error code, if AWS answered the first page with an error of the client (status 4xx), whole and in the
        /// protocol's form. Only such a code can say that what was asked for is not there.
        code: Option<String>,
        /// What happened.
        reasons: Vec<Reason>,
    },
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        Failure::Refused(refused)
    }
}

/// A call in a region, as messages name it.
struct InRegion<'a>(Found, &'a str);

impl Asked for InRegion<'_> {
    fn name(&self) -> String {
        let InRegion(found, region) = self;
        match found.service.global_region(arn::partition_of(region)) {
            // A global service has one region, which nobody chooses.
            Some(_) => found.to_string(),
            None => format!("{found} in {region}"),
        }
    }

    fn permission(&self) -> String {
        let InRegion(found, _) = self;
        found.operation.actions.first().cloned().unwrap_or_else(|| found.to_string())
    }

    fn is_refused_to_everybody(&self, code: &str) -> bool {
        self.0.service.everybody.iter().any(|known| known == code)
    }
}

/// How many entries an answer may have, all pages together.
const MOST_ITEMS: usize = 20_000;

/// Makes a call whose input was checked, and reads its answer to the end.
///
/// # Errors
/// When it fails, or its answer is not complete.
pub(super) async fn all_pages(
    reader: &Reader,
    call: Call<'_>,
    region: &str,
    input: Map<String, Value>,
) -> Result<Answer, Failure> {
    let sdk = reader.sdk(region);
    let Some(target) = endpoint::target(call.found, &sdk, region, &input) else {
        let refused = Refused { at: String::new(), why: Why::Region { region: region.to_owned() } };
        return Err(refused.into());
    };
    let mut answer: Option<Value> = None;
    let (mut differing, mut seen, mut tokens) = (BTreeSet::new(), Vec::new(), Map::new());
    for _ in 0..MAX_PAGES {
        let page = page(reader, call, &sdk, &target, with(&input, &tokens), answer.is_none()).await?;
        let pages = call.found.operation.pages.as_ref();
        let next = pages.map_or(Next::Nothing, |pages| pages::next(pages, &page));
        match (&mut answer, pages) {
            (Some(answer), Some(pages)) => pages::add(pages, answer, &page, &mut differing),
            (answer, _) => *answer = Some(page),
        }
        if answer.iter().zip(pages).any(|(answer, pages)| pages::count(pages, answer) > MOST_ITEMS) {
            return Err(no_answer(reader, call, "has more entries than verify reads"));
        }
        match next {
            Next::Nothing => {
                let value = answer.unwrap_or_default();
                let value = pages.map_or(value.clone(), |pages| pages::without_tokens(pages, value));
                return Ok(Answer { value, differing, region: region.to_owned(), input });
            }
            Next::Page(next) if !seen.contains(&next) => {
                seen.push(next.clone());
                tokens = next;
            }
            Next::Page(_) => return Err(no_answer(reader, call, "has no end: AWS returned a page twice")),
            Next::Missing => return Err(no_answer(reader, call, "has more than AWS returns to this call")),
        }
    }
    Err(no_answer(reader, call, "has no end: AWS returned more and more pages"))
}

/// An input with the tokens of a page.
fn with(input: &Map<String, Value>, tokens: &Map<String, Value>) -> Map<String, Value> {
    input.clone().into_iter().chain(tokens.clone()).collect()
}

async fn page(
    reader: &Reader,
    call: Call<'_>,
    sdk: &SdkConfig,
    target: &Target,
    input: Map<String, Value>,
    is_first: bool,
) -> Result<Value, Failure> {
    let Some(protocol) = call.found.service.protocols.first().copied() else {
        return Err(no_answer(reader, call, "has no protocol"));
    };
    let scope = Scope::Reads(call.found);
    let guard = reader.guard_of(scope, &target.region);
    let page = send::send(Prepared::of(call.found, protocol), sdk, target, guard, input).await;
    let page = page.map_err(|failed| Failure::Failed {
        code: error::code(&failed).filter(|_| is_first && is_of_client(&failed)).map(str::to_owned),
        reasons: error::reason_with_sign_in(
            reader.account(),
            &InRegion(call.found, &target.region),
            &failed,
            reader.sign_in(),
        ),
    })?;
    let failures = &call.found.operation.failures;
    match failures.iter().find(|path| !pages::is_empty(&pages::at(&page, path))) {
        Some(member) => {
            Err(no_answer(reader, call, &format!("does not have everything that was asked for (`{member}`)")))
        }
        None => Ok(page),
    }
}

fn is_of_client(failed: &Failed) -> bool {
    failed.raw_response().is_some_and(|response| response.status().is_client_error())
}

fn no_answer(reader: &Reader, call: Call<'_>, what: &str) -> Failure {
    let message = format!("The response to {} {what}.", InRegion(call.found, call.region).name());
    Failure::Failed { code: None, reasons: incomplete(reader.account(), &message) }
}
