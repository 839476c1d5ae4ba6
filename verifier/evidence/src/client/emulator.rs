//! Calls any operation of an emulator of AWS, writes included.
//!
//! What is sent here can never reach AWS: an [`Emulator`] has made-up keys, or those that an emulator gave it, and its
//! calls go to an address of this computer, without a proxy. It cannot be built from a connection to a real account.

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::base64;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::{Map, Value};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use super::endpoint::Target;
use super::input;
use super::prepared::Prepared;
use super::refused::Refused;
use super::send::{self, Failed};
use crate::connection::{Connected, http, timeouts};
use crate::guard::{CallLog, Guard, Scope};
use crate::reads::{Found, Kind, Service};

/// Where calls of services that run in this process seem to go.
pub const IN_PROCESS: &str = "http://127.0.0.1";

/// An address of this computer, as in `http://127.0.0.1:5000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loopback(String);

/// Why an address is not an emulator's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotLoopback(String);

impl fmt::Display for NotLoopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not the address of an emulator on this computer: write http://127.0.0.1:PORT. Practice actions write, \
             so they go nowhere else",
            self.0
        )
    }
}

impl std::error::Error for NotLoopback {}

impl std::str::FromStr for Loopback {
    type Err = NotLoopback;

    /// An address, which must be a number: a name could be resolved to another computer. `localhost` is taken as
    /// 127.0.0.1.
    fn from_str(text: &str) -> Result<Loopback, NotLoopback> {
        let refused = || NotLoopback(text.to_owned());
        let authority = text.strip_prefix("http://").ok_or_else(refused)?.trim_end_matches('/');
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse::<u16>().map_err(|_| refused())?)),
            _ => (authority, None),
        };
        let is_number = |address: &str| address.parse::<IpAddr>().ok().filter(IpAddr::is_loopback);
        let address = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(inner) => is_number(inner).filter(IpAddr::is_ipv6),
            None if host == "localhost" => Some(Ipv4Addr::LOCALHOST.into()),
            None => is_number(host).filter(IpAddr::is_ipv4),
        };
        let host = match address.ok_or_else(refused)? {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        Ok(Loopback(port.map_or_else(|| format!("http://{host}"), |port| format!("http://{host}:{port}"))))
    }
}

impl fmt::Display for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Keys that no real account has.
#[derive(Clone)]
pub struct Keys(Credentials);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.0.access_key_id()).finish()
    }
}

impl Keys {
    /// Made-up keys with this id.
    pub fn made_up(id: &str) -> Keys {
        Keys(Credentials::new(id, "practice", None, None, "practice account"))
    }
}

/// An emulated account.
#[derive(Debug, Clone)]
pub struct Emulator {
    sdk: SdkConfig,
    url: String,
}

/// How a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmulatorError {
    /// The error's code, if the emulator answered with one.
    pub code: Option<String>,
    /// What happened.
    pub message: String,
}

impl fmt::Display for EmulatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{code}: {}", self.message),
            None => self.message.fmt(f),
        }
    }
}

impl std::error::Error for EmulatorError {}

impl From<Refused> for EmulatorError {
    fn from(refused: Refused) -> EmulatorError {
        EmulatorError { code: None, message: refused.to_string() }
    }
}

impl Emulator {
    /// An account of services that run in this process, behind an HTTP client of their own. `time` is their clock.
    pub fn in_process(services: SharedHttpClient, keys: &Keys, region: &str, time: SharedTimeSource) -> Emulator {
        Emulator::new(services, IN_PROCESS, keys, region, Some(time))
    }

    /// An account of an emulator that runs on this computer.
    pub fn at(address: &Loopback, keys: &Keys, region: &str) -> Emulator {
        Emulator::new(http::direct(), &address.0, keys, region, None)
    }

    /// Built without the environment, so that no profile, region or endpoint from it is used.
    fn new(http: SharedHttpClient, url: &str, keys: &Keys, region: &str, time: Option<SharedTimeSource>) -> Emulator {
        let mut sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .http_client(http)
            .endpoint_url(url)
            .credentials_provider(SharedCredentialsProvider::new(keys.0.clone()))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .timeout_config(timeouts())
            // A retry never helps here.
            .retry_config(RetryConfig::disabled());
        sdk.set_time_source(time.or_else(|| Some(SharedTimeSource::default())));
        Emulator { sdk: sdk.build(), url: url.to_owned() }
    }

    /// The connection for reading the account.
    pub fn connected(&self) -> Connected {
        Connected { sdk: self.sdk.clone(), sign_in: String::new(), practice: true }
    }

    /// The same emulator with the keys in its response to `sts:AssumeRole`; `None` if the response has none.
    pub fn assumed(&self, response: &Value) -> Option<Emulator> {
        let text = |member: &str| response["Credentials"][member].as_str().map(str::to_owned);
        let (id, secret) = (text("AccessKeyId")?, text("SecretAccessKey")?);
        let credentials = Credentials::new(id, secret, text("SessionToken"), None, "practice account");
        let sdk = self.sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build();
        Some(Emulator { sdk, url: self.url.clone() })
    }

    /// Makes a call. Bytes in its input are plain texts, and an object where AWS wants a text is written as JSON.
    ///
    /// # Errors
    /// An input that the operation does not have, and the emulator's errors.
    pub async fn call(&self, found: Found, region: &str, input: Map<String, Value>) -> Result<Value, EmulatorError> {
        input::check(found, &input, None)?;
        let shape = found.operation.input.as_deref();
        let input = match shape.map(|shape| encoded(found.service, shape, Value::Object(input))) {
            Some(Value::Object(input)) => input,
            _ => Map::new(),
        };
        let Some(protocol) = found.service.protocols.first().copied() else {
            return Err(EmulatorError { code: None, message: format!("the table has no protocol of {found}") });
        };
        let target = Target {
            url: self.url.clone(),
            prefix: None,
            bucket_in_host: false,
            region: region.to_owned(),
            name: found.service.signing.clone(),
        };
        let (account, log) = (String::new(), CallLog::default());
        let guard = Guard { scope: Scope::Emulator(found), account, region: region.to_owned(), log };
        let sent = send::send(Prepared::of(found, protocol), &self.sdk, &target, guard, input).await;
        sent.map_err(|failed| error(&failed, &self.url))
    }
}

/// An input with binary members encoded, and documents written as JSON.
fn encoded(service: &'static Service, shape: &str, value: Value) -> Value {
    let Some(shape) = service.shape(shape) else { return value };
    let element = |value: Value| shape.of.as_ref().map_or(value.clone(), |of| encoded(service, &of.shape, value));
    match (shape.kind, value) {
        (Kind::Blob, Value::String(text)) => base64::encode(text).into(),
        (Kind::String, value @ Value::Object(_)) => value.to_string().into(),
        (Kind::Structure, Value::Object(members)) => {
            let of = |(name, value): (String, Value)| match shape.members.get(&name) {
                Some(member) => (name, encoded(service, &member.shape, value)),
                None => (name, value),
            };
            Value::Object(members.into_iter().map(of).collect())
        }
        (Kind::List, Value::Array(list)) => list.into_iter().map(element).collect(),
        (Kind::Map, Value::Object(map)) => {
            Value::Object(map.into_iter().map(|(key, value)| (key, element(value))).collect())
        }
        (_, value) => value,
    }
}

fn error(failed: &Failed, url: &str) -> EmulatorError {
    let code = failed.code().map(str::to_owned);
    let message = match failed {
        SdkError::ServiceError(error) => match failed.message() {
            Some(message) => message.to_owned(),
            None => format!("HTTP status {} without a message", error.raw().status().as_u16()),
        },
        SdkError::DispatchFailure(failure) if url != IN_PROCESS && failure.is_io() => {
            format!("nothing answers at {url}")
        }
        SdkError::TimeoutError(_) if url != IN_PROCESS => format!("{url} does not answer in time"),
        other => {
            let mut causes: Vec<String> = Vec::new();
            let mut cause: Option<&dyn std::error::Error> = Some(other);
            while let Some(inner) = cause {
                causes.push(inner.to_string());
                cause = inner.source();
            }
            causes.join(": ")
        }
    };
    EmulatorError { code, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name could be resolved to any computer.
    #[test]
    fn only_numbers_of_this_computer_are_addresses_of_an_emulator() {
        for (text, address) in [
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("http://127.0.0.1:5000/", "http://127.0.0.1:5000"),
            ("http://127.8.9.1", "http://127.8.9.1"),
            ("http://[::1]:4566", "http://[::1]:4566"),
            ("http://localhost:4566", "http://127.0.0.1:4566"),
        ] {
            assert_eq!(text.parse::<Loopback>().unwrap().to_string(), address, "{text}");
        }
        for text in [
            "https://sts.amazonaws.com",
            "http://sts.amazonaws.com",
            "http://localhost.evil.example:5000",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.1@evil.example",
            "http://127.0.0.1:5000@evil.example",
            "http://evil.example/#127.0.0.1",
            "http://127.0.0.1:5000/path",
            "http://127.0.0.1:5000?x",
            "http://0.0.0.0:5000",
            "http://10.0.0.1:5000",
            "http://[::ffff:10.0.0.1]:5000",
            "http://127.1:5000",
            "http://2130706433:5000",
            "https://127.0.0.1:5000",
            "127.0.0.1:5000",
            "",
        ] {
            assert_eq!(text.parse::<Loopback>(), Err(NotLoopback(text.to_owned())), "{text}");
        }
    }
}
