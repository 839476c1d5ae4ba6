"""How much of a course about AWS the reads of verify can judge: `coverage.py [PROGRAM]`, see README.md."""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
STEPS = HERE.parent / "tests/reads/course-steps.tsv"
OVERRIDES = HERE.parents[1] / "verifier/evidence/reads/overrides.toml"
# The share of the read steps that must be readable.
AIM = 95
KINDS = {"r": "read", "e": "event", "d": "data"}
# What is not counted, because no read of AWS decides it.
OTHERS = {"p": "web pages", "l": "the learner's machine or the inside of an instance", "w": "the learner's word"}


class Table:
    """What verify reads: the operations of a check's `[read]`, and those of the hand-written sections."""

    def __init__(self, program):
        reads = json.loads(output(program, "schema", "reads", "--format", "json"))
        self.reads = {f"{service}:{name}": one for service, all_ in reads.items() for name, one in all_.items()}
        # The sections name their operations in their descriptions.
        self.sections = set(re.findall(r"`([a-z0-9-]+:[A-Z][A-Za-z0-9]+)`", output(program, "schema", "evidence")))

    def has(self, operation):
        return operation in self.reads or operation in self.sections

    def problem(self, operation, path):
        """Why a member of an answer cannot be read, or None."""
        if operation not in self.reads:
            return None if operation in self.sections else "the operation is not in the table"
        read = self.reads[operation]
        shape = {"type": "structure", "members": read["members"]}
        for name in path.split("."):
            while "of" in shape:
                shape = shape["of"]
            shape = shape.get("members", {}).get(name)
            if shape is None:
                return f"there is no {name}"
            if "hidden" in shape:
                return f"hidden: {shape['hidden']}"
            if name in (read["leaves_out"] or []):
                return f"the list leaves out {name}"
        return None


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def steps():
    for line in STEPS.read_text().splitlines()[1:]:
        lesson, _, step, kind, _, reads = (line.split("\t") + [""] * 6)[:6]
        yield lesson, step, kind, [word for word in reads.split() if ":" in word]


def by_step(entries, key):
    return {(entry["lesson"], entry["step"]): entry[key] for entry in entries}


def main():
    table = Table(sys.argv[1] if len(sys.argv) > 1 else "verify")
    members = tomllib.loads((HERE / "members.toml").read_text())
    rules = tomllib.loads((HERE / "by-rule.toml").read_text())
    denied = tomllib.loads(OVERRIDES.read_text())["deny"]
    of_step, rule_of_step = by_step(members["step"], "members"), by_step(rules["step"], "rule")
    every = list(steps())
    mistakes = unused(every, members, rules, of_step, rule_of_step)

    def left_out(lesson, step, reads):
        """Why a step is left out, or None: a group, and what exactly."""
        if rule := rule_of_step.get((lesson, step)):
            return "by rule", rule
        for read in reads:
            if read in rules["operations"]:
                return "by rule", f"{rules['operations'][read]} ({read})"
            if not table.has(read):
                why = denied.get(read, {}).get("why")
                return ("by rule", f"{read}: {why}") if why else ("not in the table", read)
        for read in reads:
            for path in of_step.get((lesson, step), {}).get(read, []) + members["operations"].get(read, []):
                if problem := table.problem(read, path):
                    return "member not readable", f"{read} {path} ({problem})"
        return None if reads else ("not in the table", "the step names no operation")

    counted, readable = collections.Counter(), collections.Counter()
    out = collections.defaultdict(list)
    for lesson, step, kind, reads in every:
        if kind not in KINDS:
            continue
        counted[kind] += 1
        if reason := left_out(lesson, step, reads):
            out[reason].append(f"{KINDS[kind]}: {lesson}: {step}")
        else:
            readable[kind] += 1

    print("| steps | in all | readable | share |\n|---|---:|---:|---:|")
    for name, kinds in [*((name, [kind]) for kind, name in KINDS.items()), ("all", list(KINDS))]:
        total, good = sum(counted[kind] for kind in kinds), sum(readable[kind] for kind in kinds)
        print(f"| {name} | {total} | {good} | {100 * good / total:.1f} % |")
    print("\nLeft out:")
    for (group, what), named in sorted(out.items()):
        print(f"- {group}: {what}")
        print("".join(f"  - {one}\n" for one in named), end="")
    others = collections.Counter(kind for _, _, kind, _ in every if kind not in KINDS)
    print("\nNot counted, because no read of AWS decides them:")
    print("".join(f"- {others[kind]} steps: {what}\n" for kind, what in OTHERS.items()), end="")
    for mistake in mistakes:
        print(f"coverage: {mistake}", file=sys.stderr)
    share = 100 * readable["r"] / counted["r"]
    if share < AIM:
        print(f"coverage: {share:.1f} % of the read steps are readable, and {AIM} % are the aim", file=sys.stderr)
    return 1 if mistakes or share < AIM else 0


def unused(every, members, rules, of_step, rule_of_step):
    """Entries of the two files that are about no step."""
    named = {(lesson, step) for lesson, step, _, _ in every}
    asked = {read for _, _, _, reads in every for read in reads}
    strange = [key for key in {**of_step, **rule_of_step} if key not in named]
    unread = [read for read in {**members["operations"], **rules["operations"]} if read not in asked]
    wrong = [f"there is no step “{step}” of “{lesson}”" for lesson, step in strange]
    return wrong + [f"no step reads {read}" for read in unread]


if __name__ == "__main__":
    sys.exit(main())
