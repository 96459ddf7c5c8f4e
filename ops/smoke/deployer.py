"""Deploys the stack of the smoke test: with the Pulumi CLI, or with whatever a test gives."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import OpsError

_SHOWN = 20
"""Lines of Pulumi's output that an error shows."""


class Deployer(Protocol):
    """Deploys the program in a folder. Each method raises OpsError if it fails."""

    def up(self) -> None:
        """Deploy the stack."""
        ...

    def unchanged(self) -> bool:
        """Read all resources from AWS, and tell if a second deployment would change none of them."""
        ...

    def destroy(self) -> None:
        """Delete all resources of the stack. Does nothing if there are none."""
        ...


@dataclass(frozen=True, slots=True)
class PulumiCli:
    """The Pulumi CLI, with a state in the folder of the program.

    The state is local, so that the test needs no right in the backend of the stacks, and leaves nothing there.

    Args:
        folder: The folder of the program.
        stack: Name of the stack.
        environment: Variables besides those of this process.
    """

    folder: Path
    stack: str
    environment: Mapping[str, str]

    def up(self) -> None:
        """Deploy the stack."""
        (self.folder / "state").mkdir(exist_ok=True)
        self._run("stack", "select", "--create", self.stack)
        self._run("up", "--yes", "--skip-preview", "--suppress-outputs")

    def unchanged(self) -> bool:
        """Read all resources from AWS, and tell if a second deployment would change none of them."""
        return self._done("preview", "--refresh", "--expect-no-changes").returncode == 0

    def destroy(self) -> None:
        """Delete all resources of the stack. Does nothing if there are none."""
        if any((self.folder / "state").rglob(f"{self.stack}.json*")):
            self._run("destroy", "--yes", "--skip-preview")

    def _run(self, *words: str) -> None:
        done = self._done(*words)
        if done.returncode:
            lines = f"{done.stdout}\n{done.stderr}".strip().splitlines()
            raise OpsError(f"pulumi {words[0]} failed:\n" + "\n".join(lines[-_SHOWN:]))

    def _done(self, *words: str) -> "subprocess.CompletedProcess[str]":
        program = shutil.which("pulumi")
        if program is None:
            raise OpsError("The Pulumi CLI isn't on PATH. Install it from https://www.pulumi.com/docs/install/.")
        variables = {
            **os.environ,
            **self.environment,
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_STACK": self.stack,
        }
        variables.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        return subprocess.run(
            [program, *words, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
