//! `verify schema reads`.

use crate::common::Machine;

fn printed(arguments: &[&str]) -> String {
    let ran = Machine::empty().verify(&[&["schema", "reads"], arguments].concat());
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran:?}");
    ran.stdout
}

#[test]
fn an_operation_is_described_for_people() {
    insta::assert_snapshot!("get_caller_identity", printed(&["sts:GetCallerIdentity"]));
    insta::assert_snapshot!("describe_vpcs", printed(&["ec2:DescribeVpcs"]));
    insta::assert_snapshot!("list_tasks", printed(&["ecs:ListTasks"]));
    insta::assert_snapshot!("s3", printed(&["s3"]));
}

#[test]
fn lines_fit_a_narrow_terminal() {
    for name in ["s3", "ec2:DescribeVpcs", "iam:ListUsers", "s3:ListObjectsV2", "cloudwatch:DescribeAlarms"] {
        for line in printed(&[name]).lines() {
            // What cannot be wrapped: a name with what it is.
            let words = line.trim().split(": ").count();
            assert!(line.chars().count() <= 60 || words <= 2, "{name}: {line}");
        }
    }
}

#[test]
fn json_is_an_object_of_services_each_of_operations() {
    let one: serde_json::Value = serde_json::from_str(&printed(&["ec2:DescribeVpcs", "--format", "json"])).unwrap();
    let operation = &one["ec2"]["DescribeVpcs"];
    assert_eq!(operation["actions"], serde_json::json!(["ec2:DescribeVpcs"]));
    assert_eq!(operation["inputs"]["VpcIds"], serde_json::json!({ "type": "list", "of": { "type": "string" } }));
    assert_eq!(operation["members"]["Vpcs"]["of"]["members"]["CidrBlock"]["type"], "string");
    assert_eq!(operation["none"]["InvalidVpcID.NotFound"], "none");
    let all: serde_json::Value = serde_json::from_str(&printed(&["--format", "json"])).unwrap();
    assert_eq!(all["ec2"]["DescribeVpcs"], *operation);
    assert!(all.as_object().unwrap().len() > 80);
    assert_eq!(all["ec2"]["DescribeInstanceAttribute"]["hidden"]["UserData"], "secret");
}

#[test]
fn a_name_that_is_not_known_suggests_one() {
    for (name, message) in [
        ("ec2:DescribeVpc", "did you mean `DescribeVpcs`?"),
        ("elasticloadbalancing", "did you mean `elb`?"),
        ("lamda", "did you mean `lambda`?"),
        ("s3:GetObject", "a check cannot read s3:GetObject, because its answer is what somebody stored"),
        ("s3:GetObjcts", "s3 has no operation `GetObjcts` that reads"),
    ] {
        let ran = Machine::empty().verify(&["schema", "reads", name]);
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
    let ran = Machine::empty().verify(&["schema", "evidence", "--format", "text"]);
    assert_eq!(ran.status, 2, "a format that it cannot print is rejected: {ran:?}");
}
