"""What may be read: configuration, but no contents, no secrets, and nothing that is charged for."""

import re

from . import authorization
from .endpoints import is_elsewhere
from .models import noun, singular, verb

ACCESS = ("Read", "List")
# The verbs of operations whose answers leave nothing out.
WHOLE = ("Get", "Describe", "BatchGet", "BatchDescribe", "Head")
ENDS = ("Summary", "SummaryList", "ListEntry", "ListItem", "Entry", "Item", "Info", "Information", "Detail", "Details",
        "Metadata", "Configuration", "Config", "Description", "Member", "Overview", "Attributes", "Identifier", "Version")


def allowed(model, overrides):
    """The operations of a service that may be read, each with its actions, access level and reason."""
    prefix = authorization.prefix(model, overrides)
    found = {}
    for name in sorted(model.operations):
        entry = one(model, name, prefix, overrides)
        if entry is not None:
            found[name] = entry
    return found


def one(model, name, prefix, overrides):
    operation = f"{model.service}:{name}"
    # Asked for first: a denial counts as used, whatever else keeps the operation out.
    if overrides.get("deny", operation):
        return None
    by_hand = overrides.get("allow", operation)
    readable = verb(name) and is_signed(model, name) and not has_blob(model, name)
    if not readable or is_elsewhere(model, name, overrides) or model.operations[name].get("deprecated"):
        if by_hand:
            overrides.mistake(f"{operation} does not read, is not signed, answers binary data, or is deprecated: take it from [allow]")
        return None
    actions, level = needed(model, name, prefix, overrides)
    if actions is None:
        if by_hand:
            overrides.mistake(f"{operation} has no known IAM action: add it to [action]")
        return None
    uri = model.operations[name]["http"]["requestUri"]
    policies = [authorization.audit_policy(action, uri) for action in actions]
    by = policies[0] if policies and all(policies) else None
    if by and by_hand and "shows" not in by_hand:
        overrides.mistake(f"{operation} is allowed by {by}: take it from [allow]")
    if not by and not by_hand:
        return None
    entry = {"actions": actions, "level": level, "by": by or "hand"}
    if by_hand and "shows" in by_hand:
        entry["shows"] = by_hand["shows"]
    return entry


def needed(model, name, prefix, overrides):
    """The IAM actions that an operation needs, and its access level; (None, None) if it is no read."""
    entry = overrides.operation("action", model.service, name)
    actions = entry["actions"] if entry else [f"{prefix}:{name}"]
    known = [authorization.details(action) for action in actions]
    if entry and entry.get("unlisted"):
        return actions, entry["level"]
    if not all(known):
        if entry:
            overrides.mistake(f"[action] {model.service}:{name}: no such action: {actions}")
        return None, None
    levels = {action["accessLevel"] for action in known}
    if not levels <= set(ACCESS):
        return None, None
    return [authorization.written(action) for action in actions], max(levels, default="Read")


def is_signed(model, name):
    operation = model.operations[name]
    auth = operation.get("auth", model.metadata.get("auth", ["aws.auth#sigv4"]))
    return operation.get("authtype") != "none" and "aws.auth#sigv4" in auth


def has_blob(model, name):
    """Whether the answer itself is a stream or binary."""
    reference = model.operations[name].get("output")
    if reference is None:
        return False
    for member in model.members(name, "output").values():
        shape = model.shape(member["shape"])
        if shape["type"] == "blob" or shape.get("streaming") or shape.get("eventstream") or member.get("streaming"):
            return True
    return False


def elements(model, name, allowed, overrides):
    """What the elements of a list may leave out: any member (`partial`), or those of `leaves_out`; `get` has all of it."""
    found = {}
    described = whole(model, name) if verb(name) not in WHOLE else []
    if described:
        found["partial"] = True
        if readable := [other for other in described if other in allowed]:
            found["get"] = readable[0]
    if entry := overrides.get("elements", f"{model.service}:{name}"):
        found.pop("partial", None)
        found["leaves_out"] = entry["leaves_out"]
    return found


def whole(model, name):
    """The operations that describe an element of a list by itself: none where its elements are no structures."""
    found = []
    for stem, shape in element_names(model, name):
        for one in WHOLE:
            for other in model.operations:
                if other != name and verb(other) == one and (stem in stems(noun(other)) or shape in top_shapes(model, other)):
                    found.append(other)
    return found


def stems(name):
    """What a name may be about: itself, and without what says how much of it there is."""
    found = {singular(name).lower()}
    for end in ENDS:
        if name.endswith(end) and name != end:
            found.add(singular(name.removesuffix(end)).lower())
    return found


def element_names(model, name):
    """What the elements of a list may be called, each with its shape."""
    shapes = []
    for member in model.members(name, "output").values():
        shape = model.shape(member["shape"])
        # A result inside a member of its own, as CloudFront has them.
        inner = shape.get("members", {}).values() if shape["type"] == "structure" else ()
        for shape in [shape, *(model.shape(one["shape"]) for one in inner)]:
            if shape["type"] == "list" and model.kind(shape["member"]) == "structure":
                shapes.append(shape["member"]["shape"])
    about = noun(name)
    for word in ("By", "For", "In", "Of", "With"):
        head, found, tail = about.partition(word)
        if found and head and tail[:1].isupper():
            about = head
    about = singular(re.sub(r"V\d+$", "", about)).lower()
    return [(stem, shape) for shape in shapes for stem in (about, *sorted(stems(shape)))]


def top_shapes(model, name):
    """The structures that an answer has at its top."""
    return {member["shape"] for member in model.members(name, "output").values()}

