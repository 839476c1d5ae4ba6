"""Pages of a list: which member of the answer goes on in which input, and what says that there is more."""

import re

# Tokens of pages. A bare `token` is none: some of that name are secrets.
TOKEN = re.compile(r"^((next|start|continuation|pagination|page|last|exclusive|_)+(token|marker)|marker)$", re.IGNORECASE)
TRUNCATED = re.compile(r"^(.*truncated|has_?more.*|more_?results)$", re.IGNORECASE)
LIMITS = re.compile(r"^(max_?(results|items|records|keys)|limit|page_?size)$", re.IGNORECASE)
FIELDS = ("input", "output", "items", "more", "limit", "most")


def pages(model, name, overrides):
    """The pages of an operation, or None."""
    if entry := overrides.get("pages", f"{model.service}:{name}"):
        return {field: entry[field] for field in FIELDS if field in entry}
    known = model.paginators.get(name)
    return paginated(known) if known else derived(model, name)


def paginated(known):
    """Pages as botocore's paginator has them."""
    entry = {"input": many(known["input_token"]), "output": many(known["output_token"])}
    if "result_key" in known:
        entry["items"] = many(known["result_key"])
    for there, here in (("more_results", "more"), ("limit_key", "limit")):
        if there in known:
            entry[here] = known[there]
    return entry


def derived(model, name):
    """Pages as the names of inputs and of the answer's members show them."""
    inputs, kinds = model.members(name, "input"), kinds_by_path(model, name)
    tokens = [path for path in kinds if TOKEN.match(last(path))]
    # An answer may have both the next token and the one that was given.
    tokens.sort(key=lambda path: not last(path).lower().startswith("next"))
    taken = [(path, to) for path in tokens if (to := taking(inputs, last(path)))]
    entry = {}
    if taken:
        entry["input"] = [taken[0][1]]
    if tokens:
        # A token that no input takes says that there is more, and no more than that.
        token = taken[0][0] if taken else tokens[0]
        entry |= {"output": [token], "items": items(kinds, parent(token))}
    more = next((path for path, kind in kinds.items() if TRUNCATED.match(last(path)) and kind == "boolean"), None)
    if more:
        entry["more"] = more
    limit = next((one for one in inputs if LIMITS.match(one)), None)
    if limit and taken:
        entry["limit"] = limit
    return entry or None


def kinds_by_path(model, name):
    """The kinds of an answer's members, and of the members of its structures."""
    members = model.members(name, "output")
    found = {member: model.kind(to) for member, to in members.items()}
    for member, to in members.items():
        if found[member] == "structure":
            inner = model.shape(to["shape"])["members"]
            found |= {f"{member}.{one}": model.kind(reference) for one, reference in inner.items()}
    return found


def taking(inputs, token):
    """The input that takes a token, or None."""
    wanted = {token.lower(), re.sub("^next", "", token.lower()), "nexttoken", "nextmarker"}
    return next((one for one in inputs if one.lower() in wanted), None)


def items(kinds, around):
    """The lists and maps beside a token, else those inside the structures beside it."""
    paths = [path for path, kind in kinds.items() if kind in ("list", "map")]
    return [path for path in paths if parent(path) == around] or paths


def parent(path):
    return path.rpartition(".")[0]


def last(path):
    return path.rpartition(".")[2]


def many(value):
    return value if isinstance(value, list) else [value]
