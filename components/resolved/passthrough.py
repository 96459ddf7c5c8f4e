"""Members in AWS's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .. import args
from ..json_values import Json
from ..keys.resolution import resolves


@resolves(args.ContainerAwsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerAws:
    """Members of a container's definition in AWS's own words."""

    container: Mapping[str, Json]


@resolves(args.TaskAwsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAws(ContainerAws):
    """Members of a task in AWS's own words: of its main container, its task definition and its launches."""

    task_definition: Mapping[str, Json]
    run_task: Mapping[str, Json]
