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
A random week of one to three tasks is [simulated](guides/simulate-failures.md), with up to five faults. Each scheduled
time must succeed, fail with a message or an alarm, or be skipped so that a command shows it. `expectSuccessWithin` must
raise no false alarm, and miss none within its documented time.""",
    measure=measure,
    count=10_000,
    after="""\
The one exception: if RunTask answers a direct launch without an error and without a run, only `expectSuccessWithin` can
tell, and a later success hides it.""",
)
