"""Verdicts of a whole course from recorded evidence, on one core."""
import os, re, subprocess

from .common import RELEASE, ROOT, Row, instructions

COUNT = 20


def measure(_peers):
    command = [RELEASE / "examples/judge", ROOT / "book"]
    pinned = ["taskset", "-c", "0", *command] if os.path.exists("/usr/bin/taskset") else command
    shown = subprocess.run([str(part) for part in pinned], check=True, capture_output=True, text=True).stdout
    lessons, steps = re.match(r"(\d+) lessons a second of (\d+) steps", shown).groups()
    yield Row("verdicts of a recorded course", f"{lessons} courses of {steps} steps a second", "–", "–", "≥ 10,000 a second")
    few, many = (instructions([*command, count]) for count in (1, 1 + COUNT))
    if few and many:
        yield Row("verdicts of a course, instructions", f"{(many - few) / COUNT / 1e6:.2f} M", "–", "–")
