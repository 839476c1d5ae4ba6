"""What an account has for the checks of `course/`, made with boto3 in moto: `states.py ENDPOINT STATE`.

The states are `before` (nothing), `done`, and two in which each check is wrong in another way: `wrong` and `other`.
"""
import io, json, sys, urllib.request, zipfile

import boto3
from botocore.config import Config

ENDPOINT, STATE = sys.argv[1:]
ACCOUNT = "123456789012"


def client(service):
    keys = dict(aws_access_key_id=ACCOUNT, aws_secret_access_key="secret")
    return boto3.client(service, region_name="us-east-1", endpoint_url=ENDPOINT, config=Config(retries={"max_attempts": 1}), **keys)


def choose(done, wrong, other):
    return {"done": done, "wrong": wrong, "other": other}[STATE]


def trust(*services):
    statements = [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"} for service in services]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def network():
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock=choose("10.16.0.0/16", "10.17.0.0/16", "10.16.0.0/16"))["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "a4l-vpc1"}])
    if STATE != "other":
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ranges = choose(["10.16.0.0/24", "10.16.1.0/24"], ["10.17.0.0/24"], ["10.16.0.0/24", "10.16.1.0/24"])
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"] for cidr, zone in zip(ranges, "ab")]
    ec2.create_tags(Resources=subnets[:1] if STATE == "other" else subnets, Tags=[{"Key": "Name", "Value": "web"}])
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    world = lambda first, last: {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    six = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=choose([world(443, 443)], [world(80, 80)], [world(443, 443), six]))
    return vpc, subnets


def trail():
    client("s3").create_bucket(Bucket="trail-bucket")
    made = client("cloudtrail")
    made.create_trail(Name="trail", S3BucketName="trail-bucket", IsMultiRegionTrail=STATE != "wrong")
    if STATE != "other":
        made.start_logging(Name="trail")


def users():
    iam = client("iam")
    iam.create_user(UserName="grace")
    iam.create_user(UserName="ada")
    keys = [iam.create_access_key(UserName="ada")["AccessKey"]["AccessKeyId"] for _ in range(choose(1, 2, 1))]
    if STATE == "other":
        iam.update_access_key(UserName="ada", AccessKeyId=keys[0], Status="Inactive")


def bucket():
    s3 = client("s3")
    s3.create_bucket(Bucket="learner-site")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::learner-site/*"}
    statements = choose([allow, deny], [allow], [])
    if statements:
        s3.put_bucket_policy(Bucket="learner-site", Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    algorithm = choose("aws:kms", "AES256", None)
    if algorithm:
        s3.put_bucket_encryption(Bucket="learner-site", ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}]})


def roles():
    iam = client("iam")
    services = choose(["ec2.amazonaws.com"], ["lambda.amazonaws.com"], ["ec2.amazonaws.com", "lambda.amazonaws.com"])
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust(*services))
    return iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))["Role"]["Arn"]


def queues():
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName="orders-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {"VisibilityTimeout": choose("60", "30", "60")}
    if STATE != "other":
        attributes["RedrivePolicy"] = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    sqs.create_queue(QueueName="orders", Attributes=attributes)


def function(role):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as code:
        code.writestr("handler.py", "def handler(event, context): pass")
    variables = {"API_TOKEN": "hush-hush", "UNNAMED": "not-kept"} | choose({"STAGE": "prod"}, {"STAGE": "dev"}, {})
    client("lambda").create_function(FunctionName="greeter", Runtime="python3.12", Role=role, Handler="handler.handler", Code={"ZipFile": data.getvalue()}, Environment={"Variables": variables})


def table():
    name = choose("id", "name", "id")
    provisioned = dict(ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    mode = choose(dict(BillingMode="PAY_PER_REQUEST"), dict(BillingMode="PAY_PER_REQUEST"), provisioned)
    client("dynamodb").create_table(TableName="reminders", KeySchema=[{"AttributeName": name, "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"}], **mode)


def database():
    client("rds").create_db_instance(DBInstanceIdentifier="wordpress", DBInstanceClass="db.t3.micro", Engine=choose("mysql", "postgres", "mysql"), MasterUsername="learner", MasterUserPassword="passw0rd!", AllocatedStorage=20, StorageEncrypted=STATE != "other", PubliclyAccessible=False)


def targets(vpc, subnets):
    elbv2, ec2 = client("elbv2"), client("ec2")
    group = elbv2.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc, HealthCheckPath=choose("/health", "/", "/health"))["TargetGroups"][0]["TargetGroupArn"]
    if STATE != "other":
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        ran = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnets[0], InstanceType="t3.micro")["Instances"][0]["InstanceId"]
        elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": ran}])
        balancer = elbv2.create_load_balancer(Name="front", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])


def records():
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name=choose("example.com.", "example.org.", "example.com."), CallerReference="1")["HostedZone"]
    change = {"Name": "www." + zone["Name"], "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": choose("192.0.2.1", "192.0.2.1", "192.0.2.9")}]}
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": change}]})


def key():
    kms = client("kms")
    made = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/app", TargetKeyId=made)
    if STATE != "wrong":
        kms.enable_key_rotation(KeyId=made)
    if STATE == "other":
        kms.disable_key(KeyId=made)


def rule():
    events = client("events")
    events.put_rule(Name="daily", ScheduleExpression="rate(1 day)", State=choose("ENABLED", "DISABLED", "ENABLED"))
    if STATE != "other":
        events.put_targets(Rule="daily", Targets=[{"Id": "one", "Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:greeter"}])


def topic():
    sns = client("sns")
    arn = sns.create_topic(Name="alerts")["TopicArn"]
    if STATE == "done":
        sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ada@example.com")
    if STATE == "wrong":
        sns.subscribe(TopicArn=arn, Protocol="sms", Endpoint="+15550109999")


def machine(role):
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Pass", "End": True}}}
    name, kind = choose("reminder", "reminders", "reminder"), choose("STANDARD", "STANDARD", "EXPRESS")
    client("stepfunctions").create_state_machine(name=name, definition=json.dumps(definition), roleArn=role, type=kind)


def containers():
    client("ecr").create_repository(repositoryName="site", imageScanningConfiguration={"scanOnPush": STATE != "wrong"}, imageTagMutability=choose("IMMUTABLE", "IMMUTABLE", "MUTABLE"))
    settings = [{"name": "containerInsights", "value": choose("enabled", "disabled", "enabled")}]
    client("ecs").create_cluster(clusterName=choose("app", "app", "another"), settings=settings)


def files(subnets):
    efs = client("efs")
    made = efs.create_file_system(CreationToken="c", Encrypted=STATE != "wrong", Tags=[{"Key": "Name", "Value": "content"}])["FileSystemId"]
    if STATE != "other":
        efs.create_mount_target(FileSystemId=made, SubnetId=subnets[0])


def logs():
    logs = client("logs")
    logs.create_log_group(logGroupName=choose("/app/web", "/app/other", "/app/web"))
    if STATE == "done":
        logs.put_retention_policy(logGroupName="/app/web", retentionInDays=14)


def api():
    gateway = client("apigateway")
    made = gateway.create_rest_api(name="reminders")["id"]
    root = gateway.get_resources(restApiId=made)["items"][0]["id"]
    gateway.put_method(restApiId=made, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(restApiId=made, resourceId=root, httpMethod="GET", type="MOCK")
    if STATE != "other":
        gateway.create_deployment(restApiId=made, stageName=choose("prod", "test", None))


urllib.request.urlopen(urllib.request.Request(f"{ENDPOINT}/moto-api/reset", method="POST")).read()
if STATE != "before":
    vpc, subnets = network()
    role = roles()
    for make in (trail, users, bucket, queues, table, database, records, key, rule, topic, containers, logs, api):
        make()
    function(role)
    machine(role)
    targets(vpc, subnets)
    files(subnets)
print("{}")
