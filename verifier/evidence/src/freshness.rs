//! How soon to read each section again.

use std::time::Duration;

use super::Section;

/// How soon a change can appear in a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// How long to wait before it is read again, right after it was read or changed.
    pub soonest: Duration,
    /// The longest wait, to which it grows while nothing changes.
    pub latest: Duration,
    /// Why the section shows changes late, if it does.
    pub late: Option<&'static str>,
}

const fn seconds(soonest: u64, latest: u64) -> Freshness {
    Freshness { soonest: Duration::from_secs(soonest), latest: Duration::from_secs(latest), late: None }
}

impl Freshness {
    /// How soon a change can appear in what a check's own reads show: at once.
    pub fn of_reads() -> Freshness {
        seconds(5, 60)
    }
}

impl Section {
    /// How soon a change can appear in it. AWS documents delays for CloudTrail's event history and for billing metrics.
    /// Everything else appears at once, and is read as often as a person would look.
    pub fn freshness(self) -> Freshness {
        match self {
            Section::ConsoleSignIns | Section::MfaEvents | Section::BillingEvents => {
                Freshness { late: Some("CloudTrail shows what happened 5 to 15 minutes later."), ..seconds(30, 120) }
            }
            Section::BillingMetrics => Freshness {
                late: Some("CloudWatch shows billing metrics some hours after billing alerts are turned on."),
                ..seconds(300, 1800)
            },
            Section::Support | Section::Organization => seconds(15, 120),
            Section::Identity
            | Section::Privileges
            | Section::Account
            | Section::Contact
            | Section::AlternateContacts
            | Section::Root
            | Section::BillingPreferences
            | Section::Budgets
            | Section::S3 => seconds(5, 60),
        }
    }
}
