"""Starts the runs of scheduled times, some at a time, and waits for their ends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from components.monitoring.events import SUCCEEDED

from .. import waiting
from ..runs.following import POLL_SECONDS, FollowedRun, Patience
from ..runs.records import Run


@dataclass(slots=True)
class Filling:
    """The runs of scheduled times.

    Args:
        launch: Starts the run of a time.
        parallel: The most runs at a time.
        keep_going: Whether the other times run if one fails.
    """

    launch: Callable[[datetime], FollowedRun]
    parallel: int
    keep_going: bool
    ended: dict[datetime, Run] = field(default_factory=dict[datetime, Run])
    running: dict[datetime, FollowedRun] = field(default_factory=dict[datetime, FollowedRun])
    waiting: list[datetime] = field(default_factory=list[datetime])
    """The times without a run so far."""

    _patience: dict[datetime, Patience] = field(default_factory=dict[datetime, Patience])
    _refused: Exception | None = None
    """The error of a launch."""

    def run(self, times: Iterable[datetime]) -> Iterator[tuple[datetime, Run | None]]:
        """Run the times in order. Yields each time with None when its run has started, and with the run at its end.

        Raises an error of a launch after the end of the other runs.
        """
        self.waiting = list(times)
        while True:
            yield from self._start()
            if not self.running:
                break
            waiting.wait(POLL_SECONDS)
            yield from self._end()
        if self._refused:
            raise self._refused

    def _start(self) -> Iterator[tuple[datetime, Run | None]]:
        while self._may_start:
            time = self.waiting[0]
            try:
                self.running[time], self._patience[time] = self.launch(time), Patience()
            except Exception as error:
                self._refused = error
                return
            self.waiting.pop(0)
            yield time, None

    def _end(self) -> Iterator[tuple[datetime, Run | None]]:
        for time, followed in list(self.running.items()):
            state = followed.poll()
            self._patience[time].see(state)
            self._patience[time].check()
            if state.ended:
                del self.running[time]
                self.ended[time] = followed.run()
                yield time, self.ended[time]

    @property
    def _may_start(self) -> bool:
        stopped = self._failed or self._refused is not None
        return bool(self.waiting) and len(self.running) < self.parallel and not stopped

    @property
    def _failed(self) -> bool:
        return not self.keep_going and any(run.outcome != SUCCEEDED for run in self.ended.values())
