//! Parses Amazon Resource Names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE` (IAM User Guide, "Amazon Resource
//! Names").
//! Nothing else parses them.

/// The partitions of AWS, with the prefixes of their regions' names (the SDK's partition rules). Regions with other
/// prefixes are in the first partition.
const REGIONS: [(&str, &str); 8] = [
    ("aws", ""),
    ("aws-cn", "cn-"),
    ("aws-us-gov", "us-gov-"),
    ("aws-iso", "us-iso-"),
    ("aws-iso-b", "us-isob-"),
    ("aws-iso-e", "eu-isoe-"),
    ("aws-iso-f", "us-isof-"),
    ("aws-eusc", "eusc-"),
];

/// The partitions of AWS.
pub const PARTITIONS: [&str; REGIONS.len()] = {
    let mut names = [""; REGIONS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = REGIONS[at].0;
        at += 1;
    }
    names
};

/// The partition that a region is in.
pub fn partition_of(region: &str) -> &'static str {
    let [(standard, _), others @ ..] = &REGIONS;
    others.iter().find(|(_, prefix)| region.starts_with(prefix)).map_or(*standard, |(name, _)| *name)
}

/// An ARN and its parts.
///
/// ```
/// use evidence::arn::Arn;
///
/// let role = Arn::parse("arn:aws:iam::111122223333:role/course-reader").unwrap();
/// assert_eq!(role.account_id(), Some("111122223333"));
/// assert_eq!(role.named("role"), Some("course-reader"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition, such as `aws`. It may be newer than [`PARTITIONS`].
    pub partition: &'a str,
    /// The service, such as `iam`.
    pub service: &'a str,
    /// The region; empty for resources without one.
    pub region: &'a str,
    /// The account id; empty for resources without one, such as buckets. AWS's own resources have a word instead.
    pub account: &'a str,
    /// The resource: a name, or a path whose parts are separated by slashes or colons.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Parses an ARN; `None` if the text is not one.
    pub fn parse(text: &'a str) -> Option<Arn<'a>> {
        let [scheme, partition, service, region, account, resource] = parts(text)?;
        let of_aws = partition == "aws" || partition.strip_prefix("aws-").is_some_and(|rest| !rest.is_empty());
        let plain =
            |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let whole = scheme == "arn" && of_aws && plain(partition) && !service.is_empty() && !resource.is_empty();
        whole.then_some(Arn { partition, service, region, account, resource })
    }

    /// The id of its account, if it has one.
    pub fn account_id(&self) -> Option<&'a str> {
        Some(self.account).filter(|account| is_account_id(account))
    }

    /// Whether it is an account's root user, or the account as a whole.
    pub fn is_root(&self) -> bool {
        self.service == "iam" && self.resource == "root"
    }

    /// The path and name of an IAM resource of a kind: of `role/PATH/NAME`, the part after `role/`.
    pub fn named(&self, kind: &str) -> Option<&'a str> {
        self.resource.strip_prefix(kind)?.strip_prefix('/').filter(|name| !name.is_empty())
    }
}

/// The six parts of an ARN, or of a pattern for ARNs. AWS compares patterns part by part. The last part may contain
/// colons.
pub fn parts(text: &str) -> Option<[&str; 6]> {
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next();
    Some([next()?, next()?, next()?, next()?, next()?, next()?])
}

/// Whether a text is meant as an ARN, even if it is not valid.
pub fn is_meant(text: &str) -> bool {
    text.starts_with("arn:")
}

/// Whether a text contains what is meant as an ARN.
pub fn is_in(text: &str) -> bool {
    text.contains("arn:")
}

/// Whether a text is an account id: twelve digits.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_split_at_its_first_five_colons() {
        let cases = [
            ("arn:aws:iam::111122223333:root", ["aws", "iam", "", "111122223333", "root"]),
            ("arn:aws:iam::111122223333:role/path/to/r", ["aws", "iam", "", "111122223333", "role/path/to/r"]),
            (
                "arn:aws-cn:sts::111122223333:assumed-role/r/s",
                ["aws-cn", "sts", "", "111122223333", "assumed-role/r/s"],
            ),
            ("arn:aws-us-gov:s3:::bucket", ["aws-us-gov", "s3", "", "", "bucket"]),
            ("arn:aws-iso:s3:::bucket/a:b/c", ["aws-iso", "s3", "", "", "bucket/a:b/c"]),
            ("arn:aws-iso-b:iam::111122223333:user/u", ["aws-iso-b", "iam", "", "111122223333", "user/u"]),
            (
                "arn:aws:logs:eu-west-1:111122223333:log-group:/a/b:*",
                ["aws", "logs", "eu-west-1", "111122223333", "log-group:/a/b:*"],
            ),
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", ["aws", "iam", "", "aws", "policy/ReadOnlyAccess"]),
            // A partition that is newer than this version.
            ("arn:aws-new:iam::111122223333:root", ["aws-new", "iam", "", "111122223333", "root"]),
        ];
        for (text, [partition, service, region, account, resource]) in cases {
            assert_eq!(Arn::parse(text), Some(Arn { partition, service, region, account, resource }), "{text}");
        }
    }

    #[test]
    fn other_text_is_not_parsed() {
        for text in [
            "",
            "arn",
            "arn:aws",
            "arn:aws:iam::111122223333",
            "arn:aws:iam::111122223333:",
            "arn:aws:::111122223333:root",
            "arn::iam::111122223333:root",
            "arn:gcp:iam::111122223333:root",
            "arn:awsome:iam::111122223333:root",
            "arn:aws-:iam::111122223333:root",
            "arn:aws-*:iam::111122223333:root",
            "arn:*:iam::111122223333:root",
            "ARN:aws:iam::111122223333:root",
            " arn:aws:iam::111122223333:root",
            "111122223333",
            "course-reader",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_arn_has_an_account_and_a_resource() {
        let cases = [
            ("arn:aws:iam::111122223333:root", Some("111122223333"), true, None),
            ("arn:aws-cn:iam::111122223333:role/r", Some("111122223333"), false, Some("r")),
            ("arn:aws:iam::111122223333:role/a/r", Some("111122223333"), false, Some("a/r")),
            ("arn:aws:iam::111122223333:role/", Some("111122223333"), false, None),
            ("arn:aws:iam::111122223333:role", Some("111122223333"), false, None),
            ("arn:aws:iam::111122223333:roles/r", Some("111122223333"), false, None),
            ("arn:aws:iam::111122223333:user/a:root", Some("111122223333"), false, None),
            ("arn:aws:s3:::root", None, false, None),
            ("arn:aws:iam::aws:policy/p", None, false, None),
            ("arn:aws:iam::1:root", None, true, None),
        ];
        for (text, account, root, role) in cases {
            let arn = Arn::parse(text).unwrap();
            assert_eq!((arn.account_id(), arn.is_root(), arn.named("role")), (account, root, role), "{text}");
        }
    }

    #[test]
    fn a_pattern_has_parts_without_being_an_arn() {
        assert_eq!(parts("*:*:iam::*:role/a:b"), Some(["*", "*", "iam", "", "*", "role/a:b"]));
        assert_eq!(parts("arn:aws:iam::*"), None);
    }
}
