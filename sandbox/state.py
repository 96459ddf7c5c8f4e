"""The files of Pulumi's file backend: the stack's checkpoint, and its locks.

Reading them takes a tenth of the time of the CLI, and damage doesn't stop it.
"""

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from .events import STACK

_BACKUP = ".bak"
"""The suffix of the copy that Pulumi makes before it writes a checkpoint."""


class DamagedStateError(Exception):
    """A checkpoint that isn't a checkpoint: truncated, empty, or not JSON."""


@dataclass(frozen=True, slots=True)
class StackFiles:
    """The files of the sandbox's stack in a file backend at `folder`."""

    folder: Path

    @property
    def checkpoint(self) -> Path | None:
        """The stack's checkpoint. Its name has a suffix if the engine compresses it. None: there is no stack."""
        stacks = self.folder / ".pulumi" / "stacks"
        found = [path for end in ("json", "json.gz") for path in sorted(stacks.glob(f"*/{STACK}.{end}"))]
        return found[0] if found else None

    def resources(self) -> list[Mapping[str, Any]]:
        """Return the resources in the checkpoint; none if there is no stack.

        Raises DamagedStateError if the checkpoint can't be read.
        """
        return _resources(self.checkpoint) if self.checkpoint else []

    @property
    def urns(self) -> set[str]:
        """The URNs of the resources. Raises DamagedStateError if the checkpoint can't be read."""
        return {str(resource["urn"]) for resource in self.resources()}

    @property
    def damaged(self) -> bool:
        """Whether the checkpoint can't be read."""
        try:
            self.resources()
        except DamagedStateError:
            return True
        return False

    @property
    def locked(self) -> bool:
        """Whether an operation of the engine has not removed its lock."""
        return any((self.folder / ".pulumi" / "locks").glob(f"**/{STACK}/*.json"))

    def restore(self) -> bool:
        """Replace a damaged checkpoint by Pulumi's copy from before its last write. Returns whether that was possible.

        Raises OSError if the file can't be written.
        """
        current = self.checkpoint
        backup = current and current.with_name(current.name + _BACKUP)
        if not current or not backup or not backup.exists():
            return False
        try:
            _resources(backup)
        except DamagedStateError:
            return False
        backup.replace(current)
        return True


def _resources(file: Path) -> list[Mapping[str, Any]]:
    try:
        content = file.read_bytes()
        text = gzip.decompress(content) if ".gz" in file.suffixes else content
        checkpoint: dict[str, Any] = json.loads(text)["checkpoint"]
        # A new stack has no resources.
        resources: Any = (checkpoint.get("latest") or {}).get("resources") or []
        return cast("list[Mapping[str, Any]]", [dict(resource, urn=str(resource["urn"])) for resource in resources])
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedStateError(f"{file}: {type(error).__name__}") from None
