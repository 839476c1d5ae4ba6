//! The two accounts, their region, and their access keys.

/// The account with which the lesson starts.
pub const GENERAL: &str = "general";

/// The account that the lesson signs up for.
pub const PRODUCTION: &str = "production";

/// The region of the accounts' clients and of global services.
pub(super) const REGION: &str = "us-east-1";

/// A practice account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    /// The account with which the lesson starts: the organization's management account.
    General,
    /// The account that the lesson signs up for.
    Production,
}

impl Account {
    /// Both, in the lesson's order.
    pub(super) const ALL: [Account; 2] = [Account::General, Account::Production];

    /// The account by its name in a course.
    pub(super) fn named(name: &str) -> Option<Account> {
        Account::ALL.into_iter().find(|account| account.name() == name)
    }

    /// The name in a course.
    pub(super) fn name(self) -> &'static str {
        match self {
            Account::General => GENERAL,
            Account::Production => PRODUCTION,
        }
    }

    /// The account id, which AWS's documentation uses for examples.
    pub(super) fn id(self) -> &'static str {
        match self {
            Account::General => "111122223333",
            Account::Production => "444455556666",
        }
    }

    /// The root user's e-mail address.
    pub(super) fn email(self) -> &'static str {
        match self {
            Account::General => "learner@example.com",
            Account::Production => "learner+production@example.com",
        }
    }

    /// The root user's ARN.
    pub(super) fn root_arn(self) -> String {
        format!("arn:aws:iam::{}:root", self.id())
    }

    /// The serial number of the root user's virtual MFA device, with the console's name for the first one.
    pub(super) fn root_mfa_device(self) -> String {
        format!("arn:aws:iam::{}:mfa/{ROOT_MFA_DEVICE}", self.id())
    }
}

/// The console's name for the root user's first virtual MFA device.
pub(super) const ROOT_MFA_DEVICE: &str = "root-account-mfa-device";

/// The IAM user for reading.
const READER: &str = "course-reader";

/// Who makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// The IAM user for reading, which may only read.
    Reader(Account),
    /// The root user, signed in to the console. Practice actions use it.
    Root(Account),
}

impl Caller {
    /// The caller with an access key.
    pub(super) fn of(access_key: &str) -> Option<Caller> {
        let both = |account| [Caller::Reader(account), Caller::Root(account)];
        Account::ALL.into_iter().flat_map(both).find(|caller| caller.access_key() == access_key)
    }

    /// The access key id, with the prefix of long-term keys (`AKIA`) or of a session (`ASIA`).
    pub(super) fn access_key(self) -> &'static str {
        match self {
            Caller::Reader(Account::General) => "AKIAPRACTICEGENERAL1",
            Caller::Reader(Account::Production) => "AKIAPRACTICEPRODUCT1",
            Caller::Root(Account::General) => "ASIAPRACTICEGENERAL1",
            Caller::Root(Account::Production) => "ASIAPRACTICEPRODUCT1",
        }
    }

    /// The account.
    pub(super) fn account(self) -> Account {
        match self {
            Caller::Reader(account) | Caller::Root(account) => account,
        }
    }

    /// The ARN, as in the response to `sts:GetCallerIdentity`.
    pub(super) fn arn(self) -> String {
        match self {
            Caller::Reader(account) => format!("arn:aws:iam::{}:user/{READER}", account.id()),
            Caller::Root(account) => account.root_arn(),
        }
    }

    /// The unique id, as in the response to `sts:GetCallerIdentity`. For root, it is the account id.
    pub(super) fn user_id(self) -> &'static str {
        match self {
            Caller::Reader(Account::General) => "AIDAPRACTICEGENERAL1",
            Caller::Reader(Account::Production) => "AIDAPRACTICEPRODUCT1",
            Caller::Root(account) => account.id(),
        }
    }
}
