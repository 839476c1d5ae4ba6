"""boto3's clients: what they send is kept, and what they get is given."""

import io
from unittest import mock

import botocore.model
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "secret"
SESSION = botocore.session.Session()
SESSION.set_credentials(KEY, SECRET)


class Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()


class Response(dict):
    """A response: status, headers and body."""

    def __init__(self, status, headers, body):
        super().__init__(status=status, headers=[[str(name), str(value)] for name, value in headers.items()], body=body)


class Client:
    """A client of a service that speaks one of its protocols, in a region."""

    def __init__(self, service, protocol, region):
        config = Config(
            parameter_validation=False,
            retries={"total_max_attempts": 1, "mode": "standard"},
            # DynamoDB's endpoints of an account are another way to the same tables.
            account_id_endpoint_mode="disabled",
        )
        with mock.patch.object(botocore.model.ServiceModel, "resolved_protocol", protocol):
            self.client = SESSION.create_client(service, region_name=region, config=config)
        # What reads a response asks the model again.
        self.model = self.client._service_model
        self.model.__dict__["resolved_protocol"] = protocol
        self.sent, self.parsed, self.responses = [], [], []
        events = self.client.meta.events
        events.register("before-send", self.send)
        events.register("after-call", self.keep)

    def send(self, request, **_):
        body = request.body or b""
        body = body if isinstance(body, (bytes, bytearray)) else body.encode() if isinstance(body, str) else body.read()
        headers = {name: text(value) for name, value in request.headers.items()}
        self.sent.append({"method": request.method, "url": request.url, "headers": headers, "body": bytes(body)})
        response = self.responses[min(len(self.sent), len(self.responses)) - 1]
        return AWSResponse(request.url, response["status"], dict(response["headers"]), Raw(response["body"]))

    def keep(self, parsed, **_):
        parsed.pop("ResponseMetadata", None)
        self.parsed.append(parsed)

    def call(self, operation, given, responses):
        """What the client answers: the answer itself, or the code and message of an error."""
        self.sent, self.parsed, self.responses = [], [], responses
        try:
            answer = self.client._make_api_call(operation, given)
            answer.pop("ResponseMetadata", None)
            return {"answer": answer}
        except self.client.exceptions.ClientError as error:
            found = error.response["Error"]
            return {"error": {"code": found.get("Code"), "message": found.get("Message")}}

    def method(self, operation):
        """How Python calls an operation."""
        return next(name for name, known in self.client.meta.method_to_api_mapping.items() if known == operation)


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)
