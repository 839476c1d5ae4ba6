//! The HTTP client for all calls to AWS in this process.

use aws_smithy_http_client::{Builder, Connector, ConnectorBuilder, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use std::sync::OnceLock;

/// The SDK's HTTP client, shared by all of the SDK's clients. Otherwise, each of them would have its own connection
/// pool, and would load the system's certificates again.
pub fn client() -> SharedHttpClient {
    static CLIENT: OnceLock<SharedHttpClient> = OnceLock::new();
    let client = || {
        let connecting = Builder::new().build_with_connector_fn(connector);
        SharedHttpClient::new(One(connecting))
    };
    CLIENT.get_or_init(client).clone()
}

/// A client for emulators on this computer: without encryption, and without the environment's proxy, to which their calls
/// must not go.
pub fn direct() -> SharedHttpClient {
    Builder::new().build_http()
}

/// Loads the system's certificates on another thread, while other work is done before the first call.
pub fn warm_up() {
    let reading = std::thread::Builder::new().name("certificates".into()).spawn(|| drop(connector(None, None)));
    // Without the thread, the first call loads them.
    drop(reading);
}

fn connector(settings: Option<&HttpConnectorSettings>, components: Option<&RuntimeComponents>) -> Connector {
    let mut connector = ConnectorBuilder::default()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .proxy_config(ProxyConfig::from_env());
    connector.set_connector_settings(settings.cloned());
    connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
    connector.build()
}

/// Shares its connector among the SDK's clients. It does not implement their validation of a connector, for which each
/// of them would parse all of the system's certificates again.
#[derive(Debug)]
struct One(SharedHttpClient);

impl HttpClient for One {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}
