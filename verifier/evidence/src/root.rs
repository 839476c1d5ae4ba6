//! `root`: the account's root user.

use super::answer::{present, required, time_of};
use super::arn::Arn;
use super::read::incomplete;
use super::reader::{client, row};
use super::time::Time;
use super::{Read, Reader, Section, error};
use aws_sdk_iam::types::{AssignmentStatusType, SummaryKeyType, VirtualMfaDevice};
use course::results::{Reason, ReasonCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The root user's sign-in (`iam:GetAccountSummary`) and its virtual MFA devices (`iam:ListVirtualMFADevices`).
// Of the summary, not read: the numbers of users, groups and policies, and whether root has signing certificates, which
// cannot be used to sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// Whether root has an MFA device of any kind.
    pub mfa: Read<bool>,
    /// Whether root has a password. Member accounts with centralized root access may have none.
    pub password: Read<bool>,
    /// Whether root has access keys.
    pub access_keys: Read<bool>,
    /// Root's virtual MFA devices, the oldest first. AWS does not list passkeys and hardware tokens.
    pub virtual_devices: Read<Vec<VirtualDevice>>,
}

/// A virtual MFA device: an entry in an authenticator app.
// Of AWS's VirtualMFADevice, not read: seed and QR code, which AWS only returns when it is created, and tags. The user
// is used to find root's devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VirtualDevice {
    /// The serial number, an ARN with the account id.
    pub serial: Read<String>,
    /// Since when it is enabled.
    pub enabled: Read<Time>,
}

pub(super) async fn read(reader: &Reader) -> Read<Root> {
    let summary = row!(Section::Root, "IAM", "GetAccountSummary");
    let client = client!(aws_sdk_iam, reader, Section::Root, &reader.regions(summary)[0]);
    let who = reader.account();
    let (answer, virtual_devices) = tokio::join!(client.get_account_summary().send(), devices(reader, &client));
    let flag = match answer {
        Ok(answer) => {
            let map = answer.summary_map.unwrap_or_default();
            Ok(move |key: SummaryKeyType, what: &str| match map.get(&key) {
                Some(0) => Read::Known(false),
                Some(1) => Read::Known(true),
                Some(_) => Read::unreadable(
                    ReasonCode::IncompleteAnswer,
                    who,
                    format!("AWS's response has a value for {what} that this version of verify does not know."),
                ),
                None => present(None, who, what),
            })
        }
        Err(failed) => Err(error::reason(who, summary, &failed)),
    };
    let flag = |key: SummaryKeyType, what: &str| match &flag {
        Ok(flag) => flag(key, what),
        Err(reasons) => Err(reasons.clone()).into(),
    };
    Read::Known(Root {
        mfa: flag(SummaryKeyType::AccountMfaEnabled, "AccountMFAEnabled"),
        password: flag(SummaryKeyType::from("AccountPasswordPresent"), "AccountPasswordPresent"),
        access_keys: flag(SummaryKeyType::AccountAccessKeysPresent, "AccountAccessKeysPresent"),
        virtual_devices: virtual_devices.into(),
    })
}

async fn devices(reader: &Reader, client: &aws_sdk_iam::Client) -> Result<Vec<VirtualDevice>, Vec<Reason>> {
    let call = row!(Section::Root, "IAM", "ListVirtualMFADevices");
    let who = reader.account();
    let listed: Vec<VirtualMfaDevice> = reader
        .pages(call, async |marker| {
            let request = client.list_virtual_mfa_devices().assignment_status(AssignmentStatusType::Assigned);
            let answer = request.set_marker(marker).send().await;
            let answer = answer.map_err(|failed| error::reason(who, call, &failed))?;
            if answer.is_truncated && answer.marker.is_none() {
                let message = format!("The list of {} was truncated without a marker for the next page.", call.name());
                return Err(incomplete(who, &message));
            }
            Ok((answer.virtual_mfa_devices, answer.marker))
        })
        .await?;
    let mut devices = Vec::new();
    for device in listed {
        // A device without a user could be root's, so the list would be incomplete.
        let Some(user) = device.user.as_ref().and_then(|user| Arn::parse(&user.arn)) else {
            return Err(incomplete(who, "AWS's response does not contain the user of a virtual MFA device."));
        };
        if user.is_root() {
            devices.push(VirtualDevice {
                serial: required(&device.serial_number, who, "a device's serial number"),
                enabled: time_of(device.enable_date.as_ref(), who, "a device's date of enabling"),
            });
        }
    }
    devices.sort_by(|a, b| a.enabled.known().cmp(&b.enabled.known()));
    Ok(devices)
}
