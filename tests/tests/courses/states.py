"""Makes states in moto's accounts: the first part of a course's own script, whose functions are the actions.

Arguments: the endpoint, then actions, each `NAME` or `NAME=VALUE`. Input and output: what is known of each account.
"""
import json
import sys

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
# The account that moto has for keys that it does not know, and one for a role in it.
ACCOUNTS = json.load(sys.stdin) or {
    "general": dict(id="123456789012", aws_access_key_id="AKIAGENERAL", aws_secret_access_key="secret"),
    "production": dict(id="210987654321"),
}


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


def run(actions):
    for action in sys.argv[2:]:
        name, _, value = action.partition("=")
        actions[name.replace("-", "_")](*[value] if value else [])
    for account in ACCOUNTS:
        keys(account)
    json.dump(ACCOUNTS, sys.stdout)
