//! Routes a request to the account of its access key, and there to this crate's emulation or to winterbaume's.

use std::future::Future;
use std::pin::Pin;

use winterbaume_core::{MockRequest, MockResponse, MockService, xml_escape};

use super::accounts::{Account, Caller};
use super::call::{Call, unknown_service};
use super::cloud::{Cloud, Exchange};
use super::embedded::Embedded;
use super::{account, billing, budgets, cloudtrail, ec2, iam, organizations, s3, s3control};

impl Cloud {
    async fn answer(&self, request: MockRequest) -> MockResponse {
        let Some(call) = Call::of(&request) else { return unknown_service() };
        let known = Caller::of(&call.access_key);
        let known = known.and_then(|(caller, at)| Some((caller, self.accounts.get(at)?)));
        let Some((caller, state)) = known.filter(|(_, state)| state.console().created().is_some()) else {
            return call.unknown_keys();
        };
        if caller == Caller::Reader && (!call.reads() || self.denies(&call)) {
            return call.denied(caller, &state.account);
        }
        let exchange = Exchange { cloud: self, state, caller, call: &call, request: &request };
        match call.embedded {
            Some(Embedded::Account) => account::answer(&exchange).await,
            Some(Embedded::Billing | Embedded::Support) => billing::answer(&exchange),
            Some(Embedded::Budgets) => budgets::answer(&exchange).await,
            Some(Embedded::CloudTrail) => cloudtrail::answer(&exchange),
            Some(Embedded::CloudWatch) => exchange.forward(&state.emulators.cloudwatch).await,
            Some(Embedded::Ec2) => ec2::answer(&exchange).await,
            Some(Embedded::Iam) => iam::answer(&exchange).await,
            Some(Embedded::Organizations) => organizations::answer(&exchange).await,
            Some(Embedded::S3) => s3::answer(&exchange).await,
            Some(Embedded::S3Control) => s3control::answer(&exchange),
            Some(Embedded::Sts) if call.operation == "GetCallerIdentity" => identity(&call, caller, &state.account),
            Some(Embedded::Sts) | None => call.unknown_operation(),
        }
    }
}

fn identity(call: &Call, caller: Caller, account: &Account) -> MockResponse {
    let (arn, user) = (xml_escape(&caller.arn(account)), caller.user_id(account));
    call.xml(&format!("<Arn>{arn}</Arn><UserId>{user}</UserId><Account>{}</Account>", account.id))
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
