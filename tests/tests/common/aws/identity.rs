//! STS and IAM: the caller's identity, and the root user's sign-in.

use super::reply::{escaped, query, unknown};
use super::times::{ago, days, iso};
use super::{Account, Call, Reply};

/// The root user.
pub struct Root {
    pub mfa: bool,
    pub password: bool,
    pub access_keys: bool,
    /// The account's virtual MFA devices. Passkeys and hardware tokens are never listed.
    pub devices: Vec<Device>,
}

/// A virtual MFA device.
#[derive(Clone)]
pub struct Device {
    pub serial: String,
    /// The ARN of the user that it belongs to.
    pub user: String,
    pub enabled: i64,
}

impl Device {
    /// A device of the root user.
    pub fn root(serial: &str, account: &str, enabled: i64) -> Device {
        Device { serial: serial.to_owned(), user: format!("arn:aws:iam::{account}:root"), enabled }
    }
}

impl Default for Root {
    fn default() -> Root {
        Root { mfa: true, password: true, access_keys: false, devices: Vec::new() }
    }
}

impl Account {
    /// The serial number of a virtual device with this name.
    pub fn serial(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:mfa/{name}", self.id)
    }

    /// The serial number of a passkey with this name.
    pub fn passkey(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:u2f/root-account/{name}", self.id)
    }

    /// Root has these virtual devices, by name and time of enabling.
    pub fn devices(&mut self, devices: &[(&str, i64)]) {
        let device = |(name, enabled): &(&str, i64)| Device::root(&self.serial(name), &self.id, *enabled);
        self.root.devices = devices.iter().map(device).collect();
    }

    pub(super) fn identity(&self, call: &Call) -> Reply {
        let operation = call.operation.as_str();
        let result = match operation {
            "GetCallerIdentity" => {
                let service = if self.caller.starts_with("assumed-role") { "sts" } else { "iam" };
                let (id, caller) = (&self.id, &self.caller);
                let arn = format!("arn:aws:{service}::{id}:{caller}");
                format!("<Arn>{arn}</Arn><UserId>AIDAEXAMPLE</UserId><Account>{id}</Account>")
            }
            "GetAccountSummary" => self.summary(),
            "ListVirtualMFADevices" => self.virtual_devices(call),
            "GetRole" => {
                let name = escaped(call.text("RoleName").unwrap_or_default());
                let arn = format!("arn:aws:iam::{}:role/{name}", self.id);
                let created = iso(self.created);
                format!(
                    "<Role><Path>/</Path><RoleName>{name}</RoleName><RoleId>AROAEXAMPLE</RoleId><Arn>{arn}</Arn><CreateDate>{created}</CreateDate></Role>"
                )
            }
            "SimulatePrincipalPolicy" => {
                let actions = call.input.iter().filter(|(member, _)| member.starts_with("ActionNames.member."));
                let decided = actions.map(|(_, action)| {
                    let action = action.as_str().unwrap_or_default();
                    format!("<member><EvalActionName>{action}</EvalActionName><EvalDecision>implicitDeny</EvalDecision></member>")
                });
                let decided: String = decided.collect();
                format!("<IsTruncated>false</IsTruncated><EvaluationResults>{decided}</EvaluationResults>")
            }
            _ => return unknown(),
        };
        query(operation, &result)
    }

    fn summary(&self) -> String {
        let entries = [
            ("AccountMFAEnabled", usize::from(self.root.mfa)),
            ("AccountPasswordPresent", usize::from(self.root.password)),
            ("AccountAccessKeysPresent", usize::from(self.root.access_keys)),
            ("MFADevices", self.root.devices.len()),
            ("Users", 1),
        ];
        let entry = |(key, value): (&str, usize)| format!("<entry><key>{key}</key><value>{value}</value></entry>");
        format!("<SummaryMap>{}</SummaryMap>", entries.map(entry).concat())
    }

    fn virtual_devices(&self, call: &Call) -> String {
        let assigned = call.text("AssignmentStatus");
        let listed = self.root.devices.iter().filter(|device| match assigned {
            Some("Assigned") => !device.user.is_empty(),
            Some("Unassigned") => device.user.is_empty(),
            _ => true,
        });
        let devices = listed.map(|device| {
            let (serial, enabled, created) = (escaped(&device.serial), iso(device.enabled), iso(ago(days(60))));
            let user = format!(
                "<User><Path>/</Path><UserName></UserName><UserId>U</UserId><Arn>{}</Arn><CreateDate>{created}</CreateDate></User>",
                escaped(&device.user)
            );
            format!("<member><SerialNumber>{serial}</SerialNumber><EnableDate>{enabled}</EnableDate>{user}</member>")
        });
        let devices: String = devices.collect();
        format!("<IsTruncated>false</IsTruncated><VirtualMFADevices>{devices}</VirtualMFADevices>")
    }
}
