"""A simulation: the schedules of tasks from one time to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from .alarms import group_alarms, success_alarm
from .clock import VirtualClock
from .cloudwatch import MORE_PERIODS
from .durations import Durations
from .exclusion import Exclusion
from .execution import Calls
from .executor import VirtualEcs
from .faults import Fault, TaskFaults, outages_of
from .monitor import Monitor
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

    def run(self) -> Record:
        """Let everything happen. Runs that start before the end are simulated to their own end.

        The same arguments give the same record. Each task has random numbers of its own, so another task doesn't change
        them.
        """
        clock, record = VirtualClock(self.begin.timestamp()), Record()
        outages = outages_of(self.faults)
        faults = {
            task.name: TaskFaults(
                [fault for fault in self.faults if fault.concerns(task.name)],
                Random(f"{self.seed} {task.name}"),  # noqa: S311 - not used for security
            )
            for task in self.tasks
        }
        recipients = self.channels.recipients
        successes = {
            task.name: success_alarm(
                clock,
                record,
                task.name,
                task.success_within,
                recipients=recipients,
                until=self.end.timestamp(),
                more=self.more_periods,
            )
            for task in self.tasks
            if task.success_within is not None
        }
        alarms = group_alarms(clock, record, recipients=recipients) if self.channels.alarms else {}
        monitor = Monitor(clock, record, outages, self.channels, successes, alarms)
        ecs = VirtualEcs(clock, record, self.durations, outages, faults)
        calls = Calls(clock, outages)
        supervisor = Supervisor(clock, record, ecs, monitor, faults, Exclusion(clock, calls, ecs.running), calls)
        scheduler = Scheduler(clock, record, ecs, supervisor, monitor, outages, faults)
        for task in self.tasks:
            scheduler.begin(task, self.begin, self.end)
        clock.run()
        record.events.sort(key=lambda event: event.time)
        return record
