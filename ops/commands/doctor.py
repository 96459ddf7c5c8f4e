"""`doctor`: finds what prevents runs."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from ..cells import Color, colored, joined
from ..doctor.checks import run_checks
from ..doctor.finding import OK, PROBLEM, STACK, UNKNOWN, WARNING, Finding
from ..errors import FAILED
from ..output import note, notes, print_json, results, say
from .options import DebugOption, GroupOption, JsonOption, ProfileOption, RegionOption, StackOption, Where, reached

app = typer.Typer(rich_markup_mode=None)

_COLORS: Mapping[str, Color] = {OK: "green", WARNING: "yellow", PROBLEM: "red", UNKNOWN: "magenta"}
_WIDTH = max(map(len, _COLORS))


@app.command()
def doctor(
    task: Annotated[str | None, typer.Argument(help="Name of the task. Default: all tasks.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Also show each task's checks that passed.")] = False,
    stack: StackOption = None,
    group: GroupOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Find what prevents runs, and how to fix it.

    Checks schedules, roles and their permissions, task definitions, cluster, network, log groups, images, dead-letter
    queues, event rules and quotas. For supervised tasks, it also checks state machines and leases. Checks that AWS
    denies or fails are reported, and the others continue. Exit code 1: a problem was found, or AWS failed a check.
    """
    with reached(Where(stack, group, profile, region, debug)) as deployment:
        with notes.progress("Connecting to AWS") as replace:
            findings = run_checks(deployment, task, datetime.now(UTC), lambda what: replace(f"Checking {what}"))
        if as_json:
            print_json([finding.as_data() for finding in findings])
        else:
            _show(findings, full=full or task is not None)
        if any(finding.level == PROBLEM or finding.failed for finding in findings):
            raise typer.Exit(FAILED)


def _show(findings: Sequence[Finding], *, full: bool) -> None:
    task = STACK
    for finding in findings:
        if finding.level == OK and finding.task and not full:
            continue
        if finding.task != task:
            task = finding.task
            say(f"\n{task}")
        _show_one(finding)
    counts = {level: sum(finding.level == level for finding in findings) for level in _COLORS}
    note(", ".join(f"{count} {_plural(level, count)}" for level, count in counts.items() if count))


def _plural(level: str, count: int) -> str:
    return f"{level}s" if level in (WARNING, PROBLEM) and count > 1 else level


def _show_one(finding: Finding) -> None:
    indent = " " * (_WIDTH + 2)
    paragraphs = [finding.message, *([f"Fix: {finding.fix}"] if finding.fix else [])]
    first, *others = (
        line for text in paragraphs for line in textwrap.wrap(text, results.width - len(indent), break_on_hyphens=False)
    )
    say(joined([colored(f"{finding.level:<{_WIDTH}}", _COLORS[finding.level]), first], "  "))
    for line in others:
        say(f"{indent}{line}")
