//! What is sent: where, and signed for what.

use serde_json::json;

use super::{Aws, Failure};

#[tokio::test]
async fn a_call_goes_to_the_services_endpoint_in_the_region_that_is_asked() {
    let aws = Aws::answering(
        "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>",
    );
    let answer = aws.read("ec2:DescribeVpcs", "eu-west-3", json!({ "VpcIds": ["vpc-1"] })).await.unwrap();
    assert_eq!(answer.value, json!({ "Vpcs": [{ "VpcId": "vpc-1" }] }));
    let [sent] = &aws.sent()[..] else { panic!("one request") };
    assert_eq!((sent.method.as_str(), sent.url.as_str()), ("POST", "https://ec2.eu-west-3.amazonaws.com/"));
    assert_eq!(sent.text(), "Action=DescribeVpcs&Version=2016-11-15&VpcId.1=vpc-1");
    assert!(sent.header("authorization").unwrap().contains("/eu-west-3/ec2/aws4_request"));
}

#[tokio::test]
async fn a_list_that_needs_the_size_of_a_page_gets_one() {
    let aws = Aws::answering(r#"{"UserPools": []}"#);
    aws.read("cognito-idp:ListUserPools", "eu-west-1", json!({})).await.unwrap();
    assert_eq!(aws.sent()[0].text(), r#"{"MaxResults":60}"#);
    let own = aws.read("cognito-idp:ListUserPools", "eu-west-1", json!({ "MaxResults": 1 })).await;
    assert!(own.is_err(), "{own:?}");
}

#[tokio::test]
async fn a_table_is_called_by_its_name_or_by_the_arn_of_an_own_one() {
    let aws = Aws::answering(r#"{"Table": {}}"#);
    let read = async |name: &str| aws.read("dynamodb:DescribeTable", "eu-west-1", json!({ "TableName": name })).await;
    assert!(read("orders").await.is_ok());
    assert!(read("arn:aws:dynamodb:eu-west-1:111122223333:table/orders").await.is_ok());
    assert!(read("arn:aws:dynamodb:eu-west-1:999999999999:table/orders").await.is_err());
    assert_eq!(aws.sent().len(), 2);
}

#[tokio::test]
async fn what_s3_denies_without_a_body_is_denied() {
    let buckets = "<ListAllMyBucketsResult><Buckets><Bucket><Name>mine</Name><BucketRegion>eu-west-1</BucketRegion></Bucket></Buckets></ListAllMyBucketsResult>";
    let aws = Aws::new(move |sent, _| match sent.method.as_str() {
        "HEAD" => (403, vec![], vec![]),
        _ => (200, vec![], buckets.as_bytes().to_vec()),
    });
    let denied = aws.read("s3:HeadBucket", "eu-west-1", json!({ "Bucket": "mine" })).await.unwrap_err();
    let Failure::Failed { code, reasons } = denied else { panic!("{denied:?}") };
    assert_eq!(code.as_deref(), Some("AccessDenied"));
    assert_eq!(reasons[0].action.as_deref(), Some("s3:ListBucket"));
}

#[tokio::test]
async fn a_bucket_in_us_east_1_has_no_location_and_an_answer_no_flag_that_there_is_more() {
    let buckets = "<ListAllMyBucketsResult><Buckets><Bucket><Name>mine</Name><BucketRegion>us-east-1</BucketRegion></Bucket></Buckets></ListAllMyBucketsResult>";
    let aws = Aws::new(move |sent, _| {
        let body = match sent.url.contains("location") {
            true => "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
            false => buckets,
        };
        (200, vec![], body.as_bytes().to_vec())
    });
    let location = aws.read("s3:GetBucketLocation", "eu-west-1", json!({ "Bucket": "mine" })).await.unwrap();
    assert_eq!(location.value, json!({}));
    let aws = Aws::new(|_, at| {
        let (more, marker) = [("true", "<Marker>m</Marker>"), ("false", "")][at];
        let body = format!(
            "<ListUsersResponse><ListUsersResult><Users><member><UserName>u{at}</UserName></member></Users><IsTruncated>{more}</IsTruncated>{marker}</ListUsersResult></ListUsersResponse>"
        );
        (200, vec![], body.into_bytes())
    });
    let users = aws.read("iam:ListUsers", "eu-west-1", json!({})).await.unwrap();
    assert_eq!(users.value, json!({ "IsTruncated": false, "Users": [{ "UserName": "u0" }, { "UserName": "u1" }] }));
}
