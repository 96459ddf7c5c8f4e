"""A week of launches as columns and sentences."""

from collections.abc import Iterable, Iterator, Sequence

from ..columns import Column
from .launches import Demand
from .limits import LIMITS
from .overloads import Overload
from .throttling import throttled_launches
from .week import LoadedWeek, as_flexible_window

_SHOWN = 3


LIMIT_COLUMNS = (
    Column("LIMIT", wraps=True),
    Column("BUCKET", right=True),
    Column("REFILL/S", right=True),
    Column("PEAK/S", right=True),
    Column("THROTTLED", right=True),
    Column("MAX WAIT", right=True),
)
VCPU_COLUMNS = (
    Column("CAPACITY", wraps=True),
    Column("VCPUS AT ONCE", right=True),
    Column("AT (UTC)"),
    Column("TASKS", wraps=True),
)
OVERLOAD_COLUMNS = (
    Column("FROM (UTC)"),
    Column("THROTTLED", right=True),
    Column("WAIT", right=True),
    Column("FLEXIBLE WINDOW"),
    Column("SCHEDULES", wraps=True),
)


def limit_rows(week: LoadedWeek) -> Iterator[tuple[str, ...]]:
    """Each limit, and how much of it the week uses."""
    for limit in LIMITS:
        peak, count, wait = week.usage(limit)
        yield limit.name, str(limit.bucket), str(limit.refill), f"{peak:g}", str(count), _seconds(wait)


def vcpu_rows(week: LoadedWeek) -> Iterator[tuple[str, ...]]:
    """Each capacity of Fargate, the most vCPUs that run at the same time, and the tasks that use them."""
    for peak in week.vcpu_peaks:
        names = vcpu_names(peak.tasks, with_stack=len(_stacks(week)) > 1)
        yield peak.quota.capacity, f"{peak.vcpus:g}", f"{week.time(peak.minute):%a %d %b %H:%M}", names


def vcpu_names(tasks: Sequence[tuple[str, str, float]], *, with_stack: bool) -> str:
    """The tasks with the most vCPUs: `etl 8, report 2 and 3 more`."""
    names = [f"{stack}/{task} {vcpus:g}" if with_stack else f"{task} {vcpus:g}" for stack, task, vcpus in tasks]
    return _abbreviated(names)


def overload_rows(week: LoadedWeek, count: int) -> Iterator[tuple[str, ...]]:
    """The worst `count` overloads, with the flexible windows that resolve them."""
    for overload in week.overloads[:count]:
        names, windows = _names(overload.demands, with_stack=len(_stacks(week)) > 1), _windows(week, overload)
        yield _when(week, overload), str(overload.throttled), _seconds(overload.wait), windows, names


def windows_summary(week: LoadedWeek, count: int) -> list[str]:
    """The effect of longer windows, and the schedules that need one but aren't in a table of `count` overloads."""
    shown = {demand for overload in week.overloads[:count] for demand in overload.demands}
    left = throttled_launches(week.throttled_with_windows)
    lines: list[str] = []
    if total := len(week.windows):
        still = f"{left} launches are still" if left else "no launches are"
        lines.append(f"With longer flexible windows for {total} schedules, {still} throttled.")
    if more := [demand for demand in week.windows if demand not in shown]:
        names = _names(more, with_stack=len(_stacks(week)) > 1)
        lines.append(f"Schedules not in the table: {names}. To see all of them, pass --json.")
    if left:
        lines.append(
            "A window can't be longer than the interval between two runs. Run some schedules less often, or at other "
            "times."
        )
    return lines


def _stacks(week: LoadedWeek) -> set[str]:
    return {each.demand.plan.stack for each in week.due}


def _when(week: LoadedWeek, overload: Overload) -> str:
    first = f"{week.time(overload.minutes[0]):%a %d %b %H:%M}"
    return first if len(overload.minutes) == 1 else f"{first}, {len(overload.minutes)} times"


def _names(demands: Iterable[Demand], *, with_stack: bool) -> str:
    plans = [demand.plan for demand in demands]
    names = sorted({f"{plan.stack}/{plan.task}" if with_stack else plan.task for plan in plans})
    return _abbreviated(names)


def _abbreviated(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _windows(week: LoadedWeek, overload: Overload) -> str:
    found = [week.windows[demand] for demand in overload.demands if demand in week.windows]
    if not found:
        return "No window helps"
    return " to ".join(dict.fromkeys(as_flexible_window(choose(found)) for choose in (min, max)))


def _seconds(wait: float) -> str:
    return f"{wait:.0f} s" if wait >= 1 else f"{wait:.1f} s" if wait else ""
