"""`python -m sandbox`: deploy scheduled tasks to a local AWS emulator."""

from .announcement import INTERRUPTED, announce, end_on_interrupt

if __name__ == "__main__":
    end_on_interrupt()

import os

from ops.streams import open_standard_files

from .environment import start_clean
from .private_files import UMASK

if __name__ == "__main__":
    open_standard_files()
    # Before the imports of libraries that read the user's settings.
    start_clean()
    os.umask(UMASK)
    announce()

import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from ops.columns import Column, column_lines
from ops.local_sandbox import FOLDER, shell_lines
from ops.planning.plans import plans
from ops.project import project_at
from ops.streams import output_problem, say_problem

from . import pulumi_cli
from .changes import change_lines
from .engine import PROJECT, REGION, Sandbox
from .errors import SandboxError, file_problem
from .events import STACK, Outcome
from .leftovers import active_revisions, deregister_command, existing_sandboxes
from .live import commands as live_commands
from .live.faults import Faults
from .live.mailbox import Mailbox
from .live.requests import Requests
from .live.session import FOLDER as LIVE_FOLDER
from .live.session import Session
from .next_steps import command, first_fault, interrupted, next_steps, task_to_try
from .output import (
    console,
    end_on_signals,
    hide_remains_of_killed_engines,
    marked,
    plain,
    say,
    step,
    working,
)
from .projects import example_project
from .tables import RESOURCES, SCHEDULES, resource_rows, schedule_rows

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)

HOME = PROJECT / FOLDER
EndpointOption = Annotated[
    str | None,
    typer.Option("--endpoint", help="URL of an emulator that is already running. Default: start one."),
]
PluginOption = Annotated[
    str, typer.Option("--plugin", help="The AWS provider: sandbox (built in) or official (Pulumi's own plugin).")
]
ExampleOption = Annotated[
    str | None, typer.Option("--example", "-e", help="Deploy an example from examples/ in its own sandbox.")
]
T = TypeVar("T")


@app.callback()
def sandbox() -> None:
    """Deploy the stack `local` to a local AWS emulator with the real Pulumi engine. No AWS account needed."""


@app.command()
def up(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Deploy the stack, and print its schedules."""
    box, options = _sandbox(endpoint, plugin, example), _options(endpoint=endpoint, example=example)
    outcome = _succeeded(box.up, interrupted("up", options))
    # A new stack has had a line per resource.
    if any(changed.operation != "create" for changed in outcome.changed):
        _print_lines(outcome)
    _print_changes(outcome)
    _print_next_runs(box.project)
    _say(f"The emulator is running at {box.endpoint()} (Region {REGION}, any credentials).")
    steps = next_steps(
        task_to_try(plans(STACK, project_at(box.project).load(STACK)), datetime.now(UTC)),
        command=command(Path.cwd()),
        environment=shlex.join([sys.executable, "-m", "sandbox", "env", *options]) if options else "",
        project=str(box.project) if example else "",
    )
    for line in steps:
        _say(line)


@app.command()
def preview(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Print what `up` would change."""
    box, options = _sandbox(endpoint, plugin, example), _options(endpoint=endpoint, example=example)
    outcome = _succeeded(box.preview, interrupted("preview", options))
    _print_lines(outcome)
    _print_changes(outcome, preview=True)
    _print_next_runs(box.project)


@app.command()
def destroy(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Delete all resources, and stop the emulator.

    Task definitions stay active in an emulator that was not started here, same as in AWS. The command prints how to
    deregister them. Exit code 1: there is nothing to delete at --endpoint or of --example.
    """
    box = _sandbox(endpoint, plugin, example)
    if not box.exists:
        _nothing_to_destroy(endpoint, example)
        return
    outcome = _succeeded(box.destroy, interrupted("destroy", _options(endpoint=endpoint, example=example)))
    deleted = outcome.changes.get("delete", 0)
    _say(f"Deleted {_count(deleted, 'resource')}. The sandbox is gone.")
    if box.given_endpoint and (revisions := active_revisions(box.given_endpoint)):
        families = {arn.rsplit(":", 1)[0] for arn in revisions}
        counted = f"{_count(len(revisions), 'revision')} of {_count(len(families), 'task definition')}"
        _say(f"Still active, same as after a destroy in AWS: {counted}. To deregister them, run:")
        _say(f"  {deregister_command(box.given_endpoint)}")


def _nothing_to_destroy(endpoint: str | None, example: str | None) -> None:
    """Say that there is no such sandbox, and which others there are. Fails if the options name one."""
    chosen = [f"--{name} {value}" for name, value in (("example", example), ("endpoint", endpoint)) if value]
    lines = [f"There is no sandbox with {' and '.join(chosen)}." if chosen else "There is no sandbox to delete."]
    for options in existing_sandboxes(HOME):
        words = _options(**options)
        lines.append(f"To delete another one, run: {shlex.join(['python', '-m', 'sandbox', 'destroy', *words])}")
    if chosen:
        _fail("\n".join(lines))
    for line in lines:
        _say(line)


@app.command()
def status(endpoint: EndpointOption = None, example: ExampleOption = None) -> None:
    """Print what is deployed."""
    box = _sandbox(endpoint, "sandbox", example)
    running = box.endpoint()
    _say(f"The emulator is running at {running}." if running else "The emulator is not running. Start it with: make up")
    types = [str(resource["type"]) for resource in _or_fail(box.resources)]
    if types:
        _say_columns(RESOURCES, resource_rows(types))
    for queue, messages in _or_fail(box.waiting_messages).items():
        _say(f"{queue}: {_count(messages, 'message')}")


@app.command()
def env(endpoint: EndpointOption = None, example: ExampleOption = None) -> None:
    """Print shell commands that point the AWS CLI and scheduled-tasks at the emulator, for `eval`."""
    running = _sandbox(endpoint, "sandbox", example).endpoint()
    if running is None:
        _fail("The emulator is not running. Start it with: make up")
    for line in shell_lines(running):
        _say(line)
    say_problem(f"This shell now calls the emulator at {running}, not AWS. To undo that, open a new shell.")


@app.command()
def live(
    example: ExampleOption = None,
    stand_ins: Annotated[
        bool, typer.Option("--stand-ins", help="Start no containers, even if there is an engine.")
    ] = False,
) -> None:
    """Deploy the stack, and let its schedules run until Ctrl-C. Print what happens.

    Runs are containers of Docker or Podman. Without an engine, they are stand-ins that end after 5 seconds with exit
    code 0. Runs that have not ended continue after Ctrl-C.
    """
    box, options = _sandbox(None, "sandbox", example), _options(example=example)
    outcome = _succeeded(box.up, interrupted("up", options))
    _print_changes(outcome)
    session = Session(box.home)
    found = live_commands.settings(os.environ, stand_ins=stand_ins)
    _say(f"Runs are containers of {found.engine}." if found.engine else f"Runs are stand-ins: {found.why}")
    _print_next_runs(box.project)
    try:
        # The server looks for the lock. Nobody but this command holds it.
        with session.hold(found):
            _say("The schedules run. To stop them, press Ctrl-C.")
            every = plans(STACK, project_at(box.project).load(STACK))
            for line in first_fault(task_to_try(every, datetime.now(UTC)), options, command=command(Path.cwd())):
                _say(line)
            for moment, task, text in session.log.follow(lambda: time.sleep(0.2), ended=lambda: box.endpoint() is None):
                _say(f"{moment[11:19]}  {task or '-'}  {text}")
            _fail("The emulator has ended. Start it with: make live")
    except SandboxError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _say("The schedules have stopped. To continue, run: make live. To remove everything, run: make down")


@app.command()
def mail(
    number: Annotated[int | None, typer.Argument(help="The number of a mail to show. Default: list all.")] = None,
    example: ExampleOption = None,
) -> None:
    """List the mails of topics and the requests to API destinations during `live`, or show one."""
    mails = Mailbox(_home(example) / LIVE_FOLDER / "mail.jsonl").read()
    if number is not None:
        for line in _or_fail(lambda: list(live_commands.mail_lines(mails, number))):
            _say(line)
    elif mails:
        _say_columns(live_commands.MAILS, live_commands.mail_rows(mails))
    else:
        _say("The mailbox is empty. Mails arrive while the schedules run: make live")


@app.command()
def faults(
    kind: Annotated[str | None, typer.Argument(help=f"One of {', '.join(live_commands.ALL_KINDS)}.")] = None,
    task: Annotated[str | None, typer.Argument(help="The task that it happens to. clock-jump concerns all.")] = None,
    times: Annotated[int, typer.Option("--times", "-n", min=1, max=1000, help="How many next runs it affects.")] = 1,
    by: Annotated[str, typer.Option("--by", help="How far clock-jump jumps, for example 2h.")] = "1h",
    clear: Annotated[bool, typer.Option("--clear", help="Remove the faults that have not happened yet.")] = False,
    example: ExampleOption = None,
) -> None:
    """Let the next runs of a task fail during `live`, or list the faults that have not happened yet."""
    folder = _live_folder(example)
    waiting = Faults(folder / "faults.json")
    if clear:
        waiting.clear()
    if kind == live_commands.CLOCK_JUMP:
        Requests(folder / "requests").add(_or_fail(lambda: live_commands.new_jump(by)))
        _say(f"The clock of the schedules jumps ahead by {by}. Scheduled times in between are delivered at once.")
        return
    if kind is not None:
        known = live_commands.tasks_of(_schedules(example))
        waiting.add(_or_fail(lambda: live_commands.new_fault(kind, task or "", times, known)))
    if waiting.all:
        _say_columns(live_commands.FAULTS, live_commands.fault_rows(waiting.all))
    else:
        _say("There are no faults. To add one, run: python -m sandbox faults KIND TASK")


@app.command()
def fire(
    task: Annotated[str, typer.Argument(help="Name of the task.")],
    schedule: Annotated[str | None, typer.Option("--schedule", help="The schedule, if the task has several.")] = None,
    example: ExampleOption = None,
) -> None:
    """Let EventBridge Scheduler start a task now, during `live`. It needs the rights and retries of its schedule."""
    folder = _live_folder(example)
    request = _or_fail(lambda: live_commands.fires(_schedules(example), task, schedule))
    Requests(folder / "requests").add(request)
    _say(f"The schedule {request.schedule} fires now. `make live` prints what happens.")


def _home(example: str | None) -> Path:
    return HOME / "examples" / example if example else HOME


def _live_folder(example: str | None) -> Path:
    """The folder of a session that runs."""
    home = _home(example)
    if not Session(home).on:
        _fail("The schedules don't run. In another terminal, start them with: make live")
    return home / LIVE_FOLDER


def _schedules(example: str | None) -> list[Mapping[str, Any]]:
    """All schedules in the emulator."""
    return _or_fail(_sandbox(None, "sandbox", example).schedules)


@app.command()
def cli() -> None:
    """Print the folder of the Pulumi CLI. Download or build the CLI if necessary."""
    _say(str(_or_fail(lambda: pulumi_cli.find_or_get(pulumi_cli.say_to_stderr))))


def _sandbox(endpoint: str | None, plugin: str, example: str | None) -> Sandbox:
    if plugin not in ("sandbox", "official"):
        _fail(f'--plugin must be sandbox or official, not "{plugin}".')
    home = _home(example)
    project = _or_fail(lambda: example_project(example, home / "project")) if example else PROJECT
    return _or_fail(lambda: Sandbox(home, project, endpoint=endpoint, plugin=plugin, say=_say_progress))


def _succeeded(operation: Callable[[], Outcome], interruption: str) -> Outcome:
    """Run an operation of the engine with progress. `interruption` says what to do after Ctrl-C."""
    try:
        with working():
            outcome = _or_fail(operation)
    except KeyboardInterrupt:
        _fail(interruption, INTERRUPTED)
    if outcome.error:
        _fail(outcome.error)
    return outcome


def _or_fail(action: Callable[[], T]) -> T:
    try:
        return action()
    except SandboxError as error:
        _fail(str(error))
    except OSError as error:
        _fail(file_problem(error))


def _say(line: str) -> None:
    say(plain(line))


def _say_progress(line: str) -> None:
    say(step(line))


def _fail(message: str, exit_code: int = 1) -> NoReturn:
    say_problem(message)
    raise typer.Exit(exit_code)


def _print_next_runs(project: Path) -> None:
    _say_columns(SCHEDULES, schedule_rows(plans(STACK, project_at(project).load(STACK)), datetime.now(UTC)))


def _say_columns(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    for line in column_lines(console, columns, rows):
        say(line)


def _print_lines(outcome: Outcome) -> None:
    for line in change_lines(outcome.changed):
        say(marked(line.operation, line.text))


def _print_changes(outcome: Outcome, *, preview: bool = False) -> None:
    changed = {operation: count for operation, count in outcome.changes.items() if operation != "same"}
    counts = [f"{count} to {name}" if preview else f"{count} {name}d" for name, count in changed.items()]
    same = f"{outcome.changes.get('same', 0)} unchanged"
    _say(f"Resources: {', '.join([*counts, same] if counts else ['no changes', same])}")


def _options(**given: str | None) -> list[str]:
    """The words of the options that are set."""
    return [word for name, value in given.items() if value for word in (f"--{name}", value)]


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command, and exit. `arguments` are those of this process by default.

    Exit code 1: the command failed, or its output can't be written. A reader that ends early doesn't change the code.
    """
    end_on_signals()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    hide_remains_of_killed_engines()
    code: str | int | None = 0
    try:
        app(arguments, prog_name="sandbox")
    except SystemExit as ended:
        code = ended.code
    if problem := output_problem():
        say_problem(problem)
        code = code or 1
    sys.exit(code)


if __name__ == "__main__":
    main()
