//! The services that the practice accounts have in this process.

use evidence::reads::Service;
use winterbaume_account::AccountService;
use winterbaume_budgets::BudgetsService;
use winterbaume_cloudwatch::CloudWatchService;
use winterbaume_ec2::Ec2Service;
use winterbaume_iam::IamService;
use winterbaume_s3::S3Service;

/// A service of the practice accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Embedded {
    Account,
    Billing,
    Budgets,
    CloudTrail,
    CloudWatch,
    Ec2,
    Iam,
    Organizations,
    S3,
    S3Control,
    Sts,
    Support,
}

impl Embedded {
    pub(super) const ALL: [Embedded; 12] = [
        Embedded::Account,
        Embedded::Billing,
        Embedded::Budgets,
        Embedded::CloudTrail,
        Embedded::CloudWatch,
        Embedded::Ec2,
        Embedded::Iam,
        Embedded::Organizations,
        Embedded::S3,
        Embedded::S3Control,
        Embedded::Sts,
        Embedded::Support,
    ];

    /// The service by its name in the table of reads.
    pub(super) fn of(name: &str) -> Option<Embedded> {
        Embedded::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Its name in the table of reads.
    pub(super) fn name(self) -> &'static str {
        match self {
            Embedded::Account => "account",
            Embedded::Billing => "billing",
            Embedded::Budgets => "budgets",
            Embedded::CloudTrail => "cloudtrail",
            Embedded::CloudWatch => "cloudwatch",
            Embedded::Ec2 => "ec2",
            Embedded::Iam => "iam",
            Embedded::Organizations => "organizations",
            Embedded::S3 => "s3",
            Embedded::S3Control => "s3control",
            Embedded::Sts => "sts",
            Embedded::Support => "support",
        }
    }
}

/// Whether the practice accounts have a service, by its name in the table of reads.
pub fn has(service: &str) -> bool {
    Embedded::of(service).is_some()
}

/// What is said of an operation that the practice accounts do not have.
pub(super) fn lacks(service: &Service, operation: &str) -> String {
    let what = match Embedded::of(&service.name) {
        Some(_) => format!("the operation {}:{operation}", service.name),
        None => format!("the service {} ({}:{operation})", service.name, service.name),
    };
    format!(
        "The practice accounts do not have {what}. Use your own account, or an emulator that has it: \
         --practice=http://127.0.0.1:PORT."
    )
}

/// The services that winterbaume emulates for an account.
#[derive(Default)]
pub(super) struct Emulators {
    pub(super) account: AccountService,
    pub(super) budgets: BudgetsService,
    pub(super) cloudwatch: CloudWatchService,
    pub(super) ec2: Ec2Service,
    pub(super) iam: IamService,
    pub(super) s3: S3Service,
}
