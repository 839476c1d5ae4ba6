"""Accounts a second of `verify cohort`, as a share of what a bare HTTP client does with the same requests."""
import re, subprocess

from .common import ROOT, Row


def measure(_peers):
    command = ["cargo", "run", "--release", "--quiet", "-p", "system-tests", "--example", "cohort-bench"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for line in shown.splitlines():
        if found := re.match(r"(.+?): (.+), bare client (.+), share (.+)", line):
            yield Row(*found.groups())
