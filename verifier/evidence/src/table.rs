//! The table of reads: every call that `verify` may make to AWS for evidence.
//!
//! The plan, the guard, the reasons that name an IAM action, and the reference are derived from it. A call that isn't
//! here is refused before it is signed.

use super::Section;

/// One kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The evidence section that it feeds.
    pub section: Section,
    /// The service, as the SDK names it.
    pub service: &'static str,
    /// The operation, as the API reference names it.
    pub operation: &'static str,
    /// The IAM action that it needs, from the Service Authorization Reference; `None` where none is needed.
    pub action: Option<&'static str>,
    /// The region that is asked.
    pub region: Region,
    /// Error codes with which AWS refuses the call to everybody in the account, whatever their permissions.
    pub everybody: &'static [&'static str],
    /// The member of the answer that holds its list, where the SDK takes an answer without one for an empty list.
    pub list: Option<&'static str>,
    /// Whether it is made in every partition; other calls are made in `aws` alone.
    pub every_partition: bool,
}

/// Which region a call goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// The profile's own region.
    Profile,
    /// us-east-1: global services are signed for it, and root's events and billing metrics are recorded there. In
    /// other partitions than `aws`, the SDK finds the global endpoint from the profile's region.
    UsEast1,
    /// us-east-1 and, where it is another, the profile's region too.
    UsEast1AndProfile,
    /// The region of the bucket that it is about.
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
    // What every call of Support's answers an account whose plan has no API (API reference of DescribeSeverityLevels).
    refused_to_everybody(
        &["SubscriptionRequiredException"],
        call(S::Support, "Support", "DescribeSeverityLevels", "support:DescribeSeverityLevels", UsEast1),
    ),
    // The same code for what only accounts with a subscription can be told. AWS documents it for Support's calls; a code of
    // this meaning is no denial of permissions wherever it comes from.
    refused_to_everybody(
        &["SubscriptionRequiredException"],
        listing(
            "subscriptionContracts",
            call(
                S::Support,
                "Billing",
                "ListBusinessSupportSubscriptionHistory",
                "billing:ListBusinessSupportSubscriptionHistory",
                UsEast1,
            ),
        ),
    ),
    everywhere(call(S::S3, "S3", "ListBuckets", "s3:ListAllMyBuckets", Profile)),
    everywhere(call(S::S3, "S3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", Bucket)),
    everywhere(call(S::S3, "S3", "GetBucketPolicy", "s3:GetBucketPolicy", Bucket)),
    everywhere(call(S::S3, "S3", "GetBucketVersioning", "s3:GetBucketVersioning", Bucket)),
    everywhere(call(S::S3, "S3", "GetBucketEncryption", "s3:GetEncryptionConfiguration", Bucket)),
];

/// An operation as messages name it: the service in lower case, as in `budgets:DescribeBudgets`.
pub(super) fn name(service: &str, operation: &str) -> String {
    format!("{}:{operation}", service.to_lowercase())
}

/// The IAM action of an operation that is named so, if any section reads it.
pub fn permission(name: &str) -> Option<String> {
    CALLS.iter().find(|call| call.name() == name).map(Call::permission)
}

/// The row of a section's call.
pub fn find(section: Section, service: &str, operation: &str) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.section == section && call.service == service && call.operation == operation)
}

/// The row of a section's call, found at compile time: a call that the table lacks does not compile.
pub(super) const fn row(section: Section, service: &str, operation: &str) -> &'static Call {
    let mut at = 0;
    while at < CALLS.len() {
        let call = &CALLS[at];
        if call.section as usize == section as usize && same(call.service, service) && same(call.operation, operation) {
            return call;
        }
        at += 1;
    }
    panic!("the table of reads lacks this call")
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

/// The rows of a section.
pub fn of(section: Section) -> impl Iterator<Item = &'static Call> {
    CALLS.iter().filter(move |call| call.section == section)
}

impl Call {
    /// Service and operation in one word, as in `budgets:DescribeBudgets`.
    pub fn name(&self) -> String {
        name(self.service, self.operation)
    }

    /// What a policy would allow it by: its IAM action, or its name where AWS documents none.
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
