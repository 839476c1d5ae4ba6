//! The client of an account: checks a call, and completes it with what a course need not write.

use course::results::Reason;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use tokio::sync::OnceCell;

use super::buckets::{self, Buckets};
use super::call::{self, Answer, Call, Failure};
use super::input;
use super::pages;
use super::reach::Own;
use super::refused::{Refused, Why};
use crate::arn;
use crate::reader::Reader;
use crate::reads::{Found, Reach, Variant};

/// The elements of a page, where an operation must be told: all of these allow as many (API references of Cognito and
/// Amazon EC2).
const PAGE: i32 = 60;

/// Calls operations of the table for an account.
#[derive(Debug)]
pub struct Client {
    reader: Reader,
    /// The ids of the learner's accounts.
    accounts: BTreeSet<String>,
    /// The account's buckets, once a call needs them.
    buckets: OnceCell<Result<Buckets, Vec<Reason>>>,
}

impl Client {
    /// A client for an account that was identified, and the ids of the learner's other accounts.
    pub fn new(reader: Reader, others: impl IntoIterator<Item = String>) -> Client {
        let accounts = others.into_iter().chain([reader.account_id().to_owned()]).filter(|id| !id.is_empty()).collect();
        Client { reader, accounts, buckets: OnceCell::new() }
    }

    /// The course's name for the account.
    pub fn account(&self) -> &str {
        self.reader.account()
    }

    /// The region in which a service is asked where a check does not say one: the profile's, or that of a global service.
    pub(super) fn region_of(&self, found: Found) -> String {
        let global = found.service.global_region(self.reader.partition());
        global.unwrap_or(self.reader.profile_region()).to_owned()
    }

    /// Makes a call, and reads its answer to the end.
    ///
    /// # Errors
    /// When the call may not be made, when it fails, or when its answer is not complete.
    pub async fn read(&self, call: Call<'_>) -> Result<Answer, Failure> {
        self.check_region(call.found, call.region)?;
        let bucket = self.bucket(call).await?;
        let names = bucket.as_ref().map(|(buckets, _)| buckets.keys().cloned().collect::<BTreeSet<String>>());
        let own = Own { accounts: &self.accounts, buckets: names.as_ref() };
        let input = self.completed(call);
        input::check(call.found, &input, Some(&own))?;
        let region = bucket.as_ref().and_then(|(_, region)| region.as_deref()).unwrap_or(call.region);
        self.check_region(call.found, region)?;
        let input = self.with_programs_own(call.found, input);
        call::all_pages(&self.reader, call, region, input).await
    }

    /// Checks that the service is in a region of the partition that the credentials are for.
    fn check_region(&self, found: Found, region: &str) -> Result<(), Refused> {
        let is_offered = found.service.endpoint(region, Variant::Plain).is_some();
        match is_offered && arn::partition_of(region) == self.reader.partition() {
            true => Ok(()),
            false => Err(Refused { at: String::new(), why: Why::Region { region: region.to_owned() } }),
        }
    }

    /// The account's buckets, and the region of the one that a call is about, if it is about one.
    async fn bucket(&self, call: Call<'_>) -> Result<Option<(&Buckets, Option<String>)>, Failure> {
        let shape = call.found.operation.input.as_deref().and_then(|name| call.found.service.shape(name));
        let member =
            shape.and_then(|shape| shape.members.iter().find(|(_, member)| member.reach == Some(Reach::Bucket)));
        let Some(name) = member.and_then(|(name, _)| call.input.get(name)?.as_str()) else { return Ok(None) };
        let listed = self.buckets.get_or_init(async || buckets::list(&self.reader).await).await;
        match listed {
            Ok(buckets) => Ok(Some((buckets, buckets.get(name).cloned().flatten()))),
            Err(reasons) => Err(Failure::Failed { code: None, reasons: reasons.clone() }),
        }
    }

    /// The input with what a course need not write: the account itself, where an operation asks for one, and `self`
    /// where AWS would otherwise answer everybody's public things.
    fn completed(&self, call: Call<'_>) -> Map<String, Value> {
        let (mut input, Found { service, operation, .. }) = (call.input.clone(), call.found);
        let shape = operation.input.as_deref().and_then(|name| service.shape(name));
        for name in shape.into_iter().flat_map(|shape| &shape.required) {
            let is_account = shape
                .and_then(|shape| shape.members.get(name))
                .is_some_and(|member| member.reach == Some(Reach::Account));
            if is_account && !input.contains_key(name) {
                input.insert(name.clone(), json!(self.reader.account_id()));
            }
        }
        // An empty list is no restriction.
        let is_given = |name: &String| input.get(name).is_some_and(|value| !pages::is_empty(value));
        if let Some(own) = &operation.own
            && !own.unless.iter().chain([&own.given]).any(is_given)
        {
            input.insert(own.given.clone(), json!(["self"]));
        }
        input
    }

    /// The input with what the program alone sets: S3 refuses a bucket that does not belong to this account, and some
    /// operations want to be told how long a page may be.
    fn with_programs_own(&self, found: Found, mut input: Map<String, Value>) -> Map<String, Value> {
        let shape = found.operation.input.as_deref().and_then(|name| found.service.shape(name));
        if shape.is_some_and(|shape| shape.members.contains_key("ExpectedBucketOwner")) {
            input.insert("ExpectedBucketOwner".to_owned(), json!(self.reader.account_id()));
        }
        let limit = found.operation.pages.as_ref().and_then(|pages| pages.limit.as_ref());
        if let Some(limit) = limit.filter(|limit| shape.is_some_and(|shape| shape.required.contains(limit))) {
            input.insert(limit.clone(), json!(PAGE));
        }
        input
    }
}
