//! IAM: winterbaume's emulator, with the root user, which it does not have.

use winterbaume_core::{MockResponse, StatefulService, default_account_id, parse_query_string, xml_escape};

use super::cloud::{AccountState, Exchange};
use super::console::{User, iso};

pub(super) async fn answer(exchange: &Exchange<'_>) -> MockResponse {
    match exchange.call.operation.as_str() {
        "GetAccountSummary" => summary(exchange).await,
        "ListVirtualMFADevices" => virtual_mfa_devices(exchange).await,
        "GetAccessKeyLastUsed" => last_use(exchange).await,
        _ => exchange.forward(&exchange.state.emulators.iam).await,
    }
}

/// The emulator's answer with the last use of the key, which it does not know.
async fn last_use(exchange: &Exchange<'_>) -> MockResponse {
    let response = exchange.forward(&exchange.state.emulators.iam).await;
    let asked = parse_query_string(&String::from_utf8_lossy(&exchange.request.body)).remove("AccessKeyId");
    let used = asked.and_then(|key| exchange.state.console().key_uses.get(&key).copied());
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let user = text.split_once("<UserName>").and_then(|(_, rest)| rest.split_once("</UserName>"));
    match used.zip(user) {
        Some((time, (user, _))) if response.status == 200 => exchange.call.xml(&format!(
            "<UserName>{user}</UserName><AccessKeyLastUsed><LastUsedDate>{}</LastUsedDate><ServiceName>sts</ServiceName>\
             <Region>us-east-1</Region></AccessKeyLastUsed>",
            iso(time)
        )),
        _ => response,
    }
}

/// What a console has to know of an IAM user; `None` if there is none of this name.
pub(super) async fn user(state: &AccountState, name: &str) -> Option<User> {
    let view = state.emulators.iam.snapshot(default_account_id(), super::accounts::REGION).await;
    let id = view.users.get(name)?.user_id.clone();
    let device = view.mfa_associations.iter().find(|one| one.user_name == name).map(|one| {
        // The emulator has one account, whose id its ARNs have.
        one.serial_number.replace(default_account_id(), &state.account.id)
    });
    Some(User { name: name.to_owned(), id, device })
}

/// The active access keys of an IAM user.
pub(super) async fn active_keys(state: &AccountState, name: &str) -> Vec<String> {
    let view = state.emulators.iam.snapshot(default_account_id(), super::accounts::REGION).await;
    let own = view.access_keys.into_values().filter(|key| key.user_name == name && key.status == "Active");
    own.map(|key| key.access_key_id).collect()
}

/// The emulator's summary with the root user's entries, which are missing or always 0 in it.
async fn summary(exchange: &Exchange<'_>) -> MockResponse {
    let mut response = exchange.forward(&exchange.state.emulators.iam).await;
    let mfa = u8::from(exchange.state.console().root_mfa.is_some());
    let text = String::from_utf8_lossy(&response.body);
    let entries = [
        ("AccountMFAEnabled", mfa),
        ("AccountPasswordPresent", 1),
        ("AccountAccessKeysPresent", 0),
        ("AccountSigningCertificatesPresent", 0),
        ("MFADevicesInUse", mfa),
    ];
    let amended = entries.into_iter().fold(text.into_owned(), |xml, (key, value)| with_entry(&xml, key, value));
    response.body = amended.into();
    response
}

/// The summary with this entry, which replaces an existing one.
fn with_entry(xml: &str, key: &str, value: u8) -> String {
    let name = format!("<key>{key}</key>");
    let others: String = xml.split_inclusive("</entry>").map(|piece| without(piece, &name)).collect();
    let entry = format!("<entry>{name}<value>{value}</value></entry></SummaryMap>");
    others.replacen("</SummaryMap>", &entry, 1)
}

/// A piece that ends with an entry, without that entry if it has the name.
fn without<'x>(piece: &'x str, name: &str) -> &'x str {
    match piece.rfind("<entry>") {
        Some(at) if piece[at..].contains(name) => &piece[..at],
        _ => piece,
    }
}

/// The emulator's devices. One of them belongs to the root user after the console enabled it.
async fn virtual_mfa_devices(exchange: &Exchange<'_>) -> MockResponse {
    let view = exchange.state.emulators.iam.snapshot(default_account_id(), super::accounts::REGION).await;
    let account = &exchange.state.account;
    let mut serials: Vec<String> =
        view.virtual_mfa_devices.into_keys().map(|serial| serial.replace(default_account_id(), &account.id)).collect();
    serials.sort();
    let (enabled, created, signed_in) = {
        let console = exchange.state.console();
        (console.root_mfa, console.created(), console.last_sign_in())
    };
    let asked = parse_query_string(&String::from_utf8_lossy(&exchange.request.body)).remove("AssignmentStatus");
    let mut members = String::new();
    for serial in serials {
        let enabled = enabled.filter(|_| serial == account.root_mfa_device());
        let wanted = match asked.as_deref() {
            Some("Assigned") => enabled.is_some(),
            Some("Unassigned") => enabled.is_none(),
            _ => true,
        };
        if !wanted {
            continue;
        }
        let user = enabled.map(|enabled| {
            // As in AWS, root has no name here, and its unique id is the account's id.
            let date = |name: &str, time: Option<i64>| {
                time.map(|time| format!("<{name}>{}</{name}>", iso(time))).unwrap_or_default()
            };
            format!(
                "<User><UserId>{}</UserId><Arn>{}</Arn>{}{}</User><EnableDate>{}</EnableDate>",
                account.id,
                account.root_arn(),
                date("CreateDate", created),
                date("PasswordLastUsed", signed_in),
                iso(enabled)
            )
        });
        let serial = xml_escape(&serial);
        members += &format!("<member><SerialNumber>{serial}</SerialNumber>{}</member>", user.unwrap_or_default());
    }
    let list = format!("<IsTruncated>false</IsTruncated><VirtualMFADevices>{members}</VirtualMFADevices>");
    exchange.call.xml(&list)
}
