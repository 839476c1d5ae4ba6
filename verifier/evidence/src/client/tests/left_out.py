"""Prints, for each service of botocore, a line of JSON with the operations that the table does not have, in its form.

    python left_out.py FOLDER_OF_THE_TABLE
"""

import json
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1])
sys.path.insert(0, str(FOLDER))
sys.dont_write_bytecode = True

from generator import table as generator  # noqa: E402
from generator.models import LOADER, Model  # noqa: E402
from generator.overrides import Overrides  # noqa: E402

# Where they would be called does not matter: nothing may be sent.
generator.endpoints = lambda *_: {"aws": {"usual": {"plain": {"url": "https://left-out.{region}.amazonaws.com"}}}}
# What the table says of answers is not needed.
for name in ("codes", "elements", "selectors", "pages"):
    setattr(generator, name, lambda *_: {})
for name in ("free", "hidden", "reach"):
    setattr(generator, name, lambda *_: None)


def main():
    overrides = Overrides(FOLDER / "overrides.toml")
    for service in LOADER.list_available_services("service-2"):
        model = Model(service)
        known = FOLDER / "table" / f"{service}.json"
        allowed = json.loads(known.read_text())["operations"] if known.exists() else {}
        left_out = {
            name: {"actions": [], "level": "", "by": ""} for name in sorted(model.operations) if name not in allowed
        }
        if left_out:
            print(json.dumps(json.loads(generator.Reads(model, left_out, overrides).text())))


main()
