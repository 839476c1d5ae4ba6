//! HTTP: the book's files, the tasks that pages start, and the events.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::wrappers::BroadcastStream;

use super::auth::{self, Exchange};
use super::backend::Task;
use super::connections::Strangers;
use super::event::Event;
use super::live_book::LiveBook;
use super::pages;
use super::refusal;

/// The largest body of a task: room for the ids of a long chapter's steps.
const LARGEST_BODY: usize = 64 * 1024;
/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(5);

/// Decides whether a request is answered.
#[derive(Clone)]
struct Guard {
    live_book: Arc<LiveBook>,
    strangers: Arc<Strangers>,
}

pub(super) fn router(live_book: Arc<LiveBook>, strangers: Arc<Strangers>) -> Router {
    let guard = Guard { live_book: Arc::clone(&live_book), strangers };

    Router::new()
        .route(auth::EVENTS, get(events))
        .route("/-/verify", post(task))
        .route("/-/confirm", post(task))
        .route("/-/practice", post(task))
        .route("/-/watch", post(task))
        .route("/-/set", post(task))
        .route("/-/accounts", post(accounts))
        .fallback(get(file))
        .layer(middleware::from_fn_with_state(guard, guarded))
        .with_state(live_book)
}

/// Handles requests that `auth` accepts, exchanges the one-time address, and adds the security headers to every
/// response. A connection that sent a token is kept from then on; one whose request was refused is closed.
async fn guarded(State(Guard { live_book, strangers }): State<Guard>, request: Request, next: Next) -> Response {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let admitted = live_book.auth.admit(method, uri, headers);
    if admitted.is_ok() {
        strangers.leave();
    }
    let mut response = match (live_book.auth.exchange(method, uri, headers), admitted) {
        (Some(Exchange::Done { cookie, key }), _) => {
            strangers.leave();
            welcome(&cookie, key)
        }
        (Some(Exchange::AskAgain), _) => closed(ask_again(uri)),
        (Some(Exchange::TooEarly), _) => closed((StatusCode::SERVICE_UNAVAILABLE, TOO_EARLY)),
        // A browser that has the cookie may load the old address again.
        (Some(Exchange::Used), Ok(())) => (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response(),
        (Some(Exchange::Used), Err(_)) => closed(refusal::answer(headers, (StatusCode::FORBIDDEN, refusal::USED))),
        (None, Err(refused)) => closed(refusal::answer(headers, refused)),
        (None, Ok(())) => next.run(request).await,
    };
    let headers = response.headers_mut();
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let strictest = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(strictest);
    response
}

const TOO_EARLY: &str = "This address works once. It has not been used up: open it in a browser's tab.\n";

/// A response that ends the connection.
fn closed(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A page that requests the one-time address again, as one of our pages. Only a browser that shows it does so.
fn ask_again(uri: &Uri) -> Response {
    let script = "location.replace(location.href);";
    // The token is one of ours, so it consists of hexadecimal digits.
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>verify serve</title><script>{script}</script>\
         <noscript><p><a href=\"{uri}\">Open the book.</a></p></noscript></html>"
    );
    let policy = format!("default-src 'none'; script-src {}; frame-ancestors 'none'", pages::hash(script));
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy.as_str())];
    (headers, page).into_response()
}

/// The response to the one-time address: sets the cookie, saves the key in the storage of this origin, and goes to the
/// address without the token.
fn welcome(cookie: &str, key: &str) -> Response {
    let script = format!("localStorage.setItem(\"verify-key\", \"{key}\"); location.replace(\"/\");");
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>verify serve</title><script>{script}</script>\
         <noscript><p>The buttons of this book need JavaScript. <a href=\"/\">Read it without them.</a></p></noscript></html>"
    );
    let policy = format!("default-src 'none'; script-src {}; frame-ancestors 'none'", pages::hash(&script));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::SET_COOKIE, cookie),
    ];
    (headers, page).into_response()
}

async fn file(State(live_book): State<Arc<LiveBook>>, request: Request) -> Response {
    let pages = live_book.pages();
    let Some(page) = pages.find(request.uri().path()) else {
        return (StatusCode::NOT_FOUND, "The book has no such page.").into_response();
    };
    let headers = [(header::CONTENT_TYPE, page.kind), (header::CONTENT_SECURITY_POLICY, page.policy.as_str())];
    (headers, page.bytes.clone()).into_response()
}

/// The body of a task: only the ids of steps, and the value of an input that the course declares.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    steps: BTreeSet<String>,
    /// Whether to undo a confirmation, or to stop watching.
    #[serde(default)]
    undo: bool,
    /// The input, and its value.
    input: Option<(String, String)>,
}

async fn task(State(live_book): State<Arc<LiveBook>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let body = match tokio::time::timeout(BODY_DEADLINE, body_of(request.into_body())).await {
        Ok(Some(body)) => body,
        Ok(None) => return (StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.").into_response(),
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time.").into_response(),
    };
    let Ok(Asked { steps, undo, input }) = serde_json::from_slice(&body) else {
        return (StatusCode::BAD_REQUEST, "The request must name steps.").into_response();
    };
    if !live_book.knows(&steps) {
        return (StatusCode::NOT_FOUND, "The course has no such step.").into_response();
    }
    if path == "/-/practice" && !live_book.options.practice {
        return (StatusCode::FORBIDDEN, "Practice actions work only in the practice accounts.").into_response();
    }
    match path.as_str() {
        "/-/verify" => live_book.begin(Task::Verify(steps)),
        "/-/watch" => live_book.watch(&steps, undo),
        // Only one confirmation or action at a time.
        path => match (path, Vec::from_iter(steps).as_slice(), input) {
            ("/-/confirm", [step], None) => live_book.begin(Task::Confirm { step: step.clone(), undo }),
            ("/-/practice", [step], None) => live_book.begin(Task::Practice(step.clone())),
            ("/-/set", [step], Some(input)) => {
                let (setting, step) = (Arc::clone(&live_book), step.clone());
                // It waits for a disk.
                let set = tokio::task::spawn_blocking(move || setting.set(input)).await;
                match set.unwrap_or_else(|error| Err(error.into())) {
                    Ok(()) => live_book.begin(Task::Verify([step].into())),
                    Err(why) => return (StatusCode::BAD_REQUEST, format!("{why:#}")).into_response(),
                }
            }
            _ => return (StatusCode::BAD_REQUEST, "This works for one step at a time.").into_response(),
        },
    }
    StatusCode::ACCEPTED.into_response()
}

/// Starts a check of the accounts. The body says nothing.
async fn accounts(State(live_book): State<Arc<LiveBook>>) -> StatusCode {
    live_book.check_accounts();
    StatusCode::ACCEPTED
}

async fn body_of(body: Body) -> Option<bytes::Bytes> {
    axum::body::to_bytes(body, LARGEST_BODY).await.ok()
}

async fn events(State(live_book): State<Arc<LiveBook>>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    // Subscribe before the state is read, so that no event is missed.
    let later = BroadcastStream::new(live_book.listen());
    let now = stream::iter(live_book.state());
    let later = later.flat_map(move |event| match event {
        Ok(event) => stream::iter(vec![event]),
        // This page fell behind, so it gets the whole state again.
        Err(_) => stream::iter(live_book.state()),
    });
    let events = now.chain(later).map(|event: Event| {
        // An event can always be written as JSON.
        Ok(sse::Event::default().json_data(&event).unwrap_or_default())
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
