"""The scheduled times of a task without a known run. Pure."""

from collections.abc import Iterator, Sequence

from ..aws.schedules import Schedule
from ..backfill.times import MISSED, scheduled_times, with_outcomes
from ..errors import OpsError
from ..runs.records import Run
from ..state.rows import Source
from .period import Period
from .upcoming import Sequences, sequences


def missed_times(source: Source, runs: Sequence[Run], period: Period) -> Sequences:
    """The times of a schedule in the period without a known run. Empty if they are not known.

    A time is missed if its launch failed, or if the schedule was paused. A supervised run can also have been skipped or
    replaced: the outcome logs don't contain such runs. Times before the last change of the schedule are not known,
    because it can have had another expression. The times of calls are not known
    either, because an event about work doesn't name the schedule.

    Args:
        source: The schedule. It has such times only if it was read from AWS.
        runs: All runs of the task in the period.
        period: The period.
    """
    schedule = source.times
    if not isinstance(schedule, Schedule) or schedule.modified is None or not schedule.enabled:
        return []
    if schedule.is_call and not schedule.has_call_machine:
        return []
    try:
        times = scheduled_times(schedule, max(period.start, schedule.modified), period.now)
    except OpsError:
        return []
    found = with_outcomes(times, runs, schedule, period.now)
    return sequences(round(each.time.timestamp()) for each in found if each.outcome == MISSED)


def missed_by_kind(sources: Sequence[Source], runs: Sequence[Run], period: Period) -> Iterator[tuple[bool, Sequences]]:
    """The missed times of each schedule, and whether it starts supervised runs."""
    for source in sources:
        supervised = isinstance(source.times, Schedule) and source.times.supervised
        yield supervised, missed_times(source, runs, period)
