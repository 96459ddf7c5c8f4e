"""The trials of random weeks, and their section of docs/reliability.md."""

from collections.abc import Callable

from ..trials import Part, Section, Trial
from .judge import problems
from .world import random_week

WHAT = "Random week"


def measure(count: int, seed: int, note: Callable[[str], None]) -> Part:
    """Simulate random weeks, and count those without a problem."""
    found: dict[int, str] = {}
    first = seed * 1_000_000
    for number in range(first, first + count):
        week = random_week(number)
        if wrong := next(problems(week, week.simulation.run()), None):
            found[number] = wrong
            note(f"seed {number}: {wrong}")
    rest = "; ".join(f"seed {number}: {problem}" for number, problem in list(found.items())[:3])
    return Part([Trial(WHAT, count, count - len(found), rest)])


SECTION = Section(
    title="Scheduled times that nobody hears of",
    text="""\
Each trial [simulates](guides/simulate-failures.md) a random week of one to three tasks, with up to five faults: no
capacity, throttling, missing permissions, failures of containers, Spot interruptions, double deliveries, pauses, and
outages of six services. A week survives if each scheduled time ends in exactly one of three ways:

- It succeeded.
- It failed, and a message or an alarm reports it.
- It was skipped, and a command shows it.

Also, `expectSuccessWithin` raises no false alarm, and misses none within its documented time.""",
    measure=measure,
    count=10_000,
    after="""\
The one exception is documented: if RunTask answers a direct launch without an error and without a run, only
`expectSuccessWithin` can tell, and a later success hides it. The trials test the rules of the simulation, which follow
AWS's documentation. They do not test AWS.""",
)
