"""Runs of the live sandbox in containers of Docker or Podman.

The container gets the image, the command, the variables and the limits of its task definition, as with `run --local`.
"""

import json
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ops.runs.local_container import Container, container_of
from ops.simulation.clock import Clock
from ops.simulation.tasks import STOP_TIMEOUT

from ..calls import Client
from .executors import End, Observer, Stop, Work

LABEL = "scheduled-tasks-sandbox"
"""The label of all containers. Its value is the folder of their sandbox."""
NO_SECRET = "sandbox"  # noqa: S105
"""The value of a secret that the emulator doesn't have."""
_OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
"""AWS: Amazon ECS developer guide, "Stopped tasks error codes"."""


@dataclass(slots=True)
class Containers:
    """The containers of a sandbox that run.

    Args:
        clock: Observers are called on it.
        client: Makes clients of the emulator, which has the secrets.
        home: The folder of the sandbox.
    """

    clock: Clock
    client: Client
    home: Path
    _running: dict[str, "EngineExecutor"] = field(default_factory=dict[str, "EngineExecutor"])

    def with_engine(self, engine: str, variables: Mapping[str, str]) -> "EngineExecutor":
        """An executor that uses a container engine."""
        return EngineExecutor(self, engine, variables)

    def end(self) -> None:
        """Remove all containers that run."""
        for name, executor in list(self._running.items()):
            executor.discard(name)

    def add(self, name: str, executor: "EngineExecutor") -> None:
        """A container runs."""
        self._running[name] = executor

    def remove(self, name: str) -> None:
        """A container has ended."""
        self._running.pop(name, None)


@dataclass(frozen=True, slots=True)
class EngineExecutor:
    """Executes containers with one engine.

    Args:
        of: All containers of the sandbox.
        engine: The path of Docker or Podman.
        variables: The variables of its processes.
    """

    of: Containers
    engine: str
    variables: Mapping[str, str]

    def start(self, work: Work, observer: Observer) -> Stop:
        """Start the container of a run, after its image was pulled."""
        container = container_of(work.definition, work.overrides)
        secrets, notes = self._secrets(container)
        for part in container.omitted:
            notes.append(f"Not available in the sandbox: {part}.")
        name = f"scheduled-tasks-{work.id}"
        created = ("create", "--name", name, "--label", f"{LABEL}={self.of.home}")
        arguments = [*created, *container.arguments(list(secrets))]
        seconds = int(work.settings.get("stopTimeout", STOP_TIMEOUT))
        self.of.add(name, self)
        run = _Run(self, name, arguments, secrets, notes, observer, seconds)
        threading.Thread(target=run.execute, daemon=True).start()
        # The engine waits for the end of the container, so it gets a thread.
        return lambda: threading.Thread(target=run.stop, daemon=True).start()

    def call(self, *arguments: str, secrets: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Call the engine, and wait for its end."""
        return subprocess.run(
            [self.engine, *arguments],
            env={**self.variables, **(secrets or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    def discard(self, name: str) -> None:
        """Remove a container, whether it runs, has ended, or doesn't exist."""
        with suppress(OSError):
            self.call("rm", "--force", name)
        self.of.remove(name)

    def _secrets(self, container: Container) -> tuple[dict[str, str], list[str]]:
        """The values of the secrets, and notes about those that the emulator doesn't have."""
        found, notes = dict[str, str](), list[str]()
        for name, source in container.secrets.items():
            value = secret(self.of.client, source)
            if value is None:
                notes.append(f'The emulator has no secret {source}, so {name} is "{NO_SECRET}".')
            found[name] = NO_SECRET if value is None else value
        return found, notes


def secret(client: Client, source: str) -> str | None:
    """The value of a secret in the emulator; None if there is none.

    AWS: Amazon ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables": the ARN of
    a secret can end with a JSON key, a version stage and a version ID.
    """
    try:
        if ":secretsmanager:" not in source:
            return client("ssm").get_parameter(Name=source, WithDecryption=True)["Parameter"]["Value"]
        parts = source.split(":")
        arn, key = ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""
        value: str = client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
        return str(json.loads(value)[key]) if key else value
    except (ClientError, KeyError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class _Run:
    """One container, in a thread of its own."""

    executor: EngineExecutor
    name: str
    arguments: list[str]
    secrets: Mapping[str, str]
    notes: list[str]
    observer: Observer
    stop_timeout: int
    """Seconds between SIGTERM and SIGKILL."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set if the container must not start, or must stop."""

    def stop(self) -> None:
        """Stop the container, also one that is about to start."""
        self.stopped.set()
        with suppress(OSError):
            self.executor.call("stop", "-t", str(self.stop_timeout), self.name)

    def execute(self) -> None:
        try:
            end = self._end()
        except (OSError, ValueError) as error:
            end = End(None, f"CannotStartContainerError: {error}")
        finally:
            self.executor.discard(self.name)
        self._later(lambda: self.observer.ended(end))

    def _end(self) -> End:
        created = self.executor.call(*self.arguments, secrets=self.secrets)
        if created.returncode:
            return End(None, f"CannotPullContainerError: {_last_line(created.stderr)}")
        if self.stopped.is_set():
            return End(None)
        # Not `start --attach`, which doesn't tell if the container has started.
        started = self.executor.call("start", self.name)
        if started.returncode:
            return End(None, f"CannotStartContainerError: {_last_line(started.stderr)}")
        self._later(self.observer.started)
        for note in self.notes:
            self._write(note)
        if self.stopped.is_set():
            self.stop()
        self._copy_output()
        code = int(self.executor.call("wait", self.name).stdout)
        state = self.executor.call("inspect", "--format", "{{.State.OOMKilled}}", self.name).stdout
        return End(code, _OUT_OF_MEMORY if state.strip() == "true" else "")

    def _copy_output(self) -> None:
        """Write the output of the container until it ends."""
        with subprocess.Popen(
            [self.executor.engine, "logs", "--follow", self.name],
            env=dict(self.executor.variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                self._write(line.rstrip("\n"))

    def _write(self, line: str) -> None:
        self._later(lambda: self.observer.wrote(line))

    def _later(self, action: Any) -> None:
        self.executor.of.clock.at(self.executor.of.clock.now, action)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "the container engine gives no reason"
