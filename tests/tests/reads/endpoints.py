"""Prints the endpoints of the table, FOLDER, that are not the ones that botocore's rules give, and how many were compared."""

import json
import sys
from pathlib import Path

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader

LOADER = Loader()
PARTITIONS = LOADER.load_data("partitions")
# What the rules of one service need beside the region.
MORE = {"acm": {"ServiceType": "ACM"}}


def of_the_table(service, partition, region, variant):
    facts = service["endpoints"].get(partition)
    if facts is None:
        return None
    endpoint = facts.get("but", {}).get(region, {}).get(variant) or facts["usual"].get(variant)
    if endpoint is None:
        return None
    name = endpoint.get("name", service["signing"])
    return endpoint["url"].replace("{region}", region), endpoint.get("region", region), name


def of_botocore(service, provider, rules, region, variant):
    given = {"Region": region, "UseFIPS": variant.endswith("fips"), "UseDualStack": variant.startswith("dualstack")}
    given.update(MORE.get(service["service"], {}))
    if any(value and name not in rules["parameters"] for name, value in given.items()):
        return None
    try:
        made = provider.resolve_endpoint(**{name: value for name, value in given.items() if name in rules["parameters"]})
    except EndpointProviderError:
        return None
    schemes = [scheme for scheme in made.properties.get("authSchemes", []) if scheme["name"].startswith("sigv4")]
    scheme = schemes[0] if schemes else {}
    return made.url, scheme.get("signingRegion", region), scheme.get("signingName", service["signing"])


def main():
    compared = 0
    for file in sorted(Path(sys.argv[1]).glob("*.json")):
        service = json.loads(file.read_text())
        rules = LOADER.load_service_model(service["service"], "endpoint-rule-set-1")
        provider = EndpointProvider(rules, PARTITIONS)
        for partition in PARTITIONS["partitions"]:
            for region in partition["regions"]:
                if region.endswith("-global") or partition["id"] not in service["endpoints"]:
                    continue
                for variant in ("plain", "fips", "dualstack", "dualstack-fips"):
                    compared += 1
                    here = of_the_table(service, partition["id"], region, variant)
                    there = of_botocore(service, provider, rules, region, variant)
                    if here != there:
                        print(f"{service['service']} {region} {variant}: {here}, but botocore has {there}")
    print(compared)


if __name__ == "__main__":
    main()
