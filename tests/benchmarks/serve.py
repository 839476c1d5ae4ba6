"""The live book against `mdbook serve` on the same book: first page, edit to page, memory."""
import contextlib, http.client, pathlib, re, select, subprocess, time

from .common import RELEASE, VENV, Machine, Row, ms

PAGES = 50
RUNS = 5
CHAPTER = "src/production-account.md"


class Live:
    """`verify serve`, whose one-time address is exchanged for the cookie and the key."""
    name = "verify serve"

    def __init__(self, machine):
        command = [RELEASE / "verify", "serve", "--practice"]
        self.process = subprocess.Popen([str(part) for part in command], cwd=machine.course, env=machine.environment, stderr=subprocess.PIPE, text=True)
        address = next(found for line in self.process.stderr if (found := re.search(r"http://127\.0\.0\.1:(\d+)(/\?token=\S+)", line)))
        self.port = int(address.group(1))
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", address.group(2))
        answer = connection.getresponse()
        self.headers = {"Cookie": answer.getheader("set-cookie").split(";")[0]}
        self.key = re.search(r'setItem\("verify-key", "([^"]+)"', answer.read().decode()).group(1)

    def listen(self):
        return f"/-/events?key={self.key}", self.headers


class Stock:
    """`mdbook serve`, which reloads pages by a WebSocket."""
    name = "mdbook serve"

    def __init__(self, machine):
        self.port = free_port()
        environment = machine.environment | {"PATH": f"{RELEASE}:{machine.environment['PATH']}"}
        command = [VENV / "mdbook", "serve", "-p", self.port]
        self.process = subprocess.Popen([str(part) for part in command], cwd=machine.course, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.headers = {}

    def listen(self):
        return "/__livereload", {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def free_port():
    import socket
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


def page(server, path="/production-account.html"):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("GET", path, headers=server.headers)
        return connection.getresponse().read().decode()
    except ConnectionError:
        return ""


def until(condition):
    while not condition():
        time.sleep(0.002)


def resident(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def run(kind):
    """One server's life: seconds to the first page, seconds from an edit to the page; memory at rest, with pages, and after
    the edits."""
    with Machine() as machine, contextlib.ExitStack() as stack:
        begin = time.perf_counter()
        server = kind(machine)
        stack.callback(lambda: (server.process.kill(), server.process.wait()))
        until(lambda: "Support Plan" in page(server))
        first = time.perf_counter() - begin
        rest = resident(server)
        listening = []
        for _ in range(PAGES):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            path, headers = server.listen()
            connection.request("GET", path, headers=server.headers | headers)
            listening.append(connection)
            # The head of the answer: from then on the page is told of changes.
            select.select([connection.sock], [], [], 60)
        pages = resident(server)
        file = machine.course / CHAPTER
        edits = []
        for at in range(3):
            text = file.read_text()
            begin = time.perf_counter()
            file.write_text(text + f"\nEdited {at} times.\n")
            until(lambda: f"Edited {at} times." in page(server))
            edits.append(time.perf_counter() - begin)
        return first, sorted(edits)[1], rest, pages, resident(server)


def measure(_options):
    runs = [(run(Live), run(Stock)) for _ in range(RUNS)]
    ours, theirs = ([sorted(column)[RUNS // 2] for column in zip(*side)] for side in zip(*runs))
    for at, (what, show) in enumerate([("first page", ms), ("edit to page", ms), ("memory at rest", lambda mb: f"{mb:.0f} MB"), (f"memory with {PAGES} open pages", lambda mb: f"{mb:.0f} MB"), ("memory after three edits", lambda mb: f"{mb:.0f} MB")]):
        goal = ["≤ 1 ×", "≤ 1 ×", "≤ 40 MB", "≤ 40 MB", ""][at]
        yield Row(f"live book: {what}", show(ours[at]), f"mdbook serve {show(theirs[at])}", f"{ours[at] / theirs[at]:.2f} ×", goal)
