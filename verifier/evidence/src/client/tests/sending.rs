//! What is sent: where, and signed for what.

use serde_json::json;

use super::Aws;

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
