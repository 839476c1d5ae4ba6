"""Where boto3 sends calls: `endpoints.py CONFIG` reads cases from standard input, and makes each one's calls."""
import json, os, sys

import botocore, botocore.loaders, botocore.session

LOADER = botocore.loaders.create_loader()
CONFIG = sys.argv[1]
cases = json.load(sys.stdin)
before = dict(os.environ)
for case in cases["cases"]:
    os.environ.clear()
    os.environ.update(before | case["environment"])
    with open(CONFIG, "w") as file:
        file.write(case["config"])
    session = botocore.session.Session(profile="general")
    # Otherwise each case reads the models again.
    session.register_component("data_loader", LOADER)
    for call in case["calls"]:
        service, operation = call["call"].split(":")
        try:
            getattr(session.create_client(service, region_name=call["region"]), botocore.xform_name(operation))(**call["input"])
        except Exception as error:
            # The proxy refuses all.
            print(case["name"], call["call"], error, file=sys.stderr)
    # What the next case's calls come after.
    try:
        session.create_client("sts", region_name="us-east-1", endpoint_url="http://next.example", use_ssl=False).get_caller_identity()
    except Exception:
        pass
print("null")
