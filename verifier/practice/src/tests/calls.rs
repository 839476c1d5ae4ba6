//! What calls make, as the caller of any read sees it.

use super::*;

#[tokio::test]
async fn a_budget_has_its_alert_and_the_alert_its_address() {
    let practice = accounts(&["other", "sandbox"]).await;
    let reads = reads(&practice, "sandbox");
    let input = json!({
        "AccountId": reads.id,
        "Budget": {
            "BudgetName": "Monthly", "BudgetType": "COST", "TimeUnit": "MONTHLY",
            "BudgetLimit": { "Amount": "10", "Unit": "USD" },
        },
        "NotificationsWithSubscribers": [{
            "Notification": { "NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 50 },
            "Subscribers": [{ "SubscriptionType": "EMAIL", "Address": "ada@example.com" }],
        }],
    });
    write(&practice, "sandbox", "budgets:CreateBudget", input.clone()).await;
    let budgets = reads.budgets().await;
    assert_eq!(budgets.len(), 1);
    assert_eq!(budgets[0].budget_limit().unwrap().amount().parse::<f64>().unwrap(), 10.0);
    let alerts = reads.budgets.describe_budget_notifications_for_account().account_id(&reads.id).send().await.unwrap();
    let alerts = alerts.budget_notifications_for_account.unwrap();
    let alert = &alerts[0].notifications()[0];
    assert_eq!((alert.threshold(), alert.comparison_operator().as_str()), (50.0, "GREATER_THAN"));
    let ask = |alert: aws_sdk_budgets::types::Notification| {
        let request = reads.budgets.describe_subscribers_for_notification().account_id(&reads.id);
        request.budget_name("Monthly").notification(alert).send()
    };
    let subscribers = ask(alert.clone()).await.unwrap().subscribers.unwrap();
    assert_eq!(subscribers[0].address(), "ada@example.com");
    let mut other = alert.clone();
    other.threshold = 80.0;
    assert_eq!(code(ask(other).await), "NotFoundException");
    let elsewhere = try_write(&practice, "other", "budgets:CreateBudget", None, input).await.unwrap_err();
    assert!(elsewhere.to_string().contains("AccessDeniedException"), "an account can only use its own: {elsewhere}");
}

#[tokio::test]
async fn a_new_bucket_is_private_and_is_in_the_region_where_it_was_made() {
    let practice = accounts(&["general", "production"]).await;
    write(&practice, "production", "s3:CreateBucket", one("Bucket", "first-bucket")).await;
    let there =
        json!({ "Bucket": "second-bucket", "CreateBucketConfiguration": { "LocationConstraint": "eu-west-1" } });
    try_write(&practice, "production", "s3:CreateBucket", Some("eu-west-1"), there).await.unwrap();
    let reads_of = reads(&practice, "production");
    let mut buckets = reads_of.s3.list_buckets().send().await.unwrap().buckets.unwrap();
    buckets.sort_by_key(|bucket| bucket.name().unwrap().to_owned());
    let listed: Vec<(&str, &str)> =
        buckets.iter().map(|bucket| (bucket.name().unwrap(), bucket.bucket_region().unwrap())).collect();
    assert_eq!(listed, [("first-bucket", "us-east-1"), ("second-bucket", "eu-west-1")]);
    for (bucket, region) in [("first-bucket", json!({})), ("second-bucket", one("LocationConstraint", "eu-west-1"))] {
        let location = read(&practice, "production", "s3:GetBucketLocation", one("Bucket", bucket)).await;
        assert_eq!(location, region, "{bucket}");
    }
    assert_eq!(buckets[0].creation_date(), Some(&DateTime::from_secs(THEN)));
    let block = reads_of.s3.get_public_access_block().bucket("first-bucket").send().await.unwrap();
    let block = block.public_access_block_configuration.unwrap();
    assert_eq!((block.block_public_acls, block.restrict_public_buckets), (Some(true), Some(true)));
    assert_eq!(code(reads_of.s3.get_bucket_policy().bucket("first-bucket").send().await), "NoSuchBucketPolicy");
    // A document is written as JSON.
    let statement = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::first-bucket" });
    let policy = json!({ "Bucket": "first-bucket", "Policy": { "Version": "2012-10-17", "Statement": [statement] } });
    write(&practice, "production", "s3:PutBucketPolicy", policy).await;
    let policy = reads_of.s3.get_bucket_policy().bucket("first-bucket").send().await.unwrap().policy.unwrap();
    assert!(policy.contains("arn:aws:iam::111122223333:root"), "{policy}");
    assert!(reads(&practice, "general").s3.list_buckets().send().await.unwrap().buckets.unwrap_or_default().is_empty());
    // A website with an object, whose bytes are a plain text.
    let website =
        json!({ "Bucket": "first-bucket", "WebsiteConfiguration": { "IndexDocument": { "Suffix": "index.html" } } });
    write(&practice, "production", "s3:PutBucketWebsite", website).await;
    let object =
        json!({ "Bucket": "first-bucket", "Key": "index.html", "Body": "<h1>Hello</h1>", "ContentType": "text/html" });
    write(&practice, "production", "s3:PutObject", object).await;
    let website = read(&practice, "production", "s3:GetBucketWebsite", one("Bucket", "first-bucket")).await;
    assert_eq!(website["IndexDocument"]["Suffix"], "index.html");
    let objects = read(&practice, "production", "s3:ListObjectsV2", one("Bucket", "first-bucket")).await;
    assert_eq!((&objects["Contents"][0]["Key"], &objects["Contents"][0]["Size"]), (&json!("index.html"), &json!(14)));
}

/// The id of what a call made.
fn id<'v>(made: &'v Value, path: &str) -> &'v str {
    made.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} of {made}"))
}

#[tokio::test]
async fn a_network_with_a_nat_gateway_is_built_and_taken_down() {
    let practice = accounts(&["sandbox"]).await;
    let vpc = write(&practice, "sandbox", "ec2:CreateVpc", one("CidrBlock", "10.0.0.0/16")).await;
    let vpc = id(&vpc, "/Vpc/VpcId");
    let tags = json!({ "Resources": [vpc], "Tags": [{ "Key": "Name", "Value": "lesson" }] });
    write(&practice, "sandbox", "ec2:CreateTags", tags).await;
    let missing = json!({ "Resources": ["vpc-nothing"], "Tags": [{ "Key": "Name", "Value": "x" }] });
    let missing = try_write(&practice, "sandbox", "ec2:CreateTags", None, missing).await.unwrap_err();
    assert!(missing.to_string().contains("'vpc-nothing' does not exist"), "{missing}");
    let subnet = json!({ "VpcId": vpc, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a" });
    let subnet = write(&practice, "sandbox", "ec2:CreateSubnet", subnet).await;
    let subnet = id(&subnet, "/Subnet/SubnetId");
    let address = write(&practice, "sandbox", "ec2:AllocateAddress", one("Domain", "vpc")).await;
    let address = id(&address, "/AllocationId");
    let gateway = json!({ "SubnetId": subnet, "AllocationId": address });
    let gateway = write(&practice, "sandbox", "ec2:CreateNatGateway", gateway).await;
    let gateway = id(&gateway, "/NatGateway/NatGatewayId");

    let vpcs = read(&practice, "sandbox", "ec2:DescribeVpcs", json!({ "VpcIds": [vpc] })).await;
    assert_eq!(vpcs["Vpcs"][0]["Tags"], json!([{ "Key": "Name", "Value": "lesson" }]));
    let subnets = read(&practice, "sandbox", "ec2:DescribeSubnets", json!({})).await;
    let mine: Vec<&Value> = subnets["Subnets"].as_array().unwrap().iter().filter(|one| one["VpcId"] == vpc).collect();
    assert_eq!((mine.len(), &mine[0]["AvailabilityZone"]), (1, &json!("us-east-1a")));
    let gateways = read(&practice, "sandbox", "ec2:DescribeNatGateways", json!({})).await;
    assert_eq!(gateways["NatGateways"][0]["NatGatewayId"], gateway);
    assert_eq!(gateways["NatGateways"][0]["State"], "available");
    let group = json!({ "GroupName": "web", "Description": "web", "VpcId": vpc });
    let group = write(&practice, "sandbox", "ec2:CreateSecurityGroup", group).await;
    let group = id(&group, "/GroupId");
    let rule = json!({ "GroupId": group, "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }] });
    write(&practice, "sandbox", "ec2:AuthorizeSecurityGroupIngress", rule).await;
    let groups = read(&practice, "sandbox", "ec2:DescribeSecurityGroups", json!({ "GroupIds": [group] })).await;
    let open = groups["SecurityGroups"][0]["IpPermissions"].as_array().unwrap();
    assert!(open.iter().any(|one| one["IpRanges"][0]["CidrIp"] == "0.0.0.0/0"), "{groups}");

    write(&practice, "sandbox", "ec2:DeleteSecurityGroup", one("GroupId", group)).await;
    write(&practice, "sandbox", "ec2:DeleteNatGateway", one("NatGatewayId", gateway)).await;
    write(&practice, "sandbox", "ec2:ReleaseAddress", one("AllocationId", address)).await;
    write(&practice, "sandbox", "ec2:DeleteSubnet", one("SubnetId", subnet)).await;
    write(&practice, "sandbox", "ec2:DeleteVpc", one("VpcId", vpc)).await;
    let gateways = read(&practice, "sandbox", "ec2:DescribeNatGateways", json!({})).await;
    let left = gateways["NatGateways"].as_array().cloned().unwrap_or_default();
    assert!(left.iter().all(|gateway| gateway["State"] == "deleted"), "{left:?}");
    let vpcs = read(&practice, "sandbox", "ec2:DescribeVpcs", json!({})).await;
    let left: Vec<(&Value, &Value)> =
        vpcs["Vpcs"].as_array().unwrap().iter().map(|one| (&one["CidrBlock"], &one["IsDefault"])).collect();
    assert_eq!(left, [(&json!("172.31.0.0/16"), &json!(true))], "the default VPC, as in every region");
}

#[tokio::test]
async fn an_emulators_response_has_the_id_of_its_account() {
    let practice = accounts(&["a", "b", "c", "d"]).await;
    for account in ["a", "b", "c", "d"] {
        let id = practice.account_id(account).unwrap();
        let made = write(&practice, account, "iam:CreateUser", one("UserName", "somebody")).await;
        assert_eq!(made["User"]["Arn"], format!("arn:aws:iam::{id}:user/somebody"));
        let users = read(&practice, account, "iam:ListUsers", json!({})).await;
        assert_eq!(users["Users"][0]["Arn"], format!("arn:aws:iam::{id}:user/somebody"));
        // What AWS's documentation uses for an example stays what it is.
        let policy = json!({ "PolicyName": "p", "UserName": "somebody", "PolicyDocument": { "Statement": [{ "Resource": "arn:aws:s3:::123456789012" }] } });
        write(&practice, account, "iam:PutUserPolicy", policy).await;
        let policy =
            read(&practice, account, "iam:GetUserPolicy", json!({ "PolicyName": "p", "UserName": "somebody" })).await;
        assert!(policy["PolicyDocument"].to_string().contains("123456789012"), "{policy}");
    }
}
