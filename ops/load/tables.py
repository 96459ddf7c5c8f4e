"""A week of launches for a terminal."""

from collections.abc import Iterable

from rich.table import Column, Table

from .crowds import Crowd
from .launches import Demand
from .limits import LIMITS
from .throttling import refused_launches
from .week import LoadedWeek, in_configuration

_SHOWN = 3


def limits_table(week: LoadedWeek) -> Table:
    """Each limit, and what the week asks of it."""
    table = Table("limit", "bucket", "refill/s", "most/s", "throttled", "longest wait")
    for limit in LIMITS:
        most, refused, wait = week.met(limit)
        table.add_row(limit.name, str(limit.bucket), str(limit.refill), f"{most:g}", str(refused), _seconds(wait))
    return table


def crowds_table(week: LoadedWeek, count: int) -> Table:
    """So many of the crowds, the worst first, with the windows that mend them."""
    table = Table("from", "throttled", "wait", Column("schedules", overflow="fold"), "flexibleWindow")
    for crowd in week.crowds[:count]:
        who, windows = _names(crowd.demands, with_stack=len(_stacks(week)) > 1), _windows(week, crowd)
        table.add_row(_when(week, crowd), str(crowd.refused), _seconds(crowd.wait), who, windows)
    return table


def mended(week: LoadedWeek, count: int) -> list[str]:
    """What the windows do, and where those are that the table of so many crowds does not show."""
    shown = {demand for crowd in week.crowds[:count] for demand in crowd.demands}
    left = refused_launches(week.refused_with_windows)
    total = len(week.windows)
    lines = [f"With longer windows for {total} schedules {left or 'no'} launches are throttled."] if total else []
    if more := [demand for demand in week.windows if demand not in shown]:
        names = _names(more, with_stack=len(_stacks(week)) > 1)
        lines.append(f"Of them not in the table: {names}; all of them with --json.")
    if left:
        lines.append("A window is at most the time between two runs: let some run less often, or at other times.")
    return lines


def _stacks(week: LoadedWeek) -> set[str]:
    return {each.demand.plan.stack for each in week.due}


def _when(week: LoadedWeek, crowd: Crowd) -> str:
    first = f"{week.time(crowd.minutes[0]):%a %d %b %H:%M}"
    return first if len(crowd.minutes) == 1 else f"{first}, {len(crowd.minutes)} times"


def _names(demands: Iterable[Demand], *, with_stack: bool) -> str:
    plans = [demand.plan for demand in demands]
    names = sorted({f"{plan.stack}/{plan.task}" if with_stack else plan.task for plan in plans})
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _windows(week: LoadedWeek, crowd: Crowd) -> str:
    found = [week.windows[demand] for demand in crowd.demands if demand in week.windows]
    return (
        " to ".join(dict.fromkeys(in_configuration(choose(found)) for choose in (min, max))) if found else "none helps"
    )


def _seconds(wait: float) -> str:
    return f"{wait:.0f} s" if wait >= 1 else f"{wait:.1f} s" if wait else ""
