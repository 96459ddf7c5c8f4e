"""Planning: what the configuration says, without engine, AWS or network."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from components.problems import nearest
from config import ConfigError, ended, warnings
from config.yaml_files import YamlError

from ..output import console, fail, print_json, say, write_file
from ..planning.plans import DEFAULT_STACK, Plan, known_stacks, load_stack, plans, stack_problem
from ..planning.run_calendar import calendar_svg, calendar_table, week
from ..planning.tables import runs_table
from .options import FromOption, JsonOption, instant_or_now, stack_config

app = typer.Typer()

StackOption = Annotated[str, typer.Option("--stack", "-s", help="Name of the stack: the part of Pulumi.<stack>.yaml.")]


@app.command()
def check(
    stack: Annotated[str | None, typer.Option("--stack", "-s", help="One stack. Default: all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All stacks that have a file (the default).")] = False,
) -> None:
    """Validate configuration without engine, AWS or network. Exit code 1 when there are problems."""
    if stack and every:
        fail("name one stack, or --all.")
    failed = False
    for name in [stack] if stack else known_stacks():
        try:
            config = load_stack(name)
        except (ConfigError, YamlError) as error:
            failed = True
            say(stack_problem(name, error))
            continue
        now = datetime.now(UTC)
        found = [*warnings(config, now), *ended(config, now)]
        console.print(f"stack {name}: {len(config.tasks)} tasks, no problems, {len(found)} warnings")
        for warning in found:
            say(f"  - {warning}")
    raise typer.Exit(1 if failed else 0)


@app.command("next")
def next_(
    stack: StackOption = DEFAULT_STACK,
    task: Annotated[str | None, typer.Option("--task", "-t", help="One task. Default: all.")] = None,
    count: Annotated[int, typer.Option("-n", min=1, max=1000, help="Runs to show for each schedule.")] = 5,
    from_: FromOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the next runs of a stack's tasks, in their zones and in UTC."""
    after = instant_or_now(from_)
    every = _plans(stack)
    chosen = [plan for plan in every if task in (None, plan.task)]
    if task and not chosen:
        fail(f'stack {stack} has no task "{task}".{nearest(task, (plan.task for plan in every))}')
    if as_json:
        print_json([plan.as_data(after, count) for plan in chosen])
        return
    console.print(runs_table(chosen, after, count))


@app.command()
def calendar(
    stack: StackOption = DEFAULT_STACK,
    from_: FromOption = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="Write an SVG to this file as well.")] = None,
) -> None:
    """Draw the coming week as a grid of hours in UTC: how many runs start in each."""
    after = instant_or_now(from_)
    grid = week(_plans(stack), after)
    console.print(calendar_table(grid))
    if svg:
        write_file(svg, calendar_svg(grid, f"Runs of stack {stack}"))
        console.print(f"written: {svg}")


def _plans(stack: str) -> list[Plan]:
    return plans(stack, stack_config(stack))
