"""The next runs of a task, and the clock changes of its time zones. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice, takewhile

from components.schedules import Rate, explain
from components.schedules.zones import ClockChange, clock_changes, known_timezone

from ..aws.schedules import unanchored, understood
from ..output import in_words
from ..state.rows import Source
from .period import Period

MOST = 700
"""The most next runs of one schedule that are calculated: one per 15 minutes. A rate has no limit, because its runs
need no calculation."""

Sequences = list[tuple[int, int, int]]
"""Times with equal distances: the first one in seconds since 1970, the distance in seconds, and their number."""


def sequences(times: Iterable[int]) -> Sequences:
    """Write ascending times as few sequences. A hundred runs per hour are as short as one."""
    found: Sequences = []
    for time in times:
        if found:
            first, step, count = found[-1]
            if count == 1 or time == first + step * count:
                found[-1] = (first, time - first if count == 1 else step, count + 1)
                continue
        found.append((time, 0, 1))
    return found


def next_runs(source: Source, period: Period) -> tuple[Sequences, bool]:
    """The next runs of a schedule until the end of the period, and whether these are all of them."""
    if source.times is None or not source.enabled:
        return [], True
    runs = takewhile(lambda run: run <= period.end, source.times.runs(period.now))
    expression = understood(source.times.expression)
    if isinstance(expression, Rate) and not source.leaves_out:
        return _rate(runs, 60 * expression.minutes, source.times.end, period), True
    found = list(islice(runs, MOST + 1))
    return sequences(round(run.timestamp()) for run in found[:MOST]), len(found) <= MOST


def _rate(runs: Iterator[datetime], step: int, end: datetime | None, period: Period) -> Sequences:
    if (first := next(runs, None)) is None:
        return []
    last = min(period.end, end or period.end)
    return [(round(first.timestamp()), step, int((last - first).total_seconds() // step) + 1)]


def is_estimate(source: Source) -> bool:
    """Whether AWS may start the runs at other times. See `unanchored`."""
    return source.times is not None and unanchored(source.times.expression, source.times.start) is not None


def in_english(source: Source, now: datetime) -> str:
    """The schedule in English, or the expression itself if it can't be parsed. Empty if it isn't known.

    If the next time is left out, it says why.
    """
    left_out = source.next_left_out(now)
    return _in_english(source) + (f"; next time left out: {left_out[1]}" if left_out else "")


def _in_english(source: Source) -> str:
    if source.times is None:
        return ""
    expression = understood(source.times.expression)
    return source.times.expression if expression is None else explain(expression, source.times.timezone)


def changes(sources: Sequence[Source], period: Period) -> list[tuple[int, str]]:
    """The clock changes of a task's time zones in the period: the time in seconds since 1970, and a sentence.

    A rate is not affected by clock changes. AWS: EventBridge Scheduler user guide, "Daylight saving time".
    """
    zones = {
        source.times.timezone
        for source in sources
        if source.times and not isinstance(understood(source.times.expression), Rate)
    }
    found = (
        (round(change.at.timestamp()), _sentence(zone, change))
        for zone in sorted(zones)
        if known_timezone(zone)
        for change in clock_changes(zone, period.start, period.end)
        if period.start <= change.at <= period.end
    )
    return sorted(found)


def _sentence(zone: str, change: ClockChange) -> str:
    first, last = change.local_span
    span = f"{first:%H:%M} to {last:%H:%M}"
    hours = in_words(abs(change.after - change.before))
    if change.skips:
        return f"Clocks in {zone} go forward {hours}: the local times {span} are skipped."
    return f"Clocks in {zone} go back {hours}: the local times {span} occur twice."
