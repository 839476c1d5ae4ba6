"""From a click to the painted verdict, in Chromium."""
import os, shutil, subprocess

from .common import ROOT, TARGET, Row


def measure(_options):
    if not (ROOT / "tests/browser/node_modules").exists():
        return
    environment = os.environ | {"PROFILE": "release", "CARGO_TARGET_DIR": str(TARGET), "CHROMIUM": shutil.which("chromium") or ""}
    command = ["node", "--test", "--test-reporter=spec", "tests/browser/click.bench.mjs"]
    shown = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    told = next(line for line in shown.splitlines() if line.startswith("click to painted"))
    ours, calls, added = [part.split()[-2] for part in told.split("(")[0].strip().replace(" ms on", " ms, on").split(", ")]
    yield Row("click to painted verdict", f"{ours} ms", f"the AWS calls {calls} ms", f"+ {added} ms", "+ 50 ms")
