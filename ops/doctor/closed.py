"""Resources that office hours have closed, and that no task opens again."""

import json
import shlex
from collections.abc import Iterator, Mapping

from components.calls.scaling import DIMENSION
from components.hours.groups import PROCESSES
from components.hours.services import SUSPENDED
from components.json_values import Json, mapping, read_json, value_at
from components.supervised.lease import CLAIM_SEPARATOR, KEY

from ..aws.left_closed import left_closed
from .finding import PROBLEM, STACK, Finding
from .inventory import Inventory

_STARTS: Mapping[str, tuple[str, str, str]] = {
    "database": ("rds", "start-db-instance", "--db-instance-identifier"),
    "cluster": ("rds", "start-db-cluster", "--db-cluster-identifier"),
    "redshift": ("redshift", "resume-cluster", "--cluster-identifier"),
    "instance": ("ec2", "start-instances", "--instance-ids"),
}


def closed_findings(inventory: Inventory) -> Iterator[Finding]:
    """Find settings in the lease table that no opening restores, because their task or their entry in `sleeps` is gone.

    Makes one call per MB of the table, if the stack has state machines.
    """
    if not inventory.machines and not inventory.call_machines:
        return
    deployment, definitions = inventory.deployment, [each.definition for each in inventory.call_machines.values()]
    for each in left_closed(deployment, definitions, _unread(inventory)):
        if inventory.task in (None, each.task):
            commands = restoring(deployment.names.lease_table, each.key, each.settings)
            yield Finding(
                PROBLEM,
                STACK,
                f"The {each.resource} is closed, and no opening restores it. Its entry in `sleeps` of the "
                f"task {each.task} was removed after a closing.",
                f"Add the entry again and open it, or run: {' && '.join(commands)}",
            )


def _unread(inventory: Inventory) -> set[str]:
    """The tasks whose state machines could not be read."""
    return {
        each.task
        for each in inventory.schedules
        if each.schedule.has_call_machine and each.schedule.target_arn not in inventory.call_machines
    }


def restoring(table: str, key: str, settings: str) -> list[str]:
    """The commands that restore a resource, and then delete its settings from the lease table.

    Args:
        table: The name of the table.
        key: The key of the settings: `office#database:orders`.
        settings: The settings, as JSON.
    """
    kind, _, name = key.partition(CLAIM_SEPARATOR)[2].partition(":")
    memory = mapping(read_json(settings))
    if kind in _STARTS:
        commands = [[*_STARTS[kind], name]]
    elif kind == "service":
        commands = _service(name, memory)
    else:
        commands = _group(name, memory)
    forget = ["dynamodb", "delete-item", "--table-name", table, "--key", json.dumps({KEY: {"S": key}})]
    return [shlex.join(["aws", *command]) for command in [*commands, forget]]


def _service(name: str, memory: Mapping[str, Json]) -> list[list[str]]:
    cluster, _, service = name.partition("/")
    count = ["ecs", "update-service", "--cluster", cluster, "--service", service]
    found = [[*count, "--desired-count", str(memory.get("desired", 0))]]
    scaling = mapping(memory.get("scaling"))
    if scaling.get("scales") is not True:
        return found
    suspended = value_at(memory, "scaling", "suspended")
    states = suspended if isinstance(suspended, list) else []
    target = ["--service-namespace", "ecs", "--resource-id", f"service/{name}", "--scalable-dimension", DIMENSION]
    bounds = ["--min-capacity", str(scaling.get("min", 0)), "--max-capacity", str(scaling.get("max", 0))]
    state = json.dumps(dict(zip(SUSPENDED, states, strict=False)))
    return [
        *found,
        ["application-autoscaling", "register-scalable-target", *target, *bounds, "--suspended-state", state],
    ]


def _group(name: str, memory: Mapping[str, Json]) -> list[list[str]]:
    of = ["--auto-scaling-group-name", name]
    sizes = [
        word
        for option, member in (("--min-size", "min"), ("--max-size", "max"), ("--desired-capacity", "desired"))
        for word in (option, str(memory.get(member, 0)))
    ]
    suspended = memory.get("suspended")
    states = suspended if isinstance(suspended, list) else []
    resumed = [process for process, state in zip(PROCESSES, states, strict=False) if state is False]
    resume = [["autoscaling", "resume-processes", *of, "--scaling-processes", *resumed]] if resumed else []
    return [["autoscaling", "update-auto-scaling-group", *of, *sizes], *resume]
