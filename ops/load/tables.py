"""A week of launches for a terminal."""

from rich.table import Column, Table

from .crowds import Crowd
from .limits import LIMITS
from .week import LoadedWeek, in_configuration

_SHOWN = 3


def limits_table(week: LoadedWeek) -> Table:
    """Each limit, and what the week asks of it."""
    table = Table("limit", "bucket", "refill/s", "most/s", "throttled", "longest wait")
    for limit in LIMITS:
        most, refused, wait = week.met(limit)
        table.add_row(limit.name, str(limit.bucket), str(limit.refill), f"{most:g}", str(refused), _seconds(wait))
    return table


def crowds_table(week: LoadedWeek, count: int, *, with_stack: bool) -> Table:
    """So many of the crowds, the worst first, with the windows that mend them."""
    table = Table("throttled", "launches", "wait", Column("schedules", overflow="fold"), "flexibleWindow")
    for crowd in week.crowds[:count]:
        who = _who(crowd, with_stack=with_stack)
        table.add_row(_when(week, crowd), str(crowd.refused), _seconds(crowd.wait), who, _windows(week, crowd))
    return table


def _when(week: LoadedWeek, crowd: Crowd) -> str:
    first = f"{week.time(crowd.minutes[0]):%a %d %b %H:%M}"
    return first if len(crowd.minutes) == 1 else f"{first}, {len(crowd.minutes)} times"


def _who(crowd: Crowd, *, with_stack: bool) -> str:
    plans = [demand.plan for demand in crowd.demands]
    names = sorted({f"{plan.stack}/{plan.task}" if with_stack else plan.task for plan in plans})
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _windows(week: LoadedWeek, crowd: Crowd) -> str:
    shortest, longest = (choose(week.windows[demand] for demand in crowd.demands) for choose in (min, max))
    return " to ".join(dict.fromkeys(map(in_configuration, (shortest, longest))))


def _seconds(wait: float) -> str:
    return f"{wait:.0f} s" if wait >= 1 else f"{wait:.1f} s" if wait else ""
