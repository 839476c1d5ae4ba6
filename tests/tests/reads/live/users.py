"""Users of moto's IAM: `users.py ENDPOINT` reads policies by name from standard input, makes a user for each, and prints their keys. Then moto refuses what a user's policy does not allow."""
import json, sys, urllib.request

import boto3

ENDPOINT = sys.argv[1]
iam = boto3.client("iam", region_name="us-east-1", endpoint_url=ENDPOINT, aws_access_key_id="123456789012", aws_secret_access_key="secret")
keys = {}
for name, statement in json.load(sys.stdin).items():
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="reads", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys[name] = [key["AccessKeyId"], key["SecretAccessKey"]]
urllib.request.urlopen(urllib.request.Request(f"{ENDPOINT}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}, method="POST"))
print(json.dumps(keys))
