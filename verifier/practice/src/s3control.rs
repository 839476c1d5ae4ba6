//! Amazon S3 Control: the account's own Block Public Access settings.

use winterbaume_core::MockResponse;

use super::cloud::Exchange;

pub(super) fn answer(exchange: &Exchange<'_>) -> MockResponse {
    let mut settings = exchange.state.public_access_block();
    match exchange.call.operation.as_str() {
        "GetPublicAccessBlock" => match settings.as_ref() {
            Some(settings) => MockResponse::xml(200, settings.clone()),
            None => {
                let message = "The public access block configuration was not found";
                exchange.call.error(404, "NoSuchPublicAccessBlockConfiguration", message)
            }
        },
        "PutPublicAccessBlock" => {
            *settings = Some(String::from_utf8_lossy(&exchange.request.body).into_owned());
            MockResponse::xml(201, String::new())
        }
        "DeletePublicAccessBlock" => {
            *settings = None;
            MockResponse::xml(204, String::new())
        }
        _ => exchange.call.unknown_operation(),
    }
}
