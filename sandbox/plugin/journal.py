"""A journal of creations, which outlives a killed provider.

The engine writes a resource to its state after the provider has answered. A resource whose provider or engine is killed
in between exists without being in the state, so every later `up` would fail to create it. The journal names it.
"""

import json
import os
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from .aws import InvalidRequestError

JOURNAL = "SANDBOX_JOURNAL"
"""The provider's setting for the path of its journal. Without it, the provider keeps none."""


class Journal:
    """Writes to a journal. Threads may share it.

    Arguments:
        file: The path; None: don't keep a journal.
    """

    def __init__(self, file: Path | None):
        self._file = file

    @classmethod
    def from_environment(cls) -> "Journal":
        """The journal of this provider process."""
        path = os.environ.get(JOURNAL)
        return cls(Path(path) if path else None)

    def begin(self, urn: str, name: str) -> None:
        """Write that a creation begins. Raises OSError if that isn't possible, so that it must not begin."""
        self._write({"urn": urn, "name": name})

    def failed(self, urn: str, error: Exception) -> None:
        """Write that a creation failed, if the error means that nothing was created."""
        # Other errors, such as a lost connection, don't tell.
        if isinstance(error, InvalidRequestError) or (isinstance(error, ClientError) and _status(error) < 500):
            self._write({"urn": urn, "refused": True})

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._file:
            # One write per line, so that threads don't mix their lines.
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))


def unfinished(file: Path, existing: Collection[str]) -> dict[str, str]:
    """Return the resources that may exist without being in the state.

    Args:
        file: The journal. It may be missing or damaged.
        existing: The URNs in the state.

    Returns:
        The resource's name in AWS by URN. The name is empty if the journal doesn't know it.
    """
    names: dict[str, str] = {}
    open_: Counter[str] = Counter()
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    for line in lines:
        try:
            entry = json.loads(line)
            urn, name = str(entry["urn"]), str(entry.get("name", ""))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        if entry.get("refused"):
            # A resource that is left behind makes a later attempt fail, and stays.
            open_[urn] -= 1
        else:
            open_[urn] += 1
            names[urn] = name
    return {urn: names[urn] for urn, count in open_.items() if count > 0 and urn not in existing}


def keep(file: Path, resources: Mapping[str, str]) -> None:
    """Replace a journal by one that has these resources only, as `unfinished` returns them.

    Raises OSError if the file can't be written.
    """
    file.unlink(missing_ok=True)
    for urn, name in resources.items():
        Journal(file).begin(urn, name)
