"""Deployments of one program, each into an emulator of its own."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .. import server
from ..engine import PROJECT, Sandbox
from ..errors import SandboxError
from ..events import STACK, Outcome, Say
from ..example_prerequisites import PREREQUISITES
from ..projects import example_project
from ..workspace import Plugin
from .states import Difference, Resources, differences


@dataclass(frozen=True, slots=True)
class Deployment:
    """A program that was deployed twice.

    Args:
        resources: Resources in the stack's state; none after an error.
        error: The problems of the deployment, one per line; empty if there were none.
        changed_again: Changes by the second deployment, which should change nothing: operation and URN.
    """

    resources: Resources = ()
    error: str = ""
    changed_again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A program deployed with both providers.

    Args:
        program: Name of the example, or of the stack of this repository.
        sandbox: The deployment with the sandbox's provider.
        official: The deployment with the other provider.
        differences: Differences between the two states; none if one of the deployments failed.
    """

    program: str
    sandbox: Deployment
    official: Deployment
    differences: list[Difference] = field(default_factory=list[Difference])

    @property
    def failed(self) -> bool:
        """Whether a deployment failed, or changed something the second time."""
        return any(each.error or each.changed_again for each in (self.sandbox, self.official))


def compared(programs: Iterable[str], home: Path, *, official: Plugin = "official", say: Say) -> Iterator[Comparison]:
    """Deploy each program with both providers, and compare what these store.

    Args:
        programs: Names of examples, and `local` for the stack of this repository.
        home: Folder for all files. A provider that was downloaded into it is not downloaded again.
        official: The provider that the sandbox's own is compared with.
        say: Gets a line per deployment.
    """
    for program in programs:
        say(f"{program}: with the sandbox's provider")
        ours = _deployed(program, home / "sandbox", "sandbox")
        say(f"{program}: with the official provider")
        theirs = _deployed(program, home / "official", official)
        if ours.error or theirs.error:
            yield Comparison(program, ours, theirs)
            continue
        repeated = _deployed(program, home / "sandbox", "sandbox")
        yield Comparison(program, ours, theirs, differences(ours.resources, repeated.resources, theirs.resources))


def _deployed(program: str, home: Path, plugin: Plugin) -> Deployment:
    try:
        with _emulator(home / "emulator") as endpoint:
            project = PROJECT if program == STACK else example_project(program, home / "project")
            PREREQUISITES.get(program, lambda _: None)(endpoint)
            box = Sandbox(home, project, endpoint=endpoint, plugin=plugin)
            first = box.up()
            # The second one reads all resources from the emulator first.
            again = box.up() if not first.error else Outcome()
            changed = tuple(f"{operation} {urn}" for operation, urn in again.steps)
            deployment = Deployment(box.resources(), first.error or again.error, changed)
            shutil.rmtree(box.base)
            return deployment
    except SandboxError as error:
        return Deployment(error=str(error))


@contextmanager
def _emulator(folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield server.start(folder).endpoint
    finally:
        server.stop(folder)
