"""`simulate`: what happens from one time to another, with faults."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from components.garbage import without_garbage_collection
from components.problems import abbreviated
from components.schedules.expression import YEARS
from config import StackConfig

from ..output import counted, fail, note, print_json, say, say_columns, say_wrapped
from ..pricing import price_list
from ..pricing.costs import MOST_MINUTES, Assumptions, StackCost
from ..simulation.assumptions import ASSUMPTIONS
from ..simulation.duration_file import read_durations
from ..simulation.durations import Durations
from ..simulation.engine import Simulation
from ..simulation.fault_file import Scene, read_faults
from ..simulation.input_file import InputError
from ..simulation.playing import Playing, at_once
from ..simulation.record import FAILED, REPLACED, SKIPPED, SUCCEEDED, Record
from ..simulation.report import (
    COLUMNS,
    TASK_COLUMNS,
    Counts,
    as_data,
    counts,
    counts_by_task,
    line,
    rows,
    task_rows,
    unnoticed_tasks,
)
from ..simulation.spending import spending
from ..simulation.tasks import channels_of, simulated_tasks
from .planning_options import (
    JsonOption,
    PlannedStackOption,
    current_project,
    instant_or_now,
    planned_stack,
    stack_config,
)

app = typer.Typer(rich_markup_mode=None)
WEEK, LONGEST = timedelta(days=7), timedelta(days=3660)


@app.command()
def simulate(
    stack: PlannedStackOption = None,
    from_: Annotated[str | None, typer.Option("--from", help="Start in ISO 8601. Default: now.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="End in ISO 8601. Default: a week after the start.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another number gives other random times.")] = 1,
    faults: Annotated[Path | None, typer.Option("--faults", help="YAML file with faults of AWS and of runs.")] = None,
    durations: Annotated[
        list[Path] | None,
        typer.Option("--durations", help="YAML file with durations, or the output of history --json. Repeat it."),
    ] = None,
    minutes: Annotated[
        float, typer.Option("--minutes", min=1, max=MOST_MINUTES, help="Length of the other runs in minutes.")
    ] = Assumptions().minutes,
    speed: Annotated[
        float | None,
        typer.Option(
            "--speed",
            min=1,
            max=1_000_000_000,
            help="Show what happens as it happens, at this many times real time.",
        ),
    ] = None,
    number: Annotated[int, typer.Option("-n", min=0, help="Runs and events to show.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Simulate the schedules of a stack, with faults. It needs no AWS, and a week takes seconds.

    It follows AWS's rules for launches, retries, supervised runs and alarms, and shows what each scheduled time ends
    as, and what shows a failure to you. The same seed gives the same result. The guide "Simulate failures" has the
    format of the file with faults.
    """
    here = current_project()
    begin = instant_or_now(from_)
    if begin.year > YEARS[1]:
        raise typer.BadParameter(f"The last year is {YEARS[1]}, as in AWS's cron expressions.", param_hint="--from")
    if speed and as_json:
        raise typer.BadParameter("It shows events as they happen. Omit --json.", param_hint="--speed")
    end = instant_or_now(to, "--to") if to else begin + WEEK
    if not begin < end <= begin + LONGEST:
        raise typer.BadParameter("It must be after --from, and at most ten years later.", param_hint="--to")
    stack = planned_stack(here, stack)
    config = stack_config(here, stack)
    try:
        scene = Scene(config.scheduled, config.calls, begin, end)
        simulation = Simulation(
            tasks=simulated_tasks(stack, config),
            channels=channels_of(config.group),
            begin=begin,
            end=end,
            durations=Durations(minutes * 60, read_durations(durations or (), config.scheduled)),
            faults=read_faults(faults, scene) if faults else (),
            seed=seed,
        )
    except InputError as error:
        fail(str(error))
    with without_garbage_collection():
        record = simulation.run(_playing(simulation, speed) if speed else at_once)
    cost = spending(config, record, end - begin, Assumptions(prices=price_list.prices_of(here.folder)))
    found = _Found(
        stack, simulation, record, cost, counts(record.runs, record.events), counts_by_task(record, config.scheduled)
    )
    if as_json:
        print_json(found.as_data())
    else:
        _print(found, config, 0 if speed else number)


def _playing(simulation: Simulation, speed: float) -> Playing:
    """Plays the simulation, and prints what happens."""
    width = max((len(task.name) for task in simulation.tasks), default=0)
    return Playing(speed, lambda found: say(line(found, width)))


@dataclass(frozen=True, slots=True)
class _Found:
    """A simulation and its result."""

    stack: str
    simulation: Simulation
    record: Record
    cost: StackCost
    counts: Counts
    by_task: dict[str, Counts]

    def as_data(self) -> dict[str, object]:
        """The result for JSON output."""
        return {
            "stack": self.stack,
            "from": self.simulation.begin,
            "to": self.simulation.end,
            "seed": self.simulation.seed,
            "summary": self.counts.as_data(),
            "tasks": {
                name: {**found.as_data(), "usd": round(self.cost.tasks[name].total, 4)}
                for name, found in self.by_task.items()
            },
            "usd": round(self.cost.total.total, 4),
            "assumptions": list(ASSUMPTIONS),
            **as_data(self.record),
        }


def _print(found: _Found, config: StackConfig, number: int) -> None:
    shown, hidden = rows(found.record, number)
    if number:
        say_columns(COLUMNS, shown)
        say("")
    say_columns(TASK_COLUMNS, task_rows(found.by_task, found.cost))
    say("")
    for sentence in _summary(found):
        say_wrapped(sentence)
    if unnoticed := unnoticed_tasks(found.by_task):
        say_wrapped(f"Unnoticed: {abbreviated(unnoticed)}. {_advice(config)}")
    if hidden and number:
        note(
            f"{counted(hidden, 'run or event', 'runs and events')} not shown. To see more, pass -n, or --json for all."
        )
    note("Assumptions:")
    for assumption in ASSUMPTIONS:
        note(f"- {assumption}")


def _summary(found: _Found) -> Iterator[str]:
    every, events = found.counts, found.counts.events
    begin, end = found.simulation.begin, found.simulation.end
    parts = [f"{every.outcomes.get(name, 0):,} {name}" for name in (SUCCEEDED, FAILED, SKIPPED, REPLACED)]
    yield (
        f"Stack {found.stack} from {_day(begin)} to {_day(end)} UTC, seed {found.simulation.seed}: "
        f"{counted(every.times, 'scheduled time')}; {', '.join(parts)}."
    )
    retries = counted(events.get("launch retry", 0), "launch retry", "launch retries")
    others = ("run retry", "run retries"), ("overlap", ""), ("dead letter", ""), ("message", ""), ("alarm", "")
    yield ", ".join([retries, *(counted(events.get(what, 0), what, plural) for what, plural in others)]) + "."
    yield f"Estimated cost: {found.cost.total.total:.2f} USD."


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def _advice(config: StackConfig) -> str:
    if config.group.notify is None:
        return "Nobody receives messages. Set notify."
    return (
        "No recipient of notify covers them, or no alarm fired before the next success. Add a recipient, set "
        "expectSuccessWithin to a shorter time, or supervise the task."
    )
