//! Mistakes in the reads and practice actions of checks are found, each at its place, and nothing that is right is one.

mod actions;

use std::fs;
use verify::lint::{Finding, lint};
use verify::report::lint::text;

/// What lint finds in a course with these files in `checks/`.
fn findings(files: &[(&str, &str)]) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let book = "[book]\ntitle = \"Reads\"\n\n[preprocessor.verify.accounts]\ngeneral = \"the account\"\n\n\
        [preprocessor.verify.params]\nvpc_name = \"main\"\nvpc_range = \"10.0.0.0/16\"\nhours = 2\n[preprocessor.verify.inputs.region]\nlabel = \"The region\"\ndefault = \"eu-west-1\"\n";
    write("book.toml", book);
    write("src/SUMMARY.md", "- [One](one.md)\n");
    let steps = files.iter().filter(|(name, _)| !name.contains('/'));
    let steps: String = steps.map(|(name, _)| format!("- [ ] x <!-- verify: {name} -->\n")).collect();
    write("src/one.md", &format!("# One\n\n{{{{ vpc_name }}}} {{{{ vpc_range }}}} {{{{ hours }}}}\n\n{steps}"));
    files.iter().for_each(|(name, text)| write(&format!("checks/{name}.toml"), text));
    lint(folder.path(), false, None).unwrap()
}

/// The findings, each drawn by itself: a report is limited for each kind.
fn drawn(found: &[Finding]) -> String {
    let drawn = found.chunks(1).map(|one| text(one).as_str().rsplit_once("\n\n").unwrap().0.to_owned());
    drawn.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn every_mistake_in_a_read_is_found_at_its_place() {
    let files = [
        ("mistakes", include_str!("lint_reads/mistakes.toml")),
        ("deep", include_str!("lint_reads/deep.toml")),
        ("shared/net", include_str!("lint_reads/net.toml")),
    ];
    let found: Vec<Finding> = findings(&files).into_iter().filter(|found| found.rule != "unused-read").collect();
    insta::assert_snapshot!(drawn(&found));
}

#[test]
fn the_types_of_answers_are_known_and_what_is_never_in_them() {
    let files =
        [("types", include_str!("lint_reads/types.toml")), ("shared/jobs", include_str!("lint_reads/jobs.toml"))];
    insta::assert_snapshot!(drawn(&findings(&files)));
}

#[test]
fn a_name_that_a_shared_file_defines_twice_is_reported_there() {
    let shared =
        "[let]\nvpcs = '1'\n\n[read.vpcs]\ncall = 'ec2:DescribeVpcs'\n\n[read.subnets]\ncall = 'ec2:DescribeSubnets'\n";
    let check = |uses: &str| {
        format!(
            "title = 'x'\naccount = 'general'\nuse = [{uses}]\n[read.subnets]\ncall = 'ec2:DescribeSubnets'\n[[expect]]\nthat = 'subnets.Subnets.size() > 0'\nfix = 'Do.'\n"
        )
    };
    let shown = |files: &[(&str, &str)]| {
        let place =
            |found: &Finding| (found.diagnostic.span.path.to_str().unwrap().to_owned(), found.diagnostic.span.line);
        findings(files).into_iter().map(|found| (place(&found), found.diagnostic.message)).collect::<Vec<_>>()
    };
    let twice = shown(&[("x", &check("'aws'")), ("shared/aws", shared)]);
    let message = "`vpcs` is already a let. Give the read another name".to_owned();
    assert!(twice.contains(&(("checks/shared/aws.toml".to_owned(), 4), message)), "{twice:#?}");
    let other = shared.replace("vpcs = '1'\n", "");
    let twice = shown(&[("x", &check("'aws'")), ("shared/aws", &other)]);
    let message = "checks/shared/aws.toml defines `subnets`, and so does the check".to_owned();
    assert!(twice.contains(&(("checks/x.toml".to_owned(), 3), message)), "{twice:#?}");
}

/// What lint finds in a check with these reads that expects this, as `rule: message`.
fn found(reads: &str, that: &str) -> Vec<String> {
    let check = format!(
        "title = \"x\"\naccount = \"general\"\nallow = [\"empty\"]\n{reads}\n[[expect]]\nthat = \"\"\"{that}\"\"\"\nfix = \"Do.\"\n"
    );
    let shown = |found: Finding| format!("{}: {}", found.rule, found.diagnostic.message);
    findings(&[("x", &check)]).into_iter().map(shown).collect()
}

/// Each of these reads and expectations, and the rule of the only finding, if there is one.
fn assert_rules(cases: &[(&str, &str, &[&str])]) {
    for (reads, that, rules) in cases {
        let found = found(reads, that);
        let of = found.iter().map(|found| found.split(':').next().unwrap()).collect::<Vec<_>>();
        assert_eq!(of, *rules, "{reads}\n{that}\n{found:#?}");
    }
}

#[test]
fn an_answer_that_is_only_a_part_is_reported_unless_it_is_asked_for_as_a_whole() {
    let that = "r.taskArns.size() == 0";
    let tasks = |with: &str| format!("[read.r]\ncall = 'ecs:ListTasks'\n{with}");
    assert_rules(&[
        (&tasks(""), that, &["narrow-read", "narrow-read"]),
        (&tasks("with.cluster = 'x'"), that, &["narrow-read"]),
        (&tasks("with.cluster = '{vpc_name}'\nwith.desiredStatus = 'STOPPED'"), that, &[]),
        ("[read.r]\ncall = 'rds:DescribeEvents'\nwith.Duration = '{hours * 60}'", "r.Events.size() == 0", &[]),
        ("[read.r]\ncall = 'rds:DescribeEvents'", "r.Events.size() == 0", &["narrow-read"]),
        ("[read.r]\ncall = 'backup:ListBackupJobs'", "r.BackupJobs.size() == 0", &["narrow-read"]),
        // Authors expect this.
        ("[read.r]\ncall = 'cloudtrail:LookupEvents'", "r.Events.size() == 0", &[]),
        ("[read.r]\ncall = 'ec2:DescribeVpcs'", "r.Vpcs.size() == 0", &[]),
    ]);
}

#[test]
fn a_member_that_no_input_asks_for_is_reported_unless_a_hole_decides() {
    let vpc = |attribute: &str| {
        format!("[read.r]\ncall = 'ec2:DescribeVpcAttribute'\nwith = {{ VpcId = 'vpc-1', Attribute = '{attribute}' }}")
    };
    let support = "r.EnableDnsSupport.Value";
    let queue = |names: &str| {
        format!(
            "[read.all]\ncall = 'sqs:ListQueues'\n[read.r]\ncall = 'sqs:GetQueueAttributes'\neach = 'all.QueueUrls'\nwith.QueueUrl = '{{each}}'\n{names}"
        )
    };
    let policy = "r.exists(q, q.answer.Attributes.Policy == 'x')";
    let alarms = |types: &str| format!("[read.r]\ncall = 'cloudwatch:DescribeAlarms'\n{types}");
    assert_rules(&[
        (&vpc("enableDnsHostnames"), support, &["unselected-member"]),
        (&vpc("enableDnsSupport"), support, &[]),
        (&vpc("{vpc_name}"), support, &[]),
        (&alarms(""), "r.CompositeAlarms.size() == 0", &["unselected-member"]),
        (&alarms(""), "r.MetricAlarms.size() == 0", &[]),
        (&alarms("with.AlarmTypes = ['CompositeAlarm']"), "r.MetricAlarms.size() == 0", &["unselected-member"]),
        (&alarms("with.AlarmTypes = ['CompositeAlarm', 'MetricAlarm']"), "r.CompositeAlarms.size() == 0", &[]),
        (&queue("with.AttributeNames = ['QueueArn']"), policy, &["unselected-member"]),
        (
            &queue("with.AttributeNames = ['QueueArn']"),
            "r.exists(q, has(q.answer.Attributes.Policy))",
            &["unselected-member"],
        ),
        (&queue("with.AttributeNames = ['QueueArn', 'Policy']"), policy, &[]),
        (&queue("with.AttributeNames = ['All']"), policy, &[]),
        (&queue("with.AttributeNames = ['All']"), "r.exists(q, has(q.answer.Attributes.Polcy))", &["unlisted-value"]),
        (
            &queue("with.AttributeNames = ['All']"),
            "r.exists(q, !('Encryption' in q.answer.Attributes))",
            &["unlisted-value"],
        ),
        (
            &queue("with.AttributeNames = ['All']"),
            "r.exists(q, q.answer.Attributes['Polcy'] == 'x')",
            &["unlisted-value"],
        ),
        (&queue("with.AttributeNames = ['{vpc_name}']"), policy, &[]),
        (&queue(""), policy, &["unselected-member"]),
    ]);
}

#[test]
fn what_a_list_leaves_out_is_reported() {
    let roles = "[read.r]\ncall = 'iam:ListRoles'";
    let functions = "[read.r]\ncall = 'lambda:ListFunctions'";
    let keys = "[read.r]\ncall = 'iam:ListAccessKeys'";
    assert_rules(&[
        (roles, "r.Roles.exists(r1, r1.Tags.size() > 0)", &["unused-input", "left-out-member"]),
        (roles, "r.Roles.exists(r1, has(r1.Tags))", &["unused-input", "left-out-member"]),
        (roles, "r.Roles.exists(r1, r1['RoleLastUsed'].Region == 'x')", &["unused-input", "left-out-member"]),
        (roles, "r.Roles.exists(r1, r1.RoleName == 'x' && has(r1.Description))", &["unused-input"]),
        (functions, "r.Functions.exists(f, has(f.State))", &["left-out-member"]),
        (functions, "r.Functions.exists(f, 'State' in f)", &["left-out-member"]),
        (functions, "r.Functions.exists(f, f.Layers.size() == 0)", &["left-out-member"]),
        // It is there, or the expression has no value.
        (functions, "r.Functions.exists(f, f.FunctionName == 'x' && f.State == 'Active')", &[]),
        (functions, "r.Functions.size() > 0", &[]),
        // No operation has more of it.
        (keys, "r.AccessKeyMetadata.exists(k, has(k.UserName))", &["unused-input"]),
        ("[read.r]\ncall = 'ec2:DescribeVpcs'", "r.Vpcs.exists(v, has(v.CidrBlock) || v.Tags.size() == 0)", &[]),
    ]);
}

#[test]
fn what_is_never_read_is_reported() {
    let connections = "[read.r]\ncall = 'ec2:DescribeVpnConnections'";
    assert_rules(&[
        (connections, "r.VpnConnections.exists(c, has(c.CustomerGatewayConfiguration))", &["hidden-member"]),
        (connections, "r.VpnConnections.exists(c, c.State == 'available')", &[]),
    ]);
}

#[test]
fn a_value_that_aws_did_not_have_is_reported_with_the_nearest() {
    let with = |attribute: &str| {
        format!("[read.r]\ncall = 'ec2:DescribeVpcAttribute'\nwith = {{ VpcId = 'vpc-1', Attribute = '{attribute}' }}")
    };
    let found = found(&with("enableDnsSuport"), "has(r.VpcId)");
    let message = "unlisted-value: [read.r] with.Attribute: AWS has no value `enableDnsSuport` for `Attribute`: did you mean `enableDnsSupport`?";
    assert_eq!(found, [message]);
    assert_rules(&[(&with("enableDnsSupport"), "has(r.VpcId)", &[]), (&with("{vpc_name}"), "has(r.VpcId)", &[])]);
}

#[test]
fn a_read_that_nothing_uses_is_reported() {
    let buckets = "[read.buckets]\ncall = 's3:ListBuckets'";
    let policy =
        "[read.policy]\ncall = 's3:GetBucketPolicy'\neach = 'buckets.Buckets.map(b, b.Name)'\nwith.Bucket = '{each}'";
    assert_rules(&[
        (buckets, "account.name == 'x'", &["unused-read"]),
        (buckets, "buckets.Buckets.size() > 0", &[]),
        (&format!("{buckets}\n{policy}"), "policy.size() > 0", &[]),
        (&format!("{buckets}\n[let]\nhas_one = 'buckets.Buckets.size() > 0'"), "has_one", &[]),
    ]);
    let shared = "[read.buckets]\ncall = 's3:ListBuckets'\n[read.vpcs]\ncall = 'ec2:DescribeVpcs'\n";
    let check =
        "title = 'x'\naccount = 'general'\nuse = ['aws']\n[[expect]]\nthat = 'vpcs.Vpcs.size() > 0'\nfix = 'Do.'\n";
    assert_eq!(findings(&[("x", check), ("shared/aws", shared)]), []);
}

#[test]
fn the_value_of_a_hole_fits_its_input() {
    let events = |with: &str| format!("[read.r]\ncall = 'rds:DescribeEvents'\n{with}");
    let subnets = |ids: &str| {
        format!(
            "[read.v]\ncall = 'ec2:DescribeSubnets'\n[read.r]\ncall = 'ec2:DescribeSubnets'\nwith.SubnetIds = {ids}"
        )
    };
    let (any, some) = ("r.Events.size() > 0", "r.Subnets.size() > 0 && v.Subnets.size() > 0");
    assert_rules(&[
        (&events("with.StartTime = '{now - duration(\"1h\")}'"), any, &[]),
        (&events("with.StartTime = '2026-01-31T12:00:00Z'"), any, &[]),
        (&events("with.Duration = '{hours}'"), any, &[]),
        (&events("with.Duration = '{vpc_name}'"), any, &["wrong-type"]),
        (&events("with.Duration = 60\nwith.SourceIdentifier = '{hours}'"), any, &["wrong-type"]),
        (&events("with.Duration = 60\nwith.SourceIdentifier = 'db-{hours}'"), any, &[]),
        (&subnets("'{v.Subnets.map(s, s.SubnetId)}'"), some, &[]),
        (&subnets("['{vpc_name}']"), some, &[]),
        (&subnets("'{v.Subnets}'"), some, &["wrong-type"]),
        (&subnets("'{vpc_name}'"), some, &["wrong-type"]),
        (&subnets("['{v.Subnets.map(s, s.SubnetId)}']"), some, &["wrong-type"]),
    ]);
}

#[test]
fn a_check_allows_a_rule_in_what_it_uses_of_a_shared_file() {
    let shared = "[read.tasks]\ncall = 'ecs:ListTasks'\nwith.cluster = 'x'\n";
    let check = |allow: &str| {
        format!(
            "title = 'x'\naccount = 'general'\nuse = ['aws']\nallow = [{allow}]\n[[expect]]\nthat = 'tasks.taskArns.size() > 0'\nfix = 'Do.'\n"
        )
    };
    let found = |allow: &str| findings(&[("x", &check(allow)), ("shared/aws", shared)]);
    assert_eq!(found("'narrow-read'"), []);
    let found = found("");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].diagnostic.span.path.to_str(), Some("checks/shared/aws.toml"));
}

#[test]
fn a_value_that_aws_never_answers_is_found_where_it_is_compared() {
    let vpcs = "[read.r]\ncall = 'ec2:DescribeVpcs'";
    for (state, said) in [
        ("v.State == 'Available'", "`State` is never 'Available': AWS writes 'available'"),
        ("v.State == 'availible'", "AWS has no value 'availible' for `State`: did you mean 'available'?"),
        ("v.State != 'on'", "AWS has no value 'on' for `State`"),
        ("v.State in ['available', 'ready']", "AWS has no value 'ready' for `State`"),
    ] {
        let found = found(vpcs, &format!("r.Vpcs.exists(v, {state})"));
        assert!(found.len() == 1 && found[0].contains(said), "{state}: {found:?}");
    }
    assert_rules(&[
        (vpcs, "r.Vpcs.exists(v, v.State in ['available', 'pending'])", &[]),
        // What is absent may be empty, and what somebody chose has any value.
        (vpcs, "r.Vpcs.exists(v, v.State == '' || v.VpcId == 'vpc-x')", &[]),
    ]);
}

#[test]
fn a_condition_that_nothing_can_fail_or_meet_is_found_where_it_is() {
    let vpcs = "[read.r]\ncall = 'ec2:DescribeVpcs'";
    assert_rules(&[
        (vpcs, "r.Vpcs.size() >= 0", &["constant"]),
        (vpcs, "r.Vpcs.exists(v, v.IsDefault) || true", &["constant"]),
        (vpcs, "r.Vpcs.exists(v, v.CidrBlock != '10.0.0.0/16' || v.CidrBlock != '10.1.0.0/16')", &["constant"]),
        (vpcs, "r.Vpcs.size() >= 1", &[]),
    ]);
    let check = "title = 'x'\naccount = 'general'\n[read.r]\ncall = 'ec2:DescribeVpcs'\n[let]\nours = 'r.Vpcs.filter(v, \
                 v.State == \"available\" && v.State == \"pending\")'\n[[expect]]\nwhen = 'r.Vpcs.size() > -1'\nthat = \
                 'ours.size() > 0'\nfix = 'Do.'\n";
    let found = findings(&[("one", check)]);
    let told: Vec<(usize, String)> = found
        .iter()
        .filter(|found| found.rule == "constant")
        .map(|found| (found.diagnostic.span.line, found.diagnostic.message.clone()))
        .collect();
    assert_eq!(
        told,
        [(6, "[let] ours: this is never true".to_owned()), (8, "[[expect]] 1, when: this is always true".to_owned())]
    );
}

#[test]
fn an_element_that_may_not_be_there_is_found_wherever_it_is_used() {
    let check = |keys: &str| {
        format!("title = 'x'\naccount = 'general'\n{keys}\nfix = 'Do.'\n[read.r]\ncall = 'ec2:DescribeVpcs'\n")
    };
    for (keys, part) in [
        ("makes = '[r.Vpcs[0].VpcId]'\n[[expect]]\nthat = 'r.Vpcs.size() > 0'", "makes"),
        ("[[expect]]\nthat = 'r.Vpcs.size() > 0'\npending = 'r.Vpcs[0].IsDefault'", "[[expect]] 1, pending"),
        ("[[expect]]\nconfirm = 'x'\nwhy = 'x'\nbacked_by = 'r.Vpcs[0].IsDefault'", "[[expect]] 1, backed_by"),
    ] {
        let found = findings(&[("one", &check(keys))]);
        let found: Vec<&str> =
            found.iter().filter(|found| found.rule == "empty").map(|found| found.diagnostic.message.as_str()).collect();
        assert!(matches!(found[..], [one] if one.starts_with(part)), "{keys}: {found:?}");
    }
    let guarded =
        "makes = 'r.Vpcs.filter(v, v.Tags.size() > 0).map(v, v.Tags[0].Value)'\n[[expect]]\nthat = 'r.Vpcs.size() > 0'";
    assert!(findings(&[("one", &check(guarded))]).iter().all(|found| found.rule != "empty"));
}

#[test]
fn a_service_that_the_region_of_the_course_does_not_have_is_reported() {
    let accelerators = |region: &str| format!("[read.r]\ncall = 'globalaccelerator:ListAccelerators'\n{region}");
    assert_rules(&[
        (&accelerators(""), "r.Accelerators.size() > 0", &["not-offered"]),
        (&accelerators("region = 'us-west-2'"), "r.Accelerators.size() > 0", &["unused-input"]),
        // Its region is the same everywhere.
        ("[read.r]\ncall = 'iam:ListRoles'", "r.Roles.size() > 0", &["unused-input"]),
    ]);
}

#[test]
fn the_region_of_the_course_is_used_by_reads_that_say_none() {
    let unused = |read: &str| {
        let found = found(read, "r.Vpcs.size() > 0");
        found.iter().any(|found| found.contains("`region`"))
    };
    assert!(!unused("[read.r]\ncall = 'ec2:DescribeVpcs'"));
    assert!(!unused("[read.r]\ncall = 'ec2:DescribeVpcs'\nregion = '{input.region}'"));
    assert!(unused("[read.r]\ncall = 'ec2:DescribeVpcs'\nregion = 'us-east-1'"));
}

#[test]
fn what_a_read_may_not_find_is_tested_first() {
    let check = |that: &str| {
        format!(
            "title = 'x'\naccount = 'general'\n[read.buckets]\ncall = 's3:ListBuckets'\n[read.bucket]\ncall = 's3:GetBucketPolicy'\nwith.Bucket = \"{{vpc_name}}\"\nnone_on = ['NoSuchBucketPolicy']\n[[expect]]\nthat = \"buckets.Buckets.size() > 0 && {that}\"\nfix = 'Do.'\n"
        )
    };
    let empty = |that: &str| {
        let found = findings(&[("one", &check(that))]);
        found
            .iter()
            .filter(|found| found.rule == "empty")
            .map(|found| found.diagnostic.message.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        empty("policy(bucket.Policy).statements.size() > 0"),
        ["[[expect]] 1, that: `bucket.Policy` may be absent"]
    );
    assert_eq!(empty("has(bucket.Policy) && policy(bucket.Policy).statements.size() > 0"), <[&str; 0]>::default());
}

#[test]
fn a_misspelt_member_of_any_service_is_found_with_the_nearest() {
    let all = evidence::reads::all().unwrap();
    assert!(all.len() >= 59, "{}", all.len());
    let mut checks = Vec::new();
    for (service, facts) in all {
        // A member whose name is long, misspelt by a letter less.
        let member = facts.operations.iter().find_map(|(operation, facts_of)| {
            let shape = facts.shape(facts_of.output.as_deref()?)?;
            let name = shape.members.keys().find(|name| name.len() >= 6)?;
            Some((operation.clone(), name.clone()))
        });
        let (operation, member) = member.unwrap_or_else(|| panic!("{service} has no answer with a long name"));
        let misspelt = format!("{}{}", &member[..3], &member[4..]);
        let check = format!(
            "title = 'x'\naccount = 'general'\n[read.thing]\ncall = '{service}:{operation}'\n[[expect]]\nthat = 'has(thing.{misspelt})'\nfix = 'Do.'\n"
        );
        checks.push((format!("x{}", checks.len()), check, misspelt, member));
    }
    let files: Vec<(&str, &str)> = checks.iter().map(|(name, check, ..)| (name.as_str(), check.as_str())).collect();
    let shown: Vec<String> = findings(&files).chunks(1).map(|one| text(one).as_str().to_owned()).collect();
    let missed = checks.iter().filter(|(name, _, misspelt, member)| {
        let says = |shown: &String| {
            shown.contains(&format!("checks/{name}.toml:6:"))
                && shown.contains(misspelt)
                && shown.contains(&format!("`{member}`"))
        };
        !shown.iter().any(says)
    });
    let missed: Vec<String> = missed.map(|(_, check, ..)| check.clone()).collect();
    assert!(
        missed.is_empty(),
        "{} of {}: {}\n{}",
        missed.len(),
        checks.len(),
        missed.join("\n"),
        shown[..3].join("\n")
    );
}
