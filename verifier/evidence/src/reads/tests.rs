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
            let output = facts.output.as_deref().and_then(|output| service.shape(output));
            let has = |member: &String| output.is_some_and(|output| output.members.contains_key(member));
            assert!(facts.failures.iter().all(has), "{name}:{operation}");
        }
    }
}

#[test]
fn a_name_that_is_not_there_suggests_the_nearest() {
    for (name, message) in [
        ("ec2:DescribeVpc", "ec2 has no operation `DescribeVpc` that may be read: did you mean `DescribeVpcs`?"),
        ("ec2:describevpcs", "ec2 has no operation `describevpcs` that may be read: did you mean `DescribeVpcs`?"),
        (
            "ec2:SearchTransitGatewayRoute",
            "ec2 has no operation `SearchTransitGatewayRoute` that may be read: did you mean `SearchTransitGatewayRoutes`?",
        ),
        (
            "ec2:RunInstances",
            "ec2 has no operation `RunInstances` that may be read: `verify schema reads ec2` lists those that may",
        ),
        (
            "monitoring:DescribeAlarms",
            "no operation of an AWS service `monitoring` may be read: did you mean `cloudwatch`?",
        ),
        ("lamda:GetPolicy", "no operation of an AWS service `lamda` may be read: did you mean `lambda`?"),
        ("EC2:DescribeVpcs", "no operation of an AWS service `EC2` may be read: did you mean `ec2`?"),
        ("qqq:X", "no operation of an AWS service `qqq` may be read: `verify schema reads` lists those that may"),
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
