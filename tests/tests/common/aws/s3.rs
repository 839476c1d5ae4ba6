//! S3: buckets and their settings.

use super::reply::{error, escaped, page, unknown};
use super::times::iso;
use super::{Account, Call, Reply};
use serde_json::{Value, json};

/// A bucket.
#[derive(Clone)]
pub struct Bucket {
    pub name: String,
    pub region: String,
    /// BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets.
    pub block: Option<[bool; 4]>,
    pub policy: Option<Value>,
    pub versioning: Option<String>,
    /// The algorithm, and the KMS key.
    pub encryption: Option<(String, Option<String>)>,
}

impl Bucket {
    /// A bucket with AWS's defaults.
    pub fn plain(name: &str) -> Bucket {
        Bucket {
            name: name.to_owned(),
            region: "eu-west-1".to_owned(),
            block: Some([true; 4]),
            policy: None,
            versioning: None,
            encryption: Some(("AES256".to_owned(), None)),
        }
    }

    /// The lesson's bucket, which another account may read.
    pub fn shared(name: &str, reader: &str) -> Bucket {
        let reader = format!("arn:aws:iam::{reader}:root");
        let arn = format!("arn:aws:s3:::{name}");
        let allow = |sid: &str, action: &str, resource: String| json!({ "Sid": sid, "Effect": "Allow", "Principal": { "AWS": reader }, "Action": action, "Resource": resource });
        let list = allow("List", "s3:ListBucket", arn.clone());
        let read = allow("Read", "s3:GetObject", format!("{arn}/*"));
        Bucket {
            policy: Some(json!({ "Version": "2012-10-17", "Statement": [list, read] })),
            versioning: Some("Enabled".to_owned()),
            ..Bucket::plain(name)
        }
    }

    /// Adds a statement to its policy. Without a resource, it is about the bucket and everything in it.
    pub fn state(&mut self, mut statement: Value) {
        let arn = format!("arn:aws:s3:::{}", self.name);
        let says = |member: &str| statement.get(member).is_some();
        if !says("Resource") && !says("NotResource") {
            statement["Resource"] = json!([arn.clone(), format!("{arn}/*")]);
        }
        let policy = self.policy.get_or_insert_with(|| json!({ "Version": "2012-10-17", "Statement": [] }));
        policy["Statement"].as_array_mut().unwrap().push(statement);
    }

    /// Changes a statement of its policy.
    pub fn statement(&mut self, at: usize) -> &mut Value {
        &mut self.policy.as_mut().unwrap()["Statement"][at]
    }
}

impl Account {
    pub(super) fn buckets(&self, call: &Call) -> Reply {
        if call.bucket.is_empty() {
            return self.list_buckets(call);
        }
        let Some(bucket) = self.buckets.iter().find(|bucket| bucket.name == call.bucket) else {
            return error(404, "NoSuchBucket", "The specified bucket does not exist");
        };
        if bucket.region != call.region {
            let message = "The bucket you are attempting to access must be addressed using the specified endpoint.";
            return error(301, "PermanentRedirect", message);
        }
        let unset = |code: &str| error(404, code, "It is not set.");
        match call.operation.as_str() {
            "GetPublicAccessBlock" => match bucket.block {
                Some([acls, ignored, policy, restricted]) => Reply::Xml(format!(
                    "<PublicAccessBlockConfiguration><BlockPublicAcls>{acls}</BlockPublicAcls><IgnorePublicAcls>{ignored}</IgnorePublicAcls><BlockPublicPolicy>{policy}</BlockPublicPolicy><RestrictPublicBuckets>{restricted}</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
                )),
                None => unset("NoSuchPublicAccessBlockConfiguration"),
            },
            "GetBucketPolicy" => match &bucket.policy {
                Some(policy) => Reply::Json(policy.clone()),
                None => unset("NoSuchBucketPolicy"),
            },
            "GetBucketVersioning" => {
                let status = bucket.versioning.as_ref().map(|status| format!("<Status>{status}</Status>"));
                Reply::Xml(format!("<VersioningConfiguration>{}</VersioningConfiguration>", status.unwrap_or_default()))
            }
            "GetBucketEncryption" => match &bucket.encryption {
                Some((algorithm, key)) => {
                    let key = key.as_ref().map(|key| format!("<KMSMasterKeyID>{key}</KMSMasterKeyID>"));
                    let key = key.unwrap_or_default();
                    Reply::Xml(format!(
                        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>{algorithm}</SSEAlgorithm>{key}</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"
                    ))
                }
                None => unset("ServerSideEncryptionConfigurationNotFoundError"),
            },
            _ => unknown(),
        }
    }

    fn list_buckets(&self, call: &Call) -> Reply {
        let size = call.text("max-buckets").and_then(|size| size.parse().ok()).unwrap_or(10_000);
        let (buckets, next) = page(&self.buckets, size, call.text("continuation-token"));
        let listed = buckets.iter().map(|bucket| {
            let (name, created, region) = (escaped(&bucket.name), iso(self.created), &bucket.region);
            format!(
                "<Bucket><Name>{name}</Name><CreationDate>{created}</CreationDate><BucketRegion>{region}</BucketRegion></Bucket>"
            )
        });
        let (listed, next) =
            (listed.collect::<String>(), next.map(|token| format!("<ContinuationToken>{token}</ContinuationToken>")));
        Reply::Xml(format!(
            "<ListAllMyBucketsResult><Buckets>{listed}</Buckets>{}</ListAllMyBucketsResult>",
            next.unwrap_or_default()
        ))
    }
}
