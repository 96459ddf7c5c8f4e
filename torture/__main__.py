"""`python -m torture`: run trials, and keep their results for docs/reliability.md."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .sections import SECTIONS
from .trials import RESULTS, Part, write

console = Console(width=120, markup=False)


def main(
    parts: Annotated[list[str] | None, typer.Argument(help=f"Parts: {', '.join(SECTIONS)}. Default: all.")] = None,
    count: Annotated[int | None, typer.Option(min=1, help="Trials per part. Default: as many as on the page.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same trials.")] = 1,
    folder: Annotated[Path, typer.Option("--results", help="Folder for the results.")] = RESULTS,
) -> None:
    """Run trials, print their results, and replace the results of the same parts in the folder.

    Exit code 1: a trial did not survive.
    """
    chosen = parts or list(SECTIONS)
    if unknown := [name for name in chosen if name not in SECTIONS]:
        raise typer.BadParameter(f"There is no part {', '.join(unknown)}. Available: {', '.join(SECTIONS)}.")
    lost = 0
    for name in chosen:
        section = SECTIONS[name]
        part = section.measure(count or section.count, seed, lambda line, name=name: _say(name, line))
        console.print(_table(name, part))
        write(name, part, seed, folder)
        lost += sum(trial.tried - trial.survived for trial in part.trials)
    raise typer.Exit(1 if lost else 0)


def _say(name: str, line: str) -> None:
    console.print(f"  {name}: {line}", style="dim")


def _table(name: str, part: Part) -> Table:
    made = Table(name, "tried", "survived", "the rest")
    for trial in part.trials:
        made.add_row(trial.what, str(trial.tried), str(trial.survived), trial.rest)
    for figure in part.figures:
        made.add_row(f"{figure.what}, {figure.tasks}", f"{figure.ours:g} {figure.unit}", "", "")
    return made


if __name__ == "__main__":
    typer.run(main)
