"""A course of 100 lessons with 800 steps and 300 reads of ten services, against a course of one lesson; 80 ms to AWS."""
import contextlib, json, math, shutil

from .common import RELEASE, VENV, Machine, Row, alternately, ms, serving

LESSONS, STEPS, READS, DELAY, AT_ONCE = 100, 8, 300, 80, 10
# Calls whose answers may be empty: the input that tells 30 of them apart, whether it is a list, and that there is nothing.
CALLS = [
    ("kms:DescribeKey", "KeyId", False, "!has(thing.KeyMetadata)"), ("secretsmanager:DescribeSecret", "SecretId", False, "!has(thing.Name)"),
    ("ecs:DescribeClusters", "clusters", True, "thing.clusters.size() == 0"), ("logs:DescribeLogGroups", "logGroupNamePrefix", False, "thing.logGroups.size() == 0"),
    ("events:DescribeRule", "Name", False, "!has(thing.Name)"), ("ecr:DescribeRepositories", "repositoryNames", True, "thing.repositories.size() == 0"),
    ("ssm:DescribeDocument", "Name", False, "!has(thing.Document)"), ("glue:GetDatabase", "Name", False, "!has(thing.Database)"),
    ("config:DescribeConfigRules", "ConfigRuleNames", True, "thing.ConfigRules.size() == 0"), ("organizations:DescribePolicy", "PolicyId", False, "!has(thing.Policy)"),
]
PROFILE = "[general]\naws_access_key_id = AKIAPRACTICE00000000\naws_secret_access_key = practice\n"


def measure(_):
    with served(0) as near, served(DELAY) as far:
        with Machine(near, PROFILE, bind=False) as many, Machine(near, PROFILE, bind=False) as one:
            written(many, LESSONS)
            written(one, 1)
            step = "read-000"
            verify = lambda machine, *arguments: machine.run([RELEASE / "verify", "--account", "general=general", *arguments], check=False)
            ran = verify(many)
            assert ran.returncode == 0 and f"All {LESSONS * STEPS} required steps are done" in ran.stdout, (ran.returncode, ran.stdout[-500:], ran.stderr[-500:])
            large, small, status, status_of_one = alternately(9, lambda: verify(many, step), lambda: verify(one, step), lambda: many.verify("status"), lambda: one.verify("status"))
            yield Row("one step of 800", ms(large), f"the same step in a course of one lesson {ms(small)}", f"{(large - small) * 1000:.0f} ms more", "≤ 10 ms more")
            yield Row("`verify status` of 800 steps", ms(status), f"of 8 steps {ms(status_of_one)}", f"{(status - status_of_one) * 1000:.0f} ms more", "≤ 20 ms")
            for machine in many, one:
                machine.environment["AWS_ENDPOINT_URL"] = far
            path = DELAY / 1000 * (1 + math.ceil(READS / len(CALLS) / AT_ONCE))
            (whole,) = alternately(5, lambda: verify(many))
            yield Row(f"the whole course, {READS} calls", ms(whole), f"its longest chain of round trips {ms(path)}", f"{whole / path:.2f} ×", "≤ 1.3 ×")


def written(machine, lessons):
    """A course of so many lessons. Each check asks for its own thing; the 800 steps use 300 checks, with other parameters."""
    shutil.rmtree(machine.course)
    (machine.course / "src").mkdir(parents=True)
    (machine.course / "checks").mkdir()
    (machine.course / "book.toml").write_text('[book]\ntitle = "Many"\n[preprocessor.verify]\n[preprocessor.verify.accounts]\ngeneral = "The account."\n[preprocessor.verify.params]\nturn = 0\n')
    summary, count = [], READS if lessons > 1 else STEPS
    for lesson in range(lessons):
        summary.append(f"- [Lesson {lesson}](lesson-{lesson}.md)\n")
        steps = (lesson * STEPS + at for at in range(STEPS))
        items = "".join(f"- [ ] Step {at} <!-- verify: read-{at % count:03}{f' turn={at // count}' if at >= count else ''} -->\n" for at in steps)
        prose = "".join(f"Paragraph {at} of a lesson says something that a learner reads before the steps.\n\n" for at in range(30))
        (machine.course / f"src/lesson-{lesson}.md").write_text(f"# Lesson {lesson}\n\n{prose}{items}")
    (machine.course / "src/SUMMARY.md").write_text("".join(summary))
    for at in range(count):
        call, name, is_list, nothing = CALLS[at % len(CALLS)]
        value = json.dumps([f"thing-{at}"] if is_list else f"thing-{at}")
        (machine.course / f"checks/read-{at:03}.toml").write_text(
            f'title = "Thing {at}"\naccount = "general"\n[read.thing]\ncall = "{call}"\nwith.{name} = {value}\n'
            f'[[expect]]\ntitle = "It was read in turn"\nthat = "turn >= 0 && {nothing}"\nfix = "Try again."\n'
        )


@contextlib.contextmanager
def served(delay):
    """A server that answers every call with nothing, after so many milliseconds."""
    with serving([VENV / "python", "-c", SERVER, delay]) as (address, _):
        yield address


# On a protocol of asyncio, not on its streams: the machine's processors are also those of `verify`.
SERVER = '''
import asyncio, re, sys, time
from email.utils import formatdate
DELAY = int(sys.argv[1]) / 1000
IDENTITY = b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/learner</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
LENGTH = re.compile(rb"content-length: *([0-9]+)", re.I)
def response(kind, told):
    return f"HTTP/1.1 200 OK\\r\\nDate: {formatdate(usegmt=True)}\\r\\nContent-Type: {kind}\\r\\nContent-Length: {len(told)}\\r\\n\\r\\n".encode() + told
class Answers(asyncio.Protocol):
    made = 0
    def connection_made(self, transport):
        self.transport, self.received = transport, b""
    def data_received(self, data):
        self.received += data
        while (end := self.received.find(b"\\r\\n\\r\\n")) >= 0:
            found = LENGTH.search(self.received, 0, end)
            whole = end + 4 + (int(found.group(1)) if found else 0)
            if len(self.received) < whole:
                return
            asked, self.received = self.received[:whole], self.received[whole:]
            if (now := int(time.time())) != Answers.made:
                Answers.made, Answers.nothing, Answers.identity = now, response("application/x-amz-json-1.1", b"{}"), response("text/xml", IDENTITY)
            told = Answers.identity if b"GetCallerIdentity" in asked else Answers.nothing
            loop.call_later(DELAY, self.transport.write, told)
async def main():
    global loop
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answers, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()
asyncio.run(main())
'''
