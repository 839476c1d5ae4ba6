//! Both accounts, for who reads them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use course::results::{Reason, ReasonCode};
use evidence::connection::{Connected, Connection};
use winterbaume_core::{MockRequest, MockService};

use super::accounts::{Account, Caller, REGION};
use super::actions::{Operation, find};
use super::cloud::Cloud;
use super::lesson::Lesson;
use super::sdk::config;
use super::writer::Writer;

/// Both accounts.
pub struct PracticeCloud {
    pub(super) cloud: Arc<Cloud>,
    pub(super) http: SharedHttpClient,
    pub(super) lesson: Lesson,
    pub(super) done: Mutex<Vec<Operation>>,
}

impl fmt::Debug for PracticeCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PracticeCloud").field("done", &self.done).finish_non_exhaustive()
    }
}

impl PracticeCloud {
    /// What the SDK needs to read an account, by its name in the course; `None` for a name that is neither
    /// [`crate::GENERAL`] nor [`crate::PRODUCTION`].
    pub fn sdk_config(&self, account: &str) -> Option<SdkConfig> {
        Account::named(account).map(|account| config(Caller::Reader(account), self.http.clone(), &self.cloud))
    }

    /// Whether somebody signed up for the account.
    pub fn exists(&self, account: &str) -> bool {
        Account::named(account).is_some_and(|account| self.cloud.host(account).console().created().is_some())
    }

    /// The accounts of a course as they are reached; one that nobody signed up for says how to.
    pub fn connections<'n>(&self, accounts: impl IntoIterator<Item = &'n String>) -> BTreeMap<String, Connection> {
        let connect = |name: &String| {
            let connection = match self.sdk_config(name).filter(|_| self.exists(name)) {
                Some(sdk) => Connection::Sdk(Box::new(Connected { sdk, sign_in: String::new(), practice: true })),
                None => Connection::None(vec![Reason {
                    code: ReasonCode::NoCredentials,
                    account: Some(name.clone()),
                    action: None,
                    message: format!(
                        "There is no {name} account among the practice accounts yet. Open it: verify practice do {}",
                        crate::actions::SIGN_UP
                    ),
                }]),
            };
            (name.clone(), connection)
        };
        accounts.into_iter().map(connect).collect()
    }

    /// Whether the step's action was taken, or others that come to the same.
    pub fn has_done(&self, step: &str) -> bool {
        find(step).is_ok_and(|action| action.deeds.iter().all(|deed| self.is_done(*deed)))
    }

    /// From now on, denies reading by an operation (`budgets:DescribeBudgets`) or by all that need an IAM action
    /// (`budgets:ViewBudget`), in both accounts and as AWS denies it.
    /// Of real accounts, `sts:GetCallerIdentity` is never denied; here it can be.
    pub fn deny(&self, operation_or_action: &str) {
        self.cloud.deny(operation_or_action);
    }

    /// How the accounts answer an HTTP request, for programs that reach them over a network. Which service and which
    /// account are meant is read off the signature, so any endpoint will do.
    pub async fn answer(&self, request: http::Request<bytes::Bytes>) -> http::Response<bytes::Bytes> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        // S3 tells a bucket by the host or by the path; here, all share one host.
        let uri = format!("https://s3.{REGION}.amazonaws.com{path}");
        let (method, headers) = (parts.method.to_string(), parts.headers);
        let answer = self.cloud.handle(MockRequest { method, uri, headers, body }).await;
        let mut response = http::Response::new(answer.body);
        *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
        *response.headers_mut() = answer.headers;
        response
    }

    pub(super) fn writer(&self, account: Account) -> Writer {
        Writer::new(account, self.http.clone(), &self.cloud, &self.lesson)
    }

    pub(super) fn is_done(&self, deed: Operation) -> bool {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).contains(&deed)
    }

    pub(super) fn note_done(&self, deed: Operation) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(deed);
    }
}
