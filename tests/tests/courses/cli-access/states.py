EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


def administrator(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        iam = client("iam", account)
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="everything", PolicyDocument=EVERYTHING)


def user(value):
    name, where = accounts(value)
    for account in where:
        client("iam", account).create_user(UserName=name)


def key(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        client("iam", account).create_access_key(UserName=name)


def key_used(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        made = client("iam", account).create_access_key(UserName=name)["AccessKey"]
        credentials = dict(aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"])
        sts = boto3.client("sts", region_name="us-east-1", endpoint_url=ENDPOINT, **credentials)
        sts.get_caller_identity()


def each_key(value):
    name, where = accounts(value)
    for account in where:
        iam = client("iam", account)
        for made in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            yield iam, dict(UserName=name, AccessKeyId=made["AccessKeyId"])


def deactivate(value="iamadmin"):
    for iam, made in each_key(value):
        iam.update_access_key(Status="Inactive", **made)


def activate(value="iamadmin"):
    for iam, made in each_key(value):
        iam.update_access_key(Status="Active", **made)


def delete(value="iamadmin"):
    for iam, made in each_key(value):
        iam.delete_access_key(**made)


def delete_oldest(value="iamadmin"):
    iam, made = next(each_key(value))
    iam.delete_access_key(**made)


def no_rights(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        client("iam", account).delete_user_policy(UserName=name, PolicyName="everything")
