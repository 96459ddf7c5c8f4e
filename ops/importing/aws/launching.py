"""EcsParameters as keys of a task. Pure.

Sources: the API references of Amazon EventBridge (EcsParameters), EventBridge Scheduler (EcsParameters) and Amazon ECS
(RunTask).
"""

import re

from components.aws import patterns
from components.aws.arn import Arn

from ..yaml_sources import Value
from .model import Definition, text_at
from .values import is_empty, plain
from .work import Work, integer, is_true

_LAUNCH = {"FARGATE": "fargate", "EC2": "ec2", "EXTERNAL": "external"}
_TAGS_NOTE = (
    "Here, runs also get the tags of ECS and of the task definition. To prevent this, set `propagateTags: false`."
)


def launching(work: Work, target: Value, definition: Definition | None) -> None:
    """Add where and how runs start. `definition` is the task definition, if it is known."""
    parameters = target.at("EcsParameters") or Value("EcsParameters", target.line)
    _cluster(work, target.at("Arn"))
    _capacity(work, parameters, definition)
    _network(work, parameters.at("NetworkConfiguration"))
    version = work.found(parameters.at("PlatformVersion"), "platformVersion")
    if version is not None and version.text != "LATEST":
        work.draft.keys["platformVersion"] = version.text
    work.ledger.change(version, "platformVersion")
    _count(work, parameters.at("TaskCount"))
    if is_true(work.found(parameters.at("EnableExecuteCommand"), "exec")):
        work.draft.keys["exec"] = True
    work.ledger.change(parameters.at("EnableExecuteCommand"), "exec")
    _placement(work, parameters)
    tags(work, parameters.at("Tags"))
    _copied_tags(work, parameters)
    group, reference = parameters.at("Group"), parameters.at("ReferenceId")
    if not is_empty(group):
        work.ledger.lose(group, "The group of runs is the name of the task: commands and alarms find runs by it.")
    if not is_empty(reference):
        work.ledger.lose(reference, "Amazon ECS reserves it for its own use.")


def _cluster(work: Work, value: Value | None) -> None:
    known = work.found(value, "cluster")
    if known is None:
        return
    arn = Arn.parse_if_arn(known.text)
    if arn is None and re.fullmatch(patterns.CLUSTER, known.text):
        work.draft.keys["cluster"] = known.text
        work.ledger.take(known, "cluster")
        return
    if arn is None or arn.resource_type != "cluster":
        work.block(known, "cluster", f"{known.text} isn't the ARN of a cluster.")
        return
    # A name keeps the task's file valid for stacks in other accounts and Regions.
    work.draft.keys["cluster"] = arn.resource_id
    work.ledger.change(known, "cluster")


def _capacity(work: Work, parameters: Value, definition: Definition | None) -> None:
    strategy = parameters.at("CapacityProviderStrategy")
    launch_type = work.found(parameters.at("LaunchType"), "launch")
    if strategy is not None and strategy.items:
        entries: list[dict[str, object]] = []
        for entry in strategy.items:
            provider = work.found(entry.at("capacityProvider"), "launch")
            weight, base = (work.found(entry.at(key), "launch") for key in ("weight", "base"))
            missing = 1 if len(strategy.items) == 1 else 0
            share = integer(weight) if weight else missing
            first = integer(base) if base else 0
            entries.append(
                {
                    "provider": provider.text if provider else "",
                    "weight": missing if share is None else share,
                    **({"base": first} if first else {}),
                }
            )
            for key in ("capacityProvider", "weight", "base"):
                work.ledger.change(entry.at(key), "launch")
        managed = definition is not None and _compatibilities(definition) == ["MANAGED_INSTANCES"]
        work.draft.keys["launch"] = {"managedInstances": entries} if managed else entries
    elif launch_type is not None and launch_type.text in _LAUNCH:
        work.draft.keys["launch"] = _LAUNCH[launch_type.text]
        work.ledger.change(launch_type, "launch")
    elif launch_type is not None:
        work.block(launch_type, "launch", f"{launch_type.text} isn't a launch type of EventBridge.")
    elif is_empty(parameters.at("LaunchType")) and is_empty(parameters.at("CapacityProviderStrategy")):
        work.draft.keys["launch"] = "clusterDefault"
        note = "Without a launch type, the capacity of runs is the default of the cluster."
        work.default("EcsParameters.LaunchType", parameters.line, "launch", note)


def _compatibilities(definition: Definition) -> list[str]:
    found = definition.value.at("requiresCompatibilities")
    return found.texts if found else []


def _network(work: Work, value: Value | None) -> None:
    settings = value.at("awsvpcConfiguration") if value else None
    if settings is None:
        work.found(value, "network")
        return
    network: dict[str, object] = {}
    for member, key in (("Subnets", "subnets"), ("SecurityGroups", "securityGroups")):
        known = work.found(settings.at(member), f"network.{key}")
        if known is not None:
            network[key] = known.texts or [known.text]
            work.ledger.take(known, f"network.{key}", whole=True)
    if is_empty(settings.at("SecurityGroups")):
        note = "Without security groups, ECS uses the default group of the VPC. Here, the stack's apply."
        work.default(f"{settings.path}.SecurityGroups", settings.line, "network.securityGroups", note)
    address = settings.at("AssignPublicIp")
    # Without a value, ECS assigns none. AWS: Amazon ECS API reference, AwsVpcConfiguration.
    network["assignPublicIp"] = is_true(work.found(address, "network.assignPublicIp"))
    work.ledger.change(address, "network.assignPublicIp")
    work.draft.keys["network"] = network


def _count(work: Work, value: Value | None) -> None:
    known = work.found(value, "count")
    if known is None:
        return
    count = integer(known)
    if count is None or not 1 <= count <= 10:
        work.block(known, "count", f"{known.text} isn't 1 to 10, which is what EventBridge Scheduler accepts.")
        return
    if count != 1:
        work.draft.keys["count"] = count
    work.ledger.take(known, "count")


def _placement(work: Work, parameters: Value) -> None:
    for member, key, names in (
        ("PlacementConstraints", "placementConstraints", ("type", "expression")),
        ("PlacementStrategy", "placementStrategies", ("type", "field")),
    ):
        known = work.found(parameters.at(member), key)
        if known is None:
            continue
        entries: list[dict[str, object]] = []
        for item in known.items:
            entries.append({name: text_at(item, name) for name in names if not is_empty(item.at(name))})
            for name in names:
                work.ledger.take(item.at(name), key)
        work.draft.keys[key] = entries


def tags(work: Work, value: Value | None) -> None:
    """Add tags, as a list of keys and values or as an object."""
    known = work.found(value, "tags")
    if known is None:
        return
    found = tags_of(known)
    if found is None:
        return
    own = {name: text for name, text in found.items() if not name.startswith("aws:")}
    if own:
        before = work.draft.keys.get("tags")
        work.draft.keys["tags"] = {**(before if isinstance(before, dict) else {}), **own}
    work.ledger.change(known, "tags", "" if own == found else "Only AWS sets tags that start with aws:.", whole=True)


def tags_of(value: Value) -> dict[str, str] | None:
    """Tags by key; None for something else."""
    if value.entries:
        return {key: child.text for key, child in value.entries.items()} if _scalars(value) else None
    found: dict[str, str] = {}
    for item in value.items:
        names = {key.lower(): child for key, child in item.entries.items()}
        if {"key"} <= set(names) <= {"key", "value", "propagateatlaunch"}:
            found[names["key"].text] = names["value"].text if "value" in names else ""
        elif len(names) == 1 and _scalars(item):
            found |= {key: child.text for key, child in item.entries.items()}
        else:
            return None
    return found


def _scalars(value: Value) -> bool:
    return all(child.children is None for child in value.entries.values())


def _copied_tags(work: Work, parameters: Value) -> None:
    managed, copied = parameters.at("EnableECSManagedTags"), parameters.at("PropagateTags")
    if not (is_true(managed) and copied is not None and copied.text == "TASK_DEFINITION"):
        work.default("EcsParameters.PropagateTags", parameters.line, "propagateTags", _TAGS_NOTE)
    if copied is not None and not is_empty(copied) and copied.text != "TASK_DEFINITION":
        work.ledger.lose(copied, f"ECS copies tags only from the task definition, not from {plain(copied)}.")
    work.ledger.change(managed, "", "")
    work.ledger.change(copied, "propagateTags")
