"""The table: a file for each service, the regions, and the list of what is allowed."""

import json
import re

from .authorization import prefix
from .endpoints import endpoints, partitions
from .marks import encoded, free, hidden, reach
from .models import SCALARS, Model, noun
from .none import codes
from .pages import pages
from .rules import allowed, elements
from .selectors import selectors

FAILURES = re.compile(r"^(failures|unprocessed.*|.*errors|failed.*)$", re.IGNORECASE)
PLACES = {"uri": "uri", "querystring": "query", "header": "header", "headers": "headers", "statusCode": "status"}


def files(overrides):
    """All files that are generated, by name."""
    made, listed, services = {}, {}, {}
    for service in sorted(overrides.services):
        model = Model(service)
        operations = allowed(model, overrides)
        if not operations:
            overrides.mistake(f"{service} has no operation that may be read")
            continue
        made[f"table/{service}.json"] = Reads(model, operations, overrides).text()
        listed[service] = operations
        metadata = model.metadata
        called = {metadata["serviceId"], metadata["endpointPrefix"], metadata.get("signingName"), prefix(model, overrides)}
        services[service] = {
            "title": metadata["serviceFullName"],
            "called": sorted(name for name in called - {None} if name != service),
            "operations": len(operations),
        }
    check_denials(overrides)
    made["services.json"] = lines(services)
    made["partitions.json"] = lines(partitions())
    made["ALLOWED.md"] = review(listed)
    return made


def check_denials(overrides):
    """A denial of what no service has is not used."""
    for name in overrides.sections.get("deny", {}):
        if ("deny", name) in overrides.used and name.split(":")[0] not in overrides.services:
            overrides.mistake(f"[deny] {name}: no such service")


class Table:
    """The file of a service: its operations, as they are asked and answered."""

    # What is said of a member that is on a side.
    MARKS = (("encoded", encoded, "output"),)

    def __init__(self, model, operations, overrides):
        self.model, self.allowed, self.overrides = model, operations, overrides
        self.shapes = {}
        self.on = {side: reached(model, operations, side) for side in ("input", "output")}

    def text(self):
        operations = {name: self.operation(name, entry) for name, entry in self.allowed.items()}
        metadata = self.model.metadata
        header = {
            "service": self.model.service,
            "sdk": metadata["serviceId"],
            "version": metadata["apiVersion"],
            "protocols": metadata.get("protocols", [metadata["protocol"]]),
            "signing": metadata.get("signingName", metadata["endpointPrefix"]),
        }
        for there, here in (("targetPrefix", "target"), ("jsonVersion", "json"), ("xmlNamespace", "namespace"),
                            ("awsQueryCompatible", "query_compatible")):
            if there in metadata:
                value = metadata[there]
                header[here] = value if isinstance(value, str) else value.get("uri", True)
        if entry := self.overrides.get("everybody", self.model.service):
            header["everybody"] = entry["codes"]
        header["endpoints"] = self.endpoints()
        return lines({**header, "operations": operations, "shapes": dict(sorted(self.shapes.items()))})

    def endpoints(self):
        """Where the service is called, by partition."""
        return {}

    def operation(self, name, allowed):
        model, operation = self.model, self.model.operations[name]
        entry = dict(allowed)
        http = operation["http"]
        if http["method"] != "POST":
            entry["method"] = http["method"]
        uri = self.uri(name, http["requestUri"])
        if uri != "/":
            entry["uri"] = uri
        for side in ("input", "output"):
            if side in operation:
                entry[side] = self.reference(operation[side]["shape"])
        given = operation.get("input", {})
        if "locationName" in given:
            entry["root"] = given["locationName"]
        if "xmlNamespace" in given:
            entry["namespace"] = namespace(given["xmlNamespace"])
        if "resultWrapper" in operation.get("output", {}):
            entry["wrapper"] = operation["output"]["resultWrapper"]
        if found := self.overrides.get("answer", f"{model.service}:{name}"):
            entry["answer"] = found["is"]
            if found.get("bare"):
                entry["bare"] = True
        if "hostPrefix" in operation.get("endpoint", {}):
            entry["host"] = operation["endpoint"]["hostPrefix"]
        return entry

    def uri(self, name, uri):
        """The request's path, with the members' own names in braces."""
        for member, reference in self.model.members(name, "input").items():
            if reference.get("location") == "uri":
                wire = re.escape(reference.get("locationName", member))
                uri = re.sub(r"\{" + wire + r"(\+?)\}", lambda found: "{" + member + found[1] + "}", uri)
        return uri

    def reference(self, name):
        """The name of a shape in the table; plain scalars have none of their own."""
        shape = self.model.shape(name)
        kind = shape["type"]
        if kind in SCALARS and "enum" not in shape:
            return SCALARS[kind]
        if name in SCALARS.values() or name == "document":
            raise ValueError(f"{self.model.service} has a shape that is called {name}")
        if name not in self.shapes:
            self.shapes[name] = None
            self.shapes[name] = self.shape(name, shape, kind)
        return name

    def shape(self, name, shape, kind):
        entry = {"type": SCALARS.get(kind, kind)}
        if shape.get("document"):
            return {"type": "document"}
        if kind == "structure":
            entry["members"] = {
                member: self.member(to, name, member) for member, to in sorted(shape.get("members", {}).items())
            }
            for there in ("required", "payload", "union"):
                if shape.get(there) and (there != "required" or name in self.on["input"]):
                    entry[there] = sorted(shape[there]) if there == "required" else shape[there]
            if "locationName" in shape:
                entry["name"] = shape["locationName"]
        elif kind == "list":
            entry["of"] = self.member(shape["member"])
        elif kind == "map":
            entry["key"], entry["of"] = self.member(shape["key"]), self.member(shape["value"])
        else:
            entry["enum"] = sorted(shape["enum"])
        if shape.get("flattened"):
            entry["flat"] = True
        if "xmlNamespace" in shape:
            entry["namespace"] = namespace(shape["xmlNamespace"])
        return entry

    def member(self, reference, owner=None, name=None):
        """A member: the name of its shape or, where there is more to say, an object."""
        shape = self.model.shape(reference["shape"])
        entry = {"shape": self.reference(reference["shape"])}
        wire = reference.get("locationName")
        if wire is None and shape["type"] in ("list", "map"):
            wire = shape.get("locationName")
        if wire is not None and wire != name:
            entry["wire"] = wire
        if "queryName" in reference:
            entry["query"] = reference["queryName"]
        if "location" in reference:
            entry["in"] = PLACES[reference["location"]]
        for there, here in (("flattened", "flat"), ("xmlAttribute", "attribute"), ("idempotencyToken", "idempotency")):
            if reference.get(there):
                entry[here] = True
        if time := reference.get("timestampFormat", shape.get("timestampFormat")):
            entry["time"] = time
        if "xmlNamespace" in reference:
            entry["namespace"] = namespace(reference["xmlNamespace"])
        if name is not None:
            asked = (self.model, owner, name, reference, self.overrides)
            for here, mark, side in self.MARKS:
                if owner in self.on[side] and (found := mark(*asked)):
                    entry[here] = found
        return entry if len(entry) > 1 else entry["shape"]


class Reads(Table):
    """The file of a service whose operations are read: where, page by page, and what their answers say and do not say."""

    MARKS = (*Table.MARKS, ("hidden", hidden, "output"), ("free", free, "output"), ("reach", reach, "input"))

    def endpoints(self):
        return endpoints(self.model, self.overrides)

    def operation(self, name, allowed):
        model, entry = self.model, super().operation(name, allowed)
        if found := pages(model, name, self.overrides):
            entry["pages"] = found
        if found := codes(model, name, self.overrides):
            entry["none"] = found
        entry.update(elements(model, name, self.allowed, self.overrides))
        if found := selectors(model, name, self.overrides):
            entry["selectors"] = found
        if found := self.failures(name):
            entry["failures"] = found
        if found := self.overrides.get("own", f"{model.service}:{name}"):
            entry["own"] = {"given": found["given"], "unless": found["unless"]}
        if found := self.narrow(name):
            entry["narrow"] = found
        return entry

    def narrow(self, name):
        """What an operation answers only, each with the inputs with which it is not so."""
        inputs = self.model.members(name, "input")
        found = []
        for key in (f"{self.model.service}:{name}", *(f"{self.model.service}:{name}.{one}" for one in inputs)):
            if entry := self.overrides.get("narrow", key):
                found.append({one: value for one, value in entry.items() if one != "source"})
                for one in entry["unless"]:
                    if one not in inputs:
                        self.overrides.mistake(f"[narrow] {key} has no input {one}")
        return found

    def failures(self, name):
        """The members of an answer that list what could not be answered."""
        members = self.model.members(name, "output").items()
        return [one for one, to in members if FAILURES.match(one) and self.model.kind(to) in ("list", "map")
                and one not in noun(name)]


def reached(model, operations, side):
    """The shapes that the inputs or the outputs of operations have."""
    found = set()
    todo = [model.operations[name][side]["shape"] for name in operations if side in model.operations[name]]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            shape = model.shape(name)
            inner = [*shape.get("members", {}).values(), *(shape[one] for one in ("member", "key", "value") if one in shape)]
            todo.extend(one["shape"] for one in inner)
    return found


def namespace(value):
    return value if isinstance(value, str) else value["uri"]


def lines(record):
    """JSON, readable in review: a line for each member, and for each member of the long ones."""
    parts = []
    for name, value in record.items():
        if name in ("endpoints", "operations", "shapes"):
            inner = ",\n".join(f"{json.dumps(key)}:{compact(one)}" for key, one in value.items())
            parts.append(f"{json.dumps(name)}:{{\n{inner}\n}}")
        else:
            parts.append(f"{json.dumps(name)}:{compact(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def review(listed):
    """What the table allows, by service, for people who review it."""
    count = sum(map(len, listed.values()))
    out = [
        "# AWS operations that checks may read",
        "",
        "Generated by `generate.py`; do not edit. Each operation is followed by its IAM actions, where they have another name,",
        "and by `hand` where `overrides.toml` allows it and not one of AWS's audit policies.",
        "",
        f"{count} operations of {len(listed)} services.",
    ]
    for service, operations in listed.items():
        out += ["", f"## {service}", ""]
        for name, entry in operations.items():
            actions = [action for action in entry["actions"] if action.split(":")[1] != name]
            words = [", ".join(f"`{action}`" for action in actions)] if actions else []
            words += ["hand"] if entry["by"] == "hand" else []
            words += [f"shows {entry['shows']}"] if "shows" in entry else []
            out.append(f"- {name}" + (f" ({'; '.join(words)})" if words else ""))
    return "\n".join(out) + "\n"
