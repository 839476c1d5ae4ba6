"""What an account has, made with boto3 in an emulator: `account.py ENDPOINT` prints the names of what has any, and the steps that the emulator refused."""
import datetime, io, json, sys, zipfile

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
ACCOUNT = "123456789012"
NAME = 'a <b> & "c" é'
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*", "Condition": {"StringLike": {"aws:userid": "a+b %*"}}}]})
USERS = 130
ids, refused = {}, {}


def client(service, region="us-east-1"):
    config = Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60)
    keys = dict(aws_access_key_id=ACCOUNT, aws_secret_access_key="secret")
    return boto3.client(service, region_name=region, endpoint_url=ENDPOINT, config=config, **keys)


def step(make):
    """Makes something; what an emulator does not have is written down."""
    try:
        ids.update(make() or {})
    except Exception as error:
        refused[make.__name__] = f"{type(error).__name__}: {error}".replace(ENDPOINT, "")[:160]


@step
def vpc():
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": NAME}, {"Key": "empty", "Value": ""}])
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{at}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"] for at, zone in enumerate("ab")]
    group = ec2.create_security_group(GroupName="web", Description=NAME.replace("é", "e").replace('"', "'"), VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    return dict(vpc=vpc, subnets=subnets, group=group)


@step
def instances():
    ec2 = client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    ran = ec2.run_instances(ImageId=image, MinCount=12, MaxCount=12, SubnetId=ids["subnets"][0], InstanceType="t3.micro", SecurityGroupIds=[ids["group"]])
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=8, Encrypted=True, VolumeType="gp3")
    return dict(image=image, instance=ran["Instances"][0]["InstanceId"])


@step
def more_of_ec2():
    ec2 = client("ec2")
    ec2.create_key_pair(KeyName="mine")
    ec2.allocate_address(Domain="vpc")
    ec2.create_launch_template(LaunchTemplateName="small", LaunchTemplateData={"InstanceType": "t3.micro", "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]})
    client("ec2", "eu-west-1").create_vpc(CidrBlock="10.8.0.0/16")


@step
def users():
    iam = client("iam")
    for at in range(USERS):
        iam.create_user(UserName=f"user{at:03}", Path="/many/", Tags=[{"Key": "name", "Value": "a+b"}])
    iam.put_user_policy(UserName="user000", PolicyName="inline", PolicyDocument=POLICY)
    iam.create_access_key(UserName="user000")
    iam.create_login_profile(UserName="user000", Password="Passw0rd!Passw0rd")
    iam.create_group(GroupName="admins")
    iam.add_user_to_group(GroupName="admins", UserName="user000")
    iam.create_account_alias(AccountAlias="learner")


@step
def roles():
    iam = client("iam")
    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST, Description="works")["Role"]["Arn"]
    policy = iam.create_policy(PolicyName="reader", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="worker", PolicyArn=policy)
    iam.create_instance_profile(InstanceProfileName="worker")
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")
    iam.update_account_password_policy(MinimumPasswordLength=14, RequireNumbers=True)
    return dict(role=role, policy=policy)


@step
def buckets():
    s3, west = client("s3"), client("s3", "eu-west-1")
    s3.create_bucket(Bucket="learner-full")
    s3.create_bucket(Bucket="learner-plain")
    s3.create_bucket(Bucket="learner-many")
    west.create_bucket(Bucket="learner-west", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_tagging(Bucket="learner-full", Tagging={"TagSet": [{"Key": "name", "Value": "a <b> & c"}, {"Key": "empty", "Value": ""}]})
    s3.put_bucket_versioning(Bucket="learner-full", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(Bucket="learner-full", ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}]})
    s3.put_public_access_block(Bucket="learner-full", PublicAccessBlockConfiguration=dict(BlockPublicAcls=True, IgnorePublicAcls=True, BlockPublicPolicy=True, RestrictPublicBuckets=False))
    s3.put_bucket_lifecycle_configuration(Bucket="learner-full", LifecycleConfiguration={"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}]})
    for at in range(7):
        s3.put_object(Bucket="learner-full", Key=f"a b/{at}+é&<.txt", Body=b"x")
    s3.put_bucket_policy(Bucket="learner-full", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "arn:aws:s3:::learner-full/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}))
    for at in range(1002):
        s3.put_object(Bucket="learner-many", Key=f"{at:04}", Body=b"")
    west.put_object(Bucket="learner-west", Key="here", Body=b"x")
    west.put_bucket_tagging(Bucket="learner-west", Tagging={"TagSet": [{"Key": "where", "Value": "west"}]})


@step
def more_of_buckets():
    s3 = client("s3")
    s3.put_bucket_cors(Bucket="learner-full", CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["*"], "MaxAgeSeconds": 3}]})
    s3.put_bucket_website(Bucket="learner-full", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    s3.put_bucket_ownership_controls(Bucket="learner-full", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})


@step
def zones():
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="example.com.", CallerReference="1", HostedZoneConfig={"Comment": "a & b", "PrivateZone": False})["HostedZone"]["Id"]
    for at in range(103):
        route53.create_hosted_zone(Name=f"more{at}.example.com.", CallerReference=f"more{at}")
    records = [{"Action": "CREATE", "ResourceRecordSet": {"Name": f"www{at}.example.com.", "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}} for at, (kind, value) in enumerate([("A", "192.0.2.1"), ("TXT", '"a <b> & \\"c\\""'), ("CNAME", "example.org.")])]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": records})
    many = [{"Action": "CREATE", "ResourceRecordSet": {"Name": f"many{at:03}.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}} for at in range(305)]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": many})
    check = route53.create_health_check(CallerReference="c", HealthCheckConfig={"IPAddress": "192.0.2.1", "Port": 80, "Type": "HTTP", "ResourcePath": "/", "RequestInterval": 30, "FailureThreshold": 3})["HealthCheck"]["Id"]
    return dict(zone=zone.rsplit("/")[-1], health_check=check)


@step
def distribution():
    made = client("cloudfront").create_distribution(DistributionConfig={"CallerReference": "x", "Comment": "a & b", "Enabled": True, "Aliases": {"Quantity": 1, "Items": ["www.example.com"]}, "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "learner-full.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}]}, "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "redirect-to-https", "MinTTL": 0, "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}}})
    return dict(distribution=made["Distribution"]["Id"])


@step
def functions():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as code:
        code.writestr("handler.py", "def handler(event, context): pass")
    lambda_ = client("lambda")
    for name in ["first", "second", "third"]:
        arn = lambda_.create_function(FunctionName=name, Runtime="python3.12", Role=ids["role"], Handler="handler.handler", Code={"ZipFile": data.getvalue()}, Environment={"Variables": {"STAGE": "a <b> é"}}, Tags={"name": NAME}, MemorySize=256)["FunctionArn"]
    lambda_.add_permission(FunctionName="first", StatementId="s", Action="lambda:InvokeFunction", Principal="events.amazonaws.com")
    return dict(function=arn)


@step
def tables():
    dynamodb = client("dynamodb")
    for at in range(103):
        table = dynamodb.create_table(TableName=f"table{at}", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST", Tags=[{"Key": "name", "Value": NAME}])
    dynamodb.update_time_to_live(TableName="table0", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
    return dict(table=table["TableDescription"]["TableArn"])


@step
def databases():
    rds = client("rds")
    made = rds.create_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", MasterUsername="learner", MasterUserPassword="passw0rd!", AllocatedStorage=20, MultiAZ=False, StorageEncrypted=True, Tags=[{"Key": "name", "Value": "a & b"}])
    rds.create_db_subnet_group(DBSubnetGroupName="nets", DBSubnetGroupDescription="two", SubnetIds=ids["subnets"])
    return dict(database=made["DBInstance"]["DBInstanceArn"])


@step
def balancers():
    elbv2 = client("elbv2")
    balancer = elbv2.create_load_balancer(Name="front", Subnets=ids["subnets"], SecurityGroups=[ids["group"]])["LoadBalancers"][0]["LoadBalancerArn"]
    target = elbv2.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=ids["vpc"], HealthCheckPath="/health?a=b&c=d")["TargetGroups"][0]["TargetGroupArn"]
    elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": target}])
    return dict(balancer=balancer, target=target)


@step
def scaling():
    scaling = client("autoscaling")
    scaling.create_launch_configuration(LaunchConfigurationName="lc", ImageId=ids["image"], InstanceType="t3.micro")
    scaling.create_auto_scaling_group(AutoScalingGroupName="web", LaunchConfigurationName="lc", MinSize=1, MaxSize=2, DesiredCapacity=1, VPCZoneIdentifier=ids["subnets"][0], Tags=[{"Key": "name", "Value": "a & b", "PropagateAtLaunch": True}])
    scaling.put_scaling_policy(AutoScalingGroupName="web", PolicyName="track", PolicyType="TargetTrackingScaling", TargetTrackingConfiguration={"PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}, "TargetValue": 50.5})


@step
def alarms():
    watch = client("cloudwatch")
    for at in range(3):
        watch.put_metric_alarm(AlarmName=f"alarm{at}", AlarmDescription=NAME, MetricName="EstimatedCharges", Namespace="AWS/Billing", Statistic="Maximum", Period=21600, EvaluationPeriods=1, Threshold=5.5, ComparisonOperator="GreaterThanThreshold", Dimensions=[{"Name": "Currency", "Value": "USD"}], ActionsEnabled=False)
    watch.put_metric_data(Namespace="mine", MetricData=[{"MetricName": f"m{at}", "Value": 1.5} for at in range(3)])
    watch.put_dashboard(DashboardName="board", DashboardBody=json.dumps({"widgets": []}))


@step
def trails():
    client("s3").create_bucket(Bucket="learner-trail")
    trail = client("cloudtrail")
    made = trail.create_trail(Name="trail", S3BucketName="learner-trail", IsMultiRegionTrail=True)
    trail.start_logging(Name="trail")
    return dict(trail=made["TrailARN"])


@step
def topics():
    sns = client("sns")
    topics = [sns.create_topic(Name=f"topic{at:03}")["TopicArn"] for at in range(120)]
    sns.subscribe(TopicArn=topics[0], Protocol="email", Endpoint="learner@example.com")
    return dict(topic=topics[0])


@step
def queues():
    sqs = client("sqs")
    for at in range(3):
        queue = sqs.create_queue(QueueName=f"queue{at}", Attributes={"VisibilityTimeout": "45"}, tags={"name": NAME})["QueueUrl"]
    return dict(queue=queue)


@step
def clusters():
    ecs = client("ecs")
    ecs.create_cluster(clusterName="apps", settings=[{"name": "containerInsights", "value": "enabled"}])
    ecs.register_task_definition(family="app", containerDefinitions=[{"name": "web", "image": "nginx", "memory": 128, "portMappings": [{"containerPort": 80}], "environment": [{"name": "A", "value": NAME}]}])
    ecs.create_service(cluster="apps", serviceName="web", taskDefinition="app", desiredCount=1)


@step
def files():
    efs = client("efs")
    made = efs.create_file_system(CreationToken="t", Encrypted=True, Tags=[{"Key": "Name", "Value": NAME}])["FileSystemId"]
    efs.create_mount_target(FileSystemId=made, SubnetId=ids["subnets"][0])
    return dict(files=made)


@step
def kubernetes():
    client("eks").create_cluster(name="kube", roleArn=ids["role"], resourcesVpcConfig={"subnetIds": ids["subnets"]}, tags={"name": "é"})


@step
def keys():
    kms = client("kms")
    key = kms.create_key(Description=NAME, Tags=[{"TagKey": "name", "TagValue": "é"}])["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    kms.enable_key_rotation(KeyId=key)
    gone = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=gone, PendingWindowInDays=7)
    return dict(key=key, key_gone=gone)


@step
def parameters():
    ssm = client("ssm")
    for at in range(12):
        ssm.put_parameter(Name=f"/app/{at}", Value="v", Type="String", Description=NAME)


@step
def secrets():
    made = client("secretsmanager").create_secret(Name="app/db", SecretString="s", Description=NAME, Tags=[{"Key": "name", "Value": "é"}])
    return dict(secret=made["ARN"])


@step
def organization():
    organizations = client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="workloads")["OrganizationalUnit"]["Id"]
    organizations.create_account(Email="learner+production@example.com", AccountName="learner-production")
    return dict(root=root, unit=unit)


@step
def machines():
    made = client("stepfunctions").create_state_machine(name="flow", definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}), roleArn=ids["role"], tags=[{"key": "name", "value": "é"}])
    return dict(machine=made["stateMachineArn"])


@step
def rules():
    events = client("events")
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 3 * * ? *)", State="ENABLED", Description=NAME)
    for at in range(103):
        events.put_rule(Name=f"rule{at:03}", ScheduleExpression="rate(1 day)", State="DISABLED")
    events.put_targets(Rule="nightly", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue0", "Input": '{"a": "<b>"}'}])


@step
def rest_api():
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="rest", description=NAME, tags={"name": "é"})["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    gateway.create_deployment(restApiId=api, stageName="prod")
    return dict(rest_api=api, rest_root=root)


@step
def http_api():
    gateway = client("apigatewayv2")
    api = gateway.create_api(Name="http", ProtocolType="HTTP", Description=NAME)["ApiId"]
    gateway.create_route(ApiId=api, RouteKey="GET /things")
    return dict(http_api=api)


@step
def pools():
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people", Policies={"PasswordPolicy": {"MinimumLength": 12}})["UserPool"]["Id"]
    app = cognito.create_user_pool_client(UserPoolId=pool, ClientName="web")["UserPoolClient"]["ClientId"]
    identities = client("cognito-identity").create_identity_pool(IdentityPoolName="guests", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    return dict(pool=pool, app=app, identities=identities)


@step
def stacks():
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "stacked"}}}, "Outputs": {"Name": {"Value": NAME}}})
    client("cloudformation").create_stack(StackName="stack", TemplateBody=template, Tags=[{"Key": "name", "Value": "a & b"}])


@step
def backups():
    backup = client("backup")
    backup.create_backup_vault(BackupVaultName="vault", BackupVaultTags={"name": "é"})
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "daily", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "vault", "ScheduleExpression": "cron(0 5 ? * * *)"}]})["BackupPlanId"]
    return dict(plan=plan)


@step
def log_groups():
    logs = client("logs")
    for at in range(60):
        logs.create_log_group(logGroupName=f"/app/{at:02}")
    logs.put_retention_policy(logGroupName="/app/00", retentionInDays=30)


@step
def certificates():
    return dict(certificate=client("acm").request_certificate(DomainName="example.com", ValidationMethod="DNS")["CertificateArn"])


@step
def repositories():
    client("ecr").create_repository(repositoryName="app", imageScanningConfiguration={"scanOnPush": True}, imageTagMutability="IMMUTABLE")


@step
def catalog():
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "lake", "Description": "a & b"})
    glue.create_table(DatabaseName="lake", TableInput={"Name": "t", "StorageDescriptor": {"Columns": [{"Name": "c", "Type": "string"}]}})


@step
def budgets():
    client("budgets").create_budget(AccountId=ACCOUNT, Budget={"BudgetName": "mine", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "10", "Unit": "USD"}}, NotificationsWithSubscribers=[{"Notification": {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 50.0, "ThresholdType": "PERCENTAGE"}, "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "learner@example.com"}]}])


@step
def contacts():
    client("account").put_alternate_contact(AlternateContactType="BILLING", Name="Lee é", Title="Owner", EmailAddress="learner@example.com", PhoneNumber="+15550100100")


@step
def schedules():
    scheduler = client("scheduler")
    for at in range(3):
        scheduler.create_schedule(Name=f"s{at}", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue0", "RoleArn": ids["role"]}, StartDate=datetime.datetime(2030, 1, 2, 3, 4, 5))


@step
def firewalls():
    client("wafv2").create_ip_set(Name="blocked", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"])


@step
def streams():
    client("kinesis").create_stream(StreamName="clicks", ShardCount=2)


@step
def projects():
    client("codebuild").create_project(name="build", source={"type": "S3", "location": "learner-full/source.zip"}, artifacts={"type": "NO_ARTIFACTS"}, environment={"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"}, serviceRole=ids["role"])


print(json.dumps(dict(ids=ids, refused=refused)))
