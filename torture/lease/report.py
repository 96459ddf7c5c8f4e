"""The trials of the lease, and their section of docs/reliability.md."""

from collections.abc import Callable

from bench.figures import Figure

from ..trials import Part, Section, Trial
from .kinds import KINDS, OUTSIDE, Kind
from .world import Simulation


def trial(kind: Kind, count: int, seed: int, note: Callable[[str], None]) -> Trial:
    """Let worlds of one kind happen, and count those without a problem."""
    found: dict[int, str] = {}
    for number in range(seed, seed + count):
        if problems := Simulation(number, kind).run():
            found[number] = problems[0]
            note(f"{kind.what}, seed {number}: {problems[0]}")
    rest = "; ".join(f"seed {number}: {problem}" for number, problem in list(found.items())[:3])
    return Trial(kind.what, count, count - len(found), rest)


def outside(count: int, seed: int) -> Figure:
    """Count the worlds outside the documented limits in which runs overlap."""
    overlaps = sum(bool(Simulation(number, OUTSIDE).run()) for number in range(seed, seed + count))
    return Figure(OUTSIDE.what, count, f"of {count:,}", overlaps)


def measure(count: int, seed: int, note: Callable[[str], None]) -> Part:
    """Run `count` worlds of each kind."""
    first = seed * 1_000_000
    return Part([trial(kind, count, first, note) for kind in KINDS], [outside(count, first)])


SECTION = Section(
    title="Runs that must not overlap",
    text="""\
The state machine of a [supervised](supervised.md) task with `overlap` runs on a virtual clock. DynamoDB and ECS lose
requests and answers, read late and refuse launches. Clocks differ by up to 60 seconds, and executions are aborted. No
two runs may overlap, no delivered time may be lost or unreported, and a run must succeed at the end.""",
    measure=measure,
    count=1000,
    after="""\
The measured value is one of the [known windows](supervised.md#known-windows): ECS documents no limit for ListTasks. The
two windows of a long stop of Step Functions and a new family aren't modeled.""",
)
