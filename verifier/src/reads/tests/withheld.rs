//! Secrets, marks that AWS sends and values that the table does not describe are never known.

use super::assert_all;
use serde_json::{Value, json};

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
                ("a.Environment.Variables == {'STAGE': 'x'}", "false"),
                ("a.Environment == {'Variables': {}}", "false"),
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
                ("[] == a.Vpcs", "false"),
                ("[a.Vpcs] == [[]]", "false"),
                ("a.Vpcs in [[]]", "false"),
                ("[] in [a.Vpcs]", "false"),
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
