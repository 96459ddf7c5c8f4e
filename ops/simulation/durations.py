"""How long the runs of a simulation take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Durations:
    """The durations of runs in seconds, from the launch to the end of the container."""

    usual: float
    """For tasks whose durations aren't known."""
    of_tasks: Mapping[str, Sequence[float]] = field(default_factory=dict[str, Sequence[float]])
    """One or several durations per task. Each run takes one of them at random."""

    def one(self, task: str, random: Random) -> float:
        """The duration of a run."""
        known = self.of_tasks.get(task)
        if not known:
            return self.usual
        return known[0] if len(known) == 1 else random.choice(known)
