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
pub struct Auth {
    hosts: Vec<String>,
    cookie: String,
    session: String,
    key: String,
    /// What the one-time address holds, and whether it was used.
    once: String,
    used: Mutex<bool>,
}

/// What comes of a request for the one-time address.
#[derive(Debug, PartialEq, Eq)]
pub enum Exchange<'g> {
    /// The cookie to set, and the key. The address is used now.
    Done {
        /// As `Set-Cookie` takes it.
        cookie: String,
        /// What the browser's storage keeps.
        key: &'g str,
    },
    /// Something else led a browser here: a page of ours must ask again, and the address is as good as before.
    AskAgain,
    /// No browser shows what it asked for: the address is as good as before.
    TooEarly,
    /// It was used before.
    Used,
}

impl Auth {
    /// Who may talk to a port of loopback: holders of tokens of 256 random bits.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn new(port: u16) -> anyhow::Result<Auth> {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        Ok(Auth {
            hosts: hosts.to_vec(),
            // Cookies are shared between the ports of a host: each server has a name of its own.
            cookie: format!("verify-{port}"),
            session: token()?,
            key: token()?,
            once: token()?,
            used: Mutex::default(),
        })
    }

    /// The address to open, once.
    pub fn address(&self) -> String {
        format!("http://{}/?token={}", self.hosts[0], self.once)
    }

    /// Lets a request in, or says why not.
    ///
    /// # Errors
    /// A status and a sentence.
    pub fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let forbidden = |why| Err((StatusCode::FORBIDDEN, why));
        let Some(host) = self.host(uri, headers) else { return forbidden("This is not the host of this server.") };
        // A link elsewhere may lead here; nothing else of another page may ask.
        if !is_of_origin(headers, host) || is_led_from_elsewhere(headers) && !is_navigation(headers) {
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

    /// Exchanges the token of the one-time address for the cookie and the key; none where a request is not for it.
    ///
    /// Whatever only looks at an address must not use it up: a browser that fetches a page before somebody asks for it, a
    /// chat that shows what is behind a link, a page that loads it as a picture. Only a browser that shows a page does,
    /// and only if nobody else's page led there: where one did, a page of ours asks again.
    pub fn exchange(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Exchange<'_>> {
        let token = uri.query().and_then(|query| query.strip_prefix("token="))?;
        if uri.path() != "/" || !same(token, &self.once) {
            return None;
        }
        self.host(uri, headers).filter(|host| is_of_origin(headers, host))?;
        if method != Method::GET || !is_navigation(headers) || is_early(headers) {
            return Some(Exchange::TooEarly);
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if *used {
            return Some(Exchange::Used);
        }
        if is_led_from_elsewhere(headers) {
            return Some(Exchange::AskAgain);
        }
        *used = true;
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.session);
        Some(Exchange::Done { cookie, key: &self.key })
    }
}

/// Whether a request is a page's of this host, if it says whose it is.
fn is_of_origin(headers: &HeaderMap, host: &str) -> bool {
    let own = format!("http://{host}");
    headers.get_all(header::ORIGIN).iter().all(|origin| origin.as_bytes() == own.as_bytes())
}

/// Whether a request may be a browser's for a page to show in a tab. Browsers say so; other programs need not.
fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get_all(name).iter().all(|said| said.as_bytes() == value.as_bytes());
    is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
}

/// Whether a browser says that something else than a page of ours, or its user, asks.
fn is_led_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get_all("sec-fetch-site").iter().any(|site| ![&b"same-origin"[..], b"none"].contains(&site.as_bytes()))
}

/// Whether a browser fetches a page in case that somebody asks for it.
fn is_early(headers: &HeaderMap) -> bool {
    // The last two are what older versions of Firefox and Safari say.
    ["sec-purpose", "purpose", "x-moz", "x-purpose"].iter().any(|name| headers.contains_key(*name))
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
