"""The states of failover DNS and a private zone."""
import itertools
import json as documents

DOMAIN, PRIVATE = "almanac.example", "almanac.internal"
SITE = "www." + DOMAIN
# The alias of S3's website endpoints has its own zone in each region.
S3_ZONES = {"us-east-1": "Z3AQBSTGFYJSTF", "us-west-2": "Z3BJ6K6RIION7M", "eu-central-1": "Z21DNDUVLTQW6Q"}
counter = itertools.count()


# --- what is there before the lesson


def domain():
    """The domain's public zone, the VPC, and what other people made."""
    tag(lab("ec2").create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"], "almanac")
    public_zone(DOMAIN)
    public_zone("other.example")
    record("other.example", Name="www.other.example", Type="A", TTL=300, ResourceRecords=[{"Value": "192.0.2.1"}])
    lab("s3").create_bucket(Bucket="other-files")


def public_zone(name=DOMAIN):
    lab("route53").create_hosted_zone(Name=name, CallerReference=f"public-{name}-{next(counter)}-{len(zones())}")


def zones():
    return lab("route53").list_hosted_zones()["HostedZones"]


def zone(name, private=False):
    return next(z["Id"] for z in zones() if z["Name"] == name + "." and z["Config"]["PrivateZone"] == private)


def record(zone_name, private=False, action="UPSERT", **fields):
    change = {"Action": action, "ResourceRecordSet": fields}
    lab("route53").change_resource_record_sets(HostedZoneId=zone(zone_name, private), ChangeBatch={"Changes": [change]})


# --- what the learner does


def server(name="almanac-web", region="us-east-1"):
    ec2 = lab("ec2", region)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"][0]
    tag(made["InstanceId"], name, region)


def server_id(name="almanac-web"):
    known = [i for r in lab("ec2").describe_instances()["Reservations"] for i in r["Instances"]]
    return next(i["InstanceId"] for i in known if name_of(i).lower() == name.lower() and i["State"]["Name"] != "terminated")


def address(name="almanac-web", to="almanac-web"):
    ec2 = lab("ec2")
    made = ec2.allocate_address(Domain="vpc")["AllocationId"]
    if name:
        tag(made, name)
    if to:
        ec2.associate_address(AllocationId=made, InstanceId=server_id(to))


def ip():
    return next(a["PublicIp"] for a in lab("ec2").describe_addresses()["Addresses"] if a.get("InstanceId"))


def bucket(name=SITE, region="us-east-1", index="index.html"):
    s3 = lab("s3", region)
    more = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **more)
    block = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    if index:
        s3.put_bucket_website(Bucket=name, WebsiteConfiguration={"IndexDocument": {"Suffix": index}})


def unblock(how="delete"):
    s3 = lab("s3")
    if how == "delete":
        s3.delete_public_access_block(Bucket=SITE)
    else:
        block = dict(BlockPublicAcls=True, IgnorePublicAcls=True, BlockPublicPolicy=False, RestrictPublicBuckets=False)
        s3.put_public_access_block(Bucket=SITE, PublicAccessBlockConfiguration=block)


def statement(**more):
    given = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{SITE}/*"}
    given.update(more)
    return given


def policy(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements) or [statement()]}
    lab("s3").put_bucket_policy(Bucket=SITE, Policy=documents.dumps(document))


def public():
    unblock()
    policy()


def page(key="index.html"):
    lab("s3").put_object(Bucket=SITE, Key=key, Body=b"<h1>Back soon</h1>")


def probe(address=None, host=SITE, **more):
    config = dict(IPAddress=address or ip(), Type="HTTP", Port=80, ResourcePath="/index.html", RequestInterval=10)
    config.update(more)
    if host:
        config["FullyQualifiedDomainName"] = host
    reference = f"probe-{len(lab('route53').list_health_checks()['HealthChecks'])}"
    return lab("route53").create_health_check(CallerReference=reference, HealthCheckConfig=config)


def probe_id():
    return lab("route53").list_health_checks()["HealthChecks"][0]["Id"]


def primary(value=None, name=SITE, ttl=60, check=True, zone_name=DOMAIN, **more):
    fields = dict(Name=name, Type="A", SetIdentifier="server", Failover="PRIMARY", TTL=int(ttl))
    fields["ResourceRecords"] = [{"Value": value or ip()}]
    if check:
        fields["HealthCheckId"] = probe_id()
    fields.update(more)
    record(zone_name, **{k: v for k, v in fields.items() if v is not None})


def secondary(region="us-east-1", target=None, name=SITE, **more):
    alias = {
        "HostedZoneId": S3_ZONES[region],
        "DNSName": target or f"s3-website-{region}.amazonaws.com.",
        "EvaluateTargetHealth": False,
    }
    fields = dict(Name=name, Type="A", SetIdentifier="page", Failover="SECONDARY", AliasTarget=alias)
    fields.update(more)
    record(DOMAIN, **{k: v for k, v in fields.items() if v is not None})


def vpcs():
    known = lab("ec2").describe_vpcs()["Vpcs"]
    default = next(v["VpcId"] for v in known if v["IsDefault"])
    return default, next(v["VpcId"] for v in known if name_of(v) == "almanac")


def private_zone(which="both", name=PRIVATE):
    default, almanac = vpcs()
    first = default if which == "default" else almanac
    made = lab("route53").create_hosted_zone(
        Name=name,
        CallerReference=f"private-{which}-{name}",
        HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCRegion": "us-east-1", "VPCId": first},
    )["HostedZone"]["Id"]
    if which == "both":
        vpc = {"VPCRegion": "us-east-1", "VPCId": default}
        lab("route53").associate_vpc_with_hosted_zone(HostedZoneId=made, VPC=vpc)


def press(value="10.20.30.40", name="press", ttl=60, private=True, **more):
    fields = dict(Name=f"{name}.{PRIVATE}", Type="A", TTL=int(ttl), ResourceRecords=[{"Value": value}])
    fields.update(more)
    record(PRIVATE, private, **fields)


def up_to(last):
    """The lesson's steps, in order, up to one of them."""
    domain()
    order = [server, address, bucket, public, page, probe, primary, secondary, private_zone, press]
    names = [step.__name__ for step in order]
    for step in order[: names.index(last) + 1]:
        step()


# --- what learners get wrong, and what they do rightly but otherwise


def stop():
    lab("ec2").stop_instances(InstanceIds=[server_id()])


def start():
    lab("ec2").start_instances(InstanceIds=[server_id()])


def wrong_address(what):
    if what == "not_associated":
        address(to=None)
    elif what == "other_server":
        server("almanac-db")
        address(to="almanac-db")
    elif what == "no_name":
        address(name=None)


def other_case():
    """The names in another case and without hyphens."""
    server("Almanac Web")
    address("AlmanacWeb", "Almanac Web")


def wrong_bucket(what):
    {
        "domain": lambda: bucket(DOMAIN),
        "region": lambda: bucket(region="us-west-2"),
        "no_website": lambda: bucket(index=None),
        "index": lambda: bucket(index="home.html"),
    }[what]()


def wrong_public(what):
    unblock()
    elsewhere = {"Bool": {"aws:SecureTransport": "true"}}
    deny = statement(Effect="Deny", Action="s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    {
        "nothing": lambda: None,
        "blocked": lambda: (bucket_blocks(), policy()),
        "account": lambda: policy(statement(Principal={"AWS": "arn:aws:iam::123456789012:root"})),
        "bucket_only": lambda: policy(statement(Resource=f"arn:aws:s3:::{SITE}")),
        "list": lambda: policy(statement(Action="s3:ListBucket", Resource=f"arn:aws:s3:::{SITE}")),
        "condition": lambda: policy(statement(Condition=elsewhere)),
        "deny": lambda: policy(statement(), deny),
        "one_page": lambda: policy(statement(Resource=f"arn:aws:s3:::{SITE}/index.html")),
    }[what]()


def bucket_blocks():
    block = dict(BlockPublicAcls=False, IgnorePublicAcls=False, BlockPublicPolicy=False, RestrictPublicBuckets=True)
    lab("s3").put_public_access_block(Bucket=SITE, PublicAccessBlockConfiguration=block)


def public_otherwise():
    """Lists, AWS's form of everybody, another case, and a Deny of something else."""
    unblock("two settings")
    read = statement(Principal={"AWS": ["*"]}, Action=["S3:GetObject", "s3:GetObjectVersion"], Resource=[f"arn:aws:s3:::{SITE}/*"])
    policy(read, statement(Effect="Deny", Action="s3:PutObject"))


def wrong_probe(what):
    server("almanac-db")
    {
        "server_address": lambda: probe("192.0.2.7"),
        "host": lambda: probe(host=DOMAIN),
        "no_host": lambda: probe(host=None),
        "https": lambda: probe(Type="HTTPS", Port=443),
        "tcp": lambda: lab("route53").create_health_check(
            CallerReference="tcp", HealthCheckConfig=dict(IPAddress=ip(), Type="TCP", Port=80, RequestInterval=10)
        ),
        "port": lambda: probe(Port=8080),
        "path": lambda: probe(ResourcePath="/"),
        "slow": lambda: probe(RequestInterval=30),
        "disabled": lambda: probe(Disabled=True),
        "inverted": lambda: probe(Inverted=True),
    }[what]()


def probe_of_text():
    """A check that looks for a text in the page, and one of another site."""
    probe("192.0.2.9", host="www.other.example")
    probe(Type="HTTP_STR_MATCH", SearchString="Almanac")


def wrong_primary(what):
    {
        "simple": lambda: primary(SetIdentifier=None, Failover=None, HealthCheckId=None),
        "weighted": lambda: primary(Failover=None, Weight=1),
        "no_check": lambda: primary(check=False),
        "ttl": lambda: primary(ttl=300),
        "value": lambda: primary("192.0.2.7"),
        "apex": lambda: primary(name=DOMAIN),
        "other_zone": lambda: primary(name="www.other.example", zone_name="other.example"),
        "secondary": lambda: primary(Failover="SECONDARY"),
    }[what]()


def primary_other_probe():
    """The record has the health check of another site."""
    lab("route53").delete_health_check(HealthCheckId=probe_id())
    other = probe("192.0.2.9", host="www.other.example")["HealthCheck"]["Id"]
    probe()
    primary(HealthCheckId=other)


def primary_short():
    primary(ttl=30)


def press_long():
    press(ttl=3600)


def wrong_secondary(what):
    {
        "value": lambda: secondary(AliasTarget=None, TTL=60, ResourceRecords=[{"Value": "192.0.2.8"}]),
        "region": lambda: secondary("us-west-2"),
        "cdn": lambda: secondary(target="d111111abcdef8.cloudfront.net."),
        "apex": lambda: secondary(name=DOMAIN),
    }[what]()


def two_private_zones():
    """Each network has a zone of its own."""
    private_zone("almanac")
    private_zone("default")


def public_of_this_name():
    public_zone(PRIVATE)
    press(private=False)


def press_as_name():
    record(PRIVATE, True, Name=f"press.{PRIVATE}", Type="CNAME", TTL=60, ResourceRecords=[{"Value": "press.other.example"}])


# --- clean-up


def delete_records():
    for name in [DOMAIN, "other.example"]:
        found = lab("route53").list_resource_record_sets(HostedZoneId=zone(name))["ResourceRecordSets"]
        for known in found:
            if known.get("Failover"):
                record(name, action="DELETE", **known)


def delete_private():
    for known in zones():
        if known["Config"]["PrivateZone"]:
            found = lab("route53").list_resource_record_sets(HostedZoneId=known["Id"])["ResourceRecordSets"]
            for made in found:
                if made["Type"] not in ["NS", "SOA"]:
                    record(known["Name"].rstrip("."), True, "DELETE", **made)
            lab("route53").delete_hosted_zone(Id=known["Id"])


def delete_probe():
    for known in lab("route53").list_health_checks()["HealthChecks"]:
        lab("route53").delete_health_check(HealthCheckId=known["Id"])


def delete_bucket():
    s3 = lab("s3")
    for known in s3.list_objects_v2(Bucket=SITE).get("Contents", []):
        s3.delete_object(Bucket=SITE, Key=known["Key"])
    s3.delete_bucket(Bucket=SITE)


def delete_address():
    ec2 = lab("ec2")
    for known in ec2.describe_addresses()["Addresses"]:
        if known.get("AssociationId"):
            ec2.disassociate_address(AssociationId=known["AssociationId"])
        ec2.release_address(AllocationId=known["AllocationId"])


def only_disassociate():
    for known in lab("ec2").describe_addresses()["Addresses"]:
        lab("ec2").disassociate_address(AssociationId=known["AssociationId"])


def unname_address():
    for known in lab("ec2").describe_addresses()["Addresses"]:
        tag(known["AllocationId"], "spare")


def delete_server():
    lab("ec2").terminate_instances(InstanceIds=[server_id()])


def delete_all():
    delete_records()
    delete_private()
    delete_probe()
    delete_bucket()
    delete_address()
    delete_server()
