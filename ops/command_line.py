"""The commands by group. A command's module is imported when the command is called, so `--help` starts at once."""

import gc
import os
import sys
from collections.abc import Generator, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from . import NAME
from .errors import FAILED
from .json_output import json_output
from .streams import STDOUT, continuing, open_standard_files, output_problem, say_problem

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter
    from typer.core import TyperOption


@dataclass(frozen=True, slots=True)
class Listed:
    """A command in the list of all commands.

    Args:
        module: Its module in `ops.commands`. The module's `app` has the command.
        summary: The first sentence of its help, for one line of 80 columns.
    """

    module: str
    summary: str


_NEW_OBJECTS = 100_000
"""New objects before Python looks for reference cycles. With its default of 700, that takes 5 % of `check`."""

GROUPS = {
    "Plan": {
        "new": Listed("new", "Create a task: its file, and its entry in a stack."),
        "check": Listed("check", "Validate the configuration without AWS or a network."),
        "next": Listed("planning", "Show the next runs of a stack's tasks."),
        "calendar": Listed("planning", "Show how many runs start in each hour of the coming week."),
        "load": Listed("load", "Compare the launches of the coming week with AWS's limits."),
        "simulate": Listed("simulate", "Simulate the schedules of a stack, with faults."),
        "cost": Listed("cost", "Estimate what the tasks of a stack cost per month."),
        "review": Listed("review", "Describe the changes of a pull request as Markdown."),
        "policies": Listed("policies", "Write the IAM policies of the roles that deploy a stack."),
    },
    "Move in": {
        "import": Listed("importing", "Create tasks from the schedules of another tool."),
    },
    "Observe": {
        "status": Listed("status", "Show the status of each task of a stack."),
        "history": Listed("history", "Show the last runs of a task: start, duration and outcome."),
        "logs": Listed("logs", "Show the logs of a task's runs."),
        "board": Listed("board", "Show the runs of the last and next 7 days on a web page."),
    },
    "Act": {
        "run": Listed("running", "Run a task now, and exit with its container's exit code."),
        "run-deployed": Listed("run_deployed", "Run the tasks with runOn: deploy whose revision has not run yet."),
        "pause": Listed("pausing", "Pause a task, or all tasks, directly in AWS."),
        "resume": Listed("pausing", "Resume tasks that were paused by hand."),
    },
    "Fix": {
        "doctor": Listed("doctor", "Find what prevents runs, and how to fix it."),
        "smoke": Listed("smoke", "Test in an account what the product assumes about AWS."),
        "backfill": Listed("backfill", "Run a task for the scheduled times at which it didn't succeed."),
        "dead-letters": Listed("dead_letters", "List, redrive and delete failed launches and events."),
    },
}


class _Commands(MutableMapping[str, "Command"]):
    """The commands by name, each imported when it is needed."""

    def __init__(self):
        self._listed = {name: listed for group in GROUPS.values() for name, listed in group.items()}

    def __getitem__(self, name: str) -> "Command":
        module = import_module(f".commands.{self._listed[name].module}", __package__)
        command = get_group(module.app).commands[name]
        for each in getattr(command, "commands", {"": command}).values():
            each.params.append(_sandbox_option())
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def __contains__(self, name: object) -> bool:
        return name in self._listed

    def __setitem__(self, name: str, command: "Command") -> None:
        raise TypeError("Commands are listed in GROUPS.")

    def __delitem__(self, name: str) -> None:
        raise TypeError("Commands are listed in GROUPS.")


def _sandbox_option() -> "TyperOption":
    """Return the option `--sandbox` of a command. Users write it there, too."""
    app = typer.Typer()

    @app.command()
    def _(
        sandbox: Annotated[bool, typer.Option("--sandbox", hidden=True, is_eager=True, callback=_use_sandbox)] = False,
    ) -> None: ...

    option = next(each for each in get_command(app).params if each.name == "sandbox")
    option.expose_value = False
    return cast("TyperOption", option)


@contextmanager
def _errors_as_json() -> Generator[None]:
    """Print errors that end the command without `ops.output.fail`: invalid usage, and faults of this program."""
    try:
        yield
    except Exception as error:
        if json_output.lacks_result and not isinstance(error, (typer.Exit, typer.Abort)):
            from .output import print_json_error

            # typer doesn't publish the base class of its errors.
            told = getattr(error, "format_message", None)
            print_json_error(told() if told else f"Unexpected error: {error!r}", getattr(error, "exit_code", FAILED))
        raise


class _Group(TyperGroup):
    """The command with its groups of subcommands."""

    def __init__(self, **attributes: Any):
        super().__init__(**attributes)
        self.commands = _Commands()

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        """Run a command. Whether errors are JSON is known before the arguments are parsed."""
        json_output.begin(sys.argv[1:] if args is None else args)
        return super().main(args, *rest, **more)

    def make_context(self, *arguments: Any, **more: Any) -> "Context":
        """Parse the options of the command."""
        with _errors_as_json():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: "Context") -> Any:
        """Parse the arguments of a subcommand, and run it."""
        with _errors_as_json():
            return super().invoke(ctx)

    def format_commands(self, ctx: "Context", formatter: "HelpFormatter") -> None:  # noqa: ARG002
        """Write one list per group."""
        for title, group in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, listed.summary) for name, listed in group.items()])


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from components import __version__

        from .output import say

        say(f"{NAME} {__version__}")
        raise typer.Exit


def _use_sandbox(chosen: bool) -> None:
    """Point the clients of AWS in this process at the project's sandbox. Ends the command if it isn't running."""
    if not chosen:
        return
    from .errors import OpsError
    from .local_sandbox import variables_of_commands
    from .output import fail
    from .project import project

    try:
        variables = variables_of_commands(os.environ, project().folder)
    except OpsError as error:
        fail(str(error))
    os.environ.clear()
    os.environ.update(variables)


def _folder(folder: Path | None) -> None:
    if folder is not None:
        os.chdir(folder)


@app.callback()
def command_line(
    folder: Annotated[
        Path | None,
        typer.Option(
            "--cwd",
            "-C",
            exists=True,
            file_okay=False,
            callback=_folder,
            help="Run in this folder, as `pulumi -C` does.",
        ),
    ] = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Call the project's local AWS emulator (`make up`), not AWS.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Plan, observe, run and repair Amazon ECS tasks on a schedule."""
    del folder, version  # their callbacks used them
    from .output import accept_any_character

    accept_any_character()
    _use_sandbox(sandbox)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command of the command line, and exit. `arguments` are those of this process by default.

    Exit code 1: the command failed, or its output can't be written.
    """
    # Nearly all objects of a command live until it ends: modules, and values from files.
    gc.set_threshold(_NEW_OBJECTS)
    open_standard_files()
    # The search for plugins reads the metadata of all installed packages. Validation uses no plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    code: str | int | None = FAILED
    try:
        # typer prints help itself.
        with continuing(STDOUT):
            app(arguments, prog_name=NAME)
    except SystemExit as ended:
        code = ended.code
    if problem := output_problem():
        say_problem(problem)
        code = code or FAILED
    sys.exit(code)
