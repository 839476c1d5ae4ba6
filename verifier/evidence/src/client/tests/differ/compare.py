"""Compares what was sent and read with what boto3 sent and read."""

import base64
import datetime
import json
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree

import botocore.auth
import botocore.parsers
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from . import exceptions, synthetic
from .boto import KEY, SECRET

# Headers that carry no input.
OWN = re.compile(
    r"^(user-agent|x-amz-user-agent|amz-sdk-.*|content-length|x-amz-date|authorization|x-amz-content-sha256|content-md5"
    r"|host|accept-encoding|expect|x-amzn-trace-id)$"
)
AUTHORIZATION = re.compile(
    r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)"
)


def case(case, got, compared):
    """The differences of a case."""
    found = [*requests(case, got, compared), *OUTCOMES[case.kind](case, got["outcome"], compared)]
    return [f"{case.name}: {one}" for one in found if not exceptions.known(case, one)]


def requests(case, got, compared):
    if case.kind == "endpoints":
        return
    if len(case.sent) != len(got["sent"]):
        yield f"requests: {len(case.sent)} | {len(got['sent'])} {got['outcome'].get('failed', '')}"
    for want, sent in zip(case.sent, got["sent"]):
        compared["requests"] += 1
        compared["signatures"] += 1
        sent = {**sent, "body": base64.b64decode(sent["body"]), "headers": {k.lower(): v for k, v in sent["headers"]}}
        want = {**want, "headers": {k.lower(): v for k, v in want["headers"].items()}}
        yield from request(case, want, sent)
        yield from signature(want, sent)


def request(case, want, sent):
    if want["method"] != sent["method"]:
        yield f"method: {want['method']} | {sent['method']}"
    wanted, url = urllib.parse.urlsplit(want["url"]), urllib.parse.urlsplit(sent["url"])
    yield from diff((wanted.scheme, wanted.netloc), (url.scheme, url.netloc), "host")
    yield from diff(segments(wanted.path), segments(url.path), "path")
    yield from diff(pairs(wanted.query), pairs(url.query), "query")
    for name in sorted(want["headers"].keys() | sent["headers"].keys()):
        if not OWN.match(name):
            yield from diff(header(want, name), header(sent, name), f"header {name}")
    yield from diff(body(case, want), body(case, sent), "body")


def segments(path):
    return [urllib.parse.unquote(segment) for segment in (path or "/").split("/")]


def pairs(query):
    found = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    return sorted((urllib.parse.unquote(name), urllib.parse.unquote(value)) for name, value in found)


def header(request, name):
    value = request["headers"].get(name)
    if name == "content-type" and value:
        # Without a body, it says nothing.
        return value.split(";")[0] if request["body"] else None
    return value and re.sub(r",\s+", ",", value)


def body(case, request):
    """What a body means."""
    body = request["body"]
    if case.protocol in ("query", "ec2"):
        return sorted(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
    if case.protocol == "smithy-rpc-v2-cbor":
        parser = botocore.parsers.RpcV2CBORParser()
        return plain(parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))) if body else None
    if case.protocol == "rest-xml":
        return element(ElementTree.fromstring(body)) if body else None
    return json.loads(body) if body else {}


def element(node):
    """An element: the order counts only among those that are called the same."""
    children = sorted((element(child) for child in node), key=lambda child: child[0])
    return [node.tag, dict(node.attrib), (node.text or "") if not children else "", children]


def signature(want, sent):
    """The signature is what botocore computes for the request that was sent, and is for what boto3's is for."""
    ours = AUTHORIZATION.search(sent["headers"].get("authorization", ""))
    theirs = AUTHORIZATION.search(want["headers"].get("authorization", ""))
    if not ours or not theirs:
        yield f"signature: {theirs and theirs.group(0)} | {ours and ours.group(0)}"
        return
    yield from diff(theirs.groups()[:2], ours.groups()[:2], "signed for")
    region, name, signed, given = ours.groups()
    kind = botocore.auth.S3SigV4Auth if "s3" in name else botocore.auth.SigV4Auth
    auth = kind(Credentials(KEY, SECRET), name, region)
    headers = {header: sent["headers"][header] for header in signed.split(";") if header in sent["headers"]}
    request = AWSRequest(method=sent["method"], url=sent["url"], data=sent["body"], headers=headers)
    request.context["timestamp"] = sent["headers"]["x-amz-date"]
    computed = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if computed != given:
        yield f"signature: {computed} | {given} for {sent['url']}"
    missing = {"host", "x-amz-date"} - set(signed.split(";"))
    if missing:
        yield f"signature: does not sign {missing}"


def sent_once(case, got, compared):
    if "error" in case.want:
        compared["errors"] += 1
        # Where there is no message, boto3 has an empty one or None.
        both = (case.want["error"], got.get("error", got))
        want, found = ({name: value or "" for name, value in one.items()} for one in both)
        yield from diff(want, found, "error")
    else:
        compared["answers"] += 1
        # Where S3's answer is empty, boto3 sets a member to None.
        want = {name: value for name, value in plain(case.want["answer"]).items() if value is not None}
        compared["values"] += leaves(want)
        yield from diff(want, got.get("answer", got), "answer")


def paginated(case, got, compared):
    compared["pages"] += len(case.want["pages"])
    if "answer" not in got:
        yield f"pages: {got}"
        return
    answer, full = got["answer"], plain(case.want["full"])
    pages = case.table["operations"][case.operation]["pages"]
    for path in case.want["paths"]:
        yield from diff(synthetic.at(full, path), synthetic.at(answer, path), path)
    apart = [path for path in [*pages.get("items", []), *pages["output"], pages.get("more")] if path]
    parsed = [plain(page) for page in case.want["pages"]]
    yield from others("", parsed, answer, set(got["differing"]), apart)


def others(path, pages, answer, differing, apart):
    """Members that are on no page alone: they are the same on all pages, or are named as differing."""
    for name in sorted(set().union(*pages)):
        at = f"{path}.{name}" if path else name
        if at in apart:
            continue
        values = [page.get(name) for page in pages]
        if any(one.startswith(f"{at}.") for one in apart):
            yield from others(at, values, answer.get(name, {}), differing, apart)
        elif all(value == values[0] for value in values):
            yield from diff(values[0], answer.get(name), at)
        elif at not in differing:
            yield f"{at} differs, and is not said to"


def endpoints(case, got, compared):
    for (region, fips, dual), want, found in zip(case.regions, case.want, got, strict=True):
        where = f"{region}{' FIPS' if fips else ''}{' dual-stack' if dual else ''}"
        if found is None and not is_offered(case, region):
            compared["not offered"] += 1
            continue
        compared["endpoints"] += 1
        yield from diff(want, found, f"endpoint in {where}")


def is_offered(case, region):
    """Whether the table says that a service is in a region: botocore makes up an endpoint for any."""
    partition = next(name for name, regions in case.partitions.items() if region in regions)
    entry = case.table["endpoints"].get(partition, {"regions": []})
    return region in entry.get("regions", [region])


OUTCOMES = {"send": sent_once, "pages": paginated, "endpoints": endpoints}


def plain(value):
    """A value of boto3 as JSON has it."""
    if isinstance(value, datetime.datetime):
        text = value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return text.rstrip("0").rstrip(".") + "Z"
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def diff(want, got, path):
    """Where two values differ: boto3's is the first."""
    if isinstance(want, dict) and isinstance(got, dict):
        for name in sorted(want.keys() | got.keys()):
            if name not in got:
                yield f"{path}.{name}: {short(want[name])} | missing"
            elif name not in want:
                yield f"{path}.{name}: missing | {short(got[name])}"
            else:
                yield from diff(want[name], got[name], f"{path}.{name}")
    elif isinstance(want, (list, tuple)) and isinstance(got, (list, tuple)) and len(want) == len(got):
        for index, (one, other) in enumerate(zip(want, got)):
            yield from diff(one, other, f"{path}[{index}]")
    elif isinstance(want, dict) and isinstance(got, str) and is_policy(want, got):
        return
    elif want != got or isinstance(want, bool) != isinstance(got, bool):
        yield f"{path}: {short(want)} | {short(got)}"


def leaves(value):
    """How many values there are in a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 1 if inner is None else sum(map(leaves, inner))


def is_policy(want, got):
    """boto3 parses IAM's policies; they stay texts here."""
    try:
        return json.loads(got) == want
    except ValueError:
        return False


def short(value):
    text = repr(value)
    return text if len(text) < 200 else text[:200] + "…"
