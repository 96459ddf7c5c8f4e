"""`doctor`: finds what prevents runs."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from ..cells import Color, colored, joined
from ..doctor.checks import run_checks
from ..doctor.finding import OK, PROBLEM, STACK, UNKNOWN, WARNING, Finding
from ..doctor.groups import LEVELS, Group, grouped
from ..errors import FAILED
from ..output import completed, counted, notes, print_json, results, say, say_wrapped
from .options import DebugOption, GroupOption, ProfileOption, RegionOption, StackOption, Where, reached
from .planning_options import JsonOption

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

    Checks schedules, roles and their permissions, task definitions, cluster, network, log groups, images, secrets,
    dead-letter queues, event rules, alarms, topics, other recipients of messages, and quotas. For supervised tasks, it
    also checks state machines and leases. Problems come first, and equal causes are shown once. Checks that AWS denies
    or fails are reported, and the others continue.
    A local emulator has no quotas and no simulator of policies, so these checks are left out there. Exit code 1: a
    problem was found, or AWS failed a check.
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
    """Print problems first. Without `full`, the passed checks of tasks are only counted."""
    shown = [finding for finding in findings if full or finding.level != OK or finding.task == STACK]
    for group in grouped(shown):
        _show_group(group)
    say_wrapped(_summary(findings, hidden=len(findings) - len(shown)))


def _show_group(group: Group) -> None:
    first, *others = (
        line
        for text in (
            group.message,
            f"{group.heading}: {', '.join(group.names)}" if group.names else "",
            f"Fix: {completed(group.fix)}" if group.fix else "",
        )
        for line in _wrapped(text)
    )
    say(joined([colored(f"{group.level:<{_WIDTH}}", _COLORS[group.level]), first], "  "))
    for line in others:
        say(f"{' ' * (_WIDTH + 2)}{line}")


def _wrapped(text: str) -> list[str]:
    """The lines of a text. In a pipe, it is one line. Names are never cut."""
    if not text or not results.is_terminal:
        return [text] if text else []
    width = max(results.width - _WIDTH - 2, _WIDTH)
    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)


def _summary(findings: Sequence[Finding], *, hidden: int) -> str:
    counts = {level: sum(finding.level == level for finding in findings) for level in LEVELS}
    parts = [
        counted(counts[PROBLEM], "problem") if counts[PROBLEM] else "No problems",
        f"{counts[UNKNOWN]} not checked" if counts[UNKNOWN] else "",
        counted(counts[WARNING], "warning") if counts[WARNING] else "",
        f"{counted(counts[OK], 'check')} passed",
    ]
    more = f" To list the {hidden} of single tasks, pass --full." if hidden else ""
    return f"{', '.join(part for part in parts if part)}.{more}"
