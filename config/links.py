"""Symbolic links out of the repository. A pull request can add one, to have a file of its reader shown in a message."""

import os
from collections.abc import Iterator
from pathlib import Path

from .places import LocatedProblem, Place


def outside_links(project: Path) -> list[LocatedProblem]:
    """Return a problem for each configuration file that is, through links, outside the repository.

    Args:
        project: The project's folder. Links may lead to other folders of its repository.
    """
    project = project.resolve()
    top = next((folder for folder in (project, *project.parents) if (folder / ".git").exists()), project)
    return [
        LocatedProblem((), "is a symbolic link that leads out of the repository. Replace it by a file.", Place(name))
        for name in sorted(_links(project))
        if not _real(project / name).is_relative_to(top) or _real(project / name).is_relative_to(top / ".git")
    ]


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _links(project: Path) -> Iterator[str]:
    """The names of files and folders that are links. A linked folder counts, not the files in it."""
    for name in ("config", "config/tasks"):
        if (project / name).is_symlink():
            yield name
            return
    yield from (path.name for path in project.glob("Pulumi*") if path.is_symlink())
    for folder, folders, files in os.walk(project / "config" / "tasks"):
        paths = (Path(folder, name) for name in (*folders, *files))
        yield from (path.relative_to(project).as_posix() for path in paths if path.is_symlink())
