//! Serves the practice accounts of this repository's course over HTTP on loopback, with everything done, for
//! `tests/bench`. `practice_aws [DELAY]` answers each request
//! after this many milliseconds, like AWS from far away, and prints its address.
//!
//! With `AWS_ENDPOINT_URL` set to that address, and the practice accounts' keys in profiles, any AWS client can read
//! them.

#![allow(clippy::disallowed_macros, reason = "a benchmark server prints its address")]

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use axum::serve::ListenerExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use verify::actions::{ActionError, Failures, PracticeAccounts};
use verify::{book, compile};

/// The largest request to AWS's control planes.
const MOST: usize = 1 << 20;

#[tokio::main]
async fn main() -> Result<()> {
    let delay: u64 = std::env::args().nth(1).map_or(Ok(0), |delay| delay.parse())?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book").canonicalize()?;
    let course = Arc::new(book::read(&root, false)?);
    let compiled = compile::compile(&course).map_err(|errors| compile::located(&course.root, errors))?;
    let mut accounts = PracticeAccounts::fresh(&course, &Arc::new(compiled), now.try_into()?).await?;
    accounts.walk(now.try_into()?, Failures::End, async |_, _| Ok::<(), ActionError>(())).await?;
    let cloud = Arc::new(accounts.into_cloud().context("the accounts are in this process")?);
    let answer = async move |request: Request| {
        tokio::time::sleep(Duration::from_millis(delay)).await;
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, MOST).await else { return Err(StatusCode::PAYLOAD_TOO_LARGE) };
        let response: Response<Body> = cloud.answer(Request::from_parts(parts, body)).await.map(Body::from);
        Ok(response)
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}", listener.local_addr()?);
    // Small responses are sent immediately, like AWS's.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    axum::serve(listener, Router::new().fallback(answer)).await?;
    Ok(())
}
