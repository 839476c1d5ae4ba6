"""Synthetic values: every member of a shape, at every depth, with texts that have to be escaped."""

import datetime
import json
import urllib.parse

NOON = datetime.datetime(2024, 1, 2, 12, 4, 5, tzinfo=datetime.timezone.utc)
# How often a structure's nested members are filled in within a value: all shapes are reached, and recursive ones end.
VISITS = 2
NESTED = ("structure", "list", "map")
# Ids that Route 53's answers have with what comes before them, and its requests without.
ROUTE53_IDS = ("ResourceId", "DelegationSetId", "ChangeId")


class Values:
    """Values of a request (`answers=False`) or a response. Equal seeds give equal values."""

    def __init__(self, answers, service="", seed=0, empty=False):
        self.service = service
        self.answers, self.count, self.empty = answers, seed * 100_000, empty
        self.visits = {}

    def of(self, shape, place=None, name=""):
        self.count += 1
        if shape.type_name == "string" and not self.answers and name.lower().endswith("arn"):
            # Some endpoints' rules read them.
            return f"arn:aws:{self.service}:eu-west-1:111122223333:stream/v{self.count}&+é x"
        return getattr(self, shape.type_name, self.string)(shape, place)

    def some(self, shape, place):
        """Two values; fewer of a union that has nothing but what would go on for ever."""
        return [value for value in (self.of(shape, place) for _ in range(2)) if value is not None]

    def structure(self, shape, _):
        if getattr(shape, "is_document_type", False):
            return {"a": [1, "x", None, True, {"b": 2.5}]}
        visits = self.visits[shape.name] = self.visits.get(shape.name, 0) + 1
        members = list(shape.members.items())
        if visits > VISITS:
            members = [(name, member) for name, member in members if member.type_name not in NESTED]
        if getattr(shape, "is_tagged_union", False):
            if not members:
                return None
            members = [members[(visits - 1) % len(members)]]
        found = {name: self.of(member, where(member), name) for name, member in members}
        return {name: value for name, value in found.items() if value is not None}

    def list(self, shape, place):
        return [] if self.empty else self.some(shape.member, place)

    def map(self, shape, place):
        keys = getattr(shape.key, "enum", None) or []
        if self.empty:
            return {}
        # A header's name is case-insensitive.
        own = [f"k{self.count}", "other"] if place else [f"Key {self.count}é", "x"]
        return dict(zip((keys[:1] + own)[:2], self.some(shape.value, place)))

    def string(self, shape, place):
        if self.answers and shape.name == "policyDocumentType":
            document = {"Statement": [{"Sid": f"a b+é{self.count}", "Effect": "Allow"}]}
            return urllib.parse.quote(json.dumps(document))
        if self.empty:
            return ""
        values = getattr(shape, "enum", None)
        if values:
            return values[0] if self.count % 3 else f"new-{self.count}"
        if self.service == "route53" and shape.name in ROUTE53_IDS:
            return f"/hostedzone/Z{self.count}"
        if place == "host":
            return f"h{self.count}"
        if place in ("header", "headers"):
            return f"h{self.count} x"
        if self.answers:
            return f" v{self.count}\n<é>&\"'/+%20 x "
        return f"v{self.count} &/+~*%'é x"

    def boolean(self, _shape, _place):
        return False if self.empty else self.count % 2 == 0

    def integer(self, _shape, _place):
        return 0 if self.empty else self.count

    def long(self, _shape, _place):
        return 0 if self.empty else 2**40 + self.count

    def float(self, _shape, _place):
        return 0.0 if self.empty else self.count + 0.1

    double = float

    def blob(self, _shape, _place):
        return b"" if self.empty else f"b{self.count}é".encode()

    def timestamp(self, _shape, place):
        time = NOON + datetime.timedelta(seconds=self.count % 1000)
        fraction = self.answers and place is None and self.count % 2
        return time.replace(microsecond=250_000) if fraction else time


def where(member):
    """Where a member is, if not in the body."""
    if member.serialization.get("hostLabel") or member.metadata.get("hostLabel"):
        return "host"
    return member.serialization.get("location")


def at(value, path):
    """The value at a path of names, with `[-1]` for the last element of a list."""
    for name in path.split("."):
        is_last = name.endswith("[-1]")
        value = value.get(name.removesuffix("[-1]")) if isinstance(value, dict) else None
        value = value[-1] if is_last and value else value
    return value


def put(value, path, what):
    """Sets the value at a path of names; None removes it."""
    *parents, last = path.split(".")
    for name in parents:
        value = value.setdefault(name, {})
    if what is None:
        value.pop(last, None)
    else:
        value[last] = what
