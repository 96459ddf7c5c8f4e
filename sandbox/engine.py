"""The real Pulumi engine on the sandbox: stack `local`, a file backend, the program run in this process."""

import fcntl
import gc
import os
import runpy
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pulumi import automation as auto

from . import pulumi_cli, server
from .errors import SandboxError
from .plugin.aws import Session, checked_endpoint

PROJECT = Path(__file__).resolve().parents[1]
STACK = "local"
REGION = "eu-west-1"
Plugin = Literal["sandbox", "official"]
Say = Callable[[str], None]


def _quiet(_: str) -> None:
    pass


@dataclass(slots=True)
class Outcome:
    """What an operation of the engine did."""

    changes: dict[str, int] = field(default_factory=dict[str, int])
    """Resources by what became of them: create, update, replace, delete, same."""
    steps: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """(operation, URN) of every resource that was not left as it is."""
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """The stack's outputs, after an `up`."""
    error: str = ""
    """What went wrong, one line a problem; empty where nothing did."""


@cache
def _command(root: Path) -> auto.PulumiCommand:
    # Making it asks the CLI for its version.
    return auto.PulumiCommand(root=str(root))


class _Workspace(auto.LocalWorkspace):
    def select_stack(self, stack_name: str) -> None:
        """Each operation names its stack; to select it takes the CLI a third of a second."""


class Sandbox:
    """One sandbox: its files are under `home`, and it deploys the program of the folder `project`.

    With `endpoint`, an emulator that is running already plays AWS, and is neither started nor stopped.
    """

    def __init__(
        self,
        home: Path,
        project: Path = PROJECT,
        *,
        endpoint: str | None = None,
        plugin: Plugin = "sandbox",
        say: Say = _quiet,
    ):
        self.home, self.project, self.plugin, self.say = home.resolve(), project.resolve(), plugin, say
        self.given_endpoint = checked_endpoint(endpoint) if endpoint else None
        # An emulator has a state of its own: what is in one is not in another.
        self.base = self.home / "endpoints" / quote(endpoint, safe="") if endpoint else self.home

    # Operations

    def start(self) -> None:
        """Play AWS, with nothing in it but what is there already."""
        with self._alone():
            self._ready_endpoint(crashed=False)

    def up(self, *, refresh: bool = False) -> Outcome:
        """Deploy; with `refresh`, after looking at what is there. What cannot be created is said; what was created
        stays, and the next `up` goes on from there."""
        looks_first = refresh or bool(self.given_endpoint)
        with self._alone(), self._operation() as stack:
            return self._run(lambda on_event: stack.up(on_event=on_event, refresh=looks_first))

    def preview(self, *, refresh: bool = False) -> Outcome:
        """What `up` would do; with `refresh`, after looking at what is there."""
        with self._alone(), self._operation() as stack:
            return self._run(lambda on_event: stack.preview(on_event=on_event, refresh=refresh))

    def refresh(self) -> Outcome:
        """Take over into the state what is there."""
        with self._alone(), self._operation() as stack:
            return self._run(lambda on_event: stack.refresh(on_event=on_event))

    def destroy(self) -> Outcome:
        """Remove everything: resources, state, server and files. Safe when there is nothing."""
        if not self.base.exists():
            return Outcome()
        with self._alone():
            outcome = Outcome()
            if self._has_state() and (self.given_endpoint or server.running(self.home)):
                with self._operation() as stack:
                    outcome = self._run(lambda on_event: stack.destroy(on_event=on_event))
            if outcome.error:
                return outcome
            if not self.given_endpoint:
                server.stop(self.home)
        shutil.rmtree(self.base)
        return outcome

    def discard(self) -> None:
        """Stop the server that was started here, and remove all files: what is in the stack goes with it."""
        server.stop(self.home)
        shutil.rmtree(self.base, ignore_errors=True)

    def endpoint(self) -> str | None:
        """Where AWS is played, if it is."""
        if self.given_endpoint:
            return self.given_endpoint if server.answers(self.given_endpoint) else None
        running = server.running(self.home)
        return running.endpoint if running else None

    def resources(self) -> list[Mapping[str, Any]]:
        """What the stack's state holds; nothing where there is no stack."""
        if not self._has_state() or not (endpoint := self.endpoint()):
            return []
        with _without_aws_settings():
            deployment = self._stack(endpoint).export_stack().deployment or {}
        return deployment.get("resources", [])

    def waiting_messages(self) -> dict[str, int]:
        """The messages in each queue of the stack: launches that were given up, events that were not delivered."""
        endpoint = self.endpoint()
        urls = [str(resource["id"]) for resource in self.resources() if resource["type"] == "aws:sqs/queue:Queue"]
        if not endpoint or not urls:
            return {}
        sqs = Session(endpoint).client("sqs", REGION)
        counted = "ApproximateNumberOfMessages"
        return {
            url.rsplit("/", 1)[-1]: int(
                sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[counted])["Attributes"][counted]
            )
            for url in urls
        }

    # How

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One command at a time."""
        self.base.mkdir(parents=True, exist_ok=True)
        with (self.base / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SandboxError(f"Another command is using this sandbox ({self.base}). Wait for its end.") from None
            yield

    @contextmanager
    def _operation(self) -> Iterator[auto.Stack]:
        """A stack that is ready; a marker stays behind where the process does not live to the end."""
        marker = self.base / "unfinished"
        crashed = marker.exists()
        endpoint = self._ready_endpoint(crashed=crashed)
        marker.touch()
        with _without_aws_settings():
            stack = self._stack(endpoint)
            if crashed and self.given_endpoint:
                self.say("The last command did not come to its end: releasing its lock")
                stack.cancel()
            yield stack
        marker.unlink(missing_ok=True)

    def _ready_endpoint(self, *, crashed: bool) -> str:
        if self.given_endpoint:
            if not server.answers(self.given_endpoint):
                raise SandboxError(f"Nothing answers at {self.given_endpoint}.")
            return self.given_endpoint
        running = server.running(self.home)
        if running and not crashed:
            return running.endpoint
        if self._has_state():
            why = "the last command did not come to its end" if crashed else "its server was stopped"
            self.say(f"Starting the sandbox over from empty: {why}")
        server.stop(self.home)
        for leftover in ("state", "work"):
            shutil.rmtree(self.base / leftover, ignore_errors=True)
        self.say("Starting AWS on 127.0.0.1 (moto)")
        return server.start(self.home).endpoint

    def _has_state(self) -> bool:
        return (self.base / "state").exists()

    def _stack(self, endpoint: str) -> auto.Stack:
        work, state = self.base / "work", self.base / "state"
        for folder in (work, state):
            folder.mkdir(parents=True, exist_ok=True)
        # The engine writes into the stack's file, so it gets copies.
        for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
            shutil.copy(self.project / name, work / name)
        root = pulumi_cli.find_or_get(self.say)
        workspace = _Workspace(
            work_dir=str(work),
            pulumi_command=_command(root),
            pulumi_home=str(self.home / "pulumi"),
            program=self._program,
            env_vars=self._environment(endpoint, state),
        )
        # With more behind the name where the engine is told to compress.
        made = any(state.glob(f".pulumi/stacks/*/{STACK}.json*"))
        stack: Any = (auto.Stack.select if made else auto.Stack.create)(STACK, workspace)
        # After each operation it would ask the CLI three times, half a second each, for what the events told.
        stack.outputs, stack.info = dict, lambda *_: auto.UpdateSummary("", datetime.now(UTC), "", {}, {}, "")
        return stack

    def _environment(self, endpoint: str, state: Path) -> dict[str, str]:
        path = os.environ["PATH"]
        if self.plugin == "sandbox":
            path = os.pathsep.join([str(self._plugin_folder()), path])
        return {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": path,
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "false" if self.plugin == "official" else "true",
        }

    def _plugin_folder(self) -> Path:
        """A folder with the provider plugin as the engine looks for it."""
        folder = self.base / "plugin"
        folder.mkdir(parents=True, exist_ok=True)
        executable = folder / "pulumi-resource-aws"
        executable.write_text(
            f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m sandbox.plugin "$@"\n',
            encoding="utf-8",
        )
        executable.chmod(0o755)
        return folder

    def _program(self) -> None:
        # As Pulumi's own host for Python runs it.
        runpy.run_path(str(self.project / "__main__.py"), run_name="__main__")

    def _run(  # noqa: C901 - one branch a kind of event
        self, operation: Callable[[Callable[[auto.EngineEvent], None]], Any]
    ) -> Outcome:
        outcome, errors = Outcome(), list[str]()
        collects = gc.isenabled()

        def on_event(event: auto.EngineEvent) -> None:
            step = event.resource_pre_event or event.res_outputs_event
            if step and step.metadata.op not in ("same", "read", "refresh"):
                found = (str(step.metadata.op.value), step.metadata.urn)
                if found not in outcome.steps:
                    outcome.steps.append(found)
                    self.say(f"  {found[0]:<8} {found[1].split('::')[-2].split('$')[-1]} {found[1].split('::')[-1]}")
            if event.res_outputs_event and event.res_outputs_event.metadata.type == "pulumi:pulumi:Stack":
                ended = event.res_outputs_event.metadata.new
                outcome.outputs = dict(ended.outputs or {}) if ended else {}
            if event.diagnostic_event and event.diagnostic_event.severity in ("error", "warning"):
                text = _plain(event.diagnostic_event)
                if event.diagnostic_event.severity == "error":
                    errors.append(text)
                elif not text.startswith("using pulumi-resource-aws from $PATH"):
                    self.say(f"  warning: {text}")
            if event.summary_event:
                changes = event.summary_event.resource_changes or {}
                outcome.changes = {str(getattr(op, "value", op)): count for op, count in changes.items()}

        try:
            operation(on_event)
        except auto.CommandError as error:
            outcome.error = "\n".join(dict.fromkeys(text for text in errors if text)) or str(error)
        finally:
            # The program turns it off for its process, which here goes on.
            if collects:
                gc.enable()
        return outcome


@contextmanager
def _without_aws_settings() -> Iterator[None]:
    """Keep the user's own AWS set-up from the engine and the plugin: it could lead to a real account."""
    own = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("AWS_")}
    try:
        yield
    finally:
        os.environ.update(own)


def _plain(event: auto.DiagnosticEvent) -> str:
    """A message without colours, and with the resource it is about."""
    text = event.message
    while "<{%" in text:
        before, _, rest = text.partition("<{%")
        text = before + rest.partition("%}>")[2]
    name = event.urn.split("::")[-1] if event.urn and not event.urn.endswith(f"-{STACK}") else ""
    # The SDK's server puts the plugin's traceback behind the message.
    text = text.partition(':\n  File "')[0].replace("Unexpected <class 'Exception'>: ", "").strip()
    if text in ("update failed", "preview failed"):
        return ""
    return f"{name}: {text}" if name else text
