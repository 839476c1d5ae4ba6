"""The states of a lab in moto: `states.py ENDPOINT REGION ACTION...`, each action on the VPC that `NAME` names.

`vpc=NAME` makes it, with its subnets; `wrong=NAME` gives one subnet another range; `nat=N` makes N gateways in all
VPCs; `delete` deletes all gateways; `rename=NAME` renames all VPCs.
"""
import json, sys

import boto3
from botocore.config import Config

endpoint, region, account, *actions = sys.argv[1:]
settings = dict(region_name=region, endpoint_url=endpoint, config=Config(retries={"max_attempts": 1}))
keys = dict(aws_access_key_id="123456789012", aws_secret_access_key="secret", aws_session_token=None)
if account != "123456789012":
    # moto gives the account of the role whose credentials they are.
    role = f"arn:aws:iam::{account}:role/lab"
    made = boto3.client("sts", **settings, **keys).assume_role(RoleArn=role, RoleSessionName="lab")["Credentials"]
    keys = dict(aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"], aws_session_token=made["SessionToken"])
ec2 = boto3.client("ec2", **settings, **keys)


def own():
    return [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]


def name(resource, value):
    ec2.create_tags(Resources=[resource], Tags=[{"Key": "Name", "Value": value}])


def subnets():
    return ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": own()}])["Subnets"]


def build(value, wrong=None):
    vpc = ec2.create_vpc(CidrBlock="10.16.0.0/16")["Vpc"]["VpcId"]
    name(vpc, value)
    for zone_at, zone in enumerate("abc"):
        for at, tier in enumerate(["reserved", "db", "app", "web"]):
            if f"{tier}-{zone}" == wrong:
                continue
            cidr = f"10.16.{(zone_at * 4 + at) * 16}.0/20"
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=region + zone)["Subnet"]["SubnetId"]
            name(subnet, f"{tier}-{zone}")
    if wrong:
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.16.192.0/20", AvailabilityZone=region + wrong[-1])["Subnet"]["SubnetId"]
        name(subnet, wrong)


for action in actions:
    verb, _, value = action.partition("=")
    if verb == "vpc":
        build(value)
    elif verb == "wrong":
        build("lab-vpc", value)
    elif verb == "nat":
        for subnet in subnets()[: int(value)]:
            address = ec2.allocate_address(Domain="vpc")["AllocationId"]
            ec2.create_nat_gateway(SubnetId=subnet["SubnetId"], AllocationId=address)
    elif verb == "delete":
        for gateway in ec2.describe_nat_gateways()["NatGateways"]:
            ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    elif verb == "rename":
        for vpc in own():
            name(vpc, value)
    else:
        raise SystemExit(f"there is no action {verb}")
print(json.dumps(keys))
