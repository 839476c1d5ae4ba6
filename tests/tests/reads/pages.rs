//! Pages in the table: an answer that is shorter than what there is would be a wrong verdict, so whatever looks like a
//! page is either in `pages`, or was reviewed.

use serde_json::Value;
use std::collections::BTreeSet;

/// An operation of the table.
struct Operation {
    name: String,
    facts: Value,
    inputs: Vec<(String, Value)>,
    has_list: bool,
}

impl Operation {
    fn is_paged(&self) -> bool {
        self.facts["pages"].is_object()
    }

    /// The inputs of pages.
    fn tokens(&self) -> BTreeSet<&str> {
        let inputs = self.facts["pages"]["input"].as_array().into_iter().flatten();
        inputs.map(|input| input.as_str().unwrap()).collect()
    }
}

fn operations() -> Vec<Operation> {
    let mut found = Vec::new();
    for (service, table) in super::table() {
        let members = |shape: &Value| {
            let members = table["shapes"][shape.as_str().unwrap_or_default()]["members"].as_object();
            members.cloned().unwrap_or_default()
        };
        let shape_of = |member: &Value| member.as_str().map_or_else(|| member["shape"].clone(), Value::from);
        let is_list = |member: &Value| {
            let kind = &table["shapes"][shape_of(member).as_str().unwrap()]["type"];
            kind == "list" || kind == "map"
        };
        for (name, facts) in table["operations"].as_object().unwrap() {
            let answered: Vec<Value> = members(&facts["output"]).values().cloned().collect();
            let inside =
                answered.iter().flat_map(|member| members(&shape_of(member)).values().cloned().collect::<Vec<_>>());
            let has_list = answered.iter().cloned().chain(inside).any(|member| is_list(&member));
            let inputs = members(&facts["input"]).into_iter().collect();
            found.push(Operation { name: format!("{service}:{name}"), facts: facts.clone(), inputs, has_list });
        }
    }
    found
}

fn looks_like_a_limit(name: &str) -> bool {
    let name = name.to_lowercase();
    let whole = ["limit", "pagesize", "size", "count", "top", "number", "perpage"];
    name.starts_with("max") || name.ends_with("limit") || whole.contains(&name.as_str())
}

fn looks_like_a_token(name: &str) -> bool {
    let name = name.to_lowercase();
    let parts =
        ["token", "marker", "position", "exclusive", "continuation", "cursor", "offset", "startafter", "startfrom"];
    parts.iter().any(|part| name.contains(part)) || name.starts_with("next")
}

#[test]
fn a_list_that_can_be_limited_has_pages() {
    let mut limited = BTreeSet::new();
    for operation in operations().into_iter().filter(|operation| operation.has_list && !operation.is_paged()) {
        let limits = operation.inputs.iter().map(|(name, _)| name).filter(|name| looks_like_a_limit(name));
        limited.extend(limits.map(|name| format!("{}.{name}", operation.name)));
    }
    let reviewed = [
        // AWS does not support it yet, and answers all tags.
        "apigateway:GetTags.limit",
        // The list that it limits is hidden.
        "backup:GetBackupPlan.MaxScheduledRunsPreview",
    ];
    assert_eq!(limited, reviewed.map(str::to_owned).into());
}

#[test]
fn an_input_that_looks_like_a_page_is_one() {
    let mut others = BTreeSet::new();
    for operation in operations() {
        let tokens = operation.tokens();
        let given =
            operation.inputs.iter().filter(|(_, facts)| facts["idempotency"] != true).map(|(name, _)| name.as_str());
        let given = given.filter(|name| looks_like_a_token(name) && !tokens.contains(name));
        others.extend(given.map(|name| format!("{}.{name}", operation.name)));
    }
    let reviewed = [
        // AWS does not support it yet, and answers all tags.
        "apigateway:GetTags.position",
        // What something is called.
        "ec2:DescribeIpamExternalResourceVerificationTokens.IpamExternalResourceVerificationTokenIds",
        "efs:DescribeFileSystems.CreationToken",
        "sso-admin:DescribeTrustedTokenIssuer.TrustedTokenIssuerArn",
        // A grant.
        "kms:DescribeKey.GrantTokens",
        // Where a list begins: these have another input for pages.
        "kinesis:ListShards.ExclusiveStartShardId",
        "kinesis:ListStreams.ExclusiveStartStreamName",
        "s3:ListObjectsV2.StartAfter",
    ];
    assert_eq!(others, reviewed.map(str::to_owned).into());
}

#[test]
fn pages_that_nothing_goes_on_with_are_reviewed() {
    let ends = operations().into_iter().filter(|operation| operation.is_paged() && operation.tokens().is_empty());
    let reviewed = [
        // AWS returns the first hundred, and ListStackResources goes on.
        "cloudformation:DescribeStackResources",
        // Its answer has a token, which its request does not take.
        "servicecatalog:ListProvisioningArtifacts",
        // DescribeAutomationStepExecutions goes on.
        "ssm:GetAutomationExecution",
    ];
    assert_eq!(ends.map(|operation| operation.name).collect::<Vec<_>>(), reviewed);
}

/// Some answers have both the token of the next page and the one that was given.
#[test]
fn the_next_token_goes_on() {
    let table = super::table();
    let output = |service: &str, name: &str| table[service]["operations"][name]["pages"]["output"].clone();
    for (service, name, token) in [
        ("cloudfront", "ListVpcOrigins", "VpcOriginList.NextMarker"),
        ("cloudfront", "ListCachePolicies", "CachePolicyList.NextMarker"),
        ("efs", "DescribeFileSystems", "NextMarker"),
        ("route53", "ListReusableDelegationSets", "NextMarker"),
        ("s3", "ListBucketInventoryConfigurations", "NextContinuationToken"),
        ("dynamodb", "ListGlobalTables", "LastEvaluatedGlobalTableName"),
    ] {
        assert_eq!(output(service, name), serde_json::json!([token]), "{service}:{name}");
    }
    for (service, facts) in &table {
        for (name, operation) in facts["operations"].as_object().unwrap() {
            let answer = operation["output"].as_str().unwrap_or_default();
            let Some(members) = facts["shapes"][answer]["members"].as_object() else { continue };
            let Some(tokens) = operation["pages"]["output"].as_array() else { continue };
            let echoes = |token: &&Value| members.contains_key(&format!("Next{}", token.as_str().unwrap()));
            assert_eq!(tokens.iter().find(echoes), None, "{service}:{name}");
        }
    }
}
