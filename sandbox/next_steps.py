"""Commands to try after a deployment. They work when they are copied."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from ops import NAME
from ops.planning.plans import Plan

from .events import STACK


def next_steps(task: str, *, command: str, environment: str = "", project: str = "") -> list[str]:
    """Return lines that name three commands to try, and how to point a shell at the emulator.

    Args:
        task: A task of the stack.
        command: How this shell calls the command line.
        environment: The command that prints the variables of an emulator that isn't the project's own.
        project: The folder of another program than that of the current folder.
    """
    options = [*(["-C", project] if project else []), *([] if environment else ["--sandbox"])]
    words = ([name, *rest, "--stack", STACK] for name, *rest in (["status"], ["run", task], ["history", task]))
    commands = [f"  {command} {shlex.join([*options, *each])}" for each in words]
    if environment:
        return ["To try it, run:", f"  {_evaluated(environment)}", *commands]
    return ["To try it, run:", *commands, f"For the AWS CLI, run in this shell: {_evaluated('make env')}"]


def first_fault(task: str, options: Sequence[str], *, command: str) -> list[str]:
    """Return lines that name the commands for a first failure, in another terminal.

    Args:
        task: A task of the stack.
        options: The options that name the example.
        command: How this shell calls the command line.
    """
    words = (["faults", "exit-1", task], ["fire", task], ["mail"])
    lines = [f"  {_python(Path.cwd())} -m sandbox {shlex.join([*each, *options])}" for each in words]
    if not options:
        lines.append(f"  {command} --sandbox history {shlex.quote(task)}")
    return ["To see a failure, run in another terminal:", *lines]


def _python(here: Path) -> str:
    """How a shell in a folder calls this Python."""
    python = Path(sys.executable)
    return shlex.quote(os.path.relpath(python, here) if python.is_relative_to(here) else str(python))


def interrupted(operation: str, options: Sequence[str]) -> str:
    """Return what Ctrl-C left behind, and what to do next.

    Args:
        operation: The name of the command: up, preview or destroy.
        options: The options that name the emulator or the example.
    """
    if operation == "preview":
        return f"Interrupted. Nothing was changed. To see the changes, run: {_command('preview', options)}"
    remove = _command("destroy", options)
    if operation == "destroy":
        return f"Interrupted. To delete the rest, run: {remove}"
    keeps = "--endpoint" in options
    left = "Resources that exist stay." if keeps else "The next command starts with an empty sandbox."
    return f"Interrupted. {left} To deploy, run: {_command('up', options)}. To delete everything, run: {remove}"


def _command(operation: str, options: Sequence[str]) -> str:
    """The command line of an operation. `make` has no options."""
    if not options:
        return f"make {'down' if operation == 'destroy' else operation}"
    return shlex.join(["python", "-m", "sandbox", operation, *options])


def command(here: Path) -> str:
    """Return how a shell in a folder calls the command line of this Python."""
    script = Path(sys.executable).parent / NAME
    found = shutil.which(NAME)
    if found and script.exists() and Path(found).samefile(script):
        return NAME
    if script.exists():
        return shlex.quote(os.path.relpath(script, here) if script.is_relative_to(here) else str(script))
    return f"{shlex.quote(sys.executable)} -m ops"


def task_to_try(plans: Iterable[Plan], now: datetime) -> str:
    """Return the task that runs next, because its runs show most. Without runs, return the first task."""
    every = list(plans)
    runs = {plan.task: run for plan in every if (run := next(plan.runs(now), None))}
    return min(runs, key=runs.__getitem__) if runs else every[0].task


def _evaluated(environment: str) -> str:
    return f'eval "$({environment})"'
