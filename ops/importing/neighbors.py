"""The files beside a Copilot manifest that Copilot reads too, and that aren't imported."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from .model import Decision

_NOTES = {
    "addons": "Its resources, their permissions and their outputs, which are environment variables, aren't imported.",
    "overrides": "Its changes of the CloudFormation template aren't imported.",
}


def neighbors(manifests: Iterable[Path]) -> Iterator[Decision]:
    """Report each such folder."""
    for folder in dict.fromkeys(manifest.parent for manifest in manifests):
        for name, note in _NOTES.items():
            if (folder / name).is_dir():
                yield Decision(str(folder / name), 1, name, "not possible", note=note, keys=0)
