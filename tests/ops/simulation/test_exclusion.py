"""Leases and places in a queue, in the cases that need an outage or an execution that dies."""

from collections.abc import Generator
from random import Random

import pytest

from components.resolved import Retry
from ops.simulation.clock import Until, VirtualClock, start
from ops.simulation.exclusion import Exclusion
from ops.simulation.execution import Calls, End, Execution
from ops.simulation.faults import Fault, Outages
from ops.simulation.record import ScheduledRun
from ops.simulation.tasks import SimulatedTask
from torture.lease.world import settings_of

HOUR = 3600


class World:
    """Executions that try to acquire a lease at a time, and keep it."""

    def __init__(self, overlap: str, *outages: Fault):
        self.clock = VirtualClock(0)
        self.settings = settings_of(overlap, 600, 0, 0)
        self.exclusion = Exclusion(self.clock, Calls(self.clock, Outages(outages)), {})
        self.ends: dict[int, tuple[float, End | None]] = {}

    def acquire(self, number: int, time: float, since: float) -> None:
        task = SimulatedTask("a", (), Retry(attempts=0, max_age=60), supervision=self.settings)
        execution = Execution(number, task, self.settings, ScheduledRun("a", 0, time), since, Random(number))

        def process() -> Generator[float | Until, None, None]:
            end = yield from self.exclusion.acquire(execution)
            self.ends[number] = self.clock.now, end

        self.clock.at(time, lambda: start(self.clock, process()))


def test_an_older_execution_does_not_replace_a_newer_one():
    world = World("replace")
    world.acquire(1, time=10, since=10)
    world.acquire(2, time=20, since=5)
    world.clock.run()
    assert world.ends == {1: (10, None), 2: (40, ("replaced", "A run that started later holds the lease."))}


def test_a_run_that_never_ends_is_not_replaced_forever():
    world = World("replace")
    world.acquire(1, time=0, since=0)
    world.acquire(2, time=20, since=20)
    world.clock.run()
    assert world.ends[2] == (620, ("failed", "The earlier run could not be replaced within 60 tries."))


def test_a_run_in_the_queue_takes_over_a_lease_that_ends():
    world = World("queue")
    world.acquire(1, time=0, since=0)
    world.acquire(2, time=20, since=20)
    world.clock.run()
    time, end = world.ends[2]
    assert end is None
    assert world.settings.lease < time < 1.1 * world.settings.lease


def test_a_run_in_the_queue_does_not_wait_forever():
    """An older deployment, with a longer timeout, has acquired the lease."""
    world = World("queue")
    world.settings = settings_of("queue", 7200, 0, 0)
    world.acquire(1, time=0, since=0)
    world.settings = settings_of("queue", 600, 0, 0)
    world.acquire(2, time=20, since=20)
    world.clock.run()
    assert world.ends[2][1] == ("failed", "Not started: the lease of the earlier run was not released in time.")


def test_a_queue_that_cannot_be_entered():
    world = World("queue", Fault("outage", 0, HOUR, service="dynamodb"))
    world.acquire(1, time=0, since=0)
    world.clock.run()
    assert world.ends[1][1] == ("failed", "Not started, because it could not enter the queue")


def test_a_place_that_is_not_renewed_in_an_outage_can_be_lost():
    """The second execution waits in an outage of DynamoDB for so long that its place ends, and a third takes it."""
    world = World("queue")
    world.acquire(1, time=0, since=0)
    world.acquire(2, time=20, since=20)
    world.clock.run(25)
    world.exclusion._places["a"] = 3, HOUR  # pyright: ignore[reportPrivateUsage]
    world.clock.run()
    reason = "Not started: another run took its place in the queue while it did not renew it."
    assert world.ends[2][1] == ("failed", reason)


@pytest.mark.parametrize("overlap", ["forbid", "queue", "replace"])
def test_a_lease_that_has_ended_is_taken_over(overlap: str):
    world = World(overlap)
    world.acquire(1, time=0, since=0)
    world.acquire(2, time=2 * HOUR, since=2 * HOUR)
    world.clock.run()
    assert world.ends[2] == (2 * HOUR + 10, None)
