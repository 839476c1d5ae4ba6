//! Access to the server: only this machine's browser, only from this server's pages, and only with this run's token.
//!
//! Any web page can make a browser send requests to loopback. So a request must name one of our own addresses as its
//! host (which prevents DNS rebinding). If it has an origin, the origin must be ours. And it must have the cookie that
//! the browser got in exchange for the one-time address.
//!
//! Browsers send a cookie to every port of a host, so another server on loopback may see it. Requests that show
//! something of the learner's accounts or change something therefore also need a key, which is in the storage of this
//! origin only.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq;

use super::refusal;

/// The header in which our own script sends the key. Forms and links of other pages cannot set it.
pub const KEY_HEADER: &str = "x-verify";
/// The path of the events. Its address contains the key, because browsers cannot send our header there.
pub const EVENTS: &str = "/-/events";

/// The secrets that a request must have.
#[derive(Debug)]
pub struct Auth {
    hosts: Vec<String>,
    cookie: String,
    session: String,
    key: String,
    /// The token of the one-time address, and whether it was used.
    once: String,
    used: Mutex<bool>,
}

/// The outcome of a request for the one-time address.
#[derive(Debug, PartialEq, Eq)]
pub enum Exchange<'g> {
    /// The cookie and the key for the browser. The address is now used.
    Done {
        /// The value of `Set-Cookie`.
        cookie: String,
        /// The key for the browser's storage.
        key: &'g str,
    },
    /// Another page led the browser here. Our own page must ask again. The address is not used up.
    AskAgain,
    /// The request is not from a browser that shows a page. The address is not used up.
    TooEarly,
    /// The address was used before.
    Used,
}

impl Auth {
    /// New tokens of 256 random bits, for a port of loopback.
    ///
    /// # Errors
    /// When the system cannot give random bytes.
    pub fn new(port: u16) -> anyhow::Result<Auth> {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        Ok(Auth {
            hosts: hosts.to_vec(),
            // Cookies are shared between the ports of a host, so each server's cookie has its own name.
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

    /// Accepts or refuses a request.
    ///
    /// # Errors
    /// The status and a sentence.
    pub fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let forbidden = |why| Err((StatusCode::FORBIDDEN, why));
        let Some(host) = self.host(uri, headers) else { return forbidden("This is not the host of this server.") };
        // A link on another page may lead here. Other pages may send no other requests.
        if !is_of_origin(headers, host) || is_led_from_elsewhere(headers) && !is_navigation(headers) {
            return forbidden("Only this server's pages may send it requests.");
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
            return forbidden(refusal::NOT_OPENED);
        }
        Ok(())
    }

    /// The host in the request, if it is one of ours.
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

    /// Exchanges the token of the one-time address for the cookie and the key; `None` if the request is not for that
    /// address.
    ///
    /// A program that only looks at the address must not use it up: a browser that fetches pages in advance, a chat
    /// that previews links, a page that loads it as an image. Only a browser that shows the page uses it up, and only
    /// if no other page led there. If one did, our own page asks again.
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

/// Whether the request's origin, if it has one, is this host.
fn is_of_origin(headers: &HeaderMap, host: &str) -> bool {
    let own = format!("http://{host}");
    headers.get_all(header::ORIGIN).iter().all(|origin| origin.as_bytes() == own.as_bytes())
}

/// Whether the request may come from a browser that shows the page in a tab. Browsers say so; other programs need not.
fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get_all(name).iter().all(|sent| sent.as_bytes() == value.as_bytes());
    is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
}

/// Whether the browser says that another page led here, and not our own page or the user.
fn is_led_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get_all("sec-fetch-site").iter().any(|site| ![&b"same-origin"[..], b"none"].contains(&site.as_bytes()))
}

/// Whether the browser fetches the page in advance.
fn is_early(headers: &HeaderMap) -> bool {
    // The last two are from older versions of Firefox and Safari.
    ["sec-purpose", "purpose", "x-moz", "x-purpose"].iter().any(|name| headers.contains_key(*name))
}

/// Compares two texts in constant time.
fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

pub(super) fn token() -> anyhow::Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes for a token: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
