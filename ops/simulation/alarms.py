"""The alarms of a group and of its tasks, as they are deployed, and what they tell."""

from dataclasses import dataclass, field
from functools import partial
from math import floor
from typing import cast

from components.monitoring import alarms as deployed

from .clock import Clock
from .cloudwatch import ALARM, MORE_PERIODS, OK, Treatment, state
from .record import Record, ScheduledRun
from .tasks import Channels

NO_SUCCESS, DROPPED, DEAD_LETTERS, LOST, TARGET_ERRORS, THROTTLED = (
    "no-success",
    "dropped",
    "dead-letters",
    "lost-dead-letters",
    "target-errors",
    "throttled",
)


@dataclass(slots=True, eq=False)
class Alarm:
    """An alarm all of whose data is breaching, or all of whose data isn't.

    It is evaluated at the end of each period in which its state can change.

    Args:
        name: Its name, as docs/runbook.md lists it.
        task: Its task; empty for an alarm of the group.
        settings: The alarm as it is deployed.
        recipients: Whether a change to ALARM sends a message.
        until: The time after which the state doesn't matter, in seconds since 1970.
        more_periods: Periods that CloudWatch reads in addition to the ones that it evaluates.
    """

    clock: Clock
    record: Record
    name: str
    task: str
    settings: deployed.Alarm
    recipients: bool
    until: float | None = None
    more_periods: int = MORE_PERIODS
    state: str = OK
    waiting: list[ScheduledRun] = field(default_factory=list[ScheduledRun])
    """The runs that the alarm tells about when it fires."""
    _data: set[int] = field(default_factory=set[int])
    """The numbers of the periods with data."""
    _newest: int = -1

    @property
    def _period(self) -> int:
        queries = cast("list[deployed.MetricQuery]", self.settings.get("metric_queries", []))
        periods = [each["metric"]["period"] for each in queries if "metric" in each]
        return self.settings.get("period") or periods[0]

    @property
    def _breaching(self) -> bool:
        """Whether data is breaching. Data is never 0: nothing is reported if nothing happens."""
        return self.settings["comparison_operator"] == "GreaterThanThreshold"

    @property
    def _filled(self) -> bool:
        """Whether a metric math expression turns missing data into 0."""
        return "metric_queries" in self.settings

    @property
    def _range(self) -> int:
        return self.settings["evaluation_periods"] + self.more_periods

    def put(self, lasting: float = 0) -> None:
        """Data arrives now, and in each period for some more seconds."""
        first, last = (floor((self.clock.now + seconds) / self._period) for seconds in (0, lasting))
        if last <= self._newest:
            return
        self._data = {each for each in self._data if each > first - self._range}
        self._data.update(range(max(first, self._newest + 1), last + 1))
        self._newest = last
        if self.state != (ALARM if self._breaching else OK):
            self.clock.at((first + 1) * self._period, self._evaluate)
        # The data leaves the evaluated periods, and then the periods that CloudWatch reads.
        for age in {self.settings["evaluation_periods"], self._range}:
            self.clock.at((last + age + 1) * self._period, partial(self._evaluate_after, last))

    def tell(self, run: ScheduledRun) -> None:
        """Tell about a run when the alarm fires, or now if it is on."""
        if self.state == ALARM:
            self._tell(run)
        else:
            self.waiting.append(run)

    def _tell(self, run: ScheduledRun) -> None:
        if self.recipients:
            run.tell(f"alarm {self.name}", self.clock.now)

    def _evaluate_after(self, newest: int) -> None:
        # Newer data has its own evaluation.
        if self._newest == newest:
            self._evaluate()

    def _evaluate(self) -> None:
        now = self.clock.now
        if self.until is not None and now > self.until:
            return
        newest, absent = floor(now / self._period) - 1, False if self._filled else None
        found = state(
            [self._breaching if each in self._data else absent for each in range(newest - self._range + 1, newest + 1)],
            periods=self.settings["evaluation_periods"],
            to_alarm=self.settings.get("datapoints_to_alarm", self.settings["evaluation_periods"]),
            missing=cast("Treatment", self.settings["treat_missing_data"]),
        )
        if found == self.state:
            return
        self.state = found
        if found == OK:
            self.record.add(now, "ok", self.task, f"Alarm {self.name} is OK.")
            return
        self.record.add(now, "alarm", self.task, f"Alarm {self.name} fires.")
        waiting, self.waiting = self.waiting, []
        for run in waiting:
            self._tell(run)


def group_alarms(clock: Clock, record: Record, channels: Channels) -> dict[str, Alarm]:
    """The alarms of a group, by name."""
    settings = deployed.group_alarms(schedule_group="group", queues={"launches": "launches", "events": "events"})
    return {name: Alarm(clock, record, name, "", alarm, channels.reports(name, "")) for name, alarm in settings.items()}


def success_alarm(
    clock: Clock, record: Record, task: str, seconds: int, *, recipients: bool, until: float, more: int = MORE_PERIODS
) -> Alarm:
    """The alarm of `expectSuccessWithin`. A success is assumed just before the simulation."""
    metric = deployed.SuccessMetric("ScheduledTasks", task)
    settings = deployed.success_alarm(prefix="group", task=task, seconds=seconds, metric=metric)
    alarm = Alarm(clock, record, NO_SUCCESS, task, settings, recipients, until, more)
    alarm.put()
    return alarm
