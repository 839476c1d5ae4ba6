//! `s3`: the account's buckets and how each is set up.

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

/// How many buckets are asked about at the same time, with one call for each setting.
const AT_ONCE: usize = 16;

/// How many buckets a page of the list has at most. Naming a number also makes AWS tell each bucket's region
/// (API reference of Bucket).
const PAGE: i32 = 1000;

/// Amazon S3's general purpose buckets.
// Of `ListBuckets`' answer, `owner` is the account that was asked, and `prefix` nothing that was asked for. A directory
// bucket is in another list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// The buckets that the account owns (`s3:ListBuckets`), by name.
    pub buckets: Vec<Bucket>,
}

/// One bucket.
// Not read, since they make none of it wrong: a bucket's creation date and ARN; whether deleting versions takes MFA
// (`MfaDelete`), which nobody needs for reading. Access control lists are off in a new bucket. Where they are on, they
// only ever let more people in, which the lesson's settings of Block Public Access limit to named accounts, and other
// accounts may own objects that they put, to which the policy does not apply: a check says so. Access points have
// policies of their own, which give nothing that the bucket's does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// The name. In an account's regional namespace it ends with `-ACCOUNT-REGION-an`.
    pub name: Read<String>,
    /// The region that it is in.
    pub region: Read<String>,
    /// The bucket's own Block Public Access settings (`s3:GetPublicAccessBlock`), if it has any. Those of the account
    /// come on top, and are not read.
    pub public_access_block: Read<Option<PublicAccessBlock>>,
    /// The bucket's policy (`s3:GetBucketPolicy`), if it has one.
    pub policy: Read<Option<BucketPolicy>>,
    /// Enabled or Suspended (`s3:GetBucketVersioning`), if versioning was ever turned on.
    pub versioning: Read<Option<String>>,
    /// How new objects are encrypted (`s3:GetBucketEncryption`), if anything is set.
    pub encryption: Read<Option<Encryption>>,
}

/// A bucket's Block Public Access settings.
// The account's settings, and those of its organization, add to these and never loosen them. They concern what is public,
// and a policy that names accounts is not: see `bucket_policy`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicAccessBlock {
    /// Whether new public access control lists are refused.
    pub block_public_acls: Read<bool>,
    /// Whether public access control lists count for nothing.
    pub ignore_public_acls: Read<bool>,
    /// Whether new public policies are refused.
    pub block_public_policy: Read<bool>,
    /// Whether a public policy lets nobody in but the account itself and AWS's services.
    pub restrict_public_buckets: Read<bool>,
}

/// A bucket's default encryption.
// Not read: whether fewer calls of KMS are made (`BucketKeyEnabled`), which is about cost, and which encryption uploads may
// not ask for (`BlockedEncryptionTypes`), which is about keys that a caller brings. What an upload asks for goes before the
// default, and is the object's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// AES256 (keys of S3's own), aws:kms, aws:kms:dsse, or another that S3 documents.
    pub algorithm: Read<String>,
    /// The id, alias or ARN of the KMS key, if one is named.
    pub key: Option<String>,
}

pub(super) async fn read(reader: &Reader) -> Read<S3> {
    let listed = match list(reader).await {
        Ok(listed) => listed,
        Err(reasons) => return Err(reasons).into(),
    };
    let regions = listed.iter().filter_map(|bucket| bucket.bucket_region.as_deref());
    let clients: BTreeMap<&str, Client> = regions.map(|region| (region, client(reader, region))).collect();
    // Collected, so that the stream holds no closure: with one, this could not run in a task of its own.
    let described: Vec<_> = listed.iter().map(|bucket| describe(reader, &clients, bucket)).collect();
    Read::Known(S3 { buckets: stream::iter(described).buffered(AT_ONCE).collect().await })
}

/// The client for a region. Emulators behind an endpoint of the learner's know buckets by the path, not by the host.
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
                .ok_or_else(|| incomplete(reader.account(), "AWS's answer lacks the list of buckets."))?;
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

/// What a setting is: S3 says by an error code that it was never set.
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
