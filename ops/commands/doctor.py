"""`doctor`: why does it not run?"""

import textwrap
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from ..doctor.examination import examine
from ..doctor.finding import OK, PROBLEM, STACK, UNKNOWN, WARNING, Finding
from ..errors import FAILED
from ..output import console, note, notes, print_json, say
from .options import DebugOption, GroupOption, JsonOption, ProfileOption, RegionOption, StackOption, Where, reached

app = typer.Typer()

_COLOURS = {OK: "green", WARNING: "yellow", PROBLEM: "red", UNKNOWN: "magenta"}
_WIDTH = max(map(len, _COLOURS))


@app.command()
def doctor(
    task: Annotated[str | None, typer.Argument(help="Name of a task. Default: all.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Show what is well of every task, too.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Look for what keeps a task, or any of the stack, from running, and say what mends it.

    The schedule, the roles and what they may do, the task definition, the cluster, the way to the registry, logs,
    images, dead letters, rules, quotas; of supervised tasks the state machine and the lease. What AWS does not let you
    look at is said, and the rest goes on. Exit code 1: there is a problem.
    """
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        with _progress() as tell:
            findings = examine(deployment, task, datetime.now(UTC), tell)
        if as_json:
            print_json([finding.as_data() for finding in findings])
        else:
            _show(findings, full=full or task is not None)
        if any(finding.level == PROBLEM for finding in findings):
            raise typer.Exit(FAILED)


@contextmanager
def _progress() -> Generator[Callable[[str], None]]:
    if not notes.is_terminal:
        yield lambda _: None
        return
    with notes.status("asking AWS") as status:
        yield lambda what: status.update(f"looking at {what}")


def _show(findings: Sequence[Finding], *, full: bool) -> None:
    subject = STACK
    for finding in findings:
        if finding.level == OK and finding.subject and not full:
            continue
        if finding.subject != subject:
            subject = finding.subject
            say(f"\n{subject}")
        _show_one(finding)
    counts = {level: sum(finding.level == level for finding in findings) for level in _COLOURS}
    note(", ".join(f"{count} {_counted(level, count)}" for level, count in counts.items() if count))


def _counted(level: str, count: int) -> str:
    return f"{level}s" if level in (WARNING, PROBLEM) and count > 1 else level


def _show_one(finding: Finding) -> None:
    indent = " " * (_WIDTH + 2)
    words = textwrap.wrap(finding.words, console.width - len(indent), break_on_hyphens=False)
    fix = f"fix: {finding.fix}"
    lines = [*words, *(textwrap.wrap(fix, console.width - len(indent), break_on_hyphens=False) if finding.fix else [])]
    level = f"[{_COLOURS[finding.level]}]{finding.level:<{_WIDTH}}[/]"
    first, *others = lines
    console.print(f"{level}  {escape(first)}", soft_wrap=True, highlight=False)
    for line in others:
        say(f"{indent}{line}")
