"""The times of a crontab line as Debian's cron (a Vixie cron) runs it, by cronsim, which follows it.

cronsim differs in these constructs, which the reader of crontabs refuses: `5/15` (cronsim: from 5 to the end; Vixie
cron: only 5), `5-5/15` (the same), `L`, `LW` and `#` (extensions), and six fields (seconds).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from ..model import Times
from .days import instants_by_day

_TICK = timedelta(seconds=1)


def times_of(expression: str, timezone: str) -> Times:
    """The times of five fields in a time zone. A day without a clock change is the product of days and times of day.

    cronsim itself runs through the days with a clock change. On them, a job at a fixed time that the clock skips runs
    right after the change. A job with `*` in its minutes or hours runs as often as its fields match.
    """
    zone = ZoneInfo(timezone)

    def times(after: datetime, until: datetime) -> Iterator[datetime]:
        fields = CronSim(expression, after.replace(tzinfo=None))
        minutes = [hour * 60 + minute for hour in sorted(fields.hours) for minute in sorted(fields.minutes)]

        def on_clock_change(start: datetime, end: datetime) -> list[datetime]:
            found: set[datetime] = set()
            for run in CronSim(expression, (start - _TICK).astimezone(zone)):
                instant = run.astimezone(UTC)
                if instant >= end:
                    break
                found.add(instant)
            return sorted(instant for instant in found if instant >= start)

        return instants_by_day(
            zone,
            after,
            until,
            lambda day: day.month in fields.months and fields.match_day(day),
            minutes,
            on_clock_change,
        )

    return times
