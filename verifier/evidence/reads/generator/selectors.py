"""Inputs that select what is answered: what they do not select is not known."""

import re

# They change which elements a list has, and no member of them.
ELEMENTS = re.compile(
    r"^include_?(managed|deleted|shared|public(?!key)|deprecated|disabled|all|marketplace|only|local|linked|unsupported|children"
    r"|status$|shadow|planned)|^includeddeleted|^includes$|notIn[A-Z]",
    re.IGNORECASE,
)
SELECTS = re.compile(
    r"^(attributes?|attribute_?names?|.*fields|include.*|with[A-Z].*|show[A-Z].*|expand.*|embed|verbose|details?|detailLevel"
    r"|alarmTypes|return[A-Z].*|optional.*attributes|ProjectionExpression|Select|fetch[A-Z].*)$",
    re.IGNORECASE,
)


def selectors(model, name, overrides):
    """The inputs of an operation that select, each with how it does: `overrides.toml` says what the words mean."""
    found = {}
    for member, reference in model.members(name, "input").items():
        entry = overrides.get("selector", f"{model.service}:{name}.{member}")
        if entry:
            found[member] = {one: value for one, value in entry.items() if one != "source"}
        elif ELEMENTS.search(member):
            found[member] = {"selects": "elements"}
        elif SELECTS.match(member):
            found[member] = selected(model, name, reference)
    return found


def selected(model, name, reference):
    """How an input selects, as the names of its values and of the answer's members show it."""
    shape = model.shape(reference["shape"])
    if shape["type"] == "list":
        shape = model.shape(shape["member"]["shape"])
    values = shape.get("enum", [])
    outputs = model.members(name, "output")
    maps = [one for one, to in outputs.items() if model.kind(to) == "map"]
    whole = {"all": "All"} if "All" in values else {}
    if values and len(outputs) == len(maps) == 1:
        return {"selects": "keys", "of": maps[0], **whole}
    names = {one.lower(): one for one in outputs}
    names |= {to["locationName"].lower(): one for one, to in outputs.items() if "locationName" in to}
    of = {value: [names[value.lower()]] for value in values if value.lower() in names}
    # Values without a member of their name select something deeper, or nothing.
    if len(of) * 2 > len(values):
        return {"selects": "members", "of": of, **whole}
    return {"selects": "presence"}
