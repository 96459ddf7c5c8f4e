"""`--expand`: an existing task definition as keys of a task. Pure.

Source: Amazon ECS API reference, RegisterTaskDefinition.
"""

from typing import cast

from components.json_values import is_object
from components.passthrough.answers import answer
from components.problems import listed

from ..yaml_sources import Value
from .container_keys import MAIN, Container
from .launching import tags
from .model import Definition, text_at
from .values import is_empty, plain, unresolved
from .volume_keys import volumes
from .work import Work, cpu_units, integer, mebibytes

_KEPT = "Without --expand, the task definition is kept as it is."


def expand(work: Work, definition: Definition, target: Value, overrides: Value | None, chosen: str) -> None:
    """Add the keys of a task definition, with overrides on top of them.

    Args:
        work: The task.
        definition: The task definition.
        target: The target that starts it.
        overrides: The overrides of the target; None for none.
        chosen: The name of the container that the user chose.
    """
    root = definition.value
    work.leave_empty(root)
    main = _main(work, definition, chosen)
    if main is None:
        for value in (root, overrides) if overrides else (root,):
            work.ledger.change(value, "", whole=True)
        return
    containers = [
        Container(work, value, MAIN if value is main else text_at(value, "name"), text_at(main, "name"))
        for value in definition.containers
    ]
    own = next(container for container in containers if container.is_main)
    own.keys = work.draft.keys
    _size(work, root, containers)
    for container in containers:
        container.read()
    sidecars = {container.name: container.keys for container in containers if not container.is_main}
    if sidecars:
        work.draft.keys["sidecars"] = sidecars
    _task(work, root, target)
    volumes(work, root, containers)
    if overrides is not None:
        _override(work, overrides, containers)
    _pass(work, root)
    work.ledger.finish([root], f"There is no key for it. {_KEPT}")


def _main(work: Work, definition: Definition, chosen: str) -> Value | None:
    names = [text_at(container, "name") for container in definition.containers]
    essential = definition.essential
    if len(essential) > 1 and MAIN in essential and not chosen:
        chosen = MAIN
    name = chosen or (essential[0] if len(essential) == 1 else "")
    if name in names:
        return definition.containers[names.index(name)]
    if unresolved(definition.value.at("containerDefinitions")) and not names:
        work.found(definition.value.at("containerDefinitions"), "image")
    elif not names:
        work.draft.block(definition.value.line, "containerDefinitions", "The task definition has no container.")
    elif chosen:
        note = f"The task definition has no container {chosen}. Pass --container: {listed(names)}."
        work.draft.block(definition.value.line, "container", note)
    else:
        note = f"Which container does the work? Pass --container: {listed(essential or names)}."
        work.draft.block(definition.value.line, "container", note)
    return None


def _size(work: Work, root: Value, containers: list[Container]) -> None:
    """The size of the task. Without one, as on EC2, it is the sum of the sizes of its containers."""
    keys = work.draft.keys
    for member, read in (("cpu", cpu_units), ("memory", mebibytes)):
        value = work.found(root.at(member), member)
        size = read(value.text) if value else None
        if value is not None and size is None:
            work.block(value, member, f"{value.text} isn't a size that ECS accepts.")
        elif value is not None:
            keys[member] = size
            work.ledger.change(value, member)
        elif is_empty(root.at(member)):
            sizes = [each for container in containers if (each := container.value.at(member)) and integer(each)]
            if not sizes:
                continue
            keys[member] = sum(integer(each) or 0 for each in sizes)
            note = "The task definition has no size of its own. This is the sum of its containers."
            work.default(member, root.line, member, note)
            main = next(container for container in containers if container.is_main).value.at(member)
            if main is not None and main in sizes and len(sizes) == 1:
                work.ledger.change(main, member)


def _task(work: Work, root: Value, target: Value) -> None:
    keys, ledger = work.draft.keys, work.ledger
    ledger.change(root.at("family"), "", "The family is the name of the stack and the task.")
    work.take(root.at("taskRoleArn"), "taskRole")
    role = root.at("executionRoleArn")
    if not is_empty(role):
        note = "The stack creates a role that pulls the image, writes logs and reads only the task's secrets."
        ledger.change(role, "", note, whole=True)
    ledger.change(root.at("requiresCompatibilities"), "launch", whole=True)
    mode = work.found(root.at("networkMode"), "networkMode")
    if mode is not None and mode.text != "awsvpc":
        keys["networkMode"] = mode.text
    elif is_empty(root.at("networkMode")) and not (_is_fargate(root, target) or _has_network(target)):
        keys["networkMode"] = "bridge"
        work.default("networkMode", root.line, "networkMode", "On Linux, the default of ECS is bridge.")
    ledger.change(mode, "networkMode")
    for member in ("pidMode", "ipcMode"):
        work.take(root.at(member), member)
    work.take(root.at("ephemeralStorage", "sizeInGiB"), "ephemeralStorage")
    _platform(work, root, target)
    tags(work, root.at("tags"))


def _platform(work: Work, root: Value, target: Value) -> None:
    keys, ledger = work.draft.keys, work.ledger
    processor = work.found(root.at("runtimePlatform", "cpuArchitecture"), "architecture")
    if processor is not None:
        keys["architecture"] = processor.text.lower()
        ledger.change(processor, "architecture")
    elif is_empty(root.at("runtimePlatform", "cpuArchitecture")) and not _is_fargate(root, target):
        note = "Instances of any architecture could run it. Here, the default is x86_64: set arm64 for Graviton."
        work.default("runtimePlatform.cpuArchitecture", root.line, "architecture", note)
    system = work.found(root.at("runtimePlatform", "operatingSystemFamily"), "operatingSystem")
    if system is not None:
        if system.text != "LINUX":
            keys["operatingSystem"] = system.text
        ledger.change(system, "operatingSystem")


def _is_fargate(root: Value, target: Value) -> bool:
    found = root.at("requiresCompatibilities")
    return "FARGATE" in (found.texts if found else []) or text_at(target, "EcsParameters", "LaunchType") == "FARGATE"


def _has_network(target: Value) -> bool:
    return not is_empty(target.at("EcsParameters", "NetworkConfiguration"))


def _override(work: Work, overrides: Value, containers: list[Container]) -> None:
    """Put overrides on top of the keys: this task has one schedule, so its definition can have their values."""
    value = overrides.at("containerOverrides")
    for item in value.items if value else []:
        name = text_at(item, "name")
        found = next((each for each in containers if text_at(each.value, "name") == name), None)
        if found is None:
            work.block(item, "", f"The task definition has no container {name}.")
            continue
        before = {key: found.keys.get(key) for key in ("environment", "aws")}
        Container(work, item, found.name, found.main, found.keys).override()
        for key in ("environment", "aws"):
            if isinstance(before[key], dict) and isinstance(found.keys.get(key), dict):
                found.keys[key] = _merged(cast("dict[str, object]", before[key]), found.keys[key])
    for key, read in (("cpu", cpu_units), ("memory", mebibytes)):
        size = work.found(overrides.at(key), key)
        if size is not None and (number := read(size.text)):
            work.draft.keys[key] = number
            work.ledger.change(size, key)
    work.take(overrides.at("ephemeralStorage", "sizeInGiB"), "ephemeralStorage")
    work.take(overrides.at("taskRoleArn"), "taskRole")
    work.take(overrides.at("executionRoleArn"), "executionRole")
    work.ledger.finish([overrides], "ECS or this tool has no such override.")


def _merged(below: dict[str, object], above: object) -> dict[str, object]:
    found = dict(below)
    for key, value in cast("dict[str, object]", above).items():
        old = found.get(key)
        found[key] = _merged(dict(old), value) if is_object(old) and is_object(value) else value
    return found


def _pass(work: Work, root: Value) -> None:
    """Pass through members without a key, and refuse those that can't be passed."""
    for member, value in root.entries.items():
        open_ = [leaf for leaf in value.leaves() if not leaf.decided]
        if not open_ or member in ("containerDefinitions", "volumes") or unresolved(value):
            continue
        found = answer("RegisterTaskDefinition", (member,))
        if found is not None and found.passed:
            aws = cast("dict[str, dict[str, object]]", work.draft.keys.setdefault("aws", {}))
            aws.setdefault("taskDefinition", {})[member] = plain(value)
            work.ledger.change(value, "aws.taskDefinition", whole=True)
        else:
            reason = found.reason if found and found.reason else "There is no key for it."
            work.block(value, "", f"{reason} {_KEPT}")
