"""`next` and `calendar`: commands that read only the configuration. They need no engine, AWS or network."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from components.problems import listed, nearest

from ..output import fail, print_json, results, say, say_columns, say_wrapped, write_file
from ..planning.left_out import LeftOut, next_times
from ..planning.plans import ESTIMATE, WHY_ESTIMATE, Plan, plans
from ..planning.run_calendar import CALENDAR, calendar_rows, calendar_svg, left_out_in_week, week
from ..planning.tables import COLUMNS, run_rows
from ..planning.task_week import BY_TASK, by_task_svg, task_rows, task_week
from ..project import Project
from .planning_options import (
    FromOption,
    JsonOption,
    PlannedStackOption,
    current_project,
    instant_or_now,
    planned_stack,
    stack_config,
)

app = typer.Typer(rich_markup_mode=None)


@app.command("next")
def next_(
    stack: PlannedStackOption = None,
    task: Annotated[str | None, typer.Option("--task", "-t", help="Name of one task. Default: all tasks.")] = None,
    count: Annotated[int, typer.Option("-n", min=1, max=1000, help="Number of runs per schedule.")] = 5,
    from_: FromOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the next runs of a stack's tasks. Times are in the timezone of each schedule and in UTC."""
    after = instant_or_now(from_)
    here = current_project()
    stack = planned_stack(here, stack)
    every = _plans(here, stack)
    chosen = [plan for plan in every if task in (None, plan.task)]
    if task and not chosen:
        fail(f'Stack {stack} has no task "{task}".{nearest(task, (plan.task for plan in every))}')
    if as_json:
        print_json([_as_data(plan, after, count) for plan in chosen])
        return
    say_columns(COLUMNS, run_rows(chosen, after, count, complete=not results.is_terminal))
    _say_estimates(chosen)


@app.command()
def calendar(
    stack: PlannedStackOption = None,
    by_task: Annotated[
        bool, typer.Option("--by-task", help="Show the times of each task, in the timezones of its schedules.")
    ] = False,
    from_: FromOption = None,
    as_json: JsonOption = False,
    svg: Annotated[Path | None, typer.Option("--svg", help="Also write an SVG to this file.")] = None,
) -> None:
    """Show how many runs start in each hour of the coming week. Times are in UTC.

    With --by-task, it shows the times of each task instead. --json has all runs of the week.
    """
    after = instant_or_now(from_)
    here = current_project()
    stack = planned_stack(here, stack)
    every = _plans(here, stack)
    grid, title = week(every, after), f"Runs of stack {stack}"
    weeks = [task_week(plan, after) for plan in every] if by_task or as_json else []
    if svg:
        write_file(svg, by_task_svg(weeks, title) if by_task else calendar_svg(grid, title))
    if as_json:
        print_json([each.as_data() for each in weeks])
        return
    if by_task:
        say_columns(BY_TASK, task_rows(weeks))
    else:
        say_columns(CALENDAR, calendar_rows(grid))
    for each in left_out_in_week(every, after):
        say_wrapped(each.line, continued="  ")
    if uncertain := dict.fromkeys(plan.task for plan in every if plan.is_estimate and plan.enabled):
        say_wrapped(f"The times of {listed(uncertain, 'and')} are estimates: {WHY_ESTIMATE}")
    if svg:
        say(f"Wrote {svg}.")


def _as_data(plan: Plan, after: datetime, count: int) -> dict[str, object]:
    left_out = [each for each in next_times(plan, after, count) if isinstance(each, LeftOut)]
    return {**plan.as_data(after, count), "leftOut": [data for each in left_out for data in each.as_data()]}


def _say_estimates(shown: Iterable[Plan]) -> None:
    if any(plan.is_estimate and plan.enabled for plan in shown):
        say_wrapped(f"{ESTIMATE} marks an estimate: {WHY_ESTIMATE}")


def _plans(here: Project, stack: str) -> list[Plan]:
    return plans(stack, stack_config(here, stack))
