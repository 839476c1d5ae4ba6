//! The reader of an account: its SDK configuration, from which only guarded clients can be created.

use aws_config::{Region, SdkConfig};
use course::results::Reason;
use serde_json::Value;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::Section;
use super::arn;
use super::clock::Clock;
use super::guard::{CallLog, Guard, Scope};
use super::pace::{Pace, Turn};
use super::read::incomplete;
use super::table::{self, Call};
use super::time::Time;

/// How many pages of a list are read before it counts as endless.
pub(super) const MAX_PAGES: usize = 100;

/// A list as far as it was read, and the reasons for a missing rest; `None` if it is complete.
pub(super) type SoFar<T> = (Vec<T>, Option<Vec<Reason>>);

/// Decides whether a list is read any further. It gets the account, the section, and the section's JSON so far, whose
/// last entry says that later pages are missing.
pub type Enough = Arc<dyn Fn(&str, Section, &Value) -> bool + Send + Sync>;

/// Reads an account.
#[derive(Clone)]
pub struct Reader {
    account: String,
    account_id: Option<String>,
    sdk: SdkConfig,
    log: CallLog,
    clock: Clock,
    pace: Option<Pace>,
    enough: Option<Enough>,
    sign_in: String,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("account", &self.account).field("log", &self.log).finish_non_exhaustive()
    }
}

impl Reader {
    /// A reader for an account, by the course's name for it.
    pub fn new(account: &str, sdk: SdkConfig, log: CallLog) -> Reader {
        Reader {
            account: account.to_owned(),
            account_id: None,
            sdk,
            log,
            clock: Clock::default(),
            pace: None,
            enough: None,
            sign_in: String::new(),
        }
    }

    /// The same reader with the account id, which is a parameter of some calls.
    pub fn with_account_id(mut self, id: &str) -> Reader {
        self.account_id = Some(id.to_owned());
        self
    }

    /// The same reader with the run's clock.
    pub(crate) fn with_clock(mut self, clock: Clock) -> Reader {
        self.clock = clock;
        self
    }

    /// The same reader with the limiter of the run's look-ups.
    pub(crate) fn with_pace(mut self, pace: Pace) -> Reader {
        self.pace = Some(pace);
        self
    }

    /// The same reader with the function that decides whether a list is read any further.
    pub(crate) fn with_enough(mut self, enough: Option<Enough>) -> Reader {
        self.enough = enough;
        self
    }

    /// The same reader with the advice for credentials that AWS does not accept.
    pub(crate) fn with_sign_in(mut self, sign_in: &str) -> Reader {
        sign_in.clone_into(&mut self.sign_in);
        self
    }

    /// The advice for credentials that AWS does not accept.
    pub(super) fn sign_in(&self) -> &str {
        &self.sign_in
    }

    /// Waits until another look-up in CloudTrail may be made in a region.
    pub(super) async fn turn(&self, region: &str) -> Option<Turn> {
        match &self.pace {
            Some(pace) => Some(pace.turn(&self.account, region).await),
            None => None,
        }
    }

    /// The function that decides whether a list is read any further.
    pub(super) fn enough(&self) -> Option<&Enough> {
        self.enough.as_ref()
    }

    /// The time by AWS's clock.
    ///
    /// # Errors
    /// When no response had a time.
    pub(super) async fn now(&self) -> Result<Time, Vec<Reason>> {
        let missing = || incomplete(&self.account, "No response from AWS had a time.");
        self.clock.wait().await.ok_or_else(missing)
    }

    /// The course's name for the account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The account id. Before it is known, it is empty, which no call accepts.
    pub(super) fn account_id(&self) -> &str {
        self.account_id.as_deref().unwrap_or_default()
    }

    /// The profile's region, or us-east-1 if it has none.
    pub fn profile_region(&self) -> &str {
        self.sdk.region().map_or("us-east-1", |region| region.as_ref())
    }

    /// The partition of the profile's region.
    pub fn partition(&self) -> &'static str {
        arn::partition_of(self.profile_region())
    }

    /// Whether this is AWS's standard partition.
    pub(crate) fn in_aws_partition(&self) -> bool {
        self.partition() == "aws"
    }

    /// The endpoint for calls instead of AWS, if the environment or the profile sets one.
    pub fn endpoint(&self) -> Option<&str> {
        self.sdk.endpoint_url()
    }

    /// The regions of a call, as far as they are known before anything is read.
    pub(super) fn regions(&self, call: &Call) -> Vec<String> {
        let profile = self.profile_region().to_owned();
        if !self.in_aws_partition() {
            return vec![profile];
        }
        match call.region {
            table::Region::Profile | table::Region::Bucket => vec![profile],
            table::Region::UsEast1 => vec!["us-east-1".to_owned()],
            table::Region::UsEast1AndProfile if profile == "us-east-1" => vec![profile],
            table::Region::UsEast1AndProfile => vec!["us-east-1".to_owned(), profile],
        }
    }

    /// The SDK configuration for a region.
    pub(super) fn sdk(&self, region: &str) -> SdkConfig {
        self.sdk.to_builder().region(Region::new(region.to_owned())).build()
    }

    /// The guard for a section's client in a region.
    pub(super) fn guard(&self, section: Section, region: &str) -> Guard {
        self.guard_of(Scope::Section(section), region)
    }

    /// The guard for a client in a region.
    pub(super) fn guard_of(&self, scope: Scope, region: &str) -> Guard {
        Guard { scope, account: self.account.clone(), region: region.to_owned(), log: self.log.clone() }
    }

    /// Reads a list to its end. An incomplete list is an error, never a shorter list.
    ///
    /// # Errors
    /// The reasons of the first page that fails, or that the list has no end.
    pub(super) async fn pages<T, F, Fut>(&self, call: &Call, fetch: F) -> Result<Vec<T>, Vec<Reason>>
    where
        F: FnMut(Option<String>) -> Fut,
        Fut: Future<Output = Result<(Vec<T>, Option<String>), Vec<Reason>>>,
    {
        match self.pages_so_far(call, fetch).await? {
            (all, None) => Ok(all),
            (_, Some(missing)) => Err(missing),
        }
    }

    /// Reads a list as far as possible, with the reasons for a missing rest.
    ///
    /// # Errors
    /// The reasons of the first page, if it fails.
    pub(super) async fn pages_so_far<T, F, Fut>(&self, call: &Call, mut fetch: F) -> Result<SoFar<T>, Vec<Reason>>
    where
        F: FnMut(Option<String>) -> Fut,
        Fut: Future<Output = Result<(Vec<T>, Option<String>), Vec<Reason>>>,
    {
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        for page in 0..MAX_PAGES {
            let (items, next) = match fetch(token.clone()).await {
                Ok(read) => read,
                Err(reasons) if page == 0 => return Err(reasons),
                Err(reasons) => return Ok((all, Some(reasons))),
            };
            all.extend(items);
            match next.filter(|next| !next.is_empty()) {
                None => return Ok((all, None)),
                Some(next) if Some(&next) == token.as_ref() => break,
                next => token = next,
            }
        }
        Ok((all, Some(self.endless(call))))
    }

    /// The reasons for a list without an end.
    pub(super) fn endless(&self, call: &Call) -> Vec<Reason> {
        let message = format!("The list of {} has no end: AWS returned more and more pages.", call.name());
        incomplete(&self.account, &message)
    }
}

/// The guarded client of a service, for a section's call, in a region, with the service's own settings.
macro_rules! client {
    ($sdk:ident, $reader:expr, $section:expr, $region:expr $(, $setting:ident = $value:expr)*) => {
        $sdk::Client::from_conf(
            $sdk::config::Builder::from(&$reader.sdk($region))
                .interceptor($reader.guard($section, $region))
                $(.$setting($value))*
                .build(),
        )
    };
}

/// The table's row for a call. A call that is not in the table does not compile.
macro_rules! row {
    ($section:expr, $service:literal, $operation:literal) => {{
        const ROW: &crate::table::Call = crate::table::row($section, $service, $operation);
        ROW
    }};
}

pub(super) use {client, row};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CallLog;

    const CALL: &Call = &table::CALLS[0];

    async fn pages(
        page: impl Fn(usize) -> Result<(Vec<usize>, Option<String>), Vec<Reason>>,
    ) -> Result<Vec<usize>, String> {
        let reader = Reader::new("production", SdkConfig::builder().build(), CallLog::default());
        let asked = std::cell::Cell::new(0);
        let read = reader.pages(CALL, async |_| page(asked.replace(asked.get() + 1))).await;
        read.map_err(|reasons| reasons[0].message.clone())
    }

    #[tokio::test]
    async fn a_list_is_read_to_its_end_over_empty_pages() {
        let read =
            pages(|at| Ok((if at == 1 { vec![] } else { vec![at] }, (at < 2).then(|| format!("after {at}"))))).await;
        assert_eq!(read.unwrap(), [0, 2]);
    }

    #[tokio::test]
    async fn an_incomplete_list_is_an_error() {
        let read =
            pages(
                |at| {
                    if at < 2 { Ok((vec![at], Some(at.to_string()))) } else { Err(incomplete("production", "cut off")) }
                },
            );
        assert_eq!(read.await.unwrap_err(), "cut off");
    }

    #[tokio::test]
    async fn an_endless_list_is_an_error() {
        assert!(pages(|at| Ok((vec![at], Some(at.to_string())))).await.unwrap_err().contains("no end"));
        assert!(pages(|at| Ok((vec![at], Some("same".into())))).await.unwrap_err().contains("no end"));
    }
}
