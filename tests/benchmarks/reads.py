"""Twelve reads of twelve services of moto, against boto3, the AWS CLI and bare signed requests; and how long a service's model takes to load."""
import json, subprocess, textwrap

from .common import RELEASE, ROOT, VENV, Machine, Row, alternately, ms, peer, seconds
from .moto import AWS_CLI, server

LIVE = ROOT / "tests/tests/reads/live"
KEYS = dict(aws_access_key_id="123456789012", aws_secret_access_key="secret")
READS = {
    "ec2:DescribeVpcs": {}, "iam:ListUsers": {}, "s3:ListBuckets": {}, "route53:ListHostedZones": {}, "lambda:ListFunctions": {},
    "dynamodb:DescribeTable": {"TableName": "table0"}, "autoscaling:DescribeAutoScalingGroups": {}, "elbv2:DescribeLoadBalancers": {}, "sns:ListSubscriptions": {},
    "ecs:ListClusters": {}, "kms:ListKeys": {}, "organizations:ListAccounts": {},
}
SERVICES = ["ec2", "iam", "s3", "sns"]
BOTO3 = textwrap.dedent("""
    import boto3, botocore, json, sys
    session = boto3.Session(profile_name="general", region_name="us-east-1")
    for call, input in json.loads(sys.argv[1]).items():
        service, operation = call.split(":")
        client, method = session.client(service), botocore.xform_name(operation)
        if client.can_paginate(method):
            client.get_paginator(method).paginate(**input).build_full_result()
        else:
            getattr(client, method)(**input)
""")
# The requests that boto3 sends, signed again and sent over one connection; prints how long that takes, without Python's start.
BARE = textwrap.dedent("""
    import botocore, json, sys, time, urllib3
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.session import Session
    session = Session(profile="general")
    requests = []
    for call, input in json.loads(sys.argv[1]).items():
        service, operation = call.split(":")
        client = session.create_client(service, region_name="us-east-1")
        client.meta.events.register("before-send.*.*", lambda request, **_: requests.append((client.meta.service_model.signing_name, request)))
        method = botocore.xform_name(operation)
        if client.can_paginate(method):
            client.get_paginator(method).paginate(**input).build_full_result()
        else:
            getattr(client, method)(**input)
    pool = urllib3.PoolManager()
    credentials = session.get_credentials()
    begin = time.perf_counter()
    for service, sent in requests:
        kept = {name: value.decode() if isinstance(value, bytes) else value for name, value in sent.headers.items() if name.lower() in ("content-type", "x-amz-target")}
        request = AWSRequest(method=sent.method, url=sent.url, data=sent.body, headers=kept)
        SigV4Auth(credentials, service, "us-east-1").add_auth(request)
        pool.request(sent.method, sent.url, body=sent.body, headers=dict(request.headers.items())).data
    print(len(requests), time.perf_counter() - begin)
""")


def measure(options):
    subprocess.run(["cargo", "build", "--release", "-p", "system-tests", "--examples"], cwd=ROOT, check=True)
    with server() as endpoint:
        made = subprocess.run([VENV / "python", LIVE / "account.py", endpoint], check=True, capture_output=True, text=True)
        if refused := json.loads(made.stdout)["refused"]:
            raise SystemExit(f"moto refused {refused}")
        profile = "[general]\n" + "".join(f"{key} = {value}\n" for key, value in KEYS.items())
        with Machine(endpoint, profile, bind=False) as machine:
            yield from against(machine, options.peers)
    yield from loading()


def against(machine, peers):
    asked = "".join(json.dumps(dict(call=call, region="us-east-1", input=input)) + "\n" for call, input in READS.items())

    def ours():
        ran = machine.run([RELEASE / "examples/read", "general"], check=True, input=asked)
        assert ran.stdout.count('"value"') == len(READS), ran.stdout

    bare = []

    def requests():
        count, took = machine.run([VENV / "python", "-c", BARE, json.dumps(READS)], check=True).stdout.split()
        bare.append((int(count), float(took)))

    what = f"{len(READS)} reads of as many services"
    us, python, _ = alternately(9, ours, lambda: machine.run([VENV / "python", "-c", BOTO3, json.dumps(READS)], check=True), requests)
    count, took = sorted(bare)[len(bare) // 2]
    yield Row(what, ms(us), f"{count} bare signed requests {ms(took)}", f"{us / took:.2f} ×")
    yield Row(what, ms(us), f"boto3 {ms(python)}", f"{python / us:.1f} × faster")
    if peers:
        aws = peer(AWS_CLI) / "aws"
        theirs = seconds(lambda: [machine.run([aws, "--profile", "general", *command(call, input)], check=True) for call, input in READS.items()])
        yield Row(what, ms(us), f"AWS CLI {ms(theirs)}", f"{theirs / us:.0f} × faster")


def command(call, input):
    """The AWS CLI's words for a call."""
    service, operation = call.split(":")
    dashed = lambda name: "".join(f"-{letter.lower()}" if letter.isupper() and at and not (name[at - 1].isupper()) else letter.lower() for at, letter in enumerate(name))
    return ["s3api" if service == "s3" else service, dashed(operation), *(part for name, value in input.items() for part in [f"--{dashed(name)}", value])]


def loading():
    shown = subprocess.run([RELEASE / "examples/load", *SERVICES], check=True, capture_output=True, text=True).stdout
    script = "import botocore.session, sys, time\nsession = botocore.session.Session()\nfor name in sys.argv[1:]:\n    begin = time.perf_counter()\n    session.get_service_model(name)\n    print(name, time.perf_counter() - begin)"
    theirs = subprocess.run([VENV / "python", "-c", script, *SERVICES], check=True, capture_output=True, text=True).stdout
    for ours, boto in zip(shown.splitlines(), theirs.splitlines()):
        (name, took), (_, other) = ours.split(), boto.split()
        yield Row(f"load the table of {name}", f"{float(took) * 1000:.1f} ms", f"botocore's model {float(other) * 1000:.0f} ms", f"{float(other) / float(took):.0f} × faster")
