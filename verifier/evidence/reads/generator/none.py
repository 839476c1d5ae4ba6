"""Error codes with which AWS says that what was asked for is not there."""

import re

from .models import noun, singular, verb

NOT_FOUND = re.compile(
    r"^(?P<about>.*?)(?:Is|Was|Does|Do)?(?P<says>NotFound|NoSuch|NotExist|NotExists|DoesNotExist|NonExistent)"
    r"(?P<tail>.*?)(?:Exception|Fault|Error)*$"
)
ANYTHING = {"", "resource", "entity", "object", "item", "entry", "configuration"}
ID = re.compile(r"(name|id|arn|identifier|names|ids|arns|identifiers)$", re.IGNORECASE)


def codes(model, name, overrides):
    """The codes that mean none, each with whether it may also mean that what it belongs to is missing."""
    # An error that answers HEAD has no body, and so no code.
    if model.operations[name]["http"]["method"] == "HEAD":
        return {}
    found = {}
    entry = overrides.get("none", f"{model.service}:{name}")
    if entry is None or not entry.get("only"):
        for error in model.operations[name].get("errors", []):
            code = model.shape(error["shape"]).get("error", {}).get("code", error["shape"])
            meaning = meant(model, name, error["shape"])
            if meaning is not None:
                found[code] = meaning
    if entry:
        for code in entry.get("codes", []):
            found[code] = "none"
        for code in entry.get("or_parent", []):
            found[code] = "none-or-parent"
        for code in entry.get("not", []):
            if found.pop(code, None) is None:
                overrides.mistake(f"[none] {model.service}:{name}: {code} is not among its codes")
    return dict(sorted(found.items()))


def meant(model, name, error):
    """`none`, `none-or-parent`, or None where the code is about something else."""
    match = NOT_FOUND.match(error)
    if not match:
        return None
    about = (match["about"] or match["tail"]).lower()
    subject = singular(noun(name)).lower()
    if about == subject:
        return "none"
    named = [ID.sub("", member).lower() for member in needed(model, name)]
    if about not in ANYTHING:
        return "none-or-parent" if about in named else None
    return "none" if verb(name) in ("Get", "Describe", "Head") and named == [subject] else "none-or-parent"


def needed(model, name):
    """The operation's required inputs, or all if none is required."""
    reference = model.operations[name].get("input")
    given = model.shape(reference["shape"]) if reference else {}
    return given.get("required") or list(given.get("members", {}))
