"""Section "files": hostile configurations, one by one."""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import Figure

from .hostile import file_kinds, structures, values
from .hostile.commands import COMMANDS, problems_of
from .hostile.deployed import ACCEPTED
from .hostile.limited import Ended, run_all
from .hostile.project import STACK, Case, write
from .trials import Part, Say, Section, Trial
from .victims import run, small_sandbox

_SECONDS = 5


def cases() -> list[Case]:
    """All hostile configurations."""
    return [*structures.cases(), *values.cases(), *file_kinds.cases()]


def tried(
    every: Sequence[Case], seconds: float = _SECONDS, commands: Sequence[Sequence[str]] = COMMANDS
) -> Iterator[tuple[Case, Ended]]:
    """Run the commands on each configuration.

    Args:
        every: The configurations.
        seconds: Processor time that each command may take.
        commands: The words of each command.
    """
    base = Path(tempfile.mkdtemp(prefix="hostile-"))
    good, project = base / "good", base / "project"
    write(good, {})

    def trial(case: Case) -> bool:
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir()
        write(project, case.files)
        return problems_of(project, good, commands)

    try:
        # `review` reads the project twice, before and after.
        for ended in run_all(every, trial, seconds=seconds * (len(commands) + 2)):
            yield every[ended.number], ended
    finally:
        shutil.rmtree(base, ignore_errors=True)


def measure(count: int, seed: int, say: Say) -> Part:
    """Try configurations of each kind."""
    every = cases()
    if count < len(every):
        every = random.Random(seed).sample(every, count)  # noqa: S311 - no secret
    tries, survived, failed = Counter[str](), Counter[str](), dict[str, list[str]]()
    slowest = largest = 0.0
    for case, ended in tried(every):
        tries[case.kind] += 1
        survived[case.kind] += not ended.failure
        slowest, largest = max(slowest, ended.seconds), max(largest, ended.mib)
        if ended.failure:
            say(f"{case.kind}, {case.name}: {ended.failure}")
            failed.setdefault(case.kind, []).append(f"{case.name[:60]}: {ended.failure.splitlines()[0][:80]}")
    trials = [Trial(kind, tries[kind], survived[kind], "; ".join(failed.get(kind, [])[:3])) for kind in tries]
    trials.append(_deployed(say))
    figures = [
        Figure("Longest processor time of all commands", len(every), "s", slowest),
        Figure("Largest growth of memory", len(every), "MiB", largest),
    ]
    return Part(trials, figures)


def _deployed(say: Say) -> Trial:
    """Deploy a valid configuration that looks hostile, with the real engine."""
    with tempfile.TemporaryDirectory(prefix="accepted-") as folder:
        box = small_sandbox(Path(folder))
        try:
            (box.project / "Pulumi.local.yaml").write_bytes(ACCEPTED[STACK])
            ends = [run(box, "up"), run(box, "destroy")]
        finally:
            box.discard()
    output = "\n".join(ended.output for ended in ends)
    survived = "Traceback" not in output and all(ended.code == 0 for ended in ends)
    if not survived:
        say(output)
    return Trial(
        "Deployed and deleted by the real engine", 1, int(survived), "" if survived else output.splitlines()[-1][:80]
    )


SECTION = Section(
    title="Hostile files",
    text=f"""\
A file of a small project has alias bombs, deep nesting, huge numbers, wrong encodings, or names with control
characters, or is a pipe or a device. `check`, `next` and `review` must each end within {_SECONDS} seconds of CPU time
with a message.""",
    measure=measure,
    count=10_000,
    after="""\
[Limits](limits.md#configuration-files) lists the bounds.""",
)
