"""`python -m sandbox`: deploy scheduled tasks to a local AWS emulator."""

from .announcement import announce, end_on_interrupt

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
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import typer

from ops.local_sandbox import shell_lines
from ops.planning.plans import plans
from ops.project import project_at
from ops.streams import output_problem, say_problem

from . import pulumi_cli
from .command_line import (
    EndpointOption,
    ExampleOption,
    PluginOption,
    count,
    fail,
    home_of,
    options_of,
    or_fail,
    print_changes,
    print_lines,
    print_next_runs,
    sandbox_of,
    succeeded,
    tell,
    tell_columns,
)
from .engine import REGION
from .events import STACK
from .leftovers import active_revisions, deregister_command, existing_sandboxes
from .live import command_line as live_commands
from .next_steps import command, interrupted, next_steps, task_to_try
from .output import (
    end_on_signals,
    hide_remains_of_killed_engines,
)
from .tables import RESOURCES, resource_rows

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def sandbox() -> None:
    """Deploy the stack `local` to a local AWS emulator with the real Pulumi engine. No AWS account needed."""


@app.command()
def up(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Deploy the stack, and print its schedules."""
    box, options = sandbox_of(endpoint, plugin, example), options_of(endpoint=endpoint, example=example)
    outcome = succeeded(box.up, interrupted("up", options))
    # A new stack has had a line per resource.
    if any(changed.operation != "create" for changed in outcome.changed):
        print_lines(outcome)
    print_changes(outcome)
    print_next_runs(box.project)
    tell(f"The emulator is running at {box.endpoint()} (Region {REGION}, any credentials).")
    steps = next_steps(
        task_to_try(plans(STACK, project_at(box.project).load(STACK)), datetime.now(UTC)),
        command=command(Path.cwd()),
        environment=shlex.join([sys.executable, "-m", "sandbox", "env", *options]) if options else "",
        project=str(box.project) if example else "",
    )
    for line in steps:
        tell(line)


@app.command()
def preview(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Print what `up` would change."""
    box, options = sandbox_of(endpoint, plugin, example), options_of(endpoint=endpoint, example=example)
    outcome = succeeded(box.preview, interrupted("preview", options))
    print_lines(outcome)
    print_changes(outcome, preview=True)
    print_next_runs(box.project)


@app.command()
def destroy(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Delete all resources, and stop the emulator.

    Task definitions stay active in an emulator that was not started here, same as in AWS. The command prints how to
    deregister them. Exit code 1: there is nothing to delete at --endpoint or of --example.
    """
    box = sandbox_of(endpoint, plugin, example)
    if not box.exists:
        _nothing_to_destroy(endpoint, example)
        return
    outcome = succeeded(box.destroy, interrupted("destroy", options_of(endpoint=endpoint, example=example)))
    deleted = outcome.changes.get("delete", 0)
    tell(f"Deleted {count(deleted, 'resource')}. The sandbox is gone.")
    if box.given_endpoint and (revisions := active_revisions(box.given_endpoint)):
        families = {arn.rsplit(":", 1)[0] for arn in revisions}
        counted = f"{count(len(revisions), 'revision')} of {count(len(families), 'task definition')}"
        tell(f"Still active, same as after a destroy in AWS: {counted}. To deregister them, run:")
        tell(f"  {deregister_command(box.given_endpoint)}")


def _nothing_to_destroy(endpoint: str | None, example: str | None) -> None:
    """Say that there is no such sandbox, and which others there are. Fails if the options name one."""
    chosen = [f"--{name} {value}" for name, value in (("example", example), ("endpoint", endpoint)) if value]
    lines = [f"There is no sandbox with {' and '.join(chosen)}." if chosen else "There is no sandbox to delete."]
    for options in existing_sandboxes(home_of(None)):
        words = options_of(**options)
        lines.append(f"To delete another one, run: {shlex.join(['python', '-m', 'sandbox', 'destroy', *words])}")
    if chosen:
        fail("\n".join(lines))
    for line in lines:
        tell(line)


@app.command()
def status(endpoint: EndpointOption = None, example: ExampleOption = None) -> None:
    """Print what is deployed."""
    box = sandbox_of(endpoint, "sandbox", example)
    running = box.endpoint()
    tell(f"The emulator is running at {running}." if running else "The emulator is not running. Start it with: make up")
    types = [str(resource["type"]) for resource in or_fail(box.resources)]
    if types:
        tell_columns(RESOURCES, resource_rows(types))
    for queue, messages in or_fail(box.waiting_messages).items():
        tell(f"{queue}: {count(messages, 'message')}")


@app.command()
def env(endpoint: EndpointOption = None, example: ExampleOption = None) -> None:
    """Print shell commands that point the AWS CLI and scheduled-tasks at the emulator, for `eval`."""
    running = sandbox_of(endpoint, "sandbox", example).endpoint()
    if running is None:
        fail("The emulator is not running. Start it with: make up")
    for line in shell_lines(running):
        tell(line)
    say_problem(f"This shell now calls the emulator at {running}, not AWS. To undo that, open a new shell.")


app.registered_commands += live_commands.app.registered_commands


@app.command()
def cli() -> None:
    """Print the folder of the Pulumi CLI. Download or build the CLI if necessary."""
    tell(str(or_fail(lambda: pulumi_cli.find_or_get(pulumi_cli.say_to_stderr))))


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
