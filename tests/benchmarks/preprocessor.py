"""What mdbook-verify adds to the build of a book, against a preprocessor that only reads the book and writes it back."""
import json, pathlib, shutil, subprocess, tempfile

from .common import RELEASE, ROOT, VENV, Row, alternately

LESSON = (ROOT / "book/src/production-account.md").read_text()
PLAIN = LESSON.replace("<!-- verify:", "<!-- say:").replace("{{ ", "{ ")
STEP = "- [ ] Budget created <!-- verify: cost-budget -->\n"
PARAMS = {"budget_amount": 10, "alert_threshold": 50, "account_suffix": "-production", "shared_bucket_suffix": "-shared", "strict_budget": False}
RUNS = 9
BOOKS = {
    "2,000 chapters, no directives": lambda: chapters(2000, 600, 0),
    "2,000 chapters, 1,000 directives": lambda: chapters(2000, 600, 1000),
    "110 chapters of 1.2 MB, no directives": lambda: chapters(110, 11_000, 0),
    "110 chapters of 1.2 MB, 1,000 directives": lambda: chapters(110, 11_000, 1000),
}
# Ten times the first two: what is linear takes ten times as long.
LARGE = {
    "20,000 chapters, no directives": lambda: chapters(20_000, 600, 0),
    "20,000 chapters, 10,000 directives": lambda: chapters(20_000, 600, 10_000),
}


def chapters(count, each, directives):
    """So many chapters of so many bytes, with directives spread over them."""
    text = (PLAIN * (each // len(PLAIN) + 1))[:each] + "\n\n"
    share = directives // count + 1
    return [text + STEP * min(share, max(0, directives - at * share)) for at in range(count)]


def given(texts):
    """What mdBook sends to a preprocessor."""
    def item(at, text):
        path = f"chapter-{at}.md"
        return {"Chapter": {"name": path, "content": text, "number": None, "sub_items": [], "path": path, "source_path": path, "parent_names": []}}

    context = {
        "root": str(ROOT / "book"), "renderer": "html", "mdbook_version": "0.5.4",
        "config": {"book": {"src": "src"}, "preprocessor": {"verify": {"params": PARAMS, "accounts": {"general": "g", "production": "p"}}}},
    }
    return json.dumps([context, {"items": [item(at, text) for at, text in enumerate(texts)]}]).encode()


def from_file(program, file):
    with open(file, "rb") as data:
        subprocess.run([program], stdin=data, stdout=subprocess.DEVNULL, check=True)


def book(folder, texts, program):
    """The same chapters as a book for the stock mdbook."""
    (folder / "src").mkdir()
    shutil.copytree(ROOT / "book/checks", folder / "checks")
    params = "\n".join(f"{name} = {json.dumps(value)}" for name, value in PARAMS.items())
    (folder / "book.toml").write_text(f'[book]\ntitle = "x"\n[output.html.search]\nenable = false\n[preprocessor.verify]\ncommand = "{program}"\n[preprocessor.verify.params]\n{params}\n[preprocessor.verify.accounts]\ngeneral = "g"\nproduction = "p"\n')
    (folder / "src/SUMMARY.md").write_text("".join(f"- [{at}](chapter-{at}.md)\n" for at in range(len(texts))))
    for at, text in enumerate(texts):
        (folder / f"src/chapter-{at}.md").write_text(text)


def measure(_options):
    echo, ours = RELEASE / "examples/noop", RELEASE / "mdbook-verify"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "book.json"
        for name, texts in (BOOKS | LARGE).items():
            data = given(texts())
            file.write_bytes(data)
            taken, least = alternately(RUNS, lambda: from_file(ours, file), lambda: from_file(echo, file))
            added = (taken - least) * 1000 / (len(data) / 1e6)
            yield Row(f"preprocessor, {name}", f"{taken * 1000:.0f} ms", f"echo {least * 1000:.0f} ms", f"+ {added:.1f} ms/MB", "+ 10 ms/MB" if "no dir" in name else "linear")
    for name in ["2,000 chapters, 1,000 directives", "110 chapters of 1.2 MB, 1,000 directives"]:
        texts = BOOKS[name]()
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            folders = [(pathlib.Path(one), ours), (pathlib.Path(other), echo)]
            for folder, program in folders:
                book(folder, texts, program)
            builds = [lambda folder=folder: subprocess.run([VENV / "mdbook", "build"], cwd=folder, check=True, capture_output=True) for folder, _ in folders]
            taken, least = alternately(3, *builds)
            yield Row(f"`mdbook build`, {name}", f"{taken:.2f} s", f"with the echo {least:.2f} s", f"{taken / least:.2f} ×", "≤ 1.10 ×")
