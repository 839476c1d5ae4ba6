"""Instructions of the hot paths, against those on record: they compare on a busy machine, too."""
import json, pathlib, subprocess, tempfile

from . import preprocessor
from .common import RELEASE, ROOT, Machine, Row, instructions

RECORD = pathlib.Path(__file__).with_suffix(".json")
# How often something is done that takes little beside the start of its program.
TIMES = 50


def measure(options):
    counts = dict(hot_paths())
    recorded = json.loads(RECORD.read_text())
    for name, count in counts.items():
        before = recorded["counts"].get(name)
        against = f"on record {before / 1e6:.2f} M" if before else "not on record"
        yield Row(f"instructions: {name}", f"{count / 1e6:.2f} M", against, f"{count / before:.3f} ×" if before else "–")
    if options.record:
        rustc = subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout.strip()
        RECORD.write_text(json.dumps({"rustc": rustc, "counts": {name: round(count, -4) for name, count in counts.items()}}, indent=1) + "\n")


def hot_paths():
    with Machine() as machine, tempfile.TemporaryDirectory() as folder:
        def of(*arguments, data=b""):
            return instructions(arguments, data, machine.environment, machine.course)

        recording = pathlib.Path(folder) / "run.json"
        machine.verify("--practice=done", "--record", recording)
        verify = RELEASE / "verify"
        yield "verify --help", of(verify, "--help")
        yield "verify status", of(verify, "status", "--practice")
        yield "verify, from a recording", of(verify, "--replay", recording)
        for name, chapter in [("a lesson's verdicts", "production-account.md"), ("the course's verdicts", "all")]:
            few, many = (of(RELEASE / "examples/judge", ROOT / "book", chapter, times) for times in (1, 1 + TIMES))
            yield name, (many - few) / TIMES
        for name, texts in preprocessor.BOOKS.items():
            yield f"preprocessor, {name}", of(RELEASE / "mdbook-verify", data=preprocessor.given(texts()))
