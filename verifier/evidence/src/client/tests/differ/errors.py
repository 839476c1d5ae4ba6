"""Responses that are errors, in the forms that each protocol has."""

import json

from botocore.serialize import RpcV2CBORSerializer

from .boto import Response

CODE, MESSAGE = "NoSuchThing", "There is no <thing> & no 'é'"
ESCAPED = MESSAGE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def forms(service, protocol):
    """The forms of a protocol, by a name."""
    if protocol in ("json", "rest-json"):
        yield from in_json(protocol)
    elif protocol == "smithy-rpc-v2-cbor":
        yield from in_cbor()
    else:
        yield from in_xml(service, protocol)
    yield "html", Response(503, {"content-type": "text/html"}, b"<html><body>Busy<br></body></html>")
    yield "empty", Response(500, {}, b"")


def in_json(protocol):
    def made(headers=None, status=400, **body):
        return Response(status, headers or {}, json.dumps(body).encode())

    yield "type", made(__type=CODE, message=MESSAGE)
    yield "type with namespace", made(__type=f"com.amazonaws.thing#{CODE}", message=MESSAGE)
    yield "type with address", made(__type=f"{CODE}:http://internal.amazon.com/coral/", message=MESSAGE)
    yield "capital message", made(__type=CODE, Message=MESSAGE)
    yield "no message", made(__type=CODE)
    yield "code", made(code=CODE, message=MESSAGE)
    yield "number as code", made(__type=CODE, message=MESSAGE, status=500)
    if protocol == "rest-json":
        yield "header", made({"x-amzn-errortype": CODE}, message=MESSAGE)
        address = f"{CODE}:http://internal.amazon.com/coral/com.amazon.coral.validate/"
        yield "header with address", made({"x-amzn-errortype": address}, message=MESSAGE)
        yield "header and body", made({"x-amzn-errortype": CODE}, __type="Another", Message=MESSAGE)
    else:
        yield "query-compatible", made({"x-amzn-query-error": "Former.Code;Sender"}, __type=CODE, message=MESSAGE)


def in_cbor():
    def made(headers=None, **body):
        out = bytearray([0xA0 + len(body)])
        serializer = RpcV2CBORSerializer()
        for name, value in body.items():
            serializer._serialize_type_string(out, name, None, None)
            serializer._serialize_type_string(out, value, None, None)
        return Response(400, {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor", **(headers or {})},
                        bytes(out))

    yield "type", made(__type=CODE, message=MESSAGE)
    yield "type with namespace", made(__type=f"com.amazonaws.thing#{CODE}", message=MESSAGE)
    yield "capital message", made(__type=CODE, Message=MESSAGE)
    yield "no message", made(__type=CODE)
    yield "query-compatible", made({"x-amzn-query-error": "Former.Code;Sender"}, __type=CODE, message=MESSAGE)


def in_xml(service, protocol):
    def made(text, status=400):
        return Response(status, {}, text.encode())

    fields = f"<Code>{CODE}</Code><Message>{ESCAPED}</Message>"
    ids = "<RequestId>1-2</RequestId>"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if protocol == "ec2":
        errors = f"<Errors><Error>{fields}</Error></Errors>"
        yield "errors", made(f"{head}<Response>{errors}<RequestID>1</RequestID></Response>")
    elif service == "s3":
        yield "error", made(f"{head}<Error>{fields}<BucketName>b</BucketName>{ids}<HostId>h</HostId></Error>", 404)
        yield "no message", made(f"<Error><Code>{CODE}</Code>{ids}</Error>", 404)
        yield "not found without a body", made("", 404)
        yield "denied without a body", made("", 403)
    else:
        yield "error", made(f"{head}<ErrorResponse><Error><Type>Sender</Type>{fields}</Error>{ids}</ErrorResponse>")
        namespace = 'xmlns="https://thing.amazonaws.com/doc/2010-05-08/"'
        yield "namespace", made(f"<ErrorResponse {namespace}>\n <Error>\n{fields}\n</Error>\n{ids}</ErrorResponse>")
        yield "no message", made(f"<ErrorResponse><Error><Code>{CODE}</Code></Error>{ids}</ErrorResponse>")
        if protocol == "rest-xml":
            yield "invalid change", made(f"<Error>{fields}</Error>")
