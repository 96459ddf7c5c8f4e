"""`python -m sandbox`: scheduled tasks in AWS as this machine plays it."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.planning.plans import load_stack, plans
from ops.planning.tables import plans_table

from . import pulumi_cli
from .engine import PROJECT, REGION, STACK, Outcome, Sandbox
from .errors import SandboxError
from .projects import example_project

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
console = Console(soft_wrap=True)

HOME = PROJECT / ".sandbox"
EndpointOption = Annotated[
    str | None,
    typer.Option("--endpoint", help="URL of an emulator that is running already, instead of a server of our own."),
]
PluginOption = Annotated[str, typer.Option("--plugin", help="sandbox, or official: Pulumi's own AWS plugin.")]
ExampleOption = Annotated[
    str | None, typer.Option("--example", "-e", help="An example of examples/, in a sandbox of its own.")
]


@app.callback()
def sandbox() -> None:
    """Deploy the stack `local` on the real Pulumi engine, without an AWS account."""


@app.command()
def up(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Deploy, and show the scheduled tasks."""
    box = _box(endpoint, plugin, example)
    _say("Deploying stack local")
    outcome = _done(box.up)
    _say_changes(outcome)
    _show_next_runs(box.project)
    _say(f"AWS is played at {box.endpoint()}, Region {REGION}, with any credentials. To look at it:")
    _say(
        "  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws scheduler list-schedules"
        f" --region {REGION} --endpoint-url {box.endpoint()}"
    )


@app.command()
def preview(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Say what `up` would change."""
    box = _box(endpoint, plugin, example)
    _say_changes(_done(box.preview))
    _show_next_runs(box.project)


@app.command()
def destroy(endpoint: EndpointOption = None, plugin: PluginOption = "sandbox", example: ExampleOption = None) -> None:
    """Remove everything that `up` made, and stop the server."""
    outcome = _done(_box(endpoint, plugin, example).destroy)
    _say(f"{outcome.changes.get('delete', 0)} resources deleted; the sandbox is gone")


@app.command()
def status(endpoint: EndpointOption = None, example: ExampleOption = None) -> None:
    """Show what is there."""
    box = _box(endpoint, "sandbox", example)
    where = box.endpoint()
    _say(f"AWS is played at {where}" if where else "AWS is not played: nothing runs. Start it with: make up")
    counted = Counter(str(resource["type"]) for resource in _asked(box.resources))
    table = Table("resource type", "count")
    for kind, count in sorted(counted.items()):
        table.add_row(kind, str(count))
    if counted:
        console.print(table)
    for queue, messages in _asked(box.waiting_messages).items():
        _say(f"{queue}: {messages or 'no'} message{'' if messages == 1 else 's'}" + (" to look at" if messages else ""))


@app.command()
def cli() -> None:
    """Print the folder of the Pulumi CLI; get it where it is not there yet."""
    _say(str(_asked(lambda: pulumi_cli.find_or_get(pulumi_cli.say_to_stderr))))


def _box(endpoint: str | None, plugin: str, example: str | None) -> Sandbox:
    if plugin not in ("sandbox", "official"):
        _fail(f'--plugin is sandbox or official, not "{plugin}".')
    home = HOME / "examples" / example if example else HOME
    project = _asked(lambda: example_project(example, home / "project")) if example else PROJECT
    return _asked(lambda: Sandbox(home, project, endpoint=endpoint, plugin=plugin, say=_say))


def _done(operation: Any) -> Outcome:
    outcome = _asked(operation)
    if outcome.error:
        _fail(outcome.error)
    return outcome


def _asked(question: Any) -> Any:
    try:
        return question()
    except SandboxError as error:
        _fail(str(error))


def _say(line: str) -> None:
    try:
        console.print(escape(line), highlight=False)
    except SystemExit:
        # So rich ends where nobody reads any more (`... | head`). Here that would only end the thread that takes the
        # engine's events, and the engine would wait for it for ever.
        return


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


def _show_next_runs(project: Path) -> None:
    console.print(plans_table(plans(STACK, load_stack(STACK, project)), datetime.now(UTC)))


def _say_changes(outcome: Outcome) -> None:
    changed = {op: count for op, count in outcome.changes.items() if op != "same"}
    same = outcome.changes.get("same", 0)
    words = ", ".join(f"{op} {count}" for op, count in changed.items())
    _say(f"{words or 'no changes'} (as they were: {same})")


if __name__ == "__main__":
    app(prog_name="sandbox")
