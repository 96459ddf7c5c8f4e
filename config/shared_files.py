"""The files in the folder of shared tasks: those that are read, and those that only look so."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .bounds import ENTRIES


@dataclass(slots=True)
class SharedFiles:
    """The files to read in the order of their names, and the others, each with the reason why it is not read."""

    files: list[Path] = field(default_factory=list[Path])
    calendars: list[Path] = field(default_factory=list[Path])
    """The iCalendar files, in the same order."""
    passed_over: list[tuple[Path, str]] = field(default_factory=list[tuple[Path, str]])


def shared_files(folder: Path) -> SharedFiles:
    """The files of shared tasks in a folder. Links to other folders are not followed: they may lead anywhere."""
    found = SharedFiles()
    nested: list[tuple[Path, str]] = []
    for count, path in enumerate(_below(folder)):
        if count == ENTRIES:
            message = f"contains more than {ENTRIES:,} files and folders, so that not all are read. Remove some."
            found.passed_over.append((folder, message))
            break
        if path.suffix == ".yml":
            message = f"is not read, because its name does not end in .yaml. Rename it to {path.stem}.yaml."
            found.passed_over.append((path, message))
        elif path.suffix == ".ics" and path.parent == folder:
            found.calendars.append(path)
        elif path.suffix == ".yaml" and path.parent == folder:
            found.files.append(path)
        elif path.suffix == ".yaml":
            message = f"is not read, because it is not in {folder.name}/ itself. Move it there."
            nested.append((path, message))
    found.files.sort()
    found.calendars.sort()
    found.passed_over = [*sorted(found.passed_over), *sorted(nested)]
    return found


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        for name in (*files, *folders):
            yield Path(parent) / name
