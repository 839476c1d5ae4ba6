"""The whole course from far away: 80 ms to AWS and back."""
import contextlib, json, re, socket, urllib.parse

from .common import RELEASE, Machine, Row, alternately, ms, peak, peer, seconds, serving

DELAY = 80
RUNS = 9
# What can be asked only once something else is known.
HANGS_ON_ANOTHER = {"budgets:DescribeSubscribersForNotification", "s3:GetPublicAccessBlock", "s3:GetBucketPolicy", "s3:GetBucketVersioning", "s3:GetBucketEncryption"}
AWS_CLI = "awscli==1.42.40"
PROWLER = "prowler==5.12.1"
# Prowler's checks of what the course asks for, too.
OVERLAP = ["iam_root_mfa_enabled", "iam_no_root_access_key", "account_maintain_current_contact_details", "account_security_contact_information_is_registered", "s3_bucket_level_public_access_block", "s3_bucket_object_versioning", "s3_bucket_default_encryption", "s3_bucket_cross_account_access"]


def measure(options):
    with serving([RELEASE / "examples/practice_aws", DELAY]) as (endpoint, _), Machine(endpoint) as machine:
        shown = machine.verify("-v")
        calls = re.search(r"Calls to AWS: (\d+) in (\d+) ms", shown.stderr)
        # Who the accounts are is known from the first run on: what is listed, then what hangs on it.
        run = recorded(machine)
        second = sum(call["operation"] in HANGS_ON_ANOTHER for call in run)
        place = urllib.parse.urlsplit(endpoint)
        ours, bare, status = alternately(RUNS, lambda: machine.verify(), lambda: waves(place, [len(run) - second, second]), lambda: machine.verify("status"))
        path = 2 * DELAY / 1000
        what = f"the whole course, {calls.group(1)} calls"
        yield Row(what, ms(ours), f"as many bare requests in two waves {ms(bare)}", f"{ours / bare:.2f} ×", "≤ 1.15 ×")
        yield Row(what, ms(ours), f"two round trips, nothing else {ms(path)}", f"{ours / path:.2f} ×")
        yield Row("the same without start and end (`verify status`)", ms(ours - status), f"two round trips {ms(path)}", f"{(ours - status) / path:.2f} ×")
        if options.peers:
            yield from against_peers(machine, ours)


def recorded(machine):
    """The calls of a run."""
    run = machine.home / "run.json"
    machine.verify("--record", run)
    return json.loads(run.read_text())["calls"]


def waves(place, sizes):
    """So many requests at the same time, each on a connection of its own, once all before have been answered."""
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    request = f"POST / HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIAPRACTICE00000000/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    with contextlib.ExitStack() as stack:
        connections = []
        for size in sizes:
            while len(connections) < size:
                connections.append(stack.enter_context(socket.create_connection((place.hostname, place.port))))
            for connection in connections[:size]:
                connection.sendall(request.encode())
            for connection in connections[:size]:
                connection.recv(1 << 16)


def against_peers(machine, ours):
    programs = peer(AWS_CLI)
    commands = one_after_another(machine)
    theirs = seconds(lambda: [machine.run([programs / "aws", "--output", "json", *command]) for command in commands])
    yield Row("the whole course", ms(ours), f"{len(commands)} calls with the AWS CLI {ms(theirs)}", f"{theirs / ours:.0f} × faster", "≥ 10 × faster")
    yield from against_prowler(machine, "the whole course", [], ours, 50)


# Prowler names AWS's own endpoints for some calls: here they go where all others go.
ENDPOINT = """
import botocore.session, os
create = botocore.session.Session.create_client
def create_client(self, *arguments, **more):
    return create(self, *arguments, **more | {"endpoint_url": os.environ["AWS_ENDPOINT_URL"]})
botocore.session.Session.create_client = create_client
"""


def against_prowler(machine, what, steps, ours, goal):
    (machine.home / "sitecustomize.py").write_text(ENDPOINT)
    prowler = ["env", f"PYTHONPATH={machine.home}", peer(PROWLER) / "prowler", "aws", "--profile", "production", "--region", "us-east-1", "--checks", *OVERLAP, "--output-directory", machine.home / "prowler", "--no-banner", "--ignore-exit-code-3"]
    ran = machine.run(prowler)
    if not (machine.home / "prowler").exists():
        yield Row(what, ms(ours), f"Prowler did not run: {(ran.stderr or ran.stdout).strip().splitlines()[-1][:120]}", "–")
        return
    theirs = seconds(lambda: machine.run(prowler))
    yield Row(what, ms(ours), f"Prowler, {len(OVERLAP)} checks that overlap, {ms(theirs)}", f"{theirs / ours:.0f} × faster", f"≥ {goal} × faster")
    (our_peak, their_peak) = (peak(command, machine) for command in ([RELEASE / "verify", *steps], prowler))
    yield Row("peak memory of it", f"{our_peak:.0f} MB", f"Prowler {their_peak:.0f} MB", f"{their_peak / our_peak:.0f} × less", "≥ 10 × less")


def one_after_another(machine):
    """The calls of a run as commands of the AWS CLI."""
    accounts = {"general": "111122223333", "production": "444455556666"}
    alert = json.dumps({"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 50.0, "ThresholdType": "PERCENTAGE"})
    bucket = ["--bucket", "learner-production-shared"]
    more = {
        "account:GetAlternateContact": ["--alternate-contact-type", "BILLING"],
        "billing:ListBusinessSupportSubscriptionHistory": None,
        "budgets:DescribeBudgets": ["--account-id", "ACCOUNT"],
        "budgets:DescribeBudgetNotificationsForAccount": ["--account-id", "ACCOUNT"],
        "budgets:DescribeSubscribersForNotification": ["--account-id", "ACCOUNT", "--budget-name", "My Monthly Cost Budget", "--notification", alert],
        "cloudwatch:ListMetrics": ["--namespace", "AWS/Billing"],
        "s3:ListBuckets": [], "s3:GetPublicAccessBlock": bucket, "s3:GetBucketPolicy": bucket, "s3:GetBucketVersioning": bucket, "s3:GetBucketEncryption": bucket,
    }
    commands = []
    for call in recorded(machine):
        operation = call["operation"]
        if (extra := more.get(operation, [])) is None:
            continue  # Newer than this version of the AWS CLI.
        service, name = operation.split(":")
        service = {"s3": "s3api"}.get(service, service)
        words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower().replace("virtual-mfadevices", "virtual-mfa-devices")
        extra = [accounts[call["account"]] if word == "ACCOUNT" else word for word in extra]
        commands.append(["--profile", call["account"], "--region", call["region"], service, words, *extra])
    return commands
