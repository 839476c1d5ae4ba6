"""How long commands take that ask AWS nothing, against a program that says hello."""
import subprocess

from .common import RELEASE, TARGET, Machine, Row, alternately


def measure(_options):
    hello = TARGET / "hello"
    source = TARGET / "hello.rs"
    source.write_text('fn main() { println!("hello"); }\n')
    subprocess.run(["rustc", "-O", "-o", hello, source], check=True)
    with Machine() as machine:
        machine.verify("--practice=done")
        for arguments in [["--help"], ["status", "--practice"]]:
            command = [RELEASE / "verify", *arguments]
            ours, theirs = alternately(41, lambda: machine.run(command), lambda: machine.run([hello]))
            added = (ours - theirs) * 1000
            yield Row(f"`verify {arguments[0]}`", f"{ours * 1000:.1f} ms", f"hello {theirs * 1000:.1f} ms", f"+ {added:.1f} ms", "+ 3 ms")
