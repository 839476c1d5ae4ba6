//! `s3`: the account's buckets and their settings.

use super::answer::{known_value, present};
use super::bucket_policy::{self, BucketPolicy, Owned};
use super::client::{Failed, ask};
use super::read::incomplete;
use super::reader::row;
use super::table::Call;
use super::{Read, Reader, Section, error};
use course::results::Reason;
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How many buckets are read at the same time, with one call for each setting.
const AT_ONCE: usize = 16;

/// The largest number of buckets on a page. With this parameter, AWS also returns the region of each bucket (API
/// reference of Bucket).
const PAGE: u32 = 1000;

/// Amazon S3's general purpose buckets.
// Of the response to `ListBuckets`, not read: `owner`, which is the account, and `prefix`, which is a parameter.
// Directory buckets are in another list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// The buckets that the account owns (`s3:ListBuckets`), by name.
    pub buckets: Vec<Bucket>,
}

/// A bucket.
// Not read, because no verdict depends on them: a bucket's creation date and ARN, and whether deleting versions
// requires MFA (`MfaDelete`). Access control lists are off in a new bucket. If they are on, they only allow more
// access, which the lesson's Block Public Access settings limit to named accounts. Also, other accounts may then own
// objects that they upload, to which the policy does not apply; a check says so. Access points have their own policies,
// which allow nothing that the bucket's policy does not allow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// The name. In an account's regional namespace, it ends with `-ACCOUNT-REGION-an`.
    pub name: Read<String>,
    /// The region.
    pub region: Read<String>,
    /// The bucket's own Block Public Access settings (`s3:GetPublicAccessBlock`), if it has any. The account's settings
    /// apply in addition, and are not read.
    pub public_access_block: Read<Option<PublicAccessBlock>>,
    /// The bucket's policy (`s3:GetBucketPolicy`), if it has one.
    pub policy: Read<Option<BucketPolicy>>,
    /// Enabled or Suspended (`s3:GetBucketVersioning`), if versioning was ever enabled.
    pub versioning: Read<Option<String>>,
    /// The default encryption of new objects (`s3:GetBucketEncryption`), if it is set.
    pub encryption: Read<Option<Encryption>>,
}

/// A bucket's Block Public Access settings.
// The account's and its organization's settings can only be stricter. They restrict public access, and a policy that
// names accounts is not public: see `bucket_policy`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicAccessBlock {
    /// Whether new public access control lists are refused.
    pub block_public_acls: Read<bool>,
    /// Whether public access control lists are ignored.
    pub ignore_public_acls: Read<bool>,
    /// Whether new public policies are refused.
    pub block_public_policy: Read<bool>,
    /// Whether a public policy allows access only to the account itself and AWS services.
    pub restrict_public_buckets: Read<bool>,
}

/// A bucket's default encryption.
// Not read: whether a bucket key reduces calls to KMS (`BucketKeyEnabled`), which is about cost, and which encryption
// is blocked for uploads (`BlockedEncryptionTypes`), which is about customer-provided keys. An upload can override the
// default for its object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// AES256 (keys managed by S3), aws:kms, aws:kms:dsse, or another algorithm that S3 documents.
    pub algorithm: Read<String>,
    /// The id, alias or ARN of the KMS key, if one is set.
    pub key: Option<String>,
}

/// S3's responses.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListBuckets {
    buckets: Option<Vec<Listed>>,
    continuation_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    name: Option<String>,
    bucket_region: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetPublicAccessBlock {
    public_access_block_configuration: Option<Blocks>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Blocks {
    block_public_acls: Option<bool>,
    ignore_public_acls: Option<bool>,
    block_public_policy: Option<bool>,
    restrict_public_buckets: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetBucketPolicy {
    policy: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetBucketVersioning {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetBucketEncryption {
    server_side_encryption_configuration: Option<Rules>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Rules {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    apply_server_side_encryption_by_default: Option<ByDefault>,
}

#[derive(Deserialize)]
struct ByDefault {
    #[serde(rename = "SSEAlgorithm", default)]
    algorithm: String,
    #[serde(rename = "KMSMasterKeyID")]
    key: Option<String>,
}

pub(super) async fn read(reader: &Reader) -> Read<S3> {
    let listed = match list(reader).await {
        Ok(listed) => listed,
        Err(reasons) => return Err(reasons).into(),
    };
    // Collected, because a stream with a closure could not run in a separate task.
    let described: Vec<_> = listed.into_iter().map(|bucket| describe(reader, bucket)).collect();
    Read::Known(S3 { buckets: stream::iter(described).buffered(AT_ONCE).collect().await })
}

async fn list(reader: &Reader) -> Result<Vec<Listed>, Vec<Reason>> {
    let call = row!(Section::S3, "S3", "ListBuckets");
    let region = &reader.regions(call)[0];
    reader
        .pages(call, async |token| {
            let input = json!({ "MaxBuckets": PAGE, "ContinuationToken": token });
            let answer: ListBuckets = ask(reader, call, region, input)
                .await
                .map_err(|failed| error::reason(reader.account(), call, &failed))?;
            // An account without buckets has an empty list.
            let buckets = answer
                .buckets
                .ok_or_else(|| incomplete(reader.account(), "AWS's response does not contain the list of buckets."))?;
            Ok((buckets, answer.continuation_token))
        })
        .await
}

async fn describe(reader: &Reader, listed: Listed) -> Bucket {
    let who = reader.account();
    let name = present(listed.name, who, "a bucket's name");
    let region = present(listed.bucket_region, who, "a bucket's region");
    let reached = match (&name, &region) {
        (Read::Known(name), Read::Known(region)) => Ok(Place { reader, bucket: name, region }),
        (Read::Unreadable(unreadable), _) | (_, Read::Unreadable(unreadable)) => Err(unreadable.clone()),
    };
    match reached {
        Err(why) => Bucket {
            name,
            region,
            public_access_block: Read::Unreadable(why.clone()),
            policy: Read::Unreadable(why.clone()),
            versioning: Read::Unreadable(why.clone()),
            encryption: Read::Unreadable(why),
        },
        Ok(place) => {
            let (public_access_block, policy, versioning, encryption) =
                tokio::join!(public_access_block(place), policy(place), versioning(place), encryption(place));
            Bucket { name, region, public_access_block, policy, versioning, encryption }
        }
    }
}

/// A bucket, and where it is asked about.
#[derive(Clone, Copy)]
struct Place<'a> {
    reader: &'a Reader,
    bucket: &'a str,
    region: &'a str,
}

impl<'a> Place<'a> {
    fn who(self) -> &'a str {
        self.reader.account()
    }

    async fn ask<T: DeserializeOwned>(self, call: &Call) -> Result<T, Failed> {
        ask(self.reader, call, self.region, json!({ "Bucket": self.bucket })).await
    }

    /// The value of a setting; `None` if S3's error code says that it was never set.
    async fn setting<T: DeserializeOwned>(self, call: &Call, never_set: &str) -> Read<Option<T>> {
        match self.ask(call).await {
            Ok(answer) => Read::Known(Some(answer)),
            Err(failed) if error::code(&failed) == Some(never_set) => Read::Known(None),
            Err(failed) => Err(error::reason(self.who(), call, &failed)).into(),
        }
    }
}

async fn public_access_block(place: Place<'_>) -> Read<Option<PublicAccessBlock>> {
    let (call, who) = (row!(Section::S3, "S3", "GetPublicAccessBlock"), place.who());
    let set = match place.setting::<GetPublicAccessBlock>(call, "NoSuchPublicAccessBlockConfiguration").await {
        Read::Known(Some(answer)) => answer.public_access_block_configuration,
        Read::Known(None) => return Read::Known(None),
        Read::Unreadable(why) => return Read::Unreadable(why),
    };
    present(set, who, "a bucket's Block Public Access settings").map(|set| {
        Some(PublicAccessBlock {
            block_public_acls: present(set.block_public_acls, who, "BlockPublicAcls"),
            ignore_public_acls: present(set.ignore_public_acls, who, "IgnorePublicAcls"),
            block_public_policy: present(set.block_public_policy, who, "BlockPublicPolicy"),
            restrict_public_buckets: present(set.restrict_public_buckets, who, "RestrictPublicBuckets"),
        })
    })
}

async fn policy(place: Place<'_>) -> Read<Option<BucketPolicy>> {
    let call = row!(Section::S3, "S3", "GetBucketPolicy");
    let owned = Owned { who: place.who(), account: place.reader.account_id(), bucket: place.bucket };
    match place.setting::<GetBucketPolicy>(call, "NoSuchBucketPolicy").await {
        Read::Known(Some(answer)) => bucket_policy::parse(owned, &answer.policy.unwrap_or_default()).map(Some),
        Read::Known(None) => Read::Known(None),
        Read::Unreadable(why) => Read::Unreadable(why),
    }
}

async fn versioning(place: Place<'_>) -> Read<Option<String>> {
    let (call, who) = (row!(Section::S3, "S3", "GetBucketVersioning"), place.who());
    match place.ask::<GetBucketVersioning>(call).await {
        // A bucket that never had versioning has no status (API reference).
        Ok(GetBucketVersioning { status: None }) => Read::Known(None),
        Ok(GetBucketVersioning { status: Some(status) }) => {
            known_value(&status, call.values("Status"), who, "a bucket's versioning").map(Some)
        }
        Err(failed) => Err(error::reason(who, call, &failed)).into(),
    }
}

async fn encryption(place: Place<'_>) -> Read<Option<Encryption>> {
    let (call, who) = (row!(Section::S3, "S3", "GetBucketEncryption"), place.who());
    let never_set = "ServerSideEncryptionConfigurationNotFoundError";
    let configuration = match place.setting::<GetBucketEncryption>(call, never_set).await {
        Read::Known(Some(answer)) => answer.server_side_encryption_configuration,
        Read::Known(None) => return Read::Known(None),
        Read::Unreadable(why) => return Read::Unreadable(why),
    };
    // A configuration has one rule (S3 User Guide).
    let rule = configuration.and_then(|configuration| configuration.rules.into_iter().next());
    let default = rule.and_then(|rule| rule.apply_server_side_encryption_by_default);
    let known = call.values("ServerSideEncryptionConfiguration.Rules.ApplyServerSideEncryptionByDefault.SSEAlgorithm");
    present(default, who, "a bucket's default encryption").map(|default| {
        Some(Encryption {
            algorithm: known_value(&default.algorithm, known, who, "a bucket's encryption"),
            key: default.key.filter(|key| !key.is_empty()),
        })
    })
}
