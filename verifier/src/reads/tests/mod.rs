//! What expressions make of an answer, by the rules of the table: each value is known, known to be none, or undecided.

mod selected;
mod withheld;

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
fn an_error_that_says_there_is_nothing_is_an_answer_without_anything() {
    let none = |call: &str, name: &str| {
        let (found, names) = (reads::find(call).unwrap(), BTreeSet::from([name.to_owned()]));
        let named = Named::from([(call.to_owned(), names)]);
        Binding { account: "general", found, input: &Map::new(), named: &named }.none()
    };
    assert_eq!(none("s3:GetBucketPolicy", "Policy")["Policy"], Value::Null);
    assert_eq!(none("ec2:DescribeVpcs", "Vpcs")["Vpcs"], json!([]));
}
