//! The accounts of a course, and their access keys.

/// The region of the accounts' profiles and of global services.
pub(super) const REGION: &str = "us-east-1";

/// The console's name for the root user's first virtual MFA device.
pub(super) const ROOT_MFA_DEVICE: &str = "root-account-mfa-device";

/// The IAM user for reading.
const READER: &str = "course-reader";

/// A practice account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    /// The course's name for it.
    pub(super) name: String,
    /// Its place among the course's accounts.
    pub(super) at: usize,
    /// The account id.
    pub(super) id: String,
}

impl Account {
    /// The account of a course with this name, at a place among its accounts.
    pub(super) fn new(name: &str, at: usize) -> Account {
        Account { name: name.to_owned(), at, id: id(at) }
    }

    /// The root user's e-mail address.
    pub(super) fn email(&self) -> String {
        email(&self.name)
    }

    /// The root user's ARN.
    pub(super) fn root_arn(&self) -> String {
        format!("arn:aws:iam::{}:root", self.id)
    }

    /// The serial number of the root user's virtual MFA device, with the console's name for the first one.
    pub(super) fn root_mfa_device(&self) -> String {
        format!("arn:aws:iam::{}:mfa/{ROOT_MFA_DEVICE}", self.id)
    }
}

/// The root user's e-mail address of the account that a course calls so.
pub fn email(name: &str) -> String {
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("learner+{plain}@example.com")
}

/// The id of the account at a place. AWS's documentation uses the first three for its examples.
pub(super) fn id(at: usize) -> String {
    const EXAMPLES: [&str; 3] = ["111122223333", "444455556666", "777788889999"];
    EXAMPLES.get(at).map_or_else(|| format!("{:012}", 900_000_000_000_usize.saturating_add(at)), |id| (*id).to_owned())
}

/// The id of the account at a place in an emulator that runs already. It differs from the account in this process, so that
/// a verdict about one does not count for the other.
pub(super) fn id_elsewhere(at: usize) -> String {
    format!("{:012}", 500_000_000_000_usize.saturating_add(at))
}

/// Who makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// The IAM user for reading, which may only read.
    Reader,
    /// The root user, signed in to the console. Practice actions use it.
    Root,
}

impl Caller {
    /// The caller with an access key, and the place of their account.
    pub(super) fn of(access_key: &str) -> Option<(Caller, usize)> {
        let (caller, at) = [Caller::Reader, Caller::Root]
            .into_iter()
            .find_map(|caller| Some((caller, access_key.strip_prefix(caller.prefix())?)))?;
        Some((caller, at.parse().ok()?))
    }

    /// The access key id for an account, with the prefix of long-term keys (`AKIA`) or of a session (`ASIA`).
    pub(super) fn access_key(self, account: &Account) -> String {
        format!("{}{:08}", self.prefix(), account.at)
    }

    fn prefix(self) -> &'static str {
        match self {
            Caller::Reader => "AKIAPRACTICE",
            Caller::Root => "ASIAPRACTICE",
        }
    }

    /// The ARN, as in the response to `sts:GetCallerIdentity`.
    pub(super) fn arn(self, account: &Account) -> String {
        match self {
            Caller::Reader => format!("arn:aws:iam::{}:user/{READER}", account.id),
            Caller::Root => account.root_arn(),
        }
    }

    /// The unique id, as in the response to `sts:GetCallerIdentity`. For root, it is the account id.
    pub(super) fn user_id(self, account: &Account) -> String {
        match self {
            Caller::Reader => format!("AIDAPRACTICE{:08}", account.at),
            Caller::Root => account.id.clone(),
        }
    }
}
