"""Pages of a list: which member of the answer goes on in which input, and what says that there is more."""

import re

# Tokens of pages. A bare `token` is none: some of that name are secrets.
TOKEN = re.compile(r"^((next|start|continuation|pagination|page|last|exclusive|_)+(token|marker)|marker)$", re.IGNORECASE)
TRUNCATED = re.compile(r"^(is_?truncated|has_?more.*|more_?results|truncated)$", re.IGNORECASE)
LIMITS = re.compile(r"^(max_?(results|items|records|keys)|limit|page_?size)$", re.IGNORECASE)


def pages(model, name):
    """The pages of an operation, or None."""
    known = model.paginators.get(name)
    if known:
        entry = {"input": many(known["input_token"]), "output": many(known["output_token"])}
        if "result_key" in known:
            entry["items"] = many(known["result_key"])
        for there, here in (("more_results", "more"), ("limit_key", "limit")):
            if there in known:
                entry[here] = known[there]
        return entry
    outputs, inputs = model.members(name, "output"), model.members(name, "input")
    entry = {}
    for member in outputs:
        wanted = {member.lower(), re.sub("^next", "", member.lower()), "nexttoken", "nextmarker"}
        if not TOKEN.match(member):
            continue
        # A token that no input takes says that there is more, and no more than that.
        given = [one for one in inputs if one.lower() in wanted][:1]
        entry = {"input": given, "output": [member]} if given else {"output": [member]}
        entry["items"] = [one for one, to in outputs.items() if model.kind(to) == "list"]
        if given:
            break
    more = next((one for one, to in outputs.items() if TRUNCATED.match(one) and model.kind(to) == "boolean"), None)
    if more:
        entry["more"] = more
    limit = next((one for one in inputs if LIMITS.match(one)), None)
    if limit and entry.get("input"):
        entry["limit"] = limit
    return entry or None


def many(value):
    return value if isinstance(value, list) else [value]
