"""Verdicts of a lesson, and of the whole course, from recorded evidence, on one core."""
import os, re, subprocess

from .common import RELEASE, ROOT, Row


def measure(_options):
    for name, chapter, goal in [("a lesson", "production-account.md", "≥ 10,000 a second"), ("the whole course", "all", "")]:
        command = [RELEASE / "examples/judge", ROOT / "book", chapter]
        pinned = ["taskset", "-c", "0", *command] if os.path.exists("/usr/bin/taskset") else command
        shown = subprocess.run([str(part) for part in pinned], check=True, capture_output=True, text=True).stdout
        times, steps = re.match(r"(\d+) times a second: (\d+) steps", shown).groups()
        yield Row(f"verdicts of {name}, {steps} steps", f"{int(times):,} a second", "–", "–", goal)
