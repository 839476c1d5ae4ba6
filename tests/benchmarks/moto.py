"""The reads that moto supports, from moto's own server, without any delay."""
import contextlib, http.client, json, re, subprocess, textwrap, urllib.parse

from .common import RELEASE, VENV, Machine, Row, alternately, ms, peak, peer, seconds
from .lesson import AWS_CLI, against_prowler

STEPS = ["unique-email", "root-mfa", "shared-bucket", "alternate-contacts"]
KEYS = dict(aws_access_key_id="AKIAGENERAL", aws_secret_access_key="general")
SET_UP = textwrap.dedent("""
    import boto3, json, sys
    def client(name, **keys):
        keys = keys or dict(aws_access_key_id="AKIAGENERAL", aws_secret_access_key="general")
        return boto3.client(name, endpoint_url=sys.argv[1], region_name="us-east-1", **keys)
    client("organizations").create_organization(FeatureSet="ALL")
    account = client("organizations").create_account(Email="p@example.com", AccountName="p")["CreateAccountStatus"]["AccountId"]
    role = client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", RoleSessionName="bench")["Credentials"]
    keys = dict(aws_access_key_id=role["AccessKeyId"], aws_secret_access_key=role["SecretAccessKey"], aws_session_token=role["SessionToken"])
    client("s3", **keys).create_bucket(Bucket="mine-shared")
    print(json.dumps(keys))
""")
# The same reads, one after another.
READS = textwrap.dedent("""
    import boto3
    for name in ["general", "production"]:
        session = boto3.Session(profile_name=name, region_name="us-east-1")
        session.client("sts").get_caller_identity()
        organizations = session.client("organizations")
        organizations.describe_organization()
        if name == "general":
            organizations.list_accounts()
        else:
            iam = session.client("iam")
            iam.get_account_summary()
            iam.list_virtual_mfa_devices()
            session.client("s3").list_buckets()
            contacts = session.client("account")
            for kind in ["BILLING", "OPERATIONS", "SECURITY"]:
                try:
                    contacts.get_alternate_contact(AlternateContactType=kind)
                except contacts.exceptions.ResourceNotFoundException:
                    pass
""")
COMMANDS = [("general", "sts get-caller-identity"), ("general", "organizations describe-organization"), ("general", "organizations list-accounts"), ("production", "sts get-caller-identity"), ("production", "organizations describe-organization"), ("production", "iam get-account-summary"), ("production", "iam list-virtual-mfa-devices"), ("production", "s3api list-buckets"), *(("production", f"account get-alternate-contact --alternate-contact-type {kind}") for kind in ["BILLING", "OPERATIONS", "SECURITY"])]


@contextlib.contextmanager
def server():
    """moto's server: its address."""
    server = subprocess.Popen([VENV / "moto_server", "--host", "127.0.0.1", "--port", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        endpoint = next(found.group() for line in server.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        # Its log must go on being read.
        subprocess.Popen(["cat"], stdin=server.stderr, stdout=subprocess.DEVNULL)
        yield endpoint
    finally:
        server.terminate()
        server.wait()


def measure(options):
    with server() as endpoint:
        keys = json.loads(subprocess.run([VENV / "python", "-c", SET_UP, endpoint], check=True, capture_output=True, text=True).stdout)
        profiles = "\n".join(f"[{name}]\n" + "\n".join(f"{key} = {value}" for key, value in of.items()) for name, of in [("general", KEYS), ("production", keys)])
        with Machine(endpoint, profiles) as machine:
            yield from against(machine, endpoint, options.peers)


def against(machine, endpoint, peers):
    shown = machine.verify("-v", *STEPS)
    calls = int(re.search(r"Calls to AWS: (\d+)", shown.stderr).group(1))
    place = urllib.parse.urlsplit(endpoint)
    # What the account answers is of no matter to a bare client.
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAGENERAL/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"}

    def bare():
        connection = http.client.HTTPConnection(place.hostname, place.port)
        for _ in range(calls):
            connection.request("POST", "/", body, headers)
            connection.getresponse().read()

    boto3 = [VENV / "python", "-c", READS]
    ours, requests, python = alternately(9, lambda: machine.verify(*STEPS), bare, lambda: machine.run(boto3, check=True))
    yield Row(f"{calls} reads of moto", ms(ours), f"{calls} bare requests {ms(requests)}", f"{ours / requests:.2f} ×", "≤ 1.5 ×")
    yield Row(f"{calls} reads of moto", ms(ours), f"boto3, {len(COMMANDS)} calls {ms(python)}", f"{python / ours:.1f} × faster", "≥ 4 × faster")
    if peers:
        aws = peer(AWS_CLI) / "aws"
        theirs = seconds(lambda: [machine.run([aws, "--profile", profile, *command.split()]) for profile, command in COMMANDS])
        yield Row(f"{calls} reads of moto", ms(ours), f"AWS CLI, {len(COMMANDS)} calls {ms(theirs)}", f"{theirs / ours:.0f} × faster", "≥ 40 × faster")
        yield from against_prowler(machine, f"{calls} reads of moto", STEPS, ours, 200)
    yield Row("peak memory of it", f"{peak([RELEASE / 'verify', *STEPS], machine):.0f} MB", f"boto3 {peak(boto3, machine):.0f} MB", "–")
