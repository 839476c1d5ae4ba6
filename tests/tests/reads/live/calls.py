"""What boto3 sees in an emulator: `calls.py ENDPOINT` takes the names of what the account has from standard input, and prints
each call with the answer of all its pages, its error, or why the emulator cannot be asked."""
import base64, datetime, json, sys

import boto3, botocore
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
ids = json.load(sys.stdin)
ARN = "arn:aws:{}:us-east-1:123456789012:{}".format
FULL, PLAIN, WEST = dict(Bucket="learner-full"), dict(Bucket="learner-plain"), dict(Bucket="learner-west")

SIZE = dict(MaxResults=60)


def id(name):
    """What the account has; None if the emulator could not make it."""
    return ids.get(name)


CALLS = [
    # EC2's protocol.
    ("ec2:DescribeVpcs", {}),
    ("ec2:DescribeVpcs", dict(Filters=[{"Name": "tag:Name", "Values": ['a <b> & "c" é']}, {"Name": "cidr", "Values": ["10.9.0.0/16", "x"]}])),
    ("ec2:DescribeVpcs", dict(VpcIds=[id("vpc")])),
    ("ec2:DescribeVpcs", {}, "eu-west-1"),
    ("ec2:DescribeVpcAttribute", dict(VpcId=id("vpc"), Attribute="enableDnsHostnames")),
    ("ec2:DescribeSubnets", {}),
    ("ec2:DescribeInstances", {}),
    ("ec2:DescribeInstanceAttribute", dict(InstanceId=id("instance"), Attribute="disableApiTermination")),
    ("ec2:DescribeInstanceStatus", dict(IncludeAllInstances=True)),
    ("ec2:DescribeSecurityGroups", {}),
    ("ec2:DescribeSecurityGroupRules", dict(Filters=[{"Name": "group-id", "Values": [id("group")]}])),
    ("ec2:DescribeRouteTables", {}),
    ("ec2:DescribeInternetGateways", {}),
    ("ec2:DescribeNetworkAcls", {}),
    ("ec2:DescribeVolumes", {}),
    ("ec2:DescribeKeyPairs", {}),
    ("ec2:DescribeAddresses", {}),
    ("ec2:DescribeLaunchTemplates", {}),
    ("ec2:DescribeLaunchTemplateVersions", dict(LaunchTemplateName="small")),
    ("ec2:DescribeTags", {}),
    ("ec2:DescribeAvailabilityZones", {}),
    ("ec2:DescribeRegions", dict(AllRegions=True)),
    ("ec2:DescribeInstanceTypes", dict(InstanceTypes=["t3.micro"])),
    ("ec2:GetEbsEncryptionByDefault", {}),
    ("ec2:DescribeVpcs", dict(VpcIds=["vpc-12345678"])),
    ("ec2:DescribeInstances", dict(InstanceIds=["i-12345678"])),
    # AWS's query protocol.
    ("iam:ListUsers", {}),
    ("iam:ListUsers", dict(PathPrefix="/many/")),
    ("iam:GetUser", dict(UserName="user000")),
    ("iam:GetUserPolicy", dict(UserName="user000", PolicyName="inline")),
    ("iam:GetLoginProfile", dict(UserName="user000")),
    ("iam:ListAccessKeys", dict(UserName="user000")),
    ("iam:ListGroupsForUser", dict(UserName="user000")),
    ("iam:GetGroup", dict(GroupName="admins")),
    ("iam:ListRoles", {}),
    ("iam:GetRole", dict(RoleName="worker")),
    ("iam:ListAttachedRolePolicies", dict(RoleName="worker")),
    ("iam:GetPolicyVersion", dict(PolicyArn=id("policy"), VersionId="v1")),
    ("iam:ListPolicies", dict(Scope="Local")),
    ("iam:ListInstanceProfiles", {}),
    ("iam:GetAccountSummary", {}),
    ("iam:GetAccountPasswordPolicy", {}),
    ("iam:ListAccountAliases", {}),
    ("iam:GetAccountAuthorizationDetails", dict(Filter=["User", "Role"])),
    ("iam:GetUser", dict(UserName="nobody")),
    ("iam:GetLoginProfile", dict(UserName="user001")),
    ("sts:GetCallerIdentity", {}),
    ("rds:DescribeDBInstances", {}),
    ("rds:DescribeDBSubnetGroups", {}),
    ("rds:ListTagsForResource", dict(ResourceName=id("database"))),
    ("rds:DescribeDBInstances", dict(DBInstanceIdentifier="nothing")),
    ("elbv2:DescribeLoadBalancers", {}),
    ("elbv2:DescribeLoadBalancerAttributes", dict(LoadBalancerArn=id("balancer"))),
    ("elbv2:DescribeListeners", dict(LoadBalancerArn=id("balancer"))),
    ("elbv2:DescribeTargetGroups", {}),
    ("elbv2:DescribeTargetHealth", dict(TargetGroupArn=id("target"))),
    ("elbv2:DescribeLoadBalancers", dict(Names=["nothing"])),
    ("autoscaling:DescribeAutoScalingGroups", {}),
    ("autoscaling:DescribePolicies", {}),
    ("autoscaling:DescribeLaunchConfigurations", {}),
    ("sns:ListTopics", {}),
    ("sns:GetTopicAttributes", dict(TopicArn=id("topic"))),
    ("sns:ListSubscriptions", {}),
    ("sns:GetTopicAttributes", dict(TopicArn=ARN("sns", "nothing"))),
    ("cloudformation:DescribeStacks", {}),
    ("cloudformation:ListStackResources", dict(StackName="stack")),
    ("cloudformation:DescribeStacks", dict(StackName="nothing")),
    # REST with XML.
    ("s3:ListBuckets", {}),
    ("s3:GetBucketPolicy", FULL),
    ("s3:GetBucketPolicyStatus", FULL),
    ("s3:GetBucketTagging", FULL),
    ("s3:GetBucketVersioning", FULL),
    ("s3:GetBucketVersioning", PLAIN),
    ("s3:GetBucketEncryption", FULL),
    ("s3:GetPublicAccessBlock", FULL),
    ("s3:GetBucketLifecycleConfiguration", FULL),
    ("s3:GetBucketCors", FULL),
    ("s3:GetBucketWebsite", FULL),
    ("s3:GetBucketOwnershipControls", FULL),
    ("s3:GetBucketAcl", FULL),
    ("s3:GetBucketLocation", PLAIN),
    ("s3:GetBucketLocation", WEST, "eu-west-1"),
    ("s3:GetBucketTagging", WEST, "eu-west-1"),
    ("s3:ListObjectsV2", FULL | dict(Prefix="a b/")),
    ("s3:ListObjectsV2", dict(Bucket="learner-many")),
    ("s3:ListObjectsV2", WEST, "eu-west-1"),
    ("s3:ListObjectVersions", FULL),
    ("s3:HeadBucket", FULL),
    ("s3:GetBucketPolicy", PLAIN),
    ("s3:GetBucketTagging", PLAIN),
    ("s3:GetBucketLifecycleConfiguration", PLAIN),
    ("s3:GetPublicAccessBlock", PLAIN),
    ("s3:GetBucketCors", PLAIN),
    ("route53:ListHostedZones", {}),
    ("route53:ListHostedZonesByName", {}),
    ("route53:GetHostedZone", dict(Id=id("zone"))),
    ("route53:ListResourceRecordSets", dict(HostedZoneId=id("zone"))),
    ("route53:ListHealthChecks", {}),
    ("route53:GetHealthCheck", dict(HealthCheckId=id("health_check"))),
    ("route53:GetHostedZone", dict(Id="Z0000000NOTHING")),
    ("cloudfront:ListDistributions", {}),
    ("cloudfront:GetDistribution", dict(Id=id("distribution"))),
    ("cloudfront:GetDistributionConfig", dict(Id=id("distribution"))),
    ("cloudfront:GetDistribution", dict(Id="E0NOTHING")),
    # REST with JSON.
    ("lambda:ListFunctions", {}),
    ("lambda:GetFunctionConfiguration", dict(FunctionName="first")),
    ("lambda:ListTags", dict(Resource=id("function"))),
    ("lambda:GetPolicy", dict(FunctionName="first")),
    ("lambda:ListVersionsByFunction", dict(FunctionName="first")),
    ("lambda:GetPolicy", dict(FunctionName="second")),
    ("lambda:GetFunctionConfiguration", dict(FunctionName="nothing")),
    ("efs:DescribeFileSystems", {}),
    ("efs:DescribeMountTargets", dict(FileSystemId=id("files"))),
    ("efs:DescribeFileSystems", dict(FileSystemId="fs-12345678")),
    ("eks:ListClusters", {}),
    ("eks:DescribeCluster", dict(name="kube")),
    ("eks:DescribeCluster", dict(name="nothing")),
    ("apigateway:GetRestApis", {}),
    ("apigateway:GetResources", dict(restApiId=id("rest_api"))),
    ("apigateway:GetMethod", dict(restApiId=id("rest_api"), resourceId=id("rest_root"), httpMethod="GET")),
    ("apigateway:GetStages", dict(restApiId=id("rest_api"))),
    ("apigateway:GetRestApi", dict(restApiId="nothing")),
    ("apigatewayv2:GetApis", {}),
    ("apigatewayv2:GetRoutes", dict(ApiId=id("http_api"))),
    ("apigatewayv2:GetApi", dict(ApiId="nothing")),
    ("backup:ListBackupVaults", {}),
    ("backup:ListBackupPlans", {}),
    ("backup:GetBackupPlan", dict(BackupPlanId=id("plan"))),
    ("backup:DescribeBackupVault", dict(BackupVaultName="nothing")),
    ("account:GetAlternateContact", dict(AlternateContactType="BILLING")),
    ("account:GetAlternateContact", dict(AlternateContactType="SECURITY")),
    ("scheduler:ListSchedules", {}),
    ("scheduler:GetSchedule", dict(Name="s0")),
    ("scheduler:GetSchedule", dict(Name="nothing")),
    # JSON.
    ("dynamodb:ListTables", {}),
    ("dynamodb:DescribeTable", dict(TableName="table0")),
    ("dynamodb:DescribeTimeToLive", dict(TableName="table0")),
    ("dynamodb:DescribeContinuousBackups", dict(TableName="table0")),
    ("dynamodb:ListTagsOfResource", dict(ResourceArn=id("table"))),
    ("dynamodb:DescribeTable", dict(TableName="nothing")),
    ("cloudtrail:DescribeTrails", {}),
    ("cloudtrail:GetTrailStatus", dict(Name="trail")),
    ("cloudtrail:GetEventSelectors", dict(TrailName="trail")),
    ("cloudtrail:GetTrail", dict(Name="nothing")),
    ("sqs:ListQueues", {}),
    ("sqs:GetQueueAttributes", dict(QueueUrl=id("queue"), AttributeNames=["All"])),
    ("sqs:ListQueueTags", dict(QueueUrl=id("queue"))),
    ("sqs:GetQueueUrl", dict(QueueName="nothing")),
    ("ecs:ListClusters", {}),
    ("ecs:DescribeClusters", dict(clusters=["apps"])),
    ("ecs:DescribeServices", dict(cluster="apps", services=["web"])),
    ("ecs:DescribeTaskDefinition", dict(taskDefinition="app")),
    ("ecs:DescribeServices", dict(cluster="nothing", services=["web"])),
    ("kms:ListKeys", {}),
    ("kms:ListAliases", {}),
    ("kms:DescribeKey", dict(KeyId=id("key"))),
    ("kms:DescribeKey", dict(KeyId=id("key_gone"))),
    ("kms:GetKeyRotationStatus", dict(KeyId=id("key"))),
    ("kms:GetKeyPolicy", dict(KeyId=id("key"), PolicyName="default")),
    ("kms:DescribeKey", dict(KeyId="00000000-0000-0000-0000-000000000000")),
    ("ssm:DescribeParameters", {}),
    ("secretsmanager:ListSecrets", {}),
    ("secretsmanager:DescribeSecret", dict(SecretId="app/db")),
    ("secretsmanager:DescribeSecret", dict(SecretId="nothing")),
    ("organizations:DescribeOrganization", {}),
    ("organizations:ListRoots", {}),
    ("organizations:ListAccounts", {}),
    ("organizations:ListOrganizationalUnitsForParent", dict(ParentId=id("root"))),
    ("organizations:ListPolicies", dict(Filter="SERVICE_CONTROL_POLICY")),
    ("organizations:DescribeOrganizationalUnit", dict(OrganizationalUnitId="ou-zzzz-zzzzzzzz")),
    ("stepfunctions:ListStateMachines", {}),
    ("stepfunctions:DescribeStateMachine", dict(stateMachineArn=id("machine"))),
    ("stepfunctions:DescribeStateMachine", dict(stateMachineArn=ARN("states", "stateMachine:nothing"))),
    ("events:ListRules", {}),
    ("events:DescribeRule", dict(Name="nightly")),
    ("events:ListTargetsByRule", dict(Rule="nightly")),
    ("events:DescribeRule", dict(Name="nothing")),
    ("cognito-idp:ListUserPools", {}),
    ("cognito-idp:DescribeUserPool", dict(UserPoolId=id("pool"))),
    ("cognito-idp:ListUserPoolClients", dict(UserPoolId=id("pool"))),
    ("cognito-idp:DescribeUserPoolClient", dict(UserPoolId=id("pool"), ClientId=id("app"))),
    ("cognito-idp:DescribeUserPool", dict(UserPoolId="us-east-1_nothing")),
    ("cognito-identity:ListIdentityPools", {}),
    ("cognito-identity:DescribeIdentityPool", dict(IdentityPoolId=id("identities"))),
    ("logs:DescribeLogGroups", {}),
    ("acm:ListCertificates", {}),
    ("acm:DescribeCertificate", dict(CertificateArn=id("certificate"))),
    ("ecr:DescribeRepositories", {}),
    ("ecr:DescribeRepositories", dict(repositoryNames=["nothing"])),
    ("glue:GetDatabases", {}),
    ("glue:GetTables", dict(DatabaseName="lake")),
    ("glue:GetDatabase", dict(Name="nothing")),
    ("budgets:DescribeBudgets", {}),
    ("budgets:DescribeNotificationsForBudget", dict(BudgetName="mine")),
    ("budgets:DescribeBudget", dict(BudgetName="nothing")),
    ("wafv2:ListIPSets", dict(Scope="REGIONAL")),
    ("kinesis:ListStreams", {}),
    ("kinesis:DescribeStreamSummary", dict(StreamName="clicks")),
    # Smithy RPC v2 with CBOR.
    ("cloudwatch:DescribeAlarms", {}),
    ("cloudwatch:DescribeAlarms", dict(AlarmNames=["alarm1"])),
    ("cloudwatch:ListMetrics", dict(Namespace="mine")),
    ("cloudwatch:ListDashboards", {}),
    ("cloudwatch:GetDashboard", dict(DashboardName="nothing")),
    ("codebuild:ListProjects", {}),
    ("codebuild:BatchGetProjects", dict(names=["build"])),
]

CLIENTS = {}


def client(service, region):
    if (service, region) not in CLIENTS:
        config = Config(retries={"max_attempts": 1}, read_timeout=30, s3={"addressing_style": "path"})
        keys = dict(aws_access_key_id="123456789012", aws_secret_access_key="secret")
        CLIENTS[service, region] = boto3.client(service, region_name=region, endpoint_url=ENDPOINT, config=config, **keys)
    return CLIENTS[service, region]


def plain(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: plain(of) for key, of in value.items() if of is not None}
    if isinstance(value, list):
        return [plain(of) for of in value]
    return value


def page(answer):
    # boto3 alone asks S3 for URL-encoded names, which it then decodes.
    return plain({name: value for name, value in answer.items() if name not in ("ResponseMetadata", "EncodingType")})


def at(value, path):
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def put(value, path, of):
    *above, last = path.split(".")
    for name in above:
        value = value.setdefault(name, {})
    value[last] = of


def drop(value, path):
    *above, last = path.split(".")
    for name in above:
        value = value.get(name, {})
    value.pop(last, None)


def answer(client, method, input):
    """The answer of all pages, how many these are, and the members that are not the same on all of them."""
    if method == "list_hosted_zones_by_name":
        return zones_by_name(client, input)
    if not client.can_paginate(method):
        return dict(value=page(getattr(client, method)(**input)), pages=1, differing=[])
    pages = client.get_paginator(method)
    paths = [key.expression for key in pages.result_keys]
    # A cursor is not part of the answer, and of all pages, the last one alone says that there is no more.
    cursors = [path for key in pages._output_token for path in key.expression.split(" || ")]
    more = [pages._more_results.expression] if pages._more_results else []
    return whole([page(answer) for answer in pages.paginate(**input)], paths, cursors, more)


def zones_by_name(client, input):
    """boto3 has no paginator for ListHostedZonesByName."""
    answers = [page(client.list_hosted_zones_by_name(**input))]
    while answers[-1].get("IsTruncated"):
        last = answers[-1]
        answers.append(page(client.list_hosted_zones_by_name(DNSName=last["NextDNSName"], HostedZoneId=last["NextHostedZoneId"])))
    return whole(answers, ["HostedZones"], ["NextDNSName", "NextHostedZoneId"], ["IsTruncated"])


def whole(answers, paths, cursors, more):
    names = {name for answer in answers for name in answer}
    apart = {path.split(".")[0] for path in paths + cursors + more}
    differing = [name for name in names - apart if any(answer.get(name) != answers[0].get(name) for answer in answers)]
    whole = answers[0]
    for path in paths:
        lists = [at(answer, path) for answer in answers]
        if any(part is not None for part in lists):
            put(whole, path, [element for part in lists for element in part or []])
    for path in more:
        if (last := at(answers[-1], path)) is not None:
            put(whole, path, last)
    for path in cursors:
        if path.replace(".", "").isalnum():
            drop(whole, path)
    return dict(value=whole, pages=len(answers), differing=sorted(differing))


out = []
for name, input, *region in CALLS:
    service, operation = name.split(":")
    region = region[0] if region else "us-east-1"
    # What `verify` adds.
    asked = input | dict(budgets=dict(AccountId="123456789012")).get(service, {}) | dict([("cognito-idp:ListUserPools", SIZE), ("cognito-identity:ListIdentityPools", SIZE)]).get(name, {})
    if None in input.values():
        continue
    call = dict(call=name, region=region, input=input)
    try:
        call |= answer(client(service, region), botocore.xform_name(operation), asked)
    except ClientError as error:
        call["error"] = dict(code=error.response["Error"]["Code"], message=error.response["Error"].get("Message", ""))
    except Exception as error:
        call["unsupported"] = f"{type(error).__name__}: {error}".replace(ENDPOINT, "")[:120]
    out.append(call)
print(json.dumps(out))
