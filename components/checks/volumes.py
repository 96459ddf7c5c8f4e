"""Checks of volumes, and of the paths at which containers mount them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..aws.container_paths import mount_path_problem, normalized
from ..aws.patterns import CONTAINER
from ..problems import Name, Problem, key, nearest
from ..resolved import Task, Volume
from .check import reads


@reads("volumes", "operating_system", "launch", "capacity_providers", each=("volumes",))
def volumes(task: Task) -> Iterator[Problem]:
    """Volumes, each mounted at its own path."""
    seen: dict[str, str] = {}
    for name, volume in task.volumes.items():
        place = ("volumes", Name(name))
        if not re.fullmatch(CONTAINER, name):
            yield Problem(place, "is not a volume name. Use up to 255 letters, digits, - and _.")
        yield from (problem.within(*place) for problem in _volume(name, volume, task))
        path = normalized(volume.path, windows=task.is_windows)
        if (other := seen.setdefault(path, name)) != name:
            yield Problem((*place, "path"), f'"{volume.path}" is the path of volume {other} already.')


def _volume(name: str, volume: Volume, task: Task) -> Iterator[Problem]:
    given = task.args.get("volumes", {})[name]
    if problem := mount_path_problem(volume.path, windows=task.is_windows):
        yield Problem(("path",), problem)
    yield from _efs(volume, task)
    if "root_directory" not in given:
        return
    if "access_point" in given:
        yield Problem(("root_directory",), f"the {key('access_point')} sets it. Remove one of them.")
    elif volume.efs is not None and not volume.root_directory.startswith("/"):
        yield Problem(
            ("root_directory",),
            f'"{volume.root_directory}" is not an absolute path. Write it from the root of the file system, such as '
            f"/{volume.root_directory}.",
        )


def _efs(volume: Volume, task: Task) -> Iterator[Problem]:
    """Whether the task can mount the file system. Without one, nothing of it can be set."""
    if volume.efs is not None:
        if task.is_windows:
            yield Problem(
                ("efs",), "Windows containers cannot mount EFS (AWS: Amazon ECS developer guide, Amazon EFS volumes)."
            )
        elif task.launch_type == "EXTERNAL":
            yield Problem(("efs",), "is not supported on external instances. AWS supports EFS on Fargate and EC2 only.")
        return
    for name, default in (("access_point", None), ("root_directory", "/")):
        if getattr(volume, name) != default:
            yield Problem((name,), f"is for an EFS file system. Name the file system under {key('efs')}.")


@reads("sidecars", "volumes", "operating_system", each=("sidecars",))
def sidecar_mounts(task: Task) -> Iterator[Problem]:
    """Sidecars mount volumes that the task has, each at its own path."""
    for name, sidecar in task.sidecars.items():
        seen: dict[str, str] = {}
        for volume, path in sidecar.mounts.items():
            place = ("sidecars", Name(name), "mounts", Name(volume))
            if volume not in task.volumes:
                yield Problem(place, f"the task has no volume of this name.{nearest(volume, task.volumes)}")
            elif problem := mount_path_problem(path, windows=task.is_windows):
                yield Problem(place, problem)
            other = seen.setdefault(normalized(path, windows=task.is_windows), volume)
            if other != volume:
                yield Problem(place, f'"{path}" is the path of volume {other} already.')
