//! Good answers of an operation of each protocol, which the tests then spoil.

use serde_json::{Map, Value, json};

use super::responses::{buckets, cbor, in_cbor, is_list_of_buckets, root};
use super::{Aws, Response};
use crate::client::{Answer, Failure};
use crate::reads::{Found, Protocol};

/// An operation with its answers.
pub(super) struct Sample {
    pub(super) read: &'static str,
    pub(super) input: Value,
    /// A body with elements, and with the token of the next page. One that is not paged has neither.
    pub(super) body: fn(&[&str], Option<&str>) -> String,
    /// The answer that has elements.
    pub(super) answer: fn(&[&str]) -> Value,
    /// Changes after which a body is nothing that the operation answers.
    pub(super) wrong: &'static [(&'static str, &'static str)],
    /// Changes that do not matter.
    pub(super) same: &'static [(&'static str, &'static str)],
}

impl Sample {
    pub(super) fn found(&self) -> Found {
        crate::reads::find(self.read).unwrap()
    }

    pub(super) fn protocol(&self) -> Protocol {
        self.found().service.protocols[0]
    }

    pub(super) fn is_paged(&self) -> bool {
        self.found().operation.pages.is_some()
    }

    /// A whole answer in one page.
    pub(super) fn whole(&self) -> String {
        (self.body)(&["a", "b"], None)
    }

    /// The pages of an answer.
    pub(super) fn pages(&self) -> Vec<String> {
        match self.is_paged() {
            true => vec![
                (self.body)(&["a", "b"], Some("t1")),
                (self.body)(&["c"], Some("t2")),
                (self.body)(&["d", "e"], None),
            ],
            false => vec![self.whole()],
        }
    }

    /// A response with a body, which is in JSON where the protocol is CBOR.
    pub(super) fn response(&self, body: &str) -> Response {
        match self.protocol() {
            Protocol::RpcV2Cbor => in_cbor(cbor(&serde_json::from_str(body).unwrap(), false)),
            _ => (200, vec![], body.as_bytes().to_vec()),
        }
    }

    /// Calls the operation, whose requests get responses in turn: the last one again and again.
    pub(super) async fn read(&self, responses: Vec<Response>) -> Result<Answer, Failure> {
        self.read_of(&self.aws(responses)).await
    }

    pub(super) fn aws(&self, responses: Vec<Response>) -> Aws {
        let answered = std::sync::atomic::AtomicUsize::new(0);
        Aws::new(move |sent, _| {
            if is_list_of_buckets(sent) {
                return buckets();
            }
            let at = answered.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            responses[at.min(responses.len() - 1)].clone()
        })
    }

    pub(super) async fn read_of(&self, aws: &Aws) -> Result<Answer, Failure> {
        aws.read(self.read, "us-east-1", self.input.clone()).await
    }
}

fn each(items: &[&str], one: impl Fn(&str) -> String) -> String {
    items.iter().map(|item| one(item)).collect()
}

/// A JSON object with a list and a token.
fn page(list: &str, items: Vec<Value>, token_name: &str, token: Option<&str>) -> String {
    let mut page = Map::from_iter([(list.to_owned(), Value::Array(items))]);
    page.extend(token.map(|token| (token_name.to_owned(), json!(token))));
    Value::Object(page).to_string()
}

/// What changes a list of texts called `LIST`, with the token `TOKEN`.
macro_rules! list_of_texts {
    ($list:literal, $token:literal) => {
        &[
            (concat!("\"", $list, "\":["), concat!("\"", $list, "\":[null,")),
            (concat!("\"", $list, "\":["), concat!("\"", $list, "\":[1,")),
            (concat!("\"", $list, "\":["), concat!("\"", $list, "\":[[],")),
            (concat!("\"", $list, "\":["), concat!("\"", $list, "\":[{},")),
            (concat!("\"", $list, "\":["), concat!("\"", $list, "\":[true,")),
            (concat!("{\"", $list, "\":["), concat!("{\"", $token, "\":7,\"", $list, "\":[")),
            (concat!("{\"", $list, "\":["), concat!("{\"", $token, "\":[\"t\"],\"", $list, "\":[")),
            (concat!("\"", $list, "\":"), concat!("\"", $list, "\":\"x\",\"other\":")),
            (concat!("\"", $list, "\":"), concat!("\"", $list, "\":{\"a\":\"b\"},\"other\":")),
            (concat!("\"", $list, "\":"), concat!("\"", $list, "\":{},\"other\":")),
            (concat!("\"", $list, "\":"), concat!("\"", $list, "\":0,\"other\":")),
            (concat!("\"", $list, "\":"), concat!("\"", $list, "\":false,\"other\":")),
            (concat!("\"", $list, "\":"), "\"other\":"),
        ]
    };
}

pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample {
            read: "dynamodb:ListTables",
            input: json!({}),
            body: |items, token| {
                page("TableNames", items.iter().map(|one| json!(one)).collect(), "LastEvaluatedTableName", token)
            },
            answer: |items| json!({ "TableNames": items }),
            wrong: list_of_texts!("TableNames", "LastEvaluatedTableName"),
            same: &[("{", r#"{"Other":{"a":[1,null,"x"]},"#), ("{", " {\r\n "), ("{", r#"{"__type":"x","#)],
        },
        Sample {
            read: "dynamodb:DescribeLimits",
            input: json!({}),
            body: |_, _| r#"{"AccountMaxReadCapacityUnits":80000,"TableMaxReadCapacityUnits":40000}"#.to_owned(),
            answer: |_| json!({ "AccountMaxReadCapacityUnits": 80000, "TableMaxReadCapacityUnits": 40000 }),
            wrong: &[
                ("80000", "\"80000\""),
                ("80000", "80000.5"),
                ("80000", "1e400"),
                ("80000", "99999999999999999999999"),
                ("80000", "true"),
                ("80000", "[80000]"),
                ("80000", "NaN"),
                ("80000", "080000"),
                ("80000", "{}"),
                ("80000", "80000,\"AccountMaxReadCapacityUnits\":1"),
            ],
            same: &[("{", r#"{"Other":1e40,"#), ("80000", " 80000 "), ("80000", "8.0e4")],
        },
        Sample {
            read: "organizations:ListRoots",
            input: json!({}),
            body: |items, token| {
                page("Roots", items.iter().map(|one| json!({ "Id": one, "Name": "r" })).collect(), "NextToken", token)
            },
            answer: |items| json!({ "Roots": items.iter().map(|one| json!({ "Id": one, "Name": "r" })).collect::<Vec<_>>() }),
            wrong: &[
                ("\"Roots\":[", "\"Roots\":[null,"),
                ("\"Roots\":[", "\"Roots\":[\"x\","),
                ("\"Roots\":[", "\"Roots\":[[],"),
                ("\"Name\":\"r\"", "\"Name\":\"r\",\"Name\":\"s\""),
                ("\"Name\":\"r\"", "\"Name\":1"),
                ("\"Name\":\"r\"", "\"Name\":\"r\",\"PolicyTypes\":\"x\""),
                ("\"Name\":\"r\"", "\"Name\":\"r\",\"PolicyTypes\":[null]"),
                ("\"Name\":\"r\"", "\"Name\":\"r"),
                ("{\"Roots\":", "{\"Roots\":[],\"Roots\":"),
                ("\"Roots\":", "\"Accounts\":"),
            ],
            same: &[("\"Name\":\"r\"", "\"Name\":\"\\u0072\""), ("\"Id\"", "\"New\":[[[]]],\"Id\"")],
        },
        Sample {
            read: "lambda:ListFunctions",
            input: json!({}),
            body: |items, token| {
                page("Functions", items.iter().map(|one| json!({ "FunctionName": one })).collect(), "NextMarker", token)
            },
            answer: |items| json!({ "Functions": items.iter().map(|one| json!({ "FunctionName": one })).collect::<Vec<_>>() }),
            wrong: &[
                ("\"Functions\":[", "\"Functions\":[null,"),
                ("\"Functions\":[", "\"Functions\":[7,"),
                ("{\"Functions\"", "{\"NextMarker\":7,\"Functions\""),
                ("\"Functions\":", "\"Layers\":"),
                ("{\"Functions\"", "{\"Functions\":[],\"Functions\""),
            ],
            same: &[("\"FunctionName\"", "\"New\":{\"a\":[null]},\"FunctionName\"")],
        },
        Sample {
            read: "codebuild:ListProjects",
            input: json!({}),
            body: |items, token| page("projects", items.iter().map(|one| json!(one)).collect(), "nextToken", token),
            answer: |items| json!({ "projects": items }),
            wrong: list_of_texts!("projects", "nextToken"),
            same: &[("{", r#"{"Other":{"a":[1,null,"x"]},"#)],
        },
        Sample {
            read: "cloudfront:ListDistributions",
            input: json!({}),
            body: |items, token| {
                let items = each(items, |id| format!("<DistributionSummary><Id>{id}</Id></DistributionSummary>"));
                let token = token.map_or_else(String::new, |token| format!("<NextMarker>{token}</NextMarker>"));
                let more = !token.is_empty();
                format!(
                    "<?xml version=\"1.0\"?><DistributionList xmlns=\"x\"><IsTruncated>{more}</IsTruncated>{token}<Items>\
                     {items}</Items></DistributionList>"
                )
            },
            answer: |items| {
                let items: Vec<Value> = items.iter().map(|id| json!({ "Id": id })).collect();
                json!({ "DistributionList": { "IsTruncated": false, "Items": items } })
            },
            wrong: &[
                ("<Items>", "<Items>text"),
                ("<Items>", "<Items/><Items>"),
                ("<Items>", "<Items><Distribution><Id>x</Id></Distribution>"),
                ("<Items>", "<Items><![CDATA[<DistributionSummary/>]]>"),
                ("<IsTruncated>", "<IsTruncated>x"),
                ("<IsTruncated>", "<IsTruncated>false</IsTruncated><IsTruncated>"),
                ("<Id>a</Id>", "<Id><b>a</b></Id>"),
                ("<Id>d</Id>", "<Id><b>d</b></Id>"),
                ("<Id>a</Id>", "<Id>x<!-- -->a</Id>"),
                ("<Id>d</Id>", "<Id>x<!-- -->d</Id>"),
                ("<Id>a</Id>", "<Id>a</Id><Id>b</Id>"),
                ("<Id>d</Id>", "<Id>d</Id><Id>b</Id>"),
                ("DistributionList", "StreamingDistributionList"),
            ],
            same: &[
                ("<Items>", "<New><a>1</a>text</New><Items>"),
                ("<Items>", "\n <Items>\n "),
                ("<Items>", "<!-- --><Items>"),
            ],
        },
        Sample {
            read: "route53:ListHostedZones",
            input: json!({}),
            body: |items, token| {
                let items = each(items, |id| format!("<HostedZone><Id>{id}</Id></HostedZone>"));
                let token = token.map_or_else(String::new, |token| format!("<NextMarker>{token}</NextMarker>"));
                let more = !token.is_empty();
                format!(
                    "<ListHostedZonesResponse><HostedZones>{items}</HostedZones><IsTruncated>{more}</IsTruncated>{token}\
                     <MaxItems>100</MaxItems></ListHostedZonesResponse>"
                )
            },
            answer: |items| {
                let items: Vec<Value> = items.iter().map(|id| json!({ "Id": id })).collect();
                json!({ "HostedZones": items, "IsTruncated": false, "MaxItems": "100" })
            },
            wrong: &[
                ("<HostedZones>", "<HostedZones>text"),
                ("<HostedZones>", "<HostedZones/><HostedZones>"),
                ("<HostedZones>", "<HostedZones><Zone><Id>x</Id></Zone>"),
                ("ListHostedZonesResponse>", "ListHealthChecksResponse>"),
                ("ListHostedZonesResponse>", "ErrorResponse>"),
                ("<HostedZones>", "<HostedZones>&unknown;"),
                ("</HostedZones>", "</HostedZone>"),
            ],
            same: &[("<HostedZones>", "<New>1</New><HostedZones>")],
        },
        Sample {
            read: "iam:ListUsers",
            input: json!({}),
            body: |items, token| {
                let items = each(items, |name| format!("<member><UserName>{name}</UserName></member>"));
                let token = token.map_or_else(String::new, |token| format!("<Marker>{token}</Marker>"));
                let more = !token.is_empty();
                format!(
                    "<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListUsersResult>\
                     <IsTruncated>{more}</IsTruncated>{token}<Users>{items}</Users></ListUsersResult><ResponseMetadata>\
                     <RequestId>7a62c49f</RequestId></ResponseMetadata></ListUsersResponse>"
                )
            },
            answer: |items| {
                let users: Vec<Value> = items.iter().map(|name| json!({ "UserName": name })).collect();
                json!({ "IsTruncated": false, "Users": users })
            },
            wrong: &[
                ("<Users>", "<Users>text"),
                ("<Users>", "<Users/><Users>"),
                ("<Users>", "<Users><user><UserName>x</UserName></user>"),
                ("<ListUsersResult>", "<ListUsersResult/><ListUsersResult>"),
                ("ListUsersResult>", "ListGroupsResult>"),
                ("ListUsersResponse", "ListGroupsResponse"),
                ("<IsTruncated>", "<IsTruncated> "),
                ("<IsTruncated>", "<IsTruncated>TRUE</IsTruncated><other>"),
                ("<IsTruncated>", "<IsTruncated/><other>"),
            ],
            same: &[
                ("<Users>", "<New/><Users>"),
                ("<ListUsersResult>", "<!-- --><ListUsersResult>"),
                ("<ResponseMetadata>", "<Other/><ResponseMetadata>"),
            ],
        },
        Sample {
            read: "iam:GetAccountSummary",
            input: json!({}),
            body: |_, _| {
                "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap><entry><key>Users</key>\
                 <value>31</value></entry><entry><key>MFADevices</key><value>0</value></entry></SummaryMap>\
                 </GetAccountSummaryResult></GetAccountSummaryResponse>"
                    .to_owned()
            },
            answer: |_| json!({ "SummaryMap": { "Users": 31, "MFADevices": 0 } }),
            wrong: &[
                ("<value>31</value>", ""),
                ("<value>31</value>", "<value/>"),
                ("<value>31</value>", "<value>31</value><value>32</value>"),
                ("<value>31</value>", "<value> 31</value>"),
                ("<value>31</value>", "<value>3<!-- -->1</value>"),
                ("<value>31</value>", "<value><![CDATA[31]]></value>"),
                ("<value>31</value>", "<value>31<b/></value>"),
                ("<value>31</value>", "<value>31.5</value>"),
                ("<value>31</value>", "<value>99999999999</value>"),
                ("<value>31</value>", "<Value>31</Value>"),
                ("<key>Users</key>", ""),
                ("<key>Users</key>", "<key>Users</key><key>Groups</key>"),
                ("<key>Users</key>", "<key>MFADevices</key>"),
                ("<entry>", "x<entry>"),
                ("<entry>", "<member/><entry>"),
                ("entry>", "item>"),
                ("<SummaryMap>", "<SummaryMap/><SummaryMap>"),
            ],
            same: &[("<key>", "\n<key>"), ("<value>31", "<new/><value>31")],
        },
        Sample {
            read: "ec2:DescribeVpcs",
            input: json!({}),
            body: |items, token| {
                let items = each(items, |id| format!("<item><vpcId>{id}</vpcId><isDefault>true</isDefault></item>"));
                let token = token.map_or_else(String::new, |token| format!("<nextToken>{token}</nextToken>"));
                format!(
                    "<DescribeVpcsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>\
                     <vpcSet>{items}</vpcSet>{token}</DescribeVpcsResponse>"
                )
            },
            answer: |items| {
                let vpcs: Vec<Value> = items.iter().map(|id| json!({ "VpcId": id, "IsDefault": true })).collect();
                json!({ "Vpcs": vpcs })
            },
            wrong: &[
                ("<vpcSet>", "<vpcSet>text"),
                ("<vpcSet>", "<vpcSet/><vpcSet>"),
                ("<vpcSet>", "<vpcSet><member><vpcId>x</vpcId></member>"),
                ("DescribeVpcsResponse", "DescribeSubnetsResponse"),
                ("<isDefault>true", "<isDefault>TRUE"),
                ("<isDefault>true", "<isDefault> true"),
                ("<isDefault>true", "<isDefault>1"),
                ("<isDefault>true", "<isDefault>"),
                ("<item>", "<item>text"),
                ("<item>", "<item><tagSet>text</tagSet>"),
            ],
            same: &[("<vpcSet>", "<new><item/></new><vpcSet>"), ("<item>", "<item><newMember>7</newMember>")],
        },
        Sample {
            read: "s3:GetBucketTagging",
            input: json!({ "Bucket": "mine" }),
            body: |_, _| {
                let root = root("s3:GetBucketTagging");
                format!("<{root}><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></{root}>")
            },
            answer: |_| json!({ "TagSet": [{ "Key": "a", "Value": "b" }] }),
            wrong: &[
                ("<TagSet>", "<TagSet>x"),
                ("Tag>", "member>"),
                ("<Value>b", "<Value><c/>"),
                ("<Key>", "<Key>c</Key><Key>"),
            ],
            same: &[("<TagSet>", "\n  <TagSet>\n  ")],
        },
        Sample {
            read: "s3:GetBucketPolicy",
            input: json!({ "Bucket": "mine" }),
            body: |_, _| r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
            answer: |_| json!({ "Policy": r#"{"Version":"2012-10-17","Statement":[]}"# }),
            wrong: &[],
            same: &[],
        },
    ]
}
