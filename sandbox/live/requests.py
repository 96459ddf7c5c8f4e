"""Requests of commands to the emulator: files in a folder, which the emulator removes."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from ..private_files import private_files


@dataclass(frozen=True, slots=True)
class Fire:
    """Invoke the target of a schedule now."""

    group: str
    schedule: str


@dataclass(frozen=True, slots=True)
class Jump:
    """Let the clock of the schedules jump ahead."""

    seconds: float


Request = Fire | Jump


class Requests:
    """The requests in a folder."""

    def __init__(self, folder: Path):
        self._folder = folder

    def add(self, request: Request) -> None:
        """Add a request."""
        with private_files():
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{time.time_ns()}-{uuid4().hex}"
            temporary = self._folder / f"{name}.new"
            temporary.write_text(json.dumps({"kind": type(request).__name__, **asdict(request)}), encoding="utf-8")
            temporary.rename(self._folder / f"{name}.json")

    def take(self) -> Iterator[Request]:
        """Remove the requests, and yield them, the oldest first. Files that hold no request are removed too."""
        for file in sorted(self._folder.glob("*.json")):
            text = file.read_bytes()
            file.unlink()
            with suppress(ValueError, TypeError, KeyError, AttributeError):
                found = json.loads(text)
                kind = found.pop("kind")
                yield Fire(**found) if kind == "Fire" else Jump(**found)
