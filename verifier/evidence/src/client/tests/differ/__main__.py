"""Compares the client with boto3: `python -m differ SHARD SHARDS`, as the test in `differ.rs` calls it.

Writes a case a line, then an empty line; reads what came of each, a line each; writes the report.
"""

import base64
import collections
import json
import sys
from pathlib import Path

from . import compare, exceptions
from .cases import cases

TABLE = Path(__file__).resolve().parents[4] / "reads"


def main(shard, shards):
    made, compared = [], collections.Counter()
    for service in shared(shards)[shard]:
        table = json.loads((TABLE / "table" / f"{service}.json").read_text())
        regions = json.loads((TABLE / "partitions.json").read_text())
        compared["operations"] += len(table["operations"])
        for case in cases(table, regions):
            print(json.dumps(case.asked(), default=encoded))
            case.responses.clear()
            made.append(case)
    print(flush=True)
    differences = []
    for case, line in zip(made, sys.stdin, strict=True):
        differences += compare.case(case, json.loads(line), compared)
    print(json.dumps({"compared": compared, "differences": differences, "unused": exceptions.unused()}))


def shared(shards):
    """The services of each shard: the largest are dealt first."""
    sizes = {path.stem: path.stat().st_size for path in (TABLE / "table").glob("*.json")}
    dealt = [[] for _ in range(shards)]
    for service in sorted(sizes, key=lambda name: (-sizes[name], name)):
        min(dealt, key=lambda one: sum(sizes[name] for name in one)).append(service)
    return dealt


def encoded(value):
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return compare.plain(value)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
