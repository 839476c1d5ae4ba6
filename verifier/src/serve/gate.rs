//! Who may talk to the server: this machine's browser, on a page of this server's, with this run's token.
//!
//! A web page anywhere can make a browser talk to loopback. A request must name one of our own addresses as its host
//! (which stops DNS rebinding), must come from our own pages if it says where it comes from, and must bring the cookie
//! that the one-time address was exchanged for.
//!
//! Browsers send a cookie to every port of a host, so whoever serves another port of loopback may learn it. What tells of
//! the learner's accounts or changes something takes a key as well, which stands in the storage of this origin alone.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq;

/// The header that our own script sends the key in: a form or a link of somebody else's has no such thing.
pub const KEY_HEADER: &str = "x-verify";
/// The path of the events, whose address has the key in it: browsers send no headers of ours there.
pub const EVENTS: &str = "/-/events";

/// What is asked of every request.
#[derive(Debug)]
pub struct Gate {
    hosts: Vec<String>,
    cookie: String,
    session: String,
    key: String,
    /// What the one-time address holds; gone once it was used.
    once: Mutex<Option<String>>,
}

impl Gate {
    /// A gate for a port of loopback, with tokens of 256 random bits.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn new(port: u16) -> anyhow::Result<Gate> {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        Ok(Gate {
            hosts: hosts.to_vec(),
            // Cookies are shared between the ports of a host: each server has a name of its own.
            cookie: format!("verify-{port}"),
            session: token()?,
            key: token()?,
            once: Mutex::new(Some(token()?)),
        })
    }

    /// The address to open, once; none after it was used.
    pub fn address(&self) -> Option<String> {
        let once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        once.as_ref().map(|token| format!("http://{}/?token={token}", self.hosts[0]))
    }

    /// Lets a request in, or says why not.
    ///
    /// # Errors
    /// A status and a sentence.
    pub fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let forbidden = |why| Err((StatusCode::FORBIDDEN, why));
        let Some(host) = self.host(uri, headers) else { return forbidden("This is not the host of this server.") };
        let mut origins = headers.get_all(header::ORIGIN).iter();
        if !origins.all(|origin| origin.as_bytes() == format!("http://{host}").as_bytes()) {
            return forbidden("Only pages of this server may ask it.");
        }
        if method == Method::POST {
            let json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == b"application/json");
            let key = headers.get(KEY_HEADER).and_then(|key| key.to_str().ok()).unwrap_or_default();
            if !json || !same(key, &self.key) {
                return forbidden("Only the script of this server's pages may change something.");
            }
        }
        let key = uri.query().and_then(|query| query.strip_prefix("key=")).unwrap_or_default();
        if !self.has_cookie(headers) || uri.path() == EVENTS && !same(key, &self.key) {
            return forbidden("Open the address that `verify serve` printed; it works once, for one browser.");
        }
        Ok(())
    }

    /// The host that a request names, if it is one of ours.
    pub fn host(&self, uri: &Uri, headers: &HeaderMap) -> Option<&str> {
        let mut named = headers.get_all(header::HOST).iter();
        let host = named.next().filter(|_| named.next().is_none() && uri.authority().is_none())?;
        self.hosts.iter().find(|own| own.as_bytes() == host.as_bytes()).map(String::as_str)
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut cookies = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        cookies.any(|(name, value)| name == self.cookie && same(value, &self.session))
    }

    /// Exchanges the token of the one-time address for the cookie to set, and the key; none for any other token, or the
    /// second time.
    pub fn exchange(&self, token: &str) -> Option<(String, &str)> {
        let mut once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        once.take_if(|once| same(token, once))?;
        Some((format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.session), &self.key))
    }
}

/// Compares in a time that tells nothing of where the texts differ.
fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

pub(super) fn token() -> anyhow::Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes for a token: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
