"""Makes states in moto's accounts: the first part of a course's own script, whose functions are the actions.

Arguments: the endpoint, then actions, each `NAME` or `NAME=VALUE`. Input and output: the id and keys of each account, as
far as they are known.
"""
import json
import sys

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
ACCOUNTS = json.load(sys.stdin)


def keys(account):
    known = ACCOUNTS[account]
    if "aws_access_key_id" not in known:
        sts = client("sts", "general")
        role = f"arn:aws:iam::{known['id']}:role/OrganizationAccountAccessRole"
        made = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
        known.update(
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            aws_session_token=made["SessionToken"],
        )
    return {name: value for name, value in known.items() if name != "id"}


def client(service, account="production", region="us-east-1"):
    """The client of a service, in an account of the course."""
    config = Config(retries={"max_attempts": 1})
    return boto3.client(service, region_name=region, endpoint_url=ENDPOINT, config=config, **keys(account))


def lab(service, region="us-east-1"):
    """The client of a service, in the one account of a small course."""
    return client(service, "lab", region)


def tag(resource, name, region="us-east-1"):
    """Gives something of EC2 in that account a name."""
    lab("ec2", region).create_tags(Resources=[resource], Tags=[{"Key": "Name", "Value": name}])


def name_of(resource):
    return next((t["Value"] for t in resource.get("Tags", []) if t["Key"] == "Name"), "")


def plain(text):
    """A text without case, hyphens, underscores and spaces."""
    return text.lower().replace("-", "").replace("_", "").replace(" ", "")


def accounts(value):
    """`user` or `user:account`: the user, and the accounts that it is about."""
    name, _, account = value.partition(":")
    return name, [account] if account else ["general", "production"]


def run(actions):
    for action in sys.argv[2:]:
        name, _, value = action.partition("=")
        actions[name.replace("-", "_")](*[value] if value else [])
    for account in ACCOUNTS:
        keys(account)
    json.dump(ACCOUNTS, sys.stdout)
