//! Both accounts, for readers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use course::results::{Reason, ReasonCode};
use evidence::connection::{Connected, Connection};
use winterbaume_core::{MockRequest, MockService};

use super::accounts::{Account, Caller, GENERAL, PRODUCTION, REGION};
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
    /// The SDK configuration for reading an account, by its name in the course; `None` for a name that is neither
    /// [`crate::GENERAL`] nor [`crate::PRODUCTION`].
    pub fn sdk_config(&self, account: &str) -> Option<SdkConfig> {
        Account::named(account).map(|account| config(Caller::Reader(account), self.http.clone(), &self.cloud))
    }

    /// Whether the account exists.
    pub fn exists(&self, account: &str) -> bool {
        Account::named(account).is_some_and(|account| self.cloud.host(account).console().created().is_some())
    }

    /// The connections to a course's accounts. For an account that does not exist, the reason says how to create it.
    pub fn connections<'n>(&self, accounts: impl IntoIterator<Item = &'n String>) -> BTreeMap<String, Connection> {
        let connect = |name: &String| {
            let connection = match self.sdk_config(name).filter(|_| self.exists(name)) {
                Some(sdk) => Connection::Sdk(Box::new(Connected { sdk, sign_in: String::new(), practice: true })),
                None => Connection::None(vec![Reason {
                    code: ReasonCode::NoCredentials,
                    account: Some(name.clone()),
                    action: None,
                    message: match Account::named(name) {
                        Some(_) => format!(
                            "The practice accounts have no {name} account yet. To create it, run `verify practice do {}`.",
                            crate::actions::SIGN_UP
                        ),
                        None => format!(
                            "There is no practice account for the {name} account: only {GENERAL} and {PRODUCTION} have \
                             one. Verify this step in your own account."
                        ),
                    },
                }]),
            };
            (name.clone(), connection)
        };
        accounts.into_iter().map(connect).collect()
    }

    /// Whether the step's action was taken, or others with the same operations.
    pub fn has_done(&self, step: &str) -> bool {
        find(step).is_ok_and(|action| action.operations.iter().all(|operation| self.is_done(*operation)))
    }

    /// Denies an operation (`budgets:DescribeBudgets`), or all operations that need an IAM action
    /// (`budgets:ViewBudget`), in both accounts and with AWS's errors. `sts:GetCallerIdentity` can be denied here, but
    /// not in real accounts.
    pub fn deny(&self, operation_or_action: &str) {
        self.cloud.deny(operation_or_action);
    }

    /// Responds to an HTTP request, for programs that use the accounts over a network. The signature determines the
    /// service and the account, so any endpoint will do.
    pub async fn answer(&self, request: http::Request<bytes::Bytes>) -> http::Response<bytes::Bytes> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        // S3 finds the bucket in the host or in the path. Here, all buckets share one host.
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

    pub(super) fn is_done(&self, operation: Operation) -> bool {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).contains(&operation)
    }

    pub(super) fn note_done(&self, operation: Operation) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(operation);
    }
}
