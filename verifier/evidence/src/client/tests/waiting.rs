//! AWS that is slow, or that has enough of us: the SDK's retries and timeouts.

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::retry::RetryConfig;
use course::results::ReasonCode;
use serde_json::{Map, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::time::Instant;

use super::samples::{Sample, samples};
use super::{ACCOUNT, Aws, Response};
use crate::client::{Answer, Call, Client, Failure};
use crate::connection::timeouts;
use crate::{CallLog, Reader};

/// AWS that answers a while, and then no more.
#[derive(Debug, Clone)]
struct Silent {
    aws: Aws,
    left: Arc<AtomicUsize>,
}

impl HttpConnector for Silent {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
            Ok(_) => self.aws.call(request),
            Err(_) => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

impl HttpClient for Silent {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Reads with the SDK's retries and the program's timeouts.
async fn read(sample: &Sample, responses: Vec<Response>, answered: usize) -> (Result<Answer, Failure>, usize) {
    let aws = sample.aws(responses);
    let silent = Silent { aws: aws.clone(), left: Arc::new(AtomicUsize::new(answered)) };
    let sdk = aws.sdk().to_builder().retry_config(RetryConfig::standard()).timeout_config(timeouts());
    let sdk =
        sdk.sleep_impl(SharedAsyncSleep::new(TokioSleep::new())).http_client(SharedHttpClient::new(silent)).build();
    let client = Client::new(Reader::new("general", sdk, CallLog::default()).with_account_id(ACCOUNT), []);
    let input: Map<_, _> = sample.input.as_object().unwrap().clone();
    let answer = client.read(Call { found: sample.found(), region: "us-east-1", input: &input }).await;
    (answer, aws.sent().len())
}

/// The protocol's error with a code.
fn error(sample: &Sample, status: u16, code: &str) -> Response {
    use crate::reads::Protocol::{Ec2, Json, Query, RestJson, RestXml, RpcV2Cbor};
    let document = json!({ "__type": code, "message": "m" });
    let (_, headers, body) = match sample.protocol() {
        Json | RestJson => (0, vec![], document.to_string().into_bytes()),
        RpcV2Cbor => super::responses::in_cbor(super::responses::cbor(&document, false)),
        Ec2 => (0, vec![], format!("<Response><Errors><Error><Code>{code}</Code></Error></Errors></Response>").into()),
        Query => (0, vec![], format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>").into()),
        RestXml => (0, vec![], format!("<Error><Code>{code}</Code></Error>").into()),
    };
    (status, headers, body)
}

fn reason(answer: Result<Answer, Failure>) -> (Option<String>, ReasonCode) {
    match answer {
        Err(Failure::Failed { code, reasons }) => (code, reasons[0].code),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_that_never_comes_is_unreachable() {
    for sample in samples() {
        let pages: Vec<Response> = sample.pages().iter().map(|page| sample.response(page)).collect();
        for answered in 0..pages.len() {
            let begun = Instant::now();
            let answered = answered + usize::from(sample.read.starts_with("s3:"));
            let (answer, _) = read(&sample, pages.clone(), answered).await;
            assert_eq!(reason(answer), (None, ReasonCode::Unreachable), "{}", sample.read);
            assert!(begun.elapsed().as_secs() <= 60, "{:?}", begun.elapsed());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_throttled_for_a_while_is_answered() {
    for sample in samples() {
        let whole = sample.response(&sample.whole());
        for (status, code) in [(400, "ThrottlingException"), (503, "SlowDown"), (500, "InternalFailure")] {
            let refused = error(&sample, status, code);
            let (answer, _) = read(&sample, vec![refused.clone(), refused.clone(), whole.clone()], usize::MAX).await;
            assert_eq!(answer.unwrap().value, (sample.answer)(&["a", "b"]), "{} {code}", sample.read);
            let (answer, sent) = read(&sample, vec![refused], usize::MAX).await;
            let (found, reason) = reason(answer);
            let expected = if status == 500 { ReasonCode::ServiceError } else { ReasonCode::Throttled };
            assert_eq!(reason, expected, "{} {code}", sample.read);
            assert_eq!(found.as_deref(), (status == 400).then_some(code), "{}", sample.read);
            assert_eq!(sent, 3 + usize::from(sample.read.starts_with("s3:Get")), "{}", sample.read);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_has_its_code_if_it_is_of_the_first_page() {
    for sample in samples() {
        let denied = error(&sample, 403, "AccessDenied");
        let (answer, _) = read(&sample, vec![denied.clone()], usize::MAX).await;
        assert_eq!(reason(answer), (Some("AccessDenied".to_owned()), ReasonCode::Denied), "{}", sample.read);
        if sample.is_paged() {
            let pages = vec![sample.response(&sample.pages()[0]), sample.response(&sample.pages()[1]), denied];
            let (answer, _) = read(&sample, pages, usize::MAX).await;
            assert_eq!(reason(answer), (None, ReasonCode::Denied), "{}", sample.read);
        }
    }
}

#[tokio::test]
async fn an_answer_of_many_megabytes_is_read() {
    for sample in samples().iter().filter(|sample| sample.is_paged() && sample.read != "codebuild:ListProjects") {
        let items: Vec<String> = (0..4_000).map(|number| format!("{number}-{}", "x".repeat(1_000))).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let answer = sample.read(vec![sample.response(&(sample.body)(&items, None))]).await.unwrap();
        assert_eq!(answer.value, (sample.answer)(&items), "{}", sample.read);
    }
}
