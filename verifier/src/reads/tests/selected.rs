//! What an input selects, and what all pages agree about, is known.

use super::assert_all;
use serde_json::json;

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
