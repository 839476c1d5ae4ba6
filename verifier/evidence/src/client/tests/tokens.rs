//! Tokens of pages that have several.

use serde_json::json;

use super::Aws;

/// A page of record sets that goes on with what is given.
fn page(name: &str, next: &str) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let body = format!(
        "<ListResourceRecordSetsResponse><ResourceRecordSets><ResourceRecordSet><Name>{name}</Name><Type>A</Type>\
         </ResourceRecordSet></ResourceRecordSets><IsTruncated>{}</IsTruncated>{next}<MaxItems>300</MaxItems>\
         </ListResourceRecordSetsResponse>",
        !next.is_empty()
    );
    (200, vec![], body.into_bytes())
}

#[tokio::test]
async fn a_token_of_the_page_before_is_not_sent_again() {
    let aws = Aws::new(|_, number| match number {
        0 => page(
            "a.",
            "<NextRecordName>b.</NextRecordName><NextRecordType>A</NextRecordType>\
             <NextRecordIdentifier>first</NextRecordIdentifier>",
        ),
        1 => page("b.", "<NextRecordName>c.</NextRecordName><NextRecordType>A</NextRecordType>"),
        _ => page("c.", ""),
    });
    let read = aws.read("route53:ListResourceRecordSets", "us-east-1", json!({ "HostedZoneId": "Z1" }));
    let answer = read.await.unwrap();
    let names = answer.value["ResourceRecordSets"].as_array().unwrap().iter().map(|set| set["Name"].clone());
    assert_eq!(names.collect::<Vec<_>>(), ["a.", "b.", "c."]);
    let sent = aws.sent();
    assert_eq!(sent.len(), 3);
    assert!(sent[1].url.contains("name=b.") && sent[1].url.contains("identifier=first"), "{}", sent[1].url);
    assert!(sent[2].url.contains("name=c.") && !sent[2].url.contains("identifier"), "{}", sent[2].url);
}

/// CloudFront's lists are in one structure, which has the token, and the one that was given.
#[tokio::test]
async fn a_list_inside_a_structure_goes_on_to_its_end() {
    let aws = Aws::new(|_, number| {
        let next = if number == 0 { "<NextMarker>m</NextMarker>" } else { "<Marker>m</Marker>" };
        let body = format!(
            "<DistributionIdList>{next}<MaxItems>1</MaxItems><IsTruncated>{}</IsTruncated><Quantity>1</Quantity>\
             <Items><DistributionId>E{number}</DistributionId></Items></DistributionIdList>",
            number == 0
        );
        (200, vec![], body.into_bytes())
    });
    let input = json!({ "KeyGroupId": "key-group" });
    let answer = aws.read("cloudfront:ListDistributionsByKeyGroup", "us-east-1", input).await.unwrap();
    assert_eq!(answer.value["DistributionIdList"]["Items"], json!(["E0", "E1"]));
    assert!(aws.sent()[1].url.contains("Marker=m"));
}

/// The token is the last element's key.
#[tokio::test]
async fn a_list_goes_on_after_its_last_element() {
    let aws = Aws::new(|_, number| {
        let body = json!({ "Tags": [{ "Key": format!("k{number}"), "Value": "v" }], "HasMoreTags": number == 0 });
        (200, vec![], body.to_string().into_bytes())
    });
    let input = json!({ "DeliveryStreamName": "stream" });
    let answer = aws.read("firehose:ListTagsForDeliveryStream", "eu-west-1", input).await.unwrap();
    assert_eq!(answer.value["Tags"].as_array().unwrap().len(), 2);
    let sent: serde_json::Value = serde_json::from_slice(&aws.sent()[1].body).unwrap();
    assert_eq!(sent["ExclusiveStartTagKey"], "k0");
}

#[tokio::test]
async fn s3_says_where_a_bucket_is() {
    for (body, location) in [
        (
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-3</LocationConstraint>",
            "eu-west-3",
        ),
        ("<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>", ""),
    ] {
        let aws = Aws::new(move |sent, _| {
            let buckets = "<ListAllMyBucketsResult><Buckets><Bucket><Name>b</Name><BucketRegion>eu-west-3</BucketRegion>\
                           </Bucket></Buckets></ListAllMyBucketsResult>";
            let body = if sent.url.contains("location") { body } else { buckets };
            (200, vec![], body.as_bytes().to_vec())
        });
        let answer = aws.read("s3:GetBucketLocation", "eu-west-3", json!({ "Bucket": "b" })).await.unwrap();
        assert_eq!(answer.value["LocationConstraint"].as_str().unwrap_or_default(), location);
    }
}
