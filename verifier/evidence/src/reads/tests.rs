//! The table as the program has it.

use super::*;

#[test]
fn every_service_loads_and_is_listed() {
    let all = all().unwrap();
    assert!(all.len() > 80, "{}", all.len());
    for (name, service) in all {
        assert_eq!(service.name, name);
        assert_eq!(service.operations.len(), services()[name].operations, "{name}");
        assert!(service.endpoint("us-east-1", Variant::Plain).is_some() || name == "globalaccelerator", "{name}");
        for (operation, facts) in &service.operations {
            assert!(["Read", "List"].contains(&facts.level.as_str()), "{name}:{operation}");
            let input = facts.input.as_deref().and_then(|input| service.shape(input));
            let has = |member: &String| input.is_some_and(|input| input.members.contains_key(member));
            assert!(facts.get.iter().all(|get| service.operations.contains_key(get)), "{name}:{operation}");
            assert!(facts.selectors.keys().all(has), "{name}:{operation}");
            assert!(facts.pages.iter().flat_map(|pages| &pages.input).all(has), "{name}:{operation}");
            assert!(facts.own.iter().all(|own| has(&own.given) && own.unless.iter().all(has)), "{name}:{operation}");
            let narrow = |narrow: &Narrow| narrow.says.starts_with("only ") && narrow.unless.iter().all(has);
            assert!(facts.narrow.iter().all(narrow), "{name}:{operation}");
            let output = facts.output.as_deref().and_then(|output| service.shape(output));
            let has = |member: &String| output.is_some_and(|output| output.members.contains_key(member));
            assert!(facts.failures.iter().all(has), "{name}:{operation}");
        }
    }
}

/// Whether a path of `pages`, as in `StreamDescription.Shards[-1].ShardId`, is in a shape: the kind that it leads to.
fn kind_at(service: &Service, shape: &str, path: &str) -> Option<Kind> {
    let found = path.split('.').try_fold(service.shape(shape)?, |shape, part| {
        let name = part.strip_suffix("[-1]");
        let member = service.shape(&shape.members.get(name.unwrap_or(part))?.shape)?;
        if name.is_some() { service.shape(&member.of.as_ref()?.shape) } else { Some(member) }
    });
    found.map(|shape| shape.kind)
}

#[test]
fn pages_are_of_members_that_there_are() {
    let mut paged = 0;
    for (name, service) in all().unwrap() {
        for (operation, facts) in &service.operations {
            let Some(pages) = &facts.pages else { continue };
            paged += 1;
            let kind = |path: &String| kind_at(service, facts.output.as_deref()?, path);
            let is_scalar = |kind: Option<Kind>| matches!(kind, Some(Kind::String | Kind::Integer | Kind::Long));
            let is_many = |kind: Option<Kind>| matches!(kind, Some(Kind::List | Kind::Map));
            assert!(pages.output.iter().all(|path| is_scalar(kind(path))), "{name}:{operation}: {pages:?}");
            assert!(pages.items.iter().all(|path| is_many(kind(path))), "{name}:{operation}: {pages:?}");
            assert!(pages.more.iter().all(|path| kind(path) == Some(Kind::Boolean)), "{name}:{operation}: {pages:?}");
            // Tokens are given to inputs in their order, and what goes on is what has tokens.
            let goes_on = !pages.input.is_empty();
            assert!(!goes_on || pages.input.len() == pages.output.len(), "{name}:{operation}: {pages:?}");
            assert!(!goes_on || !pages.items.is_empty(), "{name}:{operation}: {pages:?}");
            let is_noticed = pages.more.is_some() || !pages.output.is_empty() || pages.most.is_some();
            assert!(goes_on || is_noticed, "{name}:{operation}: {pages:?}");
        }
    }
    assert!(paged > 1000, "{paged}");
}

#[test]
fn what_the_table_says_about_answers_in_xml() {
    let operation = |service: &str, name: &str| &super::service(service).unwrap().operations[name];
    assert_eq!(operation("s3", "ListBuckets").answer.as_deref(), Some("ListAllMyBucketsResult"));
    assert!(!operation("s3", "ListBuckets").bare);
    assert_eq!(operation("s3", "GetBucketLocation").answer.as_deref(), Some("LocationConstraint"));
    assert!(operation("s3", "GetBucketLocation").bare);
    // Every answer of S3 that is in the body has an element with another name, or a payload that names it.
    let s3 = service("s3").unwrap();
    for (name, facts) in &s3.operations {
        let Some(output) = facts.output.as_deref().and_then(|output| s3.shape(output)) else { continue };
        let in_body = output.members.values().any(|member| member.place.is_none());
        assert_eq!(facts.answer.is_some(), in_body && output.payload.is_none(), "{name}");
    }
}

#[test]
fn policy_documents_of_iam_are_encoded_in_answers_alone() {
    let iam = service("iam").unwrap();
    let encoded = |shape: &str, member: &str| iam.shape(shape).unwrap().members[member].encoded;
    for (shape, member) in [
        ("PolicyVersion", "Document"),
        ("GetRolePolicyResponse", "PolicyDocument"),
        ("Role", "AssumeRolePolicyDocument"),
        ("PolicyDetail", "PolicyDocument"),
    ] {
        assert!(encoded(shape, member), "{shape}.{member}");
    }
    for (_, service) in all().unwrap() {
        let inputs = service.operations.values().filter_map(|facts| service.shape(facts.input.as_deref()?));
        assert!(inputs.flat_map(|input| input.members.values()).all(|member| !member.encoded));
        let others = |name: &str| service.name != "iam" || name.ends_with("Request");
        let others = service.shapes().filter(|(name, _)| others(name));
        assert!(others.flat_map(|(_, shape)| shape.members.values()).all(|member| !member.encoded));
    }
}

/// The client gives no code for an error without a body.
#[test]
fn an_operation_without_a_body_has_no_error_codes() {
    for (name, service) in all().unwrap() {
        let heads = service.operations.iter().filter(|(_, facts)| facts.method == "HEAD");
        heads.for_each(|(operation, facts)| assert!(facts.none.is_empty(), "{name}:{operation}"));
    }
    assert_eq!(service("s3").unwrap().operations["HeadBucket"].method, "HEAD");
}

#[test]
fn a_name_that_is_not_there_suggests_the_nearest() {
    for (name, message) in [
        ("ec2:DescribeVpc", "ec2 has no operation `DescribeVpc` that reads: did you mean `DescribeVpcs`?"),
        ("ec2:describevpcs", "ec2 has no operation `describevpcs` that reads: did you mean `DescribeVpcs`?"),
        (
            "ec2:SearchTransitGatewayRoute",
            "ec2 has no operation `SearchTransitGatewayRoute` that reads: did you mean `SearchTransitGatewayRoutes`?",
        ),
        (
            "ec2:RunInstances",
            "`RunInstances` changes something, and a check only reads: `verify schema reads ec2` lists its operations that read",
        ),
        ("monitoring:DescribeAlarms", "a check can read no AWS service `monitoring`: did you mean `cloudwatch`?"),
        ("lamda:GetPolicy", "a check can read no AWS service `lamda`: did you mean `lambda`?"),
        ("EC2:DescribeVpcs", "a check can read no AWS service `EC2`: did you mean `ec2`?"),
        ("qqq:X", "a check can read no AWS service `qqq`: `verify schema reads` lists all that can be read"),
        ("s4:ListBuckets", "a check can read no AWS service `s4`: did you mean `s3`?"),
        ("cloudwatchlogs:DescribeLogGroups", "a check can read no AWS service `cloudwatchlogs`: did you mean `logs`?"),
        (
            "ListUsers:X",
            "a check can read no AWS service `ListUsers`: `verify schema reads` lists all that can be read",
        ),
        ("ec2", "`ec2` is not an operation: write service:Operation, as in ec2:DescribeVpcs"),
    ] {
        assert_eq!(find(name).unwrap_err().to_string(), message);
    }
}

#[test]
fn an_endpoint_is_of_a_region_that_has_the_service() {
    let url = |service: &str, region: &str, variant| {
        let endpoint = super::service(service).unwrap().endpoint(region, variant)?;
        Some((endpoint.url, endpoint.region.unwrap_or_default()))
    };
    let some = |url: &str, region: &str| Some((url.to_owned(), region.to_owned()));
    assert_eq!(url("ec2", "eu-west-1", Variant::Plain), some("https://ec2.eu-west-1.amazonaws.com", ""));
    assert_eq!(url("ec2", "us-east-1", Variant::Fips), some("https://ec2-fips.us-east-1.amazonaws.com", ""));
    assert_eq!(url("iam", "eu-west-1", Variant::Plain), some("https://iam.amazonaws.com", "us-east-1"));
    assert_eq!(url("iam", "cn-north-1", Variant::Plain), some("https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"));
    assert_eq!(
        url("route53domains", "us-east-1", Variant::Plain),
        some("https://route53domains.us-east-1.amazonaws.com", "")
    );
    assert_eq!(url("route53domains", "eu-west-1", Variant::Plain), None);
    for hostile in ["evil.example/", "", "us-east-1.evil.example", "us-east-1/", "US-EAST-1", "{region}"] {
        assert_eq!(url("ec2", hostile, Variant::Plain), None, "{hostile}");
        assert_eq!(url("iam", hostile, Variant::Plain), None, "{hostile}");
    }
    assert_eq!(service("iam").unwrap().global_region("aws"), Some("us-east-1"));
    assert_eq!(service("ec2").unwrap().global_region("aws"), None);
}

#[test]
fn what_is_hidden_is_marked() {
    let hidden = |service: &str, shape: &str, member: &str| {
        super::service(service).unwrap().shape(shape).unwrap().members[member].hidden
    };
    assert_eq!(hidden("ec2", "InstanceAttribute", "UserData"), Some(Hidden::Secret));
    assert_eq!(hidden("ec2", "TunnelOption", "PreSharedKey"), Some(Hidden::Sensitive));
    assert_eq!(hidden("cognito-idp", "IdentityProviderType", "ProviderDetails"), Some(Hidden::Secret));
    assert_eq!(hidden("s3", "ServerSideEncryptionByDefault", "KMSMasterKeyID"), None);
    assert_eq!(hidden("organizations", "Account", "Email"), Some(Hidden::Sensitive));
    assert_eq!(hidden("codepipeline", "ActionExecution", "token"), Some(Hidden::Secret));
    assert_eq!(hidden("eks", "License", "token"), Some(Hidden::Secret));
    assert_eq!(hidden("dms", "Endpoint", "ExtraConnectionAttributes"), Some(Hidden::Secret));
    assert_eq!(hidden("iam", "AccessKeyMetadata", "AccessKeyId"), None);
    assert_eq!(hidden("ec2", "Tag", "Key"), None);
    let member = &service("lambda").unwrap().shape("EnvironmentResponse").unwrap().members["Variables"];
    assert_eq!((member.hidden, member.free.clone()), (None, Some(Free::Map(true))));
}

#[test]
fn what_somebody_chose_is_free_text() {
    let pairs = |key: &str, value: &str| Free::Pairs(key.to_owned(), value.to_owned());
    for (name, shape, member, free) in [
        ("lambda", "EnvironmentResponse", "Variables", Free::Map(true)),
        ("cloudformation", "Stack", "Outputs", pairs("OutputKey", "OutputValue")),
        ("cloudformation", "Stack", "Parameters", pairs("ParameterKey", "ParameterValue")),
        ("ecs", "ContainerDefinition", "environment", pairs("name", "value")),
        ("codebuild", "ProjectEnvironment", "environmentVariables", pairs("name", "value")),
        ("batch", "ContainerProperties", "environment", pairs("name", "value")),
        ("glue", "Job", "DefaultArguments", Free::Map(true)),
        ("apigateway", "Stage", "variables", Free::Map(true)),
        ("elasticbeanstalk", "ConfigurationSettingsDescription", "OptionSettings", pairs("OptionName", "Value")),
    ] {
        let shape = service(name).unwrap().shape(shape).unwrap();
        assert_eq!((&shape.members[member].free, shape.members[member].hidden), (&Some(free), None), "{name} {member}");
    }
    assert_eq!(service("ec2").unwrap().shape("Vpc").unwrap().members["Tags"].free, None);
}

#[test]
fn what_may_name_another_account_is_marked() {
    for (name, shape, member, reach) in [
        ("s3", "GetBucketPolicyRequest", "Bucket", Reach::Bucket),
        ("s3", "GetBucketPolicyRequest", "ExpectedBucketOwner", Reach::Program),
        ("s3control", "GetPublicAccessBlockRequest", "AccountId", Reach::Account),
        ("sqs", "GetQueueAttributesRequest", "QueueUrl", Reach::Queue),
        ("sns", "GetTopicAttributesInput", "TopicArn", Reach::Arn),
        ("lambda", "GetPolicyRequest", "FunctionName", Reach::NameOrArn),
        ("kms", "DescribeKeyRequest", "KeyId", Reach::NameOrArn),
        ("ecr", "DescribeRepositoriesRequest", "registryId", Reach::Account),
        ("glue", "GetTablesRequest", "CatalogId", Reach::Account),
        ("ec2", "DescribeImagesRequest", "Owners", Reach::Owner),
        ("ec2", "DescribeImagesRequest", "DryRun", Reach::Program),
        ("elbv2", "DescribeTargetHealthInput", "TargetGroupArn", Reach::Arn),
        ("budgets", "DescribeBudgetsRequest", "AccountId", Reach::Account),
    ] {
        let shape = service(name).unwrap().shape(shape).unwrap();
        assert_eq!(shape.members[member].reach, Some(reach), "{name} {member}");
    }
    let own = &find("ec2:DescribeSnapshots").unwrap().operation.own;
    assert_eq!(own.as_ref().map(|own| own.given.as_str()), Some("OwnerIds"));
}

#[test]
fn an_answer_that_is_only_a_part_is_marked_so() {
    for (name, inputs) in [
        ("acm:ListCertificates", vec![vec!["Includes"]]),
        ("ecs:ListTasks", vec![vec!["cluster"], vec!["desiredStatus"]]),
        ("rds:DescribeEvents", vec![vec!["StartTime", "Duration"]]),
        ("backup:ListBackupJobs", vec![vec![]]),
        ("ec2:DescribeVpcs", vec![]),
    ] {
        let unless: Vec<&Vec<String>> =
            find(name).unwrap().operation.narrow.iter().map(|narrow| &narrow.unless).collect();
        assert_eq!(format!("{unless:?}"), format!("{inputs:?}"), "{name}");
    }
}

/// A list that begins in the middle would be a shorter list.
#[test]
fn no_course_sets_where_a_list_begins() {
    for (name, input) in [
        ("s3:ListObjectsV2", "StartAfter"),
        ("kinesis:DescribeStream", "ExclusiveStartShardId"),
        ("kinesis:ListShards", "ExclusiveStartShardId"),
        ("kinesis:ListStreams", "ExclusiveStartStreamName"),
    ] {
        let found = find(name).unwrap();
        let shape = found.operation.input.as_deref().and_then(|input| found.service.shape(input)).unwrap();
        assert_eq!(shape.members[input].reach, Some(Reach::Program), "{name}");
    }
}
