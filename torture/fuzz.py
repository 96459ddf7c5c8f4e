"""Section "fuzz": random changes of real and hostile configurations."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from .hostile.commands import problems_of
from .hostile.deployed import resources_on_mocks
from .hostile.limited import Ended, run_all
from .hostile.mutations import inputs
from .hostile.project import Special, write
from .trials import Part, Say, Section, Trial

_SECONDS = 5
_BATCH = 2000
Input = Mapping[str, bytes | Special]


def tried(every: Sequence[Input], seconds: float = _SECONDS) -> Iterator[tuple[Input, Ended]]:
    """Run `check` and the reading of `review` on each input, and the program on mocks if the input is accepted.

    Args:
        every: The files of each project that replace the valid ones.
        seconds: Processor time of one input.
    """
    base = Path(tempfile.mkdtemp(prefix="fuzz-"))
    good, project = base / "good", base / "project"
    write(good, {})
    write(project, {})

    def trial(files: Input) -> bool:
        write(project, files)
        accepted = problems_of(project, good, (("check",),))
        if accepted:
            resources_on_mocks(project)
        return accepted

    try:
        for ended in run_all(every, trial, seconds=seconds):
            yield every[ended.number], ended
    finally:
        shutil.rmtree(base, ignore_errors=True)


def measure(count: int, seed: int, say: Say) -> Part:
    """Try random inputs, in batches."""
    survived = accepted = done = 0
    for start in range(0, count, _BATCH):
        batch = inputs(min(_BATCH, count - start), seed * 1_000_003 + start)
        for files, ended in tried(batch):
            done += 1
            survived += not ended.failure
            accepted += ended.accepted
            if ended.failure:
                say(f"{files!r}: {ended.failure}")
        say(f"{done:,} inputs, {accepted:,} accepted, {done - survived:,} failures")
    rest = "" if survived == count else "See the output of make torture."
    return Part([Trial(f"Random configurations, of which {accepted:,} are valid", count, survived, rest)])


SECTION = Section(
    title="Random configurations",
    text="""\
A real or hostile file is changed at random. `check`, `review`, and the program on Pulumi's mocks must end within 5
seconds of CPU time with a result or a message.""",
    measure=measure,
    count=100_000,
)
