"""The coming week by task, in the local time of each task's schedules. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from components.schedules import durations

from ..columns import Column
from ..svg import BAR, LEVELS, RULE, SOFT, TEXT, legend, picture, text
from .left_out import LeftOut, left_out_until
from .plans import ESTIMATE, Plan

DAYS = 7
_FEW = 6
"""The most runs per day that are listed. If there are more, a row shows the number, the first and the last."""


@dataclass(frozen=True, slots=True)
class TaskWeek:
    """The runs of one schedule of a task from a time until the end of the seventh day.

    Args:
        plan: The schedule.
        first_day: The first day, in the timezone of the schedule.
        runs: The runs in the timezone of the schedule. There are none if it is paused.
        left_out: The scheduled times that are left out.
    """

    plan: Plan
    first_day: date
    runs: Sequence[datetime]
    left_out: Sequence[LeftOut] = ()

    def of_day(self, number: int) -> tuple[datetime, ...]:
        """The runs `number` days after the first day."""
        day = self.first_day + timedelta(days=number)
        return tuple(run for run in self.runs if run.date() == day)

    def as_data(self) -> dict[str, object]:
        """The week for JSON output."""
        left_out = [data for each in self.left_out for data in each.as_data()]
        return {**self.plan.about(), "runs": [self.plan.run_data(run) for run in self.runs], "leftOut": left_out}


def task_week(plan: Plan, after: datetime) -> TaskWeek:
    """The week of a schedule from a time."""
    first = after.astimezone(ZoneInfo(plan.timezone)).date()
    runs: list[datetime] = []
    for run in plan.runs(after):
        if (run.date() - first).days >= DAYS:
            break
        runs.append(run)
    end = datetime.combine(first + timedelta(days=DAYS), time(), ZoneInfo(plan.timezone))
    return TaskWeek(plan, first, runs, left_out_until(plan, after, end))


BY_TASK = (Column("TASK"), Column("DAYS"), Column("TIMEZONE"), Column("RUNS", wraps=True))


def task_rows(weeks: Iterable[TaskWeek]) -> Iterator[tuple[str, str, str, str]]:
    """One row per schedule, or one per group of days with other times."""
    for week in weeks:
        plan = week.plan
        by_times: dict[str, list[int]] = {}
        for day in range(DAYS):
            if runs := week.of_day(day):
                by_times.setdefault(_times(plan, runs), []).append(day)
        for times, days in by_times.items():
            yield plan.task, _days(week.first_day, days), plan.timezone, times
        if not by_times:
            yield plan.task, "", plan.timezone, _without_runs(plan)


def _without_runs(plan: Plan) -> str:
    if plan.after:
        return f"After {plan.after}"
    return "None in the coming week" if plan.enabled else plan.idle


def _times(plan: Plan, runs: Sequence[datetime]) -> str:
    mark = ESTIMATE if plan.is_estimate else ""
    if len(runs) <= _FEW:
        return ", ".join(f"{mark}{_span(plan, run)}" for run in runs)
    steps = {after - before for before, after in pairwise(runs)}
    every = f", every {durations.in_words(int(steps.pop().total_seconds()))}" if len(steps) == 1 else ""
    return f"{mark}{len(runs)} runs{every}, {_span(plan, runs[0])} to {_span(plan, runs[-1])}"


def _span(plan: Plan, run: datetime) -> str:
    """The time of a run, and the end of its window."""
    return f"{run:%H:%M}" + (f"-{plan.latest(run):%H:%M}" if plan.flexible_window else "")


def _days(first: date, numbers: Sequence[int]) -> str:
    """Days of the week: `Every day`, `Sun 29 Nov`, `Mon-Fri`, or `Mon, Wed`."""
    if len(numbers) == DAYS:
        return "Every day"
    if len(numbers) == 1:
        return f"{first + timedelta(days=numbers[0]):%a %d %b}"
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(
        "-".join(f"{first + timedelta(days=end):%a}" for end in dict.fromkeys((part[0], part[-1]))) for part in parts
    )


_DAY_WIDTH, _ROW, _TOP, _CHARACTER = 120, 24, 66, 6.8
_MARK = 3
"""The width of a run."""


def by_task_svg(weeks: Sequence[TaskWeek], title: str) -> str:
    """The weeks of at least one schedule as a picture with a line for each. Its tooltips name the times."""
    first = min(week.first_day for week in weeks)
    days = max((week.first_day - first).days for week in weeks) + DAYS
    left = 32 + _CHARACTER * max(len(_name(week)) for week in weeks)
    width, height = left + days * _DAY_WIDTH + 16, _TOP + len(weeks) * _ROW + 44
    parts: list[str] = []
    for day in range(days):
        x = left + day * _DAY_WIDTH
        parts.append(f'<path d="M{x:g} {_TOP - 24}V{height - 40}" {RULE.stroke}/>')
        parts.append(f'<text x="{x + 6:g}" y="{_TOP - 12}" {SOFT.fill}>{first + timedelta(days=day):%a %d %b}</text>')
    for number, week in enumerate(weeks):
        y = _TOP + number * _ROW
        parts.append(f'<text x="16" y="{y + 15}" {TEXT.fill}>{text(_name(week))}</text>')
        parts += _marks(week, first, left, y)
        if not week.runs:
            words = "none in the coming week" if week.plan.enabled else week.plan.idle.lower()
            parts.append(f'<text x="{left + 6:g}" y="{y + 15}" {SOFT.fill}>{words}</text>')
    entries = [(BAR, "start of a run")]
    if any(_window(week) > _MARK for week in weeks):
        entries.append((LEVELS[1], "flexible window"))
    if any(week.plan.is_estimate for week in weeks):
        entries.append((SOFT, "estimated start"))
    parts += legend(height - 16, entries)
    return picture(width, height, f"{title}: starts in the local time of each task", parts)


def _name(week: TaskWeek) -> str:
    return f"{week.plan.task} ({week.plan.timezone})"


def _marks(week: TaskWeek, first: date, left: float, y: int) -> Iterator[str]:
    """The runs of a line. Runs on the same pixel are one mark."""
    marks: dict[int, list[datetime]] = {}
    for run in week.runs:
        marks.setdefault(round(_along(run, first)), []).append(run)
    ink = SOFT if week.plan.is_estimate else BAR
    window = _window(week)
    for x, runs in marks.items():
        more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
        title = f"<title>{text(f'{week.plan.task}: {week.plan.span(runs[0])} {runs[0]:%Z}{more}')}</title>"
        box = f'x="{left + x:g}" y="{y + 4}" height="{_ROW - 10}"'
        if window > _MARK:
            yield f'<rect {box} width="{window:.1f}" {LEVELS[1].fill}>{title}</rect>'
        yield f'<rect {box} width="{_MARK}" {ink.fill}>{title}</rect>'


def _window(week: TaskWeek) -> float:
    """The width of the flexible window."""
    return (week.plan.flexible_window or timedelta()) / timedelta(days=1) * _DAY_WIDTH


def _along(run: datetime, first: date) -> float:
    """The distance of a local time from the first midnight. A day has 24 hours, also if the clocks change."""
    at = run.replace(tzinfo=None) - datetime.combine(first, time())
    return at / timedelta(days=1) * _DAY_WIDTH
