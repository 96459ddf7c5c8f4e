"""`load`: whether AWS takes the launches of the coming week."""

from pathlib import Path
from typing import Annotated

import typer

from components.problems import listed

from ..load.launches import demands
from ..load.picture import week_svg
from ..load.tables import crowds_table, limits_table, mended
from ..load.throttling import refused_launches
from ..load.week import LoadedWeek, loaded_week
from ..output import console, fail, print_json, say, write_file
from ..planning.plans import DEFAULT_STACK, stack_region
from .options import FromOption, JsonOption, instant_or_now, stack_config

app = typer.Typer()

StacksOption = Annotated[
    list[str] | None,
    typer.Option(
        "--stack",
        "-s",
        help="Name of a stack; again for others in the same account and Region, as they share the limits. "
        f"Default: {DEFAULT_STACK}.",
    ),
]


@app.command()
def load(
    stack: StacksOption = None,
    count: Annotated[int, typer.Option("-n", min=1, help="Crowded minutes to show, the worst first.")] = 10,
    from_: FromOption = None,
    as_json: JsonOption = False,
    svg: Annotated[Path | None, typer.Option("--svg", help="Write an SVG to this file as well.")] = None,
) -> None:
    """Put the launches of the coming week beside AWS's limits: which are throttled, and which windows mend it."""
    chosen = list(dict.fromkeys(stack or [DEFAULT_STACK]))
    _refuse_several_regions(chosen)
    asked = [demand for name in chosen for demand in demands(name, stack_config(name))]
    week = loaded_week(asked, instant_or_now(from_))
    if svg:
        title = f"{'Stacks' if len(chosen) > 1 else 'Stack'} {listed(chosen, 'and')}"
        write_file(svg, week_svg(week, title))
    if as_json:
        print_json(week.as_data())
    else:
        _print(week, chosen, count)
        if svg:
            say(f"written: {svg}")


def _refuse_several_regions(stacks: list[str]) -> None:
    regions = {name: stack_region(name) or "?" for name in stacks}
    if len(set(regions.values())) > 1:
        shown = listed((f"{name} in {region}" for name, region in regions.items()), "and")
        fail(f"limits are a Region's: {shown} share none. Look at them one by one.")


def _print(week: LoadedWeek, stacks: list[str], count: int) -> None:
    say(f"{listed(stacks, 'and')}: {week.count} launches in the week from {week.begin:%a %Y-%m-%d %H:%M} UTC")
    console.print(limits_table(week))
    if not week.crowds:
        say("Nothing is throttled.")
        return
    say(
        f"{refused_launches(week.refused)} launches are throttled at first, where all that have no flexibleWindow come "
        "at once. Scheduler tries them again, or the state machine of a supervised task."
    )
    console.print(crowds_table(week, count))
    if (hidden := len(week.crowds) - count) > 0:
        say(f"{hidden} more with -n {len(week.crowds)}")
    for line in mended(week, count):
        say(line)
