"""Deployment of a program into the sandbox, with the time of each step."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from sandbox import server
from sandbox.engine import Sandbox
from sandbox.events import Outcome
from sandbox.plugin.aws import Session

from . import recording
from .figures import peak_megabytes
from .workload import REGION, SETTINGS, task_name, write_project, write_task

CHANGED_MEMORY = 2048
ROUNDS = 3
"""How often repeatable steps are measured. The minimum is taken."""
Times = dict[str, float]


def ours(folder: Path, count: int) -> Times:
    """Time each step of our program, record its resources, and write the bare programs."""
    box = Sandbox(folder / "home", folder / "project")
    try:
        project = write_project(box.project, count, {**SETTINGS, "network": _prepared(box)})
        times = _steps(box, lambda: write_task(project, 0, CHANGED_MEMORY))
        write_task(project, 0)
        _succeeded(box.up())
        with recording.recording() as resources:
            _succeeded(box.up())
        recording.write_bare_projects(folder, project, resources, engine=True)
    finally:
        box.discard()
    return times


def bare(folder: Path, name: str) -> Times:
    """Time the same steps of a bare program."""
    box = Sandbox(folder / f"{name}-home", folder / name)
    try:
        _prepared(box)
        return _steps(box, lambda: _change(box.project / recording.RESOURCES))
    finally:
        box.discard()


def _prepared(box: Sandbox) -> dict[str, Any]:
    """Start the emulator, create a cluster, and return the existing network."""
    box.base.mkdir(parents=True)
    endpoint = server.start(box.home).endpoint
    session = Session(endpoint)
    session.client("ecs", REGION).create_cluster(clusterName=SETTINGS["cluster"])
    ec2 = session.client("ec2", REGION)
    subnets = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    groups = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    return {
        "subnets": sorted(subnet["SubnetId"] for subnet in subnets),
        "securityGroups": [groups[0]["GroupId"]],
        "assignPublicIp": True,
    }


def _steps(box: Sandbox, change: Callable[[], None]) -> Times:
    times: Times = {}

    def timed(name: str, operation: Callable[[], Outcome]) -> Outcome:
        begin = perf_counter()
        outcome = _succeeded(operation())
        times[name] = min(perf_counter() - begin, times.get(name, math.inf))
        return outcome

    for _ in range(ROUNDS):
        timed("preview", box.preview)
    timed("first up", box.up)
    for _ in range(ROUNDS):
        unchanged = timed("up without a change", box.up)
        assert set(unchanged.changes) == {"same"}, unchanged.changes
    change()
    changed = timed("up of one changed task", box.up)
    touched = {urn.rsplit("::", 1)[-1] for _, urn in changed.steps}
    assert touched == {f"{task_name(0)}-definition", f"{task_name(0)}-schedule"}, touched
    kinds = [str(found["type"]) for found in box.resources()]
    return {
        **times,
        "AWS resources": sum(kind.startswith("aws:") for kind in kinds),
        "peak memory of the program": peak_megabytes(),
    }


def _succeeded(outcome: Outcome) -> Outcome:
    if outcome.error:
        raise RuntimeError(outcome.error)
    return outcome


def _change(file: Path) -> None:
    """Change what a new task size changes: the task definition, and the revision in the schedule."""
    resources: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    for made in resources:
        if made["name"] == f"{task_name(0)}-definition":
            made["values"]["memory"] = str(CHANGED_MEMORY)
        if made["name"] == f"{task_name(0)}-schedule":
            parameters = made["values"]["target"]["ecs_parameters"]
            parameters["task_definition_arn"] = parameters["task_definition_arn"].rsplit(":", 1)[0] + ":2"
    file.write_text(json.dumps(resources), encoding="utf-8")
