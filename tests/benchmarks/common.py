"""What the benchmarks share: the programs, a learner's machine, and how figures are taken and shown."""
import contextlib, dataclasses, json, os, pathlib, re, resource, shutil, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
_metadata = subprocess.run(["cargo", "metadata", "--format-version=1", "--no-deps"], cwd=ROOT, check=True, capture_output=True)
TARGET = pathlib.Path(json.loads(_metadata.stdout)["target_directory"])
RELEASE = TARGET / "release"
VENV = ROOT / "tests/.venv/bin"
PEERS = TARGET / "bench-peers"
# The keys of the practice accounts: they open nothing else.
CREDENTIALS = """[general]
aws_access_key_id = AKIAPRACTICE00000000
aws_secret_access_key = practice
[production]
aws_access_key_id = AKIAPRACTICE00000001
aws_secret_access_key = practice
"""


@dataclasses.dataclass
class Row:
    what: str
    ours: str
    against: str
    ratio: str
    goal: str = ""

    def __str__(self):
        return f"{self.what}: {self.ours}; {self.against}; {self.ratio}" + (f" (goal: {self.goal})" if self.goal else "")


def table(rows):
    lines = ["| what | ours | against | ratio | goal |", "|---|---|---|---|---|"]
    return "\n".join(lines + [f"| {row.what} | {row.ours} | {row.against} | {row.ratio} | {row.goal} |" for row in rows]) + "\n"


def build():
    subprocess.run(["cargo", "build", "--release", "-p", "mdbook-verify", "--bins", "--example", "noop"], cwd=ROOT, check=True)
    subprocess.run(["cargo", "build", "--release", "-p", "verify", "--bins", "--examples"], cwd=ROOT, check=True)


class Machine(contextlib.AbstractContextManager):
    """A learner's machine with a copy of the course, whose accounts are bound to profiles of the same names."""

    def __init__(self, endpoint="", credentials=CREDENTIALS, bind=True):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="verify-bench-"))
        self.course = self.home / "course"
        shutil.copytree(ROOT / "book", self.course, ignore=shutil.ignore_patterns(".verify", "book"))
        (self.home / "credentials").write_text(credentials)
        self.environment = {
            "PATH": f"{RELEASE}:/usr/bin:/bin", "HOME": str(self.home), "VERIFY_CONFIG_DIR": str(self.home / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / "credentials"), "AWS_CONFIG_FILE": str(self.home / "aws-config"),
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1",
        }
        if endpoint:
            self.environment["AWS_ENDPOINT_URL"] = endpoint
        if endpoint and bind:
            self.verify("accounts", "general=general", "production=production")

    def run(self, command, check=False, input=None):
        return subprocess.run([str(part) for part in command], cwd=self.course, env=self.environment, check=check, capture_output=True, text=True, input=input)

    def verify(self, *arguments):
        return self.run([RELEASE / "verify", *arguments])

    def __exit__(self, *_):
        shutil.rmtree(self.home, ignore_errors=True)


@contextlib.contextmanager
def serving(command, environment=None):
    """A server that prints its address in its first line."""
    server = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    try:
        yield server.stdout.readline().strip(), server
    finally:
        server.terminate()
        server.wait()


def seconds(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def alternately(runs, *works):
    """Medians of several works' seconds, taken in turns, so that all meet the same machine."""
    for work in works:
        work()
    taken = [[seconds(work) for work in works] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*taken)]


def peak(command, machine):
    """The peak memory of a command and of all that it starts, in megabytes."""
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    shown = machine.run([VENV / "python", "-c", script, *command]).stdout
    return int(shown) / 1024


def instructions(command, data, environment, folder):
    """How many instructions a command executes: much the same on a quiet and on a busy machine."""
    if not shutil.which("valgrind"):
        sys.exit("counting instructions takes Debian's package valgrind")
    counted = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *map(str, command)], input=data, capture_output=True, env=environment, cwd=folder)
    found = re.search(rb"Collected : (\d+)", counted.stderr)
    return int(found.group(1)) if found else sys.exit(counted.stderr.decode())


def peer(package):
    """The programs of a package from PyPI, in an environment of its own (they pin each other's parts), installed once."""
    folder = PEERS / package.replace("==", "-")
    marker = folder / "installed"
    if not marker.exists():
        print(f"  installing {package}", flush=True)
        subprocess.run(["python3", "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", package], check=True)
        marker.touch()
    return folder / "bin"


def ms(value):
    return f"{value * 1000:.0f} ms" if value < 10 else f"{value:.1f} s"
