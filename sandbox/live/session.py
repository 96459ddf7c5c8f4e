"""The session of `make live`: schedules fire as long as its command runs, and it prints what happens.

Its files are in the folder `live` of the sandbox. The emulator finds the session by a lock that the command holds.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ..errors import SandboxError
from ..holder import Holder
from ..private_files import private_files

FOLDER = "live"
"""The folder in that of the sandbox."""
ENGINE_VARIABLES = (
    *("HOME", "PATH", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH"),
    *("DOCKER_TLS_VERIFY", "CONTAINER_HOST"),
)
"""Variables of the user that a container engine needs. The emulator has others."""
_TRIES, _PAUSE = 20, 0.05
"""The emulator holds the lock for an instant when it looks for a session."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The executor of a session.

    Args:
        engine: The path of the container engine. Empty for stand-ins.
        why: Why there are only stand-ins.
        variables: The variables of the container engine.
    """

    engine: str = ""
    why: str = ""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


class Session:
    """A session in the folder of a sandbox."""

    def __init__(self, home: Path):
        self.folder = home / FOLDER
        self._holder = Holder(self.folder / "session")
        self._settings = self.folder / "settings.json"
        self.log = Journal(self.folder / "log")

    @property
    def on(self) -> bool:
        """Whether a command holds the session."""
        return self._holder.held

    @property
    def settings(self) -> Settings:
        """The settings of the newest session."""
        try:
            return Settings(**json.loads(self._settings.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Settings(why="the settings of the session can't be read.")

    @contextmanager
    def hold(self, settings: Settings) -> Iterator[None]:
        """Let schedules fire until the context ends. Raises SandboxError if another command does."""
        with private_files():
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = self._locked()
            try:
                self._settings.write_text(json.dumps(asdict(settings)), encoding="utf-8")
                yield
            finally:
                os.close(lock)

    def _locked(self) -> int:
        for _ in range(_TRIES):
            try:
                with self._holder.lock() as descriptor:
                    return os.dup(descriptor)
            except BlockingIOError:
                time.sleep(_PAUSE)
        raise SandboxError("Another command already runs the schedules of this sandbox. End it first (Ctrl-C).")


class Journal:
    """A log with one line per occurrence: the time, the task, and a sentence."""

    def __init__(self, file: Path):
        self._file = file

    def write(self, now: float, task: str, text: str) -> None:
        """Add a line."""
        line = json.dumps([datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"), task, text])
        with private_files():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    def follow(self, wait: Callable[[], object], *, ended: Callable[[], bool]) -> Iterator[tuple[str, str, str]]:
        """Yield the lines from now on.

        Args:
            wait: Waits for more.
            ended: Whether there are no more lines.
        """
        position = self._file.stat().st_size if self._file.exists() else 0
        while True:
            is_last = ended()
            if self._file.exists():
                with self._file.open(encoding="utf-8", errors="replace") as file:
                    file.seek(position)
                    while (line := file.readline()).endswith("\n"):
                        position = file.tell()
                        yield _entry(line)
            if is_last:
                return
            wait()


def _entry(line: str) -> tuple[str, str, str]:
    try:
        time_, task, text = json.loads(line)
    except (ValueError, TypeError):
        return "", "", line.strip()
    return str(time_), str(task), str(text)
