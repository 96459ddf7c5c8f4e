"""The trials of the lease, and their section of docs/reliability.md."""

from collections.abc import Callable

from ..trials import Part, Section, Trial
from .kinds import KINDS, Kind
from .world import Simulation


def trial(kind: Kind, count: int, seed: int, note: Callable[[str], None]) -> Trial:
    """Let worlds of one kind happen, and count those without a problem."""
    survived = 0
    for number in range(count):
        problems = Simulation(seed + number, kind).run()
        survived += not problems
        if problems:
            note(f"{kind.what}, seed {seed + number}: {problems[0]}")
    return Trial(kind.what, count, survived, kind.rest if survived < count else "")


def measure(count: int, seed: int, note: Callable[[str], None]) -> Part:
    """Run `count` worlds of each kind."""
    return Part([trial(kind, count, seed * 1_000_000, note) for kind in KINDS])


SECTION = Section(
    title="Runs that must not overlap",
    text="""\
Random worlds run the state machine of a [supervised](supervised.md) task with `overlap: forbid` or `replace` on a
virtual clock. Each world has 4 to 16 executions and models of DynamoDB and ECS. The models lose requests and answers,
read late, refuse launches, and stop runs slowly. Clocks differ by up to 60 seconds, and executions are aborted.

A world survives if no two runs overlap, no delivered time is lost or unreported, and a run succeeds after the faults
have ended. The interpreter of the state machines shares no code with the sandbox's.""",
    measure=measure,
    count=600,
    after="""\
The last row is outside the limits of [Known windows](supervised.md#known-windows): ListTasks is behind by 300
seconds, where the state machine allows for 60. ECS documents no limit.

Not modeled: a stop of Step Functions for longer than a lease, and a task definition that changes its family while a run
of an aborted execution hangs.""",
)
