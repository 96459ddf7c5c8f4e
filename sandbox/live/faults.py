"""The faults of the next runs of tasks, in a file that the command writes and the emulator reads."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from filelock import FileLock

from ops.simulation.faults import Kind

from ..private_files import FILE, private_files

EVENTS_THROTTLED: Literal["eventsThrottled"] = "eventsThrottled"
LiveKind: TypeAlias = Kind | Literal["eventsThrottled"]
"""A kind of simulations, or `eventsThrottled`: the targets of rules throttle EventBridge."""
KINDS: dict[str, LiveKind] = {
    "no-capacity": "noCapacity",
    "throttled": "throttled",
    "access-denied": "accessDenied",
    "exit-1": "exitCode",
    "out-of-memory": "outOfMemory",
    "image-not-found": "imageNotFound",
    "spot-interruption": "spotInterruption",
    "double-delivery": "doubleDelivery",
    "events-throttled": EVENTS_THROTTLED,
}
"""The kinds of the command, with their names in files."""


@dataclass(frozen=True, slots=True)
class NextFault:
    """A fault of the next deliveries, launches or runs of a task, or of the deliveries of its events."""

    task: str
    kind: LiveKind
    times: int = 1


class Faults:
    """The faults in a file. A process reads the file each time, because the command changes it."""

    def __init__(self, file: Path):
        self._file = file

    @property
    def all(self) -> Sequence[NextFault]:
        """All faults that have not happened, the oldest first."""
        try:
            entries: list[dict[str, object]] = json.loads(self._file.read_text(encoding="utf-8"))
            return [NextFault(str(it["task"]), it["kind"], int(str(it["times"]))) for it in entries]  # type: ignore[arg-type]
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def add(self, fault: NextFault) -> None:
        """Add a fault."""
        with self._lock():
            self._write([*self.all, fault])

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock():
            self._write([])

    def take(self, task: str, kinds: Iterable[str]) -> NextFault | None:
        """The oldest fault of some kinds that a task has now. It counts as one of its times."""
        wanted = frozenset(kinds)
        if not any(fault.task == task and fault.kind in wanted for fault in self.all):
            return None
        with self._lock():
            faults = list(self.all)
            for number, fault in enumerate(faults):
                if fault.task == task and fault.kind in wanted:
                    left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self._write([*faults[:number], *left, *faults[number + 1 :]])
                    return fault
        return None

    def _lock(self) -> FileLock:
        return FileLock(self._file.with_suffix(".lock"), mode=FILE)

    def _write(self, faults: Sequence[NextFault]) -> None:
        with private_files():
            temporary = self._file.with_suffix(".new")
            temporary.write_text(json.dumps([asdict(fault) for fault in faults]), encoding="utf-8")
            temporary.replace(self._file)
