"""The size of the release binary, stripped."""
import shutil, subprocess

from .common import RELEASE, TARGET, Row


def measure(_peers):
    stripped = TARGET / "verify-stripped"
    shutil.copy(RELEASE / "verify", stripped)
    subprocess.run(["strip", stripped], check=True)
    size = stripped.stat().st_size / 1e6
    yield Row("release binary", f"{size:.1f} MB", "–", "–", "≤ 20 MB")
