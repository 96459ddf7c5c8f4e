"""`python -m sandbox.smoke`: the smoke test against a live sandbox, in real time. It takes about eight minutes.

With `--endpoint URL`, it tests another emulator with the sandbox's provider.
"""

import os

from ops.streams import open_standard_files

from ..environment import start_clean
from ..private_files import UMASK

if __name__ == "__main__":
    open_standard_files()
    # Before the imports of libraries that read the user's settings.
    start_clean()
    os.umask(UMASK)

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from components.json_values import Data
from ops.aws.session import Aws
from ops.local_sandbox import client_variables
from ops.output import note, say_columns
from ops.project import Project
from ops.smoke.configuration import IMAGE, LIFETIME_MINUTES, names_of, stack_file
from ops.smoke.emulator import create_network, delete_network, given_in
from ops.smoke.program import write_program
from ops.smoke.report import COLUMNS, exit_code, rows, summary
from ops.smoke.running import run_steps
from ops.smoke.step import Result, Scene, Step

from .. import environment, server
from ..engine import PROJECT, REGION, Sandbox
from ..events import STACK
from ..live.session import Session, Settings
from . import process_engine
from .deployer import SandboxDeployer

NAME = "smoke-test"
"""The name of the project. The engine of the sandbox names all stacks the same."""
GIVEN: Data = {"cluster": {"create": True}, "network": {"vpc": "default", "assignPublicIp": True}}
"""The configuration of a stack in an empty account."""


class Progress:
    """Shows the steps."""

    def begin(self, step: Step) -> None:
        """A step begins."""
        note(f"{step.name}: {step.assumption}")

    def end(self, result: Result) -> None:
        """A step has ended."""
        note(f"  {result.outcome}: {result.seen}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the smoke test, and return the exit code of the command `smoke`."""
    parser = argparse.ArgumentParser(prog="sandbox.smoke", description="Run the smoke test against an emulator.")
    parser.add_argument("--endpoint", help="URL of an emulator that is running. Default: start a live sandbox.")
    given: str | None = parser.parse_args(arguments).endpoint
    with tempfile.TemporaryDirectory(prefix="sandbox-smoke-") as name:
        folder = Path(name)
        if given:
            results = tested(folder, given)
        else:
            with live_sandbox(folder) as endpoint:
                results = tested(folder, endpoint)
    say_columns(COLUMNS, rows(results))
    for line in summary(results, in_emulator=True):
        note(line)
    return exit_code(results)


def tested(folder: Path, endpoint: str) -> list[Result]:
    """Run all steps in an emulator, in a network of their own."""
    with environment.replaced({**os.environ, **client_variables(endpoint)}):
        aws = Aws(None, REGION, note)
        vpc = create_network(aws)
        try:
            return run_steps(scene_in(folder, endpoint, given=given_in(aws, vpc)), Progress())
        finally:
            delete_network(aws, vpc)


@contextmanager
def live_sandbox(folder: Path) -> Iterator[str]:
    """Start an emulator whose schedules fire and whose containers are processes, and return its endpoint."""
    home, containers, engine = folder / "emulator", folder / "containers", folder / "engine"
    for each in (home, containers):
        each.mkdir(parents=True)
    engine.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{process_engine.__file__}" "$@"\n', encoding="utf-8")
    engine.chmod(0o700)
    variables = {"PATH": os.environ.get("PATH", ""), process_engine.FOLDER: str(containers)}
    try:
        endpoint = server.start(home).endpoint
        with Session(home).hold(Settings(str(engine), variables=variables)):
            yield endpoint
    finally:
        server.stop(home)


def scene_in(folder: Path, endpoint: str, minutes: int = LIFETIME_MINUTES, given: Data = GIVEN) -> Scene:
    """The stack of the smoke test in an emulator. Its schedules end after some minutes.

    `given` is the configuration of its place.
    """
    began = datetime.now(UTC)
    until = began + timedelta(minutes=minutes)
    content = stack_file(NAME, given, region=REGION, stack=STACK, image=IMAGE, began=began, until=until)
    program = write_program(Project(PROJECT, NAME), folder / "program", STACK, content)
    box = Sandbox(folder / "home", program.folder, endpoint=endpoint)
    with environment.replaced({**os.environ, **client_variables(endpoint)}):
        aws = Aws(None, REGION, note)
    return Scene(aws, names_of(NAME, STACK), SandboxDeployer(box), "sandbox", note, in_emulator=True)


if __name__ == "__main__":
    sys.exit(main())
