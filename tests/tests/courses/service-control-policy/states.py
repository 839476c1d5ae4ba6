# States of the lesson on service control policies. The general account manages the organization. moto has no
# invitations, so the organization creates the production account.

ALLOW = {"Sid": "AllowEverything", "Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = {"Sid": "DenyStorage", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
DOCUMENTS = {
    "right": [ALLOW, DENY],
    "lists": [dict(DENY, Action=["S3:*"], Resource=["*"]), dict(ALLOW, Action=["*"])],
    "no-deny": [ALLOW],
    "no-allow": [DENY],
    "reads-only": [ALLOW, dict(DENY, Action=["s3:List*", "s3:Get*"])],
    "one-region": [ALLOW, dict(DENY, Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})],
    "buckets-only": [ALLOW, dict(DENY, Resource="arn:aws:s3:::*")],
    "ec2-too": [ALLOW, dict(DENY, Action=["s3:*", "ec2:*"])],
    "not-s3": [ALLOW, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}],
}
SCP = "SERVICE_CONTROL_POLICY"


def org():
    return client("organizations", "general")


def root():
    return org().list_roots()["Roots"][0]["Id"]


def target(name):
    """A unit by its name, the root, or the production account."""
    if name == "root":
        return root()
    if name == "account":
        return ACCOUNTS["production"]["id"]
    units = org().list_organizational_units_for_parent(ParentId=root())["OrganizationalUnits"]
    return next(unit["Id"] for unit in units if unit["Name"] == name)


def policy_id(name):
    return next(one["Id"] for one in org().list_policies(Filter=SCP)["Policies"] if one["Name"] == name)


def organization(features="ALL"):
    org().create_organization(FeatureSet=features)


def organization_of_production():
    """The wrong account created the organization, and the general account is a member of it."""
    client("organizations").create_organization(FeatureSet="ALL")
    made = client("organizations").create_account(Email="general@example.com", AccountName="general")
    ACCOUNTS["general"] = dict(id=made["CreateAccountStatus"]["AccountId"])
    role = f"arn:aws:iam::{ACCOUNTS['general']['id']}:role/OrganizationAccountAccessRole"
    got = client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    ACCOUNTS["general"].update(
        aws_access_key_id=got["AccessKeyId"],
        aws_secret_access_key=got["SecretAccessKey"],
        aws_session_token=got["SessionToken"],
    )


def member():
    made = org().create_account(Email="production@example.com", AccountName="production")
    ACCOUNTS["production"] = dict(id=made["CreateAccountStatus"]["AccountId"])


def another_member():
    org().create_account(Email="development@example.com", AccountName="development")


def both():
    organization()
    member()


def unit(name="Production"):
    org().create_organizational_unit(ParentId=root(), Name=name)


def unit_in_unit(name):
    outer = org().create_organizational_unit(ParentId=root(), Name="Workloads")["OrganizationalUnit"]["Id"]
    org().create_organizational_unit(ParentId=outer, Name=name)


def move(name="Production"):
    move_account(ACCOUNTS["production"]["id"], name)


def move_account(account, name):
    now = org().list_parents(ChildId=account)["Parents"][0]["Id"]
    org().move_account(AccountId=account, SourceParentId=now, DestinationParentId=target(name))


def move_other(name="Production"):
    """The wrong account is moved."""
    accounts = org().list_accounts()["Accounts"]
    move_account(next(one["Id"] for one in accounts if one["Name"] == "development"), name)


def enable(kind=SCP):
    org().enable_policy_type(RootId=root(), PolicyType=kind)


def policy(value="right"):
    write("everything-but-s3", value)


def named_policy(name):
    write(name, "right")


def write(name, value):
    content = json.dumps({"Version": "2012-10-17", "Statement": DOCUMENTS[value]})
    org().create_policy(Name=name, Description="Everything but S3", Type=SCP, Content=content)


def change(value):
    content = json.dumps({"Version": "2012-10-17", "Statement": DOCUMENTS[value]})
    org().update_policy(PolicyId=policy_id("everything-but-s3"), Content=content)


def rename(name):
    org().update_policy(PolicyId=policy_id("everything-but-s3"), Name=name)


def attach(name="Production", policy="everything-but-s3"):
    org().attach_policy(PolicyId=policy_id(policy), TargetId=target(name))


def detach(name="Production", policy="everything-but-s3"):
    org().detach_policy(PolicyId=policy_id(policy), TargetId=target(name))


def attach_named(policy):
    attach(policy=policy)


def attach_full(name="Production"):
    attach(name, "FullAWSAccess")


def detach_full(name="Production"):
    detach(name, "FullAWSAccess")


def delete_policy():
    org().delete_policy(PolicyId=policy_id("everything-but-s3"))


def bucket(name="scp-trial-ada"):
    client("s3").create_bucket(Bucket=name)


def bucket_in_general(name="scp-trial-ada"):
    client("s3", "general").create_bucket(Bucket=name)


def bucket_elsewhere():
    place = {"LocationConstraint": "eu-west-1"}
    client("s3", region="eu-west-1").create_bucket(Bucket="scp-trial-eu", CreateBucketConfiguration=place)


def delete_bucket(name="scp-trial-ada"):
    client("s3").delete_bucket(Bucket=name)


def ready():
    """All but the attachment."""
    both()
    unit()
    move()
    enable()
    policy()
    bucket()


def attached():
    ready()
    attach()
    detach_full()


def restore():
    attach_full()
    detach()
