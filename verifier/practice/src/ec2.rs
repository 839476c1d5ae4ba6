//! Amazon EC2: winterbaume's emulator of its network, with a default VPC in each region and with tags of everything.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use winterbaume_core::{MockRequest, MockResponse, StatefulService, default_account_id, parse_query_string};

use super::cloud::Exchange;
use super::settle::{self, Moment};
use super::view::View;

pub(super) async fn answer(exchange: &Exchange<'_>) -> MockResponse {
    let region = exchange.call.region.as_str();
    if exchange.begins(region) {
        default_vpc(exchange, region).await;
    }
    match exchange.call.operation.as_str() {
        operation @ ("CreateTags" | "DeleteTags") => tag(exchange, operation).await,
        _ => exchange.forward(&exchange.state.emulators.ec2).await,
    }
}

/// The default VPC, which an account has in each region from the start (VPC User Guide, "Default VPCs").
async fn default_vpc(exchange: &Exchange<'_>, region: &str) {
    let moment = Moment {
        origin: format!("default vpc {region}"),
        time: exchange.state.console().created().unwrap_or_else(|| exchange.cloud.now()),
    };
    let request = MockRequest {
        method: "POST".to_owned(),
        uri: format!("https://ec2.{region}.amazonaws.com/"),
        headers: http::HeaderMap::new(),
        body: "Action=CreateDefaultVpc&Version=2016-11-15".into(),
    };
    settle::write(&exchange.state.emulators.ec2, region, request, &moment).await;
}

/// Tags of things of any kind, which the emulator has for a few kinds only, and in a part of it that takes long to build.
async fn tag(exchange: &Exchange<'_>, operation: &str) -> MockResponse {
    let (call, ec2) = (exchange.call, &exchange.state.emulators.ec2);
    let given = parse_query_string(&String::from_utf8_lossy(&exchange.request.body));
    let numbered = |before: &str, after: &str| -> Vec<String> {
        (1..).map_while(|at: usize| given.get(&format!("{before}{at}{after}"))).cloned().collect()
    };
    let keys = numbered("Tag.", ".Key");
    let value = |at: usize| given.get(&format!("Tag.{}.Value", at + 1)).cloned();
    let tags: BTreeMap<String, Option<String>> =
        keys.into_iter().enumerate().map(|(at, key)| (key, value(at))).collect();
    let view = ec2.snapshot(default_account_id(), &call.region).await;
    let Some(mut state) = view.json() else { return call.unknown_operation() };
    for id in numbered("ResourceId.", "") {
        let Some(own) = tags_of(&mut state, &id) else {
            let message = format!("The ID '{id}' does not exist");
            return call.error(400, "InvalidID", &message);
        };
        for (key, value) in &tags {
            match operation {
                "CreateTags" => own[key] = json!(value.clone().unwrap_or_default()),
                // A tag with another value stays (API reference of DeleteTags).
                _ if value.as_ref().is_none_or(|value| own[key] == value.as_str()) => {
                    own.as_object_mut().and_then(|own| own.remove(key));
                }
                _ => {}
            }
        }
    }
    let restored = match view.with(state) {
        Some(view) => ec2.restore(default_account_id(), &call.region, view).await.is_ok(),
        None => false,
    };
    match restored {
        true => MockResponse::xml(
            200,
            format!(
                "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>practice</requestId>\
                 <return>true</return></{operation}Response>"
            ),
        ),
        false => call.unknown_operation(),
    }
}

/// The tags of a thing: the emulator's state has a map of each kind, by id.
fn tags_of<'s>(state: &'s mut Value, id: &str) -> Option<&'s mut Value> {
    let kinds = state.as_object_mut()?.values_mut();
    kinds.filter_map(|kind| kind.get_mut(id)?.get_mut("tags")).find(|tags| tags.is_object())
}
