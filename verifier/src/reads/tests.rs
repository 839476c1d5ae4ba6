//! What expressions make of an answer, by the rules of the table: each value is known, known to be none, or undecided.

use evidence::client::{Binding, Named};
use evidence::reads;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use crate::cel::value::Field;
use crate::cel::{Expression, Outcome, Scope, on_a_thread, types};

/// A call with its input, its answer, the members that its pages disagree about, and what expressions about it are.
type Case = (&'static str, Value, Value, &'static [&'static str], &'static [(&'static str, &'static str)]);

fn decided(case: Case, source: &'static str) -> String {
    let (call, input, answer, differing, _) = case;
    on_a_thread(move || {
        let (found, expression) = (reads::find(call).unwrap(), Expression::compile(source).unwrap());
        let names = expression.looked_up().map(str::to_owned).collect();
        let (named, input) =
            (Named::from([(call.to_owned(), names)]), input.as_object().cloned().unwrap_or_else(Map::new));
        let differing: BTreeSet<String> = differing.iter().map(|name| (*name).to_owned()).collect();
        let bound = Binding { account: "general", found, input: &input, named: &named }.bind(&answer, &differing);
        let mut scope = Scope::default();
        scope.bind("a", Field::from_json(&bound, &types::answer(found)));
        scope.bind_time("now", "2026-11-26T00:00:00Z");
        match expression.decide(&scope) {
            Outcome::True => "true".to_owned(),
            Outcome::False => "false".to_owned(),
            Outcome::Undecided(_) => "undecided".to_owned(),
        }
    })
    .unwrap()
}

fn assert_all(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for case in cases {
        for (source, expected) in case.4 {
            let is = decided(case.clone(), source);
            if is != *expected {
                wrong.push(format!("{} {}: `{source}` is {is}, not {expected}", case.0, case.2));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn in_a_complete_answer_what_is_absent_is_none() {
    let function = json!({ "FunctionName": "f", "Description": "", "Timeout": 3, "State": "Frozen", "Layers": null });
    let role = json!({ "Role": { "RoleName": "r", "CreateDate": "2026-01-01T00:00:00Z" } });
    assert_all(vec![
        (
            "lambda:GetFunctionConfiguration",
            json!({}),
            function,
            &[],
            &[
                ("a.FunctionName == 'f'", "true"),
                ("has(a.Description) && a.Description == '' && a.Description.size() == 0", "true"),
                ("has(a.KMSKeyArn)", "false"),
                ("a.KMSKeyArn == ''", "undecided"),
                ("has(a.MemorySize) || a.Timeout == 3", "true"),
                // A value that AWS did not have when the table was made.
                ("a.State == 'Active'", "false"),
                ("a.State == 'Frozen'", "true"),
                ("a.Layers.size() == 0", "true"),
                ("a.Layers.exists(l, l.Arn == 'x')", "false"),
                ("a.Layers.all(l, l.Arn == 'x')", "true"),
                ("has(a.VpcConfig)", "false"),
                ("has(a.VpcConfig.VpcId)", "undecided"),
                ("has(a.Misspelt)", "undecided"),
                ("'Layers' in a", "true"),
                ("'KMSKeyArn' in a", "false"),
            ],
        ),
        (
            "iam:GetRole",
            json!({}),
            role,
            &[],
            &[
                ("a.Role.Tags.size() == 0", "true"),
                ("has(a.Role.PermissionsBoundary)", "false"),
                ("a.Role.CreateDate < now", "true"),
                ("a.Role.CreateDate == timestamp('2026-01-01T00:00:00Z')", "true"),
                ("now - a.Role.CreateDate > duration('24h')", "true"),
                // Members that no expression names are not kept, so the whole is not comparable.
                ("a.Role == a.Role", "undecided"),
            ],
        ),
        (
            "ec2:DescribeVpcs",
            json!({}),
            json!({}),
            &[],
            &[
                ("a.Vpcs.size() == 0", "true"),
                ("a.Vpcs.exists(v, v.IsDefault)", "false"),
                ("a.Vpcs.all(v, v.IsDefault)", "true"),
                ("a.Vpcs[0].IsDefault", "undecided"),
            ],
        ),
        (
            "ec2:DescribeVpcs",
            json!({}),
            json!({ "Vpcs": [{ "VpcId": "v" }, { "VpcId": "w", "IsDefault": true }] }),
            &[],
            &[
                ("a.Vpcs.exists(v, v.IsDefault)", "true"),
                ("a.Vpcs.all(v, has(v.IsDefault))", "false"),
                ("a.Vpcs.map(v, v.VpcId) == ['v', 'w']", "true"),
                ("a.Vpcs.filter(v, has(v.IsDefault)).size() == 1", "true"),
                ("a.Vpcs[0].Tags.size() == 0", "true"),
            ],
        ),
    ]);
}

#[test]
fn in_the_elements_of_a_list_what_is_absent_may_be_left_out() {
    let functions =
        json!({ "Functions": [{ "FunctionName": "f", "Layers": null }, { "FunctionName": "g", "State": "Active" }] });
    let roles = json!({ "Roles": [{ "RoleName": "r", "Path": "/" }] });
    let records = json!({ "ResourceRecordSets": [{ "Name": "n", "Type": "A" }] });
    let distributions =
        json!({ "DistributionList": { "Quantity": 1, "Items": [{ "Id": "d", "Origins": { "Quantity": 1 } }] } });
    assert_all(vec![
        (
            "lambda:ListFunctions",
            json!({}),
            functions,
            &[],
            &[
                ("a.Functions.size() == 2", "true"),
                ("a.Functions.exists(f, f.State == 'Active')", "true"),
                ("a.Functions.exists(f, f.State == 'Failed')", "undecided"),
                ("a.Functions.all(f, f.State == 'Active')", "undecided"),
                ("a.Functions.all(f, f.State == 'Failed')", "false"),
                ("has(a.Functions[0].State)", "undecided"),
                ("a.Functions[0].Layers.size() == 0", "undecided"),
                ("a.Functions[0].Layers.exists(l, true)", "undecided"),
                ("has(a.Functions[0].VpcConfig)", "undecided"),
                ("a.Functions.map(f, f.State) == ['Active']", "undecided"),
                ("a.Functions.filter(f, f.State == 'Active').size() == 1", "undecided"),
            ],
        ),
        (
            "lambda:ListFunctions",
            json!({}),
            json!({}),
            &[],
            &[("a.Functions.size() == 0", "true"), ("a.Functions.exists(f, f.State == 'Active')", "false")],
        ),
        // Known to leave out these, and nothing else.
        (
            "iam:ListRoles",
            json!({}),
            roles,
            &[],
            &[
                ("a.Roles[0].Tags.size() == 0", "undecided"),
                ("has(a.Roles[0].PermissionsBoundary)", "undecided"),
                ("has(a.Roles[0].Description)", "false"),
                ("a.Roles.all(r, r.Path == '/')", "true"),
            ],
        ),
        // Nothing else reads records, so this has all of them.
        (
            "route53:ListResourceRecordSets",
            json!({}),
            records,
            &[],
            &[
                ("has(a.ResourceRecordSets[0].AliasTarget)", "false"),
                ("a.ResourceRecordSets[0].ResourceRecords.size() == 0", "true"),
            ],
        ),
        (
            "cloudfront:ListDistributions",
            json!({}),
            distributions,
            &[],
            &[
                ("a.DistributionList.Items[0].Origins.Items.size() == 0", "undecided"),
                ("a.DistributionList.Items[0].Id == 'd'", "true"),
            ],
        ),
    ]);
}

#[test]
fn only_what_an_input_selects_is_known() {
    let vpc =
        || json!({ "VpcId": "v", "EnableDnsHostnames": { "Value": false }, "EnableDnsSupport": { "Value": true } });
    let alarms = || json!({ "MetricAlarms": [], "CompositeAlarms": [] });
    let cluster = || json!({ "clusters": [{ "clusterName": "c", "tags": [], "settings": [], "statistics": [] }] });
    let queue = || json!({ "Attributes": { "VisibilityTimeout": "30" } });
    let machine = || json!({ "name": "m" });
    let group = || json!({ "AutoScalingGroups": [{ "AutoScalingGroupName": "g", "Instances": [] }] });
    assert_all(vec![
        (
            "ec2:DescribeVpcAttribute",
            json!({ "Attribute": "enableDnsSupport" }),
            vpc(),
            &[],
            &[
                ("a.EnableDnsSupport.Value", "true"),
                ("a.EnableDnsHostnames.Value", "undecided"),
                ("has(a.EnableNetworkAddressUsageMetrics)", "undecided"),
                ("a.VpcId == 'v'", "true"),
            ],
        ),
        (
            "ec2:DescribeVpcAttribute",
            json!({ "Attribute": "enableDnsHostnames" }),
            json!({}),
            &[],
            &[("has(a.EnableDnsHostnames)", "false"), ("has(a.EnableDnsSupport)", "undecided")],
        ),
        // AWS returns empty lists in the place of what it was not asked for.
        (
            "cloudwatch:DescribeAlarms",
            json!({}),
            alarms(),
            &[],
            &[
                ("a.MetricAlarms.size() == 0", "true"),
                ("a.CompositeAlarms.size() == 0", "undecided"),
                ("a.CompositeAlarms.exists(c, c.ActionsEnabled)", "undecided"),
            ],
        ),
        (
            "cloudwatch:DescribeAlarms",
            json!({ "AlarmTypes": ["CompositeAlarm"] }),
            alarms(),
            &[],
            &[("a.MetricAlarms.size() == 0", "undecided"), ("a.CompositeAlarms.size() == 0", "true")],
        ),
        (
            "cloudwatch:DescribeAlarms",
            json!({ "AlarmTypes": [] }),
            alarms(),
            &[],
            &[("a.MetricAlarms.size() == 0", "undecided")],
        ),
        (
            "ecs:DescribeClusters",
            json!({}),
            cluster(),
            &[],
            &[
                ("a.clusters[0].tags.size() == 0", "undecided"),
                ("a.clusters.all(c, c.settings.all(s, s.name == 'containerInsights'))", "undecided"),
                ("a.clusters[0].clusterName == 'c'", "true"),
            ],
        ),
        (
            "ecs:DescribeClusters",
            json!({ "include": ["TAGS"] }),
            cluster(),
            &[],
            &[("a.clusters[0].tags.size() == 0", "true"), ("a.clusters[0].settings.size() == 0", "undecided")],
        ),
        (
            "autoscaling:DescribeAutoScalingGroups",
            json!({}),
            group(),
            &[],
            &[("a.AutoScalingGroups[0].Instances.size() == 0", "true")],
        ),
        (
            "autoscaling:DescribeAutoScalingGroups",
            json!({ "IncludeInstances": false }),
            group(),
            &[],
            &[("a.AutoScalingGroups[0].Instances.size() == 0", "undecided")],
        ),
        (
            "sqs:GetQueueAttributes",
            json!({ "AttributeNames": ["All"] }),
            queue(),
            &[],
            &[
                ("a.Attributes.VisibilityTimeout == '30'", "true"),
                ("has(a.Attributes.RedrivePolicy)", "false"),
                ("'RedrivePolicy' in a.Attributes", "false"),
                ("a.Attributes.size() == 1", "true"),
                ("a.Attributes.exists(k, k == 'RedrivePolicy')", "false"),
                ("a.Attributes == {'VisibilityTimeout': '30'}", "true"),
                ("{'VisibilityTimeout': '30'} == a.Attributes", "true"),
                ("[{'VisibilityTimeout': '30'}] == [a.Attributes]", "true"),
                ("{'VisibilityTimeout': '30'} in [a.Attributes]", "true"),
                ("a.Attributes in [{'VisibilityTimeout': '30'}]", "true"),
                ("a.Attributes == {'VisibilityTimeout': '31'}", "false"),
                ("a.Attributes != {'VisibilityTimeout': '30', 'x': 'y'}", "true"),
            ],
        ),
        (
            "sqs:GetQueueAttributes",
            json!({ "AttributeNames": ["VisibilityTimeout"] }),
            queue(),
            &[],
            &[
                ("a.Attributes.VisibilityTimeout == '30'", "true"),
                ("has(a.Attributes.RedrivePolicy)", "undecided"),
                ("'RedrivePolicy' in a.Attributes", "undecided"),
                ("a.Attributes.size() == 1", "undecided"),
                ("a.Attributes == {'VisibilityTimeout': '30'}", "undecided"),
                ("{'VisibilityTimeout': '30'} != a.Attributes", "undecided"),
                ("a.Attributes.exists(k, k == 'VisibilityTimeout')", "true"),
                ("a.Attributes.exists(k, k == 'RedrivePolicy')", "undecided"),
                ("a.Attributes.all(k, k == 'VisibilityTimeout')", "undecided"),
                ("a.Attributes.all(k, k == 'x')", "false"),
            ],
        ),
        (
            "sqs:GetQueueAttributes",
            json!({}),
            json!({}),
            &[],
            &[("a.Attributes.size() == 0", "undecided"), ("has(a.Attributes.RedrivePolicy)", "undecided")],
        ),
        (
            "stepfunctions:DescribeStateMachine",
            json!({}),
            machine(),
            &[],
            &[("has(a.description)", "undecided"), ("a.name == 'm'", "true")],
        ),
    ]);
}

#[test]
fn a_key_that_was_asked_for_and_is_not_there_is_none() {
    let asked = json!({ "AttributeNames": ["VisibilityTimeout", "RedrivePolicy"] });
    let queue = json!({ "Attributes": { "VisibilityTimeout": "30" } });
    assert_all(vec![
        (
            "sqs:GetQueueAttributes",
            asked.clone(),
            queue,
            &[],
            &[
                ("has(a.Attributes.RedrivePolicy)", "false"),
                ("'RedrivePolicy' in a.Attributes", "false"),
                ("a.Attributes.RedrivePolicy == 'x'", "undecided"),
                ("'KmsMasterKeyId' in a.Attributes", "undecided"),
                ("a.Attributes.exists(k, k == 'RedrivePolicy')", "undecided"),
                ("a.Attributes.size() == 1", "undecided"),
                ("a.Attributes == {'VisibilityTimeout': '30'}", "undecided"),
            ],
        ),
        ("sqs:GetQueueAttributes", asked, json!({}), &[], &[("has(a.Attributes.RedrivePolicy)", "false")]),
    ]);
}

#[test]
fn secrets_and_texts_that_nothing_names_are_undecided() {
    let variables = json!({ "STAGE": "x", "DB_PASSWORD": "y", "OTHER": "z", "NOTHING": null });
    let function = json!({ "Environment": { "Variables": variables } });
    let stack = json!({ "Stacks": [{ "Outputs": [
        { "OutputKey": "Url", "OutputValue": "u" }, { "OutputKey": "ApiToken", "OutputValue": "t" }, { "OutputValue": "v" },
    ] }] });
    let user_data = json!({ "UserData": { "Value": "x" } });
    assert_all(vec![
        (
            "lambda:GetFunctionConfiguration",
            json!({}),
            function,
            &[],
            &[
                ("a.Environment.Variables.STAGE == 'x'", "true"),
                ("a.Environment.Variables['STAGE'] == 'y'", "false"),
                ("has(a.Environment.Variables.ABSENT)", "false"),
                ("'ABSENT' in a.Environment.Variables", "false"),
                ("a.Environment.Variables.DB_PASSWORD == 'y'", "undecided"),
                ("a.Environment.Variables.DB_PASSWORD == 'other'", "undecided"),
                ("a.Environment.Variables.exists(k, k == 'DB_PASSWORD')", "true"),
                ("a.Environment.Variables.size() == 3", "true"),
                ("'NOTHING' in a.Environment.Variables", "false"),
                ("a.Environment.Variables.all(k, k != 'MISSING')", "true"),
                ("a.Environment.Variables.exists(k, a.Environment.Variables[k] == 'z')", "undecided"),
                ("a.Environment.Variables.exists(k, k == 'STAGE' && a.Environment.Variables[k] == 'x')", "true"),
                ("a.Environment.Variables.NOTHING == 'x'", "undecided"),
                ("a.Environment.Variables == a.Environment.Variables", "undecided"),
                ("a.Environment.Variables == {'STAGE': 'x'}", "undecided"),
                ("a.Environment == {'Variables': {}}", "undecided"),
            ],
        ),
        (
            "cloudformation:DescribeStacks",
            json!({}),
            stack,
            &[],
            &[
                ("a.Stacks[0].Outputs.exists(o, o.OutputKey == 'Url' && o.OutputValue == 'u')", "true"),
                ("a.Stacks[0].Outputs.exists(o, o.OutputKey == 'ApiToken' && o.OutputValue == 't')", "undecided"),
                ("a.Stacks[0].Outputs.exists(o, o.OutputValue == 'v')", "undecided"),
                ("a.Stacks[0].Outputs.all(o, o.OutputValue != 'q')", "undecided"),
                ("a.Stacks[0].Outputs.exists(o, has(o.OutputKey) && o.OutputKey == 'Absent')", "false"),
            ],
        ),
        (
            "ec2:DescribeInstanceAttribute",
            json!({ "Attribute": "userData" }),
            user_data,
            &[],
            &[("has(a.UserData)", "undecided"), ("a.UserData.Value == 'x'", "undecided")],
        ),
    ]);
}

#[test]
fn what_pages_disagree_about_is_undecided() {
    let list = || json!({ "DistributionList": { "Quantity": 1, "Items": [{ "Id": "d" }] } });
    assert_all(vec![
        (
            "cloudfront:ListDistributions",
            json!({}),
            list(),
            &["DistributionList.Quantity"],
            &[
                ("a.DistributionList.Quantity == 1", "undecided"),
                ("has(a.DistributionList.Quantity)", "undecided"),
                ("a.DistributionList.Items.size() == 1", "true"),
            ],
        ),
        (
            "cloudfront:ListDistributions",
            json!({}),
            list(),
            &["DistributionList"],
            &[("a.DistributionList.Items.size() == 1", "undecided")],
        ),
    ]);
}

#[test]
fn no_key_of_aws_can_be_a_mark_of_evidence() {
    let forged = json!([{ "code": "not-available-here", "message": "AWS refuses this to everybody." }]);
    let tags = |key: &str| json!({ "Attributes": { key: "x", "VisibilityTimeout": "30" } });
    let all = || json!({ "AttributeNames": ["All"] });
    let hooks = |details: Value| json!({ "services": [{ "deploymentConfiguration": { "lifecycleHooks": [{ "hookDetails": details }] } }] });
    assert_all(vec![
        (
            "sqs:GetQueueAttributes",
            all(),
            tags("$unreadable"),
            &[],
            &[
                ("a.Attributes.VisibilityTimeout == '30'", "true"),
                ("a.Attributes.size() == 2", "true"),
                ("a.Attributes['$unreadable'] == 'x'", "true"),
                ("'$unreadable' in a.Attributes", "true"),
                ("a.Attributes.exists(k, k == '$unreadable')", "true"),
            ],
        ),
        (
            "sqs:GetQueueAttributes",
            all(),
            tags("$rest"),
            &[],
            &[
                ("a.Attributes.size() == 2 && '$rest' in a.Attributes", "true"),
                ("'RedrivePolicy' in a.Attributes", "false"),
            ],
        ),
        (
            "sqs:GetQueueAttributes",
            all(),
            tags("$others"),
            &[],
            &[("a.Attributes.size() == 2 && '$others' in a.Attributes", "true")],
        ),
        (
            "sqs:GetQueueAttributes",
            all(),
            tags("$$rest"),
            &[],
            &[("'$$rest' in a.Attributes", "true"), ("'$rest' in a.Attributes", "false")],
        ),
        (
            "sqs:GetQueueAttributes",
            json!({ "AttributeNames": ["VisibilityTimeout"] }),
            tags("$rest"),
            &[],
            &[("'$rest' in a.Attributes", "true"), ("'RedrivePolicy' in a.Attributes", "undecided")],
        ),
        (
            "ecs:DescribeServices",
            json!({}),
            hooks(json!({ "$unreadable": forged, "x": 1 })),
            &[],
            &[
                ("a.services[0].deploymentConfiguration.lifecycleHooks[0].hookDetails.x == 1", "true"),
                (
                    "a.services[0].deploymentConfiguration.lifecycleHooks[0].hookDetails['$unreadable'][0].code == 'x'",
                    "false",
                ),
            ],
        ),
        (
            "ecs:DescribeServices",
            json!({}),
            hooks(json!({ "x": { "$unreadable": forged }, "api_key": "y" })),
            &[],
            &[
                ("has(a.services[0].deploymentConfiguration.lifecycleHooks[0].hookDetails.x)", "true"),
                ("a.services[0].deploymentConfiguration.lifecycleHooks[0].hookDetails.api_key == 'y'", "undecided"),
            ],
        ),
    ]);
}

#[test]
fn what_does_not_fit_the_table_is_undecided() {
    assert_all(vec![
        ("ec2:DescribeVpcs", json!({}), json!({ "Vpcs": "none" }), &[], &[("a.Vpcs.size() == 0", "undecided")]),
        (
            "ec2:DescribeVpcs",
            json!({}),
            json!({ "Vpcs": [null, { "VpcId": "v" }] }),
            &[],
            &[
                ("a.Vpcs.size() == 1", "undecided"),
                ("a.Vpcs.exists(v, v.VpcId == 'v')", "true"),
                ("a.Vpcs.exists(v, v.VpcId == 'w')", "undecided"),
                ("a.Vpcs[0].VpcId == 'v'", "undecided"),
                ("[] == a.Vpcs", "undecided"),
                ("[a.Vpcs] == [[]]", "undecided"),
                ("a.Vpcs in [[]]", "undecided"),
                ("[] in [a.Vpcs]", "undecided"),
            ],
        ),
        (
            "ec2:DescribeVpcs",
            json!({}),
            json!({ "Vpcs": [{ "VpcId": ["v"] }] }),
            &[],
            &[("a.Vpcs[0].VpcId == 'v'", "undecided")],
        ),
        (
            "iam:GetRole",
            json!({}),
            json!({ "Role": { "CreateDate": "yesterday" } }),
            &[],
            &[("a.Role.CreateDate < now", "undecided"), ("has(a.Role.CreateDate)", "undecided")],
        ),
    ]);
}

#[test]
fn an_error_that_says_there_is_nothing_is_an_answer_without_anything() {
    let none = |call: &str, name: &str| {
        let (found, names) = (reads::find(call).unwrap(), BTreeSet::from([name.to_owned()]));
        let named = Named::from([(call.to_owned(), names)]);
        Binding { account: "general", found, input: &Map::new(), named: &named }.none()
    };
    assert_eq!(none("s3:GetBucketPolicy", "Policy")["Policy"], Value::Null);
    assert_eq!(none("ec2:DescribeVpcs", "Vpcs")["Vpcs"], json!([]));
}
