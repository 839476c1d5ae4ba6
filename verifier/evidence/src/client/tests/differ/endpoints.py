"""Endpoints by botocore's rules, for every region of the table and every variant."""

import itertools

from botocore.exceptions import BotoCoreError
from botocore.endpoint_provider import EndpointProvider
from botocore.regions import EndpointResolverBuiltins as Builtin

VARIANTS = list(itertools.product((False, True), repeat=2))


def asked(regions):
    """Each region with each variant: whether FIPS, and whether dual-stack."""
    return [(region, fips, dual) for region in regions for fips, dual in VARIANTS]


def resolve(client, operation, given, asked):
    """The URL of each, with the region and the name that requests are signed for; None where there is none."""
    model = client.model.operation_model(operation)
    resolver = client.client._ruleset_resolver
    usual = dict(resolver._builtins)
    found = []
    for region, fips, dual in asked:
        own = {Builtin.AWS_REGION: region, Builtin.AWS_USE_FIPS: fips, Builtin.AWS_USE_DUALSTACK: dual}
        resolver._builtins.update(own)
        context = {"client_region": region, "client_config": client.client.meta.config}
        parameters = client.client._emit_api_params(dict(given), model, context)
        try:
            url, _, _ = client.client._resolve_endpoint_ruleset(model, parameters, context)
        except (BotoCoreError, ValueError):
            found.append(None)
            continue
        signing = context.get("signing", {})
        made = {
            "url": prefixed(url, model, parameters),
            "region": signing.get("region", region),
            "name": signing.get("signing_name", client.model.signing_name),
        }
        found.append(made)
    resolver._builtins.update(usual)
    return found


def prefixed(url, model, parameters):
    """The URL with what the operation has before its host."""
    prefix = (model.endpoint or {}).get("hostPrefix")
    if not prefix:
        return url
    scheme, host = url.split("://")
    return f"{scheme}://{prefix.format(**parameters)}{host}"
