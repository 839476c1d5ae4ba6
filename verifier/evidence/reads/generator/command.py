"""The command line of the scripts that generate a table."""

import argparse
import sys
from pathlib import Path

from .overrides import Overrides

REPOSITORY = Path(__file__).resolve().parents[4]


def run(script, about, files, beneath=None):
    """Writes the files that `files` makes of the script's overrides, or compares them with those that are there."""
    here = Path(script).resolve().parent
    arguments = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare, and write nothing")
    arguments.add_argument("--into", type=Path, default=here, help="the folder of the table [default: the script's]")
    arguments.add_argument("--overrides", type=Path, default=here / "overrides.toml")
    arguments = arguments.parse_args()
    overrides = Overrides(arguments.overrides, beneath)
    made = files(overrides)
    if mistakes := overrides.mistakes():
        sys.exit("\n".join(mistakes))
    folder = arguments.into
    there = {path.relative_to(folder).as_posix() for path in (folder / "table").glob("*.json")}
    changed = [name for name, text in made.items() if read(folder / name) != text]
    extra = sorted(there - made.keys())
    if arguments.check:
        for name in changed + extra:
            print(f"{name} is out of date: run {Path(script).resolve().relative_to(REPOSITORY)}")
        sys.exit(1 if changed or extra else 0)
    (folder / "table").mkdir(parents=True, exist_ok=True)
    for name in changed:
        (folder / name).write_text(made[name])
    for name in extra:
        (folder / name).unlink()


def read(path):
    return path.read_text() if path.exists() else None
