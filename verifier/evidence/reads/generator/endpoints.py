"""The endpoints of a service: a template for each partition and variant, with the regions that differ."""

import collections

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.session import Session

from .models import LOADER

PARTITIONS = LOADER.load_data("partitions")
SESSION = Session()
VARIANTS = {
    "plain": {},
    "fips": {"UseFIPS": True},
    "dualstack": {"UseDualStack": True},
    "dualstack-fips": {"UseFIPS": True, "UseDualStack": True},
}


def partitions():
    """The regions of each partition."""
    found = {}
    for partition in PARTITIONS["partitions"]:
        found[partition["id"]] = sorted(name for name in partition["regions"] if not name.endswith("-global"))
    return found


def endpoints(model, overrides):
    """By partition: the `usual` endpoint of each variant, `but` for regions that differ, `regions` where not all have it."""
    provider = EndpointProvider(model.rules, PARTITIONS)
    always = fixed(model, overrides)
    found = {}
    for partition, regions in partitions().items():
        usually, but = {}, collections.defaultdict(dict)
        for variant, parameters in VARIANTS.items():
            each = {region: resolve(model, provider, region, {**always, **parameters}) for region in regions}
            same = {str(filled(endpoint, region)): filled(endpoint, region) for region, endpoint in each.items()}
            # One for all regions is written as what it is; else the most frequent form is the usual one.
            usual = most(each.values()) if len(same) > 1 or len(each) == 1 else next(iter(same.values()))
            if usual is not None:
                usually[variant] = usual
            for region, endpoint in each.items():
                if filled(endpoint, region) != filled(usual, region):
                    but[region][variant] = endpoint
        entry = {"usual": usually}
        if but:
            entry["but"] = dict(sorted(but.items()))
        offered = offered_in(model, partition, regions, overrides)
        if offered is not None:
            entry["regions"] = offered
        if entry.get("regions") != [] and ("plain" in usually or but):
            found[partition] = entry
    if not found.get("aws"):
        overrides.mistake(f"{model.service} has no endpoints: its rules may need a parameter, in [endpoint] of overrides.toml")
    return found


def fixed(model, overrides):
    """The parameters that a service's rules need beside the region, the same for all of its operations here."""
    entry = overrides.get("endpoint", model.service)
    return entry["parameters"] if entry else {}


def is_elsewhere(model, name, overrides):
    """Whether an operation has another endpoint than its service."""
    own = model.operations[name].get("staticContextParams", {})
    return any(own.get(parameter, {}).get("value", value) != value for parameter, value in fixed(model, overrides).items())


def resolve(model, provider, region, parameters):
    """A region's endpoint: its URL and, where they are not the usual ones, the signing region and name."""
    given = {"Region": region, **parameters}
    given = {name: value for name, value in given.items() if name in model.rules["parameters"]}
    if parameters.keys() - given.keys():
        return None
    try:
        made = provider.resolve_endpoint(**given)
    except EndpointProviderError:
        return None
    scheme = next(
        (each for each in made.properties.get("authSchemes", []) if each["name"].startswith("sigv4")), {}
    )
    entry = {"url": made.url.replace(region, "{region}")}
    if scheme.get("signingRegion", region) != region:
        entry["region"] = scheme["signingRegion"]
    name = model.metadata.get("signingName", model.metadata["endpointPrefix"])
    if scheme.get("signingName", name) != name:
        entry["name"] = scheme["signingName"]
    return entry


def filled(endpoint, region):
    """An endpoint as it is in a region."""
    return endpoint and {"region": region, **endpoint, "url": endpoint["url"].replace("{region}", region)}


def most(endpoints):
    """The most frequent one."""
    endpoints = list(endpoints)
    return max(endpoints, key=lambda one: (endpoints.count(one), str(one)), default=None)


def offered_in(model, partition, regions, overrides):
    """The regions of a partition that have the service, or None for all."""
    if entry := overrides.get("regions", model.service):
        return [region for region in regions if region in entry["are"]]
    prefix = model.metadata["endpointPrefix"]
    data = next(one for one in LOADER.load_data("endpoints")["partitions"] if one["partition"] == partition)
    service = data["services"].get(prefix)
    if service is None or not service.get("isRegionalized", True):
        return None
    offered = [region for region in regions if region in service.get("endpoints", {})]
    # A region that the endpoints do not have yet, EC2's neither, says nothing about a service.
    known = data["services"]["ec2"]["endpoints"]
    return None if not offered or offered == [region for region in regions if region in known] else offered
