"""Marks of members: what is encoded, what is hidden, what is free text, and what may name another account."""

import re

from .models import SCALARS
from .pages import TOKEN

# Names of secrets. References (…Arn, …Id, …Name) do not match, and neither does the key of a tag.
SECRET = re.compile(
    r"(password|passwd|passphrase|passcode|secret|secret_?(string|binary|value|key|access_?key|hash)|(?<!http)tokens?|credentials?"
    r"|token_?value|user_?data|key_?material|(static|content|decryption)_?key_?value|(private|pre_?shared|shared|api|auth|authentication|access|ssh|secret|signing"
    r"|license|registration|activation|client|master|session|connection)_?key(_?value)?|psk|pin|authorization"
    r"|plaintext|connection_?string|activation_?code|customer_?gateway_?configuration|presigned_?url)s?$",
    re.IGNORECASE,
)
ACCOUNT = re.compile(r"(account|accounts|account_?ids?|owner_?ids?|accountnumber|accountowner|owneraccount(id)?"
                     r"|awsaccounts?|registryids?|catalogid|catalogidentifier|principalaccount|memberaccountids?)$", re.IGNORECASE)
OWNER = re.compile(r"^(owners?|ownerids?|ownerinformation|ownertype|fileowner.*|restorableby(user)?ids|executableusers)$", re.IGNORECASE)
PROGRAM = re.compile(r"^(ExpectedBucketOwner|ExpectedSourceBucketOwner|RequestPayer|MFA|.*SSECustomer.*|DryRun)$")
ADDRESS = re.compile(r"(url|uri)s?$", re.IGNORECASE)
# Lists of keys and values that somebody chose.
PAIRS = re.compile(r"(env|environment|variables|outputs|exports|parameters|parameterlist|optionsettings|headers|properties)$", re.IGNORECASE)
TAGS = re.compile(r"tags?(list|map|set)?$", re.IGNORECASE)
ARNS = re.compile(r"arns?$", re.IGNORECASE)
ARN_WORDS = re.compile(r"\bARNs?\b|Amazon Resource Name", re.IGNORECASE)


def encoded(model, owner, name, reference, overrides):
    """Whether a member's text is percent-encoded in answers."""
    return overrides.get("encoded", f"{model.service}:{reference['shape']}") is not None


def hidden(model, owner, name, reference, overrides):
    """Why a member is not shown, or None."""
    key = f"{model.service}:{owner}.{name}"
    if overrides.get("visible", key):
        return None
    if entry := overrides.get("hidden", key):
        return entry["why"]
    shape = model.shape(reference["shape"])
    if reference.get("sensitive") or shape.get("sensitive"):
        return "sensitive"
    kind = shape["type"]
    while kind in ("list", "map"):
        shape = model.shape(shape["member" if kind == "list" else "value"]["shape"])
        kind = shape["type"]
        if shape.get("sensitive"):
            return "sensitive"
    if kind == "blob":
        return "binary"
    if kind == "string" and "enum" not in shape and SECRET.search(name) and not TOKEN.match(name):
        return "secret"
    return None


def free(model, owner, name, reference, overrides):
    """Whether a member is a map of free text, or the members of its elements that are its key and value."""
    if entry := overrides.get("free", f"{model.service}:{owner}.{name}"):
        return [entry["key"], entry["value"]]
    shape = model.shape(reference["shape"])
    if shape["type"] == "map":
        key, value = model.shape(shape["key"]["shape"]), model.shape(shape["value"]["shape"])
        while value["type"] == "list":
            value = model.shape(value["member"]["shape"])
        if value["type"] == "string" and "enum" not in key and "enum" not in value and not TAGS.search(name):
            return True
    if shape["type"] == "list" and PAIRS.search(name):
        return pair(model, model.shape(shape["member"]["shape"]))
    return None


def pair(model, element):
    """The members of an element that are its key and its value, if it has just these two."""
    texts = [one for one, to in element.get("members", {}).items() if model.kind(to) == "string"]
    keys = [one for one in texts if re.search(r"(key|name)$", one, re.IGNORECASE)]
    values = [one for one in texts if re.search(r"value$", one, re.IGNORECASE)]
    return [keys[0], values[0]] if len(keys) == len(values) == 1 else None


def reach(model, owner, name, reference, overrides):
    """What an input's value may name beyond the account that is asked, or None."""
    key = f"{model.service}:{owner}.{name}"
    if entry := overrides.get("reach", key) or overrides.get("reach", f"{model.service}:*.{name}"):
        return entry["is"]
    if PROGRAM.match(name):
        return "program"
    shape = model.shape(reference["shape"])
    named = [name, reference["shape"]]
    while shape["type"] == "list":
        named.append(shape["member"]["shape"])
        shape = model.shape(shape["member"]["shape"])
    if SCALARS.get(shape["type"]) != "string" or "enum" in shape:
        return None
    if OWNER.match(name):
        return "owner"
    if ACCOUNT.search(name):
        return "account"
    if reference.get("hostLabel"):
        return "host"
    if ARNS.search(name):
        return "arn"
    if model.service == "s3" and name == "Bucket":
        return "bucket"
    if ADDRESS.search(name):
        return "address"
    texts = (reference.get("documentation", ""), shape.get("documentation", ""))
    # Where only its shape is called so, it may be a name: DynamoDB's `TableName` is a `TableArn`.
    if any(ARNS.search(one) for one in named) or "arn:" in shape.get("pattern", "") or any(ARN_WORDS.search(text) for text in texts):
        return "name-or-arn"
    return None
