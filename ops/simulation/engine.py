"""A simulation: the schedules of tasks from one time to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random

from .alarms import NO_SUCCESS, group_alarms, success_alarm
from .clock import Clock, VirtualClock
from .cloudwatch import MORE_PERIODS
from .durations import Durations
from .exclusion import Exclusion
from .execution import Calls
from .executor import Executor, VirtualEcs
from .faults import Fault, TaskFaults, outages_of
from .monitor import Monitor
from .playing import Play, at_once
from .record import Record
from .scheduler import Scheduler
from .supervisor import Supervisor
from .tasks import Channels, SimulatedTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The arguments of a simulation. `begin` is inclusive and `end` is exclusive."""

    tasks: Sequence[SimulatedTask]
    channels: Channels
    begin: datetime
    end: datetime
    durations: Durations
    faults: Sequence[Fault] = ()
    seed: int = 1
    more_periods: int = MORE_PERIODS
    """Periods that a CloudWatch alarm reads in addition to the ones that it evaluates."""

    def run(self, play: Play = at_once) -> Record:
        """Let everything happen. Runs that start before the end are simulated to their own end.

        The same arguments give the same record. Each task has random numbers of its own, so another task doesn't change
        them.

        Args:
            play: Lets the clock run until nothing is left. Default: as fast as possible.
        """
        clock, record = VirtualClock(self.begin.timestamp()), Record()
        faults, outages = self.task_faults(), outages_of(self.faults)
        self.start(clock, record, VirtualEcs(clock, record, self.durations, outages, faults), faults)
        play(clock, record)
        record.events.sort(key=lambda event: event.time)
        return record

    def task_faults(self) -> dict[str, TaskFaults]:
        """The faults of each task, with its random numbers."""
        return {
            task.name: TaskFaults(
                [fault for fault in self.faults if fault.concerns(task.name)],
                Random(f"{self.seed} {task.name}"),  # noqa: S311 - not used for security
            )
            for task in self.tasks
        }

    def start(self, clock: Clock, record: Record, executor: Executor, faults: dict[str, TaskFaults]) -> None:
        """Start the schedules and alarms on a clock, which then calls them.

        Args:
            clock: A virtual clock, or one of real time.
            record: Gets everything that happens.
            executor: Starts the runs.
            faults: The faults of each task.
        """
        outages = outages_of(self.faults)
        successes = {
            task.name: success_alarm(
                clock,
                record,
                task.name,
                task.success_within,
                recipients=self.channels.reports(NO_SUCCESS, task.name),
                until=self.end.timestamp(),
                more=self.more_periods,
            )
            for task in self.tasks
            if task.success_within is not None
        }
        alarms = group_alarms(clock, record, self.channels) if self.channels.alarms else {}
        monitor = Monitor(clock, record, outages, self.channels, successes, alarms)
        calls = Calls(clock, outages)
        exclusion = Exclusion(clock, calls, executor.running)
        supervisor = Supervisor(clock, record, executor, monitor, faults, exclusion, calls)
        scheduler = Scheduler(clock, record, executor, supervisor, monitor, outages, faults)
        monitor.started_by = partial(scheduler.start_after, self.tasks)
        for task in self.tasks:
            scheduler.begin(task, self.begin, self.end)
