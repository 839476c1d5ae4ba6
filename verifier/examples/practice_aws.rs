//! Serves the practice accounts over HTTP on loopback, for `tests/bench`. `practice_aws [DELAY]` answers each request
//! after this many milliseconds, like AWS from far away, and prints its address.
//!
//! With `AWS_ENDPOINT_URL` set to that address, and the practice accounts' keys in profiles, any AWS client can read
//! them.

#![allow(clippy::disallowed_macros, reason = "a benchmark server prints its address")]

use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use axum::serve::ListenerExt;
use course::param::Params;
use practice::{PracticeCloud, Start};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// The largest request to AWS's control planes.
const MOST: usize = 1 << 20;

#[tokio::main]
async fn main() -> Result<()> {
    let delay: u64 = std::env::args().nth(1).map_or(Ok(0), |delay| delay.parse())?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let cloud = Arc::new(PracticeCloud::open(Start::Done, &[], &Params::new(), now.try_into()?).await?);
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
