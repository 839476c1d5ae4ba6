"""A website in S3, and its copy in a second region."""
SITE, COPY = "lee-pets-site", "lee-pets-copy"
FIRST, SECOND = "us-east-1", "us-west-2"
REGIONS = {SITE: FIRST, COPY: SECOND}
BOTH = [SITE, COPY]
ROLE = "s3crr_role_for_lee-pets-site"
OWN = ACCOUNTS["production"]["id"]


def s3(bucket=SITE):
    return client("s3", region=REGIONS.get(bucket, FIRST))


def create(bucket, region):
    REGIONS[bucket] = region
    place = {} if region == FIRST else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3(bucket).create_bucket(Bucket=bucket, **place)
    # A new bucket of AWS blocks public access. One of moto does not.
    block(bucket, True, True, True, True)


def block(bucket, acls, ignore, policies, restrict):
    settings = {
        "BlockPublicAcls": acls,
        "IgnorePublicAcls": ignore,
        "BlockPublicPolicy": policies,
        "RestrictPublicBuckets": restrict,
    }
    s3(bucket).put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=settings)


# Buckets.
def site_bucket():
    create(SITE, FIRST)


def copy_bucket():
    create(COPY, SECOND)


def buckets():
    site_bucket()
    copy_bucket()


def swapped():
    create(SITE, SECOND)
    create(COPY, FIRST)


def copy_in(region):
    create(COPY, region)


def other_bucket(name):
    create(name, FIRST)


def bucket_of_general(name):
    client("s3", "general").create_bucket(Bucket=name)


def kms(bucket):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3(bucket).put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


def s3_keys(bucket):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
    s3(bucket).put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


# Static website hosting.
def host(bucket, **more):
    settings = {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"}} | more
    settings = {name: value for name, value in settings.items() if value}
    s3(bucket).put_bucket_website(Bucket=bucket, WebsiteConfiguration=settings)


def hosting():
    for bucket in BOTH:
        host(bucket)


def no_error(bucket):
    host(bucket, ErrorDocument=None)


def index(suffix):
    host(SITE, IndexDocument={"Suffix": suffix})


def error(key):
    host(COPY, ErrorDocument={"Key": key})


def redirects_all(bucket):
    s3(bucket).put_bucket_website(
        Bucket=bucket, WebsiteConfiguration={"RedirectAllRequestsTo": {"HostName": "example.com"}}
    )


def old_pages_redirected():
    rule = {"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}}
    host(SITE, RoutingRules=[rule])


def everything_redirected():
    host(SITE, RoutingRules=[{"Redirect": {"HostName": "example.com"}}])


def unhosted(bucket):
    s3(bucket).delete_bucket_website(Bucket=bucket)


# Block Public Access.
def unblocked():
    for bucket in BOTH:
        block(bucket, True, True, False, False)


def all_off():
    for bucket in BOTH:
        block(bucket, False, False, False, False)


def no_settings():
    for bucket in BOTH:
        s3(bucket).delete_public_access_block(Bucket=bucket)


def only_acls_off():
    for bucket in BOTH:
        block(bucket, False, False, True, True)


def restricted(bucket):
    block(bucket, True, True, False, True)


def blocked(bucket):
    block(bucket, True, True, True, True)


def account_block(kind):
    on = {"all": [True] * 4, "acls": [True, True, False, False], "none": [False] * 4, "policy": [False, False, True, False]}
    names = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    control = client("s3control")

    def without_account(request, **_):
        # AWS's host begins with the account's id. The emulator has no such host.
        request.url = request.url.replace(f"//{OWN}.", "//")

    control.meta.events.register("before-send.s3-control", without_account)
    control.put_public_access_block(
        AccountId=OWN, PublicAccessBlockConfiguration=dict(zip(names, on[kind]))
    )


def listed(value):
    """The website's bucket, with an access control list."""
    s3().put_bucket_ownership_controls(
        Bucket=SITE, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    s3().put_bucket_acl(Bucket=SITE, ACL=value)


# Bucket policies.
def public_read(bucket, **more):
    statement = {
        "Sid": "PublicRead",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    } | more
    return {name: value for name, value in statement.items() if value}


def put_policy(bucket, *statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    s3(bucket).put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def policies():
    for bucket in BOTH:
        put_policy(bucket, public_read(bucket))


def policies_otherwise():
    statement = public_read(SITE, Principal={"AWS": "*"}, Action=["S3:getobject"], Resource=[f"arn:aws:s3:::{SITE}/*"])
    document = {"Version": "2008-10-17", "Statement": statement}
    s3(SITE).put_bucket_policy(Bucket=SITE, Policy=json.dumps(document))
    put_policy(COPY, public_read(COPY, Principal={"AWS": ["*"]}, Resource=f"arn:aws:s3:::{COPY}*"))


def read_by(value):
    """One statement of the website's policy, otherwise than in the lesson."""
    own = f"arn:aws:iam::{OWN}:root"
    other = "arn:aws:iam::999999999999:root"
    objects = f"arn:aws:s3:::{SITE}/*"
    changes = {
        "own": {"Principal": {"AWS": own}},
        "other_account": {"Principal": {"AWS": other}},
        "bucket_only": {"Resource": f"arn:aws:s3:::{SITE}"},
        "folder": {"Resource": f"arn:aws:s3:::{SITE}/images/*"},
        "one_page": {"Resource": f"arn:aws:s3:::{SITE}/index.html"},
        "other_bucket": {"Resource": f"arn:aws:s3:::{COPY}/*"},
        "list_only": {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{SITE}"},
        "tls": {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        "address": {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
        "access_point": {
            "Principal": {"AWS": "*"},
            "Action": "*",
            "Resource": [f"arn:aws:s3:::{SITE}", objects],
            "Condition": {"StringEquals": {"s3:DataAccessPointAccount": OWN}},
        },
        "everything": {"Action": "s3:*"},
        "any_action": {"Action": "*"},
        "any_get": {"Action": "s3:Get*"},
        "versions": {"Action": ["s3:GetObject", "s3:GetObjectVersion"]},
        "writing": {"Action": ["s3:GetObject", "s3:PutObject"]},
        "not_action": {"Action": None, "NotAction": "s3:DeleteObject"},
        "deny": {"Effect": "Deny"},
        "not_principal": {"Principal": None, "NotPrincipal": {"AWS": other}},
    }
    put_policy(SITE, public_read(SITE, **changes[value]))


def also(value):
    """A second statement, in addition to the one of the lesson."""
    own, other = f"arn:aws:iam::{OWN}:role/deploy", "arn:aws:iam::999999999999:root"
    objects, whole = f"arn:aws:s3:::{SITE}/*", [f"arn:aws:s3:::{SITE}", f"arn:aws:s3:::{SITE}/*"]
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": whole}
    statements = {
        "write": {"Action": "s3:PutObject"},
        "list": {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{SITE}"},
        "delete_if": {"Action": "s3:DeleteObject", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}},
        "other_writes": {"Principal": {"AWS": other}, "Action": "s3:PutObject"},
        "other_reads": {"Principal": {"AWS": other}, "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": whole},
        "own_writes": {"Principal": {"AWS": own}, "Action": ["s3:PutObject", "s3:DeleteObject"]},
        "own_by_condition": {"Action": "s3:*", "Condition": {"StringEquals": {"aws:PrincipalAccount": OWN}}},
        "service": {"Principal": {"Service": "cloudfront.amazonaws.com"}},
        "access_point": {"Action": "*", "Resource": whole, "Condition": {"StringEquals": {"s3:DataAccessPointAccount": OWN}}},
        "deny_http": deny | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        "deny_folder": deny | {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{SITE}/drafts/*"},
        "deny_others": deny | {"Condition": {"StringNotEquals": {"aws:PrincipalAccount": OWN}}},
        "deny_not_principal": deny | {"Principal": None, "NotPrincipal": {"AWS": own}},
        "deny_old_tls": deny | {"Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
        "deny_delete": deny | {"Action": ["s3:DeleteBucket", "s3:DeleteObject*"]},
        "deny_one": deny | {"Principal": {"AWS": other}},
        "deny_bucket": deny | {"Resource": f"arn:aws:s3:::{SITE}"},
        "deny_not_action": deny | {"Action": None, "NotAction": "s3:GetObject"},
    }
    put_policy(SITE, public_read(SITE), public_read(SITE, Sid=None, **statements[value]))


def unread(bucket):
    s3(bucket).delete_bucket_policy(Bucket=bucket)


# Versioning.
def versioning():
    for bucket in BOTH:
        version(bucket, "Enabled")


def version(bucket, status):
    s3(bucket).put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def suspended(bucket):
    version(bucket, "Suspended")


# The role.
TRUST = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(value):
    """Makes the role, which trusts somebody."""
    trusts = {
        "s3": [TRUST],
        "list": [TRUST | {"Principal": {"Service": ["ec2.amazonaws.com", "s3.amazonaws.com"]}, "Action": ["sts:*"]}],
        "source": [
            TRUST
            | {
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": OWN},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{SITE}"},
                }
            }
        ],
        "other_source": [TRUST | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::another"}}}],
        "other_account": [TRUST | {"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}}],
        "ec2": [TRUST | {"Principal": {"Service": "ec2.amazonaws.com"}}],
        "batch": [TRUST | {"Principal": {"Service": "batchoperations.s3.amazonaws.com"}}],
        "account": [TRUST | {"Principal": {"AWS": f"arn:aws:iam::{OWN}:root"}}],
        "web_identity": [TRUST | {"Action": "sts:AssumeRoleWithWebIdentity"}],
        "denied": [TRUST, TRUST | {"Effect": "Deny", "Principal": "*"}],
    }
    client("iam").create_role(RoleName=ROLE, Path="/service-role/", AssumeRolePolicyDocument=document(*trusts[value]))


def permissions(without=None, copy=COPY):
    source = [
        {
            "Effect": "Allow",
            "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
            "Resource": f"arn:aws:s3:::{SITE}",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
            "Resource": f"arn:aws:s3:::{SITE}/*",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
            "Resource": f"arn:aws:s3:::{copy}/*",
        },
    ]
    for statement in source:
        statement["Action"] = [action for action in statement["Action"] if action != without]
    return source


def inline(*statements):
    client("iam").put_role_policy(RoleName=ROLE, PolicyName="replication", PolicyDocument=document(*statements))


def attach(*statements):
    made = client("iam").create_policy(
        PolicyName="s3crr_for_lee", Path="/service-role/", PolicyDocument=document(*statements)
    )
    client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=made["Policy"]["Arn"])
    return made["Policy"]["Arn"]


def role():
    trust("s3")
    inline(*permissions())


def role_of_console():
    trust("s3")
    buckets_and_objects = [f"arn:aws:s3:::{name}{end}" for name in BOTH for end in ["", "/*"]]
    reads = ["s3:ListBucket", "s3:GetReplicationConfiguration", "s3:GetObjectVersionForReplication"]
    reads += ["s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold"]
    writes = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"]
    attach(
        {"Action": reads, "Effect": "Allow", "Resource": buckets_and_objects},
        {"Action": writes, "Effect": "Allow", "Resource": [f"arn:aws:s3:::{name}/*" for name in BOTH]},
    )


def other_role(name):
    """A role of another name, and without a path."""
    global ROLE
    ROLE = name
    client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=document(TRUST))
    inline(*permissions())


def unrelated_role(name):
    client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document(TRUST))


def role_without(action):
    trust("s3")
    inline(*permissions(without=f"s3:{action}"))


def role_with(value):
    """A role whose policies are not those of the lesson."""
    trust("s3")
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    replicate = f"arn:aws:s3:::{COPY}/*"
    iam = client("iam")
    if value == "everything":
        inline(everything)
    elif value == "wildcards":
        inline({"Effect": "Allow", "Action": ["S3:get*", "s3:List*", "s3:Replicate?*"], "Resource": "arn:aws:s3:::lee-*"})
    elif value == "not_resource":
        inline({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::payroll*"})
    elif value == "version":
        inline(*permissions(without="s3:GetObjectVersionForReplication"))
        attach({"Effect": "Allow", "Action": "s3:GetObjectVersion", "Resource": f"arn:aws:s3:::{SITE}/*"})
    elif value == "two_policies":
        inline(*permissions()[:2])
        attach(*permissions()[2:])
    elif value == "encryption":
        condition = {"StringLikeIfExists": {"s3:x-amz-server-side-encryption": ["aws:kms", "AES256"]}}
        inline(*permissions()[:2], permissions()[2] | {"Condition": condition})
    elif value == "other_account":
        inline(*permissions()[:2], permissions()[2] | {"Condition": {"StringEquals": {"aws:ResourceAccount": "999999999999"}}})
    elif value == "nothing":
        pass
    elif value == "other_bucket":
        inline(*permissions(copy="lee-pets-other"))
    elif value == "no_objects":
        inline(*permissions()[:2], permissions()[2] | {"Resource": f"arn:aws:s3:::{COPY}"})
    elif value == "folder":
        inline(*permissions()[:2], permissions()[2] | {"Resource": f"arn:aws:s3:::{COPY}/images/*"})
    elif value == "reversed":
        swap = json.dumps(permissions()).replace(SITE, "x").replace(COPY, SITE).replace("arn:aws:s3:::x", f"arn:aws:s3:::{COPY}")
        inline(*json.loads(swap))
    elif value == "denied":
        inline(*permissions(), {"Effect": "Deny", "Action": "s3:Replicate*", "Resource": "*"})
    elif value == "denied_folder":
        inline(*permissions(), {"Effect": "Deny", "Action": "s3:*", "Resource": f"arn:aws:s3:::{COPY}/private/*"})
    elif value == "denied_http":
        condition = {"Bool": {"aws:SecureTransport": "false"}}
        inline(*permissions(), {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition})
    elif value == "denied_elsewhere":
        inline(*permissions(), {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::payroll/*"})
    elif value == "old_version":
        arn = attach({"Effect": "Allow", "Action": "logs:*", "Resource": "*"})
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(*permissions()), SetAsDefault=True)
    elif value == "newer_version":
        arn = attach({"Effect": "Allow", "Action": "logs:*", "Resource": "*"})
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(*permissions()), SetAsDefault=False)
    elif value in ("boundary", "wide_boundary"):
        inline(*permissions())
        allowed = "s3:*" if value == "wide_boundary" else "s3:Get*"
        made = iam.create_policy(
            PolicyName="boundary", PolicyDocument=document({"Effect": "Allow", "Action": allowed, "Resource": "*"})
        )
        iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=made["Policy"]["Arn"])
    else:
        raise ValueError(value)


# Replication.
def rule(**more):
    made = {
        "ID": "everything",
        "Priority": 0,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{COPY}"},
    } | more
    return {name: value for name, value in made.items() if value is not None}


def replicate(*rules, bucket=SITE):
    path = "" if "crr" not in ROLE else "service-role/"
    configuration = {"Role": f"arn:aws:iam::{OWN}:role/{path}{ROLE}", "Rules": list(rules)}
    s3(bucket).put_bucket_replication(Bucket=bucket, ReplicationConfiguration=configuration)


def replication():
    replicate(rule())


def rule_with(value):
    site = f"arn:aws:s3:::{COPY}"
    first = {"ID": "images", "Filter": {"Prefix": "images/"}, "Priority": 1}
    v1 = {"Filter": None, "Priority": None, "DeleteMarkerReplication": None}
    changes = {
        "v1": v1 | {"Prefix": ""},
        "v1_prefix": v1 | {"Prefix": "images/"},
        "prefix": {"Filter": {"Prefix": "images/"}},
        "tag": {"Filter": {"Tag": {"Key": "copy", "Value": "yes"}}},
        "and": {"Filter": {"And": {"Prefix": "", "Tags": [{"Key": "copy", "Value": "yes"}]}}},
        "disabled": {"Status": "Disabled"},
        "other": {"Destination": {"Bucket": "arn:aws:s3:::lee-pets-other"}},
        "markers": {"DeleteMarkerReplication": {"Status": "Enabled"}},
        "infrequent": {"Destination": {"Bucket": site, "StorageClass": "STANDARD_IA"}},
        "glacier": {"Destination": {"Bucket": site, "StorageClass": "GLACIER"}},
    }
    if value == "reverse":
        replicate(rule(Destination={"Bucket": f"arn:aws:s3:::{SITE}"}), bucket=COPY)
    elif value == "two":
        replicate(rule(**first), rule())
    elif value == "disabled_and_prefix":
        replicate(rule(**first), rule(Status="Disabled"))
    elif value == "also_other":
        replicate(rule(), rule(ID="other", Priority=1, Destination={"Bucket": "arn:aws:s3:::lee-pets-other"}))
    else:
        replicate(rule(**changes[value]))


def unreplicated():
    s3().delete_bucket_replication(Bucket=SITE)


# Pages.
def upload(bucket, *keys):
    for key in keys:
        s3(bucket).put_object(Bucket=bucket, Key=key, Body=b"<h1>Pets</h1>", ContentType="text/html")


def site_pages():
    upload(SITE, "index.html", "error.html", "images/cat.jpg")


def pages():
    site_pages()
    upload(COPY, "index.html", "error.html", "images/cat.jpg")


def only_copy():
    upload(COPY, "index.html", "error.html")


def page(key):
    upload(SITE, key)


def copied(key):
    upload(COPY, key)


def deleted_in_copy(key):
    s3(COPY).delete_object(Bucket=COPY, Key=key)


# Everything, and nothing.
def base():
    """Everything but the rule and its role."""
    buckets()
    hosting()
    unblocked()
    policies()
    versioning()


def all_done():
    base()
    role()
    replication()
    pages()


def delete_bucket(bucket):
    listed = s3(bucket).list_object_versions(Bucket=bucket)
    for version in listed.get("Versions", []) + listed.get("DeleteMarkers", []):
        s3(bucket).delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    s3(bucket).delete_bucket(Bucket=bucket)


def delete_buckets():
    for bucket in BOTH:
        delete_bucket(bucket)


def delete_role(name=None):
    iam, name = client("iam"), name or ROLE
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=name)


def delete_all():
    delete_buckets()
    delete_role()
