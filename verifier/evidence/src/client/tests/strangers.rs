//! Nothing reaches a stranger: a call is made about the learner's own things and AWS's, where AWS is.

use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::hostile::{ACCOUNTS, accounts, texts};
use super::responses::{buckets, is_list_of_buckets};
use super::{ACCOUNT, Aws};
use crate::client::reach::Own;
use crate::client::{Call, Client, Failure, Refused, Why, input};
use crate::reads::of;
use crate::{CallLog, Reader};

/// Reads, when the learner has another account besides the one that is asked.
async fn read(name: &str, region: &str, input: Value) -> (Result<(), Refused>, Vec<super::Sent>) {
    let aws = Aws::new(|sent, _| if is_list_of_buckets(sent) { buckets() } else { (400, vec![], vec![]) });
    let reader = Reader::new("general", aws.sdk(), CallLog::default()).with_account_id(ACCOUNTS[0]);
    let client = Client::new(reader, [ACCOUNTS[1].to_owned()]);
    let found = crate::reads::find(name).unwrap();
    let input = input.as_object().unwrap();
    match client.read(Call { found, region, input }).await {
        Err(Failure::Refused(refused)) => (Err(refused), aws.sent()),
        Err(Failure::Failed { .. }) | Ok(_) => (Ok(()), aws.sent()),
    }
}

#[tokio::test]
async fn a_region_is_one_where_the_service_is_and_of_the_credentials_partition() {
    for region in [
        "evil.example/",
        "us-east-1.evil.example",
        "us-east-1/",
        "us-east-1#",
        "us-east-1@evil.example",
        "",
        "../",
        " us-east-1",
        "US-EAST-1",
        "us-east-1\n",
        "us_east_1",
        "{region}",
        "us-east-99",
        "aws-global",
        "cn-north-1",
        "us-gov-west-1",
        "eusc-de-east-1",
        "us\u{2010}east\u{2010}1",
    ] {
        for (name, input) in [
            ("ec2:DescribeVpcs", json!({})),
            ("iam:ListUsers", json!({})),
            ("s3:GetBucketTagging", json!({ "Bucket": "mine" })),
            ("s3:ListBuckets", json!({})),
            ("s3control:GetPublicAccessBlock", json!({ "AccountId": ACCOUNT })),
            ("cloudfront:ListDistributions", json!({})),
            ("sqs:ListQueues", json!({})),
        ] {
            let (answer, sent) = read(name, region, input).await;
            let why = Why::Region { region: region.to_owned() };
            assert_eq!(answer, Err(Refused { at: String::new(), why }), "{name} {region:?}");
            assert!(sent.is_empty(), "{name} {region:?}: {sent:?}");
        }
    }
    // The service is in this region only.
    let (answer, sent) = read("route53domains:ListDomains", "eu-west-1", json!({})).await;
    assert!(matches!(answer, Err(Refused { why: Why::Region { .. }, .. })) && sent.is_empty());
}

const FOREIGN: &str = "999988887777";

/// Values that name somebody else, or that a lenient reader could take for it.
fn foreign() -> Vec<String> {
    let arn = format!("arn:aws:sns:us-east-1:{FOREIGN}:topic");
    let wide: String = FOREIGN.chars().map(|digit| char::from_u32(digit as u32 - 0x30 + 0xff10).unwrap()).collect();
    vec![
        arn.clone(),
        arn.to_uppercase(),
        arn.replace("arn", "Arn"),
        format!(" {arn}"),
        format!("{arn} "),
        format!("\u{feff}{arn}"),
        format!("x{arn}"),
        format!("a b {arn} c"),
        format!("{{\"Resource\":\"{arn}\"}}"),
        format!("{{\"Resource\":\"{}\"}}", arn.replace(':', "\\u003a")),
        format!("{{\"Resource\":\"{}\"}}", arn.replace(':', "\\u003A")),
        arn.replace(':', "%3a"),
        arn.replace(':', "%3A"),
        arn.replace(':', "%253A"),
        arn.replace(':', "\u{ff1a}"),
        arn.replace("arn", "ar\u{200b}n"),
        arn.replace("arn", "\u{ff41}rn"),
        format!("{FOREIGN}:function:f"),
        format!("us-east-1:{FOREIGN}:function:f"),
        format!("x{FOREIGN}:f"),
        format!("x-{FOREIGN}:f"),
        format!("{FOREIGN}\u{ff1a}f"),
        format!("{wide}:f"),
        format!("{wide}\u{ff1a}f"),
        format!("{FOREIGN}%3Af"),
        "https://evil.example/".to_owned(),
        "HTTPS://evil.example/".to_owned(),
        "https:\\/\\/evil.example/".to_owned(),
        "https%3a%2f%2fevil.example".to_owned(),
        "s3://evil/".to_owned(),
        "https:\u{ff0f}\u{ff0f}evil.example".to_owned(),
        format!("arn:aws:iam::{ACCOUNT}:role/x-{arn}"),
        format!("arn:aws:s3:::{arn}"),
        format!("arn:aws:sns:us-east-1::{FOREIGN}:topic"),
        format!("arn:aws:sns:us-east-1:{FOREIGN} :topic"),
        format!("arn:aws:sns:us-east-1:*:topic"),
    ]
}

/// Every text of every operation, with everything that names somebody else.
#[test]
fn a_text_names_nobody_else() {
    let (accounts, mine) = (accounts(), BTreeSet::from(["mine".to_owned()]));
    let own = Own { accounts: &accounts, buckets: Some(&mine) };
    let (mut count, mut wrong) = (0, Vec::new());
    for service in crate::reads::all().unwrap().values() {
        for found in of(service) {
            for (harmless, at, reach) in texts(found) {
                for value in foreign() {
                    count += 1;
                    let mut input = Value::Object(harmless.clone());
                    *input.pointer_mut(&at).unwrap() = json!(value);
                    if input::check(found, input.as_object().unwrap(), Some(&own)).is_ok() {
                        wrong.push(format!("{}:{}{at} ({reach:?}): {value:?}", service.name, found.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
    assert!(count > 150_000, "{count}");
}

#[tokio::test]
async fn own_things_and_awss_may_be_named() {
    for (name, input) in [
        ("iam:GetPolicy", json!({ "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess" })),
        ("iam:GetPolicy", json!({ "PolicyArn": format!("arn:aws:iam::{}:policy/x", ACCOUNTS[0]) })),
        ("sns:GetTopicAttributes", json!({ "TopicArn": format!("arn:aws:sns:us-east-1:{}:t", ACCOUNTS[1]) })),
        ("kms:DescribeKey", json!({ "KeyId": "alias/mine" })),
        ("kms:DescribeKey", json!({ "KeyId": format!("arn:aws:kms:us-east-1:{}:key/1", ACCOUNTS[1]) })),
        ("lambda:GetPolicy", json!({ "FunctionName": "mine" })),
        ("lambda:GetPolicy", json!({ "FunctionName": format!("{}:function:mine", ACCOUNTS[0]) })),
        (
            "sqs:GetQueueAttributes",
            json!({ "QueueUrl": format!("https://sqs.us-east-1.amazonaws.com/{}/q.fifo", ACCOUNTS[0]) }),
        ),
        (
            "sqs:GetQueueAttributes",
            json!({ "QueueUrl": format!("https://us-east-1.queue.amazonaws.com/{}/q", ACCOUNTS[0]) }),
        ),
        ("sqs:GetQueueAttributes", json!({ "QueueUrl": format!("http://127.0.0.1:5000/{}/q", ACCOUNTS[0]) })),
        ("ec2:DescribeImages", json!({ "Owners": ["amazon", "self"] })),
        ("ec2:DescribeImages", json!({ "Owners": [ACCOUNTS[1], "AWS-marketplace"] })),
        ("ecr:DescribeRepositories", json!({ "registryId": ACCOUNTS[1] })),
        ("s3control:GetPublicAccessBlock", json!({ "AccountId": ACCOUNTS[1] })),
        ("s3control:GetPublicAccessBlock", json!({})),
        (
            "ec2:DescribeVpcs",
            json!({ "Filters": [{ "Name": "tag:Name", "Values": ["my vpc: 12:30", "123456789012"] }] }),
        ),
        ("apigateway:GetTags", json!({ "resourceArn": "arn:aws:apigateway:us-east-1::/restapis/abc/stages/prod" })),
    ] {
        let (answer, sent) = read(name, "us-east-1", input.clone()).await;
        assert_eq!(answer, Ok(()), "{name} {input}");
        assert_eq!(sent.len(), 1, "{name} {input}");
    }
}

#[tokio::test]
async fn what_is_anothers_or_the_programs_is_refused() {
    let queue = |url: &str| ("sqs:GetQueueAttributes", json!({ "QueueUrl": url }));
    let own = |url: &str| queue(&url.replace("OWN", ACCOUNT));
    let bucket = |name: &str| ("s3:GetBucketTagging", json!({ "Bucket": name }));
    let mut all = vec![
        ("ecr:DescribeRepositories", json!({ "registryId": FOREIGN })),
        ("glue:GetTables", json!({ "DatabaseName": "d", "CatalogId": FOREIGN })),
        ("glue:GetTables", json!({ "DatabaseName": "d", "CatalogId": format!("{FOREIGN}:s3tablescatalog") })),
        ("s3control:GetPublicAccessBlock", json!({ "AccountId": FOREIGN })),
        ("s3control:GetPublicAccessBlock", json!({ "AccountId": "evil.example/" })),
        ("s3control:GetPublicAccessBlock", json!({ "AccountId": format!("{ACCOUNT}.evil.example#") })),
        ("organizations:DescribeAccount", json!({ "AccountId": FOREIGN })),
        ("ec2:DescribeImages", json!({ "Owners": [FOREIGN] })),
        ("ec2:DescribeImages", json!({ "Owners": ["self", FOREIGN] })),
        ("ec2:DescribeSnapshots", json!({ "OwnerIds": [format!(" {ACCOUNT}")] })),
        ("lambda:GetPolicy", json!({ "FunctionName": format!("{FOREIGN}:function:f") })),
        ("lambda:GetPolicy", json!({ "FunctionName": format!("{FOREIGN}/f") })),
        ("lambda:GetPolicy", json!({ "FunctionName": FOREIGN })),
        queue(&format!("https://sqs.us-east-1.amazonaws.com/{FOREIGN}/q")),
        own("http://169.254.169.254/latest/meta-data/"),
        own("http://169.254.169.254/OWN/q"),
        own("https://evil.example/OWN/q"),
        own("https://sqs.us-east-1.amazonaws.com.evil.example/OWN/q"),
        own("https://sqs.us-east-1.amazonaws.com@evil.example/OWN/q"),
        own("https://user:password@sqs.us-east-1.amazonaws.com/OWN/q"),
        own("https://sqs.us-east-1.amazonaws.com:8443/OWN/q"),
        own("https://evil-sqs.us-east-1.amazonaws.com/OWN/q"),
        own("https://bucket.s3.amazonaws.com/OWN/q"),
        own("https://sqs.us-east-1.amazonaws.com/OWN/q?Action=DeleteQueue"),
        own("https://sqs.us-east-1.amazonaws.com/OWN/q#x"),
        own("https://sqs.us-east-1.amazonaws.com/OWN/../q"),
        own("https://sqs.us-east-1.amazonaws.com//OWN/q"),
        own("https://sqs.us-east-1.amazonaws.com/OWN/"),
        own("ftp://sqs.us-east-1.amazonaws.com/OWN/q"),
        own("//sqs.us-east-1.amazonaws.com/OWN/q"),
        own("http://127.0.0.1:5000@evil.example/OWN/q"),
        own("OWN/q"),
        own("q"),
        bucket("theirs"),
        bucket("mine/../theirs"),
        bucket("MINE"),
        bucket("mine.evil.example"),
        bucket("mine#"),
        bucket(""),
        ("s3:GetBucketTagging", json!({ "Bucket": "mine", "ExpectedBucketOwner": FOREIGN })),
        ("s3:GetBucketTagging", json!({ "Bucket": "mine", "ExpectedBucketOwner": ACCOUNT })),
        ("s3:GetBucketTagging", json!({ "Bucket": 1 })),
        ("s3:GetBucketTagging", json!({ "Bucket": ["mine"] })),
        ("s3:ListObjectsV2", json!({ "Bucket": "mine", "ContinuationToken": "t" })),
        ("ec2:DescribeVpcs", json!({ "NextToken": "t" })),
        ("ec2:DescribeVpcs", json!({ "MaxResults": 5 })),
        ("ec2:DescribeVpcs", json!({ "DryRun": true })),
        ("ec2:DescribeVpcs", json!({ "DryRun": false })),
        ("ec2:DescribeVpcs", json!({ "Action": "DeleteVpc" })),
        ("ec2:DescribeVpcs", json!({ "vpcIds": ["vpc-1"] })),
        ("iam:ListUsers", json!({ "Marker": "m" })),
        ("iam:GetAccountSummary", json!({ "X": 1 })),
        ("cloudformation:GetTemplateSummary", json!({ "TemplateURL": "https://evil.example/" })),
    ];
    let urls =
        ["gopher://x", "file:///etc/passwd", "https://[::ffff:169.254.169.254]/OWN/q", "http://localhost:99999/OWN/q"];
    all.extend(urls.map(own));
    for (name, input) in all {
        let Ok(_) = crate::reads::find(name) else { panic!("{name}") };
        let (answer, sent) = read(name, "us-east-1", input.clone()).await;
        assert!(answer.is_err(), "{name} {input}");
        assert!(sent.iter().all(is_list_of_buckets), "{name} {input}: {sent:?}");
        let (all, theirs) = (format!("{sent:?}"), ["theirs", FOREIGN, "evil"]);
        assert!(theirs.iter().all(|word| !all.contains(word)), "{all}");
    }
}

#[tokio::test]
async fn a_limit_that_an_operation_needs_is_set() {
    for name in ["cognito-idp:ListUserPools", "cognito-identity:ListIdentityPools"] {
        let (answer, sent) = read(name, "us-east-1", json!({})).await;
        assert_eq!((answer, sent[0].text()), (Ok(()), r#"{"MaxResults":60}"#), "{name}");
    }
}

#[tokio::test]
async fn no_restriction_is_self() {
    for input in [
        json!({}),
        json!({ "Owners": [] }),
        json!({ "ImageIds": [] }),
        json!({ "Owners": null }),
        json!({ "Owners": [], "ImageIds": [] }),
    ] {
        let (answer, sent) = read("ec2:DescribeImages", "us-east-1", input.clone()).await;
        assert_eq!(answer, Ok(()));
        assert!(sent[0].text().contains("Owner.1=self"), "{input}: {}", sent[0].text());
    }
}
