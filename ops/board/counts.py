"""The numbers at the top of the page: how many tasks fail, how many alarms fire. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..dead_letters.message import LAUNCHES
from .reading import Reading
from .tasks import TaskView


@dataclass(frozen=True, slots=True)
class Count:
    """A number of a stack.

    Args:
        number: The number, as far as it is known.
        known: Whether this is all. If not, the number must not look like a complete one.
    """

    number: int = 0
    known: bool = True


def counts(reading: Reading, tasks: Sequence[TaskView]) -> Mapping[str, Count]:
    """The numbers of a stack by name, the most important ones first. All are unknown if it could not be read."""
    found = reading.status
    if found is None:
        return dict.fromkeys(("failing", "launches", "alarms", "slow", "paused", "tasks"), Count(known=False))
    runs = reading.runs_known
    letters = found.dead_letters or {}
    launches = letters.get(LAUNCHES)
    alarms = sum(len(view.row.alarms) for view in tasks) + len(found.alarms or ())
    return {
        "failing": Count(sum(1 for view in tasks if view.failures), runs),
        "launches": Count(launches or 0, launches is not None),
        "alarms": Count(alarms, found.alarms is not None),
        "slow": Count(sum(1 for view in tasks if view.slow), runs),
        "paused": Count(sum(1 for view in tasks if view.pause)),
        "tasks": Count(len(tasks)),
    }
