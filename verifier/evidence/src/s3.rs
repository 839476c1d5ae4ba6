//! `s3`: the account's buckets and their settings.

use super::answer::{known_value, present};
use super::bucket_policy::{self, BucketPolicy, Owned};
use super::read::incomplete;
use super::reader::{client, row};
use super::table::Call;
use super::{Read, Reader, Section, error};
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{self, BucketVersioningStatus, ServerSideEncryption};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use course::results::Reason;
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::error::Error;

/// How many buckets are read at the same time, with one call for each setting.
const AT_ONCE: usize = 16;

/// The largest number of buckets on a page. With this parameter, AWS also returns the region of each bucket (API
/// reference of Bucket).
const PAGE: i32 = 1000;

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

pub(super) async fn read(reader: &Reader) -> Read<S3> {
    let listed = match list(reader).await {
        Ok(listed) => listed,
        Err(reasons) => return Err(reasons).into(),
    };
    let regions = listed.iter().filter_map(|bucket| bucket.bucket_region.as_deref());
    let clients: BTreeMap<&str, Client> = regions.map(|region| (region, client(reader, region))).collect();
    // Collected, because a stream with a closure could not run in a separate task.
    let described: Vec<_> = listed.iter().map(|bucket| describe(reader, &clients, bucket)).collect();
    Read::Known(S3 { buckets: stream::iter(described).buffered(AT_ONCE).collect().await })
}

/// The client for a region. Emulators behind a custom endpoint need the bucket in the path, not in the host.
fn client(reader: &Reader, region: &str) -> Client {
    client!(aws_sdk_s3, reader, Section::S3, region, force_path_style = reader.endpoint().is_some())
}

async fn list(reader: &Reader) -> Result<Vec<types::Bucket>, Vec<Reason>> {
    let call = row!(Section::S3, "S3", "ListBuckets");
    let client = client(reader, &reader.regions(call)[0]);
    reader
        .pages(call, async |token| {
            let answer = client.list_buckets().max_buckets(PAGE).set_continuation_token(token).send().await;
            let answer = answer.map_err(|failed| error::reason(reader.account(), call, &failed))?;
            // An account without buckets has an empty list.
            let buckets = answer
                .buckets
                .ok_or_else(|| incomplete(reader.account(), "AWS's response does not contain the list of buckets."))?;
            Ok((buckets, answer.continuation_token))
        })
        .await
}

async fn describe(reader: &Reader, clients: &BTreeMap<&str, Client>, bucket: &types::Bucket) -> Bucket {
    let who = reader.account();
    let name = present(bucket.name.clone(), who, "a bucket's name");
    let region = present(bucket.bucket_region.clone(), who, "a bucket's region");
    let reached = match (&name, &region) {
        (Read::Known(name), Read::Known(region)) => Ok((name.as_str(), &clients[region.as_str()])),
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
        Ok((bucket, client)) => {
            let (public_access_block, policy, versioning, encryption) = tokio::join!(
                public_access_block(who, client, bucket),
                policy(Owned { who, account: reader.account_id(), bucket }, client),
                versioning(who, client, bucket),
                encryption(who, client, bucket),
            );
            Bucket { name, region, public_access_block, policy, versioning, encryption }
        }
    }
}

async fn public_access_block(who: &str, client: &Client, bucket: &str) -> Read<Option<PublicAccessBlock>> {
    let call = row!(Section::S3, "S3", "GetPublicAccessBlock");
    let answer = client.get_public_access_block().bucket(bucket).send().await;
    let set = match set(who, call, "NoSuchPublicAccessBlockConfiguration", answer) {
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

async fn policy(owned: Owned<'_>, client: &Client) -> Read<Option<BucketPolicy>> {
    let call = row!(Section::S3, "S3", "GetBucketPolicy");
    let answer = client.get_bucket_policy().bucket(owned.bucket).send().await;
    match set(owned.who, call, "NoSuchBucketPolicy", answer) {
        Read::Known(Some(answer)) => bucket_policy::parse(owned, &answer.policy.unwrap_or_default()).map(Some),
        Read::Known(None) => Read::Known(None),
        Read::Unreadable(why) => Read::Unreadable(why),
    }
}

async fn versioning(who: &str, client: &Client, bucket: &str) -> Read<Option<String>> {
    let call = row!(Section::S3, "S3", "GetBucketVersioning");
    match client.get_bucket_versioning().bucket(bucket).send().await {
        // A bucket that never had versioning has no status (API reference).
        Ok(answer) => match answer.status {
            None => Read::Known(None),
            Some(status) => {
                known_value(status.as_str(), BucketVersioningStatus::values(), who, "a bucket's versioning").map(Some)
            }
        },
        Err(failed) => Err(error::reason(who, call, &failed)).into(),
    }
}

async fn encryption(who: &str, client: &Client, bucket: &str) -> Read<Option<Encryption>> {
    let call = row!(Section::S3, "S3", "GetBucketEncryption");
    let answer = client.get_bucket_encryption().bucket(bucket).send().await;
    let configuration = match set(who, call, "ServerSideEncryptionConfigurationNotFoundError", answer) {
        Read::Known(Some(answer)) => answer.server_side_encryption_configuration,
        Read::Known(None) => return Read::Known(None),
        Read::Unreadable(why) => return Read::Unreadable(why),
    };
    // A configuration has one rule (S3 User Guide).
    let rule = configuration.and_then(|configuration| configuration.rules.into_iter().next());
    let default = rule.and_then(|rule| rule.apply_server_side_encryption_by_default);
    present(default, who, "a bucket's default encryption").map(|default| {
        let algorithm = default.sse_algorithm.as_str();
        Some(Encryption {
            algorithm: known_value(algorithm, ServerSideEncryption::values(), who, "a bucket's encryption"),
            key: default.kms_master_key_id.filter(|key| !key.is_empty()),
        })
    })
}

/// The value of a setting; `None` if S3's error code says that it was never set.
fn set<T, E>(who: &str, call: &Call, never_set: &str, answer: Result<T, SdkError<E, HttpResponse>>) -> Read<Option<T>>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match answer {
        Ok(answer) => Read::Known(Some(answer)),
        Err(failed) if error::code(&failed) == Some(never_set) => Read::Known(None),
        Err(failed) => Err(error::reason(who, call, &failed)).into(),
    }
}
