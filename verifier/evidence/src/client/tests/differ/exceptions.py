"""Where the client is meant to differ from boto3, each with its reason."""

import re

# What a case's name matches, what a difference matches, and why.
EXCEPTIONS = [
    (
        "error: (html|empty|.* without a body)$",
        "^error.(code|message)",
        "boto3 makes up a code and a message from the status",
    ),
    (
        " in json, error: code$",
        "^error.code",
        "AWS's JSON protocol may have the code in this member too (Smithy, AWS JSON 1.1, operation errors)",
    ),
    (" in rest-xml, ", "^header content-type", "boto3 says no type of a body in XML"),
    (
        " in rest-xml, (empty|unknown) members$",
        r"^body: None",
        "boto3 sends no document without members, and AWS's other SDKs an empty one",
    ),
    ("^dynamodb:DescribeEndpoints ", "^header x-amz-api-version", "boto3 sends it where endpoints are discovered only"),
    (
        "^kinesis:.*(members|pages)$",
        r"^host\[1\]: '111122223333.control-kinesis.eu-west-1.amazonaws.com' \| 'kinesis.eu-west-1.amazonaws.com'$",
        "with a stream's ARN, boto3 calls the endpoint of its account; the regional one has the same streams",
    ),
    ("^fsx:", "^body.ClientRequestToken", "boto3 makes up a token for repeated requests, which a read does not need"),
    (
        "^s3control:",
        "^header x-amz-checksum-crc32",
        "boto3 sends a checksum of no body; AWS's API reference has none in these requests",
    ),
    (
        "^s3:GetBucketLocation .*, (all|empty) members$",
        r"^(host|path)\[1\]: '(s3.eu-west-1.amazonaws.com|my-bucket)'",
        "boto3 has the bucket of this one operation in the path; S3 takes it in the host as well",
    ),
    (
        "^freetier:",
        r"^endpoint in \S+( FIPS)? dual-stack: .* \| None$",
        "the service's rules know no dual-stack, which boto3 then ignores",
    ),
]
USED = set()


def known(case, difference):
    """Whether a difference is meant."""
    for name, what, why in EXCEPTIONS:
        if re.search(name, case.name) and re.search(what, difference):
            USED.add(why)
            return True
    return False


def unused():
    """The reasons that no difference had."""
    return [why for _, _, why in EXCEPTIONS if why not in USED]
