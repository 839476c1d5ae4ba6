"""botocore's models of a service, as the newest version has them."""

import re

from botocore.loaders import Loader

LOADER = Loader()
SCALARS = {
    "string": "string",
    "character": "string",
    "boolean": "boolean",
    "integer": "integer",
    "long": "long",
    "float": "float",
    "double": "double",
    "bigdecimal": "string",
    "blob": "blob",
    "timestamp": "timestamp",
}
VERB = re.compile(
    r"^(BatchDescribe|BatchGet|Describe|Filter|Get|Head|List|Lookup|Query|Scan|Search|View)(?=[A-Z0-9]|$)"
)


class Model:
    """One service: its operations and shapes."""

    def __init__(self, service):
        data = LOADER.load_service_model(service, "service-2")
        self.service = service
        self.metadata = data["metadata"]
        self.operations = data["operations"]
        self.shapes = data["shapes"]
        self.paginators = optional(service, "paginators-1").get("pagination", {})
        self.rules = LOADER.load_service_model(service, "endpoint-rule-set-1")

    def shape(self, name):
        return self.shapes[name]

    def members(self, operation, side):
        """The members of an operation's input or output."""
        reference = self.operations[operation].get(side)
        return self.shape(reference["shape"]).get("members", {}) if reference else {}

    def kind(self, reference):
        return self.shape(reference["shape"])["type"]


def optional(service, kind):
    from botocore.exceptions import UnknownServiceError, DataNotFoundError

    try:
        return LOADER.load_service_model(service, kind)
    except (UnknownServiceError, DataNotFoundError):
        return {}


def verb(operation):
    """The verb of a read, or None."""
    found = VERB.match(operation)
    return found and found.group(1)


def noun(operation):
    """What an operation is about: `Vpcs` of `DescribeVpcs`."""
    return VERB.sub("", operation, count=1)


def singular(name):
    """`Policies` → `Policy`, `Addresses` → `Address`, `Vpcs` → `Vpc`."""
    if name.endswith("ies"):
        return name[:-3] + "y"
    if re.search(r"(sses|ches|shes|xes|zes)$", name):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
