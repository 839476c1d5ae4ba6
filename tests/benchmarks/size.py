"""The size of the released programs, as tests/release packs them, and of the one that cargo builds, stripped."""
import shutil, subprocess, tarfile

from .common import RELEASE, TARGET, Row


def measure(_options):
    for packed in sorted(TARGET.glob("programs/*/verify-*.tar.gz")):
        with tarfile.open(packed) as archive:
            (program,) = archive.getmembers()
        size = packed.stat().st_size
        unpacked = f"unpacked {program.size / 1e6:.1f} MB"
        yield Row(f"released program for {packed.parent.name}", f"{size / 1e6:.1f} MB", unpacked, f"{size / program.size:.2f} ×", "≤ 20 MB")
    stripped = TARGET / "verify-stripped"
    shutil.copy(RELEASE / "verify", stripped)
    subprocess.run(["strip", stripped], check=True)
    yield Row("program of `cargo build --release`, stripped", f"{stripped.stat().st_size / 1e6:.1f} MB", "–", "–")
