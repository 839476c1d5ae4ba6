//! One request through the SDK's own orchestrator: its retries, timeouts, credentials and signatures, and the guard.

use aws_config::SdkConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::defaults::{DefaultPluginParams, default_plugins};
use aws_smithy_runtime::client::http::connection_poisoning::ConnectionPoisoningInterceptor;
use aws_smithy_runtime::client::orchestrator::endpoints::StaticUriEndpointResolver;
use aws_smithy_runtime::client::orchestrator::{AuthSchemeAndEndpointOrchestrationV2, invoke};
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::endpoint::{EndpointPrefix, EndpointResolverParams, SharedEndpointResolver};
use aws_smithy_runtime_api::client::interceptors::context::{Error, Input, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, Metadata, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::{RuntimePlugins, StaticRuntimePlugin};
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_schema::protocol::{ServiceShapeName, ServiceVersion, ServiceXmlNamespace};
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::{ErrorKind, ProvideErrorKind};
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use serde_json::{Map, Value, json};
use std::fmt;

use super::bounded::Bounded;
use super::endpoint::Target;
use super::prepared::Prepared;
use crate::guard::Guard;
use crate::reads::Protocol;

/// An error of a service.
#[derive(Debug)]
pub(crate) struct ServiceError(ErrorMetadata);

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ServiceError {}

impl ProvideErrorMetadata for ServiceError {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl ProvideErrorKind for ServiceError {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        None
    }

    fn code(&self) -> Option<&str> {
        self.0.code()
    }
}

/// How a call failed.
pub(crate) type Failed = SdkError<ServiceError, HttpResponse>;

/// Sends one request, and reads its response.
///
/// # Errors
/// As the SDK's own clients, and also when the response is not whole.
pub(super) async fn send(
    prepared: &'static Prepared,
    sdk: &SdkConfig,
    target: &Target,
    guard: Guard,
    input: Map<String, Value>,
) -> Result<Value, Failed> {
    let plugins = plugins(prepared, sdk, target, guard);
    let (service, operation) = (&prepared.found.service.sdk, prepared.found.name);
    let output = invoke(service, operation, Input::erase(input), &plugins).await;
    let unknown = |_| ServiceError(ErrorMetadata::builder().build());
    match output {
        Ok(output) => output.downcast().map_err(|_| SdkError::construction_failure("the answer is not a value")),
        Err(failed) => Err(failed.map_service_error(|error| error.downcast().unwrap_or_else(unknown))),
    }
}

/// What the SDK's generated clients are configured with.
fn plugins(prepared: &'static Prepared, sdk: &SdkConfig, target: &Target, guard: Guard) -> RuntimePlugins {
    let service = prepared.found.service;
    let partition = format!("{}-{}", service.signing, target.region);
    let defaults = DefaultPluginParams::new()
        .with_retry_partition_name(partition)
        .with_behavior_version(sdk.behavior_version().unwrap_or_else(BehaviorVersion::latest))
        .with_is_aws_sdk(true);
    let own = StaticRuntimePlugin::new()
        .with_config(config(prepared, sdk, target).freeze())
        .with_runtime_components(components(sdk, target, guard));
    RuntimePlugins::new().with_client_plugins(default_plugins(defaults)).with_client_plugin(own)
}

fn config(prepared: &'static Prepared, sdk: &SdkConfig, target: &Target) -> Layer {
    let service = prepared.found.service;
    let wire = Wire { prepared, prefix: target.prefix.clone(), bucket_in_host: target.bucket_in_host };
    let mut cfg = Layer::new("reads");
    cfg.store_put(ServiceShapeName::new(service.target.clone().unwrap_or_default()));
    cfg.store_put(ServiceVersion::new(service.version.clone()));
    if let Some(namespace) = &service.namespace {
        cfg.store_put(ServiceXmlNamespace::new(namespace.clone(), None));
    }
    cfg.store_put(prepared.writer());
    cfg.store_put(AuthSchemeAndEndpointOrchestrationV2);
    cfg.store_put(Metadata::new(prepared.found.name, service.sdk.clone()));
    cfg.store_put(ApiMetadata::new(&service.name, env!("CARGO_PKG_VERSION")));
    cfg.store_put(AuthSchemeOptionResolverParams::new(()));
    cfg.store_put(SharedRequestSerializer::new(wire.clone()));
    cfg.store_put(SharedResponseDeserializer::new(wire));
    cfg.store_put(Region::new(target.region.clone()));
    cfg.store_put(SigningRegion::from(Region::new(target.region.clone())));
    cfg.store_put(SigningName::from(target.name.clone()));
    cfg.store_put(SigV4OperationSigningConfig { signing_options: signing(target), ..Default::default() });
    cfg.store_or_unset(sdk.retry_config().cloned());
    cfg.store_or_unset(sdk.timeout_config().cloned());
    if let Some(protection) = sdk.stalled_stream_protection() {
        cfg.store_put(protection);
    }
    cfg
}

/// S3 signs paths as they are (Amazon S3 API reference, "Authenticating Requests").
fn signing(target: &Target) -> SigningOptions {
    let mut options = SigningOptions::default();
    if target.name == "s3" {
        (options.double_uri_encode, options.normalize_uri_path, options.content_sha256_header) = (false, false, true);
    }
    options
}

fn components(sdk: &SdkConfig, target: &Target, guard: Guard) -> RuntimeComponentsBuilder {
    let mut components = RuntimeComponentsBuilder::new("reads");
    let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
    components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(schemes)));
    components.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
    let endpoint = StaticUriEndpointResolver::uri(target.url.clone());
    components.set_endpoint_resolver(Some(SharedEndpointResolver::new(endpoint)));
    if let Some(credentials) = sdk.credentials_provider() {
        components.set_identity_resolver(SCHEME_ID, credentials);
    }
    if let Some(cache) = sdk.identity_cache() {
        components.set_identity_cache(Some(cache));
    }
    components.set_http_client(sdk.http_client());
    components.set_sleep_impl(sdk.sleep_impl());
    components.set_time_source(sdk.time_source());
    components.push_retry_classifier(HttpStatusCodeClassifier::default());
    components.push_retry_classifier(TransientErrorClassifier::<ServiceError>::new());
    components.push_retry_classifier(AwsErrorCodeClassifier::<ServiceError>::new());
    components.push_retry_classifier(ServiceClockSkewClassifier::<ServiceError>::new());
    components.push_interceptor(guard);
    components.push_interceptor(Bounded);
    components.push_interceptor(ConnectionPoisoningInterceptor::new());
    components.push_interceptor(ServiceClockSkewInterceptor::new());
    components.push_interceptor(RequestInfoInterceptor::new());
    components.push_interceptor(UserAgentInterceptor::new());
    components.push_interceptor(InvocationIdInterceptor::new());
    components
}

/// Writes the request and reads the response.
#[derive(Debug, Clone)]
struct Wire {
    prepared: &'static Prepared,
    prefix: Option<String>,
    bucket_in_host: bool,
}

impl SerializeRequest for Wire {
    fn serialize_input(&self, input: Input, cfg: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let mut input: Map<String, Value> = input.downcast().map_err(|_| "the input is not an object")?;
        cfg.interceptor_state().store_put(EndpointResolverParams::new(()));
        if let Some(prefix) = &self.prefix {
            cfg.interceptor_state().store_put(EndpointPrefix::new(prefix.clone())?);
        }
        let service = self.prepared.found.service;
        if service.name == "route53" {
            strip_prefixes(&mut input);
        }
        let mut request = self.prepared.request(&input, cfg)?;
        if self.bucket_in_host {
            let bucket = input.get("Bucket").and_then(Value::as_str).unwrap_or_default();
            let path = request.uri().strip_prefix('/').and_then(|path| path.strip_prefix(bucket)).unwrap_or_default();
            let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
            request.set_uri(path)?;
        }
        if service.query_compatible && self.prepared.protocol != Protocol::Query {
            // Errors then have the codes that the service's older protocol had.
            request.headers_mut().insert("x-amzn-query-mode", "true");
        }
        if service.name == "apigateway" {
            // Without it, API Gateway answers in another format.
            request.headers_mut().insert("accept", "application/json");
        }
        Ok(request)
    }
}

/// What comes before an id in Route 53's answers, as in `/hostedzone/Z1`, and not in its requests.
const PREFIXES: [&str; 3] = ["/hostedzone/", "/change/", "/delegationset/"];

/// Takes what comes before an id in Route 53's answers.
fn strip_prefixes(input: &mut Map<String, Value>) {
    for value in input.values_mut() {
        let id = value.as_str().and_then(|text| PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)));
        // Without an id, the path would be another.
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            *value = json!(id);
        }
    }
}

impl DeserializeResponse for Wire {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        cfg: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        if !response.status().is_success() {
            let error = self.prepared.error(response, cfg);
            return Err(OrchestratorError::operation(Error::erase(ServiceError(error.build()))));
        }
        let answer = self.prepared.answer(response, cfg);
        answer.map(Output::erase).map_err(|error| OrchestratorError::other(BoxError::from(error)))
    }
}
