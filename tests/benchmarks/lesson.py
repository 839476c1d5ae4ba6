"""The whole course from far away: 80 ms to AWS and back."""
import json, re

from .common import RELEASE, Machine, Row, alternately, ms, peak, peer, seconds, serving

DELAY = 80
RUNS = 9
AWS_CLI = "awscli==1.42.40"
PROWLER = "prowler==5.12.1"
# Prowler's checks of what the course asks for, too.
OVERLAP = ["iam_root_mfa_enabled", "iam_no_root_access_key", "account_maintain_current_contact_details", "account_security_contact_information_is_registered", "s3_bucket_level_public_access_block", "s3_bucket_object_versioning", "s3_bucket_default_encryption", "s3_bucket_cross_account_access"]


def measure(use_peers):
    with serving([RELEASE / "examples/practice_aws", DELAY]) as (endpoint, _), Machine(endpoint) as machine:
        shown = machine.verify("-v")
        calls = re.search(r"Calls to AWS: (\d+) in (\d+) ms", shown.stderr)
        # Who the accounts are is known from the first run on: what is listed, then what hangs on it.
        path = 2 * DELAY / 1000
        ours, status = alternately(RUNS, lambda: machine.verify(), lambda: machine.verify("status"))
        yield Row(f"the whole course, {calls.group(1)} calls", ms(ours), f"critical path {ms(path)}", f"{ours / path:.2f} ×", "≤ 1.15 ×")
        yield Row("the same without start and end (`verify status`)", ms(ours - status), f"critical path {ms(path)}", f"{(ours - status) / path:.2f} ×")
        if use_peers:
            yield from against_peers(machine, ours)


def against_peers(machine, ours):
    programs = peer(AWS_CLI)
    commands = one_after_another(machine)
    theirs = seconds(lambda: [machine.run([programs / "aws", "--output", "json", *command]) for command in commands])
    yield Row("the whole course", ms(ours), f"{len(commands)} calls with the AWS CLI {ms(theirs)}", f"{theirs / ours:.0f} × faster", "≥ 10 × faster")
    prowler = [peer(PROWLER) / "prowler", "aws", "--profile", "production", "--region", "us-east-1", "--checks", *OVERLAP, "--output-directory", machine.home / "prowler", "--no-banner", "--ignore-exit-code-3"]
    ran = machine.run(prowler)
    if not (machine.home / "prowler").exists():
        yield Row("Prowler", "–", f"did not run: {(ran.stderr or ran.stdout).strip().splitlines()[-1][:120]}", "–")
        return
    theirs = seconds(lambda: machine.run(prowler))
    yield Row("the whole course", ms(ours), f"Prowler, {len(OVERLAP)} checks that overlap, {ms(theirs)}", f"{theirs / ours:.0f} × faster", "≥ 50 × faster")
    (our_peak, their_peak) = (peak(command, machine) for command in ([RELEASE / "verify"], prowler))
    yield Row("peak memory", f"{our_peak:.0f} MB", f"Prowler {their_peak:.0f} MB", f"{their_peak / our_peak:.0f} × less", "≥ 10 × less")


def one_after_another(machine):
    """The calls of a run as commands of the AWS CLI."""
    run = machine.home / "run.json"
    machine.verify("--record", run)
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
    for call in json.loads(run.read_text())["calls"]:
        operation = call["operation"]
        if (extra := more.get(operation, [])) is None:
            continue  # Newer than this version of the AWS CLI.
        service, name = operation.split(":")
        service = {"s3": "s3api"}.get(service, service)
        words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower().replace("virtual-mfadevices", "virtual-mfa-devices")
        extra = [accounts[call["account"]] if word == "ACCOUNT" else word for word in extra]
        commands.append(["--profile", call["account"], "--region", call["region"], service, words, *extra])
    return commands
