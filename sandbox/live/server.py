"""The live sandbox in the process of the emulator. It waits there for a session."""

import threading
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto.core.models import DEFAULT_ACCOUNT_ID

from ops.local_sandbox import HOST, REGION

from . import hooks
from .clock import RealClock
from .containers import Containers
from .engine import LiveSandbox, Place
from .executors import Executor, Observer, StandIn, Stop, Work
from .session import Session


class Clients:
    """Clients of the emulator, one per service. They repeat no request: the parts that need that do it themselves."""

    def __init__(self, port: int):
        self._session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)  # noqa: S106
        self._endpoint, self._clients = f"http://{HOST}:{port}", dict[str, Any]()

    def __call__(self, service: str) -> Any:
        """The client of a service."""
        if service not in self._clients:
            config = Config(retries={"total_max_attempts": 1}, proxies={})
            new: Any = self._session.client
            self._clients[service] = new(service, endpoint_url=self._endpoint, config=config)
        return self._clients[service]


class ChosenExecutor:
    """Executes containers with the engine that the session chose, or stand-ins."""

    def __init__(self, clock: RealClock, session: Session, clients: Clients):
        self._clock, self._session, self._clients = clock, session, clients
        self.containers = Containers(clock, clients, session.folder.parent)

    def start(self, work: Work, observer: Observer) -> Stop:
        """Start the container of a run."""
        settings = self._session.settings
        executor: Executor = StandIn(self._clock, settings.why)
        if settings.engine:
            executor = self.containers.with_engine(settings.engine, settings.variables)
        return executor.start(work, observer)


class Server:
    """The live sandbox of an emulator.

    Args:
        home: The folder of the sandbox.
        port: The port of the emulator.
    """

    def __init__(self, home: Path, port: int):
        self._clock, self._session = RealClock(), Session(home)
        clients = Clients(port)
        self._executor = ChosenExecutor(self._clock, self._session, clients)
        self._live = LiveSandbox(
            self._clock,
            clients,
            self._executor,
            Place(self._session.folder, DEFAULT_ACCOUNT_ID, REGION),
            is_on=lambda: self._session.on,
            say=self._say,
        )

    def begin(self) -> None:
        """Wait for sessions in another thread."""
        hooks.attach(self._live)
        self._clock.at(self._clock.now, self._live.begin)
        threading.Thread(target=partial(self._clock.serve, self._failed), daemon=True).start()

    def end(self) -> None:
        """End the containers that run. The process is about to end."""
        self._executor.containers.end()

    def _failed(self, error: Exception) -> None:
        self._say("", f"The sandbox failed: {type(error).__name__}: {error}")

    def _say(self, task: str, text: str) -> None:
        self._session.log.write(self._clock.now, task, text)
