"""`python -m bench`: measure the project, and compare it with something else."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from . import cdk, configuration, engine, load, program, schedules, simulation, startup
from .figures import RESULTS, Part, load_average, table, write

console = Console(width=120)
Measure = Callable[[Path, Callable[[str], None]], Part]
PARTS: dict[str, Measure] = {
    "configuration": configuration.measure,
    "schedules": schedules.measure,
    "load": load.measure,
    "simulation": simulation.measure,
    "startup": startup.measure,
    "program": program.measure,
    "cdk": cdk.measure,
    "engine": engine.measure,
}


def main(
    parts: Annotated[
        list[str] | None, typer.Argument(help=f"Parts to measure: {', '.join(PARTS)}. Default: all.")
    ] = None,
    file: Annotated[Path, typer.Option("--json", help="File for the results.")] = RESULTS,
) -> None:
    """Run benchmarks, print their results, and replace the results of the same parts in the file.

    Exit code 1: a figure exceeds its bound.
    """
    chosen = parts or list(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        raise typer.BadParameter(f"There is no part {', '.join(unknown)}. Available: {', '.join(PARTS)}.")
    problems: list[str] = []
    for name in chosen:
        before = load_average()
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            part = PARTS[name](Path(folder), lambda line, name=name: console.print(f"  {name}: {line}", style="dim"))
        console.print(f"{name}: skipped, {part.skipped}" if part.skipped else table(name, part))
        write(name, part, before, file)
        problems += part.problems
    for problem in problems:
        console.print(problem, style="red")
    if problems:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
