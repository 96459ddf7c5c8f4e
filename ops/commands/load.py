"""`load`: whether AWS accepts the launches of the coming week."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from components.problems import abbreviated, listed

from ..default_stack import RULE
from ..load.launches import WEEK, Demand, demands
from ..load.run_sizes import DEFAULT_VCPUS
from ..load.throttling import throttled_launches
from ..load.week import LoadedWeek, loaded_week
from ..load.week_svg import week_svg
from ..load.week_tables import (
    LIMIT_COLUMNS,
    OVERLOAD_COLUMNS,
    VCPU_COLUMNS,
    limit_rows,
    overload_rows,
    vcpu_rows,
    windows_summary,
)
from ..output import fail, print_json, say, say_columns, say_wrapped, write_file
from ..planning.left_out import left_out_until
from ..project import Project
from ..simulation.duration_file import read_durations
from ..simulation.input_file import InputError
from .planning_options import FromOption, JsonOption, current_project, instant_or_now, planned_stack, stack_config

app = typer.Typer(rich_markup_mode=None)

StacksOption = Annotated[
    list[str] | None,
    typer.Option(
        "--stack",
        "-s",
        help=f"Name of a stack. Repeat it for stacks in the same account and Region, which share the limits. {RULE}.",
    ),
]


@app.command()
def load(
    stack: StacksOption = None,
    count: Annotated[int, typer.Option("-n", min=1, help="Overloads to show, the worst first.")] = 10,
    from_: FromOption = None,
    as_json: JsonOption = False,
    durations: Annotated[
        list[Path] | None,
        typer.Option("--durations", help="YAML file with durations, or the output of history --json. Repeat it."),
    ] = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="Also write an SVG to this file.")] = None,
) -> None:
    """Compare the launches of the coming week with AWS's limits. It shows which launches are throttled, and which
    flexible windows prevent it.

    It also shows the most vCPUs of Fargate that run at the same time. A run takes as long as its longest in
    --durations, as `expectDurationUnder` or as `timeout`, in this order, and otherwise a minute.
    """
    here = current_project()
    chosen = list(dict.fromkeys(stack or [planned_stack(here, None)]))
    _refuse_several_regions(here, chosen)
    configs = {name: stack_config(here, name) for name in chosen}
    names = {task for config in configs.values() for task in config.scheduled}
    try:
        measured = read_durations(durations or (), names)
    except InputError as error:
        fail(str(error))
    found = [demand for name, config in configs.items() for demand in demands(name, config, measured)]
    week = loaded_week(found, instant_or_now(from_))
    title = f"{'Stacks' if len(chosen) > 1 else 'Stack'} {listed(chosen, 'and')}"
    if svg:
        write_file(svg, week_svg(week, title))
    if as_json:
        print_json(week.as_data())
    else:
        _print(week, title, count)
        _say_left_out(found, week)
        _say_following(week)
        if svg:
            say(f"Wrote {svg}.")


def _refuse_several_regions(here: Project, stacks: list[str]) -> None:
    regions = {name: here.region(name) or "an unknown Region" for name in stacks}
    if len(set(regions.values())) > 1:
        shown = listed((f"{name} in {region}" for name, region in regions.items()), "and")
        fail(f"Limits apply per Region, and these stacks are in different Regions: {shown}. Check one at a time.")


def _say_left_out(found: Sequence[Demand], week: LoadedWeek) -> None:
    """Say which launches of the week are missing because tasks leave out their times."""
    for plan in (demand.plan for demand in found):
        for each in left_out_until(plan, week.begin, week.begin + WEEK):
            say_wrapped(each.line, continued="  ")


def _say_following(week: LoadedWeek) -> None:
    """Say which launches have no known time, because tasks start after others."""
    for each in week.following:
        launches = "1 launch" if each.launches == 1 else f"{each.launches} launches"
        say_wrapped(
            f"{each.plan.task} starts after {each.plan.after}: up to {launches}, which aren't compared with the "
            f"limits, because the durations of {each.plan.after} aren't known."
        )


def _print(week: LoadedWeek, title: str, count: int) -> None:
    say_wrapped(f"{title}: {week.count} launches in the week from {week.begin:%a %Y-%m-%d %H:%M} UTC.")
    say_columns(LIMIT_COLUMNS, limit_rows(week))
    _print_vcpus(week)
    if not week.overloads:
        say("No launches are throttled.")
        return
    say_wrapped(
        f"{throttled_launches(week.throttled)} launches are throttled on the first attempt, if all schedules without a "
        "flexibleWindow launch in the same second. EventBridge Scheduler, or the state machine of a supervised task, "
        "retries them."
    )
    say_columns(OVERLOAD_COLUMNS, overload_rows(week, count))
    if (hidden := len(week.overloads) - count) > 0:
        say(f"To see {hidden} more, pass -n {len(week.overloads)}.")
    for line in windows_summary(week, count):
        say_wrapped(line)


def _print_vcpus(week: LoadedWeek) -> None:
    if week.vcpu_peaks:
        say_columns(VCPU_COLUMNS, vcpu_rows(week))
        say_wrapped(
            f"ECS starts no run that exceeds the account's quota of vCPUs, by default {DEFAULT_VCPUS} per capacity. To "
            "compare with the account's own quotas, run: scheduled-tasks doctor"
        )
    if unknown := week.tasks_of_unknown_size:
        names = abbreviated([task for _, task in unknown])
        say_wrapped(f"Not counted, because the sizes of existing task definitions aren't known: {names}.")
