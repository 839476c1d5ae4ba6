//! The table of reads: all calls that `verify` may make to AWS for evidence.
//!
//! The plan, the guard, the IAM actions in reasons and policies, and the reference are derived from it. A call that is
//! not here is refused before it is signed.
//!
//! ```
//! use evidence::{Section, table};
//!
//! let actions: Vec<String> = table::of(Section::Contact).map(table::Call::permission).collect();
//! assert_eq!(actions, ["account:GetContactInformation"]);
//! assert!(table::find(Section::Contact, "Account", "PutContactInformation").is_none());
//! ```

use super::{Section, reads};

/// One kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The evidence section that needs it.
    pub section: Section,
    /// The service, as the SDK names it.
    pub service: &'static str,
    /// The operation, as the API reference names it.
    pub operation: &'static str,
    /// The IAM action that it needs, from the Service Authorization Reference; `None` if it needs none.
    pub action: Option<&'static str>,
    /// The region of the call.
    pub region: Region,
    /// Error codes with which AWS refuses the call to everybody in the account, with any permissions.
    pub everybody: &'static [&'static str],
    /// The member of the response with its list, if the SDK would treat a response without it as an empty list.
    pub list: Option<&'static str>,
    /// Whether it is made in every partition. Other calls are only made in `aws`.
    pub every_partition: bool,
}

/// The region of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// The profile's own region.
    Profile,
    /// us-east-1: the signing region of global services, and the region where root's events and billing metrics are
    /// recorded. In other partitions than `aws`, the SDK finds the global endpoint from the profile's region.
    UsEast1,
    /// us-east-1, and the profile's region if it is another one.
    UsEast1AndProfile,
    /// The region of the bucket.
    Bucket,
}

const fn call(
    section: Section,
    service: &'static str,
    operation: &'static str,
    action: &'static str,
    region: Region,
) -> Call {
    Call {
        section,
        service,
        operation,
        action: Some(action),
        region,
        everybody: &[],
        list: None,
        every_partition: false,
    }
}

const fn refused_to_everybody(everybody: &'static [&'static str], call: Call) -> Call {
    Call { everybody, ..call }
}

const fn listing(list: &'static str, call: Call) -> Call {
    Call { list: Some(list), ..call }
}

const fn everywhere(call: Call) -> Call {
    Call { every_partition: true, ..call }
}

use Region::{Bucket, Profile, UsEast1, UsEast1AndProfile};
use Section as S;

/// No policy can deny it.
const IDENTITY: Call = Call {
    section: S::Identity,
    service: "STS",
    operation: "GetCallerIdentity",
    action: None,
    region: Profile,
    everybody: &[],
    list: None,
    every_partition: true,
};

/// The table.
pub const CALLS: &[Call] = &[
    IDENTITY,
    Call { section: S::Privileges, ..IDENTITY },
    everywhere(call(S::Privileges, "IAM", "GetRole", "iam:GetRole", UsEast1)),
    everywhere(call(S::Privileges, "IAM", "SimulatePrincipalPolicy", "iam:SimulatePrincipalPolicy", UsEast1)),
    call(S::Account, "Account", "GetAccountInformation", "account:GetAccountInformation", UsEast1),
    call(S::Contact, "Account", "GetContactInformation", "account:GetContactInformation", UsEast1),
    call(S::AlternateContacts, "Account", "GetAlternateContact", "account:GetAlternateContact", UsEast1),
    everywhere(call(
        S::Organization,
        "Organizations",
        "DescribeOrganization",
        "organizations:DescribeOrganization",
        UsEast1,
    )),
    // "Your account isn't a member of an organization" (API reference, errors of ListAccounts).
    refused_to_everybody(
        &["AWSOrganizationsNotInUseException"],
        everywhere(call(S::Organization, "Organizations", "ListAccounts", "organizations:ListAccounts", UsEast1)),
    ),
    everywhere(call(S::Root, "IAM", "GetAccountSummary", "iam:GetAccountSummary", UsEast1)),
    listing(
        "VirtualMFADevices",
        everywhere(call(S::Root, "IAM", "ListVirtualMFADevices", "iam:ListVirtualMFADevices", UsEast1)),
    ),
    call(S::ConsoleSignIns, "CloudTrail", "LookupEvents", "cloudtrail:LookupEvents", UsEast1AndProfile),
    call(S::MfaEvents, "CloudTrail", "LookupEvents", "cloudtrail:LookupEvents", UsEast1),
    call(S::BillingEvents, "CloudTrail", "LookupEvents", "cloudtrail:LookupEvents", UsEast1),
    call(S::BillingMetrics, "CloudWatch", "ListMetrics", "cloudwatch:ListMetrics", UsEast1),
    call(S::BillingPreferences, "Billing", "GetBillingPreferences", "billing:GetBillingPreferences", UsEast1),
    call(S::Budgets, "Budgets", "DescribeBudgets", "budgets:ViewBudget", UsEast1),
    call(S::Budgets, "Budgets", "DescribeBudgetNotificationsForAccount", "budgets:ViewBudget", UsEast1),
    call(S::Budgets, "Budgets", "DescribeSubscribersForNotification", "budgets:ViewBudget", UsEast1),
    // The error of all Support calls for plans without the API (API reference of DescribeSeverityLevels).
    refused_to_everybody(
        &["SubscriptionRequiredException"],
        call(S::Support, "Support", "DescribeSeverityLevels", "support:DescribeSeverityLevels", UsEast1),
    ),
    // The same code for accounts without a subscription. AWS documents it for Support's calls only, but with this
    // meaning, it is never about permissions.
    refused_to_everybody(
        &["SubscriptionRequiredException"],
        call(
            S::Support,
            "Billing",
            "ListBusinessSupportSubscriptionHistory",
            "billing:ListBusinessSupportSubscriptionHistory",
            UsEast1,
        ),
    ),
    everywhere(call(S::S3, "S3", "ListBuckets", "s3:ListAllMyBuckets", Profile)),
    everywhere(call(S::S3, "S3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", Bucket)),
    everywhere(call(S::S3, "S3", "GetBucketPolicy", "s3:GetBucketPolicy", Bucket)),
    everywhere(call(S::S3, "S3", "GetBucketVersioning", "s3:GetBucketVersioning", Bucket)),
    everywhere(call(S::S3, "S3", "GetBucketEncryption", "s3:GetEncryptionConfiguration", Bucket)),
];

/// The name of an operation in messages: the service in lower case, as in `budgets:DescribeBudgets`.
pub(super) fn name(service: &str, operation: &str) -> String {
    format!("{}:{operation}", service.to_lowercase())
}

/// The IAM action of an operation with this name, if a section uses it.
pub fn permission(name: &str) -> Option<String> {
    CALLS.iter().find(|call| call.name() == name).map(Call::permission)
}

/// The row for a section's call.
pub fn find(section: Section, service: &str, operation: &str) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.section == section && call.service == service && call.operation == operation)
}

/// The row for a section's call at compile time. A call that is not in the table does not compile.
pub(super) const fn row(section: Section, service: &str, operation: &str) -> &'static Call {
    let mut at = 0;
    while at < CALLS.len() {
        let call = &CALLS[at];
        if call.section as usize == section as usize && same(call.service, service) && same(call.operation, operation) {
            return call;
        }
        at += 1;
    }
    panic!("this call is not in the table of reads")
}

/// Whether two texts are the same, at compile time.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The rows for a section.
pub fn of(section: Section) -> impl Iterator<Item = &'static Call> {
    CALLS.iter().filter(move |call| call.section == section)
}

impl Call {
    /// The service and the operation, as in `budgets:DescribeBudgets`.
    pub fn name(&self) -> String {
        name(self.service, self.operation)
    }

    /// The values that AWS documents for a member of the response, by its path.
    pub(super) fn values(&self, path: &str) -> &'static [String] {
        reads::find(&self.name()).map_or(&[], |found| found.values(path))
    }

    /// The action that a policy must allow: its IAM action, or its name if AWS documents none.
    pub fn permission(&self) -> String {
        self.action.map_or_else(|| self.name(), str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_the_table_only_reads() {
        for call in CALLS {
            let reads =
                ["Get", "List", "Describe", "Lookup", "Simulate"].iter().any(|verb| call.operation.starts_with(verb));
            assert!(reads, "{} does not look like a read", call.name());
        }
    }

    #[test]
    fn every_section_has_a_row() {
        for &section in Section::ALL {
            assert!(of(section).next().is_some(), "{} makes no call", section.name());
        }
    }
}
