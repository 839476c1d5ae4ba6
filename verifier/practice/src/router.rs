//! Routes a request to the account of its access key, and there to this crate's emulation or to winterbaume's.

use std::future::Future;
use std::pin::Pin;

use winterbaume_core::{MockRequest, MockResponse, MockService, xml_escape};

use super::accounts::Caller;
use super::call::{Call, Service, unknown_service};
use super::cloud::{Cloud, Exchange};
use super::{account, billing, budgets, cloudtrail, iam, organizations, s3};

impl Cloud {
    async fn answer(&self, request: MockRequest) -> MockResponse {
        let Some(call) = Call::of(&request) else { return unknown_service() };
        let known = Caller::of(&call.access_key);
        let Some(caller) = known.filter(|caller| self.host(caller.account()).console().created().is_some()) else {
            return call.unknown_keys();
        };
        let host = self.host(caller.account());
        if matches!(caller, Caller::Reader(_)) && (!call.reads() || self.denies(&call)) {
            return call.denied(caller);
        }
        if call.service == Service::Sts && call.operation == "GetCallerIdentity" {
            return identity(&call, caller);
        }
        let exchange = Exchange { cloud: self, host, caller, call: &call, request: &request };
        let response = match call.service {
            Service::Account => account::answer(&exchange).await,
            Service::Billing | Service::Support => billing::answer(&exchange),
            Service::Budgets => budgets::answer(&exchange).await,
            Service::CloudTrail => cloudtrail::answer(&exchange),
            Service::CloudWatch => exchange.forward(&host.services.cloudwatch).await,
            Service::Iam => iam::answer(&exchange).await,
            Service::Organizations => organizations::answer(&exchange).await,
            Service::S3 => s3::answer(&exchange).await,
            Service::Sts => call.unknown_operation(),
        };
        // Event history has no data events, and metric data are data events.
        if response.status < 300 && !call.reads() && call.service != Service::CloudWatch {
            let source = format!("{}.amazonaws.com", call.service.prefix());
            host.console().record(&call.operation, &source, self.now());
        }
        response
    }
}

fn identity(call: &Call, caller: Caller) -> MockResponse {
    let (arn, user, account) = (caller.arn(), caller.user_id(), caller.account().id());
    let arn = xml_escape(&arn);
    call.xml(&format!("<Arn>{arn}</Arn><UserId>{user}</UserId><Account>{account}</Account>"))
}

impl MockService for Cloud {
    fn service_name(&self) -> &str {
        "practice"
    }

    /// All URLs, because the signature determines the service.
    fn url_patterns(&self) -> Vec<&str> {
        vec![".*"]
    }

    fn handle(&self, request: MockRequest) -> Pin<Box<dyn Future<Output = MockResponse> + Send + '_>> {
        Box::pin(async { self.dated(self.answer(request).await) })
    }
}
