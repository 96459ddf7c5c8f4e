"""Deploys the stack of the smoke test: with the Pulumi CLI, or with whatever a test gives."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import OpsError

_SHOWN = 20
"""Lines of Pulumi's output that an error shows."""


INTERRUPTED_SECONDS = 300
"""How long an interrupted Pulumi may take to finish its calls."""


def _quiet(_: str) -> None:
    pass


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
        tell: Gets messages for the user.
        lock: The file descriptor of the lock of the test, which Pulumi inherits; None without a lock.
    """

    folder: Path
    stack: str
    environment: Mapping[str, str]
    tell: Callable[[str], None] = _quiet
    lock: int | None = None

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
            if any((self.folder / "state").rglob("locks/**/*.json")):
                # The lock of a Pulumi that was killed. Nothing else uses this state.
                self._run("cancel", "--yes", self.stack)
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
        with subprocess.Popen(
            [program, *words, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C in a terminal doesn't reach it. A second signal would end it before it has saved its state.
            start_new_session=True,
            # Pulumi continues if this process is killed. The test runs until Pulumi has ended.
            pass_fds=() if self.lock is None else (self.lock,),
        ) as process:
            try:
                output, errors = process.communicate()
            except BaseException:
                self._interrupt(process)
                raise
        return subprocess.CompletedProcess(words, process.returncode, output, errors)

    def _interrupt(self, process: "subprocess.Popen[str]") -> None:
        """Interrupt Pulumi after this process was interrupted. It finishes its calls, saves its state, and ends.

        A resource of a call that it doesn't finish would be in no state, and would stay.
        """
        self.tell("Interrupted. Waiting until Pulumi has finished its calls.")
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=INTERRUPTED_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        except BaseException:
            process.kill()
            raise
