"""The coming week as a grid of days and hours, which shows the runs that start at the same time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ..columns import Column
from ..svg import EMPTY, LEVELS, ON_LEVELS, SOFT, TEXT, Ink, legend, picture, text
from .left_out import LeftOut, left_out_until
from .plans import Plan

DAYS = 7
_CELL = (34, 26)
_LEFT, _TOP = 96, 66


@dataclass(frozen=True, slots=True)
class Week:
    """The runs of a week by day and hour, in UTC. Each cell maps tasks to their number of runs."""

    first_day: date
    cells: dict[tuple[int, int], dict[str, int]]

    def day(self, number: int) -> date:
        """The date `number` days after the first day."""
        return self.first_day + timedelta(days=number)

    def count(self, day: int, hour: int) -> int:
        """The number of runs that start in an hour."""
        return sum(self.cells.get((day, hour), {}).values())


def week(plans: Iterable[Plan], after: datetime) -> Week:
    """The runs from `after` until the end of the seventh day, in UTC."""
    first = after.astimezone(UTC).date()
    end = datetime.combine(first + timedelta(days=DAYS), datetime.min.time(), UTC)
    cells: dict[tuple[int, int], dict[str, int]] = {}
    for plan in plans:
        for run in plan.runs(after):
            at = run.astimezone(UTC)
            if at >= end:
                break
            tasks = cells.setdefault(((at.date() - first).days, at.hour), {})
            tasks[plan.task] = tasks.get(plan.task, 0) + 1
    return Week(first, cells)


def left_out_in_week(plans: Iterable[Plan], after: datetime) -> list[LeftOut]:
    """The scheduled times from `after` until the end of the seventh day that are left out, in UTC."""
    end = datetime.combine(after.astimezone(UTC).date() + timedelta(days=DAYS), datetime.min.time(), UTC)
    return [each for plan in plans for each in left_out_until(plan, after, end)]


CALENDAR = (Column("DAY (UTC)"), Column(" ".join(f"{hour:02}"[-1] for hour in range(24))))


def calendar_rows(grid: Week) -> Iterator[tuple[str, str]]:
    """The grid in less than 80 columns. Each hour shows the number of runs: `·` for 0, `+` above 9."""
    for day in range(DAYS):
        marks = (_mark(grid.count(day, hour)) for hour in range(24))
        yield grid.day(day).strftime("%a %d %b"), " ".join(marks)


def _mark(count: int) -> str:
    if count == 0:
        return "·"
    return str(count) if count <= 9 else "+"


def calendar_svg(grid: Week, title: str) -> str:
    """The grid as a picture, with a legend. The tooltip of a cell names its tasks."""
    width, height = _LEFT + 24 * _CELL[0] + 16, _TOP + DAYS * _CELL[1] + 44
    most = max((grid.count(*cell) for cell in grid.cells), default=0)
    parts = [
        f'<text x="{_middle(hour):g}" y="{_TOP - 8}" text-anchor="middle" {SOFT.fill}>{hour:02}</text>'
        for hour in range(24)
    ]
    for day in range(DAYS):
        y = _TOP + day * _CELL[1]
        parts.append(f'<text x="16" y="{y + 17}" {TEXT.fill}>{grid.day(day):%a %d %b}</text>')
        parts += [_svg_cell(grid, day, hour, most) for hour in range(24)]
    parts += legend(height - 16, _legend(most))
    return picture(width, height, f"{title}: starts per hour (UTC)", parts)


def _bounds(most: int) -> list[int]:
    """The highest count of each level: all counts up to 4, else steps of equal size."""
    levels = min(most, len(LEVELS))
    return [-(-most * (level + 1) // levels) for level in range(levels)]


def _level(count: int, most: int) -> int:
    return next(level for level, bound in enumerate(_bounds(most)) if count <= bound)


def _legend(most: int) -> list[tuple[Ink, str]]:
    entries = [(EMPTY, "no runs")]
    least = 1
    for ink, bound in zip(LEVELS, _bounds(most), strict=False):
        shown = str(bound) if least == bound else f"{least}-{bound}"
        entries.append((ink, f"{shown} {'run' if bound == 1 else 'runs'}"))
        least = bound + 1
    return entries


def _svg_cell(grid: Week, day: int, hour: int, most: int) -> str:
    x, y = _LEFT + hour * _CELL[0], _TOP + day * _CELL[1]
    count = grid.count(day, hour)
    box = f'<rect x="{x}" y="{y}" width="{_CELL[0] - 2}" height="{_CELL[1] - 2}" rx="3" '
    if not count:
        return f"{box}{EMPTY.fill}/>"
    tasks = ", ".join(f"{task} ({runs})" for task, runs in sorted(grid.cells[(day, hour)].items()))
    level = _level(count, most)
    number = f'<text x="{_middle(hour):g}" y="{y + 16}" text-anchor="middle" {ON_LEVELS[level].fill}>{count}</text>'
    return f"<g><title>{text(tasks)}</title>{box}{LEVELS[level].fill}/>{number}</g>"


def _middle(hour: int) -> float:
    return _LEFT + (hour + 0.5) * _CELL[0] - 1
