"""Accounts a second of `verify cohort`, as a share of what a bare HTTP client does with the same requests."""
import re, subprocess

from .common import ROOT, Row


def measure(_options):
    command = ["cargo", "run", "--release", "--quiet", "-p", "system-tests", "--example", "cohort-bench"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    runs = re.findall(r"verify cohort (\d+) accounts/s, bare client (\d+), ratio ([\d.]+)", shown)
    ours, bare, ratio = sorted(runs, key=lambda run: float(run[2]))[len(runs) // 2]
    yield Row("a class of 1,000 accounts", f"{ours} accounts a second", f"bare client {bare}", f"{ratio} ×")
