"""The size of the released program, as tests/release builds it, and of the one that cargo builds, stripped."""
import shutil, subprocess

from .common import RELEASE, TARGET, Row


def measure(_options):
    for released in sorted(TARGET.glob("programs/verify-*")):
        yield Row("released program", f"{released.stat().st_size / 1e6:.1f} MB", "–", "–", "≤ 20 MB")
    stripped = TARGET / "verify-stripped"
    shutil.copy(RELEASE / "verify", stripped)
    subprocess.run(["strip", stripped], check=True)
    yield Row("program of `cargo build --release`, stripped", f"{stripped.stat().st_size / 1e6:.1f} MB", "–", "–")
