"""The cases of a service, each with what boto3 does."""

import copy
import dataclasses
import json

from . import answers, endpoints, errors, synthetic
from .boto import Client

HOME = "eu-west-1"


@dataclasses.dataclass
class Case:
    """What is asked of both clients, and what boto3 did."""

    kind: str
    about: str
    client: Client
    table: dict
    partitions: dict
    operation: str
    protocol: str
    region: str
    given: dict
    responses: list = dataclasses.field(default_factory=list)
    regions: list = dataclasses.field(default_factory=list)
    sent: list = dataclasses.field(default_factory=list)
    want: object = None

    @property
    def name(self):
        return f"{self.table['service']}:{self.operation} in {self.protocol}, {self.about}"

    def asked(self):
        """The case as a line for Rust."""
        return {
            "kind": self.kind,
            "service": self.table["service"],
            "operation": self.operation,
            "protocol": self.protocol,
            "region": self.region,
            "input": self.given,
            "responses": self.responses,
            "regions": self.regions,
        }


def cases(table, partitions):
    """All cases of a service."""
    region = home(table, partitions)
    for protocol in table["protocols"]:
        client = Client(table["service"], protocol, region)
        service = Service(table, partitions, client, protocol, region)
        for operation in table["operations"]:
            yield from service.answers(operation)
            yield from service.pages(operation)
        yield from service.errors()
        if protocol == table["protocols"][0]:
            yield from service.endpoints()


def home(table, partitions):
    """A region that has the service."""
    offered = table["endpoints"]["aws"].get("regions") or partitions["aws"]
    return HOME if HOME in offered else offered[0]


class Service:
    """A service in one of its protocols."""

    def __init__(self, table, partitions, client, protocol, region):
        self.table, self.partitions = table, partitions
        self.client, self.protocol, self.region = client, protocol, region

    def case(self, kind, about, operation, given, **more):
        known = (self.client, self.table, self.partitions)
        return Case(kind, about, *known, operation, self.protocol, self.region, given, **more)

    def given(self, operation, without=()):
        """An input with all members."""
        shape = self.client.model.operation_model(operation).input_shape
        given = synthetic.Values(answers=False, service=self.table["service"]).of(shape) if shape else {}
        if "Bucket" in given and self.table["service"] == "s3":
            given["Bucket"] = "my-bucket"
        return {name: value for name, value in given.items() if name not in without}

    def value(self, operation, **how):
        """An answer with all members."""
        shape = self.client.model.operation_model(operation).output_shape
        value = synthetic.Values(answers=True, **how).of(shape) if shape else {}
        payload = shape and shape.serialization.get("payload")
        if payload and shape.members[payload].type_name == "string":
            value[payload] = json.dumps({"Statement": [{"Sid": value[payload]}]})
        return value

    def response(self, operation, value, **how):
        root = self.table["operations"][operation].get("answer")
        return answers.response(self.client.model, self.protocol, operation, value, root, **how)

    def sent(self, about, operation, given, response):
        want = self.client.call(operation, copy.deepcopy(given), [response])
        return self.case("send", about, operation, given, responses=[response], sent=self.client.sent, want=want)

    def answers(self, operation):
        given = self.given(operation)
        full = self.response(operation, self.value(operation))
        yield self.sent("all members", operation, given, full)
        required = self.client.model.operation_model(operation).input_shape
        required = set(required.required_members) if required else set()
        # Without it, boto3 asks for encoded names and decodes them.
        required.add("EncodingType")
        least = {name: value for name, value in given.items() if name in required}
        empty = self.response(operation, self.value(operation, empty=True))
        yield self.sent("empty members", operation, least, empty)
        pretty = self.response(operation, self.value(operation), pretty=True)
        unusual = answers.unusual(pretty, self.protocol, self.table["operations"][operation].get("wrapper"))
        # An answer that is a text has no members.
        if unusual and not self.table["operations"][operation].get("bare"):
            yield self.sent("unknown members", operation, least, unusual)
        if "Bucket" in given and self.table["service"] == "s3":
            yield self.sent("a bucket with dots", operation, {**given, "Bucket": "my.bucket"}, full)

    def errors(self):
        operation = next(iter(self.table["operations"]))
        for about, response in errors.forms(self.table["service"], self.protocol):
            yield self.sent(f"error: {about}", operation, self.given(operation), response)

    def pages(self, operation):
        pages = self.table["operations"][operation].get("pages", {})
        if not pages.get("input"):
            return
        for count in (2, 3):
            given = self.given(operation, without=pages["input"])
            values = [self.page(operation, pages, index, count) for index in range(count)]
            responses = [self.response(operation, value) for value in values]
            want = self.paginated(operation, given, pages, responses)
            about = f"{count} pages"
            case = self.case("pages", about, operation, given, responses=responses, sent=self.client.sent, want=want)
            yield case

    def page(self, operation, pages, index, count):
        """A page. Of two, only the items and tokens differ; of three, all members."""
        seed = index if count > 2 else 0
        value, other = self.value(operation, seed=seed), self.value(operation, seed=index)
        is_last = index == count - 1
        for path in pages.get("items", []):
            synthetic.put(value, path, synthetic.at(other, path))
        given = self.client.model.operation_model(operation).input_shape.members
        for name, path in zip(pages["input"], pages["output"]):
            if "[" in path:
                continue
            token = synthetic.at(other, path)
            if given[name].name in synthetic.ROUTE53_IDS:
                token = f"/hostedzone/Z{index}"
            elif isinstance(token, str):
                token = f"token {index}+="
            synthetic.put(value, path, None if is_last else token)
        if "more" in pages:
            synthetic.put(value, pages["more"], not is_last)
        for path in self.table["operations"][operation].get("failures", []):
            synthetic.put(value, path, None)
        return value

    def paginated(self, operation, given, pages, responses):
        """What boto3's paginator makes of the pages, or a plain loop where it has none; and the pages."""
        client, method = self.client, self.client.method(operation)
        client.sent, client.parsed, client.responses = [], [], responses
        if client.client.can_paginate(method):
            paginator = client.client.get_paginator(method)
            full = paginator.paginate(**copy.deepcopy(given)).build_full_result()
            paths = [key.expression for key in paginator.result_keys]
        else:
            client.parsed, paths = looped(client, operation, copy.deepcopy(given), pages), pages.get("items", [])
            full = {}
            for path in paths:
                found = [items for page in client.parsed if (items := synthetic.at(page, path)) is not None]
                synthetic.put(full, path, joined(found) if found else None)
        return {"full": full, "paths": paths, "pages": client.parsed}

    def endpoints(self):
        regions = endpoints.asked([region for regions in self.partitions.values() for region in regions])
        seen = set()
        for operation in self.table["operations"]:
            model = self.client.model.operation_model(operation)
            static = tuple((one.name, str(one.value)) for one in model.static_context_parameters)
            kind = (str(model.endpoint), static, tuple(one.name for one in model.context_parameters))
            if kind in seen:
                continue
            seen.add(kind)
            given = {name: value for name, value in self.given(operation).items() if not name.lower().endswith("arn")}
            buckets = ["my-bucket", "my.bucket"] if "Bucket" in given and self.table["service"] == "s3" else [None]
            for bucket in buckets:
                given = {**given, "Bucket": bucket} if bucket else given
                want = endpoints.resolve(self.client, operation, given, regions)
                about = f"bucket {bucket}" if bucket else "endpoints"
                yield self.case("endpoints", about, operation, given, regions=regions, want=want)


def joined(found):
    """Lists or maps as one."""
    if isinstance(found[0], dict):
        return {name: value for one in found for name, value in one.items()}
    return [item for one in found for item in one]


def looped(client, operation, given, pages):
    """The pages that a loop gets."""
    found = []
    while True:
        page = client.client._make_api_call(operation, given)
        found.append(page)
        tokens = {name: synthetic.at(page, path) for name, path in zip(pages["input"], pages["output"])}
        if not any(tokens.values()) or pages.get("more") and not synthetic.at(page, pages["more"]):
            return found
        given = {**given, **tokens}
