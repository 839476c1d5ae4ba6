"""A fresh build to the first verdict, against a crate with the same AWS SDK crates alone. Takes minutes."""
import os, pathlib, re, shutil, subprocess, tempfile

from .common import ROOT, Row, ms, seconds


def measure(_options):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        fresh = os.environ | {"CARGO_TARGET_DIR": str(folder / "ours")}
        first = ["cargo", "run", "--quiet", "--", "--practice=done", "--course", str(book(folder))]
        ours = seconds(lambda: subprocess.run(first, cwd=ROOT, env=fresh, capture_output=True))
        dependencies = re.findall(r"^aws-(?:sdk|config)[^\n]*$", (ROOT / "verifier/Cargo.toml").read_text(), re.M)
        crate = folder / "sdk"
        (crate / "src").mkdir(parents=True)
        (crate / "src/main.rs").write_text("fn main() {}\n")
        (crate / "Cargo.toml").write_text('[package]\nname = "sdk"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n' + "\n".join(dependencies) + "\n[profile.dev]\ndebug = 0\n[workspace]\n")
        shutil.copy(ROOT / "Cargo.lock", crate / "Cargo.lock")
        theirs = seconds(lambda: subprocess.run(["cargo", "build", "--quiet"], cwd=crate, env=os.environ | {"CARGO_TARGET_DIR": str(folder / "theirs")}, check=True))
        yield Row("fresh build to the first verdict", ms(ours), f"the AWS SDK crates alone {ms(theirs)}", f"{ours / theirs:.2f} ×", "≤ 1.5 ×")


def book(folder):
    copied = folder / "book"
    shutil.copytree(ROOT / "book", copied, ignore=shutil.ignore_patterns(".verify", "book"))
    return copied
