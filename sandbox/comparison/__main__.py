"""`python -m sandbox.comparison`: deploy the stack `local` and the examples with both providers, and compare them."""

import os

from ops.streams import open_standard_files, say_problem

from ..environment import start_clean
from ..private_files import UMASK

if __name__ == "__main__":
    open_standard_files()
    # Before the imports of libraries that read the user's settings.
    start_clean()
    os.umask(UMASK)

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ..events import STACK
from ..example_prerequisites import UNSUPPORTED
from ..output import plain, say
from ..projects import examples
from .deployments import compared
from .report import as_data, as_markdown

app = typer.Typer(add_completion=False, rich_markup_mode=None)

ProgramsArgument = Annotated[
    list[str] | None, typer.Argument(help="Examples, or `local` for the stack of this repository. Default: all.")
]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Write the comparison to this file as JSON.")]
MarkdownOption = Annotated[Path | None, typer.Option("--markdown", help="Write the report to this file.")]


@app.command()
def compare(
    programs: ProgramsArgument = None, json_file: JsonOption = None, markdown_file: MarkdownOption = None
) -> None:
    """Deploy programs with Pulumi's official AWS provider and with the sandbox's own, and report the differences.

    Each program is deployed into an empty emulator, twice. Exit code 1: a deployment failed, or the second one changed
    something. Differences alone are no failure.
    """
    known = [STACK, *(name for name in examples() if name not in UNSUPPORTED)]
    if unknown := [name for name in programs or () if name not in known]:
        raise typer.BadParameter(f"{', '.join(unknown)}. Known: {', '.join(known)}.", param_hint="PROGRAMS")
    with tempfile.TemporaryDirectory(prefix="sandbox-comparison-") as home:
        found = list(compared(programs or known, Path(home), say=say_problem))
    report = as_markdown(found)
    if json_file:
        json_file.write_text(json.dumps(as_data(found), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if markdown_file:
        markdown_file.write_text(report, encoding="utf-8")
    else:
        say(plain(report))
    if any(comparison.failed for comparison in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    app(prog_name="sandbox.comparison")
