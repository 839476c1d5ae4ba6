//! Pages: all of them make the answer, or there is none.

use serde_json::{Value, json};

use super::samples::{Sample, samples};
use super::{Aws, Response};
use crate::client::Failure;
use course::results::ReasonCode;

fn ok(body: &str) -> Response {
    (200, vec![], body.as_bytes().to_vec())
}

async fn incomplete(sample: &Sample, name: &str, pages: Vec<String>) {
    let aws = sample.aws(pages.iter().map(|page| sample.response(page)).collect());
    match sample.read_of(&aws).await {
        Err(Failure::Failed { code: None, reasons }) => {
            assert_eq!(reasons[0].code, ReasonCode::IncompleteAnswer, "{} {name}: {reasons:?}", sample.read);
        }
        other => panic!("{} {name}: {other:?}", sample.read),
    }
}

#[tokio::test]
async fn tokens_without_an_end_are_no_answer() {
    for sample in samples().iter().filter(|sample| sample.is_paged()) {
        let page = |token: Option<&str>| (sample.body)(&["x"], token);
        incomplete(sample, "the same token", vec![page(Some("t"))]).await;
        incomplete(sample, "round", vec![page(Some("A")), page(Some("B")), page(Some("A")), page(None)]).await;
        let more: Vec<String> = (0..150).map(|number| page(Some(&format!("t{number}")))).collect();
        incomplete(sample, "more and more", more).await;
    }
}

#[tokio::test]
async fn a_page_that_says_that_there_is_more_has_a_token() {
    for sample in samples().iter().filter(|sample| sample.is_paged()) {
        let more = sample.found().operation.pages.as_ref().unwrap().more.clone();
        let last = (sample.body)(&["x"], None);
        if more.is_some() {
            let without = last.replacen("<IsTruncated>false", "<IsTruncated>true", 1);
            assert_ne!(without, last);
            incomplete(sample, "first", vec![without.clone()]).await;
            incomplete(sample, "second", vec![(sample.body)(&["a"], Some("t")), without]).await;
        }
    }
}

#[tokio::test]
async fn each_page_is_asked_for_with_the_tokens_of_the_page_before_alone() {
    let page = |name: &str, next: &str| {
        ok(&format!(
            "<ListResourceRecordSetsResponse><ResourceRecordSets><ResourceRecordSet><Name>{name}</Name>\
             </ResourceRecordSet></ResourceRecordSets>{next}</ListResourceRecordSetsResponse>"
        ))
    };
    let pages = [
        page(
            "a",
            "<IsTruncated>true</IsTruncated><NextRecordName>b</NextRecordName><NextRecordType>A</NextRecordType>\
                   <NextRecordIdentifier>one</NextRecordIdentifier>",
        ),
        page(
            "b",
            "<IsTruncated>true</IsTruncated><NextRecordName>c</NextRecordName><NextRecordType>MX</NextRecordType>",
        ),
        page("c", "<IsTruncated>false</IsTruncated>"),
    ];
    let aws = Aws::new(move |_, at| pages[at].clone());
    let input = json!({ "HostedZoneId": "Z1" });
    let answer = aws.read("route53:ListResourceRecordSets", "us-east-1", input).await.unwrap();
    let names = json!([{ "Name": "a" }, { "Name": "b" }, { "Name": "c" }]);
    assert_eq!(answer.value, json!({ "IsTruncated": false, "ResourceRecordSets": names }));
    let queries: Vec<String> =
        aws.sent().iter().map(|sent| sent.url.split_once('?').map_or("", |(_, q)| q).to_owned()).collect();
    // With the identifier of the page before, AWS would begin after the records that have none.
    assert_eq!(queries, ["", "identifier=one&name=b&type=A", "name=c&type=MX"]);
}

#[tokio::test]
async fn what_is_not_the_same_on_all_pages_is_not_known() {
    let page = |name: &str, count: u32, token: &str| {
        ok(&format!(
            "<DistributionList><Quantity>{count}</Quantity><IsTruncated>{}</IsTruncated>{token}<Items>\
             <DistributionSummary><Id>{name}</Id></DistributionSummary></Items></DistributionList>",
            !token.is_empty()
        ))
    };
    let aws = Aws::new(move |_, at| match at {
        0 => page("a", 1, "<NextMarker>t</NextMarker>"),
        _ => page("b", 2, ""),
    });
    let answer = aws.read("cloudfront:ListDistributions", "us-east-1", json!({})).await.unwrap();
    assert_eq!(answer.differing.iter().collect::<Vec<_>>(), ["DistributionList.Quantity"]);
    assert_eq!(answer.value["DistributionList"]["Items"], json!([{ "Id": "a" }, { "Id": "b" }]));
    assert_eq!(answer.value["DistributionList"]["IsTruncated"], Value::Bool(false));
}

#[tokio::test]
async fn an_answer_that_names_failures_is_no_answer() {
    for (read, input, whole, failed) in [
        (
            "ecs:DescribeClusters",
            json!({}),
            r#"{"clusters":[{"clusterName":"a"}],"failures":[]}"#,
            r#"{"clusters":[{"clusterName":"a"}],"failures":[{"arn":"b","reason":"MISSING"}]}"#,
        ),
        (
            "codebuild:BatchGetProjects",
            json!({ "names": ["a"] }),
            r#"{"projects":[{"name":"a"}]}"#,
            r#"{"projects":[{"name":"a"}],"projectsNotFound":["b"]}"#,
        ),
    ] {
        let found = crate::reads::find(read).unwrap();
        if found.operation.failures.is_empty() {
            continue;
        }
        assert!(Aws::answering(whole).read(read, "us-east-1", input.clone()).await.is_ok(), "{read}");
        let failure = Aws::answering(failed).read(read, "us-east-1", input).await.unwrap_err();
        assert!(matches!(failure, Failure::Failed { code: None, .. }), "{}: {failure:?}", found);
    }
}

/// Every operation with pages, whatever their form: a token that nothing takes is no end.
#[test]
fn a_token_is_an_end_nowhere() {
    let mut seen = 0;
    for service in crate::reads::all().unwrap().values() {
        for found in crate::reads::of(service) {
            let Some(pages) = &found.operation.pages else { continue };
            let mut page = json!({});
            for path in pages.output.iter().filter(|path| !path.contains('[')) {
                path.split('.').fold(&mut page, |at, part| &mut at[part]).clone_from(&json!("token"));
            }
            if page == json!({}) {
                continue;
            }
            seen += 1;
            assert_ne!(crate::client::pages::next(pages, &page), crate::client::pages::Next::Nothing, "{}", found);
        }
    }
    assert!(seen > 900, "{seen}");
}

/// AWS returns the first 100 resources of a stack, and nothing says that there are others.
#[tokio::test]
async fn a_list_that_may_have_been_cut_is_no_answer() {
    let read = async |count: usize| {
        let one = |at: usize| format!("<member><LogicalResourceId>r{at}</LogicalResourceId></member>");
        let all: String = (0..count).map(one).collect();
        let body = format!(
            "<DescribeStackResourcesResponse><DescribeStackResourcesResult><StackResources>{all}</StackResources>\
             </DescribeStackResourcesResult></DescribeStackResourcesResponse>"
        );
        let aws = Aws::answering(&body);
        aws.read("cloudformation:DescribeStackResources", "eu-west-1", json!({ "StackName": "s" })).await
    };
    assert!(read(99).await.is_ok());
    let Err(Failure::Failed { code: None, reasons }) = read(100).await else { panic!("it may not be complete") };
    assert_eq!(reasons[0].code, ReasonCode::IncompleteAnswer);
}
