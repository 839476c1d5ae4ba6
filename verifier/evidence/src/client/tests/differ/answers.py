"""Responses in each protocol, written by moto's serializers."""

import json
import re

from botocore.serialize import RpcV2CBORSerializer
from moto.core.model import ServiceModel
from moto.core.serialize import get_serializer_class

from .boto import Response

MODELS = {}
JUNK = {"notInTheModel": {"a": [1, {"b": "c"}], "d": None}}
JUNK_XML = b"<notInTheModel><a><b>c</b></a><a/></notInTheModel>"


def response(model, protocol, operation, value, root=None, pretty=False):
    """The response with an answer, as an element that is called so, if the model does not say; `pretty` is indented."""
    if protocol == "smithy-rpc-v2-cbor":
        return cbor(model.operation_model(operation).output_shape, value)
    service = model.service_name
    if service not in MODELS:
        MODELS[service] = ServiceModel(model._service_description, service)
    serializer = get_serializer_class(service, protocol)
    made = serializer(MODELS[service].operation_model(operation), pretty_print=pretty).serialize(value)
    body = made["body"] if isinstance(made["body"], bytes) else made["body"].encode()
    if protocol == "rest-xml":
        body = called(body, operation, root or element(model.operation_model(operation).output_shape))
    return Response(made["status_code"], made["headers"], body)


def element(shape):
    """The XML element that an answer is."""
    return shape.serialization.get("name", shape.name)


def called(body, operation, root):
    """moto calls each answer after the operation."""
    tag = rf"(?<=<)(/?){operation}Response\b".encode()
    return re.sub(tag, rb"\1" + root.encode(), body)


def cbor(shape, value):
    body = bytearray()
    RpcV2CBORSerializer()._serialize_data_item(body, value, shape)
    headers = {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
    return Response(200, headers, bytes(body))


def unusual(made, protocol, wrapper):
    """The response with members that the model does not have, and with offsets in times; None where it has no place."""
    # Texts do not end as times do.
    body = re.sub(rb"(:\d\d:\d\d(\.\d+)?)Z(?=[<\"])", rb"\1+00:00", made["body"])
    if protocol == "smithy-rpc-v2-cbor":
        # A map of up to 23 members has their number in its first byte.
        if not 0xA0 <= body[0] < 0xB6:
            return None
        body = bytes([body[0] + 1]) + body[1:] + b"\x6dnotInTheModel\xa1\x61a\x82\x01\xa0"
    elif protocol in ("json", "rest-json"):
        try:
            value = json.loads(body)
        except ValueError:
            return None
        if not isinstance(value, dict):
            return None
        body = json.dumps({**JUNK, **value}).encode()
    else:
        end = re.search(rb"</" + wrapper.encode() + rb">", body) if wrapper else None
        end = end or re.search(rb"</[^<>]*>\s*$", body)
        if not end:
            return None
        body = body[: end.start()] + JUNK_XML + body[end.start() :]
    return Response(made["status"], dict(made["headers"]), body)
