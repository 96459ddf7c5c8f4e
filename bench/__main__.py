"""Measurements of the project, each beside something to compare with: `python -m bench`."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from . import cdk, configuration, engine, load, program, schedules
from .figures import RESULTS, Part, load_average, table, write

console = Console(width=120)
Measure = Callable[[Path, Callable[[str], None]], Part]
PARTS: dict[str, Measure] = {
    "configuration": configuration.measure,
    "schedules": schedules.measure,
    "load": load.measure,
    "program": program.measure,
    "cdk": cdk.measure,
    "engine": engine.measure,
}


def main(
    parts: Annotated[list[str] | None, typer.Argument(help=f"Of: {', '.join(PARTS)}. Default: all.")] = None,
    file: Annotated[Path, typer.Option("--json", help="Where to put the figures.")] = RESULTS,
) -> None:
    """Measure, print tables, and put the figures of each part in place of those that the file has."""
    chosen = parts or list(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        raise typer.BadParameter(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}.")
    for name in chosen:
        before = load_average()
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            part = PARTS[name](Path(folder), lambda line, name=name: console.print(f"  {name}: {line}", style="dim"))
        console.print(f"{name}: skipped, {part.skipped}" if part.skipped else table(name, part))
        write(name, part, before, file)


if __name__ == "__main__":
    typer.run(main)
