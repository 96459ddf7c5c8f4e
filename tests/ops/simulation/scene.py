"""Simulations of a few tasks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from components.resolved import Group
from components.resolver import resolve_call, resolve_group, resolve_task
from config import StackConfig
from ops.simulation.cloudwatch import MORE_PERIODS
from ops.simulation.durations import Durations
from ops.simulation.engine import Simulation
from ops.simulation.faults import Fault, Kind
from ops.simulation.record import Event, Record
from ops.simulation.tasks import channels_of, simulated_tasks

BEGIN = datetime(2026, 12, 1, tzinfo=UTC)
NOTIFIED: Mapping[str, Any] = {"notify": {"emails": ["ops@example.com"]}}
DAY, HOUR, MINUTE = 86400, 3600, 60


def group(**settings: Any) -> Group:
    """A group that sends messages, unless the settings say otherwise. None removes a setting."""
    every = {**NOTIFIED, **settings}
    return resolve_group({key: value for key, value in every.items() if value is not None})


def simulated(
    tasks: Mapping[str, Mapping[str, Any]],
    *faults: Fault,
    begin: datetime = BEGIN,
    days: float = 1,
    minutes: float = 10,
    durations: Mapping[str, Sequence[float]] | None = None,
    of: Group | None = None,
    seed: int = 1,
    more_periods: int = MORE_PERIODS,
    calls: Mapping[str, Mapping[str, Any]] | None = None,
) -> Record:
    """The record of a simulation of some tasks."""
    made = {name: resolve_task(name, {"image": "a:1", **args}) for name, args in tasks.items()}  # pyright: ignore[reportArgumentType]
    made_calls = {name: resolve_call(name, args) for name, args in (calls or {}).items()}
    config = StackConfig(of or group(), made, made_calls)
    return Simulation(
        tasks=simulated_tasks("test", config),
        channels=channels_of(config.group),
        begin=begin,
        end=begin + timedelta(days=days),
        durations=Durations(minutes * 60, durations or {}),
        faults=faults,
        seed=seed,
        more_periods=more_periods,
    ).run()


def fault(kind: Kind, begin: float = 0, end: float = 10**9, **settings: Any) -> Fault:
    """A fault. Times are in seconds from the start."""
    start = BEGIN.timestamp()
    return Fault(kind, start + begin, start + end, **settings)


def after(seconds: float | None) -> float:
    """Seconds from the start."""
    assert seconds is not None
    return seconds - BEGIN.timestamp()


def events(record: Record, *what: str) -> list[Event]:
    """The events of some kinds."""
    return [event for event in record.events if event.what in what]
