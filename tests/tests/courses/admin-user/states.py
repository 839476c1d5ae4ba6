EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
PASSWORD = "Correct-horse-9-battery"


def iam(account):
    return client("iam", account)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def user(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        iam(account).create_user(UserName=name)


def attach(value="iamadmin", arn=ADMINISTRATOR):
    name, where = accounts(value)
    for account in where:
        iam(account).attach_user_policy(UserName=name, PolicyArn=arn)


def amplify(value="iamadmin"):
    attach(value, ADMINISTRATOR + "-Amplify")


def power_user(value="iamadmin"):
    attach(value, "arn:aws:iam::aws:policy/PowerUserAccess")


def deny_all(value="iamadmin"):
    attach(value, "arn:aws:iam::aws:policy/AWSDenyAll")


def group(value="iamadmin"):
    """A group with AdministratorAccess, and the user in it."""
    name, where = accounts(value)
    for account in where:
        iam(account).create_group(GroupName="Administrators")
        iam(account).attach_group_policy(GroupName="Administrators", PolicyArn=ADMINISTRATOR)
        iam(account).add_user_to_group(GroupName="Administrators", UserName=name)


def empty_group():
    """A group with AdministratorAccess, and nobody in it."""
    iam("production").create_group(GroupName="Administrators")
    iam("production").attach_group_policy(GroupName="Administrators", PolicyArn=ADMINISTRATOR)


def inline_group(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        iam(account).create_group(GroupName="admins")
        iam(account).put_group_policy(
            GroupName="admins", PolicyName="all", PolicyDocument=document(EVERYTHING)
        )
        iam(account).add_user_to_group(GroupName="admins", UserName=name)


def group_denies(value="iamadmin"):
    name, where = accounts(value)
    statement = {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
    for account in where:
        iam(account).create_group(GroupName="stay")
        iam(account).put_group_policy(GroupName="stay", PolicyName="stay", PolicyDocument=document(statement))
        iam(account).add_user_to_group(GroupName="stay", UserName=name)


def inline(statement, value):
    name, where = accounts(value)
    for account in where:
        iam(account).put_user_policy(
            UserName=name, PolicyName=f"p{len(str(statement))}", PolicyDocument=document(statement)
        )


def inline_everything(value="iamadmin"):
    inline(EVERYTHING, value)


def inline_all_but_iam(value="iamadmin"):
    inline({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, value)


def inline_s3(value="iamadmin"):
    inline({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, value)


def inline_from_home(value="iamadmin"):
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    inline({**EVERYTHING, "Condition": condition}, value)


def inline_with_mfa(value="iamadmin"):
    inline({**EVERYTHING, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, value)


def deny_without_mfa(value="iamadmin"):
    condition = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    statement = {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": condition}
    inline(statement, value)


def own_policy(value="iamadmin"):
    """A policy of the account's own that allows everything. Its first version did not."""
    name, where = accounts(value)
    for account in where:
        first = document({"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]})
        arn = iam(account).create_policy(PolicyName="full-access", PolicyDocument=first)["Policy"]["Arn"]
        everything = {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}
        iam(account).create_policy_version(
            PolicyArn=arn, PolicyDocument=document(everything), SetAsDefault=True
        )
        iam(account).attach_user_policy(UserName=name, PolicyArn=arn)


def own_administrator_access(value="iamadmin"):
    """A policy of the account's own with the name of AWS's, but that allows one service."""
    name, where = accounts(value)
    for account in where:
        text = document({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})
        arn = iam(account).create_policy(PolicyName="AdministratorAccess", PolicyDocument=text)["Policy"]["Arn"]
        iam(account).attach_user_policy(UserName=name, PolicyArn=arn)


def password(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        iam(account).create_login_profile(UserName=name, Password=PASSWORD)


def no_password(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        iam(account).delete_login_profile(UserName=name)


def mfa(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        made = iam(account).create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
        codes = dict(AuthenticationCode1="123456", AuthenticationCode2="654321")
        iam(account).enable_mfa_device(UserName=name, SerialNumber=made["SerialNumber"], **codes)


def unassigned_mfa():
    """A device that nobody has."""
    iam("production").create_virtual_mfa_device(VirtualMFADeviceName="phone")


def no_mfa(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        for device in iam(account).list_mfa_devices(UserName=name)["MFADevices"]:
            iam(account).deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])


def detach(value="iamadmin"):
    name, where = accounts(value)
    for account in where:
        iam(account).detach_user_policy(UserName=name, PolicyArn=ADMINISTRATOR)


def alias(value):
    name, where = accounts(value)
    for account in where:
        iam(account).create_account_alias(AccountAlias=name)


def many_users():
    for number in range(30):
        iam("production").create_user(UserName=f"robot-{number}")
