"""`check`, `next` and `calendar`: commands that read only the configuration. They need no engine, AWS or network."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from components.problems import listed, nearest
from config import outside_links

from ..checking.findings import Checked, Checker
from ..checking.formats import FORMATS, Format
from ..output import fail, print_json, results, say, say_columns, say_wrapped, write, write_file
from ..planning.plans import ESTIMATE_NOTE, Plan, plans
from ..planning.run_calendar import CALENDAR, calendar_rows, calendar_svg, week
from ..planning.tables import COLUMNS, run_rows
from ..planning.task_week import BY_TASK, by_task_svg, task_rows, task_week
from ..project import Project
from .options import (
    FromOption,
    JsonOption,
    PlannedStackOption,
    current_project,
    instant_or_now,
    planned_stack,
    refuse_both,
    stack_config,
)

app = typer.Typer(rich_markup_mode=None)


@app.command()
def check(
    stack: Annotated[str | None, typer.Option("--stack", "-s", help="Name of one stack. Default: all stacks.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All stacks with a Pulumi.<stack>.yaml (the default).")] = False,
    format_: Annotated[
        Format,
        typer.Option("--format", help="text, json, github (annotations of GitHub Actions) or sarif (code scanning)."),
    ] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="Same as --format json.")] = False,
) -> None:
    """Validate the configuration without AWS or a network.

    Exit code 1: there are problems.
    """
    refuse_both(stack, every=every)
    if as_json and format_ not in ("text", "json"):
        raise typer.BadParameter("Pass --json or --format, not both.", param_hint="--format")
    format_ = "json" if as_json else format_
    here = current_project()
    stacks = [stack] if stack else here.stacks
    if not stacks:
        fail("There are no stacks to check: the project folder has no Pulumi.<stack>.yaml.")
    if links := outside_links(here.folder):
        # The files aren't read: a message could show a part of them.
        _print_checked([Checked(None, errors=links)], format_, here.folder)
    checker = Checker(here, datetime.now(UTC))
    checked = [checker.stack(name) for name in stacks]
    if not stack and (others := checker.other_files(stacks)) != Checked(None):
        checked.append(others)
    _print_checked(checked, format_, here.folder)


def _print_checked(checked: Sequence[Checked], format_: Format, folder: Path) -> NoReturn:
    write(FORMATS[format_](checked, folder))
    raise typer.Exit(1 if any(found.errors for found in checked) else 0)


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
        print_json([plan.as_data(after, count) for plan in chosen])
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
    if uncertain := dict.fromkeys(plan.task for plan in every if plan.is_estimate and plan.enabled):
        say_wrapped(
            f"The times of {listed(uncertain, 'and')} are estimates: AWS counts a rate without a start from its "
            "deployment. For exact times, set start."
        )
    if svg:
        say(f"Wrote {svg}.")


def _say_estimates(shown: Iterable[Plan]) -> None:
    if any(plan.is_estimate and plan.enabled for plan in shown):
        say_wrapped(ESTIMATE_NOTE)


def _plans(here: Project, stack: str) -> list[Plan]:
    return plans(stack, stack_config(here, stack))
