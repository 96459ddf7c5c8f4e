"""The times of a crontab line as Debian's cron (a Vixie cron) runs it.

cronsim reads the fields. It differs in these constructs, which the reader of crontabs refuses: `5/15` (cronsim: from 5
to the end; Vixie cron: only 5), `5-5/15` (the same), `L`, `LW` and `#` (extensions), and six fields (seconds).

Days with a clock change follow the main loop of Debian's cron.c, because cronsim runs a job once for all times that the
clock skips, and misses times after a change by 30 minutes.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from .days import ZonedTimes

_MINUTE = timedelta(minutes=1)


def _fields(expression: str) -> CronSim:
    try:
        return CronSim(expression, datetime(2024, 1, 1))  # noqa: DTZ001 - only the fields are used
    except CronSimError as error:
        raise ValueError(str(error)) from None


def times_of(expression: str, timezone: str) -> ZonedTimes:
    """The times of five fields in a time zone.

    Raises:
        ValueError: No year has such a day.
    """
    zone = ZoneInfo(timezone)
    fields = _fields(expression)
    minutes = [hour * 60 + minute for hour in sorted(fields.hours) for minute in sorted(fields.minutes)]
    has_star = any(word.startswith("*") for word in expression.split()[:2])

    def on_day(day: date) -> bool:
        return day.month in fields.months and fields.match_day(day)

    def matches(clock: datetime) -> bool:
        return clock.minute in fields.minutes and clock.hour in fields.hours and on_day(clock.date())

    def on_clock_change(start: datetime, end: datetime) -> Iterator[datetime]:
        """As cron wakes up each minute.

        A job with a star in its minutes or hours runs whenever the clock shows its time. Another job follows a virtual
        time without gaps and repetitions: it runs once for each minute that the clock skips, right after the change.
        """
        instant, virtual = start, _clock(start - _MINUTE, zone)
        while instant < end:
            clock = _clock(instant, zone)
            if has_star and matches(clock):
                yield instant
            while virtual < clock:
                virtual += _MINUTE
                if not has_star and matches(virtual):
                    yield instant
            instant += _MINUTE

    return ZonedTimes(zone, on_day, minutes, on_clock_change)


def _clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """The clock at an instant, without a time zone."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)
